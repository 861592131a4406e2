//! The extensions of a host that the framework's plug-in may call. Each passes on to the host's, if
//! that has one, with the host's own pointer.
#![allow(unsafe_code)] // the C ABI

use clap_sys::ext::gui::clap_host_gui;
use clap_sys::ext::params::clap_host_params;
use clap_sys::ext::thread_check::clap_host_thread_check;
use clap_sys::ext::track_info::{clap_host_track_info, clap_track_info};
use clap_sys::host::clap_host;
use clap_sys::id::clap_id;

use super::proxy;

/// Nowhere is the main thread: so the framework queues what it has to tell and does it in
/// `on_main_thread`, never in the middle of `activate`, `process` or a load.
pub(in crate::door) static THREAD_CHECK: clap_host_thread_check = clap_host_thread_check {
    is_main_thread: Some(is_no_thread),
    is_audio_thread: Some(is_no_thread),
};

unsafe extern "C" fn is_no_thread(_: *const clap_host) -> bool {
    false
}

pub(in crate::door) static PARAMS: clap_host_params = clap_host_params {
    rescan: Some(params_rescan),
    clear: Some(params_clear),
    request_flush: Some(params_request_flush),
};

unsafe extern "C" fn params_rescan(host: *const clap_host, flags: u32) {
    // SAFETY: only the framework's plug-in calls, with the table it was given.
    if let Some(proxy) = unsafe { proxy(host) }
        && let Some(f) = proxy.offers.get().and_then(|o| o.params?.rescan)
        && let Some(host) = proxy.host()
    {
        // SAFETY: the host is there.
        unsafe { f(host, flags) };
    }
}

unsafe extern "C" fn params_clear(host: *const clap_host, id: clap_id, flags: u32) {
    // SAFETY: only the framework's plug-in calls, with the table it was given.
    if let Some(proxy) = unsafe { proxy(host) }
        && let Some(f) = proxy.offers.get().and_then(|o| o.params?.clear)
        && let Some(host) = proxy.host()
    {
        // SAFETY: the host is there.
        unsafe { f(host, id, flags) };
    }
}

unsafe extern "C" fn params_request_flush(host: *const clap_host) {
    // SAFETY: only the framework's plug-in calls, with the table it was given.
    if let Some(proxy) = unsafe { proxy(host) }
        && let Some(f) = proxy.offers.get().and_then(|o| o.params?.request_flush)
        && let Some(host) = proxy.host()
    {
        // SAFETY: the host is there.
        unsafe { f(host) };
    }
}

pub(in crate::door) static TRACK_INFO: clap_host_track_info = clap_host_track_info {
    get: Some(track_info_get),
};

unsafe extern "C" fn track_info_get(host: *const clap_host, info: *mut clap_track_info) -> bool {
    // SAFETY: only the framework's plug-in calls, with the table it was given.
    if let Some(proxy) = unsafe { proxy(host) }
        && let Some(f) = proxy.offers.get().and_then(|o| o.track_info?.get)
        && let Some(host) = proxy.host()
    {
        // SAFETY: the host is there; `info` comes from the framework.
        return unsafe { f(host, info) };
    }
    false
}

pub(in crate::door) static GUI: clap_host_gui = clap_host_gui {
    resize_hints_changed: Some(gui_resize_hints_changed),
    request_resize: Some(gui_request_resize),
    request_show: Some(gui_request_show),
    request_hide: Some(gui_request_hide),
    closed: Some(gui_closed),
};

/// The host and its table for the panel, if it has one and is there.
///
/// # Safety
///
/// `host` is null or the table of a living proxy.
unsafe fn panel(host: *const clap_host) -> Option<(*const clap_host, clap_host_gui)> {
    // SAFETY: as the caller promises.
    let proxy = unsafe { proxy(host) }?;
    Some((proxy.host()?, proxy.offers.get()?.gui?))
}

unsafe extern "C" fn gui_resize_hints_changed(host: *const clap_host) {
    // SAFETY: only the framework's plug-in calls, with the table it was given.
    if let Some((host, gui)) = unsafe { panel(host) }
        && let Some(f) = gui.resize_hints_changed
    {
        // SAFETY: the host is there.
        unsafe { f(host) };
    }
}

unsafe extern "C" fn gui_request_resize(host: *const clap_host, width: u32, height: u32) -> bool {
    // SAFETY: only the framework's plug-in calls, with the table it was given.
    if let Some((host, gui)) = unsafe { panel(host) }
        && let Some(f) = gui.request_resize
    {
        // SAFETY: the host is there.
        return unsafe { f(host, width, height) };
    }
    false
}

unsafe extern "C" fn gui_request_show(host: *const clap_host) -> bool {
    // SAFETY: only the framework's plug-in calls, with the table it was given.
    if let Some((host, gui)) = unsafe { panel(host) }
        && let Some(f) = gui.request_show
    {
        // SAFETY: the host is there.
        return unsafe { f(host) };
    }
    false
}

unsafe extern "C" fn gui_request_hide(host: *const clap_host) -> bool {
    // SAFETY: only the framework's plug-in calls, with the table it was given.
    if let Some((host, gui)) = unsafe { panel(host) }
        && let Some(f) = gui.request_hide
    {
        // SAFETY: the host is there.
        return unsafe { f(host) };
    }
    false
}

unsafe extern "C" fn gui_closed(host: *const clap_host, was_destroyed: bool) {
    // SAFETY: only the framework's plug-in calls, with the table it was given.
    if let Some((host, gui)) = unsafe { panel(host) }
        && let Some(f) = gui.closed
    {
        // SAFETY: the host is there.
        unsafe { f(host, was_destroyed) };
    }
}
