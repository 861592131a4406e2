//! Parameter changes of a block: the host's queues as one list of CLAP events in order of time, and
//! the plug-in's events back to the host.
#![allow(unsafe_code)] // lists of the C interfaces

use std::ffi::c_void;
use std::ptr;

use clap_sys::events::{
    CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_PARAM_GESTURE_BEGIN, CLAP_EVENT_PARAM_GESTURE_END,
    CLAP_EVENT_PARAM_VALUE, clap_event_header, clap_event_param_gesture, clap_event_param_value,
    clap_input_events, clap_output_events,
};
use vst3::ComRef;
use vst3::Steinberg::Vst::{IParamValueQueueTrait, IParameterChanges, IParameterChangesTrait};
use vst3::Steinberg::kResultOk;

use crate::door::vst3::controls::edits::{Edit, Sender};
use crate::door::vst3::controls::params::Params;
use crate::door::vst3::host::{Host, Wish};

/// Changes of a block that are kept one by one. A host that sends more gets the newest of the rest
/// of each parameter.
const ROOM: usize = 2048;
/// No place in the list.
const NONE: usize = usize::MAX;

/// A change with its number, which keeps changes at the same time in the host's order.
struct Point {
    number: u32,
    event: clap_event_param_value,
}

/// The changes of a block, in memory of fixed size.
pub struct Points {
    list: Vec<Point>,
    /// For each parameter, where its newest change beyond [`ROOM`] is.
    beyond: Vec<usize>,
    number: u32,
}

impl Points {
    /// Room for a plug-in of `params` parameters.
    pub fn new(params: usize) -> Self {
        Self {
            list: Vec::with_capacity(ROOM + params),
            beyond: vec![NONE; params],
            number: 0,
        }
    }

    /// Forgets the last block.
    pub fn clear(&mut self) {
        if self.list.len() > ROOM {
            self.beyond.fill(NONE);
        }
        self.list.clear();
        self.number = 0;
    }

    /// Adds a change: `plain` is CLAP's value of the parameter `id` at `place`, `time` in samples.
    pub fn push(&mut self, place: usize, id: u32, time: u32, plain: f64) {
        let point = Point {
            number: self.number,
            event: event(id, time, plain),
        };
        self.number = self.number.wrapping_add(1);
        if self.list.len() < ROOM {
            self.list.push(point);
            return;
        }
        let Some(beyond) = self.beyond.get_mut(place) else {
            return;
        };
        if let Some(older) = self.list.get_mut(*beyond) {
            *older = point;
        } else if self.list.len() < self.list.capacity() {
            *beyond = self.list.len();
            self.list.push(point);
        }
    }

    /// Adds what the host sends for a block of `frames`. Unknown parameters, values that are no
    /// numbers, and parameters that the user holds in the panel are left out.
    pub fn collect(&mut self, changes: ComRef<IParameterChanges>, params: &Params, frames: u32) {
        let last = frames.saturating_sub(1);
        // SAFETY: the host's lists live during its call.
        let queues = unsafe { changes.getParameterCount() };
        for index in 0..queues {
            // SAFETY: as above; a null queue is left out.
            let queue = unsafe { ComRef::from_raw(changes.getParameterData(index)) };
            let Some(queue) = queue else { continue };
            // SAFETY: as above.
            let (id, points) = unsafe { (queue.getParameterId(), queue.getPointCount()) };
            let Some(place) = params.place(id) else {
                continue;
            };
            let Some(param) = params.all().get(place).filter(|p| !p.is_held()) else {
                continue;
            };
            if points > 0 {
                param.is_brought();
            }
            for point in 0..points {
                let (mut offset, mut value) = (0, 0.0);
                // SAFETY: as above; the host writes into two numbers of ours.
                let result = unsafe { queue.getPoint(point, &raw mut offset, &raw mut value) };
                if result == kResultOk && !value.is_nan() {
                    let time = u32::try_from(offset).unwrap_or(0).min(last);
                    self.push(place, id, time, param.plain(value));
                }
            }
        }
    }

    /// Puts the changes in order of time.
    pub fn sort(&mut self) {
        let key = |point: &Point| (point.event.header.time, point.number);
        self.list.sort_unstable_by_key(key);
    }

