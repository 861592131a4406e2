//! Colours, sizes and type of the panel: dark, calm, high contrast.

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
pub const ACCENT: Color32 = Color32::from_rgb(0x4f, 0xd1, 0xc5);
/// The input.
pub const INPUT: Color32 = Color32::from_rgb(0x7b, 0x9a, 0xdc);
/// The output.
pub const OUTPUT: Color32 = Color32::from_rgb(0xa6, 0xdb, 0x7c);
/// The target, and what the analysis made of a setting.
pub const TARGET: Color32 = Color32::from_rgb(0xf2, 0xc0, 0x55);
/// The captured reference.
pub const REFERENCE: Color32 = Color32::from_rgb(0xcf, 0x8f, 0xee);
/// Gain reduction.
pub const REDUCTION: Color32 = Color32::from_rgb(0xff, 0x86, 0x6e);
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
