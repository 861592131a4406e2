//! The render extension: whether the host plays or renders offline.
#![allow(unsafe_code)] // the C ABI

use clap_sys::ext::render::{
    CLAP_RENDER_OFFLINE, CLAP_RENDER_REALTIME, clap_plugin_render, clap_plugin_render_mode,
};
use clap_sys::plugin::clap_plugin;

use crate::door::clap::guard::Guard;

/// The render extension.
pub static TABLE: clap_plugin_render = clap_plugin_render {
    has_hard_realtime_requirement: Some(has_hard_realtime_requirement),
    set: Some(set),
};

unsafe extern "C" fn has_hard_realtime_requirement(_: *const clap_plugin) -> bool {
    false
}

/// Says the mode from the next block on. Hosts say it on any thread and while the plug-in is active,
/// so it goes to the plug-in beside the framework, which would want a restart for it.
unsafe extern "C" fn set(plugin: *const clap_plugin, mode: clap_plugin_render_mode) -> bool {
    // SAFETY: a host passes the plug-in it was given.
    let Some(guard) = (unsafe { Guard::of(plugin) }) else {
        return false;
    };
    match mode {
        CLAP_RENDER_REALTIME => guard.line.set_offline(false),
        CLAP_RENDER_OFFLINE => guard.line.set_offline(true),
        _ => return false,
    }
    true
}
