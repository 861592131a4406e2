//! The compressor's transfer curve, and where it stands on it now.

use egui::{Align2, Color32, Painter, Pos2, Rect, Sense, Shape, Stroke, Ui, pos2, vec2};

use crate::editor::theme;
use auralis_dsp::dynamics::compressor::{CompressorSettings, OperatingPoint};

/// Lowest level of both axes, in dB; the highest is 0.
const FLOOR_DB: f32 = -60.0;
/// Levels of the grid, in dB.
const GRID_DB: [f32; 4] = [-48.0, -36.0, -24.0, -12.0];
/// Height of a number below the plot, in points.
const ROW: f32 = 14.0;
/// Makeup that is worth a curve of its own, in dB.
const LEAST_MAKEUP_DB: f32 = 0.05;
/// What the plot says about itself.
const HELP: &str = "Output over input level, both from -60 to 0 dB, with the threshold, ratio and knee in use and with Mix. \
    The dot is the level that the detector hears and what is left of it now; the ring is the bass, with Low split. \
    Dashed: nothing is taken away. Faint: with the makeup.";

/// What is drawn.
pub struct Curve {
    /// The settings as the analysis has moved them.
    pub played: CompressorSettings,
    /// Where everything or the high band stands, and the low band.
    pub points: [OperatingPoint; 2],
    /// False where the compressor is off.
    pub is_lively: bool,
}

/// Output level in dB of a steady input of `level_db`, by the processor's own curve.
fn output_db(settings: &CompressorSettings, level_db: f32) -> f32 {
    level_db + settings.static_gain_db(level_db)
}

impl Curve {
    /// Draws the plot in the upper part of `rect`, its numbers below.
    pub fn show(&self, ui: &Ui, rect: Rect) {
        let side = rect.width().min(rect.height() - 3.0 * ROW - 4.0).max(40.0);
        let min = pos2(rect.right() - side, rect.top() + 2.0);
        let plot = Rect::from_min_size(min, vec2(side, side));
        let painter = ui.painter().with_clip_rect(plot.expand(1.0));
        painter.rect_filled(plot, theme::ROUNDING, theme::BACKGROUND);
        self.grid(&painter, plot);
        self.curves(&painter, plot);
        if self.is_lively {
            self.points(&painter, plot);
        }
        self.numbers(
            ui.painter(),
            plot.left_bottom() + vec2(1.0, 4.0),
            side - 2.0,
        );
        let id = ui.scope_id().with("curve");
        ui.interact(rect, id, Sense::empty()).on_hover_text(HELP);
    }

    /// Levels, the knee, the threshold, and the line of no change.
    fn grid(&self, painter: &Painter, plot: Rect) {
        let (x, y) = (|db| place(plot, db, 0.0).x, |db| place(plot, 0.0, db).y);
        let curve = &self.played.curve;
        let knee = [-0.5, 0.5].map(|side| x(curve.threshold_db + side * curve.knee_db));
        let band = Rect::from_x_y_ranges(knee[0]..=knee[1], plot.y_range());
        painter.rect_filled(band, 0.0, theme::faded(theme::GRID, 0.6));
        let grid = Stroke::new(1.0, theme::GRID);
        for db in GRID_DB {
            painter.vline(x(db), plot.y_range(), grid);
            painter.hline(plot.x_range(), y(db), grid);
        }
        let unity = [plot.left_bottom(), plot.right_top()];
        painter.extend(Shape::dashed_line(
            &unity,
            Stroke::new(1.0, theme::LINE),
            4.0,
            3.0,
        ));
        let threshold = Stroke::new(1.0, theme::faded(theme::TARGET, self.strength(0.7)));
        painter.vline(x(curve.threshold_db), plot.y_range(), threshold);
    }

    /// The curve, and faintly the one with the makeup.
    fn curves(&self, painter: &Painter, plot: Rect) {
        let without = CompressorSettings {
            makeup_db: 0.0,
            auto_makeup: false,
            on: true,
            ..self.played
        };
        if self.played.whole_makeup_db().abs() > LEAST_MAKEUP_DB {
            let with = CompressorSettings {
                on: true,
                ..self.played
            };
            let stroke = Stroke::new(1.2, theme::faded(theme::ACCENT, self.strength(0.45)));
            painter.add(Shape::line(line(plot, &with), stroke));
        }
        let stroke = Stroke::new(2.0, theme::faded(theme::ACCENT, self.strength(1.0)));
        painter.add(Shape::line(line(plot, &without), stroke));
    }

    /// Where the bands stand: the low one as a ring.
    fn points(&self, painter: &Painter, plot: Rect) {
        let without = CompressorSettings {
            makeup_db: 0.0,
            auto_makeup: false,
            ..self.played
        };
        for (index, point) in self.points.iter().enumerate() {
            if point.level_db <= FLOOR_DB {
                continue;
            }
            let out = point.level_db + without.gain_db(point.reduction_db);
            let at = place(plot, point.level_db, out);
            let edge = Stroke::new(1.5, theme::BACKGROUND);
            if index == 0 {
                painter.circle(at, 4.5, theme::REDUCTION, edge);
            } else {
                painter.circle_stroke(at, 5.0, Stroke::new(2.0, theme::REDUCTION));
            }
        }
    }

