//! Extensions that only need their pointers checked: tail, remote controls, track info.
#![allow(unsafe_code)] // the C ABI

use clap_sys::ext::remote_controls::{clap_plugin_remote_controls, clap_remote_controls_page};
use clap_sys::ext::tail::clap_plugin_tail;
use clap_sys::ext::track_info::clap_plugin_track_info;
use clap_sys::plugin::clap_plugin;

use crate::door::clap::guard::Guard;

/// The tail extension.
pub static TAIL: clap_plugin_tail = clap_plugin_tail {
    get: Some(tail_get),
};

/// The remote-controls extension.
pub static REMOTE_CONTROLS: clap_plugin_remote_controls = clap_plugin_remote_controls {
    count: Some(page_count),
    get: Some(page_get),
};

/// The track-info extension.
pub static TRACK_INFO: clap_plugin_track_info = clap_plugin_track_info {
    changed: Some(track_changed),
};

unsafe extern "C" fn tail_get(plugin: *const clap_plugin) -> u32 {
    // SAFETY: a host passes the plug-in it was given.
    let Some(inner) = (unsafe { Guard::of(plugin) }).map(|guard| &guard.inner) else {
        return 0;
    };
    // SAFETY: the framework's plug-in is alive.
    inner.tail.get.map_or(0, |f| unsafe { f(inner.as_ptr()) })
}

unsafe extern "C" fn page_count(plugin: *const clap_plugin) -> u32 {
    // SAFETY: a host passes the plug-in it was given.
    let Some(inner) = (unsafe { Guard::of(plugin) }).map(|guard| &guard.inner) else {
        return 0;
    };
    let count = inner.remote_controls.count;
    // SAFETY: the framework's plug-in is alive.
    count.map_or(0, |f| unsafe { f(inner.as_ptr()) })
}

unsafe extern "C" fn page_get(
    plugin: *const clap_plugin,
    index: u32,
    page: *mut clap_remote_controls_page,
) -> bool {
    // SAFETY: a host passes the plug-in it was given.
    let Some(inner) = (unsafe { Guard::of(plugin) }).map(|guard| &guard.inner) else {
        return false;
    };
    // SAFETY: as above.
    if page.is_null() || index >= unsafe { page_count(plugin) } {
        return false;
    }
    let get = inner.remote_controls.get;
    // SAFETY: the framework's plug-in is alive and `page` is not null.
    get.is_some_and(|f| unsafe { f(inner.as_ptr(), index, page) })
}

unsafe extern "C" fn track_changed(plugin: *const clap_plugin) {
    // SAFETY: a host passes the plug-in it was given.
    let Some(guard) = (unsafe { Guard::ready(plugin) }) else {
        return;
    };
    // The framework keeps what it learns of the track where only one thread at a time may look.
    if let (Some(f), Some(_visit)) = (guard.inner.track_info.changed, guard.panel.enter()) {
        // SAFETY: the framework's plug-in is alive.
        unsafe { f(guard.inner.as_ptr()) };
    }
}
