//! What only the system can do about the panel's window, behind one face for all systems.

#[cfg(target_os = "linux")]
pub use super::x11::{Screen, X11 as Native};

#[cfg(not(target_os = "linux"))]
pub use elsewhere::{Native, Screen};

/// Windows and macOS, where the framework does nearly all of it.
#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use egui::Vec2;
    use nice_plug_egui::baseview::WindowContext;

    /// The screen, before there is a window.
    #[derive(Debug, Clone, Copy, PartialEq)]
    pub struct Screen {
        /// Pixels a point, where the system says so.
        pub scale: Option<f64>,
        /// Size in pixels.
        pub size: Vec2,
    }

    impl Screen {
        /// Not known before there is a window.
        pub fn read() -> Option<Self> {
            None
        }
    }

    /// The framework's window. Only for the window's thread.
    pub struct Native {
        #[cfg(windows)]
        window: Option<super::super::win32::Focus>,
    }

    #[cfg_attr(not(windows), allow(clippy::unused_self))] // one face for all systems
    impl Native {
        /// The window of `context`.
        #[cfg(windows)]
        pub fn of(context: &WindowContext) -> Option<Self> {
            let window = super::super::win32::Focus::of(context);
            Some(Self { window })
        }

        /// The window of `context`.
        #[cfg(not(windows))]
        pub fn of(_context: &WindowContext) -> Option<Self> {
            Some(Self {})
        }

        /// The framework's pace needs no help here.
        pub fn hear_presents(&mut self) {}

        /// The framework's pace needs no help here.
        pub fn stop_hearing_presents(&mut self) {}

        /// Keys go to who has the focus.
        pub fn take_keys(&mut self, _takes: bool) {}

        /// The host's window gets the focus back, whoever in it had it.
        pub fn remember_focus(&mut self) {}

        /// Gives the keyboard to the host; macOS hands unused keys on by itself.
        pub fn give_focus_back(&self) {
            #[cfg(windows)]
            if let Some(window) = &self.window {
                window.give_back();
            }
        }

        /// Not asked here: the host's own answer counts.
        pub fn parent_size(&self) -> Option<Vec2> {
            None
        }
    }
}
