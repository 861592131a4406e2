//! The host as the framework's plug-in sees it: a `clap_host` of ours that passes on what the real
//! one can bear and answers the rest itself.
#![allow(unsafe_code)] // the C ABI: the host's tables, and ours for the plug-in

mod tables;

use std::ffi::{CStr, c_char, c_void};
use std::ptr::null;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, OnceLock, Weak};

use clap_sys::ext::gui::{CLAP_EXT_GUI, clap_host_gui};
use clap_sys::ext::latency::{CLAP_EXT_LATENCY, clap_host_latency};
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_host_params};
use clap_sys::ext::preset_load::{CLAP_EXT_PRESET_LOAD, clap_host_preset_load};
use clap_sys::ext::thread_check::CLAP_EXT_THREAD_CHECK;
use clap_sys::ext::track_info::{CLAP_EXT_TRACK_INFO, clap_host_track_info};
use clap_sys::host::clap_host;

use crate::door::clap::extensions::preset_load::Location;

/// What stands between the framework's plug-in and its host.
pub struct HostProxy {
    table: clap_host,
    host: *const clap_host,
    calls: clap_host,
    /// False once the plug-in is destroyed: the host may be gone then.
    is_connected: AtomicBool,
    /// While a block is processed, calls of the main thread are asked for once, at its end.
    is_holding: AtomicBool,
    callback_is_due: AtomicBool,
    offers: OnceLock<Offers>,
}

/// What the host offers, asked once.
#[derive(Debug, Default)]
struct Offers {
    gui: Option<clap_host_gui>,
    latency: Option<clap_host_latency>,
    params: Option<clap_host_params>,
    preset_load: Option<clap_host_preset_load>,
    track_info: Option<clap_host_track_info>,
}

impl HostProxy {
    /// Stands before `host`.
    ///
    /// # Safety
    ///
    /// `host` is valid until [`HostProxy::disconnect`].
    pub unsafe fn new(host: *const clap_host) -> Arc<Self> {
        // SAFETY: valid, as the caller promises.
        let calls = unsafe { host.read_unaligned() };
        Arc::new_cyclic(|this: &Weak<Self>| Self {
            table: clap_host {
                host_data: this.as_ptr().cast_mut().cast(),
                get_extension: Some(get_extension),
                request_restart: Some(request_restart),
                request_process: Some(request_process),
                request_callback: Some(request_callback),
                ..calls
            },
            host,
            calls,
            is_connected: AtomicBool::new(true),
            is_holding: AtomicBool::new(false),
            callback_is_due: AtomicBool::new(false),
            offers: OnceLock::new(),
        })
    }

    /// The host for the framework's plug-in, valid as long as this is.
    pub fn as_ptr(&self) -> *const clap_host {
        &self.table
    }

    /// Asks what the host offers; allowed from `init` on.
    pub fn connect(&self) {
        // SAFETY: each name stands for its table.
        self.offers.get_or_init(|| unsafe {
            Offers {
                gui: self.offer(CLAP_EXT_GUI),
                latency: self.offer(CLAP_EXT_LATENCY),
                params: self.offer(CLAP_EXT_PARAMS),
                preset_load: self.offer(CLAP_EXT_PRESET_LOAD),
                track_info: self.offer(CLAP_EXT_TRACK_INFO),
            }
        });
    }

    /// The host is not called any more.
    pub fn disconnect(&self) {
        self.is_connected.store(false, SeqCst);
    }

    /// Asks the host to deactivate and activate the plug-in. Any thread.
    pub fn request_restart(&self) {
        if let (Some(host), Some(f)) = (self.host(), self.calls.request_restart) {
            // SAFETY: the host is there.
            unsafe { f(host) };
        }
    }

    /// Tells the host that the latency is another one; only while it activates the plug-in.
    pub fn latency_changed(&self) {
        let changed = self.offers.get().and_then(|o| o.latency?.changed);
        if let (Some(host), Some(f)) = (self.host(), changed) {
            // SAFETY: the host is there.
            unsafe { f(host) };
        }
    }

    /// Tells the host that it was loaded from there; main thread.
    pub fn preset_loaded(&self, at: Location) {
        let loaded = self.offers.get().and_then(|o| o.preset_load?.loaded);
        if let (Some(host), Some(f)) = (self.host(), loaded) {
            // SAFETY: the host is there, and the strings are its own.
            unsafe { f(host, at.kind, at.path, at.key) };
        }
    }

