//! Preset discovery: what hosts' browsers are told of the presets of Auralis and of the user's folder.
#![allow(unsafe_code)] // the C ABI

use std::ffi::{CStr, CString, c_char, c_void};
use std::path::Path;
use std::ptr::{null, null_mut};

use clap_sys::factory::preset_discovery::{
    CLAP_PRESET_DISCOVERY_IS_FACTORY_CONTENT, CLAP_PRESET_DISCOVERY_IS_USER_CONTENT,
    CLAP_PRESET_DISCOVERY_LOCATION_FILE, CLAP_PRESET_DISCOVERY_LOCATION_PLUGIN,
    clap_preset_discovery_factory, clap_preset_discovery_filetype, clap_preset_discovery_indexer,
    clap_preset_discovery_location, clap_preset_discovery_metadata_receiver,
    clap_preset_discovery_provider, clap_preset_discovery_provider_descriptor,
};
use clap_sys::universal_plugin_id::clap_universal_plugin_id;
use clap_sys::version::CLAP_VERSION;

use crate::door::clap::factory;
use crate::preset_folder::{self, PresetFolder};
use auralis_engine::presets::{Preset, factory as presets};

/// Makes the provider.
pub static FACTORY: clap_preset_discovery_factory = clap_preset_discovery_factory {
    count: Some(count),
    get_descriptor: Some(get_descriptor),
    create: Some(create),
};

static DESCRIPTOR: clap_preset_discovery_provider_descriptor =
    clap_preset_discovery_provider_descriptor {
        clap_version: CLAP_VERSION,
        id: c"org.auralis.auralis.presets".as_ptr(),
        name: c"Auralis".as_ptr(),
        vendor: c"Auralis".as_ptr(),
    };

/// A provider, with the indexer that its host gave.
struct Provider {
    table: clap_preset_discovery_provider,
    indexer: *const clap_preset_discovery_indexer,
}

unsafe extern "C" fn count(_: *const clap_preset_discovery_factory) -> u32 {
    1
}

unsafe extern "C" fn get_descriptor(
    _: *const clap_preset_discovery_factory,
    index: u32,
) -> *const clap_preset_discovery_provider_descriptor {
    if index == 0 {
        &raw const DESCRIPTOR
    } else {
        null()
    }
}

unsafe extern "C" fn create(
    _: *const clap_preset_discovery_factory,
    indexer: *const clap_preset_discovery_indexer,
    id: *const c_char,
) -> *const clap_preset_discovery_provider {
    if indexer.is_null() || id.is_null() {
        return null();
    }
    // SAFETY: neither is null: a host's C string, and ours.
    if unsafe { CStr::from_ptr(id) != CStr::from_ptr(DESCRIPTOR.id) } {
        return null();
    }
    let provider = Box::into_raw(Box::new(Provider {
        table: clap_preset_discovery_provider {
            desc: &raw const DESCRIPTOR,
            provider_data: null_mut(),
            init: Some(init),
            destroy: Some(destroy),
            get_metadata: Some(get_metadata),
            get_extension: Some(get_extension),
        },
        indexer,
    }));
    // SAFETY: just made; nobody else has the pointer yet.
    unsafe {
        (*provider).table.provider_data = provider.cast();
        &raw const (*provider).table
    }
}

/// The provider behind its table.
///
/// # Safety
///
/// `provider` is null or one of [`create`] that is not destroyed yet.
unsafe fn provider<'a>(provider: *const clap_preset_discovery_provider) -> Option<&'a Provider> {
    // SAFETY: as the caller promises.
    unsafe { provider.as_ref()?.provider_data.cast::<Provider>().as_ref() }
}

/// Declares the files' ending, the presets of Auralis, and the user's folder once there is one.
unsafe extern "C" fn init(this: *const clap_preset_discovery_provider) -> bool {
    // SAFETY: a host passes the provider it was given.
    let Some(provider) = (unsafe { provider(this) }) else {
        return false;
    };
    let indexer = provider.indexer;
    // SAFETY: the indexer outlives its provider.
    let calls = unsafe { indexer.read_unaligned() };
    let filetype = clap_preset_discovery_filetype {
        name: c"Auralis preset".as_ptr(),
        description: c"Settings as readable text".as_ptr(),
        file_extension: c"json".as_ptr(),
    };
    let declare = |location: clap_preset_discovery_location| {
        let declare = calls.declare_location;
        // SAFETY: the indexer is alive; the location's strings live until the call ends.
        declare.is_some_and(|f| unsafe { f(indexer, &raw const location) })
    };
    // SAFETY: as above.
    let knows_files = calls
        .declare_filetype
        .is_some_and(|f| unsafe { f(indexer, &raw const filetype) });
    let own = clap_preset_discovery_location {
        flags: CLAP_PRESET_DISCOVERY_IS_FACTORY_CONTENT,
        name: c"Auralis".as_ptr(),
        kind: CLAP_PRESET_DISCOVERY_LOCATION_PLUGIN,
        location: null(),
    };
    let mut declared = declare(own);
    if let Some(folder) = users_folder().filter(|_| knows_files) {
        declared &= declare(clap_preset_discovery_location {
            flags: CLAP_PRESET_DISCOVERY_IS_USER_CONTENT,
            name: c"Your presets".as_ptr(),
            kind: CLAP_PRESET_DISCOVERY_LOCATION_FILE,
            location: folder.as_ptr(),
        });
    }
    declared
}

