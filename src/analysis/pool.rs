//! The threads that all instances share: they start with the first session and end with the last.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError, Weak};
use std::thread::{JoinHandle, Thread};
use std::time::Duration;

use super::session::Session;

/// How often the first thread looks for work while any session runs: twice a hop.
const LOOK: Duration = Duration::from_millis(20);
/// How often it looks when no session has had anything for [`IDLE_LOOKS`] looks, and how often the
/// others look, which it wakes when there is work for more than one.
const LOOK_IDLE: Duration = Duration::from_millis(40);
/// See [`LOOK_IDLE`].
const LOOK_HELPING: Duration = Duration::from_millis(500);
/// Looks without work after which the pool counts as idle: about 2 s.
const IDLE_LOOKS: u32 = 100;

/// The pool in use, if any.
static POOL: Mutex<Weak<Pool>> = Mutex::new(Weak::new());

/// Sessions by id.
type Sessions = Vec<(u64, Arc<Mutex<Session>>)>;

/// What the threads share.
#[derive(Debug, Default)]
struct Work {
    sessions: Mutex<Sessions>,
    /// All threads but the first.
    helpers: OnceLock<Box<[Thread]>>,
    stop: AtomicBool,
    next_id: AtomicU64,
}

/// Threads that answer the ticks of all sessions.
#[derive(Debug)]
pub struct Pool {
    work: Arc<Work>,
    threads: Vec<JoinHandle<()>>,
    wakers: Arc<[Thread]>,
}

/// A session's place in the pool; dropping it ends the session.
#[derive(Debug)]
pub struct Place {
    id: u64,
    session: Arc<Mutex<Session>>,
    pool: Arc<Pool>,
}

impl Pool {
    /// The pool of this process, started if there is none.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn get() -> std::io::Result<Arc<Pool>> {
        let mut current = lock(&POOL);
        if let Some(pool) = current.upgrade() {
            return Ok(pool);
        }
        let pool = Arc::new(Self::start()?);
        *current = Arc::downgrade(&pool);
        Ok(pool)
    }

    fn start() -> std::io::Result<Self> {
        let work = Arc::new(Work::default());
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut threads = Vec::new();
        for index in 0..cores.clamp(1, 2) {
            let work = work.clone();
            let thread = std::thread::Builder::new().name(format!("auralis-{index}"));
            threads.push(thread.spawn(move || work_until_stopped(&work, index == 0))?);
        }
        let wakers: Arc<[Thread]> = threads
            .iter()
            .map(|thread| thread.thread().clone())
            .collect();
        work.helpers.get_or_init(|| wakers[1..].into());
        Ok(Self {
            work,
            threads,
            wakers,
        })
    }

    /// Handles by which an offline bounce wakes the threads.
    pub fn wakers(&self) -> Arc<[Thread]> {
        self.wakers.clone()
    }

    /// Adds a session, which runs until its place is dropped.
    pub fn add(self: &Arc<Self>, session: Session) -> Place {
        let id = self.work.next_id.fetch_add(1, Ordering::Relaxed);
        let session = Arc::new(Mutex::new(session));
        lock(&self.work.sessions).push((id, session.clone()));
        self.wakers.iter().for_each(Thread::unpark);
        Place {
            id,
            session,
            pool: self.clone(),
        }
    }
}

impl Drop for Pool {
    /// Ends the threads before the code they run can be unloaded.
    fn drop(&mut self) {
        self.work.stop.store(true, Ordering::Release);
        self.wakers.iter().for_each(Thread::unpark);
        for thread in self.threads.drain(..) {
            // A thread that panicked has already said so.
            let _ = thread.join();
        }
    }
}

impl Drop for Place {
    /// Waits for the hop at hand, so that nothing the session does comes later.
    fn drop(&mut self) {
        lock(&self.pool.work.sessions).retain(|(id, _)| *id != self.id);
        // A session that panicked has nothing worth keeping.
        if let Ok(mut session) = self.session.lock() {
            session.end();
        }
    }
}

/// What one thread does.
fn work_until_stopped(work: &Work, is_first: bool) {
    let mut idle_looks = 0_u32;
    while !work.stop.load(Ordering::Acquire) {
        let sessions: Sessions = lock(&work.sessions).clone();
        let mut busy = 0;
        for (id, session) in &sessions {
            let worked = match session.try_lock() {
                Ok(mut session) => session.run(),
                Err(TryLockError::WouldBlock) => false,
                // Its analysis panicked: it goes, and its audio plays on without adaptation.
                Err(TryLockError::Poisoned(_)) => {
                    lock(&work.sessions).retain(|(other, _)| other != id);
                    false
                }
            };
            busy += usize::from(worked);
            if worked && busy == 2 && is_first {
                let helpers = work.helpers.get().into_iter().flatten();
                helpers.for_each(Thread::unpark);
            }
        }
        drop(sessions);
        if busy > 0 {
            idle_looks = 0;
            continue;
        }
        idle_looks = idle_looks.saturating_add(1);
        std::thread::park_timeout(match (is_first, idle_looks < IDLE_LOOKS) {
            (true, true) => LOOK,
            (true, false) => LOOK_IDLE,
            (false, _) => LOOK_HELPING,
        });
    }
}

/// Locks; a panic elsewhere leaves these lists whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
