//! One open window: the panel, and what goes on around it from frame to frame.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use egui::epaint::ImageDelta;
use egui::{Context, TextureId, TextureOptions, Ui, Vec2, ViewportCommand};
use nice_plug::context::gui::GuiContext;
use nice_plug_egui::baseview::{HandlerError, WindowContext, WindowSize};
use nice_plug_egui::{Frame, NiceEguiApp};

use super::follow::{self, Follow};
use super::geometry::Geometry;
use super::keys::{self, Keys};
use super::native::Native;
use super::pace::Pace;
use super::wake::{Clock, Wake};
use crate::editor::theme;
use crate::params::panel_size::PanelSize;

/// Time between two looks at whether the host follows.
const FOLLOW_LOOK: Duration = Duration::from_millis(100);

/// Time in which the window has the size that the panel asks for.
const ANSWER: Duration = Duration::from_secs(2);

/// Where a request for a size is noted.
fn asks_id() -> egui::Id {
    egui::Id::unique("window asks for a size")
}

/// Asks the host for another size of the window, in points.
pub fn request_size(ctx: &Context, size: Vec2) {
    ctx.data_mut(|data| data.insert_temp(asks_id(), true));
    ctx.send_viewport_cmd(ViewportCommand::InnerSize(size));
}

/// What windows draw, one at a time.
pub trait Content: Send + 'static {
    /// The window opens; `gui` writes parameters.
    fn open(&mut self, ctx: &Context, gui: GuiContext);

    /// Draws a frame and asks for the next one where something moves.
    fn show(&mut self, ui: &mut Ui);

    /// The window closes.
    fn close(&mut self);
}

/// Says whether what is shown is other than when it was last asked.
pub type HasChanged = Box<dyn FnMut() -> bool + Send>;

/// The content as one window has it: until the window is closed, by whoever does it first. That is the host's
/// call or, where the window ends by itself, the window's thread, which ends some time after that call.
pub struct Slot<C: Content> {
    content: Arc<Mutex<C>>,
    is_open: Arc<AtomicBool>,
}

impl<C: Content> Slot<C> {
    /// A window that is about to open.
    pub fn new(content: Arc<Mutex<C>>) -> Self {
        Self {
            content,
            is_open: Arc::new(AtomicBool::new(true)),
        }
    }

    /// The same window.
    pub fn share(&self) -> Self {
        Self {
            content: self.content.clone(),
            is_open: self.is_open.clone(),
        }
    }

    /// Uses the content unless the window is closed.
    fn with(&self, use_it: impl FnOnce(&mut C)) {
        let mut content = self.lock();
        if self.is_open.load(Ordering::Acquire) {
            use_it(&mut content);
        }
    }

    /// The window is closed.
    pub fn close(&self) {
        let mut content = self.lock();
        if self.is_open.swap(false, Ordering::AcqRel) {
            content.close();
        }
    }

    fn lock(&self) -> MutexGuard<'_, C> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One window, from when it opens until it is closed.
pub struct App<C: Content> {
    content: Slot<C>,
    geometry: Arc<Geometry>,
    wake: Wake,
    has_changed: Option<HasChanged>,
    clock: Option<Clock>,
    native: Option<Native>,
    keys: Keys,
    pace: Pace,
    follow: Follow,
    has_drawn: bool,
    /// What the window last was.
    size: PanelSize,
    /// The zoom, which changes before the size does.
    zoom: f32,
    /// When the panel last asked for another size.
    asked: Option<Instant>,
    sizes_by_host: u32,
}

impl<C: Content> App<C> {
    /// A window of `size` that is not open yet.
    pub fn new(
        content: Slot<C>,
        size: PanelSize,
        geometry: Arc<Geometry>,
        wake: Wake,
        has_changed: HasChanged,
    ) -> Self {
        Self {
            content,
            wake,
            has_changed: Some(has_changed),
            clock: None,
            native: None,
            keys: Keys::default(),
            pace: Pace::default(),
            follow: Follow::default(),
            has_drawn: false,
            size,
            zoom: size.zoom,
            asked: None,
            sizes_by_host: geometry.sizes_by_host(),
            geometry,
        }
    }

    /// Lets the keyboard be where it belongs.
    fn place_keyboard(&mut self, ctx: &Context, window: &WindowContext) {
        let (is_held, is_over) = ctx.input(|i| {
            (
                i.pointer.any_down(),
                i.pointer.is_moving() && i.pointer.has_pointer(),
            )
        });
        let step = self.keys.step(keys::Seen {
            uses_keys: ctx.egui_wants_keyboard_input(),
            has_focus: window.has_focus(),
            is_held,
            is_over,
        });
        if let Some(native) = &mut self.native
            && keys::apply(step, native, self.keys.are_taken())
        {
            // Without the focus the field is typed into while the pointer is over the panel.
            let _ = window.focus();
        }
    }

