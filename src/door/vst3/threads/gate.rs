//! The gate in front of what only one thread may use at a time: the plug-in's audio side.
//!
//! The audio thread never sleeps at it. The main thread does, because it can.

use std::sync::{Mutex, MutexGuard, TryLockError};
use std::time::{Duration, Instant};

/// Rounds that the audio thread waits for a main thread which is about to leave: less than a
/// millisecond. Only parameter changes without audio are that short; while the plug-in is being
/// activated a host has no business to process.
const AUDIO_ROUNDS: u32 = 20_000;
/// After this time the main thread takes the audio thread for hung and gives up.
const PATIENCE: Duration = Duration::from_secs(2);
/// Pause of the main thread between two looks.
const PAUSE: Duration = Duration::from_micros(50);

/// A value behind the gate.
///
/// The lock is only ever tried: so nobody is ever registered as waiting, and leaving is one atomic
/// store without a call to the system.
pub struct Gate<T>(Mutex<T>);

impl<T> Gate<T> {
    /// Puts `value` behind a gate.
    pub fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    /// The value, if no other thread is inside.
    fn look(&self) -> Option<MutexGuard<'_, T>> {
        match self.0.try_lock() {
            Ok(guard) => Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// For the audio thread: waits a bounded number of instructions, without the system.
    pub fn enter_audio(&self) -> Option<MutexGuard<'_, T>> {
        for _ in 0..AUDIO_ROUNDS {
            if let Some(guard) = self.look() {
                return Some(guard);
            }
            std::hint::spin_loop();
        }
        None
    }

    /// For other threads: waits for the end of the block that runs, but not for ever.
    pub fn enter(&self) -> Option<MutexGuard<'_, T>> {
        let start = Instant::now();
        loop {
            // An offline host leaves for moments only: look often, then sleep a little.
            for _ in 0..1000 {
                if let Some(guard) = self.look() {
                    return Some(guard);
                }
                std::hint::spin_loop();
            }
            if start.elapsed() > PATIENCE {
                return None;
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// The value, by a reference that proves that nobody else has one.
    pub fn get_mut(&mut self) -> &mut T {
        match self.0.get_mut() {
            Ok(value) => value,
            Err(poisoned) => poisoned.into_inner(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time() {
        let gate = Gate::new(0_u64);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    for _ in 0..10_000 {
                        if let Some(mut count) = gate.enter() {
                            *count += 1;
                        }
                    }
                });
            }
        });
        assert_eq!(gate.enter_audio().map(|count| *count), Some(20_000));
    }

    #[test]
    fn the_audio_thread_goes_on_when_the_gate_is_taken() {
        let gate = Gate::new(());
        let _inside = gate.enter();
        assert!(gate.enter_audio().is_none());
    }
}
