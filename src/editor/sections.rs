//! The controls in the order in which the signal meets them.

mod compressor;
mod curve;
mod eq;
mod levels;
mod limiter;
mod section;
mod tame;

use egui::{Rect, Ui, pos2, vec2};

use super::controls::Writer;
use super::meters::MeterBridge;
use super::theme;
use crate::params::AuralisParams;
use crate::shared::Shared;
use section::{HEAD, PAD, Section};

/// Columns of knobs of the sections, left to right.
const COLUMNS: [f32; 7] = [1.0, 3.0, 3.0, 6.0, 1.0, 1.0, 3.0];

/// Height that all sections want when the panel is `size` large.
pub fn height(size: egui::Vec2) -> f32 {
    let row = (0.135 * size.y).clamp(76.0, 118.0);
    2.0 * (row + HEAD + PAD) + PAD
}

/// Draws all sections in `rect`.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    params: &AuralisParams,
    (shared, bridge): (&Shared, &MeterBridge),
    writer: &Writer,
) {
    let meters = &shared.meters;
    let gaps = (COLUMNS.len() - 1) as f32 * theme::GAP;
    let padding = 2.0 * PAD * COLUMNS.len() as f32;
    let unit = (rect.width() - gaps - padding) / COLUMNS.iter().sum::<f32>();
    let mut left = rect.left();
    let mut next = |columns: f32| {
        let size = vec2(unit * columns + 2.0 * PAD, rect.height());
        let place = Rect::from_min_size(pos2(left, rect.top()), size);
        left = place.right() + theme::GAP;
        place
    };
    let [
        input_at,
        eq_at,
        tame_at,
        comp_at,
        stereo_at,
        loud_at,
        output_at,
    ] = COLUMNS.map(&mut next);
    levels::input(Section::new(ui, input_at, writer, "Input"), params);
    eq::eq(Section::new(ui, eq_at, writer, "EQ"), params, meters);
    let section = Section::new(ui, tame_at, writer, "Tame");
    tame::tame(section, params, (shared, bridge));
    let section = Section::new(ui, comp_at, writer, "Compressor");
    compressor::compressor(section, params, (meters, bridge));
    levels::stereo(
        Section::new(ui, stereo_at, writer, "Stereo"),
        params,
        meters,
    );
    levels::loudness(Section::new(ui, loud_at, writer, "Loudness"), params);
    let section = Section::new(ui, output_at, writer, "Limiter");
    limiter::limiter(section, params, meters);
}