    /// Tells the host why nothing was loaded from there; main thread.
    pub fn preset_failed(&self, at: Location, text: &CStr) {
        let on_error = self.offers.get().and_then(|o| o.preset_load?.on_error);
        if let (Some(host), Some(f)) = (self.host(), on_error) {
            // SAFETY: the host is there, and the strings are its own or live until the call ends.
            unsafe { f(host, at.kind, at.path, at.key, 0, text.as_ptr()) };
        }
    }

    /// From here on a call on the main thread is asked for once, by [`HostProxy::release`].
    pub fn hold(&self) {
        self.is_holding.store(true, SeqCst);
    }

    /// Asks for what was held.
    pub fn release(&self) {
        self.is_holding.store(false, SeqCst);
        self.call_back_if_due();
    }

    fn call_back_if_due(&self) {
        if !self.callback_is_due.swap(false, SeqCst) {
            return;
        }
        if let (Some(host), Some(f)) = (self.host(), self.calls.request_callback) {
            // SAFETY: the host is there.
            unsafe { f(host) };
        }
    }

    /// The host, as long as it is there.
    fn host(&self) -> Option<*const clap_host> {
        self.is_connected.load(SeqCst).then_some(self.host)
    }

    /// A copy of a function table of the host.
    ///
    /// # Safety
    ///
    /// The host's table of this name is a `T`.
    unsafe fn offer<T: Copy>(&self, name: &CStr) -> Option<T> {
        let get_extension = self.calls.get_extension?;
        // SAFETY: the host is there.
        let table = unsafe { get_extension(self.host()?, name.as_ptr()) };
        // SAFETY: null or a `T`, as the caller promises.
        (!table.is_null()).then(|| unsafe { table.cast::<T>().read_unaligned() })
    }
}

/// The proxy behind the table that the framework's plug-in passes back.
///
/// # Safety
///
/// `host` is null or the table of a living proxy.
unsafe fn proxy<'a>(host: *const clap_host) -> Option<&'a HostProxy> {
    // SAFETY: as the caller promises.
    unsafe { host.as_ref()?.host_data.cast::<HostProxy>().as_ref() }
}

/// What the framework may use of the host. Latency is left out: the guard announces it itself,
/// because the framework does so outside of `activate`.
unsafe extern "C" fn get_extension(host: *const clap_host, id: *const c_char) -> *const c_void {
    // SAFETY: only the framework's plug-in calls, with the table it was given and a C string.
    let (Some(proxy), false) = (unsafe { proxy(host) }, id.is_null()) else {
        return null();
    };
    // SAFETY: as above.
    let id = unsafe { CStr::from_ptr(id) };
    let Some(offers) = proxy.offers.get() else {
        return null();
    };
    match id {
        // Always there: the framework takes it for granted.
        id if id == CLAP_EXT_GUI => (&raw const tables::GUI).cast(),
        id if id == CLAP_EXT_THREAD_CHECK => (&raw const tables::THREAD_CHECK).cast(),
        id if id == CLAP_EXT_PARAMS && offers.params.is_some() => {
            (&raw const tables::PARAMS).cast()
        }
        id if id == CLAP_EXT_TRACK_INFO && offers.track_info.is_some() => {
            (&raw const tables::TRACK_INFO).cast()
        }
        _ => null(),
    }
}

unsafe extern "C" fn request_restart(host: *const clap_host) {
    // SAFETY: only the framework's plug-in calls, with the table it was given.
    if let Some(proxy) = unsafe { proxy(host) } {
        proxy.request_restart();
    }
}

unsafe extern "C" fn request_process(host: *const clap_host) {
    // SAFETY: only the framework's plug-in calls, with the table it was given.
    let Some(proxy) = (unsafe { proxy(host) }) else {
        return;
    };
    if let (Some(host), Some(f)) = (proxy.host(), proxy.calls.request_process) {
        // SAFETY: the host is there.
        unsafe { f(host) };
    }
}

unsafe extern "C" fn request_callback(host: *const clap_host) {
    // SAFETY: only the framework's plug-in calls, with the table it was given.
    let Some(proxy) = (unsafe { proxy(host) }) else {
        return;
    };
    // In this order no request is lost: `release` clears the hold before it looks.
    proxy.callback_is_due.store(true, SeqCst);
    if !proxy.is_holding.load(SeqCst) {
        proxy.call_back_if_due();
    }
}
