//! What the framework leaves to be done on X11, on the connection of its own window.
//!
//! **The first frame.** The framework paces frames by the Present extension: it asks for a "notify" and
//! draws when that comes. It selects these events when the window is mapped, but it asks for one as soon
//! as anybody wants a frame. A request before the window is mapped, as its own repaint timer makes 16 ms
//! after `create`, is then answered to nobody; the framework waits for that answer for ever and the window
//! stays black. [`X11::hear_presents`] selects the events as soon as there is a window, so that an answer
//! is always heard; the long poll interval and [`super::wake`] keep early requests away besides.
//!
//! **Keys.** X11 gives a key to the window under the pointer if that selects keys, and the framework's
//! window does; what its handler returns about a key is dropped. Sending such a key on to the host by
//! `XSendEvent` marks it as sent, which toolkits that read their keys by XInput do not take. So the window
//! selects keys only while a field of the panel uses them ([`X11::take_keys`]), and the focus that a click
//! has taken goes back to where it was ([`X11::give_focus_back`]).
//!
//! **Sizes.** `Xft.dpi` and the size of the screen before there is a window ([`Screen::read`]), and how
//! much of the window the host shows ([`X11::parent_size`]).
#![allow(unsafe_code)] // borrows the connection of the framework's window

use egui::Vec2;
use nice_plug_egui::baseview::{PlatformHandle, WindowContext};
use raw_window_handle::{HasDisplayHandle, HasWindowHandle, RawDisplayHandle, RawWindowHandle};
use x11rb::connection::Connection;
use x11rb::errors::ReplyError;
use x11rb::protocol::present::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ConnectionExt as _, EventMask, InputFocus, Window,
};
use x11rb::rust_connection::RustConnection;
use x11rb::xcb_ffi::XCBConnection;
use x11rb::{CURRENT_TIME, resource_manager};

/// Dots per inch of a scale of 1.
const DPI: f64 = 96.0;
/// Windows one inside another that are climbed, from the panel to the screen.
const MOST_PARENTS: usize = 64;

/// The screen, before there is a window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Screen {
    /// Pixels a point, where the system says so.
    pub scale: Option<f64>,
    /// Size in pixels.
    pub size: Vec2,
}

impl Screen {
    /// Asks the display, as the framework will; `None` without one.
    pub fn read() -> Option<Self> {
        let (connection, screen) = RustConnection::connect(None).ok()?;
        let screen = connection.setup().roots.get(screen)?;
        let size = Vec2::new(
            screen.width_in_pixels.into(),
            screen.height_in_pixels.into(),
        );
        let resources = resource_manager::new_from_default(&connection).ok()?;
        let dpi = resources.get_value::<u32>("Xft.dpi", "").ok().flatten();
        let scale = dpi.filter(|dpi| *dpi > 0).map(|dpi| f64::from(dpi) / DPI);
        Some(Self { scale, size })
    }
}

/// The framework's window as the X server knows it. Only for the window's thread.
pub struct X11 {
    /// Borrowed from the window's own, so that this has its event mask. Dropped before `_handle`.
    connection: XCBConnection,
    window: Window,
    /// What the framework selects.
    mask: EventMask,
    /// Number of our selection of Present's events, while there is one.
    presents: Option<u32>,
    /// Whether keys are selected.
    takes_keys: bool,
    /// Who had the keyboard before the panel.
    before: Option<Window>,
    /// Keeps the connection open.
    _handle: PlatformHandle,
}

impl X11 {
    /// The window of `context`; `None` where it is none of X11.
    pub fn of(context: &WindowContext) -> Option<Self> {
        let handle = context.platform_handle();
        let RawWindowHandle::Xcb(window) = handle.window_handle().ok()?.as_raw() else {
            return None;
        };
        let RawDisplayHandle::Xcb(display) = handle.display_handle().ok()?.as_raw() else {
            return None;
        };
        // SAFETY: the framework's living connection; `handle` keeps it open, is stored beside what borrows
        // it and dropped after it.
        let connection =
            unsafe { XCBConnection::from_raw_xcb_connection(display.connection?.as_ptr(), false) };
        let connection = connection.ok()?;
        let window = window.window.get();
        let attributes = connection
            .get_window_attributes(window)
            .ok()?
            .reply()
            .ok()?;
        Some(Self {
            connection,
            window,
            mask: attributes.your_event_mask,
            presents: None,
            takes_keys: true,
            before: None,
            _handle: handle,
        })
    }

