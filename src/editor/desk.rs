//! The loudness desk: what the output measures since it was last set to zero.

use egui::{Align2, Color32, Painter, Rect, Sense, Stroke, Ui, pos2, vec2};

use super::controls::button;
use super::theme;
use crate::params::AuralisParams;
use crate::shared::Meters;
use auralis_engine::ear::desk::DeskReading;
use auralis_engine::params::ParamId;

/// Height of the numbers, in points, and the least where there is little room.
const HEIGHT: f32 = 202.0;
const LEAST_HEIGHT: f32 = 144.0;
/// Height that the meters above them want, in points.
const METERS_HEIGHT: f32 = 116.0;
/// Height of the part above the rows, and of the correlation below them, in points.
const TOP: f32 = 52.0;
const BOTTOM: f32 = 20.0;
/// Height of a row, in points, and the least where there is little room.
const ROW: f32 = 17.0;
const LEAST_ROW: f32 = 14.0;
/// Farthest from the target that counts as on it, in LU.
const ON_TARGET_LU: f32 = 0.5;
/// What another meter may read above the ceiling, in dB.
const OVER_DB: f32 = 0.05;

/// Height of the numbers in a column of `room` points, which the meters share.
pub fn height(room: f32) -> f32 {
    (room - METERS_HEIGHT).clamp(LEAST_HEIGHT, HEIGHT)
}

/// A number to read, with a dash for none.
fn number(value: Option<f32>, unit: &str) -> String {
    match value.filter(|value| value.is_finite() && *value > -99.95) {
        Some(value) if unit.is_empty() => format!("{value:.1}"),
        Some(value) => format!("{value:.1} {unit}"),
        None => String::from("\u{2013}"),
    }
}

/// A time as m:ss.
fn minutes(seconds: f64) -> String {
    let seconds = seconds.max(0.0) as u64;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// Draws the numbers in `rect`.
pub fn show(
    ui: &Ui,
    rect: Rect,
    params: &AuralisParams,
    meters: &Meters,
    reading: Option<&DeskReading>,
) {
    let painter = ui.painter();
    painter.hline(rect.x_range(), rect.top(), Stroke::new(1.0, theme::LINE));
    title(ui, rect, params, reading);
    integrated(painter, rect, params, reading);
    let all = rows(params, meters, reading);
    let room = (rect.height() - TOP - BOTTOM).max(0.0);
    let height = (room / all.len() as f32).clamp(LEAST_ROW, ROW);
    let fitting = (room / height + 0.01) as usize;
    let mut y = rect.top() + TOP + 0.5 * height;
    for row in all.iter().filter(|row| row.rank < fitting) {
        line(painter, rect, y, row.name, &row.value, row.color);
        y += height;
    }
    let top = y - 0.5 * height + 2.0;
    let place = Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), top + 22.0));
    correlation(painter, place, reading.and_then(|r| r.correlation));
    if fitting < all.len() {
        the_rest(ui, rect, &all);
    }
}

/// A named number.
struct Row {
    name: &'static str,
    value: String,
    color: Color32,
    /// Where there is little room, those of high rank are left out.
    rank: usize,
}

/// All numbers in their order.
fn rows(params: &AuralisParams, meters: &Meters, reading: Option<&DeskReading>) -> [Row; 7] {
    let row = |rank, name, value, color| Row {
        name,
        value,
        color,
        rank,
    };
    let of = |pick: fn(&DeskReading) -> f32| reading.map(pick);
    let ratio = |pick: fn(&DeskReading) -> Option<f32>| number(reading.and_then(pick), "");
    let ratios = format!("{} / {} dB", ratio(|r| r.plr_db), ratio(|r| r.psr_db));
    let lufs = |index: usize| number(reading.map(|r| r.lufs[index]), "LUFS");
    // There is none before something was heard for a while.
    let range = number(of(|r| r.range_lu).filter(|lu| *lu > 0.0), "LU");
    let sample_peak = number(of(|r| r.sample_peak_dbfs), "dBFS");
    let input = number(Some(meters.input_loudness.integrated.get()), "LUFS");
    let (true_peak, color) = true_peak(params, of(|r| r.true_peak_dbtp));
    [
        row(0, "Short-term", lufs(1), theme::OUTPUT),
        row(3, "Momentary", lufs(0), theme::OUTPUT),
        row(2, "Range (LRA)", range, theme::OUTPUT),
        row(1, "True peak", true_peak, color),
        row(6, "Sample peak", sample_peak, theme::OUTPUT),
        row(4, "PLR / PSR", ratios, theme::OUTPUT),
        row(5, "Input", input, theme::INPUT),
    ]
}

/// The true peak, in red where it is over the ceiling.
fn true_peak(params: &AuralisParams, peak: Option<f32>) -> (String, Color32) {
    let ceiling = params.number(ParamId::LimCeiling).value();
    let is_limited = params.switch(ParamId::LimOn).value();
    let is_over = peak.is_some_and(|peak| is_limited && peak > ceiling + OVER_DB);
    let color = if is_over { theme::ALARM } else { theme::OUTPUT };
    (number(peak, "dBTP"), color)
}

