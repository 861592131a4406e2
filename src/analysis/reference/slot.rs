//! The reference of one instance, where all threads find it.

use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Reference;

/// What the panel asks of the analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Learning {
    /// Nothing; what was being learned is kept.
    Off,
    /// Nothing; what was being learned is thrown away.
    Discard,
    /// Learn from the main input.
    Input,
    /// Learn from the sidechain.
    Sidechain,
}

impl Learning {
    /// In the order of their numbers.
    const ALL: [Self; 4] = [Self::Off, Self::Discard, Self::Input, Self::Sidechain];

    /// Whether there is something to hear.
    pub fn is_on(self) -> bool {
        matches!(self, Self::Input | Self::Sidechain)
    }
}

#[derive(Debug, Default)]
struct Inner {
    current: Mutex<Option<Reference>>,
    /// Raised with every change of `current`.
    edition: AtomicU32,
    /// A [`Learning`] by its place in `ALL`.
    learning: AtomicU8,
    /// Milliseconds learned so far.
    learned_ms: AtomicU32,
    /// Why the last attempt gave no reference; empty when it did.
    failure: Mutex<String>,
}

/// A handle on the reference in use and on what is being learned.
///
/// The audio thread reads [`edition`](Self::edition) and [`learning`](Self::learning), which are
/// wait-free; everything else locks.
#[derive(Debug, Clone, Default)]
pub struct ReferenceSlot(Arc<Inner>);

impl ReferenceSlot {
    /// The reference in use.
    pub fn current(&self) -> Option<Reference> {
        lock(&self.0.current).clone()
    }

    /// Puts another reference, or none, into use.
    pub fn replace(&self, reference: Option<Reference>) {
        *lock(&self.0.current) = reference;
        self.fail("");
        self.0.edition.fetch_add(1, Ordering::Release);
    }

    /// Number of changes so far.
    pub fn edition(&self) -> u32 {
        self.0.edition.load(Ordering::Acquire)
    }

    /// What is asked for.
    pub fn learning(&self) -> Learning {
        let index = usize::from(self.0.learning.load(Ordering::Relaxed));
        Learning::ALL.get(index).copied().unwrap_or(Learning::Off)
    }

    /// Asks the analysis to start or to stop learning.
    pub fn learn(&self, learning: Learning) {
        if learning.is_on() {
            self.fail("");
            self.note_seconds(0.0);
        }
        self.0.learning.store(learning as u8, Ordering::Relaxed);
    }

    /// Seconds learned so far.
    pub fn learned_s(&self) -> f64 {
        f64::from(self.0.learned_ms.load(Ordering::Relaxed)) / 1000.0
    }

    /// Notes the seconds learned so far.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // for display
    pub fn note_seconds(&self, seconds: f64) {
        let ms = (1000.0 * seconds) as u32;
        self.0.learned_ms.store(ms, Ordering::Relaxed);
    }

    /// Why the last attempt gave no reference; empty when it did.
    pub fn failure(&self) -> String {
        lock(&self.0.failure).clone()
    }

    /// Says why there is no new reference; the one in use stays.
    pub fn fail(&self, reason: &str) {
        reason.clone_into(&mut lock(&self.0.failure));
    }
}

/// Locks; a panic elsewhere leaves these values whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
