//! Colours, sizes and type of the panel: dark, calm, high contrast.
//!
//! Colours that meet in a plot differ for those who see no red or no green as well; a test asks it.

use egui::{Color32, CornerRadius, FontFamily, FontId, Stroke, TextStyle, Visuals};

/// Behind everything.
pub const BACKGROUND: Color32 = Color32::from_rgb(0x12, 0x15, 0x1a);
/// Behind a section.
pub const SURFACE: Color32 = Color32::from_rgb(0x1b, 0x20, 0x28);
/// Behind a control that can be pressed.
pub const RAISED: Color32 = Color32::from_rgb(0x2a, 0x31, 0x3c);
/// Lines, tracks and frames.
pub const LINE: Color32 = Color32::from_rgb(0x3a, 0x43, 0x51);
/// Grid of a plot.
pub const GRID: Color32 = Color32::from_rgb(0x26, 0x2d, 0x37);
/// Text that is read.
pub const TEXT: Color32 = Color32::from_rgb(0xee, 0xf2, 0xf7);
/// Text that names things.
pub const DIM: Color32 = Color32::from_rgb(0xa4, 0xaf, 0xbf);
/// What the user sets, and the gain that is applied.
pub const ACCENT: Color32 = Color32::from_rgb(0x53, 0xc9, 0xb1);
/// The manual gains of the bands.
pub const MANUAL: Color32 = Color32::from_rgb(0x85, 0x8d, 0xa8);
/// The input.
pub const INPUT: Color32 = Color32::from_rgb(0x40, 0x83, 0xff);
/// The output.
pub const OUTPUT: Color32 = Color32::from_rgb(0xb3, 0xe6, 0xa0);
/// The target, and what the analysis made of a setting.
pub const TARGET: Color32 = Color32::from_rgb(0xef, 0xb5, 0x14);
/// The captured reference.
pub const REFERENCE: Color32 = Color32::from_rgb(0xe2, 0xab, 0xf5);
/// Gain reduction.
pub const REDUCTION: Color32 = Color32::from_rgb(0xe6, 0x6c, 0x5c);
/// Clipping, and text that is refused.
pub const ALARM: Color32 = Color32::from_rgb(0xff, 0x4b, 0x4b);

/// Size of the labels of controls, in points.
pub const LABEL_SIZE: f32 = 11.5;
/// Space between neighbours, in points.
pub const GAP: f32 = 6.0;
/// Rounding of corners, in points.
pub const ROUNDING: u8 = 4;

/// The panel's font at `size` points.
pub fn font(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// `color` at `share` of its opacity.
pub fn faded(color: Color32, share: f32) -> Color32 {
    color.gamma_multiply(share)
}

/// Gives a window the panel's look.
pub fn apply(ctx: &egui::Context) {
    ctx.set_theme(egui::Theme::Dark);
    ctx.options_mut(|options| options.zoom_with_keyboard = false); // those keys are the host's
    ctx.all_styles_mut(|style| {
        style.visuals = visuals();
        style.interaction.selectable_labels = false;
        style.interaction.tooltip_delay = 0.6;
        style.spacing.item_spacing = egui::vec2(GAP, 4.0);
        style.spacing.button_padding = egui::vec2(8.0, 3.0);
        style.spacing.interact_size.y = 22.0;
        style.spacing.tooltip_width = 320.0;
        for text in [TextStyle::Body, TextStyle::Button, TextStyle::Monospace] {
            style.text_styles.insert(text, font(13.0));
        }
        style.text_styles.insert(TextStyle::Small, font(LABEL_SIZE));
    });
}

/// egui's dark visuals in the panel's colours.
fn visuals() -> Visuals {
    let mut visuals = Visuals::dark();
    visuals.panel_fill = BACKGROUND;
    visuals.window_fill = SURFACE;
    visuals.window_stroke = Stroke::new(1.0, LINE);
    visuals.extreme_bg_color = BACKGROUND;
    visuals.override_text_color = Some(TEXT);
    visuals.selection.bg_fill = faded(ACCENT, 0.45);
    visuals.selection.stroke = Stroke::new(1.0, TEXT);
    let widgets = &mut visuals.widgets;
    for look in [
        &mut widgets.inactive,
        &mut widgets.hovered,
        &mut widgets.active,
        &mut widgets.open,
    ] {
        look.weak_bg_fill = RAISED;
        look.bg_fill = RAISED;
        look.bg_stroke = Stroke::new(1.0, LINE);
        look.corner_radius = CornerRadius::same(ROUNDING);
        look.expansion = 0.0;
    }
    widgets.hovered.bg_stroke = Stroke::new(1.0, DIM);
    widgets.active.bg_stroke = Stroke::new(1.0, ACCENT);
    visuals
}

#[cfg(test)]
mod tests {
    use palette::color_difference::Ciede2000;
    use palette::convert::FromColorUnclamped;
    use palette::{Clamp, Lab, LinSrgb, Srgb};

    use super::*;

    /// How dichromats see linear red, green and blue (G. M. Machado et al., "A physiologically-based model
    /// for simulation of color vision deficiency", IEEE TVCG 15(6) 2009, severity 1.0).
    const EYES: [(&str, [[f32; 3]; 3]); 3] = [
        ("all", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
        (
            "deuteranopia",
            [
                [0.367_322, 0.860_646, -0.227_968],
                [0.280_085, 0.672_501, 0.047_413],
                [-0.011_820, 0.042_940, 0.968_881],
            ],
        ),
        (
            "protanopia",
            [
                [0.152_286, 1.052_583, -0.204_868],
                [0.114_503, 0.786_281, 0.099_216],
                [-0.003_882, -0.048_116, 1.051_998],
            ],
        ),
    ];
    /// Colours that meet in the spectrum.
    const CURVES: [(&str, Color32); 7] = [
        ("input", INPUT),
        ("output", OUTPUT),
        ("average", TEXT),
        ("target", TARGET),
        ("reference", REFERENCE),
        ("applied", ACCENT),
        ("manual", MANUAL),
    ];
    /// Colours that meet in the history and the meters.
    const LEVELS: [(&str, Color32); 4] = [
        ("output", OUTPUT),
        ("target", TARGET),
        ("reduction", REDUCTION),
        ("input", INPUT),
    ];

    fn seen(color: Color32, eyes: &[[f32; 3]; 3]) -> Lab {
        let [r, g, b, _] = color.to_array();
        let light: LinSrgb = Srgb::new(r, g, b).into_linear();
        let [r, g, b] =
            eyes.map(|row| row[0] * light.red + row[1] * light.green + row[2] * light.blue);
        Lab::from_color_unclamped(LinSrgb::new(r, g, b).clamp())
    }

    #[test]
    fn colours_that_meet_in_a_plot_differ_for_every_eye() {
        for (who, eyes) in &EYES {
            for plot in [&CURVES[..], &LEVELS[..]] {
                for (i, (one, color)) in plot.iter().enumerate() {
                    for (other, beside) in &plot[i + 1..] {
                        let far = seen(*color, eyes).difference(seen(*beside, eyes));
                        // A difference of 15 is told at a glance in lines as thin as these.
                        assert!(far >= 15.0, "{who}: {one} and {other} differ by {far:.1}");
                    }
                }
            }
        }
    }
}
