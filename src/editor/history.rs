//! What the user did on the panel, to be undone and done again.

use std::time::{Duration, Instant};

use auralis_engine::ear::Reference;
use auralis_engine::knowledge::memory::Songs;
use auralis_engine::params::ParamId;

/// Steps that are remembered.
const MOST: usize = 200;
/// Turns of the wheel on one control that follow each other this closely are one step.
const ONE_STEP: Duration = Duration::from_millis(900);

/// A change, both ways.
#[derive(Debug, Clone)]
pub enum Change {
    /// Parameters: normalised values before and after.
    Params(Vec<(ParamId, f32, f32)>),
    /// The captured reference, before and after.
    Reference(Box<[Option<Reference>; 2]>),
    /// What was learned, before and after.
    Learned(Box<[Songs; 2]>),
    /// A for B, or B for A: parameters as above.
    Compare(Vec<(ParamId, f32, f32)>),
}

/// Something that was done.
#[derive(Debug, Clone)]
pub struct Step {
    /// What, in words.
    pub name: String,
    /// The change.
    pub change: Change,
    at: Instant,
}

/// What was done, and what was undone of it.
#[derive(Debug, Default)]
pub struct History {
    done: Vec<Step>,
    undone: Vec<Step>,
}

impl History {
    /// Notes a step; what was undone before it is forgotten.
    pub fn push(&mut self, name: String, change: Change) {
        let step = Step {
            name,
            change,
            at: Instant::now(),
        };
        self.undone.clear();
        if self.done.last_mut().is_some_and(|last| merge(last, &step)) {
            return;
        }
        self.done.push(step);
        if self.done.len() > MOST {
            self.done.remove(0);
        }
    }

    /// What undoing would undo.
    pub fn undo_name(&self) -> Option<&str> {
        self.done.last().map(|step| step.name.as_str())
    }

    /// What would be done again.
    pub fn redo_name(&self) -> Option<&str> {
        self.undone.last().map(|step| step.name.as_str())
    }

    /// The step to undo, which can be done again then.
    pub fn undo(&mut self) -> Option<Step> {
        let step = self.done.pop()?;
        self.undone.push(step.clone());
        Some(step)
    }

    /// The step to do again.
    pub fn redo(&mut self) -> Option<Step> {
        let mut step = self.undone.pop()?;
        // What follows is a step of its own.
        step.at = Instant::now().checked_sub(ONE_STEP).unwrap_or(step.at);
        self.done.push(step.clone());
        Some(step)
    }
}

/// Makes one step of two that move the same single parameter in a row.
fn merge(last: &mut Step, next: &Step) -> bool {
    let (Change::Params(before), Change::Params(after)) = (&mut last.change, &next.change) else {
        return false;
    };
    let ([(same, _, end)], [(param, _, new_end)]) = (&mut before[..], &after[..]) else {
        return false;
    };
    if same != param || next.at.duration_since(last.at) > ONE_STEP {
        return false;
    }
    *end = *new_end;
    last.at = next.at;
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(history: &mut History, param: ParamId, from: f32, to: f32) {
        let change = Change::Params(vec![(param, from, to)]);
        history.push(param.row().name.to_owned(), change);
    }

    fn ends(step: Option<Step>) -> (f32, f32) {
        match step.expect("a step").change {
            Change::Params(params) => (params[0].1, params[0].2),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn steps_are_undone_in_turn_and_done_again_until_something_else_is_done() {
        let mut history = History::default();
        moved(&mut history, ParamId::EqTilt, 0.5, 0.6);
        moved(&mut history, ParamId::Width, 0.5, 0.2);
        assert_eq!(history.undo_name(), Some("Stereo Width"));
        assert_eq!(ends(history.undo()), (0.5, 0.2));
        assert_eq!(ends(history.undo()), (0.5, 0.6));
        assert!(history.undo().is_none());
        assert_eq!(ends(history.redo()), (0.5, 0.6));
        assert_eq!(history.redo_name(), Some("Stereo Width"));
        moved(&mut history, ParamId::EqAmount, 0.1, 0.3);
        assert_eq!(history.redo_name(), None, "another way was taken");
    }

    #[test]
    fn turns_of_one_wheel_are_one_step() {
        let mut history = History::default();
        moved(&mut history, ParamId::EqTilt, 0.5, 0.52);
        moved(&mut history, ParamId::EqTilt, 0.52, 0.54);
        assert_eq!(ends(history.undo()), (0.5, 0.54));
        assert!(history.undo().is_none());
    }

    #[test]
    fn old_steps_are_forgotten() {
        let mut history = History::default();
        for i in 0..=MOST {
            let param = [ParamId::EqTilt, ParamId::Width][i % 2];
            moved(&mut history, param, i as f32, 0.0);
        }
        let undone = std::iter::from_fn(|| history.undo()).count();
        assert_eq!(undone, MOST);
    }
}
