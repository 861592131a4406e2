//! The curves: levels, gains, and what is usual.

use egui::{Color32, Mesh, Painter, Pos2, Rect, Shape, Stroke, pos2};

use super::super::scale::Scale;
use super::super::theme;
use super::look::{CurveKind, SpectrumLook};
use crate::params::AuralisParams;
use crate::shared::Picture;
use auralis_dsp::bands::{BANDS, EDGES_HZ, PerBand};
use auralis_engine::ear::view::View;
use auralis_engine::params::ParamId;

/// Input and output, the song's average, target and reference.
pub fn levels(painter: &Painter, scale: &Scale, view: &View, look: &SpectrumLook) {
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
pub fn gains(
    painter: &Painter,
    scale: &Scale,
    params: &AuralisParams,
    picture: &Picture,
    look: &SpectrumLook,
) {
    if look.shows(CurveKind::Manual) {
        let manual = scale.line(&params.band_gains_db(), |db| scale.gain_y(db));
        painter.add(Shape::line(manual, Stroke::new(1.5, theme::MANUAL)));
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
