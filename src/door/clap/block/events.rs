//! Parameter events between the host and the framework's plug-in.
//!
//! The host's list is read one event at a time and checked: only what the plug-in knows gets through,
//! with a value in its range and a place in the block. Nothing allocates, however many there are.
#![allow(unsafe_code)] // the C ABI: the host's lists of events, and ours for the plug-in

use std::ffi::c_void;
use std::mem::size_of;
use std::ptr::{null, null_mut};

use clap_sys::events::{
    CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_PARAM_MOD, CLAP_EVENT_PARAM_VALUE, CLAP_EVENT_TRANSPORT,
    clap_event_header, clap_event_param_mod, clap_event_param_value, clap_event_transport,
    clap_input_events,
};

use clap_sys::id::clap_id;

use crate::door::clap::block::ranges::Ranges;

/// Events of a block that are read; a list that claims more is taken for broken.
const MAX_READ: u32 = 1 << 17;
/// What a host may say in a block.
#[derive(Debug, Clone, Copy)]
pub enum Event {
    /// A parameter has this value from here on.
    Value(clap_event_param_value),
    /// A parameter is modulated by this amount from here on.
    Modulation(clap_event_param_mod),
    /// The transport is this from here on.
    Transport(clap_event_transport),
}

impl Event {
    /// What an event is about: a later one about the same makes it void.
    fn key(&self) -> (u16, clap_id) {
        match self {
            Self::Value(event) => (CLAP_EVENT_PARAM_VALUE, event.param_id),
            Self::Modulation(event) => (CLAP_EVENT_PARAM_MOD, event.param_id),
            Self::Transport(_) => (CLAP_EVENT_TRANSPORT, 0),
        }
    }
}

/// Reads the host's list in order. An event that is out of order happens where the one before it
/// did, one beyond the end in the last frame.
pub struct Reader<'a> {
    list: *const clap_input_events,
    calls: Option<clap_input_events>,
    ranges: &'a Ranges,
    next: u32,
    count: u32,
    last_frame: u32,
    time: u32,
    waiting: Option<Event>,
}

impl<'a> Reader<'a> {
    /// A reader at the start of a list, for a block of `frames`.
    ///
    /// # Safety
    ///
    /// `list` is null or a list of the host's that stays valid as long as the reader.
    pub unsafe fn new(list: *const clap_input_events, frames: u32, ranges: &'a Ranges) -> Self {
        // SAFETY: null or valid, as the caller promises.
        let calls = (!list.is_null()).then(|| unsafe { list.read_unaligned() });
        let size = calls.and_then(|calls| calls.size);
        // SAFETY: the list is valid.
        let count = size.map_or(0, |size| unsafe { size(list) });
        Self {
            list,
            calls,
            ranges,
            next: 0,
            count: count.min(MAX_READ),
            last_frame: frames.saturating_sub(1),
            time: 0,
            waiting: None,
        }
    }

    /// The next event, if its time has come at this frame.
    pub fn take_due(&mut self, frame: u32) -> Option<Event> {
        (self.next_time()? <= frame)
            .then(|| self.waiting.take())
            .flatten()
    }

    /// The frame of the next event.
    pub fn next_time(&mut self) -> Option<u32> {
        let get = self.calls?.get?;
        while self.waiting.is_none() && self.next < self.count {
            // SAFETY: the list is valid and the index below its size.
            let header = unsafe { get(self.list, self.next) };
            self.next += 1;
            // SAFETY: null or an event of the host's.
            if let Some((time, event)) = unsafe { checked(header, self.ranges) } {
                self.time = self.time.max(time.min(self.last_frame));
                self.waiting = Some(event);
            }
        }
        self.waiting.is_some().then_some(self.time)
    }
}

