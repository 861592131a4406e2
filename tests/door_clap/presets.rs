//! Presets as a host's browser finds and loads them.

use std::ffi::{CStr, CString, c_char, c_void};
use std::ptr::null;

use auralis::door::clap::clap_entry;
use clap_sys::ext::preset_load::{CLAP_EXT_PRESET_LOAD, clap_plugin_preset_load};
use clap_sys::factory::preset_discovery::{
    CLAP_PRESET_DISCOVERY_FACTORY_ID, CLAP_PRESET_DISCOVERY_LOCATION_FILE,
    CLAP_PRESET_DISCOVERY_LOCATION_PLUGIN, clap_preset_discovery_factory,
    clap_preset_discovery_filetype, clap_preset_discovery_indexer, clap_preset_discovery_location,
    clap_preset_discovery_metadata_receiver, clap_preset_discovery_provider,
};
use clap_sys::universal_plugin_id::clap_universal_plugin_id;
use clap_sys::version::CLAP_VERSION;

use crate::host::{ID, Instance, factory};

/// What a browser was told.
#[derive(Default)]
struct Told {
    endings: Vec<String>,
    /// Kinds of the locations.
    locations: Vec<u32>,
    /// Name and key of each preset.
    presets: Vec<(String, Option<String>)>,
    plugin_ids: Vec<CString>,
    errors: Vec<String>,
}

fn text(string: *const c_char) -> Option<String> {
    let text = (!string.is_null()).then(|| unsafe { CStr::from_ptr(string) })?;
    Some(text.to_str().unwrap().to_owned())
}

unsafe fn told<'a>(data: *mut c_void) -> &'a mut Told {
    unsafe { &mut *data.cast::<Told>() }
}

unsafe extern "C" fn declare_filetype(
    indexer: *const clap_preset_discovery_indexer,
    filetype: *const clap_preset_discovery_filetype,
) -> bool {
    let ending = text(unsafe { (*filetype).file_extension }).unwrap();
    unsafe { told((*indexer).indexer_data) }
        .endings
        .push(ending);
    true
}

unsafe extern "C" fn declare_location(
    indexer: *const clap_preset_discovery_indexer,
    location: *const clap_preset_discovery_location,
) -> bool {
    let kind = unsafe { (*location).kind };
    unsafe { told((*indexer).indexer_data) }
        .locations
        .push(kind);
    true
}

unsafe extern "C" fn begin_preset(
    receiver: *const clap_preset_discovery_metadata_receiver,
    name: *const c_char,
    key: *const c_char,
) -> bool {
    let preset = (text(name).unwrap(), text(key));
    unsafe { told((*receiver).receiver_data) }
        .presets
        .push(preset);
    true
}

unsafe extern "C" fn add_plugin_id(
    receiver: *const clap_preset_discovery_metadata_receiver,
    id: *const clap_universal_plugin_id,
) {
    let id = unsafe { CStr::from_ptr((*id).id) }.to_owned();
    unsafe { told((*receiver).receiver_data) }
        .plugin_ids
        .push(id);
}

unsafe extern "C" fn on_error(
    receiver: *const clap_preset_discovery_metadata_receiver,
    _: i32,
    message: *const c_char,
) {
    let message = text(message).unwrap();
    unsafe { told((*receiver).receiver_data) }
        .errors
        .push(message);
}

/// A browser's receiver; what it need not hear of is left out.
fn receiver(told: &mut Told) -> clap_preset_discovery_metadata_receiver {
    clap_preset_discovery_metadata_receiver {
        receiver_data: (&raw mut *told).cast(),
        on_error: Some(on_error),
        begin_preset: Some(begin_preset),
        add_plugin_id: Some(add_plugin_id),
        set_soundpack_id: None,
        set_flags: None,
        add_creator: None,
        set_description: None,
        set_timestamps: None,
        add_feature: None,
        add_extra_info: None,
    }
}

