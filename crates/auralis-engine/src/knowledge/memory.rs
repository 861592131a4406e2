//! Where an instance keeps what it has learned, between epochs, activations and sessions.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::ear::learned::Learned;

/// What an instance has learned; clones share it. Never for the audio thread: it locks.
///
/// Real-time playing writes it, an offline bounce only reads it, so that every bounce of a session
/// starts alike. Users replace it by loading a state, and clear it by asking to learn anew.
#[derive(Debug, Clone, Default)]
pub struct Memory(Arc<Inner>);

/// What the clones share.
#[derive(Debug, Default)]
struct Inner {
    /// Raised by every [`Memory::replace`].
    version: AtomicU32,
    learned: Mutex<Option<Learned>>,
}

impl Memory {
    /// Which replacement is in force; cheap enough to ask every hop.
    pub fn version(&self) -> u32 {
        self.0.version.load(Ordering::Acquire)
    }

    /// The version, and what was learned.
    pub fn recall(&self) -> (u32, Option<Learned>) {
        let learned = self.lock();
        (self.version(), learned.clone())
    }

    /// Keeps what an analysis has learned, unless the memory was replaced since `version`.
    pub fn keep(&self, version: u32, learned: Learned) {
        let mut current = self.lock();
        if self.version() == version {
            *current = Some(learned);
        }
    }

    /// Puts something else in its place, or nothing; an analysis at work takes it up at its next
    /// hop.
    pub fn replace(&self, learned: Option<Learned>) {
        let mut current = self.lock();
        *current = learned;
        self.0.version.fetch_add(1, Ordering::Release);
    }

    fn lock(&self) -> MutexGuard<'_, Option<Learned>> {
        self.0
            .learned
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
