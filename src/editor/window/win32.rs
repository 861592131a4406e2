//! Gives the keyboard back to the host on Windows, where the framework takes every key of its window out
//! of the host's message loop, used or not.
#![allow(unsafe_code)] // the system's interface

use nice_plug_egui::baseview::WindowContext;
use raw_window_handle::{HasWindowHandle, RawWindowHandle};
use windows_sys::Win32::UI::Input::KeyboardAndMouse::SetFocus;
use windows_sys::Win32::UI::WindowsAndMessaging::GetParent;

/// The panel's window.
pub struct Focus(isize);

impl Focus {
    /// The window of `context`.
    pub fn of(context: &WindowContext) -> Option<Self> {
        match context.window_handle().ok()?.as_raw() {
            RawWindowHandle::Win32(handle) => Some(Self(handle.hwnd.get())),
            _ => None,
        }
    }

    /// Gives the focus to the window that the host has put the panel into.
    pub fn give_back(&self) {
        // SAFETY: handles of windows, which the system checks; called by the thread of the window.
        unsafe {
            let parent = GetParent(self.0 as _);
            if !parent.is_null() {
                SetFocus(parent);
            }
        }
    }
}
