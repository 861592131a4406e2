//! The CLAP host that the plug-in sees. Its callbacks come from any thread, so they only note what
//! is wanted; [`main_thread`](crate::door::vst3::threads::main_thread) does it.
#![allow(unsafe_code)] // callbacks of the C interface

use std::ffi::{CStr, c_char, c_void};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};

use clap_sys::ext::gui::{CLAP_EXT_GUI, clap_host_gui};
use clap_sys::ext::latency::{CLAP_EXT_LATENCY, clap_host_latency};
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_host_params};
use clap_sys::ext::state::{CLAP_EXT_STATE, clap_host_state};
use clap_sys::ext::thread_check::{CLAP_EXT_THREAD_CHECK, clap_host_thread_check};
use clap_sys::host::clap_host;
use clap_sys::version::CLAP_VERSION;

use crate::door::vst3::threads::thread;

/// What the main thread is to do.
#[derive(Clone, Copy)]
#[repr(u32)]
pub enum Wish {
    /// Call the plug-in's `on_main_thread`.
    Callback = 1,
    /// Exchange parameter changes, if no audio does it.
    Flush = 2,
    /// Tell the VST3 host that the latency has changed.
    Latency = 4,
    /// Tell the VST3 host that parameters have other values.
    Values = 8,
    /// Tell the VST3 host that the project has changed.
    Dirty = 16,
    /// Ask the VST3 host for another size of the panel.
    Resize = 32,
    /// Hand on what the panel changed.
    Edits = 64,
}

/// The host, shared by all threads.
pub struct Host {
    raw: clap_host,
    /// Set bits are [`Wish`]es.
    wishes: AtomicU32,
    /// Wanted size of the panel in pixels: width above, height below.
    size: AtomicU64,
    /// The thread that counts as the main one.
    main_thread: AtomicUsize,
    /// The thread that is in a call for audio, 0 for none.
    audio_thread: AtomicUsize,
}

impl Host {
    /// A host whose main thread is the one that calls.
    pub fn new() -> Arc<Self> {
        let raw = clap_host {
            clap_version: CLAP_VERSION,
            host_data: ptr::null_mut(),
            name: c"VST3 host".as_ptr(),
            vendor: c"".as_ptr(),
            url: c"".as_ptr(),
            version: c"1".as_ptr(),
            get_extension: Some(get_extension),
            request_restart: Some(request_restart),
            request_process: Some(request_process),
            request_callback: Some(request_callback),
        };
        let mut host = Arc::new(Self {
            raw,
            wishes: AtomicU32::new(0),
            size: AtomicU64::new(0),
            main_thread: AtomicUsize::new(thread::current()),
            audio_thread: AtomicUsize::new(0),
        });
        let address = Arc::as_ptr(&host).cast_mut().cast::<c_void>();
        if let Some(unshared) = Arc::get_mut(&mut host) {
            unshared.raw.host_data = address;
        }
        host
    }

    /// What the plug-in is created with. Valid as long as the host.
    pub fn raw(&self) -> *const clap_host {
        &raw const self.raw
    }

    /// Notes a wish.
    pub fn wish(&self, wish: Wish) {
        self.wishes.fetch_or(wish as u32, Ordering::AcqRel);
    }

    /// Whether `wish` was noted; it no longer is afterwards.
    pub fn take(&self, wish: Wish) -> bool {
        let bit = wish as u32;
        self.wishes.fetch_and(!bit, Ordering::AcqRel) & bit != 0
    }

    /// Whether anything is wanted.
    pub fn wishes_anything(&self) -> bool {
        self.wishes.load(Ordering::Acquire) != 0
    }

    /// The size that was wanted for the panel, in pixels.
    pub fn wanted_size(&self) -> (u32, u32) {
        let size = self.size.load(Ordering::Acquire);
        ((size >> 32) as u32, size as u32)
    }

    /// Makes the calling thread the main one: the panel is opened on it.
    pub fn set_main_thread(&self) {
        self.main_thread.store(thread::current(), Ordering::Release);
    }

    /// Whether the calling thread is the main one, and not in a call for audio.
    pub fn is_main_thread(&self) -> bool {
        let current = thread::current();
        self.main_thread.load(Ordering::Acquire) == current
            && self.audio_thread.load(Ordering::Acquire) != current
    }

    /// Marks the calling thread as the audio thread until the mark is dropped. The gate sees to it
    /// that there is one at a time.
    pub fn as_audio_thread(&self) -> AudioThread<'_> {
        self.audio_thread
            .store(thread::current(), Ordering::Release);
        AudioThread(self)
    }

    /// The host behind a callback.
    ///
    /// # Safety
    /// `host` is null or the pointer of [`Host::raw`] of a host that lives.
    unsafe fn of<'a>(host: *const clap_host) -> Option<&'a Self> {
        // SAFETY: not null here; `host_data` is the address of the host that `raw` is part of.
        unsafe { host.as_ref()?.host_data.cast::<Self>().as_ref() }
    }
}

/// The mark of [`Host::as_audio_thread`].
pub struct AudioThread<'a>(&'a Host);