/// Runs a browser that asks for the presets at a place.
fn browse(kind: u32, place: Option<&CStr>) -> Told {
    factory(); // opens the entry
    let mut found = Told::default();
    let id = CLAP_PRESET_DISCOVERY_FACTORY_ID.as_ptr();
    let providers = unsafe { clap_entry.get_factory.unwrap()(id) };
    let providers = unsafe { &*providers.cast::<clap_preset_discovery_factory>() };
    assert_eq!(unsafe { providers.count.unwrap()(providers) }, 1);
    assert!(unsafe { providers.get_descriptor.unwrap()(providers, 1) }.is_null());
    let descriptor = unsafe { &*providers.get_descriptor.unwrap()(providers, 0) };
    let indexer = clap_preset_discovery_indexer {
        clap_version: CLAP_VERSION,
        name: c"test".as_ptr(),
        vendor: null(),
        url: null(),
        version: null(),
        indexer_data: (&raw mut found).cast(),
        declare_filetype: Some(declare_filetype),
        declare_location: Some(declare_location),
        declare_soundpack: None,
        get_extension: None,
    };
    let create = providers.create.unwrap();
    assert!(unsafe { create(providers, &indexer, c"other".as_ptr()) }.is_null());
    let provider = unsafe { create(providers, &indexer, descriptor.id) };
    let calls: clap_preset_discovery_provider = unsafe { *provider };
    let receiver = receiver(&mut found);
    unsafe {
        assert!(calls.init.unwrap()(provider));
        let place = place.map_or(null(), CStr::as_ptr);
        calls.get_metadata.unwrap()(provider, kind, place, &receiver);
        assert!(!calls.get_metadata.unwrap()(provider, kind, place, null()));
        calls.destroy.unwrap()(provider);
    }
    found
}

/// A file in the folder for temporary ones.
fn file(name: &str, text: &str) -> CString {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("door_presets");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    CString::new(path.to_str().unwrap()).unwrap()
}

#[test]
fn a_browser_finds_the_presets_of_auralis_and_those_in_files() {
    let found = browse(CLAP_PRESET_DISCOVERY_LOCATION_PLUGIN, None);
    assert_eq!(found.endings, ["json"]);
    assert!(
        found
            .locations
            .contains(&CLAP_PRESET_DISCOVERY_LOCATION_PLUGIN)
    );
    assert!(found.presets.len() >= 16, "{:?}", found.presets);
    for (name, key) in &found.presets {
        assert_eq!(key.as_ref(), Some(name), "loaded by its name");
    }
    assert!(found.plugin_ids.iter().all(|id| **id == *ID));

    let mine = r#"{"auralis_preset": 1, "name": "Mine", "values": {"comp_ratio": "3:1"}}"#;
    let found = browse(
        CLAP_PRESET_DISCOVERY_LOCATION_FILE,
        Some(&file("mine.json", mine)),
    );
    assert_eq!(found.presets, [(String::from("Mine"), None)]);
    let broken = file("broken.json", "{");
    let found = browse(CLAP_PRESET_DISCOVERY_LOCATION_FILE, Some(&broken));
    assert!(found.presets.is_empty());
    assert!(
        found.errors[0].contains("broken.json"),
        "{:?}",
        found.errors
    );
}

/// Loads a preset as a host does.
fn load(instance: &Instance, kind: u32, place: Option<&CStr>, key: Option<&CStr>) -> bool {
    let table: clap_plugin_preset_load = instance.extension(CLAP_EXT_PRESET_LOAD);
    let [place, key] = [place, key].map(|string| string.map_or(null(), CStr::as_ptr));
    unsafe { table.from_location.unwrap()(instance.plugin, kind, place, key) }
}

#[test]
fn a_host_loads_presets_by_name_and_from_files_and_is_refused_what_is_none() {
    let instance = Instance::initialised();
    let ids = ["Loudness Target", "Comp Ratio"].map(|name| instance.id(name));
    let values = || ids.map(|id| instance.value(id));
    let expected = |texts: [&CStr; 2]| [0, 1].map(|i| instance.parsed(ids[i], texts[i]));
    let before = values();
    let plugin = CLAP_PRESET_DISCOVERY_LOCATION_PLUGIN;
    let in_file = CLAP_PRESET_DISCOVERY_LOCATION_FILE;
    let broken = file("half.json", "{\"auralis_preset\": 1");
    for (kind, place, key) in [
        (plugin, None, None),
        (plugin, None, Some(c"Polka")),
        (in_file, None, None),
        (in_file, Some(c"/no/such.json"), None),
        (in_file, Some(&*broken), None),
        (7, None, Some(c"Loud")),
    ] {
        assert!(
            !load(&instance, kind, place, key),
            "{kind} {place:?} {key:?}"
        );
        assert_eq!(values(), before, "{kind} {place:?} {key:?}");
    }
    assert!(load(&instance, plugin, None, Some(c"Loud")));
    assert_eq!(
        values()[0],
        expected([c"-9", c"2"])[0],
        "as the preset says"
    );
    let mine = r#"{"auralis_preset": 1, "name": "Mine", "values": {"comp_ratio": "3:1"}}"#;
    let path = file("load.json", mine);
    assert!(load(&instance, in_file, Some(&path), None));
    let (got, expected) = (values(), expected([c"-14", c"3"]));
    assert_eq!(got, expected, "what it does not name is at its default");
}
