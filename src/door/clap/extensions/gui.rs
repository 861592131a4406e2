//! The panel's extension. The framework's window is only touched by the thread it belongs to.
#![allow(unsafe_code)] // the C ABI

use std::ffi::c_char;

use clap_sys::ext::gui::{
    CLAP_WINDOW_API_X11, clap_gui_resize_hints, clap_plugin_gui, clap_window,
};
use clap_sys::plugin::clap_plugin;

use crate::door::clap::guard::Guard;

/// Scales that are believed.
const SCALES: std::ops::RangeInclusive<f64> = 0.1..=16.0;
/// Sizes that are believed, in pixels.
const SIZES: std::ops::RangeInclusive<u32> = 1..=16_384;

/// The panel's extension.
pub static TABLE: clap_plugin_gui = clap_plugin_gui {
    is_api_supported: Some(is_api_supported),
    get_preferred_api: Some(get_preferred_api),
    create: Some(create),
    destroy: Some(destroy),
    set_scale: Some(set_scale),
    get_size: Some(get_size),
    can_resize: Some(can_resize),
    get_resize_hints: Some(get_resize_hints),
    adjust_size: Some(adjust_size),
    set_size: Some(set_size),
    set_parent: Some(set_parent),
    set_transient: Some(set_transient),
    suggest_title: Some(suggest_title),
    show: Some(show),
    hide: Some(hide),
};

/// The framework's panel and its plug-in.
type Panel = (clap_plugin_gui, *const clap_plugin);

/// The framework's panel.
///
/// # Safety
///
/// See [`Guard::of`].
unsafe fn panel<'a>(plugin: *const clap_plugin) -> Option<(&'a Guard, Panel)> {
    // SAFETY: as the caller promises.
    let guard = unsafe { Guard::ready(plugin) }?;
    Some((guard, (guard.inner.gui?, guard.inner.as_ptr())))
}

/// Calls one of the framework's functions that need an open window, on the window's thread.
///
/// # Safety
///
/// See [`Guard::of`].
unsafe fn with_window(
    plugin: *const clap_plugin,
    call: impl FnOnce(clap_plugin_gui, *const clap_plugin) -> Option<bool>,
) -> bool {
    // SAFETY: as the caller promises.
    let Some((guard, (gui, inner))) = (unsafe { panel(plugin) }) else {
        return false;
    };
    let visit = guard.panel.enter_window();
    visit.is_some_and(|_visit| call(gui, inner).unwrap_or(false))
}

/// Closes the window; false when it is another thread's.
pub fn close(guard: &Guard) -> bool {
    let Some(mut visit) = guard.panel.enter_window() else {
        return false;
    };
    if let Some(f) = guard.inner.gui.and_then(|gui| gui.destroy) {
        // SAFETY: the framework's plug-in is alive, and the window is this thread's.
        let destroy = || unsafe { f(guard.inner.as_ptr()) };
        #[cfg(target_os = "linux")]
        crate::editor::threads::close(destroy);
        #[cfg(not(target_os = "linux"))]
        destroy();
    }
    visit.closed();
    true
}

unsafe extern "C" fn is_api_supported(
    plugin: *const clap_plugin,
    api: *const c_char,
    is_floating: bool,
) -> bool {
    // SAFETY: a host passes the plug-in it was given.
    let Some((_, (gui, inner))) = (unsafe { panel(plugin) }) else {
        return false;
    };
    let supported = gui.is_api_supported.filter(|_| !api.is_null());
    // SAFETY: the framework's plug-in is alive; a host passes a C string.
    supported.is_some_and(|f| unsafe { f(inner, api, is_floating) })
}

unsafe extern "C" fn get_preferred_api(
    plugin: *const clap_plugin,
    api: *mut *const c_char,
    is_floating: *mut bool,
) -> bool {
    // SAFETY: a host passes the plug-in it was given.
    let Some((_, (gui, inner))) = (unsafe { panel(plugin) }) else {
        return false;
    };
    let get = gui
        .get_preferred_api
        .filter(|_| !api.is_null() && !is_floating.is_null());
    // SAFETY: the framework's plug-in is alive and neither pointer is null.
    get.is_some_and(|f| unsafe { f(inner, api, is_floating) })
}

unsafe extern "C" fn create(
    plugin: *const clap_plugin,
    api: *const c_char,
    is_floating: bool,
) -> bool {
    // SAFETY: a host passes the plug-in it was given, and a C string or null.
    if !unsafe { is_api_supported(plugin, api, is_floating) } {
        return false;
    }
    // SAFETY: as above.
    let Some((guard, (gui, inner))) = (unsafe { panel(plugin) }) else {
        return false;
    };
    let Some(visit) = guard.panel.enter().filter(|_| !guard.panel.is_open()) else {
        return false;
    };
    // SAFETY: the framework's plug-in is alive, and nobody else is at the panel.
    let created = gui
        .create
        .is_some_and(|f| unsafe { f(inner, api, is_floating) });
    if created {
        visit.opened();
    }
    created
}

