//! The last minute: the output's loudness, and what each stage took away.

use std::collections::VecDeque;

use egui::{Align2, Pos2, Rect, Shape, Stroke, Ui, pos2, vec2};

use super::theme;
use crate::params::AuralisParams;
use auralis_engine::params::ParamId;

/// Height of the strip, in points.
pub const HEIGHT: f32 = 74.0;
/// Time that is shown, in seconds.
const SHOWN_S: f32 = 60.0;
/// Time between two points, in seconds.
const STEP_S: f32 = 0.1;
/// Ends of the loudness axis, in LU around the target.
const AROUND_LU: f32 = 18.0;
/// Full height of a reduction, in dB.
const REDUCTION_DB: f32 = 12.0;

/// A tenth of a second.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Moment {
    /// Short-term and momentary loudness of the output, in LUFS.
    pub lufs: [f32; 2],
    /// Deepest reductions of compressor and limiter, in dB, positive.
    pub reductions_db: [f32; 2],
}

/// What is remembered of the last minute.
#[derive(Debug, Default)]
pub struct HistoryStrip {
    moments: VecDeque<Moment>,
    /// The moment under way, and how long it is so far in seconds.
    now: Moment,
    elapsed_s: f32,
}

impl HistoryStrip {
    /// Takes a reading, `seconds` after the last one.
    pub fn update(&mut self, reading: Moment, seconds: f32) {
        for (deepest, db) in self.now.reductions_db.iter_mut().zip(reading.reductions_db) {
            *deepest = deepest.max(db);
        }
        self.now.lufs = reading.lufs;
        self.elapsed_s += seconds;
        if self.elapsed_s < STEP_S {
            return;
        }
        // After a pause of the drawing there is nothing to make up for.
        self.elapsed_s = (self.elapsed_s - STEP_S).min(STEP_S);
        self.moments.push_back(std::mem::take(&mut self.now));
        while self.moments.len() as f32 > SHOWN_S / STEP_S {
            self.moments.pop_front();
        }
    }

    /// Draws the strip in `rect`, the latest at the right.
    pub fn show(&self, ui: &Ui, rect: Rect, params: &AuralisParams) {
        let painter = ui.painter();
        painter.rect_filled(rect, theme::ROUNDING, theme::SURFACE);
        let plot = rect.shrink2(vec2(30.0, 5.0));
        let target = params.number(ParamId::LoudTarget).value();
        let y = |lufs: f32| {
            let share = (lufs - target).clamp(-AROUND_LU, AROUND_LU / 3.0) / AROUND_LU;
            plot.top() + plot.height() * (0.25 - 0.75 * share)
        };
        let x = |age: usize| plot.right() - plot.width() * age as f32 * STEP_S / SHOWN_S;
        let font = theme::font(10.0);
        let dashed = [pos2(plot.left(), y(target)), pos2(plot.right(), y(target))];
        let stroke = Stroke::new(1.0, theme::faded(theme::TARGET, 0.8));
        painter.extend(Shape::dashed_line(&dashed, stroke, 5.0, 4.0));
        for lu in [0.0, -9.0, -18.0] {
            let at = pos2(plot.left() - 4.0, y(target + lu));
            let text = format!("{:.0}", target + lu);
            painter.text(at, Align2::RIGHT_CENTER, text, font.clone(), theme::DIM);
        }
        let ages = self.moments.iter().rev().enumerate();
        for (age, moment) in ages.clone() {
            for (db, color) in moment
                .reductions_db
                .iter()
                .zip([theme::REDUCTION, theme::REFERENCE])
            {
                let depth = plot.height() * (db / REDUCTION_DB).clamp(0.0, 1.0);
                if depth > 0.5 {
                    let bottom = plot.top() + depth;
                    let stroke = Stroke::new(1.0, theme::faded(color, 0.55));
                    painter.vline(x(age), plot.top()..=bottom, stroke);
                }
            }
        }
        let line = |pick: fn(&Moment) -> f32| -> Vec<Pos2> {
            let heard = ages.clone().filter(|(_, moment)| pick(moment) > -90.0);
            heard.map(|(age, m)| pos2(x(age), y(pick(m)))).collect()
        };
        let momentary = Stroke::new(1.0, theme::faded(theme::OUTPUT, 0.45));
        painter.add(Shape::line(line(|m| m.lufs[1]), momentary));
        let short_term = Stroke::new(1.8, theme::OUTPUT);
        painter.add(Shape::line(line(|m| m.lufs[0]), short_term));
        let id = ui.scope_id().with("history");
        ui.interact(rect, id, egui::Sense::empty()).on_hover_text(
            "The last minute. Green: short-term loudness of the output (thin: momentary) around the target (dashed). \
             From the top: what the compressor (red) and the limiter (violet) took away, 12 dB in full.",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deepest_of_each_tenth_of_a_second_is_kept_for_a_minute() {
        let mut strip = HistoryStrip::default();
        for i in 0..10 {
            let reading = Moment {
                lufs: [-14.0, -13.0],
                reductions_db: [if i == 1 { 6.0 } else { 1.0 }, 0.0],
            };
            strip.update(reading, 0.03);
        }
        // 0.3 s in steps of 0.03 s are two whole tenths or three, by rounding.
        assert!((2..=3).contains(&strip.moments.len()), "{strip:?}");
        assert_eq!(strip.moments[0].reductions_db, [6.0, 0.0]);
        for _ in 0..2000 {
            strip.update(Moment::default(), 0.1);
        }
        assert_eq!(strip.moments.len() as f32, SHOWN_S / STEP_S);
    }

    #[test]
    fn a_pause_is_not_made_up_for() {
        let mut strip = HistoryStrip::default();
        strip.update(Moment::default(), 100.0);
        strip.update(Moment::default(), 0.0);
        assert!(strip.moments.len() <= 2, "{strip:?}");
    }
}
