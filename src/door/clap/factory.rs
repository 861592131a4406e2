//! The plug-in factory: one plug-in, guarded.
#![allow(unsafe_code)] // the C ABI: a string of the host

use std::ffi::{CStr, c_char};
use std::ptr::null;
use std::sync::OnceLock;

use clap_sys::factory::plugin_factory::clap_plugin_factory;
use clap_sys::host::clap_host;
use clap_sys::plugin::{clap_plugin, clap_plugin_descriptor};
use nice_plug::wrapper::clap::PluginDescriptor;

use crate::door::clap::guard::Guard;
use crate::plugin::Auralis;

/// Creates guarded plug-ins; the other formats of this library use it as hosts of CLAP do.
pub static FACTORY: clap_plugin_factory = clap_plugin_factory {
    get_plugin_count: Some(get_plugin_count),
    get_plugin_descriptor: Some(get_plugin_descriptor),
    create_plugin: Some(create_plugin),
};

/// What hosts are told about the plug-in before there is one.
pub(in crate::door) fn descriptor() -> &'static PluginDescriptor {
    static DESCRIPTOR: OnceLock<PluginDescriptor> = OnceLock::new();
    DESCRIPTOR.get_or_init(PluginDescriptor::for_plugin::<Auralis>)
}

unsafe extern "C" fn get_plugin_count(_: *const clap_plugin_factory) -> u32 {
    1
}

unsafe extern "C" fn get_plugin_descriptor(
    _: *const clap_plugin_factory,
    index: u32,
) -> *const clap_plugin_descriptor {
    if index == 0 {
        descriptor().clap_plugin_descriptor()
    } else {
        null()
    }
}

unsafe extern "C" fn create_plugin(
    _: *const clap_plugin_factory,
    host: *const clap_host,
    plugin_id: *const c_char,
) -> *const clap_plugin {
    if host.is_null() || plugin_id.is_null() {
        return null();
    }
    // SAFETY: not null; a host passes a C string.
    if unsafe { CStr::from_ptr(plugin_id) } != descriptor().clap_id() {
        return null();
    }
    // SAFETY: not null; by the ABI the host outlives the plug-ins it creates.
    unsafe { Guard::create(host) }
}
