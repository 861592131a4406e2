//! The CLAP plug-in behind the adapter: its functions, callable with plain values.
#![allow(unsafe_code)] // calls through the C interface

use std::ffi::{CStr, CString, c_char, c_void};
use std::mem;
use std::ptr::{self, NonNull};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap_sys::events::{clap_input_events, clap_output_events};
use clap_sys::ext::audio_ports::clap_plugin_audio_ports;
use clap_sys::ext::audio_ports::{CLAP_EXT_AUDIO_PORTS, clap_audio_port_info};
use clap_sys::ext::audio_ports_config::{
    CLAP_EXT_AUDIO_PORTS_CONFIG, clap_audio_ports_config, clap_plugin_audio_ports_config,
};
use clap_sys::ext::gui::{CLAP_EXT_GUI, clap_plugin_gui};
use clap_sys::ext::latency::{CLAP_EXT_LATENCY, clap_plugin_latency};
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_param_info, clap_plugin_params};
use clap_sys::ext::render::{
    CLAP_EXT_RENDER, CLAP_RENDER_OFFLINE, CLAP_RENDER_REALTIME, clap_plugin_render,
};
use clap_sys::ext::state::{CLAP_EXT_STATE, clap_plugin_state};
use clap_sys::ext::tail::{CLAP_EXT_TAIL, clap_plugin_tail};
use clap_sys::factory::plugin_factory::{CLAP_PLUGIN_FACTORY_ID, clap_plugin_factory};
use clap_sys::plugin::{clap_plugin, clap_plugin_descriptor};
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process, clap_process_status};

use crate::door::vst3::host::Host;
use crate::door::vst3::state;

/// Longest text of a parameter's value, in bytes.
const TEXT: usize = 256;

/// The factory that makes the plug-in.
fn factory() -> Option<&'static clap_plugin_factory> {
    let entry = &crate::door::clap::clap_entry;
    // SAFETY: the entry is our own; `init` may be called any number of times, and its factories
    // live as long as the library.
    unsafe {
        if !entry.init.is_some_and(|init| init(c"".as_ptr())) {
            return None;
        }
        let factory = entry.get_factory?(CLAP_PLUGIN_FACTORY_ID.as_ptr());
        factory.cast::<clap_plugin_factory>().as_ref()
    }
}

/// The descriptor of the plug-in.
pub fn descriptor() -> Option<&'static clap_plugin_descriptor> {
    let factory = factory()?;
    // SAFETY: descriptors live as long as the library.
    unsafe { factory.get_plugin_descriptor?(factory, 0).as_ref() }
}

/// The extensions that the adapter uses. They live as long as the plug-in that owns them.
struct Extensions {
    audio_ports: Option<&'static clap_plugin_audio_ports>,
    configs: Option<&'static clap_plugin_audio_ports_config>,
    gui: Option<&'static clap_plugin_gui>,
    latency: Option<&'static clap_plugin_latency>,
    params: Option<&'static clap_plugin_params>,
    render: Option<&'static clap_plugin_render>,
    state: Option<&'static clap_plugin_state>,
    tail: Option<&'static clap_plugin_tail>,
}

/// One instance, destroyed when dropped.
///
/// Functions of an active plug-in's audio side (`activate` to `process`, `flush`) are for whoever
/// is inside the gate; the rest may be called from any thread but are meant for the main one.
pub struct Plugin {
    raw: NonNull<clap_plugin>,
    extensions: Extensions,
    /// Outlives the plug-in, which keeps its address.
    host: Arc<Host>,
    /// It is not destroyed when dropped.
    is_kept: AtomicBool,
}

// SAFETY: the plug-in's own rules on threads are kept by the adapter, which lets one thread at a
// time use the audio side; the pointers themselves do not change.
unsafe impl Send for Plugin {}
// SAFETY: as above.
unsafe impl Sync for Plugin {}

/// Calls a function of a table that may lack it: `ask!(table, function(arguments))` is an `Option`.
macro_rules! ask {
    ($table:expr, $function:ident($($argument:expr),*)) => {
        $table.and_then(|table| table.$function).map(|function| {
            // SAFETY: the function belongs to this living plug-in, and the arguments are the
            // plug-in's own pointer, plain values, and pointers that are valid during the call.
            unsafe { function($($argument),*) }
        })
    };
}

