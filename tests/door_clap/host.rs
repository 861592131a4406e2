//! A CLAP host in a few lines: it counts what the plug-in asks for.

use std::ffi::{CStr, c_char, c_void};
use std::ptr::null;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};

use auralis::door::clap::clap_entry;
use clap_sys::ext::audio_ports_config::{
    CLAP_EXT_AUDIO_PORTS_CONFIG, clap_plugin_audio_ports_config,
};
use clap_sys::ext::latency::{CLAP_EXT_LATENCY, clap_host_latency};
use clap_sys::ext::params::{
    CLAP_EXT_PARAMS, clap_host_params, clap_param_info, clap_plugin_params,
};
use clap_sys::ext::render::{CLAP_EXT_RENDER, CLAP_RENDER_OFFLINE, clap_plugin_render};
use clap_sys::factory::plugin_factory::{CLAP_PLUGIN_FACTORY_ID, clap_plugin_factory};
use clap_sys::host::clap_host;
use clap_sys::id::clap_id;
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{clap_process, clap_process_status};
use clap_sys::version::CLAP_VERSION;

use crate::block::Block;

pub const ID: &CStr = c"org.auralis.auralis";
pub const RATE: f64 = 48_000.0;

/// What the plug-in asked its host for.
#[derive(Default)]
pub struct Asked {
    pub restarts: AtomicU32,
    pub callbacks: AtomicU32,
    pub rescans: AtomicU32,
    pub latency_changes: AtomicU32,
    /// Latency changes that were told at another time than while the plug-in is activated.
    pub latency_faults: AtomicU32,
    is_activating: AtomicBool,
}

unsafe fn asked<'a>(host: *const clap_host) -> &'a Asked {
    unsafe { &*(*host).host_data.cast::<Asked>() }
}

unsafe extern "C" fn get_extension(_: *const clap_host, id: *const c_char) -> *const c_void {
    let id = unsafe { CStr::from_ptr(id) };
    if id == CLAP_EXT_LATENCY {
        (&raw const LATENCY).cast()
    } else if id == CLAP_EXT_PARAMS {
        (&raw const PARAMS).cast()
    } else {
        null()
    }
}

unsafe extern "C" fn request_restart(host: *const clap_host) {
    unsafe { asked(host) }.restarts.fetch_add(1, SeqCst);
}

unsafe extern "C" fn request_process(_: *const clap_host) {}

unsafe extern "C" fn request_callback(host: *const clap_host) {
    unsafe { asked(host) }.callbacks.fetch_add(1, SeqCst);
}

static LATENCY: clap_host_latency = clap_host_latency {
    changed: Some(latency_changed),
};

unsafe extern "C" fn latency_changed(host: *const clap_host) {
    let asked = unsafe { asked(host) };
    asked.latency_changes.fetch_add(1, SeqCst);
    if !asked.is_activating.load(SeqCst) {
        asked.latency_faults.fetch_add(1, SeqCst);
    }
}

/// A host may leave functions out.
static PARAMS: clap_host_params = clap_host_params {
    rescan: Some(rescan),
    clear: None,
    request_flush: None,
};

unsafe extern "C" fn rescan(host: *const clap_host, _: u32) {
    unsafe { asked(host) }.rescans.fetch_add(1, SeqCst);
}

/// The factory that the entry gives.
pub fn factory() -> clap_plugin_factory {
    static OPEN: Once = Once::new();
    OPEN.call_once(|| assert!(unsafe { clap_entry.init.unwrap()(c"".as_ptr()) }));
    let id = CLAP_PLUGIN_FACTORY_ID.as_ptr();
    let factory = unsafe { clap_entry.get_factory.unwrap()(id) };
    unsafe { *factory.cast::<clap_plugin_factory>() }
}

/// A host with this behind it.
pub fn table(host_data: *mut c_void) -> clap_host {
    clap_host {
        clap_version: CLAP_VERSION,
        host_data,
        name: null(),
        vendor: null(),
        url: null(),
        version: null(),
        get_extension: Some(get_extension),
        request_restart: Some(request_restart),
        request_process: Some(request_process),
        request_callback: Some(request_callback),
    }
}

/// A plug-in and its host.
pub struct Instance {
    pub plugin: *const clap_plugin,
    pub asked: Box<Asked>,
    _host: Box<clap_host>,
    pub params: clap_plugin_params,
}

impl Instance {
    /// A plug-in that is not initialised.
    pub fn created() -> Self {
        let mut asked = Box::<Asked>::default();
        let host = Box::new(table((&raw mut *asked).cast()));
        let create = factory().create_plugin.unwrap();
        let plugin = unsafe { create(null(), &*host, ID.as_ptr()) };
        assert!(!plugin.is_null());
        let params = unsafe { *extension(plugin, CLAP_EXT_PARAMS).cast() };
        Self {
            plugin,
            asked,
            _host: host,
            params,
        }
    }