    /// The list as the plug-in reads it, valid as long as nothing is changed.
    pub fn events(&self) -> clap_input_events {
        unsafe extern "C" fn size(list: *const clap_input_events) -> u32 {
            // SAFETY: the list is ours, its context the points that it was made of.
            let points = unsafe { list.as_ref().and_then(|l| l.ctx.cast::<Points>().as_ref()) };
            points.map_or(0, |points| points.list.len() as u32)
        }
        unsafe extern "C" fn get(
            list: *const clap_input_events,
            index: u32,
        ) -> *const clap_event_header {
            // SAFETY: as above.
            let points = unsafe { list.as_ref().and_then(|l| l.ctx.cast::<Points>().as_ref()) };
            let point = points.and_then(|points| points.list.get(index as usize));
            point.map_or(ptr::null(), |point| (&raw const point.event).cast())
        }
        clap_input_events {
            ctx: ptr::from_ref(self).cast_mut().cast(),
            size: Some(size),
            get: Some(get),
        }
    }
}

/// The event of a change.
fn event(id: u32, time: u32, plain: f64) -> clap_event_param_value {
    clap_event_param_value {
        header: clap_event_header {
            size: size_of::<clap_event_param_value>() as u32,
            time,
            space_id: CLAP_CORE_EVENT_SPACE_ID,
            type_: CLAP_EVENT_PARAM_VALUE,
            flags: 0,
        },
        param_id: id,
        cookie: ptr::null_mut(),
        note_id: -1,
        port_index: -1,
        channel: -1,
        key: -1,
        value: plain,
    }
}

/// Where the plug-in's events go. A value inside a gesture of the panel is an edit, for the main
/// thread; another one is the plug-in's own and goes out with the block.
pub struct Outgoing<'a> {
    /// The parameters.
    pub params: &'a Params,
    /// Notes that there are edits.
    pub host: &'a Host,
    /// Takes the edits.
    pub edits: &'a mut Sender,
    /// Takes the plug-in's own changes.
    pub changes: Option<ComRef<'a, IParameterChanges>>,
}

