//! The framework's plug-in behind the guard: its function tables, callable without a panic.
#![allow(unsafe_code)] // calls through the C ABI

use std::ffi::CStr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};

use clap_sys::events::{clap_input_events, clap_output_events};
use clap_sys::ext::audio_ports::{CLAP_EXT_AUDIO_PORTS, clap_plugin_audio_ports};
use clap_sys::ext::audio_ports_config::{
    CLAP_EXT_AUDIO_PORTS_CONFIG, clap_plugin_audio_ports_config,
};
use clap_sys::ext::gui::{CLAP_EXT_GUI, clap_plugin_gui};
use clap_sys::ext::latency::{CLAP_EXT_LATENCY, clap_plugin_latency};
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_plugin_params};
use clap_sys::ext::remote_controls::{CLAP_EXT_REMOTE_CONTROLS, clap_plugin_remote_controls};
use clap_sys::ext::state::{CLAP_EXT_STATE, clap_plugin_state};
use clap_sys::ext::tail::{CLAP_EXT_TAIL, clap_plugin_tail};
use clap_sys::ext::track_info::{CLAP_EXT_TRACK_INFO, clap_plugin_track_info};
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process, clap_process_status};
use nice_plug::wrapper::clap::Wrapper;

use crate::plugin::Auralis;

/// The framework's plug-in. Its tables are copied when it is made: they never change.
pub struct Inner {
    plugin: *const clap_plugin,
    calls: clap_plugin,
    /// Tells whether it is gone after `destroy`: the panel's thread may hold it a while longer.
    wrapper: Weak<Wrapper<Auralis>>,
    /// Audio ports.
    pub audio_ports: clap_plugin_audio_ports,
    /// Layouts.
    pub layouts: clap_plugin_audio_ports_config,
    /// The panel; none when it cannot be made.
    pub gui: Option<clap_plugin_gui>,
    /// Latency.
    pub latency: clap_plugin_latency,
    /// Parameters.
    pub params: clap_plugin_params,
    /// Pages of a controller.
    pub remote_controls: clap_plugin_remote_controls,
    /// Saved states.
    pub state: clap_plugin_state,
    /// What is heard after the input ends.
    pub tail: clap_plugin_tail,
    /// The track the plug-in is on.
    pub track_info: clap_plugin_track_info,
}

impl Inner {
    /// Makes the framework's plug-in; none when that fails, as without a thread for its worker.
    ///
    /// # Safety
    ///
    /// `host` is valid as long as the plug-in lives.
    pub unsafe fn new(host: *const clap_host) -> Option<Self> {
        // SAFETY: as the caller promises. What unwinds here is dropped and never looked at.
        let made = catch_unwind(AssertUnwindSafe(|| unsafe {
            Wrapper::<Auralis>::new(host)
        }));
        let wrapper = made.ok()?;
        let weak = Arc::downgrade(&wrapper);
        // SAFETY: `into_raw` gives a valid pointer; the count it holds is given back by `destroy`.
        let plugin = unsafe { (*Arc::into_raw(wrapper)).clap_plugin.as_ptr() }.cast_const();
        // SAFETY: as above.
        let calls = unsafe { *plugin };
        // SAFETY: the framework answers each name with a table of its type that lives as long as it.
        unsafe {
            Some(Self {
                plugin,
                calls,
                wrapper: weak,
                audio_ports: extension(plugin, &calls, CLAP_EXT_AUDIO_PORTS)?,
                layouts: extension(plugin, &calls, CLAP_EXT_AUDIO_PORTS_CONFIG)?,
                gui: extension(plugin, &calls, CLAP_EXT_GUI),
                latency: extension(plugin, &calls, CLAP_EXT_LATENCY)?,
                params: extension(plugin, &calls, CLAP_EXT_PARAMS)?,
                remote_controls: extension(plugin, &calls, CLAP_EXT_REMOTE_CONTROLS)?,
                state: extension(plugin, &calls, CLAP_EXT_STATE)?,
                tail: extension(plugin, &calls, CLAP_EXT_TAIL)?,
                track_info: extension(plugin, &calls, CLAP_EXT_TRACK_INFO)?,
            })
        }
    }