    /// What the detector hears, what is taken away, and the makeup.
    fn numbers(&self, painter: &Painter, at: Pos2, width: f32) {
        let [main, low] = &self.points;
        let deepest = main.reduction_db.max(low.reduction_db);
        let level = main.level_db.max(low.level_db);
        let is_heard = self.is_lively && level > FLOOR_DB;
        let heard = |db: f32| {
            if is_heard {
                format!("{db:.1} dB")
            } else {
                "\u{2013}".to_owned()
            }
        };
        let makeup = format!("{:+.1} dB", self.played.whole_makeup_db());
        let rows = [
            ("Level", heard(level), theme::TEXT),
            ("Reduction", heard(deepest), theme::REDUCTION),
            ("Makeup", makeup, theme::TEXT),
        ];
        for (row, (name, value, color)) in rows.into_iter().enumerate() {
            let y = at.y + (row as f32 + 0.5) * ROW;
            let font = theme::font(theme::LABEL_SIZE);
            let color = theme::faded(color, self.strength(1.0).max(0.75));
            text(
                painter,
                pos2(at.x, y),
                Align2::LEFT_CENTER,
                name,
                theme::DIM,
            );
            painter.text(
                pos2(at.x + width, y),
                Align2::RIGHT_CENTER,
                value,
                font,
                color,
            );
        }
    }

    /// Opacity, less where the compressor is off.
    fn strength(&self, full: f32) -> f32 {
        if self.is_lively { full } else { 0.45 * full }
    }
}

fn text(painter: &Painter, at: Pos2, align: Align2, text: &str, color: Color32) {
    painter.text(at, align, text, theme::font(theme::LABEL_SIZE), color);
}

/// Where an input and an output level lie on the plot.
fn place(plot: Rect, input_db: f32, output_db: f32) -> Pos2 {
    let share = |db: f32| (db.clamp(FLOOR_DB, 0.0) - FLOOR_DB) / -FLOOR_DB;
    pos2(
        plot.left() + plot.width() * share(input_db),
        plot.bottom() - plot.height() * share(output_db),
    )
}

/// The points of a curve, one a decibel.
fn line(plot: Rect, settings: &CompressorSettings) -> Vec<Pos2> {
    let steps = -FLOOR_DB as i32;
    let levels = (0..=steps).map(|step| FLOOR_DB + step as f32);
    levels
        .map(|level| place(plot, level, output_db(settings, level)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use auralis_dsp::FRAME;
    use auralis_dsp::basics::decibel::{db_to_gain, gain_to_db};
    use auralis_dsp::chain::Adaptive;
    use auralis_dsp::dynamics::compressor::Compressor;
    use auralis_dsp::simd::instruction_set::{Implementation, InstructionSet};
    use auralis_engine::params::Values;

    /// The level that the processor makes of a steady one.
    fn played_db(settings: &CompressorSettings, level_db: f32) -> f32 {
        let mut compressor = Compressor::new(48_000.0, 1);
        let mut out = 0.0;
        for _ in 0..1500 {
            let mut audio = [[db_to_gain(level_db); FRAME]];
            let way = Implementation::Vectorized(InstructionSet::best());
            compressor.process(&mut audio, None, settings, way);
            out = audio[0][FRAME - 1];
        }
        gain_to_db(out)
    }

    #[test]
    fn what_is_drawn_is_what_the_processor_plays() {
        let adaptive = Adaptive {
            threshold_offset_db: -7.0,
            ratio_offset: 1.5,
            ..Adaptive::NEUTRAL
        };
        for (knee, mix, makeup) in [("0", "100", "0"), ("18", "100", "4"), ("6", "35", "-3")] {
            let mut values = Values::default();
            for (id, text) in [
                ("comp_knee", knee),
                ("comp_mix", mix),
                ("comp_makeup", makeup),
                // A constant is all that this test plays, and a high-pass takes it away.
                ("comp_sc_hpf", "20"),
            ] {
                values.set_text(id, text).unwrap();
            }
            let played = adaptive.moved(&values.settings().chain.compressor);
            for level in [-60.0, -36.0, -30.0, -27.0, -24.0, -12.0, 0.0] {
                let (drawn, heard) = (output_db(&played, level), played_db(&played, level));
                assert!(
                    (drawn - heard).abs() < 0.1,
                    "knee {knee}, mix {mix}, makeup {makeup}, {level} dB: {drawn} drawn, {heard} played"
                );
            }
        }
    }

    #[test]
    fn the_corners_of_the_plot_are_its_ends_and_nothing_lies_outside() {
        let plot = Rect::from_min_size(pos2(10.0, 20.0), vec2(100.0, 100.0));
        assert_eq!(place(plot, -60.0, -60.0), plot.left_bottom());
        assert_eq!(place(plot, 0.0, 0.0), plot.right_top());
        assert_eq!(place(plot, 12.0, -200.0), plot.right_bottom());
    }
}
