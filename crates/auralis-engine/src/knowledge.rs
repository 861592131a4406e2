//! What an instance knows beyond its settings.

pub mod memory;
pub mod status;

use crate::ear::desk::DeskRequest;
use crate::reference::ReferenceSlot;
use memory::Memory;
use status::EarStatus;

/// What outlives an activation; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Knowledge {
    /// What playing has taught.
    pub memory: Memory,
    /// The captured reference.
    pub reference: ReferenceSlot,
    /// How the ear is.
    pub status: EarStatus,
    /// Who looks at the desk of meters.
    pub desk: DeskRequest,
}
