//! A plug-in of a bundle or of this library, and its host's callbacks.

use std::ffi::{CStr, CString, c_char, c_void};
use std::ptr::null;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};

use clap_sys::entry::clap_plugin_entry;
use clap_sys::ext::gui::{CLAP_EXT_GUI, clap_host_gui};
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_host_params};
use clap_sys::factory::plugin_factory::{CLAP_PLUGIN_FACTORY_ID, clap_plugin_factory};
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;
use clap_sys::version::CLAP_VERSION;

const ID: &CStr = c"org.auralis.auralis";

/// What a host does when the plug-in wants another size.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Manners {
    /// Gives it.
    #[default]
    Follows,
    /// Says yes and leaves its window as it is.
    Lies,
    /// Says no.
    Refuses,
}

/// What the plug-in asked its host for.
#[derive(Default)]
pub struct Asked {
    pub manners: Mutex<Manners>,
    pub wants_callback: AtomicBool,
    pub wants_flush: AtomicBool,
    pub size: Mutex<Option<(u32, u32)>>,
    pub begins: AtomicU32,
    pub ends: AtomicU32,
}

unsafe fn asked<'a>(host: *const clap_host) -> &'a Asked {
    unsafe { &*(*host).host_data.cast::<Asked>() }
}

unsafe extern "C" fn get_extension(_: *const clap_host, id: *const c_char) -> *const c_void {
    let id = unsafe { CStr::from_ptr(id) };
    if id == CLAP_EXT_GUI {
        (&raw const GUI).cast()
    } else if id == CLAP_EXT_PARAMS {
        (&raw const PARAMS).cast()
    } else {
        null()
    }
}

unsafe extern "C" fn request_nothing(_: *const clap_host) {}

unsafe extern "C" fn request_callback(host: *const clap_host) {
    unsafe { asked(host) }.wants_callback.store(true, SeqCst);
}

static PARAMS: clap_host_params = clap_host_params {
    rescan: None,
    clear: None,
    request_flush: Some(request_flush),
};

unsafe extern "C" fn request_flush(host: *const clap_host) {
    unsafe { asked(host) }.wants_flush.store(true, SeqCst);
}

static GUI: clap_host_gui = clap_host_gui {
    resize_hints_changed: Some(request_nothing),
    request_resize: Some(request_resize),
    request_show: None,
    request_hide: None,
    closed: Some(closed),
};

unsafe extern "C" fn request_resize(host: *const clap_host, width: u32, height: u32) -> bool {
    let asked = unsafe { asked(host) };
    let manners = *asked.manners.lock().unwrap();
    if manners == Manners::Follows {
        *asked.size.lock().unwrap() = Some((width, height));
    }
    manners != Manners::Refuses
}

unsafe extern "C" fn closed(_: *const clap_host, _: bool) {}

/// The entry of the bundle under test.
fn entry() -> &'static clap_plugin_entry {
    static OPEN: std::sync::OnceLock<usize> = std::sync::OnceLock::new();
    let entry = OPEN.get_or_init(|| {
        let entry: *const clap_plugin_entry = match std::env::var_os("AURALIS_PANEL_CLAP") {
            None => &raw const auralis::door::clap::clap_entry,
            Some(path) => unsafe {
                let library = Box::leak(Box::new(libloading::Library::new(path).unwrap()));
                *library.get(b"clap_entry").unwrap()
            },
        };
        let path = CString::default();
        assert!(unsafe { (*entry).init.unwrap()(path.as_ptr()) });
        entry as usize
    });
    unsafe { &*(*entry as *const clap_plugin_entry) }
}

/// An initialised plug-in. The calling thread is its main thread.
pub struct Plugin {
    pub raw: *const clap_plugin,
    pub asked: Box<Asked>,
    _host: Box<clap_host>,
}

impl Plugin {
    pub fn new() -> Self {
        let mut asked = Box::<Asked>::default();
        let host = Box::new(clap_host {
            clap_version: CLAP_VERSION,
            host_data: (&raw mut *asked).cast(),
            name: c"panel test".as_ptr(),
            vendor: null(),
            url: null(),
            version: null(),
            get_extension: Some(get_extension),
            request_restart: Some(request_nothing),
            request_process: Some(request_nothing),
            request_callback: Some(request_callback),
        });
        let factory = unsafe { entry().get_factory.unwrap()(CLAP_PLUGIN_FACTORY_ID.as_ptr()) };
        let factory = unsafe { &*factory.cast::<clap_plugin_factory>() };
        let raw = unsafe { factory.create_plugin.unwrap()(factory, &*host, ID.as_ptr()) };
        assert!(!raw.is_null());
        assert!(unsafe { (*raw).init.unwrap()(raw) });
        Self {
            raw,
            asked,
            _host: host,
        }
    }

    pub fn extension<T: Copy>(&self, id: &CStr) -> T {
        let table = unsafe { (*self.raw).get_extension.unwrap()(self.raw, id.as_ptr()) };
        assert!(!table.is_null(), "{id:?}");
        unsafe { *table.cast() }
    }
}

impl Drop for Plugin {
    fn drop(&mut self) {
        unsafe { (*self.raw).destroy.unwrap()(self.raw) };
    }
}