    /// The plug-in as its own functions want it.
    pub fn as_ptr(&self) -> *const clap_plugin {
        self.plugin
    }

    /// Asks the host for what it offers.
    pub fn init(&self) -> bool {
        // SAFETY: the plug-in is alive: only `destroy` ends it, and that consumes it.
        self.calls.init.is_some_and(|f| unsafe { f(self.plugin) })
    }

    /// Ends the plug-in. True when nothing of it is left; false while another thread still holds it.
    pub fn destroy(self) -> bool {
        if let Some(f) = self.calls.destroy {
            // SAFETY: alive until here, and never used again: `self` is consumed.
            unsafe { f(self.plugin) };
        }
        self.wrapper.strong_count() == 0
    }

    /// Prepares for audio at `sample_rate` in blocks of at most `max_frames`.
    pub fn activate(&self, sample_rate: f64, max_frames: u32) -> bool {
        self.calls.activate.is_some_and(|f| {
            // SAFETY: alive.
            unsafe { f(self.plugin, sample_rate, 1, max_frames) }
        })
    }

    /// Gives back what `activate` took.
    pub fn deactivate(&self) {
        if let Some(f) = self.calls.deactivate {
            // SAFETY: alive.
            unsafe { f(self.plugin) };
        }
    }

    /// Audio follows.
    pub fn start_processing(&self) -> bool {
        // SAFETY: alive.
        let start = |f: unsafe extern "C" fn(*const clap_plugin) -> bool| unsafe { f(self.plugin) };
        self.calls.start_processing.is_some_and(start)
    }

    /// No audio for now.
    pub fn stop_processing(&self) {
        if let Some(f) = self.calls.stop_processing {
            // SAFETY: alive.
            unsafe { f(self.plugin) };
        }
    }

    /// Forgets what was heard.
    pub fn reset(&self) {
        if let Some(f) = self.calls.reset {
            // SAFETY: alive.
            unsafe { f(self.plugin) };
        }
    }

    /// Processes one block.
    ///
    /// # Safety
    ///
    /// Every pointer in `process` is valid, and there are as many ports and channels as declared.
    pub unsafe fn process(&self, process: &clap_process) -> clap_process_status {
        match self.calls.process {
            // SAFETY: alive; the block is valid as the caller promises.
            Some(f) => unsafe { f(self.plugin, process) },
            None => CLAP_PROCESS_ERROR,
        }
    }

    /// Does what waits for the main thread.
    pub fn on_main_thread(&self) {
        if let Some(f) = self.calls.on_main_thread {
            // SAFETY: alive.
            unsafe { f(self.plugin) };
        }
    }

    /// Latency in samples, as it is now.
    pub fn latency_samples(&self) -> u32 {
        // SAFETY: alive.
        self.latency.get.map_or(0, |f| unsafe { f(self.plugin) })
    }

    /// Takes parameter events without audio.
    ///
    /// # Safety
    ///
    /// The lists are valid or null.
    pub unsafe fn flush(
        &self,
        incoming: *const clap_input_events,
        outgoing: *const clap_output_events,
    ) {
        if let Some(f) = self.params.flush {
            // SAFETY: alive; the lists are as the caller promises.
            unsafe { f(self.plugin, incoming, outgoing) };
        }
    }
}

/// A copy of one of the plug-in's function tables.
///
/// # Safety
///
/// `plugin` is alive, and its table of this name is a `T`.
unsafe fn extension<T: Copy>(
    plugin: *const clap_plugin,
    calls: &clap_plugin,
    name: &CStr,
) -> Option<T> {
    let get_extension = calls.get_extension?;
    // SAFETY: as the caller promises.
    let table = unsafe { get_extension(plugin, name.as_ptr()) };
    // SAFETY: null or a `T`, as the caller promises.
    unsafe { table.cast::<T>().as_ref() }.copied()
}
