//! The ear's strip: how it decides, what it has heard, and what was done about it, stage by stage.

mod findings;
mod heard;
mod modes;
mod song;
mod stages;

use egui::{Rect, Stroke, Ui, vec2};

use super::controls::Writer;
use super::theme;
use crate::params::AuralisParams;
use crate::shared::{Meters, Picture};

use stages::Deepest;

/// Height of the strip, in points.
pub const HEIGHT: f32 = 98.0;
/// Width of the modes, in points.
const MODES_WIDTH: f32 = 330.0;
/// Share of the rest that the stages have, and the most they need, in points.
const STAGES_SHARE: f32 = 0.57;
const STAGES_WIDTH: f32 = 430.0;
/// Height of the row of buttons below the modes, in points.
const BUTTONS_HEIGHT: f32 = 22.0;

/// What the strip remembers between frames.
#[derive(Debug, Default)]
pub struct EarStrip {
    deepest: Deepest,
}

impl EarStrip {
    /// Takes the reductions of compressor and limiter in dB, `seconds` after the last ones.
    pub fn update(&mut self, reductions_db: [f32; 2], seconds: f32) {
        self.deepest.update(reductions_db, seconds);
    }

    /// Draws the strip in `rect`; the target is chosen here where `has_target`.
    pub fn show(
        &self,
        ui: &mut Ui,
        rect: Rect,
        (params, meters): (&AuralisParams, &Meters),
        picture: &Picture,
        has_target: bool,
        writer: &Writer,
    ) {
        ui.painter()
            .rect_filled(rect, theme::ROUNDING, theme::SURFACE);
        song::hold_what_was_decided(params, writer);
        let inner = rect.shrink2(vec2(8.0, 6.0));
        let (left, rest) = inner.split_left_right_at_x(inner.left() + MODES_WIDTH);
        let right_width = (STAGES_SHARE * rest.width()).min(STAGES_WIDTH);
        let (middle, right) = rest.split_left_right_at_x(rest.right() - right_width);
        let (states, buttons) = left.split_top_bottom_at_y(left.bottom() - BUTTONS_HEIGHT);
        let states = states.with_max_y(states.bottom() - 4.0);
        modes::show(ui, states, params, &picture.view, writer);
        song::show(ui, buttons, params, writer);
        let line = Stroke::new(1.0, theme::LINE);
        for x in [middle.left() + 8.0, right.left() - 2.0] {
            ui.painter().vline(x, inner.y_range(), line);
        }
        let middle = middle.with_min_x(middle.left() + 17.0);
        let middle = middle.with_max_x(middle.right() - 10.0);
        heard::show(ui, middle, params, &picture.view, has_target, writer);
        let right = right.with_min_x(right.left() + 8.0);
        let deepest_db = self.deepest.db();
        stages::show(ui, right, (params, meters), picture, deepest_db, writer);
    }
}
