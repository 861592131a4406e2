//! What the user does in the panel, on its way from the plug-in to the host.
//!
//! The plug-in says it while it processes or exchanges parameter changes; the host wants to hear it
//! on its main thread. Between them is a ring of fixed size.

use rtrb::{Consumer, Producer, RingBuffer};
use vst3::Steinberg::Vst::{IComponentHandler, IComponentHandlerTrait};
use vst3::{ComPtr, ComRef};

use crate::door::vst3::controls::params::Params;

/// Room of the ring.
const ROOM: usize = 4096;
/// Places that only beginnings and ends of gestures may take: without an end, the host would take
/// the knob for held for ever, whereas a value is followed by newer ones.
const FOR_GESTURES: usize = 1024;

/// One thing that the user did; numbers are the parameter's place and its normalised value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Edit {
    /// Took hold of a control.
    Begin(usize),
    /// Moved it.
    Value(usize, f64),
    /// Let go of it.
    End(usize),
}

/// The end of the ring at the plug-in.
pub struct Sender(Producer<Edit>);

/// The end of the ring at the host.
pub struct Receiver(Consumer<Edit>);

/// Makes the ring.
pub fn ring() -> (Sender, Receiver) {
    let (sender, receiver) = RingBuffer::new(ROOM);
    (Sender(sender), Receiver(receiver))
}

impl Sender {
    /// Sends an edit; false when there is no room for it.
    pub fn send(&mut self, edit: Edit) -> bool {
        let needed = match edit {
            Edit::Value(..) => FOR_GESTURES + 1,
            Edit::Begin(_) | Edit::End(_) => 1,
        };
        self.0.slots() >= needed && self.0.push(edit).is_ok()
    }
}

impl Receiver {
    /// The next edit.
    pub fn next(&mut self) -> Option<Edit> {
        self.0.pop().ok()
    }
}

/// Tells the host of an edit; main thread only.
#[allow(unsafe_code)] // calls the host
pub fn hand_on(edit: Edit, params: &Params, handler: Option<&ComPtr<IComponentHandler>>) {
    let (Edit::Begin(place) | Edit::Value(place, _) | Edit::End(place)) = edit;
    let Some(param) = params.all().get(place) else {
        return;
    };
    if let Some(handler) = handler.map(ComPtr::as_com_ref) {
        let handler: ComRef<IComponentHandler> = handler;
        // SAFETY: the host's handler lives as long as our reference to it.
        unsafe {
            match edit {
                Edit::Begin(_) => handler.beginEdit(param.id),
                Edit::Value(_, value) => handler.performEdit(param.id, value),
                Edit::End(_) => handler.endEdit(param.id),
            };
        }
    }
    if let Edit::End(_) = edit {
        param.end_gesture();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_always_gets_through() {
        let (mut sender, mut receiver) = ring();
        assert!(sender.send(Edit::Begin(3)));
        let sent = (0..2 * ROOM)
            .filter(|_| sender.send(Edit::Value(3, 0.5)))
            .count();
        assert_eq!(sent, ROOM - FOR_GESTURES - 1);
        assert!(sender.send(Edit::End(3)));
        let received: Vec<_> = std::iter::from_fn(|| receiver.next()).collect();
        assert_eq!(received.first(), Some(&Edit::Begin(3)));
        assert_eq!(received.last(), Some(&Edit::End(3)));
        assert_eq!(received.len(), sent + 2);
    }
}
