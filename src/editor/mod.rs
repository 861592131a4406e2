//! The panel: an egui window in the host. It reads parameters and [`Shared`], and writes only
//! through the host's parameter gestures.

mod ballistics;
mod controls;
mod desk;
mod file;
mod findings;
mod grip;
mod header;
mod history;
mod history_strip;
mod learning;
mod meters;
mod presets;
mod reference;
mod scale;
mod sections;
mod spectrum;
mod theme;
mod toolbar;
mod undo;
mod window;

use std::sync::Arc;
use std::time::Duration;

use egui::{Rect, Ui, pos2};
use nice_plug::context::gui::GuiContext;

use crate::params::AuralisParams;
use crate::shared::Shared;
use auralis_dsp::chain::audition::Audition;
use auralis_engine::ear::desk::DeskReading;
use auralis_engine::params::ParamId;
use controls::Writer;
use history_strip::{HistoryStrip, Moment};
use meters::MeterBridge;
use spectrum::SpectrumLook;
use toolbar::Toolbar;

/// Size of a new panel, in logical points.
const SIZE: egui::Vec2 = egui::vec2(1200.0, 840.0);
/// Smallest size that shows everything, in logical points.
const MIN: egui::Vec2 = egui::vec2(1000.0, 680.0);
/// Time between frames while something moves.
const FRAME: Duration = window::LOOK;
/// Width of the meters, in points.
const METERS_WIDTH: f32 = 196.0;
/// Least height of the bars above the numbers, in points.
const LEAST_METERS_HEIGHT: f32 = 90.0;

/// The editor that hosts open.
pub type PanelEditor = window::PanelEditor<Panel>;

/// What the window draws.
pub struct Panel {
    params: Arc<AuralisParams>,
    shared: Arc<Shared>,
    writer: Writer,
    meters: MeterBridge,
    toolbar: Toolbar,
    look: SpectrumLook,
    history: HistoryStrip,
    /// Time of the last frame on egui's clock, in seconds; none in a new window.
    last_frame_s: Option<f64>,
}

/// Makes the editor: one panel, which all its windows show.
pub fn create(params: Arc<AuralisParams>, shared: Arc<Shared>) -> Option<PanelEditor> {
    let slot = params.persisted.panel.clone();
    let panel = Panel::new(params.clone(), shared.clone());
    let watch = move || has_changed(params.clone(), shared.clone());
    Some(PanelEditor::new(slot, (SIZE, MIN), panel, watch))
}

/// Tells whether a new frame would show something else than when it was last asked.
fn has_changed(params: Arc<AuralisParams>, shared: Arc<Shared>) -> window::HasChanged {
    let mut last = None;
    Box::new(move || {
        let now = window::Glance::of(&params, &shared);
        let changed = last.as_ref() != Some(&now);
        last = Some(now);
        changed
    })
}

impl Panel {
    /// A panel without a window yet.
    fn new(params: Arc<AuralisParams>, shared: Arc<Shared>) -> Self {
        Self {
            params,
            shared,
            writer: Writer::default(),
            meters: MeterBridge::default(),
            toolbar: Toolbar::default(),
            look: SpectrumLook::default(),
            history: HistoryStrip::default(),
            last_frame_s: None,
        }
    }

    /// Draws everything, in a scrolled area where the window is smaller than the smallest size.
    fn draw(&mut self, ui: &mut Ui) {
        let room = ui.max_rect();
        let wanted = MIN;
        if room.width() + 0.5 >= wanted.x && room.height() + 0.5 >= wanted.y {
            self.layout(ui, room);
            return;
        }
        egui::ScrollArea::both()
            .scroll_source(egui::scroll_area::ScrollSource::SCROLL_BAR)
            .show(ui, |ui| {
                let size = room.size().max(wanted);
                let (rect, _) = ui.allocate_exact_size(size, egui::Sense::empty());
                self.layout(ui, rect);
            });
    }

