//! The audio-ports extensions: what ports there are, and the choice between stereo and mono.
#![allow(unsafe_code)] // the C ABI

use clap_sys::ext::audio_ports::{clap_audio_port_info, clap_plugin_audio_ports};
use clap_sys::ext::audio_ports_config::{clap_audio_ports_config, clap_plugin_audio_ports_config};
use clap_sys::id::clap_id;
use clap_sys::plugin::clap_plugin;

use crate::door::clap::guard::Guard;
use crate::door::clap::inner::Inner;
use crate::door::clap::lifecycle::Stage;

/// Name of the output; the framework gives it the input's.
const OUTPUT_NAME: &[u8] = b"Output\0";

/// The audio-ports extension.
pub static TABLE: clap_plugin_audio_ports = clap_plugin_audio_ports {
    count: Some(count),
    get: Some(get),
};

/// The audio-ports-config extension.
pub static LAYOUTS: clap_plugin_audio_ports_config = clap_plugin_audio_ports_config {
    count: Some(layout_count),
    get: Some(layout_get),
    select: Some(layout_select),
};

/// Channels of the main input in the layout in use.
pub fn main_channels(inner: &Inner) -> u32 {
    // SAFETY: zeros are a valid clap_audio_port_info: numbers, null and an empty name.
    let mut info: clap_audio_port_info = unsafe { std::mem::zeroed() };
    // SAFETY: the framework's plug-in is alive and `info` can be written.
    let found = inner
        .audio_ports
        .get
        .is_some_and(|f| unsafe { f(inner.as_ptr(), 0, true, &mut info) });
    if found { info.channel_count } else { 0 }
}

unsafe extern "C" fn count(plugin: *const clap_plugin, is_input: bool) -> u32 {
    // SAFETY: a host passes the plug-in it was given.
    let Some(inner) = (unsafe { Guard::of(plugin) }).map(|guard| &guard.inner) else {
        return 0;
    };
    let count = inner.audio_ports.count;
    // SAFETY: the framework's plug-in is alive.
    count.map_or(0, |f| unsafe { f(inner.as_ptr(), is_input) })
}

unsafe extern "C" fn get(
    plugin: *const clap_plugin,
    index: u32,
    is_input: bool,
    info: *mut clap_audio_port_info,
) -> bool {
    // SAFETY: a host passes the plug-in it was given.
    let Some(inner) = (unsafe { Guard::of(plugin) }).map(|guard| &guard.inner) else {
        return false;
    };
    // SAFETY: as above.
    if info.is_null() || index >= unsafe { count(plugin, is_input) } {
        return false;
    }
    let get = inner.audio_ports.get;
    // SAFETY: the framework's plug-in is alive and `info` is not null.
    let found = get.is_some_and(|f| unsafe { f(inner.as_ptr(), index, is_input, info) });
    if found && !is_input {
        // SAFETY: not null, and just written by the framework.
        let name = unsafe { &mut (*info).name };
        for (to, from) in name.iter_mut().zip(OUTPUT_NAME) {
            *to = *from as std::ffi::c_char;
        }
    }
    found
}

unsafe extern "C" fn layout_count(plugin: *const clap_plugin) -> u32 {
    // SAFETY: a host passes the plug-in it was given.
    let Some(inner) = (unsafe { Guard::of(plugin) }).map(|guard| &guard.inner) else {
        return 0;
    };
    // SAFETY: the framework's plug-in is alive.
    inner
        .layouts
        .count
        .map_or(0, |f| unsafe { f(inner.as_ptr()) })
}

unsafe extern "C" fn layout_get(
    plugin: *const clap_plugin,
    index: u32,
    layout: *mut clap_audio_ports_config,
) -> bool {
    // SAFETY: a host passes the plug-in it was given.
    let Some(inner) = (unsafe { Guard::of(plugin) }).map(|guard| &guard.inner) else {
        return false;
    };
    // SAFETY: as above.
    if layout.is_null() || index >= unsafe { layout_count(plugin) } {
        return false;
    }
    let get = inner.layouts.get;
    // SAFETY: the framework's plug-in is alive and `layout` is not null.
    get.is_some_and(|f| unsafe { f(inner.as_ptr(), index, layout) })
}

/// Chooses a layout; its id is its index. Only while the plug-in is inactive.
unsafe extern "C" fn layout_select(plugin: *const clap_plugin, id: clap_id) -> bool {
    // SAFETY: a host passes the plug-in it was given.
    let Some(guard) = (unsafe { Guard::of(plugin) }) else {
        return false;
    };
    // The stage keeps an activation on another thread out meanwhile.
    // SAFETY: as above.
    if id >= unsafe { layout_count(plugin) }
        || !guard.lifecycle.go(Stage::Initialised, Stage::Changing)
    {
        return false;
    }
    let inner = &guard.inner;
    let select = inner.layouts.select;
    // SAFETY: the framework's plug-in is alive.
    let selected = select.is_some_and(|f| unsafe { f(inner.as_ptr(), id) });
    guard.layout_changed();
    guard.lifecycle.go(Stage::Changing, Stage::Initialised);
    selected
}