impl Plugin {
    /// Makes and initialises an instance for `host`.
    pub fn new(host: &Arc<Host>) -> Option<Self> {
        let factory = factory()?;
        let id = descriptor()?.id;
        // SAFETY: the factory and the id are the plug-in's own; the host outlives the instance,
        // which keeps a share of it.
        let raw = unsafe { factory.create_plugin?(factory, host.raw(), id) };
        let raw = NonNull::new(raw.cast_mut())?;
        // SAFETY: a new instance, not yet used by anybody.
        if unsafe { !raw.as_ref().init.is_some_and(|init| init(raw.as_ptr())) } {
            // SAFETY: nothing else knows the instance.
            unsafe { raw.as_ref().destroy.map(|destroy| destroy(raw.as_ptr())) };
            return None;
        }
        // SAFETY: each table has the type that belongs to its name.
        let extensions = unsafe {
            Extensions {
                audio_ports: extension(raw, CLAP_EXT_AUDIO_PORTS),
                configs: extension(raw, CLAP_EXT_AUDIO_PORTS_CONFIG),
                gui: extension(raw, CLAP_EXT_GUI),
                latency: extension(raw, CLAP_EXT_LATENCY),
                params: extension(raw, CLAP_EXT_PARAMS),
                render: extension(raw, CLAP_EXT_RENDER),
                state: extension(raw, CLAP_EXT_STATE),
                tail: extension(raw, CLAP_EXT_TAIL),
            }
        };
        Some(Self {
            raw,
            extensions,
            host: host.clone(),
            is_kept: AtomicBool::new(false),
        })
    }

    /// The plug-in's own table of functions.
    fn table(&self) -> Option<&clap_plugin> {
        // SAFETY: the instance lives as long as `self`.
        Some(unsafe { self.raw.as_ref() })
    }

    /// Lets the instance live for ever: its window cannot be closed.
    pub fn keep(&self) {
        if !self.is_kept.swap(true, Ordering::AcqRel) {
            mem::forget(self.host.clone());
        }
    }

    /// The plug-in's pointer, for calls into the tables it hands out.
    pub fn raw(&self) -> *const clap_plugin {
        self.raw.as_ptr()
    }

