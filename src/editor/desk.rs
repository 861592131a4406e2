//! The loudness desk: what the output measures since it was last set to zero.

use egui::{Align2, Color32, Painter, Rect, Stroke, Ui, pos2, vec2};

use super::controls::button;
use super::theme;
use crate::params::AuralisParams;
use crate::shared::Meters;
use auralis_engine::ear::desk::DeskReading;
use auralis_engine::params::ParamId;

/// Height of the numbers, in points.
pub const HEIGHT: f32 = 252.0;
/// Height of a row, in points.
const ROW: f32 = 17.0;
/// Farthest from the target that counts as on it, in LU.
const ON_TARGET_LU: f32 = 0.5;
/// What another meter may read above the ceiling, in dB.
const OVER_DB: f32 = 0.05;

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
    let ceiling = params.number(ParamId::LimCeiling).value();
    let is_limited = params.switch(ParamId::LimOn).value();
    let mut y = rect.top() + 60.0;
    let mut row = |name: &str, value: String, color: Color32| {
        line(painter, rect, y, name, &value, color);
        y += ROW;
    };
    let of = |pick: fn(&DeskReading) -> f32| reading.map(pick);
    row(
        "Short-term",
        number(of(|r| r.lufs[1]), "LUFS"),
        theme::OUTPUT,
    );
    row(
        "Momentary",
        number(of(|r| r.lufs[0]), "LUFS"),
        theme::OUTPUT,
    );
    row(
        "Range (LRA)",
        number(of(|r| r.range_lu), "LU"),
        theme::OUTPUT,
    );
    let peak = of(|r| r.true_peak_dbtp);
    let is_over = peak.is_some_and(|peak| is_limited && peak > ceiling + OVER_DB);
    let color = if is_over { theme::ALARM } else { theme::OUTPUT };
    row("True peak", number(peak, "dBTP"), color);
    let sample = of(|r| r.sample_peak_dbfs);
    row("Sample peak", number(sample, "dBFS"), theme::OUTPUT);
    let ratio = |pick: fn(&DeskReading) -> Option<f32>| number(reading.and_then(pick), "");
    let both = format!("{} / {} dB", ratio(|r| r.plr_db), ratio(|r| r.psr_db));
    row("PLR / PSR", both, theme::OUTPUT);
    let input = meters.input_loudness.integrated.get();
    row("Input", number(Some(input), "LUFS"), theme::INPUT);
    let adaptive = meters.adaptive();
    let gain = format!("{:+.1} dB", adaptive.loudness_gain_db);
    row("Loudness gain", gain, theme::TARGET);
    let makeup = format!("{:+.1} dB", adaptive.makeup_gain_db);
    row("Makeup", makeup, theme::TARGET);
    let place = Rect::from_min_max(pos2(rect.left(), y - 4.0), pos2(rect.right(), y + 18.0));
    correlation(painter, place, reading.and_then(|r| r.correlation));
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
        let text = format!("{miss:+.1} LU from the target");
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