/// Time and content of an event; none if the plug-in has no use for it.
///
/// # Safety
///
/// `header` is null or points to as many bytes as its size says.
unsafe fn checked(header: *const clap_event_header, ranges: &Ranges) -> Option<(u32, Event)> {
    if header.is_null() {
        return None;
    }
    // SAFETY: every event begins with a header.
    let head = unsafe { header.read_unaligned() };
    if head.space_id != CLAP_CORE_EVENT_SPACE_ID {
        return None;
    }
    let has = |size: usize| head.size as usize >= size;
    let event = match head.type_ {
        CLAP_EVENT_PARAM_VALUE if has(size_of::<clap_event_param_value>()) => {
            // SAFETY: of this type by its header, and large enough.
            let mut event = unsafe { header.cast::<clap_event_param_value>().read_unaligned() };
            event.value = ranges.value(event.param_id, event.value)?;
            event.cookie = null_mut();
            event.header = at_start(&head, size_of::<clap_event_param_value>());
            Event::Value(event)
        }
        CLAP_EVENT_PARAM_MOD if has(size_of::<clap_event_param_mod>()) => {
            // SAFETY: of this type by its header, and large enough.
            let mut event = unsafe { header.cast::<clap_event_param_mod>().read_unaligned() };
            event.amount = ranges.modulation(event.param_id, event.amount)?;
            event.cookie = null_mut();
            event.header = at_start(&head, size_of::<clap_event_param_mod>());
            Event::Modulation(event)
        }
        CLAP_EVENT_TRANSPORT if has(size_of::<clap_event_transport>()) => {
            // SAFETY: of this type by its header, and large enough.
            Event::Transport(unsafe { header.cast::<clap_event_transport>().read_unaligned() })
        }
        _ => return None,
    };
    Some((head.time, event))
}

/// The header of our copy: blocks are cut where events are, so each is in its block's first frame.
fn at_start(header: &clap_event_header, size: usize) -> clap_event_header {
    clap_event_header {
        size: size as u32,
        time: 0,
        ..*header
    }
}

/// Checked events for the plug-in; all in the first frame, so of each kind only the last one for a
/// parameter counts.
#[derive(Debug)]
pub struct Due {
    events: Vec<Event>,
}

impl Due {
    /// No events, and room for every kind of event for so many parameters.
    pub fn new(parameters: usize) -> Self {
        Self {
            events: Vec::with_capacity(2 * parameters),
        }
    }

    /// Forgets all events.
    pub fn clear(&mut self) {
        self.events.clear();
    }

    /// Adds an event, or replaces the one that it makes void. The transport is no such event.
    pub fn push(&mut self, event: Event) {
        let same = |old: &&mut Event| old.key() == event.key();
        if let Some(old) = self.events.iter_mut().find(same) {
            *old = event;
        } else if self.events.len() < self.events.capacity() {
            self.events.push(event);
        }
    }

    /// The events as a list of CLAP, valid while this is not changed.
    pub fn list(&self) -> clap_input_events {
        clap_input_events {
            ctx: (&raw const *self).cast_mut().cast::<c_void>(),
            size: Some(size),
            get: Some(get),
        }
    }
}

unsafe extern "C" fn size(list: *const clap_input_events) -> u32 {
    // SAFETY: the framework passes the list it was given, whose context is a living `Due`.
    unsafe { due(list) }.map_or(0, |due| due.events.len() as u32)
}

unsafe extern "C" fn get(list: *const clap_input_events, index: u32) -> *const clap_event_header {
    // SAFETY: as in `size`.
    let event = unsafe { due(list) }.and_then(|due| due.events.get(index as usize));
    match event {
        Some(Event::Value(event)) => &event.header,
        Some(Event::Modulation(event)) => &event.header,
        Some(Event::Transport(event)) => &event.header,
        None => null(),
    }
}

/// # Safety
///
/// `list` is null or one that [`Due::list`] made, still valid.
unsafe fn due<'a>(list: *const clap_input_events) -> Option<&'a Due> {
    // SAFETY: as the caller promises.
    unsafe { list.as_ref()?.ctx.cast::<Due>().as_ref() }
}
