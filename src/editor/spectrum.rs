//! The spectrum: input and output, the target with what is usual, the applied gain, and the handles of the
//! manual band gains.

mod handles;
mod look;

use egui::{Align2, Color32, Mesh, Painter, Pos2, Rect, Sense, Shape, Stroke, Ui, pos2, vec2};

use super::controls::{Writer, button, lamp_button};
use super::history::Change;
use super::scale::{LEVEL_DB, Scale};
use super::theme;
use crate::params::AuralisParams;
use crate::shared::Picture;
use auralis_dsp::bands::{BANDS, EDGES_HZ, PerBand};
use auralis_engine::ear::spectrum::fine::{FINE_POINTS, fine_hz};
use auralis_engine::ear::view::View;
use auralis_engine::params::ParamId;

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
/// Width of the buttons above the plot, in points.
const BUTTON_WIDTH: f32 = 54.0;

/// Draws the plot in `rect`, with handles of the bands where `has_handles`.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    params: &AuralisParams,
    picture: &Picture,
    (look, has_handles): (&mut SpectrumLook, bool),
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
    head(ui, rect, params, picture, look, writer);
    let inside = ui.painter().with_clip_rect(plot.expand(1.0));
    let shown = look.picture(picture);
    if shown.view.hops > 0 {
        levels(&inside, &scale, &shown.view, look);
    }
    gains(&inside, &scale, params, shown, look);
    readout(ui, &scale, &shown.view);
    if has_handles && look.shows(CurveKind::Manual) {
        handles::show(ui, &scale, params, &picture.view, writer);
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
    let mut text = if hz < 1000.0 {
        format!("{hz:.0} Hz")
    } else {
        format!("{:.2} kHz", hz / 1000.0)
    };
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

/// The row above the plot: the curves' names, which hide and show them, and the buttons.
fn head(
    ui: &Ui,
    rect: Rect,
    params: &AuralisParams,
    picture: &Picture,
    look: &mut SpectrumLook,
    writer: &Writer,
) {
    let y = rect.top() + 12.0;
    let font = theme::font(theme::LABEL_SIZE);
    let mut x = rect.left() + 8.0;
    for curve in CurveKind::ALL {
        let lit = look.shows(curve);
        let color = theme::faded(curve.color(), if lit { 1.0 } else { 0.3 });
        let ink = theme::faded(theme::DIM, if lit { 1.0 } else { 0.5 });
        let galley = ui
            .painter()
            .layout_no_wrap(curve.name().to_owned(), font.clone(), ink);
        let place = Rect::from_min_max(
            pos2(x, y - 9.0),
            pos2(x + 17.0 + galley.size().x + 8.0, y + 9.0),
        );
        let id = ui.scope_id().with(("curve", curve.name()));
        let response = ui.interact(place, id, Sense::CLICK);
        if response
            .on_hover_text("Click to hide or show this curve.")
            .clicked()
        {
            look.toggle(curve);
        }
        let swatch = Rect::from_center_size(pos2(x + 6.0, y), vec2(12.0, 3.0));
        ui.painter().rect_filled(swatch, 1.0, color);
        ui.painter()
            .galley(pos2(x + 16.0, y - 0.5 * galley.size().y), galley, ink);
        x = place.right() + 2.0;
    }
    let mut right = rect.right() - 4.0;
    let mut place = || {
        let place = Rect::from_min_max(pos2(right - BUTTON_WIDTH, y - 9.0), pos2(right, y + 9.0));
        right = place.left() - 4.0;
        place
    };
    let range = format!("\u{b1}{} dB", look.gain_db());
    let help = "Range of the gain axis at the right. Click for the next.";
    if button(ui, place(), &range).on_hover_text(help).clicked() {
        look.next_range();
    }
    let help = "Lets the picture stand still.";
    let frozen = lamp_button(ui, place(), "Freeze", look.is_frozen(), theme::TARGET);
    if frozen.on_hover_text(help).clicked() {
        look.toggle_freeze(picture);
    }
    let help = "Holds the peaks of the output's spectrum.";
    let holds = lamp_button(ui, place(), "Hold", look.is_holding(), theme::TARGET);
    if holds.on_hover_text(help).clicked() {
        look.toggle_hold();
    }
    flatten(ui, place(), params, writer);
}

/// The button that takes all manual gains back to zero.
fn flatten(ui: &Ui, place: Rect, params: &AuralisParams, writer: &Writer) {
    let mut flat = params.values();
    for band in 0..BANDS {
        flat.set(ParamId::eq_band(band), 0.0);
    }
    if flat == params.values() {
        return;
    }
    let help = "Sets all manual band gains to 0 dB.";
    if button(ui, place, "Flatten").on_hover_text(help).clicked() {
        let moves = writer.put_all(params, &flat);
        writer.did("Flatten the bands", Change::Params(moves));
    }
}

/// Input and output, the song's average, target and reference.
fn levels(painter: &Painter, scale: &Scale, view: &View, look: &SpectrumLook) {
    let y = |db: f32| scale.level_y(db);
    if look.shows(CurveKind::Target) {
        usual(painter, scale, view);
    }
    match &view.desk {
        Some(desk) => {
            let [input, output] = desk.spectra_db.each_ref().map(|db| scale.fine_line(db));
            if look.shows(CurveKind::Input) {
                let fill = theme::faded(theme::INPUT, 0.16);
                painter.add(between(&input, scale.plot.bottom(), fill));
                painter.add(Shape::line(input, Stroke::new(1.0, theme::INPUT)));
            }
            if look.shows(CurveKind::Output) {
                painter.add(Shape::line(output, Stroke::new(1.5, theme::OUTPUT)));
            }
        }
        None if look.shows(CurveKind::Input) => bars(painter, scale, view),
        None => {}
    }
    if let Some(held_db) = look.held_db() {
        let stroke = Stroke::new(1.0, theme::faded(theme::OUTPUT, 0.6));
        painter.add(Shape::line(scale.fine_line(held_db), stroke));
    }
    if look.shows(CurveKind::Average) {
        let average = scale.line(&view.long_term_db, y);
        let stroke = Stroke::new(1.5, theme::faded(theme::TEXT, 0.85));
        painter.add(Shape::line(average, stroke));
    }
    if let Some(reference_db) = &view.reference_db
        && look.shows(CurveKind::Reference)
    {
        let reference = scale.line(reference_db, y);
        let stroke = Stroke::new(1.5, theme::REFERENCE);
        painter.extend(Shape::dashed_line(&reference, stroke, 2.0, 4.0));
    }
    if look.shows(CurveKind::Target) {
        let target = scale.line(&view.target_db, y);
        let stroke = Stroke::new(2.0, theme::TARGET);
        painter.extend(Shape::dashed_line(&target, stroke, 7.0, 4.0));
    }
}

/// The target with what is usual around it, as a band.
fn usual(painter: &Painter, scale: &Scale, view: &View) {
    let edge = |sign: f32| -> PerBand {
        std::array::from_fn(|band| view.target_db[band] + sign * view.target_spread_db[band])
    };
    let [low, high] = [-1.0, 1.0].map(|sign| scale.line(&edge(sign), |db| scale.level_y(db)));
    let mut mesh = Mesh::default();
    let color = theme::faded(theme::TARGET, 0.10);
    for (i, (low, high)) in low.iter().zip(&high).enumerate() {
        mesh.colored_vertex(*low, color);
        mesh.colored_vertex(*high, color);
        if let Some(last) = u32::try_from(2 * i).ok().filter(|last| *last > 0) {
            mesh.add_triangle(last - 2, last - 1, last);
            mesh.add_triangle(last - 1, last, last + 1);
        }
    }
    painter.add(Shape::mesh(mesh));
}

/// The input a band at a time.
fn bars(painter: &Painter, scale: &Scale, view: &View) {
    let bottom = scale.plot.bottom();
    for band in 0..BANDS {
        let (left, right) = (scale.x(EDGES_HZ[band]), scale.x(EDGES_HZ[band + 1]));
        let top = scale.level_y(view.input_db[band]);
        let bar = Rect::from_min_max(pos2(left + 0.5, top), pos2(right - 0.5, bottom));
        painter.rect_filled(bar, 0.0, theme::faded(theme::INPUT, 0.28));
        let cap = Stroke::new(1.5, theme::INPUT);
        painter.hline(bar.x_range(), top, cap);
    }
}

/// The applied gain, filled towards 0 dB, and the manual gains.
fn gains(
    painter: &Painter,
    scale: &Scale,
    params: &AuralisParams,
    picture: &Picture,
    look: &SpectrumLook,
) {
    if look.shows(CurveKind::Manual) {
        let manual = scale.line(&params.band_gains_db(), |db| scale.gain_y(db));
        painter.add(Shape::line(
            manual,
            Stroke::new(1.0, theme::faded(theme::DIM, 0.7)),
        ));
    }
    let Some(curve) = &picture.applied else {
        return;
    };
    if !look.shows(CurveKind::Applied) {
        return;
    }
    let lit = params.switch(ParamId::EqOn).value();
    let opacity = if lit { 1.0 } else { 0.35 };
    if let Some(side) = &curve.side {
        let side = scale.gain_line(side);
        // The side's own, where it has one.
        let stroke = Stroke::new(1.5, theme::faded(theme::ACCENT, 0.8 * opacity));
        painter.extend(Shape::dashed_line(&side, stroke, 3.0, 3.0));
    }
    let color = theme::faded(theme::ACCENT, opacity);
    let applied = scale.gain_line(&curve.gains);
    painter.add(between(
        &applied,
        scale.plot.center().y,
        theme::faded(color, 0.2),
    ));
    painter.add(Shape::line(applied, Stroke::new(2.0, color)));
}

/// The area between a line and a height.
fn between(line: &[Pos2], y: f32, color: Color32) -> Shape {
    let mut mesh = Mesh::default();
    for (i, point) in line.iter().enumerate() {
        mesh.colored_vertex(*point, color);
        mesh.colored_vertex(pos2(point.x, y), color);
        if let Some(last) = u32::try_from(2 * i).ok().filter(|last| *last > 0) {
            mesh.add_triangle(last - 2, last - 1, last);
            mesh.add_triangle(last - 1, last, last + 1);
        }
    }
    Shape::mesh(mesh)
}
