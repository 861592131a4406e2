//! The symbols by which hosts know a VST3.
#![allow(unsafe_code)] // exported symbols
#![allow(non_snake_case, missing_docs)] // the names are the API's

use std::ffi::c_void;

use vst3::Steinberg::IPluginFactory;

use crate::door::vst3::factory::Factory;

/// The factory, with one reference, which is the host's; null when there is none.
#[unsafe(no_mangle)]
pub extern "system" fn GetPluginFactory() -> *mut c_void {
    let factory = Factory::new().and_then(|factory| factory.to_com_ptr::<IPluginFactory>());
    factory.map_or(std::ptr::null_mut(), |factory| factory.into_raw().cast())
}

// Hosts call one of these pairs before the first and after the last use of the library. There is
// nothing to do: the CLAP entry is initialised where it is needed, and the library stays loaded.

#[cfg(all(unix, not(target_os = "macos")))]
#[unsafe(no_mangle)]
pub extern "C" fn ModuleEntry(_library: *mut c_void) -> bool {
    true
}

#[cfg(all(unix, not(target_os = "macos")))]
#[unsafe(no_mangle)]
pub extern "C" fn ModuleExit() -> bool {
    true
}

#[cfg(target_os = "macos")]
#[unsafe(no_mangle)]
pub extern "C" fn bundleEntry(_bundle: *mut c_void) -> bool {
    true
}

#[cfg(target_os = "macos")]
#[unsafe(no_mangle)]
pub extern "C" fn bundleExit() -> bool {
    true
}

#[cfg(windows)]
#[unsafe(no_mangle)]
pub extern "system" fn InitDll() -> bool {
    true
}

#[cfg(windows)]
#[unsafe(no_mangle)]
pub extern "system" fn ExitDll() -> bool {
    true
}
