//! The threads that the ears of all real-time instances share: they start with the first and end with
//! the last.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError, Weak};
use std::thread::{JoinHandle, Thread};
use std::time::Duration;

use crate::link::LinkedSession;

/// How often the first thread looks for work while any session runs: twice a hop.
const LOOK: Duration = Duration::from_millis(20);
/// How often it looks when no session has had anything for [`IDLE_LOOKS`] looks.
const LOOK_IDLE: Duration = Duration::from_millis(40);
/// How often the others look, which it wakes when there is work for more than one.
const LOOK_HELPING: Duration = Duration::from_millis(500);
/// Looks without work after which the pool counts as idle: about 2 s.
const IDLE_LOOKS: u32 = 100;
/// Most threads: two keep up with dozens of instances, and more would only wait.
const MOST_THREADS: usize = 2;

/// The pool in use, if any.
static POOL: Mutex<Weak<Pool>> = Mutex::new(Weak::new());

/// Sessions by id.
type Sessions = Vec<(u64, Arc<Mutex<LinkedSession>>)>;

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
}

/// A session's place in the pool; dropping it ends the session.
#[derive(Debug)]
pub struct Place {
    id: u64,
    session: Arc<Mutex<LinkedSession>>,
    pool: Arc<Pool>,
}

impl Pool {
    /// The pool of this process, started if there is none.
    ///
    /// # Errors
    /// When the system gives no thread at all.
    pub fn get() -> std::io::Result<Arc<Pool>> {
        let mut current = lock(&POOL);
        if let Some(pool) = current.upgrade() {
            return Ok(pool);
        }
        let pool = Arc::new(Self::start()?);
        *current = Arc::downgrade(&pool);
        Ok(pool)
    }

    /// As many threads as are useful, or as the system gives.
    fn start() -> std::io::Result<Self> {
        let work = Arc::new(Work::default());
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut threads = vec![spawn(&work, 0)?];
        threads.extend((1..cores.min(MOST_THREADS)).map_while(|index| spawn(&work, index).ok()));
        let helpers = threads[1..].iter().map(|thread| thread.thread().clone());
        work.helpers.get_or_init(|| helpers.collect());
        Ok(Self { work, threads })
    }

    /// Adds a session, which runs until its place is dropped.
    pub fn add(self: &Arc<Self>, session: LinkedSession) -> Place {
        let id = self.work.next_id.fetch_add(1, Ordering::Relaxed);
        let session = Arc::new(Mutex::new(session));
        lock(&self.work.sessions).push((id, session.clone()));
        self.threads.iter().for_each(|t| t.thread().unpark());
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
        self.threads.iter().for_each(|t| t.thread().unpark());
        for thread in self.threads.drain(..) {
            // A thread that panicked has already said so.
            let _ = thread.join();
        }
    }
}

impl Place {
    /// Waits until the session has answered all that it was asked, and has noted what it learned. For
    /// an offline caller only: it may wait for a hop, and does the rest itself.
    pub fn settle(&self) {
        guarded(&mut lock(&self.session), LinkedSession::settle);
    }
}

impl Drop for Place {
    /// Waits for the hop at hand, so that nothing the session does comes later.
    fn drop(&mut self) {
        lock(&self.pool.work.sessions).retain(|(id, _)| *id != self.id);
        guarded(&mut lock(&self.session), LinkedSession::end);
    }
}

/// Starts a thread.
fn spawn(work: &Arc<Work>, index: usize) -> std::io::Result<JoinHandle<()>> {
    let work = work.clone();
    std::thread::Builder::new()
        .name(format!("auralis-{index}"))
        .spawn(move || work_until_stopped(&work, index == 0))
}

/// Does something with a session; one that panics does not take the thread of all others along.
fn guarded<T>(
    session: &mut LinkedSession,
    work: impl FnOnce(&mut LinkedSession) -> T,
) -> Option<T> {
    catch_unwind(AssertUnwindSafe(|| work(session))).ok()
}

/// What one thread does.
fn work_until_stopped(work: &Work, is_first: bool) {
    let mut idle_looks = 0_u32;
    while !work.stop.load(Ordering::Acquire) {
        let sessions: Sessions = lock(&work.sessions).clone();
        let mut busy = 0;
        for (id, session) in &sessions {
            let (worked, is_over) = match session.try_lock() {
                Ok(mut session) => {
                    let worked = guarded(&mut session, LinkedSession::run);
                    (
                        worked == Some(true),
                        worked.is_none() || session.has_ended(),
                    )
                }
                Err(TryLockError::WouldBlock) => (false, false),
                Err(TryLockError::Poisoned(_)) => (false, true),
            };
            if is_over {
                lock(&work.sessions).retain(|(other, _)| other != id);
            }
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

/// Locks; a panic elsewhere leaves these values whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
