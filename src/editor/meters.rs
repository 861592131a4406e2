//! Peak meters of input and output, and gain reduction.

use egui::{Align2, Color32, Painter, Rect, Sense, Stroke, Ui, pos2, vec2};

use super::ballistics::Ballistics;
use super::theme;
use crate::shared::{Meter, Meters};
use auralis_dsp::basics::decibel::{SILENCE_DB, gain_to_db};

/// Bottom of the peak meters, in dBFS.
const FLOOR_DB: f32 = -60.0;
/// Top of the peak meters, in dBFS.
const TOP_DB: f32 = 3.0;
/// Full length of a gain reduction meter, in dB.
const REDUCTION_DB: f32 = 18.0;
/// Labels of the peak meters, in dBFS.
const MARKS_DB: [i32; 7] = [0, -6, -12, -18, -30, -42, -60];
/// Width of the labels between input and output, in points.
const SCALE_WIDTH: f32 = 22.0;
/// What of a peak meter's readings is worth a repaint, in dBFS.
const STILL_DB: f32 = -90.0;

/// State of the meters between frames.
pub struct MeterBridge {
    input: [Ballistics; 2],
    output: [Ballistics; 2],
    compressor: Ballistics,
    limiter: Ballistics,
    /// Whether input and output have clipped since the user last looked.
    clipped: [bool; 2],
}

impl Default for MeterBridge {
    fn default() -> Self {
        Self {
            input: [Ballistics::level(); 2],
            output: [Ballistics::level(); 2],
            compressor: Ballistics::new(0.0),
            limiter: Ballistics::new(0.0),
            clipped: [false; 2],
        }
    }
}

impl MeterBridge {
    /// Takes new readings, `seconds` after the last ones.
    pub fn update(&mut self, meters: &Meters, seconds: f32) {
        let [input_clips, output_clips] = &mut self.clipped;
        read(&mut self.input, &meters.input_peak, seconds, input_clips);
        read(&mut self.output, &meters.output_peak, seconds, output_clips);
        let take = |meter: &Meter| meter.take(0.0).max(0.0);
        let compressor = take(&meters.compressor_reduction_db);
        self.compressor.update(compressor, seconds);
        let limiter = take(&meters.limiter_reduction_db);
        self.limiter.update(limiter, seconds);
    }

    /// Whether a bar still moves.
    pub fn moves(&self) -> bool {
        let mut signals = self.input.iter().chain(&self.output);
        signals.any(|bar| bar.moves(STILL_DB))
            || self.compressor.moves(0.0)
            || self.limiter.moves(0.0)
    }

    /// What compressor and limiter take away now, in dB, positive.
    pub fn reductions_db(&self) -> [f32; 2] {
        [self.compressor.level_db, self.limiter.level_db]
    }

    /// Draws all meters in `rect`, the ceiling marked on the output where the limiter holds it.
    pub fn show(&mut self, ui: &Ui, rect: Rect, meters: &Meters, ceiling_db: Option<f32>) {
        let channels = if meters.channels.get() < 1.5 { 1 } else { 2 };
        self.bars(ui, rect, channels, ceiling_db);
    }

    /// The bars side by side: input, output, gain reduction, with their scale.
    fn bars(&mut self, ui: &Ui, rect: Rect, channels: usize, ceiling_db: Option<f32>) {
        let width = (rect.width() - SCALE_WIDTH) / 3.0;
        let column = |left: f32| {
            let min = pos2(rect.left() + left, rect.top());
            Column::new(Rect::from_min_size(min, vec2(width, rect.height() - 8.0)))
        };
        let (input, output) = (column(0.0), column(width + SCALE_WIDTH));
        let painter = ui.painter();
        marks(painter, input.bars.right() + 0.5 * SCALE_WIDTH, input.bars);
        input.signal(painter, &self.input[..channels], theme::INPUT, "In");
        output.signal(painter, &self.output[..channels], theme::OUTPUT, "Out");
        if let Some(db) = ceiling_db {
            let y = level_y(db, output.bars);
            painter.hline(output.bars.x_range(), y, Stroke::new(1.0, theme::TARGET));
        }
        input.clip_lamp(ui, "In", &self.input, &mut self.clipped[0]);
        output.clip_lamp(ui, "Out", &self.output, &mut self.clipped[1]);
        column(2.0 * width + SCALE_WIDTH).reductions(ui, &[self.compressor, self.limiter]);
    }
}

/// Takes the peaks of one signal.
fn read(bars: &mut [Ballistics; 2], peaks: &[Meter; 2], seconds: f32, clipped: &mut bool) {
    for (bar, peak) in bars.iter_mut().zip(peaks) {
        let gain = peak.take(0.0);
        *clipped |= gain > 1.0;
        bar.update(gain_to_db(gain), seconds);
    }
}

/// Height of a level on a peak meter.
fn level_y(db: f32, bars: Rect) -> f32 {
    let share = (db.clamp(FLOOR_DB, TOP_DB) - FLOOR_DB) / (TOP_DB - FLOOR_DB);
    bars.bottom() - bars.height() * share
}

/// Labels of the peak meters, centred on `x`.
fn marks(painter: &Painter, x: f32, bars: Rect) {
    let mut free = f32::MIN;
    for db in MARKS_DB {
        let at = pos2(x, level_y(db as f32, bars));
        if at.y < free {
            continue;
        }
        free = at.y + 11.0;
        let text = db.abs().to_string();
        painter.text(
            at,
            Align2::CENTER_CENTER,
            text,
            theme::font(10.0),
            theme::DIM,
        );
    }
}

