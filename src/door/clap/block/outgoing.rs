//! Events from the framework's plug-in to the host.
#![allow(unsafe_code)] // the C ABI: the host's list of events, and ours for the plug-in

use std::ffi::c_void;
use std::mem::size_of;
use std::ptr::null;

use clap_sys::events::{
    CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_PARAM_GESTURE_BEGIN, CLAP_EVENT_PARAM_GESTURE_END,
    CLAP_EVENT_PARAM_VALUE, clap_event_header, clap_event_param_gesture, clap_event_param_value,
    clap_output_events,
};

/// The host's list. The plug-in processes a block in pieces; the list gets the times of the block.
pub struct Outgoing {
    list: *const clap_output_events,
    calls: Option<clap_output_events>,
    /// First frame of the piece at hand.
    at: u32,
}

impl Outgoing {
    /// The host's list for a block.
    ///
    /// # Safety
    ///
    /// `list` is null or a list of the host's that stays valid as long as this.
    pub unsafe fn new(list: *const clap_output_events) -> Self {
        // SAFETY: null or valid, as the caller promises.
        let calls = (!list.is_null()).then(|| unsafe { list.read_unaligned() });
        Self {
            list,
            calls: calls.filter(|calls| calls.try_push.is_some()),
            at: 0,
        }
    }

    /// The next piece begins at this frame.
    pub fn move_to(&mut self, frame: u32) {
        self.at = frame;
    }

    /// Our list for the plug-in; none without a list of the host's, so that events wait for one.
    pub fn list(&self) -> Option<clap_output_events> {
        self.calls.map(|_| clap_output_events {
            ctx: (&raw const *self).cast_mut().cast::<c_void>(),
            try_push: Some(try_push),
        })
    }

    /// Hands an event to the host.
    ///
    /// # Safety
    ///
    /// `event` is valid, of the type that its header says.
    unsafe fn push<T: Copy>(
        &self,
        event: T,
        header: impl Fn(&mut T) -> &mut clap_event_header,
    ) -> bool {
        let mut event = event;
        header(&mut event).time = header(&mut event).time.saturating_add(self.at);
        let Some(push) = self.calls.and_then(|calls| calls.try_push) else {
            return false;
        };
        // SAFETY: the host's list is valid; the event lives until the call ends.
        unsafe { push(self.list, header(&mut event)) }
    }
}

/// A list for the plug-in as a pointer; null for none.
pub fn as_ptr(list: &Option<clap_output_events>) -> *const clap_output_events {
    list.as_ref().map_or(null(), |list| list)
}

unsafe extern "C" fn try_push(
    list: *const clap_output_events,
    event: *const clap_event_header,
) -> bool {
    // SAFETY: the framework passes the list it was given, whose context is a living `Outgoing`.
    let outgoing = unsafe {
        list.as_ref()
            .and_then(|l| l.ctx.cast::<Outgoing>().as_ref())
    };
    // SAFETY: null or an event of the framework's.
    let (Some(outgoing), Some(head)) = (outgoing, unsafe { event.as_ref() }) else {
        return false;
    };
    let has = |size: usize| head.size as usize >= size && head.space_id == CLAP_CORE_EVENT_SPACE_ID;
    // SAFETY: of the type that the header says, and large enough.
    unsafe {
        match head.type_ {
            CLAP_EVENT_PARAM_VALUE if has(size_of::<clap_event_param_value>()) => outgoing
                .push(event.cast::<clap_event_param_value>().read(), |event| {
                    &mut event.header
                }),
            CLAP_EVENT_PARAM_GESTURE_BEGIN | CLAP_EVENT_PARAM_GESTURE_END
                if has(size_of::<clap_event_param_gesture>()) =>
            {
                outgoing.push(event.cast::<clap_event_param_gesture>().read(), |event| {
                    &mut event.header
                })
            }
            _ => false,
        }
    }
}
