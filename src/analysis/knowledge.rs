//! What an instance knows beyond its settings.

use super::{Memory, ReferenceSlot};

/// What outlives an activation; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Knowledge {
    /// What playing has taught.
    pub memory: Memory,
    /// The captured reference.
    pub reference: ReferenceSlot,
}