    /// The functions of the panel.
    pub fn gui(&self) -> Option<&'static clap_plugin_gui> {
        self.extensions.gui
    }

    /// Prepares for audio at `sample_rate` Hz in blocks of at most `frames`.
    pub fn activate(&self, sample_rate: f64, frames: u32) -> bool {
        ask!(self.table(), activate(self.raw(), sample_rate, 1, frames)).unwrap_or(false)
    }

    /// Ends what [`Plugin::activate`] began.
    pub fn deactivate(&self) {
        ask!(self.table(), deactivate(self.raw()));
    }

    /// Starts to process, from silence.
    pub fn start_processing(&self) -> bool {
        ask!(self.table(), start_processing(self.raw())).unwrap_or(false)
    }

    /// Ends what [`Plugin::start_processing`] began.
    pub fn stop_processing(&self) {
        ask!(self.table(), stop_processing(self.raw()));
    }

    /// Processes a block.
    pub fn process(&self, block: &clap_process) -> clap_process_status {
        ask!(self.table(), process(self.raw(), block)).unwrap_or(CLAP_PROCESS_ERROR)
    }

    /// Does what the plug-in has asked to do on the main thread.
    pub fn on_main_thread(&self) {
        ask!(self.table(), on_main_thread(self.raw()));
    }

    /// Exchanges parameter changes without audio.
    pub fn flush(&self, input: &clap_input_events, output: &clap_output_events) {
        ask!(self.extensions.params, flush(self.raw(), input, output));
    }

    /// Latency in samples.
    pub fn latency_samples(&self) -> u32 {
        ask!(self.extensions.latency, get(self.raw())).unwrap_or(0)
    }

    /// What sounds on after the input has ended, in samples.
    pub fn tail_samples(&self) -> u32 {
        ask!(self.extensions.tail, get(self.raw())).unwrap_or(0)
    }

    /// Says whether blocks come as fast as they can or at the pace of playback. Wait-free in this
    /// plug-in, also on the audio thread and while it is active.
    pub fn set_offline(&self, offline: bool) {
        let mode = if offline {
            CLAP_RENDER_OFFLINE
        } else {
            CLAP_RENDER_REALTIME
        };
        ask!(self.extensions.render, set(self.raw(), mode));
    }

    /// All parameters in order.
    pub fn params(&self) -> Vec<clap_param_info> {
        let count = ask!(self.extensions.params, count(self.raw())).unwrap_or(0);
        (0..count)
            .filter_map(|index| {
                let mut info: clap_param_info = zeroed();
                ask!(
                    self.extensions.params,
                    get_info(self.raw(), index, &raw mut info)
                )?
                .then_some(info)
            })
            .collect()
    }

    /// The value of a parameter, in CLAP's range.
    pub fn value(&self, id: u32) -> Option<f64> {
        let mut value = 0.0;
        ask!(
            self.extensions.params,
            get_value(self.raw(), id, &raw mut value)
        )?
        .then_some(value)
    }

    /// `value` of a parameter as text, with its unit.
    pub fn text(&self, id: u32, value: f64) -> Option<String> {
        let mut text = [0 as c_char; TEXT];
        ask!(
            self.extensions.params,
            value_to_text(self.raw(), id, value, text.as_mut_ptr(), TEXT as u32)
        )?
        .then(|| crate::door::vst3::controls::text::from_array(&text))
    }

    /// The value that `text` means for a parameter, in CLAP's range.
    pub fn parse(&self, id: u32, text: &str) -> Option<f64> {
        let text = CString::new(text).ok()?;
        let mut value = 0.0;
        ask!(
            self.extensions.params,
            text_to_value(self.raw(), id, text.as_ptr(), &raw mut value)
        )?
        .then_some(value)
    }

    /// The state as CLAP has it.
    pub fn save(&self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let stream = state::writer(&mut bytes);
        ask!(self.extensions.state, save(self.raw(), &raw const stream))?.then_some(bytes)
    }

    /// Loads a state as CLAP has it; false when the plug-in refuses it.
    pub fn load(&self, bytes: &[u8]) -> bool {
        let mut rest = bytes;
        let stream = state::reader(&mut rest);
        ask!(self.extensions.state, load(self.raw(), &raw const stream)).unwrap_or(false)
    }

    /// The ids of all layouts of ports; empty when there is but one.
    pub fn configs(&self) -> Vec<u32> {
        let configs = self.extensions.configs;
        let count = ask!(configs, count(self.raw())).unwrap_or(0);
        (0..count)
            .filter_map(|index| {
                let mut config: clap_audio_ports_config = zeroed();
                ask!(configs, get(self.raw(), index, &raw mut config))?.then_some(config.id)
            })
            .collect()
    }

    /// Chooses a layout of ports; the plug-in must not be active.
    pub fn select_config(&self, id: u32) -> bool {
        ask!(self.extensions.configs, select(self.raw(), id)).unwrap_or(false)
    }

    /// The ports of the layout in use.
    pub fn ports(&self, is_input: bool) -> Vec<clap_audio_port_info> {
        let ports = self.extensions.audio_ports;
        let count = ask!(ports, count(self.raw(), is_input)).unwrap_or(0);
        (0..count)
            .filter_map(|index| {
                let mut port: clap_audio_port_info = zeroed();
                ask!(ports, get(self.raw(), index, is_input, &raw mut port))?.then_some(port)
            })
            .collect()
    }
}

impl Drop for Plugin {
    fn drop(&mut self) {
        if !self.is_kept.load(Ordering::Acquire) {
            ask!(self.table(), destroy(self.raw()));
        }
    }
}

/// A struct of the C interface to be filled in.
fn zeroed<T: Copy>() -> T {
    // SAFETY: used for the interface's structs of numbers, arrays and pointers alone, for which
    // zero is a value.
    unsafe { mem::zeroed() }
}

/// A table of functions of the plug-in.
///
/// # Safety
/// `T` is the type that belongs to `name`, and the table is not used after the plug-in is gone.
unsafe fn extension<T>(plugin: NonNull<clap_plugin>, name: &CStr) -> Option<&'static T> {
    // SAFETY: the plug-in lives and was initialised.
    let table: *const c_void =
        unsafe { plugin.as_ref().get_extension?(plugin.as_ptr(), name.as_ptr()) };
    debug_assert!(table.is_null() || table.cast::<T>().is_aligned());
    // SAFETY: null or a table of type `T`, as the caller promises.
    unsafe {
        ptr::NonNull::new(table.cast_mut())?
            .cast::<T>()
            .as_ptr()
            .as_ref()
    }
}
