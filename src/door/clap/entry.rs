//! The library's entry: the one symbol a CLAP host looks for.
#![allow(unsafe_code)] // the C ABI: an exported symbol and a string of the host

use std::ffi::{CStr, c_char, c_void};
use std::sync::atomic::{AtomicUsize, Ordering};

use clap_sys::entry::clap_plugin_entry;
use clap_sys::factory::plugin_factory::CLAP_PLUGIN_FACTORY_ID;
use clap_sys::factory::preset_discovery::{
    CLAP_PRESET_DISCOVERY_FACTORY_ID, CLAP_PRESET_DISCOVERY_FACTORY_ID_COMPAT,
};
use clap_sys::version::CLAP_VERSION;
use nice_plug::wrapper::setup_logger;

use crate::door::clap::factory::FACTORY;
use crate::door::clap::presets;
use crate::door::pin;
use crate::plugin::Auralis;

/// How often the host opened the entry and did not close it yet.
static OPENED: AtomicUsize = AtomicUsize::new(0);

/// The CLAP entry.
#[unsafe(no_mangle)]
#[used]
#[allow(non_upper_case_globals)] // CLAP's name
pub static clap_entry: clap_plugin_entry = clap_plugin_entry {
    clap_version: CLAP_VERSION,
    init: Some(init),
    deinit: Some(deinit),
    get_factory: Some(get_factory),
};

unsafe extern "C" fn init(_plugin_path: *const c_char) -> bool {
    pin::keep_loaded();
    setup_logger::<Auralis>();
    OPENED.fetch_add(1, Ordering::AcqRel);
    true
}

unsafe extern "C" fn deinit() {
    // One `deinit` too many must not wrap around.
    let _ = OPENED.fetch_update(Ordering::AcqRel, Ordering::Acquire, |n| n.checked_sub(1));
}

unsafe extern "C" fn get_factory(factory_id: *const c_char) -> *const c_void {
    if factory_id.is_null() || OPENED.load(Ordering::Acquire) == 0 {
        return std::ptr::null();
    }
    // SAFETY: not null; a host passes a C string.
    let id = unsafe { CStr::from_ptr(factory_id) };
    if id == CLAP_PLUGIN_FACTORY_ID {
        (&raw const FACTORY).cast()
    } else if id == CLAP_PRESET_DISCOVERY_FACTORY_ID
        || id == CLAP_PRESET_DISCOVERY_FACTORY_ID_COMPAT
    {
        (&raw const presets::FACTORY).cast()
    } else {
        std::ptr::null()
    }
}
