//! A wait without a lock or an allocation: an offline bounce sleeps until its analysis has answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Counts what comes from the analysis; whoever waits for it sleeps meanwhile.
#[derive(Debug, Default)]
pub struct Arrivals {
    count: AtomicU32,
    /// Whether somebody sleeps.
    awaited: AtomicBool,
}

impl Arrivals {
    /// What has come so far, to be asked before looking for it.
    pub fn count(&self) -> u32 {
        self.count.load(Ordering::SeqCst)
    }

    /// Sleeps until there is more than was `seen`; it may also return for no reason.
    pub fn wait(&self, seen: u32) {
        self.awaited.store(true, Ordering::SeqCst);
        atomic_wait::wait(&self.count, seen);
        self.awaited.store(false, Ordering::SeqCst);
    }
}

/// The analysis side of [`Arrivals`].
#[derive(Debug)]
pub struct Announcer(Arc<Arrivals>);

impl Announcer {
    /// Announces to those who wait for these arrivals.
    pub fn new(arrivals: Arc<Arrivals>) -> Self {
        Self(arrivals)
    }

    /// Says that a result was sent.
    pub fn announce(&self) {
        self.0.count.fetch_add(1, Ordering::SeqCst);
        if self.0.awaited.load(Ordering::SeqCst) {
            atomic_wait::wake_one(&self.0.count);
        }
    }
}

impl Drop for Announcer {
    fn drop(&mut self) {
        self.announce();
    }
}
