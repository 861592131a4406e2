//! The threads of open windows, where each window has one (X11).
//!
//! The framework tells the thread of a window to end. Where that is over before it has asked twice, it does not wait
//! for it; the thread then lets go of its OpenGL driver while the host may end its process, which crashes in the
//! driver. So whoever closes a window waits here until its thread has ended.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Longest wait for a thread to end. It has nothing left to do but to let go.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Debug)]
struct Count {
    open: usize,
    ended: u64,
}

static COUNT: Mutex<Count> = Mutex::new(Count { open: 0, ended: 0 });
static ENDS: Condvar = Condvar::new();

/// Counts a thread from when it is made until the thread ends.
struct Entered;

impl Entered {
    fn new() -> Self {
        lock().open += 1;
        Self
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let mut count = lock();
        count.open -= 1;
        count.ended += 1;
        ENDS.notify_all();
    }
}

thread_local! {
    static THIS: Entered = Entered::new();
}

/// This thread draws a window.
pub fn enter() {
    THIS.with(|_| ());
}

/// Closes a window with `close`, and waits for the end of its thread.
pub fn close(close: impl FnOnce()) {
    let before = {
        let count = lock();
        (count.open > 0).then_some(count.ended)
    };
    close();
    if let Some(before) = before {
        let ended = ENDS.wait_timeout_while(lock(), PATIENCE, |count| count.ended == before);
        drop(ended);
    }
}

fn lock() -> MutexGuard<'static, Count> {
    COUNT.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, mpsc};
    use std::time::Instant;

    use super::*;

    #[test]
    fn closing_waits_until_the_thread_has_let_go() {
        let start = Instant::now();
        close(|| ());
        assert!(start.elapsed() < PATIENCE, "no window is open");

        let (told, tells) = mpsc::channel::<()>();
        let (is_in, enters) = mpsc::channel::<()>();
        let has_let_go = Arc::new(AtomicBool::new(false));
        let its = has_let_go.clone();
        let thread = std::thread::spawn(move || {
            enter();
            is_in.send(()).unwrap();
            tells.recv().unwrap();
            std::thread::sleep(Duration::from_millis(50));
            its.store(true, Ordering::SeqCst);
        });
        enters.recv().unwrap();
        close(|| told.send(()).unwrap());
        assert!(has_let_go.load(Ordering::SeqCst), "it did not wait");
        thread.join().unwrap();
    }
}
