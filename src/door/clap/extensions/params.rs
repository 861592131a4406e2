//! The parameters extension.
#![allow(unsafe_code)] // the C ABI

use std::ffi::c_char;
use std::sync::{MutexGuard, TryLockError};

use clap_sys::events::{clap_input_events, clap_output_events};
use clap_sys::ext::params::{clap_param_info, clap_plugin_params};
use clap_sys::id::clap_id;
use clap_sys::plugin::clap_plugin;

use crate::door::clap::block::events::{Event, Reader};
use crate::door::clap::block::outgoing::{self, Outgoing};
use crate::door::clap::guard::{Desk, Guard};

/// How often a flush that meets a block looks again whether it is over, a thread switch each.
const FLUSH_PATIENCE: usize = 10_000;

/// The parameters extension.
pub static TABLE: clap_plugin_params = clap_plugin_params {
    count: Some(count),
    get_info: Some(get_info),
    get_value: Some(get_value),
    value_to_text: Some(value_to_text),
    text_to_value: Some(text_to_value),
    flush: Some(flush),
};

impl Guard {
    /// The desk, if no other call has it. Never waits.
    pub fn try_desk(&self) -> Option<MutexGuard<'_, Desk>> {
        match self.desk.try_lock() {
            Ok(desk) => Some(desk),
            Err(TryLockError::Poisoned(desk)) => Some(desk.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Takes all events of a list without audio, and gives the host what the plug-in has to say.
    pub fn take_events(&self, reader: &mut Reader, desk: &mut Desk, outgoing: &Outgoing) {
        desk.due.clear();
        while let Some(event) = reader.take_due(u32::MAX) {
            if !matches!(event, Event::Transport(_)) {
                desk.due.push(event);
            }
        }
        let incoming = desk.due.list();
        let list = outgoing.list();
        // SAFETY: both lists are ours and live until the call ends.
        unsafe { self.inner.flush(&incoming, outgoing::as_ptr(&list)) };
    }
}

unsafe extern "C" fn count(plugin: *const clap_plugin) -> u32 {
    // SAFETY: a host passes the plug-in it was given.
    let Some(inner) = (unsafe { Guard::of(plugin) }).map(|guard| &guard.inner) else {
        return 0;
    };
    // SAFETY: the framework's plug-in is alive.
    inner
        .params
        .count
        .map_or(0, |f| unsafe { f(inner.as_ptr()) })
}

unsafe extern "C" fn get_info(
    plugin: *const clap_plugin,
    index: u32,
    info: *mut clap_param_info,
) -> bool {
    // SAFETY: a host passes the plug-in it was given.
    let Some(inner) = (unsafe { Guard::of(plugin) }).map(|guard| &guard.inner) else {
        return false;
    };
    // The framework panics at an index that equals the count.
    // SAFETY: as above.
    if info.is_null() || index >= unsafe { count(plugin) } {
        return false;
    }
    let get_info = inner.params.get_info;
    // SAFETY: the framework's plug-in is alive and `info` is not null.
    get_info.is_some_and(|f| unsafe { f(inner.as_ptr(), index, info) })
}

unsafe extern "C" fn get_value(plugin: *const clap_plugin, id: clap_id, value: *mut f64) -> bool {
    // SAFETY: a host passes the plug-in it was given.
    let Some(inner) = (unsafe { Guard::of(plugin) }).map(|guard| &guard.inner) else {
        return false;
    };
    let get_value = inner.params.get_value.filter(|_| !value.is_null());
    // SAFETY: the framework's plug-in is alive and `value` is not null.
    get_value.is_some_and(|f| unsafe { f(inner.as_ptr(), id, value) })
}

unsafe extern "C" fn value_to_text(
    plugin: *const clap_plugin,
    id: clap_id,
    value: f64,
    text: *mut c_char,
    capacity: u32,
) -> bool {
    // SAFETY: a host passes the plug-in it was given.
    let Some(guard) = (unsafe { Guard::of(plugin) }) else {
        return false;
    };
    let (Some(value), false) = (
        guard.ranges.value(id, value),
        text.is_null() || capacity == 0,
    ) else {
        return false;
    };
    let inner = &guard.inner;
    // SAFETY: the framework's plug-in is alive and `text` holds `capacity` characters.
    let convert = |f: unsafe extern "C" fn(_, _, _, _, _) -> _| unsafe {
        f(inner.as_ptr(), id, value, text, capacity)
    };
    inner.params.value_to_text.is_some_and(convert)
}

unsafe extern "C" fn text_to_value(
    plugin: *const clap_plugin,
    id: clap_id,
    text: *const c_char,
    value: *mut f64,
) -> bool {
    // SAFETY: a host passes the plug-in it was given.
    let Some(inner) = (unsafe { Guard::of(plugin) }).map(|guard| &guard.inner) else {
        return false;
    };
    if text.is_null() || value.is_null() {
        return false;
    }
    let text_to_value = inner.params.text_to_value;
    // SAFETY: the framework's plug-in is alive and neither pointer is null.
    text_to_value.is_some_and(|f| unsafe { f(inner.as_ptr(), id, text, value) })
}

/// Takes parameter events while no audio comes. A host must not call it during `process`; one that
/// does waits for the block, and is not heard if that takes too long.
unsafe extern "C" fn flush(
    plugin: *const clap_plugin,
    incoming: *const clap_input_events,
    outgoing: *const clap_output_events,
) {
    // SAFETY: a host passes the plug-in it was given.
    let Some(guard) = (unsafe { Guard::ready(plugin) }) else {
        return;
    };
    let wait = |_| {
        guard.try_desk().or_else(|| {
            std::thread::yield_now();
            None
        })
    };
    if let Some(mut desk) = (0..FLUSH_PATIENCE).find_map(wait) {
        // SAFETY: a host's lists are valid or null.
        let (mut reader, outgoing) = unsafe {
            (
                Reader::new(incoming, 0, &guard.ranges),
                Outgoing::new(outgoing),
            )
        };
        guard.take_events(&mut reader, &mut desk, &outgoing);
    }
}
