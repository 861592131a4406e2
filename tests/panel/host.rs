//! The host: a plug-in, a window for its panel, and a main loop.

use std::ffi::CStr;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

use clap_sys::events::{CLAP_EVENT_PARAM_GESTURE_BEGIN, CLAP_EVENT_PARAM_GESTURE_END};
use clap_sys::events::{clap_event_header, clap_input_events, clap_output_events};
use clap_sys::ext::gui::{
    CLAP_EXT_GUI, CLAP_WINDOW_API_X11, clap_plugin_gui, clap_window, clap_window_handle,
};
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_plugin_params};
use clap_sys::ext::state::{CLAP_EXT_STATE, clap_plugin_state};
use clap_sys::stream::{clap_istream, clap_ostream};
use x11rb::protocol::xproto::Window;

use crate::audio::Audio;
use crate::plugin::{Asked, Manners, Plugin};
use crate::screen::Screen;

/// How a host opens a panel.
#[derive(Debug, Clone, Copy, Default)]
pub struct Opening {
    /// Between creating the panel and showing it.
    pub wait: Duration,
    /// What the host suggests, in pixels a point.
    pub scale: Option<f64>,
}

/// A host with one plug-in. Its audio stands still until [`Host::play`].
pub struct Host<'a> {
    screen: &'a Screen,
    audio: Option<Audio>,
    pub plugin: Plugin,
    gui: clap_plugin_gui,
    params: clap_plugin_params,
    /// The window around the panel, and the panel's, while it is open.
    pub windows: Option<(Window, Window)>,
}

impl<'a> Host<'a> {
    pub fn new(screen: &'a Screen) -> Self {
        let plugin = Plugin::new();
        Self {
            screen,
            audio: None,
            gui: plugin.extension(CLAP_EXT_GUI),
            params: plugin.extension(CLAP_EXT_PARAMS),
            plugin,
            windows: None,
        }
    }

    pub fn with_manners(self, manners: Manners) -> Self {
        *self.plugin.asked.manners.lock().unwrap() = manners;
        self
    }

    /// Plays noise at this level, 0 for silence, at the pace of real time.
    pub fn play(&mut self, gain: f32) {
        self.audio = None;
        self.audio = Some(Audio::start(&self.plugin, gain));
    }

    /// The player, while there is one.
    pub fn audio(&self) -> &Audio {
        self.audio.as_ref().expect("playing")
    }

    /// Opens the panel and gives its window.
    pub fn open(&mut self, opening: Opening) -> Window {
        let (raw, gui) = (self.plugin.raw, self.gui);
        let api = CLAP_WINDOW_API_X11.as_ptr();
        assert!(unsafe { gui.create.unwrap()(raw, api, false) }, "no panel");
        if let Some(scale) = opening.scale {
            assert!(unsafe { gui.set_scale.unwrap()(raw, scale) });
        }
        let around = self.screen.window(self.panel_size());
        let window = clap_window {
            api,
            specific: clap_window_handle { x11: around.into() },
        };
        assert!(unsafe { gui.set_parent.unwrap()(raw, &raw const window) });
        self.pump(opening.wait);
        assert!(unsafe { gui.show.unwrap()(raw) });
        let panel = self.screen.child(around).expect("a window in the host's");
        self.windows = Some((around, panel));
        panel
    }

    /// Opens the panel and waits until it has drawn.
    pub fn open_drawn(&mut self) -> Window {
        let panel = self.open(Opening::default());
        self.wait_for("picture", |host| host.is_drawn());
        self.pump(Duration::from_millis(300));
        panel
    }

    /// Whether the panel shows more than one colour.
    pub fn is_drawn(&self) -> bool {
        self.windows
            .is_some_and(|(_, panel)| self.screen.colours(panel) > 8)
    }

    /// Hides the panel for a while and shows it again.
    pub fn hide_and_show(&mut self) {
        let raw = self.plugin.raw;
        assert!(unsafe { self.gui.hide.unwrap()(raw) });
        self.pump(Duration::from_millis(300));
        assert!(unsafe { self.gui.show.unwrap()(raw) });
        self.pump(Duration::from_millis(1000));
    }

    pub fn close(&mut self) {
        if let Some((around, _)) = self.windows.take() {
            unsafe { self.gui.destroy.unwrap()(self.plugin.raw) };
            self.screen.destroy(around);
        }
    }

    /// The size that the plug-in wants room for.
    pub fn panel_size(&self) -> (u32, u32) {
        let (mut width, mut height) = (0, 0);
        let get = self.gui.get_size.unwrap();
        assert!(unsafe { get(self.plugin.raw, &raw mut width, &raw mut height) });
        (width, height)
    }

    /// Gives the panel another size, as a user who drags the host's window.
    pub fn resize(&mut self, size: (u32, u32)) {
        let (around, _) = self.windows.expect("open");
        self.screen.resize(around, size);
        assert!(unsafe { self.gui.set_size.unwrap()(self.plugin.raw, size.0, size.1) });
        self.pump(Duration::from_millis(300));
    }