    /// Lets the answers to requests for a frame be heard from now on.
    pub fn hear_presents(&mut self) {
        let Ok(id) = self.connection.generate_id() else {
            return;
        };
        let mask = present::EventMask::COMPLETE_NOTIFY;
        let selected = self.connection.present_select_input(id, self.window, mask);
        if selected.is_ok_and(|cookie| cookie.check().is_ok()) {
            self.presents = Some(id);
        }
    }

    /// The framework hears the answers itself: the window is drawn.
    pub fn stop_hearing_presents(&mut self) {
        if let Some(id) = self.presents.take() {
            let mask = present::EventMask::NO_EVENT;
            // Twice heard is harmless.
            let _ = self.connection.present_select_input(id, self.window, mask);
        }
    }

    /// Selects keys or leaves them to the host.
    pub fn take_keys(&mut self, takes: bool) {
        if self.takes_keys == takes {
            return;
        }
        let keys = EventMask::KEY_PRESS | EventMask::KEY_RELEASE;
        let mask = if takes {
            self.mask
        } else {
            self.mask.remove(keys)
        };
        let attributes = ChangeWindowAttributesAux::new().event_mask(mask);
        let changed = self
            .connection
            .change_window_attributes(self.window, &attributes);
        if changed.is_ok() && self.connection.flush().is_ok() {
            self.takes_keys = takes;
        }
    }

    /// Remembers who has the keyboard now, unless it is the panel.
    pub fn remember_focus(&mut self) {
        if let Ok(focus) = self.focus()
            && focus != self.window
        {
            self.before = Some(focus);
        }
    }

    /// Gives the keyboard to who had it before, or to the host's window.
    pub fn give_focus_back(&self) {
        let before = self
            .before
            .filter(|window| *window > u32::from(InputFocus::POINTER_ROOT));
        let given = before.is_some_and(|window| self.set_focus(window).is_ok());
        if !given && let Ok(top) = self.top() {
            // One that is not shown cannot have it, and then nobody misses it.
            let _ = self.set_focus(top);
        }
    }

    /// Size of the window that the host has put the panel into, in pixels.
    pub fn parent_size(&self) -> Option<Vec2> {
        let tree = self.connection.query_tree(self.window).ok()?.reply().ok()?;
        if tree.parent == tree.root {
            return None;
        }
        let place = self
            .connection
            .get_geometry(tree.parent)
            .ok()?
            .reply()
            .ok()?;
        Some(Vec2::new(place.width.into(), place.height.into()))
    }

    fn focus(&self) -> Result<Window, ReplyError> {
        Ok(self.connection.get_input_focus()?.reply()?.focus)
    }

    fn set_focus(&self, window: Window) -> Result<(), ReplyError> {
        let revert = InputFocus::PARENT;
        self.connection
            .set_input_focus(revert, window, CURRENT_TIME)?
            .check()
    }

    /// The host's window that the window manager knows or, without one, the outermost.
    fn top(&self) -> Result<Window, ReplyError> {
        let state = self
            .connection
            .intern_atom(false, b"WM_STATE")?
            .reply()?
            .atom;
        let mut window = self.window;
        for _ in 0..MOST_PARENTS {
            let property = self
                .connection
                .get_property(false, window, state, AtomEnum::ANY, 0, 0);
            if property?.reply()?.type_ != u32::from(AtomEnum::NONE) {
                break;
            }
            let tree = self.connection.query_tree(window)?.reply()?;
            if tree.parent == tree.root || tree.parent == 0 {
                break;
            }
            window = tree.parent;
        }
        Ok(window)
    }
}
