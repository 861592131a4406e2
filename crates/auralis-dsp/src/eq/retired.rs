//! Kernels on their way back to be freed elsewhere.

use crate::eq::design::Kernel;

/// Kernels that may retire within one frame: one overtaken, one crossfaded from, three replaced, and
/// room.
const CAPACITY: usize = 8;

/// A few kernels that the audio thread no longer needs and must not free.
#[derive(Debug, Default)]
pub struct Retired([Option<Box<Kernel>>; CAPACITY]);

impl Retired {
    /// Keeps a kernel until it is taken. It is emptied every frame; should it ever be full, the
    /// kernel is leaked: memory lost, but no free on the audio thread.
    pub fn push(&mut self, kernel: Option<Box<Kernel>>) {
        let Some(kernel) = kernel else { return };
        match self.0.iter_mut().find(|slot| slot.is_none()) {
            Some(slot) => *slot = Some(kernel),
            None => {
                debug_assert!(false, "more kernels retired than fit");
                std::mem::forget(kernel);
            }
        }
    }

    /// One of the kernels.
    pub fn pop(&mut self) -> Option<Box<Kernel>> {
        self.0.iter_mut().find_map(Option::take)
    }
}