/// The user's folder, if it is there.
fn users_folder() -> Option<CString> {
    let folder = PresetFolder::of_user()?;
    let is_there = folder.path().is_dir();
    let path = is_there.then(|| folder.path().to_str())??;
    CString::new(path).ok()
}

unsafe extern "C" fn destroy(this: *const clap_preset_discovery_provider) {
    // SAFETY: a host passes the provider it was given, and never again.
    let data = unsafe { this.as_ref() }.map_or(null_mut(), |table| table.provider_data);
    if !data.is_null() {
        // SAFETY: `create` made it by `into_raw`.
        drop(unsafe { Box::from_raw(data.cast::<Provider>()) });
    }
}

unsafe extern "C" fn get_extension(
    _: *const clap_preset_discovery_provider,
    _: *const c_char,
) -> *const c_void {
    null()
}

/// Tells what presets a location holds: those of Auralis, each under its name, or that of a file.
unsafe extern "C" fn get_metadata(
    _: *const clap_preset_discovery_provider,
    kind: u32,
    location: *const c_char,
    receiver: *const clap_preset_discovery_metadata_receiver,
) -> bool {
    if receiver.is_null() {
        return false;
    }
    let receiver = Receiver(receiver);
    match kind {
        CLAP_PRESET_DISCOVERY_LOCATION_PLUGIN => {
            let all = presets::all().unwrap_or_default();
            all.iter().all(|preset| receiver.take(preset, true))
        }
        CLAP_PRESET_DISCOVERY_LOCATION_FILE if !location.is_null() => {
            // SAFETY: not null; a host passes a C string.
            let path = unsafe { CStr::from_ptr(location) }.to_string_lossy();
            match preset_folder::read(Path::new(&*path)) {
                Ok(preset) => receiver.take(&preset, false),
                Err(error) => {
                    receiver.fail(&format!("{error:#}"));
                    false
                }
            }
        }
        _ => false,
    }
}

/// What a host hears about presets with, valid while it asks.
struct Receiver(*const clap_preset_discovery_metadata_receiver);

impl Receiver {
    /// Tells one preset; false when the host wants no more.
    fn take(&self, preset: &Preset, is_factory: bool) -> bool {
        let (Ok(name), Ok(description)) = (
            CString::new(preset.name()),
            CString::new(preset.description()),
        ) else {
            return true;
        };
        let key = if is_factory { name.as_ptr() } else { null() };
        let flags = match is_factory {
            true => CLAP_PRESET_DISCOVERY_IS_FACTORY_CONTENT,
            false => CLAP_PRESET_DISCOVERY_IS_USER_CONTENT,
        };
        let plugin = clap_universal_plugin_id {
            abi: c"clap".as_ptr(),
            id: factory::descriptor().clap_id().as_ptr(),
        };
        // SAFETY: the receiver is valid while the host asks, and the strings until each call ends.
        unsafe {
            let calls = self.0.read_unaligned();
            let is_wanted = calls
                .begin_preset
                .is_some_and(|f| f(self.0, name.as_ptr(), key));
            if !is_wanted {
                return false;
            }
            if let Some(f) = calls.add_plugin_id {
                f(self.0, &raw const plugin);
            }
            if let Some(f) = calls.set_flags {
                f(self.0, flags);
            }
            if let Some(f) = calls.set_description.filter(|_| !description.is_empty()) {
                f(self.0, description.as_ptr());
            }
            if let Some(f) = calls.add_creator.filter(|_| is_factory) {
                f(self.0, c"Auralis".as_ptr());
            }
        }
        true
    }

    /// Says why there is none.
    fn fail(&self, text: &str) {
        let text = CString::new(text).unwrap_or_default();
        // SAFETY: as in `take`.
        unsafe {
            if let Some(f) = self.0.read_unaligned().on_error {
                f(self.0, 0, text.as_ptr());
            }
        }
    }
}
