//! The bundle's shared library and the factory in it.
#![allow(unsafe_code)] // calls into the plug-in

use std::ffi::{OsStr, c_void};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use libloading::Library;
use vst3::Steinberg::Vst::IComponent;
use vst3::Steinberg::{IPluginFactory, IPluginFactoryTrait, PClassInfo, TUID, kResultOk};
use vst3::{ComPtr, Interface};

/// The category of classes that process audio.
const AUDIO_EFFECT: &[u8] = b"Audio Module Class\0";

/// The loaded bundle. It stays loaded until the process ends.
struct Module {
    library: Library,
}

/// Loads the bundle that the environment names, once.
fn module() -> &'static Module {
    static MODULE: OnceLock<Module> = OnceLock::new();
    MODULE.get_or_init(|| {
        let bundle =
            std::env::var_os("AURALIS_VST3").expect("AURALIS_VST3 names the bundled .vst3");
        let path = binary(Path::new(&bundle));
        // SAFETY: the library is the plug-in under test; its initialisers are trusted.
        let library = unsafe { Library::new(&path) }.unwrap();
        type Entry = unsafe extern "system" fn(*mut c_void) -> bool;
        for name in [c"ModuleEntry", c"bundleEntry", c"InitDll"] {
            // SAFETY: the standard gives these names this type; `InitDll` ignores the argument.
            if let Ok(entry) = unsafe { library.get::<Entry>(name.to_bytes_with_nul()) } {
                // SAFETY: called once, right after loading, as the standard asks.
                let ready = unsafe { entry(std::ptr::dangling_mut::<c_void>()) };
                assert!(ready, "{name:?} refused");
            }
        }
        Module { library }
    })
}

/// The binary of this system inside the bundle.
fn binary(bundle: &Path) -> PathBuf {
    let stem = bundle.file_stem();
    let folders = std::fs::read_dir(bundle.join("Contents")).unwrap();
    folders
        .flat_map(|folder| {
            std::fs::read_dir(folder.unwrap().path())
                .into_iter()
                .flatten()
        })
        .map(|file| file.unwrap().path())
        .find(|file| file.file_stem() == stem && file.extension() != Some(OsStr::new("plist")))
        .expect("the bundle holds no binary")
}

/// The plug-in's factory.
pub fn factory() -> ComPtr<IPluginFactory> {
    type Get = unsafe extern "system" fn() -> *mut IPluginFactory;
    // SAFETY: the standard gives this name this type, and the caller owns the reference returned.
    unsafe {
        let get = module().library.get::<Get>(b"GetPluginFactory\0").unwrap();
        ComPtr::from_raw(get()).expect("there is no factory")
    }
}

/// The id of the first class that processes audio.
pub fn class_id(factory: &ComPtr<IPluginFactory>) -> TUID {
    // SAFETY: the factory is a live object, and `info` outlives the call.
    unsafe {
        for index in 0..factory.countClasses() {
            let mut info: PClassInfo = std::mem::zeroed();
            assert_eq!(factory.getClassInfo(index, &mut info), kResultOk);
            if info.category.map(|c| c as u8).starts_with(AUDIO_EFFECT) {
                return info.cid;
            }
        }
    }
    panic!("the factory makes no audio effect");
}

/// Makes a component of the class, not yet initialised.
pub fn create(factory: &ComPtr<IPluginFactory>, class: &TUID) -> Option<ComPtr<IComponent>> {
    let mut object = std::ptr::null_mut();
    // SAFETY: both ids are 16 bytes, and the caller owns the reference returned.
    unsafe {
        let id = IComponent::IID.as_ptr().cast();
        let made = factory.createInstance(class.as_ptr(), id, &mut object);
        (made == kResultOk).then_some(())?;
        ComPtr::from_raw(object.cast())
    }
}
