//! How an instance's ear is, for people to read.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// What has become of an ear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EarState {
    /// It hears and decides.
    Well,
    /// The system gave no thread for it: nothing adapts in real time.
    NoThread,
    /// It failed and was ended: nothing adapts any more.
    Failed,
}

/// The state of an ear; clones share it.
#[derive(Debug, Clone, Default)]
pub struct EarStatus(Arc<AtomicU8>);

impl EarStatus {
    /// Notes a state.
    pub fn set(&self, state: EarState) {
        self.0.store(state as u8, Ordering::Release);
    }

    /// The state.
    pub fn get(&self) -> EarState {
        match self.0.load(Ordering::Acquire) {
            0 => EarState::Well,
            1 => EarState::NoThread,
            _ => EarState::Failed,
        }
    }

    /// What the user is told of it, if anything.
    pub fn message(&self) -> Option<&'static str> {
        match self.get() {
            EarState::Well => None,
            EarState::NoThread => {
                Some("The system gave no thread: nothing adapts until a restart.")
            }
            EarState::Failed => Some(
                "The analysis failed and was ended: the audio plays on, nothing adapts until the \
                 plug-in is reactivated.",
            ),
        }
    }
}
