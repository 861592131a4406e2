//! The spectrum: input and output, the target with what is usual, the applied gain, and the handles of the
//! manual band gains.

mod curves;
mod draw;
mod handles;
mod head;
mod listen;
mod look;

use egui::{Align2, Color32, Painter, Pos2, Rect, Sense, Stroke, Ui, pos2, vec2};

use super::controls::Writer;
use super::scale::{LEVEL_DB, Scale};
use super::theme;
use crate::params::AuralisParams;
use crate::shared::{Picture, Shared};
use auralis_engine::ear::spectrum::fine::{FINE_POINTS, fine_hz};
use auralis_engine::ear::view::View;

use look::CurveKind;
pub use look::SpectrumLook;

/// Frequencies with a line and a label, in Hz.
const GRID_HZ: [(f32, &str); 10] = [
    (20.0, "20"),
    (50.0, "50"),
    (100.0, "100"),
    (200.0, "200"),
    (500.0, "500"),
    (1000.0, "1k"),
    (2000.0, "2k"),
    (5000.0, "5k"),
    (10000.0, "10k"),
    (20000.0, "20k"),
];
/// Distance of the lines of the level axis, in dB.
const LEVEL_STEP_DB: i32 = 12;
/// Labels of the gain axis either way.
const GAIN_STEPS: f32 = 3.0;
/// Room for the labels left, right and below, in points.
const MARGIN: f32 = 30.0;

/// Draws the plot in `rect`.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    params: &AuralisParams,
    picture: &Picture,
    look: &mut SpectrumLook,
    shared: &Shared,
    writer: &Writer,
) {
    ui.painter()
        .rect_filled(rect, theme::ROUNDING, theme::SURFACE);
    let plot = Rect::from_min_max(
        rect.min + vec2(MARGIN, 24.0),
        rect.max - vec2(MARGIN + 2.0, 20.0),
    );
    if plot.width() < 100.0 || plot.height() < 40.0 {
        return;
    }
    look.hear(picture);
    let scale = Scale {
        plot,
        gain_db: look.gain_db(),
    };
    grid(ui.painter(), &scale);
    head::show(ui, rect, params, picture, look, writer);
    let inside = ui.painter().with_clip_rect(plot.expand(1.0));
    let shown = look.picture(picture);
    if shown.view.hops > 0 {
        curves::levels(&inside, &scale, &shown.view, look);
    }
    curves::gains(&inside, &scale, params, shown, look);
    readout(ui, &scale, &shown.view);
    listen::show(ui, &scale, shared);
    if look.is_drawing() {
        draw::show(ui, &scale, params, writer);
    } else if look.shows(CurveKind::Manual) {
        handles::show(ui, &scale, params, &picture.view, writer);
    }
}

/// A frequency in Hz, in words.
fn frequency(hz: f32) -> String {
    if hz < 1000.0 {
        format!("{hz:.0} Hz")
    } else {
        format!("{:.2} kHz", hz / 1000.0)
    }
}

/// Frequency under the pointer, with the levels there.
fn readout(ui: &Ui, scale: &Scale, view: &View) {
    let plot = scale.plot;
    let id = ui.scope_id().with("plot");
    let Some(at) = ui.interact(plot, id, Sense::empty()).hover_pos() else {
        return;
    };
    let hz = scale.hz(at.x);
    let mut text = frequency(hz);
    if let Some(desk) = &view.desk {
        let near = |point: &usize| (fine_hz(*point) / hz).ln().abs();
        let point = (0..FINE_POINTS).min_by(|a, b| near(a).total_cmp(&near(b)));
        let [input, output] = [0, 1].map(|i| desk.spectra_db[i].get(point.unwrap_or(0)));
        if let (Some(input), Some(output)) = (input, output) {
            text = format!("{text}   in {input:.1}   out {output:.1} dB");
        }
    }
    let stroke = Stroke::new(1.0, theme::LINE);
    ui.painter().vline(at.x, plot.y_range(), stroke);
    let corner = plot.right_bottom() - vec2(6.0, 4.0);
    let font = theme::font(theme::LABEL_SIZE);
    let color = theme::DIM;
    ui.painter()
        .text(corner, Align2::RIGHT_BOTTOM, text, font, color);
}

/// Lines and labels of the three axes.
fn grid(painter: &Painter, scale: &Scale) {
    let plot = scale.plot;
    let font = theme::font(10.5);
    let line = Stroke::new(1.0, theme::GRID);
    let text = |at: Pos2, align: Align2, text: String, color: Color32| {
        painter.text(at, align, text, font.clone(), color);
    };
    for (hz, name) in GRID_HZ {
        let x = scale.x(hz);
        painter.vline(x, plot.y_range(), line);
        let at = pos2(x, plot.bottom() + 4.0);
        text(at, Align2::CENTER_TOP, name.to_owned(), theme::DIM);
    }
    for db in (LEVEL_DB[0] as i32..=LEVEL_DB[1] as i32).step_by(LEVEL_STEP_DB as usize) {
        let y = scale.level_y(db as f32);
        painter.hline(plot.x_range(), y, line);
        let at = pos2(plot.left() - 5.0, y);
        text(at, Align2::RIGHT_CENTER, db.to_string(), theme::DIM);
    }
    let step = scale.gain_db / GAIN_STEPS;
    for i in -(GAIN_STEPS as i32)..=GAIN_STEPS as i32 {
        let db = step * i as f32;
        let at = pos2(plot.right() + 5.0, scale.gain_y(db));
        text(at, Align2::LEFT_CENTER, format!("{db:+}"), theme::ACCENT);
    }
    let zero = Stroke::new(1.0, theme::LINE);
    painter.hline(plot.x_range(), plot.center().y, zero);
}