impl Outgoing<'_> {
    /// The list as the plug-in writes it, valid as long as `self` stays where it is.
    pub fn events(&mut self) -> clap_output_events {
        unsafe extern "C" fn try_push(
            list: *const clap_output_events,
            event: *const clap_event_header,
        ) -> bool {
            // SAFETY: the list is ours, its context the `Outgoing` that it was made of.
            let outgoing = unsafe {
                list.as_ref()
                    .and_then(|l| l.ctx.cast::<Outgoing>().as_mut())
            };
            // SAFETY: the plug-in's event lives during the call.
            match (outgoing, unsafe { event.as_ref() }) {
                // SAFETY: the header is the head of the event of its type.
                (Some(outgoing), Some(header)) => unsafe { outgoing.take(header) },
                _ => false,
            }
        }
        clap_output_events {
            ctx: ptr::from_mut(self).cast::<c_void>(),
            try_push: Some(try_push),
        }
    }

    /// Takes one event.
    ///
    /// # Safety
    /// `header` is the head of a whole event of the type that it names.
    unsafe fn take(&mut self, header: &clap_event_header) -> bool {
        if header.space_id != CLAP_CORE_EVENT_SPACE_ID {
            return true;
        }
        match header.type_ {
            CLAP_EVENT_PARAM_VALUE => {
                // SAFETY: an event of this type, as the caller promises.
                let event = unsafe { &*ptr::from_ref(header).cast::<clap_event_param_value>() };
                self.value(event.param_id, header.time, event.value)
            }
            CLAP_EVENT_PARAM_GESTURE_BEGIN | CLAP_EVENT_PARAM_GESTURE_END => {
                // SAFETY: as above.
                let event = unsafe { &*ptr::from_ref(header).cast::<clap_event_param_gesture>() };
                self.gesture(
                    event.param_id,
                    header.type_ == CLAP_EVENT_PARAM_GESTURE_BEGIN,
                )
            }
            _ => true,
        }
    }

    fn gesture(&mut self, id: u32, is_begin: bool) -> bool {
        let Some(place) = self.params.place(id) else {
            return true;
        };
        if !is_begin {
            return self.edit(Edit::End(place));
        }
        let is_sent = self.edit(Edit::Begin(place));
        if is_sent && let Some(param) = self.params.all().get(place) {
            param.begin_gesture();
        }
        is_sent
    }

    fn value(&mut self, id: u32, time: u32, plain: f64) -> bool {
        let Some(place) = self.params.place(id) else {
            return true;
        };
        let Some(param) = self.params.all().get(place) else {
            return true;
        };
        let value = param.normalised(plain);
        if param.is_held() {
            return self.edit(Edit::Value(place, value));
        }
        let Some(changes) = self.changes else {
            // Without a block to go out with it is a gesture of its own.
            return self.gesture(id, true)
                && [Edit::Value(place, value), Edit::End(place)].map(|edit| self.edit(edit))
                    == [true; 2];
        };
        let mut index = 0;
        // SAFETY: the host's lists live during its call, and it writes into a number of ours.
        unsafe {
            let queue = changes.addParameterData(&raw const id, &raw mut index);
            let time = i32::try_from(time).unwrap_or(i32::MAX);
            ComRef::from_raw(queue)
                .is_some_and(|queue| queue.addPoint(time, value, &raw mut index) == kResultOk)
        }
    }

    fn edit(&mut self, edit: Edit) -> bool {
        self.host.wish(Wish::Edits);
        self.edits.send(edit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::door::vst3::controls::edits;
    use crate::door::vst3::controls::params::tests::params;

    /// (id, time, value) of everything that the plug-in would read.
    fn read(points: &Points) -> Vec<(u32, u32, f64)> {
        let list = points.events();
        // SAFETY: the list lives as long as the points, and holds events of values alone.
        unsafe {
            let (size, get) = (list.size.unwrap(), list.get.unwrap());
            assert!(get(&list, size(&list)).is_null(), "beyond the end");
            (0..size(&list))
                .map(|i| &*get(&list, i).cast::<clap_event_param_value>())
                .map(|event| (event.param_id, event.header.time, event.value))
                .collect()
        }
    }

    #[test]
    fn changes_come_in_order_of_time_and_then_of_arrival() {
        let mut points = Points::new(2);
        points.push(0, 10, 0, 0.1);
        points.push(0, 10, 64, 0.2);
        points.push(1, 20, 32, 0.3);
        points.push(1, 20, 64, 0.4);
        points.push(0, 10, 64, 0.5);
        points.sort();
        let expected = [
            (10, 0, 0.1),
            (20, 32, 0.3),
            (10, 64, 0.2),
            (20, 64, 0.4),
            (10, 64, 0.5),
        ];
        assert_eq!(read(&points), expected);
        points.clear();
        assert_eq!(read(&points), []);
    }

    #[test]
    fn too_many_changes_leave_the_newest_of_each_parameter() {
        let mut points = Points::new(3);
        let capacity = points.list.capacity();
        for round in 0..2 {
            points.clear();
            for i in 0..5000_u32 {
                points.push((i % 3) as usize, 100 + i % 3, i, f64::from(i));
            }
            points.sort();
            let got = read(&points);
            assert_eq!(got.len(), ROOM + 3, "round {round}");
            for id in 100..103 {
                let newest = got.iter().rev().find(|(of, ..)| *of == id).unwrap();
                let expected = (0..5000).rev().find(|i| 100 + i % 3 == id).unwrap();
                assert_eq!(newest.1, expected, "parameter {id}, round {round}");
            }
        }
        assert_eq!(points.list.capacity(), capacity, "the list has grown");
    }

    #[test]
    fn values_in_a_gesture_are_edits() {
        let params = params(&[5], 2.0);
        let host = Host::new();
        let (mut sender, mut receiver) = edits::ring();
        let mut outgoing = Outgoing {
            params: &params,
            host: &host,
            edits: &mut sender,
            changes: None,
        };
        assert!(outgoing.gesture(5, true) && params.all()[0].is_held());
        assert!(outgoing.value(5, 0, 1.0));
        assert!(outgoing.gesture(5, false));
        assert!(outgoing.value(99, 0, 1.0), "an unknown one is no error");
        assert!(host.take(Wish::Edits));
        let got: Vec<_> = std::iter::from_fn(|| receiver.next()).collect();
        assert_eq!(got, [Edit::Begin(0), Edit::Value(0, 0.5), Edit::End(0)]);
        edits::hand_on(Edit::End(0), &params, None);
        assert!(!params.all()[0].is_held());
    }
}
