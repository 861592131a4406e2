//! The preset-load extension: a host's browser loads what the preset discovery showed it.
#![allow(unsafe_code)] // the C ABI

use std::ffi::{CStr, CString, c_char};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use clap_sys::ext::preset_load::clap_plugin_preset_load;
use clap_sys::factory::preset_discovery::{
    CLAP_PRESET_DISCOVERY_LOCATION_FILE, CLAP_PRESET_DISCOVERY_LOCATION_PLUGIN,
};
use clap_sys::plugin::clap_plugin;

use crate::door::clap::extensions::state::LENGTH_BYTES;
use crate::door::clap::extensions::stream;
use crate::door::clap::guard::Guard;
use crate::params::snapshot::with_preset;
use crate::preset_folder;
use auralis_engine::presets::{Preset, factory};

/// The preset-load extension.
pub static TABLE: clap_plugin_preset_load = clap_plugin_preset_load {
    from_location: Some(from_location),
};

/// Where a preset is, as hosts say it.
#[derive(Debug, Clone, Copy)]
pub struct Location {
    /// A file, or the plug-in itself.
    pub kind: u32,
    /// The file's path; null for the plug-in.
    pub path: *const c_char,
    /// The preset's name within the plug-in; null for a file.
    pub key: *const c_char,
}

unsafe extern "C" fn from_location(
    plugin: *const clap_plugin,
    kind: u32,
    path: *const c_char,
    key: *const c_char,
) -> bool {
    // SAFETY: a host passes the plug-in it was given.
    let Some(guard) = (unsafe { Guard::ready(plugin) }) else {
        return false;
    };
    let location = Location { kind, path, key };
    // SAFETY: a host passes C strings or null.
    let loaded = unsafe { find(location) }.and_then(|preset| guard.load_preset(&preset));
    match loaded {
        Ok(()) => guard.host.preset_loaded(location),
        Err(error) => {
            let text = format!("Preset refused: {error:#}. The settings in use are kept.");
            nice_plug::nice_error!("{text}");
            guard.line.notify(text.clone());
            let text = CString::new(text).unwrap_or_default();
            guard.host.preset_failed(location, &text);
            return false;
        }
    }
    true
}

/// The preset at a location.
///
/// # Safety
///
/// The location's strings are C strings or null.
unsafe fn find(location: Location) -> Result<Preset> {
    let text = |string: *const c_char| {
        // SAFETY: not null; a C string, as the caller promises.
        let text = (!string.is_null()).then(|| unsafe { CStr::from_ptr(string) })?;
        text.to_str().ok()
    };
    match location.kind {
        CLAP_PRESET_DISCOVERY_LOCATION_PLUGIN => {
            let name = text(location.key).context("the host names none")?;
            factory::named(name)?.with_context(|| format!("Auralis has no preset {name:?}"))
        }
        CLAP_PRESET_DISCOVERY_LOCATION_FILE => {
            let path = text(location.path).context("the host names no file")?;
            preset_folder::read(Path::new(path))
        }
        other => bail!("it is at a location of an unknown kind, {other}"),
    }
}

impl Guard {
    /// Puts a preset in place of the settings, and keeps all else: main thread.
    fn load_preset(&self, preset: &Preset) -> Result<()> {
        let mut state = Vec::new();
        let memory = stream::writer(&mut state);
        let inner = &self.inner;
        // SAFETY: the framework's plug-in is alive, and so is the memory behind the stream.
        let save =
            |f: unsafe extern "C" fn(_, _) -> _| unsafe { f(inner.as_ptr(), &raw const memory) };
        if !inner.state.save.is_some_and(save) || state.len() < LENGTH_BYTES {
            bail!("the settings in use cannot be read");
        }
        let json = with_preset(&state[LENGTH_BYTES..], preset).map_err(|text| anyhow!(text))?;
        let mut state = (json.len() as u64).to_le_bytes().to_vec();
        state.extend(json);
        if !self.load(&state) {
            bail!("the settings could not be set");
        }
        Ok(())
    }
}