    /// Places the parts in `rect`.
    fn layout(&mut self, ui: &mut Ui, rect: Rect) {
        let picture = self.shared.picture().clone();
        let room = rect.shrink(8.0);
        let mut top = room.top();
        let mut row = |height: f32| {
            let place = Rect::from_x_y_ranges(room.x_range(), top..=top + height);
            top = place.bottom() + theme::GAP;
            place
        };
        let meters = &self.shared.meters;
        let place = row(toolbar::HEIGHT);
        self.toolbar
            .show(ui, place, &self.params, meters, &self.writer);
        let gain_db = meters.adaptive().matched_gain_db;
        if let Some(text) = toolbar::not_the_master(&self.params.values(), gain_db) {
            let place = row(toolbar::BANNER_HEIGHT);
            toolbar::banner(ui, place, &self.params, &text, &self.writer);
        }
        header::show(
            ui,
            row(header::HEIGHT),
            &self.params,
            &picture.view,
            &self.writer,
        );
        let notice = self.params.persisted.message();
        if !notice.is_empty() {
            header::notice(ui, row(header::NOTICE_HEIGHT), &self.params, &notice);
        }
        learning::show(
            ui,
            row(learning::HEIGHT),
            &self.params,
            &picture.view,
            &self.writer,
        );
        reference::show(ui, row(reference::HEIGHT), &self.params, &picture.view);
        let split = room.bottom() - sections::height(rect.size());
        let plots = Rect::from_min_max(
            pos2(room.left(), top),
            pos2(room.right(), split - theme::GAP),
        );
        let (left, right) = plots.split_left_right_at_x(plots.right() - METERS_WIDTH);
        let left = left.with_max_x(left.right() - theme::GAP);
        self.desk(ui, right, picture.view.desk.as_ref());
        let (left, strip) = left.split_top_bottom_at_y(left.bottom() - history_strip::HEIGHT);
        let left = left.with_max_y(left.bottom() - theme::GAP);
        self.history.show(ui, strip, &self.params);
        let look = &mut self.look;
        spectrum::show(
            ui,
            left,
            &self.params,
            &picture,
            look,
            &self.shared,
            &self.writer,
        );
        let below = Rect::from_min_max(pos2(room.left(), split), room.max);
        sections::show(ui, below, &self.params, &self.shared.meters, &self.writer);
    }

    /// The meters, and below them the numbers.
    fn desk(&mut self, ui: &Ui, rect: Rect, reading: Option<&DeskReading>) {
        ui.painter()
            .rect_filled(rect, theme::ROUNDING, theme::SURFACE);
        let inner = rect.shrink(8.0);
        let split = (inner.bottom() - desk::HEIGHT).max(inner.top() + LEAST_METERS_HEIGHT);
        let (bars, numbers) = inner.split_top_bottom_at_y(split);
        let meters = &self.shared.meters;
        let is_limited = self.params.switch(ParamId::LimOn).value();
        let ceiling = self.params.number(ParamId::LimCeiling).value();
        self.meters
            .show(ui, bars, meters, is_limited.then_some(ceiling));
        desk::show(ui, numbers, &self.params, meters, reading);
    }

    /// Moves the meters on and asks for the next frame while they move by themselves. What else there is
    /// to see brings its own frame when it changes.
    fn advance(&mut self, ctx: &egui::Context) {
        let now = ctx.input(|i| i.time);
        let seconds = self.last_frame_s.map_or(0.0, |last| now - last) as f32;
        self.last_frame_s = Some(now);
        self.meters
            .update(&self.shared.meters, seconds.clamp(0.0, 1.0));
        let output = &self.shared.meters.output_loudness;
        let moment = Moment {
            lufs: [output.short_term.get(), output.momentary.get()],
            reductions_db: self.meters.reductions_db(),
        };
        self.history.update(moment, seconds.clamp(0.0, 1.0));
        if self.meters.moves() {
            ctx.request_repaint_after(FRAME);
        }
    }
}

impl window::Content for Panel {
    fn open(&mut self, ctx: &egui::Context, gui: GuiContext) {
        theme::apply(ctx);
        self.writer.open(gui);
        self.last_frame_s = None;
        self.shared.set_watched(true);
        self.params.persisted.desk.set_watched(true);
    }

    fn show(&mut self, ui: &mut Ui) {
        self.advance(ui.ctx());
        egui::CentralPanel::default()
            .frame(egui::Frame::NONE) // the window is cleared with the background
            .show(ui, |ui| {
                let area = ui.max_rect();
                self.draw(ui);
                grip::show(ui, area, MIN);
            });
    }

    fn close(&mut self) {
        self.shared.set_audition(Audition::Off);
        self.shared.set_watched(false);
        self.params.persisted.desk.set_watched(false);
        self.writer.close();
    }
}

#[cfg(test)]
mod tests;
