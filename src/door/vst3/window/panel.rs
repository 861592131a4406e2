//! The panel's window: CLAP's functions for it, and what VST3 needs beside them.
//!
//! Sizes are in physical pixels on both sides.
#![allow(unsafe_code)] // calls through the C interfaces

use std::ffi::{CStr, c_void};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use clap_sys::ext::gui::{clap_plugin_gui, clap_window, clap_window_handle};
use vst3::ComPtr;
use vst3::Steinberg::{IPlugFrame, IPlugFrameTrait, IPlugView, ViewRect, kResultOk};

use crate::door::vst3::instance::Instance;
use crate::door::vst3::lock;
use crate::door::vst3::threads::thread;

/// The windows of this system, in CLAP's words.
#[cfg(target_os = "windows")]
const API: &CStr = clap_sys::ext::gui::CLAP_WINDOW_API_WIN32;
/// The windows of this system, in CLAP's words.
#[cfg(target_os = "macos")]
const API: &CStr = clap_sys::ext::gui::CLAP_WINDOW_API_COCOA;
/// The windows of this system, in CLAP's words.
#[cfg(not(any(target_os = "windows", target_os = "macos")))]
const API: &CStr = clap_sys::ext::gui::CLAP_WINDOW_API_X11;

/// The place in the host where the window is.
struct Place {
    /// The view that the host knows, valid while it is attached.
    view: *mut IPlugView,
    frame: ComPtr<IPlugFrame>,
}

// SAFETY: only handed to the host, on the main thread.
unsafe impl Send for Place {}

/// The window, or none.
#[derive(Default)]
pub struct Panel {
    /// The thread that opened the window, 0 while there is none.
    thread: AtomicUsize,
    /// The host has removed the window in the middle of one of its calls.
    is_late: AtomicBool,
    /// Where the host can be asked for another size.
    place: Mutex<Option<Place>>,
}

/// Calls a function of the panel that may be missing.
macro_rules! gui {
    ($instance:expr, $function:ident($($argument:expr),*)) => {
        $instance.plugin.gui().and_then(|gui: &clap_plugin_gui| gui.$function).map(|function| {
            // SAFETY: the function belongs to this living plug-in, and the arguments are plain
            // values and pointers that are valid during the call.
            unsafe { function($instance.plugin.raw(), $($argument),*) }
        })
    };
}

impl Panel {
    /// Whether the plug-in has a panel for this system's windows.
    pub fn exists(&self, instance: &Instance) -> bool {
        gui!(instance, is_api_supported(API.as_ptr(), false)).unwrap_or(false)
    }

    /// Whether the window is open.
    pub fn is_open(&self) -> bool {
        self.thread.load(Ordering::Acquire) != 0
    }

    /// Opens the window inside the host's window `parent`, which is this system's kind of handle;
    /// false when it cannot, or when one is open. The calling thread is the main one from now on.
    pub fn open(&self, instance: &Instance, parent: *mut c_void, scale: Option<f64>) -> bool {
        self.close_if_late(instance);
        if self.is_open() {
            return false;
        }
        instance.host.set_main_thread();
        if gui!(instance, create(API.as_ptr(), false)) != Some(true) {
            return false;
        }
        self.thread.store(thread::current(), Ordering::Release);
        if let Some(scale) = scale {
            gui!(instance, set_scale(scale));
        }
        let window = clap_window {
            api: API.as_ptr(),
            specific: clap_window_handle { ptr: parent },
        };
        let is_open = gui!(instance, set_parent(&raw const window)) == Some(true)
            && gui!(instance, show()) == Some(true);
        if !is_open {
            self.close(instance);
        }
        is_open
    }

    /// Closes the window if it is open. In the middle of a call of the plug-in, that is to say out
    /// of a host that answers one, it is closed at the end of that call. The window belongs to the
    /// thread that opened it: from another one it is left open.
    pub fn close(&self, instance: &Instance) {
        if self.thread.load(Ordering::Acquire) != thread::current() {
            return;
        }
        if instance.is_pumping.load(Ordering::Acquire) {
            self.is_late.store(true, Ordering::Release);
            return;
        }
        self.thread.store(0, Ordering::Release);
        *lock(&self.place) = None;
        gui!(instance, destroy());
        instance.end_gestures();
    }

    /// Closes the window that should have been closed before.
    pub fn close_if_late(&self, instance: &Instance) {
        if self.is_late.swap(false, Ordering::AcqRel) {
            self.close(instance);
        }
    }

    /// Whether the window is open on another thread than this one, where nobody can close it.
    pub fn is_out_of_reach(&self) -> bool {
        self.is_open() && self.thread.load(Ordering::Acquire) != thread::current()
    }

    /// Says where the host can be asked for another size; `None` where it cannot.
    pub fn set_place(&self, view: *mut IPlugView, frame: Option<ComPtr<IPlugFrame>>) {
        let new = frame.map(|frame| Place { view, frame });
        let old = std::mem::replace(&mut *lock(&self.place), new);
        // The host's object goes when the lock is gone.
        drop(old);
    }

    /// Size in pixels, also before the window is open.
    pub fn size(&self, instance: &Instance) -> Option<(u32, u32)> {
        let (mut width, mut height) = (0, 0);
        gui!(instance, get_size(&raw mut width, &raw mut height))?.then_some((width, height))
    }

    /// Whether the host may change the size.
    pub fn can_resize(&self, instance: &Instance) -> bool {
        gui!(instance, can_resize()).unwrap_or(false)
    }

    /// The nearest size that the open window can have.
    pub fn adjusted(&self, instance: &Instance, size: (u32, u32)) -> Option<(u32, u32)> {
        let (mut width, mut height) = size;
        gui!(instance, adjust_size(&raw mut width, &raw mut height))?.then_some((width, height))
    }

    /// Gives the open window another size.
    pub fn set_size(&self, instance: &Instance, size: (u32, u32)) -> bool {
        gui!(instance, set_size(size.0, size.1)).unwrap_or(false)
    }

    /// Tells the open window how many pixels a point has, where the system does not.
    pub fn set_scale(&self, instance: &Instance, scale: f64) -> bool {
        gui!(instance, set_scale(scale)).unwrap_or(false)
    }

    /// Asks the host for the size that the plug-in wants; the window goes back to its old one when
    /// the host does not want to.
    pub fn resize(&self, instance: &Instance) {
        if !self.is_open() {
            return;
        }
        let old = self.size(instance);
        if !self.ask_for(instance.host.wanted_size())
            && let Some(old) = old
        {
            self.set_size(instance, old);
        }
    }

    /// Asks the host for a size; false when it refuses or nobody is there to ask.
    pub fn ask_for(&self, size: (u32, u32)) -> bool {
        let place = lock(&self.place);
        let Some((view, frame)) = place.as_ref().map(|p| (p.view, p.frame.clone())) else {
            return false;
        };
        // The lock is gone when the host is called: it comes back with the new size.
        drop(place);
        let mut rect = ViewRect {
            left: 0,
            top: 0,
            right: i32::try_from(size.0).unwrap_or(i32::MAX),
            bottom: i32::try_from(size.1).unwrap_or(i32::MAX),
        };
        // SAFETY: the frame lives as long as our reference to it; the view is attached, so the host
        // holds it.
        unsafe { frame.resizeView(view, &raw mut rect) == kResultOk }
    }
}
