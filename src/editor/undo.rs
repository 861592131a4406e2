//! Undoing and doing again what was done on the panel.

use super::controls::Writer;
use super::history::{Change, Step};
use crate::params::AuralisParams;
use crate::shelf::Shelved;
use auralis_engine::params::ParamId;

/// The references as the panel last saw them: a file or a learning brings one at any time.
#[derive(Default)]
pub struct ReferenceWatch {
    seen: Shelved,
    /// Loads of a state before the last look; none before the first look.
    loads: Option<u32>,
}

impl ReferenceWatch {
    /// Notes references that have come, gone or been mixed since the last look. What was there before the first
    /// look, and what a state has brought, is no step: to undo it would lose it.
    pub fn look(&mut self, params: &AuralisParams, writer: &Writer) {
        let kept = &params.persisted;
        let loads = Some(kept.shelf.loads());
        kept.shelf.take_up(&kept.reference);
        let now = kept.shelf.get();
        if self.loads != loads {
            self.loads = loads;
            self.seen = now;
        } else if now != self.seen {
            let before = std::mem::replace(&mut self.seen, now.clone());
            let change = Change::References(Box::new([before, now]));
            writer.did("Reference", change);
        }
    }

    /// Puts references back, which is no step of its own.
    fn put(&mut self, params: &AuralisParams, shelved: &Shelved) {
        let kept = &params.persisted;
        kept.shelf.put(shelved.clone(), &kept.reference);
        self.seen = shelved.clone();
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
        Change::Aside(both) => {
            params.persisted.compare.put_aside(both[end]);
        }
        Change::References(both) => watch.put(params, &both[end]),
        Change::Learned(both) => params.persisted.memory.replace_songs(both[end].clone()),
    }
}
