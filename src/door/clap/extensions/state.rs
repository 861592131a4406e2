//! The state extension. A state is the length of its JSON (64 bits, little endian) and the JSON.
//!
//! The host's stream is read to the end first and the state checked before the framework sees it: a
//! state that cannot be loaded changes nothing, and the host is told so.
#![allow(unsafe_code)] // the C ABI

use clap_sys::ext::state::clap_plugin_state;
use clap_sys::plugin::clap_plugin;
use clap_sys::stream::{clap_istream, clap_ostream};
use nice_plug::prelude::Plugin;

use crate::door::clap::extensions::stream::{self, MAX_STATE_BYTES};
use crate::door::clap::guard::Guard;
use crate::params::state::{refusal_notice, refusal_of};
use crate::plugin::Auralis;

/// The state extension.
pub static TABLE: clap_plugin_state = clap_plugin_state {
    save: Some(save),
    load: Some(load),
};

/// Bytes of the length.
pub const LENGTH_BYTES: usize = std::mem::size_of::<u64>();

unsafe extern "C" fn save(plugin: *const clap_plugin, stream: *const clap_ostream) -> bool {
    // SAFETY: a host passes the plug-in it was given.
    let guard = unsafe { Guard::ready(plugin) };
    let (Some(guard), false) = (guard, stream.is_null()) else {
        return false;
    };
    let mut bytes = Vec::new();
    let memory = stream::writer(&mut bytes);
    let inner = &guard.inner;
    // SAFETY: the framework's plug-in is alive, and so is the memory behind the stream.
    let save = |f: unsafe extern "C" fn(_, _) -> _| unsafe { f(inner.as_ptr(), &raw const memory) };
    // SAFETY: a host's stream is valid until this returns.
    inner.state.save.is_some_and(save) && unsafe { stream::write(stream, &bytes) }
}

unsafe extern "C" fn load(plugin: *const clap_plugin, stream: *const clap_istream) -> bool {
    // SAFETY: a host passes the plug-in it was given.
    let guard = unsafe { Guard::ready(plugin) };
    let (Some(guard), false) = (guard, stream.is_null()) else {
        return false;
    };
    // SAFETY: a host's stream is valid until this returns.
    let state = unsafe { read(stream) };
    let refusal = match state.as_deref().map(|state| state.split_at(LENGTH_BYTES)) {
        Some((_, json)) => refusal_of(json, Auralis::VERSION),
        None => Some(String::from("it ends too early")),
    };
    if let Some(reason) = refusal {
        let notice = refusal_notice(&reason);
        nice_plug::nice_error!("{notice} The settings in use are kept");
        guard.line.notify(notice);
        return false;
    }
    guard.load(state.as_deref().unwrap_or_default())
}

impl Guard {
    /// Loads a checked state.
    pub fn load(&self, mut state: &[u8]) -> bool {
        // What the load has to tell must find room in the framework's queue.
        self.do_main_thread_work();
        let memory = stream::reader(&mut state);
        let inner = &self.inner;
        // SAFETY: the framework's plug-in is alive, and so is the memory behind the stream.
        let load =
            |f: unsafe extern "C" fn(_, _) -> _| unsafe { f(inner.as_ptr(), &raw const memory) };
        let loaded = inner.state.load.is_some_and(load);
        // The host's and the panel's values follow at once.
        self.do_main_thread_work();
        loaded
    }
}

/// A state with its length in front; none if the host's stream does not hold one.
///
/// # Safety
///
/// `stream` is a valid stream of the host's.
unsafe fn read(stream: *const clap_istream) -> Option<Vec<u8>> {
    // SAFETY: as the caller promises.
    let mut state = unsafe { stream::read(stream, LENGTH_BYTES) }?;
    let length = u64::from_le_bytes(state.as_slice().try_into().ok()?);
    if length > MAX_STATE_BYTES {
        return None;
    }
    // SAFETY: as the caller promises.
    state.extend(unsafe { stream::read(stream, usize::try_from(length).ok()?) }?);
    Some(state)
}