unsafe extern "C" fn destroy(plugin: *const clap_plugin) {
    // SAFETY: a host passes the plug-in it was given.
    if let Some(guard) = unsafe { Guard::ready(plugin) } {
        close(guard);
    }
}

unsafe extern "C" fn set_scale(plugin: *const clap_plugin, scale: f64) -> bool {
    // SAFETY: a host passes the plug-in it was given; the window is this thread's.
    SCALES.contains(&scale)
        && unsafe { with_window(plugin, |gui, inner| Some(gui.set_scale?(inner, scale))) }
}

unsafe extern "C" fn get_size(
    plugin: *const clap_plugin,
    width: *mut u32,
    height: *mut u32,
) -> bool {
    // SAFETY: a host passes the plug-in it was given.
    let Some((_, (gui, inner))) = (unsafe { panel(plugin) }) else {
        return false;
    };
    let get = gui
        .get_size
        .filter(|_| !width.is_null() && !height.is_null());
    // SAFETY: the framework's plug-in is alive and neither pointer is null.
    get.is_some_and(|f| unsafe { f(inner, width, height) })
}

unsafe extern "C" fn can_resize(plugin: *const clap_plugin) -> bool {
    // SAFETY: a host passes the plug-in it was given.
    let Some((_, (gui, inner))) = (unsafe { panel(plugin) }) else {
        return false;
    };
    // SAFETY: the framework's plug-in is alive.
    gui.can_resize.is_some_and(|f| unsafe { f(inner) })
}

unsafe extern "C" fn get_resize_hints(
    plugin: *const clap_plugin,
    hints: *mut clap_gui_resize_hints,
) -> bool {
    // SAFETY: a host passes the plug-in it was given.
    let Some((_, (gui, inner))) = (unsafe { panel(plugin) }) else {
        return false;
    };
    let get = gui.get_resize_hints.filter(|_| !hints.is_null());
    // SAFETY: the framework's plug-in is alive and `hints` is not null.
    get.is_some_and(|f| unsafe { f(inner, hints) })
}

unsafe extern "C" fn adjust_size(
    plugin: *const clap_plugin,
    width: *mut u32,
    height: *mut u32,
) -> bool {
    if width.is_null() || height.is_null() {
        return false;
    }
    // SAFETY: a host passes the plug-in it was given and pointers to a size; the window is this
    // thread's.
    unsafe {
        SIZES.contains(&*width)
            && SIZES.contains(&*height)
            && with_window(plugin, |gui, inner| {
                Some(gui.adjust_size?(inner, width, height))
            })
    }
}

unsafe extern "C" fn set_size(plugin: *const clap_plugin, width: u32, height: u32) -> bool {
    // SAFETY: a host passes the plug-in it was given; the window is this thread's.
    SIZES.contains(&width)
        && SIZES.contains(&height)
        && unsafe {
            with_window(plugin, |gui, inner| {
                Some(gui.set_size?(inner, width, height))
            })
        }
}

unsafe extern "C" fn set_parent(plugin: *const clap_plugin, window: *const clap_window) -> bool {
    // SAFETY: null or a window of the host's.
    let Some(parent) = (unsafe { window.as_ref() }) else {
        return false;
    };
    // SAFETY: a host passes the plug-in it was given, and a C string or null.
    if !unsafe { is_api_supported(plugin, parent.api, false) } {
        return false;
    }
    // SAFETY: the window's kind says which field is set; as a number or a pointer, 0 is none. The
    // string is not null: its kind is supported.
    let is_there = unsafe {
        if std::ffi::CStr::from_ptr(parent.api) == CLAP_WINDOW_API_X11 {
            parent.specific.x11 != 0
        } else {
            !parent.specific.ptr.is_null()
        }
    };
    // SAFETY: a host passes the plug-in it was given; the window is this thread's.
    is_there && unsafe { with_window(plugin, |gui, inner| Some(gui.set_parent?(inner, window))) }
}

/// Only for floating windows, which there are none of.
unsafe extern "C" fn set_transient(_: *const clap_plugin, _: *const clap_window) -> bool {
    false
}

/// Only for floating windows, which there are none of.
unsafe extern "C" fn suggest_title(_: *const clap_plugin, _: *const c_char) {}

unsafe extern "C" fn show(plugin: *const clap_plugin) -> bool {
    // SAFETY: a host passes the plug-in it was given; the window is this thread's.
    unsafe { with_window(plugin, |gui, inner| Some(gui.show?(inner))) }
}

unsafe extern "C" fn hide(plugin: *const clap_plugin) -> bool {
    // SAFETY: a host passes the plug-in it was given; the window is this thread's.
    unsafe { with_window(plugin, |gui, inner| Some(gui.hide?(inner))) }
}