    pub fn initialised() -> Self {
        let instance = Self::created();
        assert!(instance.init());
        instance
    }

    /// A plug-in that takes audio: stereo or mono. Offline, so that two of them sound the same.
    pub fn playing(channels: usize) -> Self {
        let instance = Self::initialised();
        instance.choose_channels(channels);
        assert!(instance.render(CLAP_RENDER_OFFLINE));
        assert!(instance.activate(RATE, 512));
        assert!(instance.start());
        instance
    }

    pub fn choose_channels(&self, channels: usize) {
        let layouts: clap_plugin_audio_ports_config = self.extension(CLAP_EXT_AUDIO_PORTS_CONFIG);
        let id = if channels == 1 { 1 } else { 0 };
        assert!(unsafe { layouts.select.unwrap()(self.plugin, id) });
    }

    /// Says the mode.
    pub fn render(&self, mode: i32) -> bool {
        let render: clap_plugin_render = self.extension(CLAP_EXT_RENDER);
        unsafe { render.set.unwrap()(self.plugin, mode) }
    }

    pub fn extension<T: Copy>(&self, id: &CStr) -> T {
        let table = extension(self.plugin, id);
        assert!(!table.is_null(), "{id:?}");
        unsafe { *table.cast() }
    }

    pub fn init(&self) -> bool {
        unsafe { (*self.plugin).init.unwrap()(self.plugin) }
    }

    pub fn activate(&self, rate: f64, max_frames: u32) -> bool {
        self.asked.is_activating.store(true, SeqCst);
        let done = unsafe { (*self.plugin).activate.unwrap()(self.plugin, rate, 1, max_frames) };
        self.asked.is_activating.store(false, SeqCst);
        done
    }

    pub fn deactivate(&self) {
        unsafe { (*self.plugin).deactivate.unwrap()(self.plugin) }
    }

    pub fn start(&self) -> bool {
        unsafe { (*self.plugin).start_processing.unwrap()(self.plugin) }
    }

    pub fn stop(&self) {
        unsafe { (*self.plugin).stop_processing.unwrap()(self.plugin) }
    }

    pub fn reset(&self) {
        unsafe { (*self.plugin).reset.unwrap()(self.plugin) }
    }

    pub fn on_main_thread(&self) {
        unsafe { (*self.plugin).on_main_thread.unwrap()(self.plugin) }
    }

    pub fn process(&self, block: *const clap_process) -> clap_process_status {
        unsafe { (*self.plugin).process.unwrap()(self.plugin, block) }
    }

    /// Plays a block that must be accepted.
    pub fn play(&self, block: &mut Block) {
        let status = block.run(self);
        assert_ne!(status, clap_sys::process::CLAP_PROCESS_ERROR);
    }

    pub fn infos(&self) -> Vec<clap_param_info> {
        let count = unsafe { self.params.count.unwrap()(self.plugin) };
        let info = |index| unsafe {
            let mut info = std::mem::zeroed();
            assert!(self.params.get_info.unwrap()(self.plugin, index, &mut info));
            info
        };
        (0..count).map(info).collect()
    }

    /// Id of the parameter with this name.
    pub fn id(&self, name: &str) -> clap_id {
        let has_name =
            |i: &clap_param_info| unsafe { CStr::from_ptr(i.name.as_ptr()) }.to_str() == Ok(name);
        let found = self.infos().into_iter().find(has_name);
        found.unwrap_or_else(|| panic!("no parameter {name}")).id
    }

    pub fn value(&self, id: clap_id) -> f64 {
        let mut value = f64::NAN;
        assert!(unsafe { self.params.get_value.unwrap()(self.plugin, id, &mut value) });
        value
    }

    /// Every parameter's value.
    pub fn values(&self) -> Vec<f64> {
        self.infos().iter().map(|i| self.value(i.id)).collect()
    }

    /// What the plug-in understands by a text.
    pub fn parsed(&self, id: clap_id, text: &CStr) -> f64 {
        let mut value = f64::NAN;
        let parse = self.params.text_to_value.unwrap();
        assert!(unsafe { parse(self.plugin, id, text.as_ptr(), &mut value) });
        value
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        unsafe { (*self.plugin).destroy.unwrap()(self.plugin) };
        assert_eq!(self.asked.latency_faults.load(SeqCst), 0);
    }
}

pub fn extension(plugin: *const clap_plugin, id: &CStr) -> *const c_void {
    unsafe { (*plugin).get_extension.unwrap()(plugin, id.as_ptr()) }
}
