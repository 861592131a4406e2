//! The panel's window in the host, around the framework's: when it draws, how large it is, who has the
//! keyboard, and that nothing of it stays when it is closed.
//!
//! The framework's editor is told when a window opens and not when it is closed. Here each window has an
//! editor of the framework of its own, and the panel, which outlives them, is told both: it lets go of all
//! that holds on to the window, and ends gestures.

mod app;
mod follow;
mod geometry;
mod glance;
mod handle;
mod keys;
mod native;
mod pace;
mod wake;
#[cfg(windows)]
mod win32;
#[cfg(target_os = "linux")]
mod x11;

use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use egui::Vec2;
use nice_plug::context::gui::GuiContext;
use nice_plug::editor::dpi::{LogicalSize, NativeSize};
use nice_plug::editor::{
    Editor, EditorHandle, HostMethods, ParentWindowHandle, ResizeHint, SpawnedEditor,
};
use nice_plug_egui::{
    EguiEditorState, EguiNiceSettings, GraphicsConfig, RepaintNotifier, create_egui_editor,
};

pub use app::{Content, HasChanged, request_size};
pub use glance::Glance;
pub use wake::LOOK;

use app::{App, Slot};
use geometry::Geometry;
use handle::Handle;
use wake::Wake;

use crate::params::panel_size::PanelSlot;

/// Poll interval of the framework's repaint timer: never. See [`wake`].
const NO_POLL: Duration = Duration::from_secs(3600);

/// The panel of an instance: opens windows, one at a time.
pub struct PanelEditor<C: Content> {
    geometry: Arc<Geometry>,
    /// Smallest size, in points.
    least: Vec2,
    content: Arc<Mutex<C>>,
    /// Makes what tells a window whether there is something else to see.
    watch: Box<dyn Fn() -> HasChanged + Send>,
}

impl<C: Content> PanelEditor<C> {
    /// A panel that is `usual` large, in points, where no size is kept in `slot`, and at least `least`.
    pub fn new(
        slot: PanelSlot,
        (usual, least): (Vec2, Vec2),
        content: C,
        watch: impl Fn() -> HasChanged + Send + 'static,
    ) -> Self {
        Self {
            geometry: Arc::new(Geometry::new(slot, usual, least)),
            least,
            content: Arc::new(Mutex::new(content)),
            watch: Box::new(watch),
        }
    }

    /// What the framework is told of each window.
    fn settings(&self) -> EguiNiceSettings {
        // Dithering costs a software renderer 7 % of each frame, and the panel has no gradients.
        let graphics = GraphicsConfig {
            dithering: false,
            ..GraphicsConfig::default()
        };
        EguiNiceSettings::new()
            .with_tile("Auralis")
            .with_graphics_config(graphics)
            .with_repaint_poll_interval(NO_POLL)
            .with_resize_hint(self.resize_hint())
    }
}

impl<C: Content> Editor for PanelEditor<C> {
    type Handle = Handle;

    fn spawn(
        &self,
        parent: Option<ParentWindowHandle>,
        wait_for_parent: bool,
        fallback_scale_factor: Option<f64>,
        gui_context: GuiContext,
        host: Option<HostMethods>,
    ) -> Result<SpawnedEditor<Handle>, Box<dyn Error>> {
        if let Some(scale) = fallback_scale_factor {
            self.geometry.suggest(scale);
        }
        let size = self.geometry.to_open();
        let state =
            EguiEditorState::from_size(LogicalSize::new(size.width, size.height), size.zoom);
        let wake = Wake::default();
        let content = Slot::new(self.content.clone());
        let closing = content.share();
        let app = App::new(
            content,
            size,
            self.geometry.clone(),
            wake.clone(),
            (self.watch)(),
        );
        let notifier = RepaintNotifier::new();
        let editor = create_egui_editor(state, notifier, self.settings(), app);
        let editor = editor.ok_or("no editor")?;
        // On X11 a window that is made with a suggested scale has the size of a scale of 1, and the same
        // suggestion again changes nothing. Made without and told afterwards, it has both right.
        let suggested = self.geometry.suggested();
        let at_first = suggested.filter(|_| !cfg!(target_os = "linux"));
        let spawned = editor.spawn(parent, wait_for_parent, at_first, gui_context, host)?;
        if let Some(scale) = suggested {
            spawned
                .handle
                .set_fallback_scale_factor(scale, &spawned.window)?;
        }
        Ok(SpawnedEditor {
            handle: Handle {
                inner: spawned.handle,
                geometry: self.geometry.clone(),
                wake,
                close: Box::new(move || closing.close()),
            },
            window: spawned.window,
        })
    }

    fn size(&self) -> NativeSize<u32> {
        self.geometry.native()
    }

    fn resize_hint(&self) -> ResizeHint {
        let least = LogicalSize::new(self.least.x, self.least.y);
        ResizeHint::RESIZABLE.with_min_logical_size(least)
    }
}
