//! The panel: an egui window in the host. It reads parameters and [`Shared`], and writes only
//! through the host's parameter gestures.

mod ballistics;
#[cfg(test)]
mod contrast;
mod controls;
mod desk;
mod ear;
mod easy;
mod file;
mod grip;
mod history;
mod history_strip;
mod meters;
mod notice;
mod presets;
mod reference;
mod row;
mod scale;
mod sections;
mod spectrum;
mod theme;
mod toolbar;
mod undo;
mod window;

#[cfg(target_os = "linux")]
pub use window::threads;

use std::sync::Arc;
use std::time::Duration;

use egui::{Rect, Ui, pos2};
use nice_plug::context::gui::GuiContext;

use crate::params::AuralisParams;
use crate::params::panel_size::Depth;
use crate::reference_player::ReferencePlayer;
use crate::shared::Shared;
use auralis_dsp::chain::audition::Audition;
use auralis_engine::ear::desk::DeskReading;
use auralis_engine::ear::view::View;
use auralis_engine::params::ParamId;
use controls::Writer;
use ear::EarStrip;
use history_strip::{HistoryStrip, Moment};
use meters::MeterBridge;
use spectrum::SpectrumLook;
use toolbar::Toolbar;

/// Size of a new panel, in logical points.
const SIZE: egui::Vec2 = egui::vec2(1200.0, 840.0);
/// Smallest size that shows everything, in logical points.
const MIN: egui::Vec2 = egui::vec2(1000.0, 720.0);
/// Time between frames while something moves.
const FRAME: Duration = window::LOOK;
/// Width of the meters, in points.
const METERS_WIDTH: f32 = 196.0;
/// Height of the panel below which the reference stands left of the meters, in points.
const LOW: f32 = 800.0;
/// Height below which there are no bars above the numbers, in points.
const LEAST_METERS_HEIGHT: f32 = 76.0;
/// Height of plot and history below which the plot has all of it, in points.
const LEAST_HISTORY_HEIGHT: f32 = 200.0;

/// The editor that hosts open.
pub type PanelEditor = window::PanelEditor<Panel>;

/// What the window draws.
pub struct Panel {
    params: Arc<AuralisParams>,
    shared: Arc<Shared>,
    writer: Writer,
    meters: MeterBridge,
    toolbar: Toolbar,
    ear: EarStrip,
    look: SpectrumLook,
    history: HistoryStrip,
    player: ReferencePlayer,
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
        let player = ReferencePlayer::new(params.persisted.playback.clone());
        Self {
            player,
            params,
            shared,
            writer: Writer::default(),
            meters: MeterBridge::default(),
            toolbar: Toolbar::default(),
            ear: EarStrip::default(),
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
        let heard = reference::banner(&self.params, &self.player).or_else(|| {
            toolbar::not_the_master(&self.params.values(), gain_db, self.shared.audition())
        });
        if let Some(text) = heard {
            let place = row(toolbar::BANNER_HEIGHT);
            if toolbar::banner(ui, place, &self.params, &text, &self.writer) {
                self.end_listening();
            }
        }
        let is_desk = self.params.persisted.panel.depth() == Depth::Desk;
        let place = row(ear::HEIGHT);
        let known = (&*self.params, meters);
        self.ear
            .show(ui, place, known, &picture, is_desk, &self.writer);
        let notice = self.params.persisted.message();
        if !notice.is_empty() {
            notice::show(ui, row(notice::HEIGHT), &self.params, &notice);
        }
        reference::follow(&self.params, &self.player, meters);
        let is_low = rect.height() < LOW;
        if is_desk && !is_low {
            self.reference(ui, row(reference::HEIGHT), &picture.view);
        }
        let below = if is_desk {
            sections::height(rect.size())
        } else {
            easy::height(rect.size())
        };
        let split = room.bottom() - below;
        let plots = Rect::from_min_max(
            pos2(room.left(), top),
            pos2(room.right(), split - theme::GAP),
        );
        let (left, right) = plots.split_left_right_at_x(plots.right() - METERS_WIDTH);
        let mut left = left.with_max_x(left.right() - theme::GAP);
        self.desk(ui, right, picture.view.desk.as_ref());
        if is_desk && is_low {
            let (place, rest) = left.split_top_bottom_at_y(top + reference::HEIGHT);
            self.reference(ui, place, &picture.view);
            left = rest.with_min_y(rest.top() + theme::GAP);
        }
        if left.height() >= LEAST_HISTORY_HEIGHT {
            let (plot, strip) = left.split_top_bottom_at_y(left.bottom() - history_strip::HEIGHT);
            left = plot.with_max_y(plot.bottom() - theme::GAP);
            self.history.show(ui, strip, &self.params);
        }
        let look = &mut self.look;
        look.set_editable(is_desk);
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
        if is_desk {
            let readings = (&*self.shared, &self.meters);
            sections::show(ui, below, &self.params, readings, &self.writer);
        } else {
            easy::show(ui, below, &self.params, &self.writer);
        }
    }

    /// The row of the reference.
    fn reference(&self, ui: &mut Ui, rect: Rect, view: &View) {
        reference::show(ui, rect, &self.params, view, &self.player, &self.writer);
    }

    /// Ends what is heard instead of the master and is no parameter.
    fn end_listening(&self) {
        self.shared.set_audition(Audition::Off);
        self.player.stop();
    }

    /// The meters, and below them the numbers.
    fn desk(&mut self, ui: &Ui, rect: Rect, reading: Option<&DeskReading>) {
        ui.painter()
            .rect_filled(rect, theme::ROUNDING, theme::SURFACE);
        let inner = rect.shrink(8.0);
        let split = (inner.bottom() - desk::height(inner.height())).max(inner.top());
        let (bars, mut numbers) = inner.split_top_bottom_at_y(split);
        let meters = &self.shared.meters;
        let is_limited = self.params.switch(ParamId::LimOn).value();
        let ceiling = self.params.number(ParamId::LimCeiling).value();
        if bars.height() >= LEAST_METERS_HEIGHT {
            self.meters
                .show(ui, bars, meters, is_limited.then_some(ceiling));
        } else {
            numbers = inner;
        }
        desk::show(ui, numbers, &self.params, meters, reading);
    }

    /// Moves the meters on and asks for the next frame while they move by themselves. What else there is
    /// to see brings its own frame when it changes.
    fn advance(&mut self, ctx: &egui::Context) {
        let now = ctx.input(|i| i.time);
        let seconds = self.last_frame_s.map_or(0.0, |last| now - last) as f32;
        self.last_frame_s = Some(now);
        let is_bypassed = self.params.switch(ParamId::Bypass).value();
        self.meters
            .update(&self.shared.meters, seconds.clamp(0.0, 1.0), is_bypassed);
        let output = &self.shared.meters.output_loudness;
        let moment = Moment {
            lufs: [output.short_term.get(), output.momentary.get()],
            reductions_db: self.meters.reductions_db(),
        };
        let [_, compressor_db, limiter_db] = moment.reductions_db;
        self.ear
            .update([compressor_db, limiter_db], seconds.clamp(0.0, 1.0));
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
        self.end_listening();
        spectrum::close(&mut self.look, &self.params, &self.writer);
        self.shared.set_watched(false);
        self.params.persisted.desk.set_watched(false);
        self.writer.close();
    }
}

#[cfg(test)]
mod tests;
