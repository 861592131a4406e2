//! The X server as the host and the user see it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::damage::{ConnectionExt as _, ReportLevel};
use x11rb::protocol::xproto::{
    AtomEnum, ConfigureWindowAux, ConnectionExt as _, CreateWindowAux, EventMask, ImageFormat,
    InputFocus, PropMode, Window, WindowClass,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;
use x11rb::{COPY_DEPTH_FROM_PARENT, CURRENT_TIME};

/// One test at a time has the pointer, the keyboard and the descriptors.
static TURN: Mutex<()> = Mutex::new(());

/// The display, for one test.
pub struct Screen {
    pub x: RustConnection,
    pub root: Window,
    _turn: MutexGuard<'static, ()>,
}

/// What the X server says of a window.
#[derive(Debug, Default, Clone, Copy)]
pub struct Heard {
    /// Frames that were drawn.
    pub frames: usize,
    /// Keys that the host's window got.
    pub keys: usize,
}

impl Screen {
    /// The display; `None`, told, without one that is there for this.
    pub fn open() -> Option<Self> {
        if std::env::var_os("AURALIS_PANEL_TESTS").is_none() {
            eprintln!(
                "SKIPPED: moves the pointer and presses keys; AURALIS_PANEL_TESTS=1 allows it."
            );
            return None;
        }
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let Ok((x, screen)) = RustConnection::connect(None) else {
            eprintln!("SKIPPED: no X display. Start one (Xvfb) and set DISPLAY.");
            return None;
        };
        let root = x.setup().roots[screen].root;
        x.damage_query_version(1, 1).unwrap().reply().unwrap();
        let screen = Self {
            x,
            root,
            _turn: turn,
        };
        screen.set_dpi(None);
        Some(screen)
    }

    /// Sets or removes `Xft.dpi`, as a desktop's settings do.
    pub fn set_dpi(&self, dpi: Option<u32>) {
        let text = dpi.map_or(String::new(), |dpi| format!("Xft.dpi:\t{dpi}\n"));
        let (to, kind) = (AtomEnum::RESOURCE_MANAGER, AtomEnum::STRING);
        let change =
            self.x
                .change_property8(PropMode::REPLACE, self.root, to, kind, text.as_bytes());
        change.unwrap().check().unwrap();
    }

    /// A window of the host's, shown, which hears keys and has the keyboard.
    pub fn window(&self, (width, height): (u32, u32)) -> Window {
        let id = self.x.generate_id().unwrap();
        let events = EventMask::KEY_PRESS | EventMask::STRUCTURE_NOTIFY;
        // Without a window manager nobody moves it.
        let values = CreateWindowAux::new()
            .event_mask(events)
            .override_redirect(1);
        let (width, height) = (width as u16, height as u16);
        self.x
            .create_window(
                COPY_DEPTH_FROM_PARENT,
                id,
                self.root,
                0,
                0,
                width,
                height,
                0,
                WindowClass::INPUT_OUTPUT,
                0,
                &values,
            )
            .unwrap()
            .check()
            .unwrap();
        self.x.map_window(id).unwrap().check().unwrap();
        self.focus(id);
        id
    }

    pub fn resize(&self, window: Window, (width, height): (u32, u32)) {
        let size = ConfigureWindowAux::new().width(width).height(height);
        self.x
            .configure_window(window, &size)
            .unwrap()
            .check()
            .unwrap();
    }

    pub fn destroy(&self, window: Window) {
        self.x.destroy_window(window).unwrap().check().unwrap();
    }

    /// The window inside the host's.
    pub fn child(&self, window: Window) -> Option<Window> {
        let tree = self.x.query_tree(window).unwrap().reply().unwrap();
        tree.children.first().copied()
    }

    pub fn size(&self, window: Window) -> (u32, u32) {
        let place = self.x.get_geometry(window).unwrap().reply().unwrap();
        (place.width.into(), place.height.into())
    }

    /// How many colours a window shows; a black one shows one.
    pub fn colours(&self, window: Window) -> usize {
        let (width, height) = self.size(window);
        let (width, height) = (width as u16, height as u16);
        let image = self
            .x
            .get_image(ImageFormat::Z_PIXMAP, window, 0, 0, width, height, !0);
        // One that is not all on the screen is not to be had.
        let Ok(image) = image.unwrap().reply() else {
            return 0;
        };
        let pixels = image.data.chunks_exact(4).map(|p| [p[0], p[1], p[2]]);
        pixels.collect::<std::collections::HashSet<_>>().len()
    }

    /// Counts the frames of a window from now on.
    pub fn watch(&self, window: Window) {
        let id = self.x.generate_id().unwrap();
        let damage = self
            .x
            .damage_create(id, window, ReportLevel::RAW_RECTANGLES);
        damage.unwrap().check().unwrap();
        self.heard();
    }

    /// What was heard since this was last asked. Several rectangles of one time are one frame.
    pub fn heard(&self) -> Heard {
        self.x.get_input_focus().unwrap().reply().unwrap();
        let (mut heard, mut last) = (Heard::default(), None);
        while let Some(event) = self.x.poll_for_event().unwrap() {
            match event {
                Event::DamageNotify(event) if last != Some(event.timestamp) => {
                    last = Some(event.timestamp);
                    heard.frames += 1;
                }
                Event::KeyPress(_) => heard.keys += 1,
                _ => {}
            }
        }
        heard
    }

    pub fn focus(&self, window: Window) {
        let focus = self
            .x
            .set_input_focus(InputFocus::PARENT, window, CURRENT_TIME);
        focus.unwrap().check().unwrap();
    }

    pub fn focused(&self) -> Window {
        self.x.get_input_focus().unwrap().reply().unwrap().focus
    }

    /// Moves the pointer to a place on the screen.
    pub fn point(&self, (x, y): (i16, i16)) {
        self.fake(6, 0, x, y);
    }

    /// Presses or lets go of the pointer's first button.
    pub fn button(&self, pressed: bool) {
        self.fake(if pressed { 4 } else { 5 }, 1, 0, 0);
    }

    /// Presses a key by its keysym and lets it go.
    pub fn key(&self, keysym: u32) {
        let setup = self.x.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let map = self.x.get_keyboard_mapping(first, last - first + 1);
        let map = map.unwrap().reply().unwrap();
        let columns = usize::from(map.keysyms_per_keycode);
        let at = map
            .keysyms
            .chunks(columns)
            .position(|symbols| symbols[0] == keysym);
        let code = first + u8::try_from(at.expect("a key")).unwrap();
        self.fake(2, code, 0, 0);
        self.fake(3, code, 0, 0);
    }

    fn fake(&self, kind: u8, detail: u8, x: i16, y: i16) {
        let done = self
            .x
            .xtest_fake_input(kind, detail, CURRENT_TIME, self.root, x, y, 0);
        done.unwrap().check().unwrap();
    }
}