    /// Goes back to the size before where the host does not follow.
    fn follow_host(&mut self, ctx: &Context, window: &WindowContext) {
        let now = Instant::now();
        let physical = window.size().physical;
        let step = self.follow.step(
            follow::Seen {
                window: Vec2::new(physical.width as f32, physical.height as f32),
                around: self.native.as_ref().and_then(Native::parent_size),
                size: self.size,
                sizes_by_host: self.geometry.sizes_by_host(),
            },
            now,
        );
        match step {
            follow::Step::Rest => {}
            follow::Step::Wait => ctx.request_repaint_after(FOLLOW_LOOK),
            follow::Step::Ask(seconds) => self.ask(ctx, seconds),
            follow::Step::Return(size) => {
                ctx.set_zoom_factor(size.zoom);
                let inner = Vec2::new(size.width, size.height);
                ctx.send_viewport_cmd(ViewportCommand::InnerSize(inner));
            }
        }
        if self.follow.tells(now) {
            let text = "This host keeps its window as it is: the panel has its size from before.";
            note(ctx, |ui| ui.label(text));
            ctx.request_repaint_after(Duration::from_secs(1));
        }
    }

    /// Asks whether the size is to stay.
    fn ask(&mut self, ctx: &Context, seconds: u64) {
        note(ctx, |ui| {
            ui.horizontal(|ui| {
                ui.label(format!("Keep this size? Back in {seconds} s."));
                if ui.button("Keep").clicked() {
                    self.follow.keep();
                }
                if ui.button("Back").clicked() {
                    self.follow.refuse();
                }
            })
            .response
        });
        ctx.request_repaint_after(FOLLOW_LOOK);
    }
}

/// A line in the corner that is always to be seen.
fn note(ctx: &Context, add: impl FnOnce(&mut Ui) -> egui::Response) {
    let frame = egui::Frame::new()
        .fill(theme::RAISED)
        .stroke(egui::Stroke::new(1.0, theme::ACCENT))
        .inner_margin(8.0);
    egui::Area::new(egui::Id::unique("window note"))
        .order(egui::Order::Foreground)
        .fixed_pos(egui::pos2(8.0, 8.0))
        .show(ctx, |ui| frame.show(ui, add));
}

/// Saves a software renderer a third of its work at each frame: the background is what the window is cleared
/// with, and texels of the fonts, which lie on pixels, are taken as they are instead of mixed from four.
fn cheap_pixels(ctx: &Context, frame: &mut Frame) {
    let [r, g, b, a] = theme::BACKGROUND.to_array().map(|c| f32::from(c) / 255.0);
    frame.set_clear_color(egui::Rgba::from_rgba_premultiplied(r, g, b, a));
    // egui asks for the mixing anew whenever a glyph is added, and knows no texture before its first pass.
    // Its first texel is white.
    if ctx.cumulative_pass_nr() > 1 {
        let white = egui::ColorImage::filled([1, 1], egui::Color32::WHITE);
        let texel = ImageDelta::partial([0, 0], white, TextureOptions::NEAREST);
        ctx.tex_manager().write().set(TextureId::default(), texel);
    }
}

impl<C: Content> NiceEguiApp for App<C> {
    fn build(
        &mut self,
        ctx: Context,
        gui: GuiContext,
        frame: &mut Frame,
    ) -> Result<(), HandlerError> {
        let window = frame.baseview_window();
        let waker = window.waker();
        self.wake.open(move || waker.request_redraw());
        // In place of the framework's own, whose delayed requests pile up.
        let wake = self.wake.clone();
        ctx.set_request_repaint_callback(move |info| wake.after(info.delay));
        // The size has a menu of its own, and the host its own keys.
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        // Discs of the fonts' texture do not lie on pixels.
        ctx.tessellation_options_mut(|options| options.prerasterized_discs = false);
        self.native = Native::of(window);
        if let Some(native) = &mut self.native {
            native.hear_presents();
            native.take_keys(false);
        }
        self.geometry.opens(window.size());
        self.content.with(|content| content.open(&ctx, gui));
        if let Some(has_changed) = self.has_changed.take() {
            self.clock = Some(self.wake.start(has_changed));
        }
        Ok(())
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut Frame) {
        self.wake.frame_begins(self.pace.frame_begins());
        cheap_pixels(ui.ctx(), frame);
        if !std::mem::replace(&mut self.has_drawn, true)
            && let Some(native) = &mut self.native
        {
            native.stop_hearing_presents();
        }
        self.content.with(|content| content.show(ui));
        if ui
            .ctx()
            .data_mut(|data| data.remove_temp::<bool>(asks_id()))
            .is_some()
        {
            self.asked = Some(Instant::now());
        }
        let window = frame.baseview_window();
        self.place_keyboard(ui.ctx(), window);
        self.follow_host(ui.ctx(), window);
    }

    fn resized(&mut self, new_size: WindowSize) {
        let zoom = self.zoom;
        let scale = new_size.scale_factor / f64::from(zoom);
        self.geometry.resized(new_size.physical, scale, zoom);
        let before = std::mem::replace(
            &mut self.size,
            PanelSize {
                width: new_size.logical.width as f32,
                height: new_size.logical.height as f32,
                zoom,
            },
        );
        let sizes_by_host = self.geometry.sizes_by_host();
        let by_host = std::mem::replace(&mut self.sizes_by_host, sizes_by_host) != sizes_by_host;
        let now = Instant::now();
        let is_own = self
            .asked
            .is_some_and(|at| now.saturating_duration_since(at) < ANSWER);
        if is_own && !by_host {
            self.follow.asked(before, sizes_by_host, now);
        }
    }

    fn zoom_factor_changed(&mut self, zoom_factor: f32) {
        // The window's size follows.
        self.zoom = zoom_factor;
        self.asked = Some(Instant::now());
    }
}

impl<C: Content> Drop for App<C> {
    fn drop(&mut self) {
        // The clock first: it wakes the window.
        self.clock = None;
        self.content.close();
    }
}
