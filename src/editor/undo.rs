//! Undoing and doing again what was done on the panel.

use super::controls::Writer;
use super::history::{Change, Step};
use crate::params::AuralisParams;
use auralis_engine::ear::Reference;
use auralis_engine::params::ParamId;

/// The reference as the panel last saw it: a file or a learning replaces it at any time.
#[derive(Default)]
pub struct ReferenceWatch {
    edition: u32,
    seen: Option<Reference>,
}

impl ReferenceWatch {
    /// Notes a reference that has come or gone since the last look; in a new panel there is none.
    pub fn look(&mut self, params: &AuralisParams, writer: &Writer) {
        let slot = &params.persisted.reference;
        let edition = slot.edition();
        if edition == self.edition {
            return;
        }
        let (now, before) = (slot.current(), self.seen.clone());
        if now != before {
            let change = Change::Reference(Box::new([before, now.clone()]));
            writer.did("Reference", change);
        }
        (self.edition, self.seen) = (edition, now);
    }

    /// Puts a reference back, which is no step of its own.
    fn put(&mut self, params: &AuralisParams, reference: &Option<Reference>) {
        let slot = &params.persisted.reference;
        slot.replace(reference.clone());
        (self.edition, self.seen) = (slot.edition(), reference.clone());
    }
}

/// Undoes the last step.
pub fn undo(params: &AuralisParams, writer: &Writer, watch: &mut ReferenceWatch) {
    let step = writer.history.borrow_mut().undo();
    if let Some(step) = step {
        restore(&step, 0, params, writer, watch);
    }
}

/// Does again what was undone last.
pub fn redo(params: &AuralisParams, writer: &Writer, watch: &mut ReferenceWatch) {
    let step = writer.history.borrow_mut().redo();
    if let Some(step) = step {
        restore(&step, 1, params, writer, watch);
    }
}

/// Puts back what was before a step (0) or after it (1).
fn restore(
    step: &Step,
    end: usize,
    params: &AuralisParams,
    writer: &Writer,
    watch: &mut ReferenceWatch,
) {
    let put = |moves: &[(ParamId, f32, f32)]| {
        for (id, before, after) in moves {
            writer.put(params, *id, [*before, *after][end]);
        }
    };
    match &step.change {
        Change::Params(moves) => put(moves),
        Change::Compare(moves) => {
            params.persisted.compare.switch(&params.values());
            put(moves);
        }
        Change::Reference(both) => watch.put(params, &both[end]),
        Change::Learned(both) => params.persisted.memory.replace_songs(both[end].clone()),
    }
}
