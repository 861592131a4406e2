//! The plug-in that a host gets: checks every call and forwards to the framework's plug-in.
#![allow(unsafe_code)] // the C ABI: function tables and the pointer behind them

use std::ffi::{CStr, c_char, c_void};
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use clap_sys::ext::audio_ports::CLAP_EXT_AUDIO_PORTS;
use clap_sys::ext::audio_ports_config::CLAP_EXT_AUDIO_PORTS_CONFIG;
use clap_sys::ext::gui::CLAP_EXT_GUI;
use clap_sys::ext::latency::CLAP_EXT_LATENCY;
use clap_sys::ext::params::CLAP_EXT_PARAMS;
use clap_sys::ext::preset_load::{CLAP_EXT_PRESET_LOAD, CLAP_EXT_PRESET_LOAD_COMPAT};
use clap_sys::ext::remote_controls::CLAP_EXT_REMOTE_CONTROLS;
use clap_sys::ext::render::CLAP_EXT_RENDER;
use clap_sys::ext::state::CLAP_EXT_STATE;
use clap_sys::ext::tail::CLAP_EXT_TAIL;
use clap_sys::ext::track_info::CLAP_EXT_TRACK_INFO;
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;

use crate::door::clap::block::audio::{CHUNK, Room};
use crate::door::clap::block::events::Due;
use crate::door::clap::block::process;
use crate::door::clap::block::ranges::Ranges;
use crate::door::clap::extensions::gui;
use crate::door::clap::extensions::latency;
use crate::door::clap::extensions::latency::Announced;
use crate::door::clap::extensions::panel_thread::PanelThread;
use crate::door::clap::extensions::params;
use crate::door::clap::extensions::ports;
use crate::door::clap::extensions::preset_load;
use crate::door::clap::extensions::render;
use crate::door::clap::extensions::state;
use crate::door::clap::factory;
use crate::door::clap::forwarded;
use crate::door::clap::host::HostProxy;
use crate::door::clap::inner::Inner;
use crate::door::clap::lifecycle::{Lifecycle, Stage};
use crate::plugin::host_line::HostLine;

/// Sample rates that are accepted, in Hz.
pub const SAMPLE_RATES: std::ops::RangeInclusive<f64> = 1_000.0..=768_000.0;
/// Block sizes that CLAP allows; they take no memory here.
pub const BLOCK_SIZES: std::ops::RangeInclusive<u32> = 1..=i32::MAX as u32;
/// Frames of a block that are believed without having been announced: 20 s at 48 kHz.
const MAX_UNANNOUNCED: u32 = 1 << 20;
/// How long a host that destroys a plug-in in the middle of a block is waited for.
const LAST_BLOCK: Duration = Duration::from_secs(1);

/// One plug-in and everything that stands between it and its host.
pub struct Guard {
    calls: clap_plugin,
    pub(in crate::door) inner: Inner,
    pub(in crate::door) host: Arc<HostProxy>,
    pub(in crate::door) line: Arc<HostLine>,
    pub(in crate::door) lifecycle: Lifecycle,
    pub(in crate::door) ranges: Ranges,
    pub(in crate::door) panel: PanelThread,
    announced: Announced,
    /// Channels of the layout in use.
    channels: AtomicU32,
    /// Frames of the longest block, as the host announced it.
    max_frames: AtomicU32,
    /// Bits of the sample rate in Hz.
    sample_rate: AtomicU64,
    /// What `process` and `flush` need; whoever finds it taken is called out of order.
    pub(in crate::door) desk: Mutex<Desk>,
}

/// Memory for a block of audio and for its events.
#[derive(Debug)]
pub struct Desk {
    pub(in crate::door) room: Box<Room>,
    pub(in crate::door) due: Due,
}

impl Guard {
    /// A plug-in for a host; null when it cannot be made.
    ///
    /// # Safety
    ///
    /// `host` is valid until the plug-in is destroyed.
    pub unsafe fn create(host: *const clap_host) -> *const clap_plugin {
        // SAFETY: as the caller promises.
        let host = unsafe { HostProxy::new(host) };
        let line = HostLine::park();
        // SAFETY: `host` lives as long as the guard, and longer if `end` says so.
        let inner = unsafe { Inner::new(host.as_ptr()) };
        HostLine::take_parked(); // one that failed leaves nothing for the next
        let Some(inner) = inner else {
            return null();
        };
        let ranges = Ranges::of(&inner);
        let guard = Box::into_raw(Box::new(Self {
            calls: TABLE,
            channels: AtomicU32::new(ports::main_channels(&inner)),
            inner,
            host,
            line,
            lifecycle: Lifecycle::new(),
            panel: PanelThread::new(),
            announced: Announced::default(),
            max_frames: AtomicU32::new(0),
            sample_rate: AtomicU64::new(0),
            desk: Mutex::new(Desk {
                room: Box::new(Room::new()),
                due: Due::new(ranges.len()),
            }),
            ranges,
        }));
        // SAFETY: just made; nobody else has the pointer yet.
        unsafe {
            (*guard).calls.desc = factory::descriptor().clap_plugin_descriptor();
            (*guard).calls.plugin_data = guard.cast();
            // Some systems make a lock at its first use: not on the audio thread.
            drop((*guard).desk.try_lock());
            &raw const (*guard).calls
        }
    }

