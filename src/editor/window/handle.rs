//! The framework's handle on an open window, with what the panel has to know of it.

use std::sync::Arc;

use nice_plug::editor::dpi::NativeSize;
use nice_plug::editor::{EditorHandle, Modifiers, ParentWindowHandle, VirtualKeyCode};
use nice_plug_egui::EguiEditorHandle;
use nice_plug_egui::baseview::{Error, Window};

use super::geometry::Geometry;
use super::wake::Wake;

/// An open window.
pub struct Handle {
    pub(super) inner: EguiEditorHandle,
    pub(super) geometry: Arc<Geometry>,
    pub(super) wake: Wake,
    /// Closes the panel.
    pub(super) close: Box<dyn Fn() + Send>,
}

impl EditorHandle for Handle {
    type Window = Window;
    type Error = Error;

    fn run_until_closed(window: Window) -> Result<(), Error> {
        window.run_until_closed()
    }

    fn set_parent(&self, parent: ParentWindowHandle, window: &Window) -> Result<(), Error> {
        self.inner.set_parent(parent, window)
    }

    fn show(&self, window: &Window) -> Result<(), Error> {
        let shown = self.inner.show(window);
        self.wake.now();
        shown
    }

    fn hide(&self, window: &Window) -> Result<(), Error> {
        self.inner.hide(window)
    }

    fn set_size(&self, new_size: NativeSize<u32>, window: &Window) -> Result<(), Error> {
        self.geometry.sized_by_host();
        let done = self.inner.set_size(new_size, window);
        self.wake.now();
        done
    }

    fn host_main_thread_callback(&self, window: &Window) {
        self.inner.host_main_thread_callback(window);
    }

    fn adjust_size(&self, size: NativeSize<u32>, window: &Window) -> Option<NativeSize<u32>> {
        self.inner.adjust_size(size, window)
    }

    fn set_fallback_scale_factor(&self, scale: f64, window: &Window) -> Result<(), Error> {
        self.geometry.suggest(scale);
        let done = self.inner.set_fallback_scale_factor(scale, window);
        self.wake.now();
        done
    }

    fn on_virtual_key_from_host(
        &self,
        key: VirtualKeyCode,
        is_down: bool,
        modifiers: Modifiers,
    ) -> bool {
        self.inner.on_virtual_key_from_host(key, is_down, modifiers)
    }

    fn state_changed(&self) {
        self.wake.now();
    }

    fn param_value_changed(&self, _id: &str, _normalized: f32) {
        self.wake.now();
    }

    fn param_modulation_changed(&self, _id: &str, _offset: f32) {
        self.wake.now();
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // Here and not on the window's thread, which may outlive the plug-in.
        (self.close)();
        self.geometry.closed();
    }
}