/// A level to read, with a dash for none.
fn number(db: f32) -> String {
    if db > -99.95 {
        format!("{db:.1}")
    } else {
        "\u{2013}".to_owned()
    }
}

/// Some bars with a number above and a name below.
struct Column {
    head: Rect,
    bars: Rect,
    foot: Rect,
}

impl Column {
    /// The parts of `rect`.
    fn new(rect: Rect) -> Self {
        let (head, rest) = rect.split_top_bottom_at_y(rect.top() + 18.0);
        let (bars, foot) = rest.split_top_bottom_at_y(rest.bottom() - 16.0);
        Self {
            head: head.shrink2(vec2(2.0, 1.0)),
            bars: bars.shrink2(vec2(0.0, 5.0)),
            foot,
        }
    }

    /// The `i`th of `count` bars.
    fn bar(&self, i: usize, count: usize) -> Rect {
        let width = 13.0;
        let middle = 0.5 * (count as f32 - 1.0);
        let x = self.bars.center().x + (i as f32 - middle) * (width + 4.0);
        Rect::from_center_size(
            pos2(x, self.bars.center().y),
            vec2(width, self.bars.height()),
        )
    }

    /// The name below the bars.
    fn name(&self, painter: &Painter, x: f32, name: &str) {
        let font = theme::font(theme::LABEL_SIZE);
        let at = pos2(x, self.foot.center().y);
        painter.text(at, Align2::CENTER_CENTER, name, font, theme::DIM);
    }

    /// Bars of one signal.
    fn signal(&self, painter: &Painter, levels: &[Ballistics], color: Color32, name: &str) {
        for (i, level) in levels.iter().enumerate() {
            let bar = self.bar(i, levels.len());
            painter.rect_filled(bar, 2.0, theme::BACKGROUND);
            let top = level_y(level.level_db, self.bars);
            let lit = Rect::from_min_max(pos2(bar.left(), top), bar.max);
            painter.rect_filled(lit, 2.0, color);
            let over = Rect::from_min_max(lit.min, pos2(bar.right(), level_y(0.0, self.bars)));
            if over.height() > 0.0 {
                painter.rect_filled(over, 2.0, theme::ALARM);
            }
            if level.peak_db > FLOOR_DB {
                let y = level_y(level.peak_db, self.bars);
                painter.hline(bar.x_range(), y, Stroke::new(1.5, theme::TEXT));
            }
        }
        self.name(painter, self.bars.center().x, name);
    }

    /// The held peak, red since the last clip until it is clicked.
    fn clip_lamp(&self, ui: &Ui, name: &str, levels: &[Ballistics], clipped: &mut bool) {
        let response = ui
            .interact(self.head, ui.scope_id().with(("clip", name)), Sense::CLICK)
            .on_hover_text("Held peak in dBFS. Red: it went over 0 dBFS. Click to clear.");
        if response.clicked() {
            *clipped = false;
        }
        let fill = if *clipped {
            theme::ALARM
        } else {
            theme::BACKGROUND
        };
        ui.painter().rect_filled(self.head, 3.0, fill);
        let peak = levels.iter().map(|level| level.peak_db);
        let text = number(peak.fold(SILENCE_DB, f32::max));
        let font = theme::font(theme::LABEL_SIZE);
        let at = self.head.center();
        ui.painter()
            .text(at, Align2::CENTER_CENTER, text, font, theme::TEXT);
    }

    /// Gain reduction of compressor and limiter, downwards from the top.
    fn reductions(&self, ui: &Ui, levels: &[Ballistics; 2]) {
        let painter = ui.painter();
        let font = theme::font(theme::LABEL_SIZE);
        let deepest = levels[0].peak_db.max(levels[1].peak_db);
        let text = format!("GR {deepest:.1}");
        let at = self.head.center();
        painter.text(at, Align2::CENTER_CENTER, text, font, theme::REDUCTION);
        for (i, (level, name)) in levels.iter().zip(["C", "L"]).enumerate() {
            let bar = self.bar(i, 2);
            painter.rect_filled(bar, 2.0, theme::BACKGROUND);
            let y = |db: f32| bar.top() + bar.height() * (db / REDUCTION_DB).clamp(0.0, 1.0);
            let lit = Rect::from_min_max(bar.min, pos2(bar.right(), y(level.level_db)));
            painter.rect_filled(lit, 2.0, theme::REDUCTION);
            if level.peak_db > 0.05 {
                let stroke = Stroke::new(1.5, theme::TEXT);
                painter.hline(bar.x_range(), y(level.peak_db), stroke);
            }
            self.name(painter, bar.center().x, name);
        }
        let id = ui.scope_id().with("reduction");
        ui.interact(self.bars, id, Sense::empty()).on_hover_text(
            "Gain reduction of the compressor (C) and the limiter (L), 18 dB in full.",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clip_stands_until_it_is_cleared_and_peaks_are_taken_once() {
        let (meters, mut bridge) = (Meters::default(), MeterBridge::default());
        meters.output_peak[1].raise(1.01);
        bridge.update(&meters, 0.02);
        bridge.update(&meters, 0.02);
        assert_eq!(bridge.clipped, [false, true]);
        assert_eq!(meters.output_peak[1].get(), 0.0);
    }

    #[test]
    fn a_quiet_bridge_comes_to_rest() {
        let (meters, mut bridge) = (Meters::default(), MeterBridge::default());
        meters.input_peak[0].raise(1.0);
        bridge.update(&meters, 0.02);
        assert!(bridge.moves());
        (0..2000).for_each(|_| bridge.update(&meters, 0.02));
        assert!(!bridge.moves());
    }
}