impl Drop for AudioThread<'_> {
    fn drop(&mut self) {
        self.0.audio_thread.store(0, Ordering::Release);
    }
}

/// Defines callbacks that note a wish.
macro_rules! wishing {
    ($($name:ident => $wish:ident;)*) => {$(
        unsafe extern "C" fn $name(host: *const clap_host) {
            // SAFETY: the plug-in passes the pointer that it was created with.
            if let Some(host) = unsafe { Host::of(host) } {
                host.wish(Wish::$wish);
            }
        }
    )*};
}

wishing! {
    request_callback => Callback;
    // The plug-in asks for a restart when its latency becomes another one.
    request_restart => Latency;
    latency_changed => Latency;
    request_flush => Flush;
    mark_dirty => Dirty;
}

unsafe extern "C" fn request_process(_: *const clap_host) {}

unsafe extern "C" fn rescan(host: *const clap_host, _flags: u32) {
    // SAFETY: the plug-in passes the pointer that it was created with.
    if let Some(host) = unsafe { Host::of(host) } {
        host.wish(Wish::Values);
    }
}

unsafe extern "C" fn clear(_: *const clap_host, _param: u32, _flags: u32) {}

unsafe extern "C" fn resize_hints_changed(_: *const clap_host) {}

unsafe extern "C" fn request_resize(host: *const clap_host, width: u32, height: u32) -> bool {
    // SAFETY: the plug-in passes the pointer that it was created with.
    let Some(host) = (unsafe { Host::of(host) }) else {
        return false;
    };
    let size = u64::from(width) << 32 | u64::from(height);
    host.size.store(size, Ordering::Release);
    host.wish(Wish::Resize);
    true
}

unsafe extern "C" fn never(_: *const clap_host) -> bool {
    false
}

/// VST3 has no way to say that a window is gone: the host's frame stays empty.
unsafe extern "C" fn closed(_: *const clap_host, _was_destroyed: bool) {}

unsafe extern "C" fn is_main_thread(host: *const clap_host) -> bool {
    // SAFETY: the plug-in passes the pointer that it was created with.
    unsafe { Host::of(host) }.is_some_and(Host::is_main_thread)
}

unsafe extern "C" fn is_audio_thread(host: *const clap_host) -> bool {
    // SAFETY: the plug-in passes the pointer that it was created with.
    unsafe { Host::of(host) }
        .is_some_and(|host| host.audio_thread.load(Ordering::Acquire) == thread::current())
}

static LATENCY: clap_host_latency = clap_host_latency {
    changed: Some(latency_changed),
};
static PARAMS: clap_host_params = clap_host_params {
    rescan: Some(rescan),
    clear: Some(clear),
    request_flush: Some(request_flush),
};
static STATE: clap_host_state = clap_host_state {
    mark_dirty: Some(mark_dirty),
};
static GUI: clap_host_gui = clap_host_gui {
    resize_hints_changed: Some(resize_hints_changed),
    request_resize: Some(request_resize),
    request_show: Some(never),
    request_hide: Some(never),
    closed: Some(closed),
};
static THREAD_CHECK: clap_host_thread_check = clap_host_thread_check {
    is_main_thread: Some(is_main_thread),
    is_audio_thread: Some(is_audio_thread),
};

unsafe extern "C" fn get_extension(_: *const clap_host, id: *const c_char) -> *const c_void {
    if id.is_null() {
        return ptr::null();
    }
    // SAFETY: not null, and ids of extensions end with a zero.
    let id = unsafe { CStr::from_ptr(id) };
    if id == CLAP_EXT_LATENCY {
        ptr::from_ref(&LATENCY).cast()
    } else if id == CLAP_EXT_PARAMS {
        ptr::from_ref(&PARAMS).cast()
    } else if id == CLAP_EXT_STATE {
        ptr::from_ref(&STATE).cast()
    } else if id == CLAP_EXT_GUI {
        ptr::from_ref(&GUI).cast()
    } else if id == CLAP_EXT_THREAD_CHECK {
        ptr::from_ref(&THREAD_CHECK).cast()
    } else {
        ptr::null()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_taken_once() {
        let host = Host::new();
        // SAFETY: the pointer is that of a host that lives.
        unsafe {
            request_callback(host.raw());
            assert!(request_resize(host.raw(), 1080, 720));
            request_callback(ptr::null());
        }
        assert!(host.wishes_anything());
        assert!(host.take(Wish::Callback) && !host.take(Wish::Callback));
        assert!(host.take(Wish::Resize) && !host.wishes_anything());
        assert_eq!(host.wanted_size(), (1080, 720));
    }

    #[test]
    fn a_thread_in_a_call_for_audio_is_not_the_main_one() {
        let host = Host::new();
        assert!(host.is_main_thread());
        let mark = host.as_audio_thread();
        assert!(!host.is_main_thread());
        drop(mark);
        assert!(host.is_main_thread());
        std::thread::scope(|scope| {
            scope.spawn(|| assert!(!host.is_main_thread()));
        });
    }
}