    /// Runs the main loop for a while.
    pub fn pump(&mut self, time: Duration) {
        let end = Instant::now() + time;
        loop {
            self.turn();
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            std::thread::sleep(left.min(Duration::from_millis(2)));
        }
    }

    /// Runs the main loop until something is so.
    pub fn wait_for(&mut self, what: &str, done: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !done(self) {
            assert!(start.elapsed() < Duration::from_secs(20), "no {what}");
            self.pump(Duration::from_millis(10));
        }
    }

    /// One turn of the main loop: what the plug-in has asked for.
    fn turn(&mut self) {
        let asked = &self.plugin.asked;
        if asked.wants_callback.swap(false, SeqCst) {
            unsafe { (*self.plugin.raw).on_main_thread.unwrap()(self.plugin.raw) };
        }
        if self.audio.is_none() && asked.wants_flush.swap(false, SeqCst) {
            let events = self.plugin.asked.output();
            let flush = self.params.flush.unwrap();
            unsafe { flush(self.plugin.raw, &NO_EVENTS, &raw const events) };
        }
        let size = asked.size.lock().unwrap().take();
        if let (Some(size), Some((around, _))) = (size, self.windows) {
            self.screen.resize(around, size);
            assert!(unsafe { self.gui.set_size.unwrap()(self.plugin.raw, size.0, size.1) });
        }
    }

    /// The plug-in's state.
    pub fn save(&self) -> Vec<u8> {
        let mut bytes = Vec::<u8>::new();
        let stream = clap_ostream {
            ctx: (&raw mut bytes).cast(),
            write: Some(write),
        };
        let state: clap_plugin_state = self.plugin.extension(CLAP_EXT_STATE);
        assert!(unsafe { state.save.unwrap()(self.plugin.raw, &raw const stream) });
        bytes
    }

    /// Loads a state.
    pub fn load(&self, state: &[u8]) {
        let mut left = state;
        let stream = clap_istream {
            ctx: (&raw mut left).cast(),
            read: Some(read),
        };
        let state: clap_plugin_state = self.plugin.extension(CLAP_EXT_STATE);
        assert!(unsafe { state.load.unwrap()(self.plugin.raw, &raw const stream) });
    }

    /// Id of the parameter with this name.
    pub fn id(&self, name: &str) -> u32 {
        let count = unsafe { self.params.count.unwrap()(self.plugin.raw) };
        let found = (0..count).find_map(|index| unsafe {
            let mut info = std::mem::zeroed();
            assert!(self.params.get_info.unwrap()(
                self.plugin.raw,
                index,
                &raw mut info
            ));
            (CStr::from_ptr(info.name.as_ptr()).to_str() == Ok(name)).then_some(info.id)
        });
        found.unwrap_or_else(|| panic!("no parameter {name}"))
    }
}

impl Drop for Host<'_> {
    fn drop(&mut self) {
        self.close();
        self.audio = None;
    }
}

unsafe extern "C" fn write(
    stream: *const clap_ostream,
    from: *const std::ffi::c_void,
    size: u64,
) -> i64 {
    let bytes = unsafe { &mut *(*stream).ctx.cast::<Vec<u8>>() };
    bytes.extend_from_slice(unsafe { std::slice::from_raw_parts(from.cast(), size as usize) });
    size as i64
}

unsafe extern "C" fn read(
    stream: *const clap_istream,
    to: *mut std::ffi::c_void,
    size: u64,
) -> i64 {
    let left = unsafe { &mut *(*stream).ctx.cast::<&[u8]>() };
    let count = left.len().min(size as usize);
    unsafe { std::ptr::copy_nonoverlapping(left.as_ptr(), to.cast(), count) };
    *left = &left[count..];
    count as i64
}

/// No events.
pub static NO_EVENTS: clap_input_events = clap_input_events {
    ctx: std::ptr::null_mut(),
    size: Some(no_size),
    get: Some(no_event),
};

unsafe extern "C" fn no_size(_: *const clap_input_events) -> u32 {
    0
}

unsafe extern "C" fn no_event(_: *const clap_input_events, _: u32) -> *const clap_event_header {
    std::ptr::null()
}

impl Asked {
    /// Counts the gestures that come out.
    pub fn output(&self) -> clap_output_events {
        clap_output_events {
            ctx: (&raw const *self).cast_mut().cast(),
            try_push: Some(push),
        }
    }
}

unsafe extern "C" fn push(to: *const clap_output_events, event: *const clap_event_header) -> bool {
    let asked = unsafe { &*(*to).ctx.cast::<Asked>() };
    match unsafe { (*event).type_ } {
        CLAP_EVENT_PARAM_GESTURE_BEGIN => asked.begins.fetch_add(1, SeqCst),
        CLAP_EVENT_PARAM_GESTURE_END => asked.ends.fetch_add(1, SeqCst),
        _ => 0,
    };
    true
}
