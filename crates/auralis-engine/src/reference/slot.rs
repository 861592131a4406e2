//! The reference of one instance, where all threads find it.

use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::ear::Reference;

/// What a reference is to be captured from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaptureSource {
    /// Nothing; what was being captured is kept.
    Off,
    /// Nothing; what was being captured is thrown away.
    Discard,
    /// The main input.
    Input,
    /// The sidechain.
    Sidechain,
}

impl CaptureSource {
    /// In the order of their numbers.
    const ALL: [Self; 4] = [Self::Off, Self::Discard, Self::Input, Self::Sidechain];

    /// Whether there is something to hear.
    pub fn is_on(self) -> bool {
        matches!(self, Self::Input | Self::Sidechain)
    }
}

#[derive(Debug, Default)]
struct Inner {
    state: Mutex<State>,
    /// Raised with every change of the reference in use.
    edition: AtomicU32,
    /// A [`CaptureSource`] by its place in `ALL`.
    source: AtomicU8,
    /// Milliseconds captured so far.
    captured_ms: AtomicU32,
}

#[derive(Debug, Default)]
struct State {
    current: Option<Reference>,
    /// Why the last attempt gave no reference; empty when it did.
    failure: String,
    /// Number of the last request: what comes of an older one is not wanted any more.
    request: u32,
    /// Whether the last request reads a file.
    is_reading: bool,
}

impl State {
    /// Another request takes the place of the last one.
    fn renew(&mut self, is_reading: bool) {
        self.failure.clear();
        self.request = self.request.wrapping_add(1);
        self.is_reading = is_reading;
    }
}

/// A handle on the reference in use and on what is being captured or read.
///
/// The audio thread reads [`edition`](Self::edition) and [`source`](Self::source), which are
/// wait-free; everything else locks.
#[derive(Debug, Clone, Default)]
pub struct ReferenceSlot(Arc<Inner>);

impl ReferenceSlot {
    /// The reference in use.
    pub fn current(&self) -> Option<Reference> {
        self.lock().current.clone()
    }

    /// Puts another reference, or none, into use.
    pub fn replace(&self, reference: Option<Reference>) {
        self.put(&mut self.lock(), reference);
    }

    fn put(&self, state: &mut State, reference: Option<Reference>) {
        state.renew(false);
        state.current = reference;
        self.0.edition.fetch_add(1, Ordering::Release);
    }

    /// Number of changes so far.
    pub fn edition(&self) -> u32 {
        self.0.edition.load(Ordering::Acquire)
    }

    /// What is asked for.
    pub fn source(&self) -> CaptureSource {
        let index = usize::from(self.0.source.load(Ordering::Relaxed));
        CaptureSource::ALL
            .get(index)
            .copied()
            .unwrap_or(CaptureSource::Off)
    }

    /// Asks the analysis to start or to stop capturing. A file that is being read is given up for it.
    pub fn capture(&self, source: CaptureSource) {
        if source.is_on() {
            self.lock().renew(false);
            self.note_seconds(0.0);
        }
        self.0.source.store(source as u8, Ordering::Relaxed);
    }

    /// Seconds captured so far.
    pub fn captured_s(&self) -> f64 {
        f64::from(self.0.captured_ms.load(Ordering::Relaxed)) / 1000.0
    }

    /// Notes the seconds captured so far.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // for display
    pub fn note_seconds(&self, seconds: f64) {
        let ms = (1000.0 * seconds) as u32;
        self.0.captured_ms.store(ms, Ordering::Relaxed);
    }

    /// Begins to read a file; what is being captured, and a file that is still being read, is given
    /// up for it.
    pub fn start_reading(&self) -> Reading {
        self.capture(CaptureSource::Discard);
        let mut state = self.lock();
        state.renew(true);
        Reading {
            slot: Arc::downgrade(&self.0),
            request: state.request,
        }
    }

    /// Whether a file is being read.
    pub fn is_reading(&self) -> bool {
        self.lock().is_reading
    }

    /// Why the last attempt gave no reference; empty when it did.
    pub fn failure(&self) -> String {
        self.lock().failure.clone()
    }

    /// Says why there is no new reference; the one in use stays.
    pub fn fail(&self, reason: &str) {
        let mut state = self.lock();
        state.renew(false);
        reason.clone_into(&mut state.failure);
    }

    /// Gives up the file that is being read, or takes note of a failure; the reference in use stays.
    pub fn dismiss(&self) {
        self.lock().renew(false);
    }

    /// The lock; a panic elsewhere leaves the values whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file being read for a slot. It keeps no slot alive, and counts for nothing once the user asks
/// for something else.
#[derive(Debug)]
pub struct Reading {
    slot: Weak<Inner>,
    request: u32,
}

impl Reading {
    /// Whether anybody still waits for it.
    pub fn is_wanted(&self) -> bool {
        let slot = self.slot.upgrade().map(ReferenceSlot);
        slot.is_some_and(|slot| slot.lock().request == self.request)
    }

    /// Ends with a reference, or with the reason why there is none and the one in use stays.
    pub fn finish(self, outcome: Result<Reference, String>) {
        let Some(slot) = self.slot.upgrade().map(ReferenceSlot) else {
            return;
        };
        let mut state = slot.lock();
        if state.request != self.request {
            return;
        }
        match outcome {
            Ok(reference) => slot.put(&mut state, Some(reference)),
            Err(reason) => {
                state.renew(false);
                state.failure = reason;
            }
        }
    }
}