/// All numbers while the pointer rests on those for which there is room.
fn the_rest(ui: &Ui, rect: Rect, rows: &[Row]) {
    let place = rect.with_min_y(rect.top() + TOP);
    let id = ui.scope_id().with("desk");
    ui.interact(place, id, Sense::empty()).on_hover_ui(|ui| {
        egui::Grid::new("numbers").show(ui, |ui| {
            for row in rows {
                ui.label(egui::RichText::new(row.name).color(theme::DIM));
                ui.label(egui::RichText::new(&row.value).color(row.color));
                ui.end_row();
            }
        });
    });
}

/// The name, the time that was measured, and the button that sets it to zero.
fn title(ui: &Ui, rect: Rect, params: &AuralisParams, reading: Option<&DeskReading>) {
    let at = pos2(rect.left(), rect.top() + 13.0);
    let time = minutes(reading.map_or(0.0, |reading| reading.seconds));
    let small = theme::font(theme::LABEL_SIZE);
    let text = format!("Output, {time}");
    ui.painter()
        .text(at, Align2::LEFT_CENTER, text, small, theme::DIM);
    let place = Rect::from_min_size(
        pos2(rect.right() - 48.0, rect.top() + 4.0),
        vec2(48.0, 18.0),
    );
    let help = "Measures the output anew from now on. What the ear has learned stays.";
    if button(ui, place, "Reset").on_hover_text(help).clicked() {
        params.persisted.desk.measure_anew();
    }
}

/// The integrated loudness, and how far it is from the target.
fn integrated(
    painter: &Painter,
    rect: Rect,
    params: &AuralisParams,
    reading: Option<&DeskReading>,
) {
    let lufs = reading.map(|reading| reading.lufs[2]);
    let miss = lufs.filter(|lufs| params.switch(ParamId::LoudOn).value() && *lufs > -99.0);
    let miss = miss.map(|lufs| lufs - params.number(ParamId::LoudTarget).value());
    let on_target = miss.is_none_or(|miss| miss.abs() <= ON_TARGET_LU);
    let color = if on_target {
        theme::OUTPUT
    } else {
        theme::TARGET
    };
    let right = pos2(rect.right(), rect.top() + 36.0);
    let big = theme::font(24.0);
    painter.text(right, Align2::RIGHT_CENTER, number(lufs, ""), big, color);
    let small = theme::font(theme::LABEL_SIZE);
    let at = pos2(rect.left(), rect.top() + 30.0);
    painter.text(
        at,
        Align2::LEFT_CENTER,
        "LUFS integrated",
        small.clone(),
        theme::DIM,
    );
    if let Some(miss) = miss {
        let at = pos2(rect.left(), rect.top() + 43.0);
        let wanted = params.number(ParamId::LoudTarget).value();
        let text = format!("{miss:+.1} LU from {wanted:.1}");
        painter.text(at, Align2::LEFT_CENTER, text, small, color);
    }
}

/// One named number.
fn line(painter: &Painter, rect: Rect, y: f32, name: &str, value: &str, color: Color32) {
    let font = theme::font(12.5);
    let left = pos2(rect.left(), y);
    painter.text(left, Align2::LEFT_CENTER, name, font.clone(), theme::DIM);
    let right = pos2(rect.right(), y);
    painter.text(right, Align2::RIGHT_CENTER, value, font, color);
}

/// The correlation as a mark between -1 (out of phase) and +1 (mono).
fn correlation(painter: &Painter, rect: Rect, value: Option<f32>) {
    let font = theme::font(theme::LABEL_SIZE);
    let track = Rect::from_center_size(rect.center(), vec2(rect.width() - 44.0, 6.0));
    painter.rect_filled(track, 3.0, theme::BACKGROUND);
    for (at, align, text) in [
        (rect.left_center(), Align2::LEFT_CENTER, "-1"),
        (rect.right_center(), Align2::RIGHT_CENTER, "+1"),
    ] {
        painter.text(at, align, text, font.clone(), theme::DIM);
    }
    let middle = Stroke::new(1.0, theme::LINE);
    painter.vline(track.center().x, track.y_range(), middle);
    if let Some(value) = value.filter(|value| value.is_finite()) {
        let x = track.center().x + 0.5 * track.width() * value.clamp(-1.0, 1.0);
        let color = if value < 0.0 {
            theme::ALARM
        } else {
            theme::OUTPUT
        };
        let mark = Rect::from_center_size(pos2(x, track.center().y), vec2(5.0, 12.0));
        painter.rect_filled(mark, 2.0, color);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_a_dash() {
        for (value, text) in [
            (None, "\u{2013}"),
            (Some(f32::NAN), "\u{2013}"),
            (Some(-200.0), "\u{2013}"),
            (Some(-14.04), "-14.0 LUFS"),
        ] {
            assert_eq!(number(value, "LUFS"), text, "{value:?}");
        }
        assert_eq!(minutes(125.9), "2:05");
    }
}