    /// The guard behind a plug-in.
    ///
    /// # Safety
    ///
    /// `plugin` is null or one of [`Guard::create`] that is not destroyed yet.
    pub unsafe fn of<'a>(plugin: *const clap_plugin) -> Option<&'a Self> {
        // SAFETY: as the caller promises.
        unsafe { plugin.as_ref()?.plugin_data.cast::<Self>().as_ref() }
    }

    /// The guard behind a plug-in that the host has initialised.
    ///
    /// # Safety
    ///
    /// See [`Guard::of`].
    pub unsafe fn ready<'a>(plugin: *const clap_plugin) -> Option<&'a Self> {
        // SAFETY: as the caller promises.
        unsafe { Self::of(plugin) }.filter(|g| g.lifecycle.has_reached(Stage::Initialised))
    }

    /// Channels of the layout in use.
    pub fn channels(&self) -> usize {
        self.channels.load(Ordering::Acquire) as usize
    }

    /// Takes over the channels of the layout that was chosen.
    pub fn layout_changed(&self) {
        let channels = ports::main_channels(&self.inner);
        self.channels.store(channels, Ordering::Release);
    }

    /// Sample rate in Hz.
    pub fn sample_rate(&self) -> f64 {
        f64::from_bits(self.sample_rate.load(Ordering::Acquire))
    }

    /// Whether a block of so many frames is believed: as long as announced, or not absurd.
    pub fn believes(&self, frames: u32) -> bool {
        frames <= self.max_frames().max(MAX_UNANNOUNCED)
    }

    /// Frames of the longest block, as the host announced it; 0 before the first activation.
    pub fn max_frames(&self) -> u32 {
        self.max_frames.load(Ordering::Acquire)
    }

    /// Asks the host for a restart if the latency has changed since it was told. Any thread.
    pub fn look_at_latency(&self) {
        if self.announced.needs_restart(self.inner.latency_samples()) {
            self.host.request_restart();
        }
    }

    /// Does what waits for the main thread, unless the panel's window is another thread's.
    pub fn do_main_thread_work(&self) {
        if let Some(_visit) = self.panel.enter() {
            self.inner.on_main_thread();
        }
    }

    fn activate(&self, sample_rate: f64, max_frames: u32) -> bool {
        let is_sane = SAMPLE_RATES.contains(&sample_rate) && BLOCK_SIZES.contains(&max_frames);
        if !is_sane || !self.lifecycle.go(Stage::Initialised, Stage::Changing) {
            return false;
        }
        self.sample_rate
            .store(sample_rate.to_bits(), Ordering::Release);
        self.max_frames.store(max_frames, Ordering::Release);
        let active = self.inner.activate(sample_rate, CHUNK as u32);
        let next = if active {
            Stage::Active
        } else {
            Stage::Initialised
        };
        self.lifecycle.go(Stage::Changing, next);
        // The host may deactivate and activate from inside this call: nothing follows it.
        if active && self.announced.tell(self.inner.latency_samples()) {
            self.host.latency_changed();
        }
        active
    }

    fn deactivate(&self) {
        self.stop_processing();
        if self.lifecycle.go(Stage::Active, Stage::Changing) {
            self.inner.deactivate();
            self.lifecycle.go(Stage::Changing, Stage::Initialised);
        }
    }

    fn start_processing(&self) -> bool {
        // The stage comes last: audio that comes too early is refused.
        self.lifecycle.stage() == Stage::Active
            && self.inner.start_processing()
            && self.lifecycle.go(Stage::Active, Stage::Processing)
    }

    fn stop_processing(&self) {
        if self.lifecycle.go(Stage::Processing, Stage::Active) {
            self.inner.stop_processing();
        }
    }

    /// Ends the plug-in, whatever it is in the middle of.
    fn end(self) {
        let stage = self.lifecycle.end();
        let asked = Instant::now();
        let is_idle = || self.desk.try_lock().is_ok();
        while !is_idle() && asked.elapsed() < LAST_BLOCK {
            std::thread::sleep(Duration::from_millis(1));
        }
        if stage == Stage::Processing {
            self.inner.stop_processing();
        }
        if stage >= Stage::Changing {
            self.inner.deactivate();
        }
        let window_is_closed = !self.panel.is_open() || gui::close(&self);
        self.host.disconnect();
        // A window of another thread can only be left behind, and what still lives keeps its host.
        let is_gone = window_is_closed && self.inner.destroy();
        if !is_gone {
            std::mem::forget(self.host);
        }
    }

