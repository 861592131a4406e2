//! Whether every text can be read: the contrast of WCAG 2.2, success criterion 1.4.3, level AA.

use egui::Color32;

use super::theme;

/// Least contrast of text that is not large.
const LEAST: f32 = 4.5;

/// Relative luminance of an opaque colour, WCAG 2.2.
fn luminance(color: Color32) -> f32 {
    let linear = |value: u8| {
        let value = f32::from(value) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
}

/// Contrast of two opaque colours, 1 to 21.
fn contrast(a: Color32, b: Color32) -> f32 {
    let [a, b] = [a, b].map(luminance);
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// What is seen where a colour with some transparency lies on an opaque one.
fn over(color: Color32, ground: Color32) -> Color32 {
    ground.blend(color)
}

#[test]
fn black_on_white_is_21_and_nothing_is_1() {
    assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 1e-3);
    assert_eq!(contrast(theme::TEXT, theme::TEXT), 1.0);
}

#[test]
fn every_text_stands_out_from_what_is_behind_it() {
    let lit = |color| over(theme::faded(color, 0.30), theme::SURFACE);
    let grounds = [
        ("background", theme::BACKGROUND),
        ("surface", theme::SURFACE),
    ];
    let colors = [
        ("text", theme::TEXT),
        ("dim", theme::DIM),
        ("accent", theme::ACCENT),
        ("input", theme::INPUT),
        ("output", theme::OUTPUT),
        ("target", theme::TARGET),
        ("reference", theme::REFERENCE),
        ("reduction", theme::REDUCTION),
        ("alarm", theme::ALARM),
    ];
    let everywhere = grounds
        .iter()
        .flat_map(|ground| colors.iter().map(move |color| (*color, *ground)));
    let special = [
        (("text", theme::TEXT), ("a button", theme::RAISED)),
        (("dim", theme::DIM), ("a dark lamp", theme::RAISED)),
        (
            ("text", theme::TEXT),
            ("a button under the pointer", theme::LINE),
        ),
        (("text", theme::TEXT), ("a lamp", lit(theme::ACCENT))),
        (("text", theme::TEXT), ("a yellow lamp", lit(theme::TARGET))),
        (("text", theme::TEXT), ("a red lamp", lit(theme::ALARM))),
        (("background", theme::BACKGROUND), ("a clip", theme::ALARM)),
        (
            (
                "a value of what is off",
                over(theme::faded(theme::TEXT, 0.75), theme::SURFACE),
            ),
            ("surface", theme::SURFACE),
        ),
        (
            (
                "a name of what is off",
                over(theme::faded(theme::DIM, 0.75), theme::SURFACE),
            ),
            ("surface", theme::SURFACE),
        ),
    ];
    for ((text, color), (place, ground)) in everywhere.chain(special) {
        let got = contrast(color, ground);
        assert!(
            got >= LEAST,
            "{text} on {place}: {got:.2}, at least {LEAST}"
        );
    }
}