    /// What this plug-in answers for an extension. Each table is ours: the framework's own functions
    /// never see the host's pointers. What the framework lacks has its place here too.
    fn extension(&self, id: &CStr) -> *const c_void {
        match id {
            id if id == CLAP_EXT_AUDIO_PORTS => (&raw const ports::TABLE).cast(),
            id if id == CLAP_EXT_AUDIO_PORTS_CONFIG => (&raw const ports::LAYOUTS).cast(),
            id if id == CLAP_EXT_GUI && self.inner.gui.is_some() => (&raw const gui::TABLE).cast(),
            id if id == CLAP_EXT_LATENCY => (&raw const latency::TABLE).cast(),
            id if id == CLAP_EXT_PARAMS => (&raw const params::TABLE).cast(),
            id if id == CLAP_EXT_PRESET_LOAD || id == CLAP_EXT_PRESET_LOAD_COMPAT => {
                (&raw const preset_load::TABLE).cast()
            }
            id if id == CLAP_EXT_REMOTE_CONTROLS => (&raw const forwarded::REMOTE_CONTROLS).cast(),
            id if id == CLAP_EXT_RENDER => (&raw const render::TABLE).cast(),
            id if id == CLAP_EXT_STATE => (&raw const state::TABLE).cast(),
            id if id == CLAP_EXT_TAIL => (&raw const forwarded::TAIL).cast(),
            id if id == CLAP_EXT_TRACK_INFO => (&raw const forwarded::TRACK_INFO).cast(),
            _ => null(),
        }
    }
}

/// The functions of every plug-in.
const TABLE: clap_plugin = clap_plugin {
    desc: null(),
    plugin_data: null_mut(),
    init: Some(init),
    destroy: Some(destroy),
    activate: Some(activate),
    deactivate: Some(deactivate),
    start_processing: Some(start_processing),
    stop_processing: Some(stop_processing),
    reset: Some(reset),
    process: Some(process::process),
    get_extension: Some(get_extension),
    on_main_thread: Some(on_main_thread),
};

unsafe extern "C" fn init(plugin: *const clap_plugin) -> bool {
    // SAFETY: a host passes the plug-in it was given.
    let Some(guard) = (unsafe { Guard::of(plugin) }) else {
        return false;
    };
    if guard.lifecycle.stage() != Stage::Created {
        return false;
    }
    guard.host.connect();
    guard.inner.init() && guard.lifecycle.go(Stage::Created, Stage::Initialised)
}

unsafe extern "C" fn destroy(plugin: *const clap_plugin) {
    // SAFETY: a host passes the plug-in it was given, and never again.
    let data = unsafe { plugin.as_ref() }.map_or(null_mut(), |plugin| plugin.plugin_data);
    if !data.is_null() {
        // SAFETY: `create` made it by `into_raw`.
        unsafe { Box::from_raw(data.cast::<Guard>()) }.end();
    }
}

unsafe extern "C" fn activate(
    plugin: *const clap_plugin,
    sample_rate: f64,
    _min_frames: u32,
    max_frames: u32,
) -> bool {
    // SAFETY: a host passes the plug-in it was given.
    unsafe { Guard::of(plugin) }.is_some_and(|guard| guard.activate(sample_rate, max_frames))
}

unsafe extern "C" fn deactivate(plugin: *const clap_plugin) {
    // SAFETY: a host passes the plug-in it was given.
    if let Some(guard) = unsafe { Guard::of(plugin) } {
        guard.deactivate();
    }
}

unsafe extern "C" fn start_processing(plugin: *const clap_plugin) -> bool {
    // SAFETY: a host passes the plug-in it was given.
    unsafe { Guard::of(plugin) }.is_some_and(Guard::start_processing)
}

unsafe extern "C" fn stop_processing(plugin: *const clap_plugin) {
    // SAFETY: a host passes the plug-in it was given.
    if let Some(guard) = unsafe { Guard::of(plugin) } {
        guard.stop_processing();
    }
}

unsafe extern "C" fn reset(plugin: *const clap_plugin) {
    // SAFETY: a host passes the plug-in it was given.
    if let Some(guard) = unsafe { Guard::of(plugin) }
        && guard.lifecycle.has_reached(Stage::Active)
    {
        guard.inner.reset();
    }
}

unsafe extern "C" fn get_extension(plugin: *const clap_plugin, id: *const c_char) -> *const c_void {
    // SAFETY: a host passes the plug-in it was given.
    match unsafe { Guard::of(plugin) } {
        // SAFETY: not null; a host passes a C string.
        Some(guard) if !id.is_null() => guard.extension(unsafe { CStr::from_ptr(id) }),
        _ => null(),
    }
}

unsafe extern "C" fn on_main_thread(plugin: *const clap_plugin) {
    // SAFETY: a host passes the plug-in it was given.
    if let Some(guard) = unsafe { Guard::ready(plugin) } {
        guard.do_main_thread_work();
    }
}
