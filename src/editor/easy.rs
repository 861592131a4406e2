//! The few controls of the easy panel: where the master goes, and how it is to sound.

use std::sync::LazyLock;

use egui::{Align2, Rect, Ui, pos2, vec2};

use super::controls::{Knob, Writer, keyed, lamp_button, menu, ring, toggle};
use super::history::Change;
use super::theme;
use crate::params::AuralisParams;
use auralis_engine::ear::target::Target;
use auralis_engine::params::{Choices, ParamId, Values};
use auralis_engine::presets::factory;

/// Height of a block's head, and space between a block's edge and what is in it, in points.
const HEAD: f32 = 24.0;
const PAD: f32 = 8.0;
/// Space between chips, in points.
const CHIP_GAP: f32 = 4.0;
/// Width of a knob or a switch, in points.
const KNOB_WIDTH: f32 = 84.0;
/// Rows of chips.
const ROWS: usize = 3;
/// Presets that say where a master goes.
const DESTINATIONS: [&str; 6] = [
    "Streaming",
    "Loud",
    "Broadcast",
    "Cinema",
    "Podcast",
    "Audiobook",
];
/// What of such a preset says where, not how it sounds.
const OF_DESTINATION: [ParamId; 3] = [ParamId::LoudTarget, ParamId::LoudRange, ParamId::LimCeiling];

/// Values that differ by less than this are the same, in LUFS and dBTP.
const SAME: f32 = 0.005;

/// Height that the controls want when the panel is `size` large.
pub fn height(size: egui::Vec2) -> f32 {
    (0.18 * size.y).clamp(124.0, 160.0)
}

/// A place that a master goes to.
struct Destination {
    name: &'static str,
    /// What it asks for, in the order of [`OF_DESTINATION`].
    asked: [f32; OF_DESTINATION.len()],
}

/// All of them, from the presets of these names.
static OFFERED: LazyLock<Vec<Destination>> = LazyLock::new(|| {
    let of = |name: &'static str| {
        let preset = factory::named(name).ok()??;
        let mut values = Values::default();
        preset.apply(&mut values);
        let asked = OF_DESTINATION.map(|param| values.get(param));
        Some(Destination { name, asked })
    };
    DESTINATIONS.into_iter().filter_map(of).collect()
});

impl Destination {
    /// The settings in use, but for what it asks for.
    fn wanted(&self, current: &Values) -> Values {
        let mut wanted = *current;
        for (param, value) in OF_DESTINATION.into_iter().zip(self.asked) {
            wanted.set(param, value);
        }
        for switch in [ParamId::LoudOn, ParamId::LimOn] {
            wanted.set(switch, 1.0);
        }
        wanted
    }

    /// Whether a master with these settings goes there: within which gain is a matter of taste.
    fn is_of(&self, current: &Values) -> bool {
        // Hosts keep a value as a share of its range, which rounds it.
        let is_set = |param: ParamId, asked: f32| (current.get(param) - asked).abs() < SAME;
        let [target, _, ceiling] = self.asked;
        is_set(ParamId::LoudTarget, target)
            && is_set(ParamId::LimCeiling, ceiling)
            && [ParamId::LoudOn, ParamId::LimOn].map(|switch| current.is_on(switch)) == [true; 2]
    }

    /// Its name with the loudness.
    fn text(&self) -> String {
        format!("{} {:.0}", self.name, self.asked[0])
    }

    /// What choosing it sets.
    fn help(&self) -> String {
        let [target, range, ceiling] = [0, 1, 2].map(|i| OF_DESTINATION[i].print(self.asked[i]));
        format!(
            "{target} within a gain of {range}, peaks under {ceiling}. The sound stays as it is."
        )
    }
}

/// What is said beside the title where the destination is none of those offered.
fn custom(current: &Values) -> Option<String> {
    if OFFERED.iter().any(|one| one.is_of(current)) {
        return None;
    }
    let said = [
        (ParamId::LoudOn, ParamId::LoudTarget),
        (ParamId::LimOn, ParamId::LimCeiling),
    ];
    let [loudness, ceiling] = said.map(|(switch, param)| {
        let is_on = current.is_on(switch);
        is_on.then(|| param.print(current.get(param)))
    });
    let loudness = loudness.unwrap_or_else(|| String::from("any loudness"));
    let ceiling = ceiling.unwrap_or_else(|| String::from("no ceiling"));
    Some(format!("custom: {loudness}, {ceiling}"))
}

/// Draws the controls in `rect`.
pub fn show(ui: &mut Ui, rect: Rect, params: &AuralisParams, writer: &Writer) {
    let knobs = 2.0 * KNOB_WIDTH;
    let chips = rect.width() - theme::GAP - 4.0 * PAD - knobs - 3.0 * KNOB_WIDTH;
    let split = rect.left() + 2.0 * PAD + 0.4 * chips + knobs;
    let (left, right) = rect.split_left_right_at_x(split);
    destination(ui, left, params, writer);
    character(ui, right.with_min_x(split + theme::GAP), params, writer);
}

/// A block's frame and title; the room inside.
fn block(ui: &Ui, rect: Rect, title: &str, beside: &str) -> Rect {
    let painter = ui.painter();
    painter.rect_filled(rect, theme::ROUNDING, theme::SURFACE);
    let at = pos2(rect.left() + PAD, rect.top() + 0.5 * HEAD + 1.0);
    let place = painter.text(
        at,
        Align2::LEFT_CENTER,
        title,
        theme::font(12.5),
        theme::TEXT,
    );
    let at = pos2(place.right() + 8.0, at.y);
    let small = theme::font(theme::LABEL_SIZE);
    painter.text(at, Align2::LEFT_CENTER, beside, small, theme::TARGET);
    Rect::from_min_max(rect.min + vec2(PAD, HEAD), rect.max - vec2(PAD, PAD))
}

/// Splits `count` columns of knobs off at the right of `rect`.
fn knobs_at(rect: Rect, count: usize) -> (Rect, Vec<Rect>) {
    let width = KNOB_WIDTH * count as f32;
    let (chips, knobs) = rect.split_left_right_at_x(rect.right() - width);
    let column = |i: usize| {
        let left = knobs.left() + KNOB_WIDTH * i as f32;
        // A knob's name stands beside the block's.
        Rect::from_x_y_ranges(
            left..=left + KNOB_WIDTH,
            knobs.top() - 12.0..=knobs.bottom(),
        )
    };
    (
        chips.with_max_x(chips.right() - PAD),
        (0..count).map(column).collect(),
    )
}

/// Where the chip of an index lies in `rect`, of `count` in [`ROWS`] rows.
fn chip(rect: Rect, index: usize, count: usize) -> Rect {
    let columns = count.div_ceil(ROWS);
    let size = vec2(
        (rect.width() + CHIP_GAP) / columns as f32,
        (rect.height() + CHIP_GAP) / ROWS as f32,
    );
    let place = vec2((index % columns) as f32, (index / columns) as f32);
    Rect::from_min_size(rect.min + place * size, size - vec2(CHIP_GAP, CHIP_GAP))
}

/// Where the master goes.
fn destination(ui: &mut Ui, rect: Rect, params: &AuralisParams, writer: &Writer) {
    let values = params.values();
    let beside = custom(&values).unwrap_or_default();
    let room = block(ui, rect, "Destination", &beside);
    let (chips, knobs) = knobs_at(room, 2);
    for (i, one) in OFFERED.iter().enumerate() {
        let place = chip(chips, i, OFFERED.len());
        let lit = one.is_of(&values);
        let response = lamp_button(ui, place, &one.text(), lit, theme::ACCENT);
        if response.on_hover_text(one.help()).clicked() && !lit {
            let moves = writer.put_all(params, &one.wanted(&values));
            writer.did(format!("Destination {}", one.name), Change::Params(moves));
        }
    }
    let dials = [
        (
            ParamId::LoudTarget,
            ParamId::LoudOn,
            "Loudness",
            "Integrated loudness that the master lands on.",
        ),
        (
            ParamId::LimCeiling,
            ParamId::LimOn,
            "Ceiling",
            "Nothing leaves the limiter above this level.",
        ),
    ];
    for ((param, switch, label, help), place) in dials.into_iter().zip(knobs) {
        let lively = params.switch(switch).value();
        dial(ui, place, params, (param, label, help), lively, writer);
    }
}

/// How it is to sound.
fn character(ui: &mut Ui, rect: Rect, params: &AuralisParams, writer: &Writer) {
    let room = block(ui, rect, "Character", "");
    let (chips, knobs) = knobs_at(room, 3);
    let param = params.choice(ParamId::Target);
    writer.note(param);
    let group = keyed(ui, chips, writer, param);
    let current: Target = params.values().choice(ParamId::Target);
    for (i, target) in Target::ALL.iter().enumerate() {
        let place = chip(chips, i, Target::ALL.len());
        let lit = *target == current;
        let response = lamp_button(ui, place, target.name(), lit, theme::ACCENT);
        let help = match target {
            Target::Auto => "Aims at the mean of recordings, and at speech as far as it is speech.",
            _ => "The tone that the EQ works towards.",
        };
        menu(&response, param, writer, None);
        if response.on_hover_text(help).clicked() {
            group.request_focus();
            if !lit {
                let wanted = params.normalized(ParamId::Target, target.index() as f32);
                writer.once(param, wanted);
            }
        }
    }
    ring(ui, chips, &group);
    let lively = params.switch(ParamId::EqOn).value();
    let amount = "Share of the correction towards the character that is applied.";
    let tilt = "Left: warmer. Right: brighter. Tilts the whole spectrum about 1 kHz.";
    let dials = [
        (ParamId::EqAmount, "Amount", amount),
        (ParamId::EqTilt, "Tilt", tilt),
    ];
    for (look, place) in dials.into_iter().zip(&knobs) {
        dial(ui, *place, params, look, lively, writer);
    }
    tame(ui, knobs[2], params, writer);
}

/// A knob.
fn dial(
    ui: &mut Ui,
    rect: Rect,
    params: &AuralisParams,
    (param, label, help): (ParamId, &str, &str),
    lively: bool,
    writer: &Writer,
) {
    let knob = Knob {
        param: params.number(param),
        label,
        help,
        adapted: None,
        has_in_use_row: false,
    };
    knob.show(ui, rect, writer, lively);
}

/// The switch of Tame.
fn tame(ui: &Ui, rect: Rect, params: &AuralisParams, writer: &Writer) {
    let param = params.switch(ParamId::TameOn);
    let place = Rect::from_center_size(rect.center(), vec2(rect.width() - 14.0, 36.0));
    let text = if param.value() { "Tame on" } else { "Tame off" };
    let help =
        "Cuts resonances: what stands out of the programme's own spectrum and stays where it is.";
    toggle(ui, place, writer, param, (text, help), theme::ACCENT);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_destination_is_a_preset_and_another_one_is_custom() {
        let offered: Vec<_> = OFFERED.iter().map(|one| one.name).collect();
        assert_eq!(offered, DESTINATIONS);
        let said = |set: &[(&str, &str)]| {
            let mut values = Values::default();
            for (id, text) in set {
                values.set_text(id, text).unwrap();
            }
            custom(&values)
        };
        assert_eq!(said(&[]), None, "the defaults go to streaming");
        assert_eq!(said(&[("loud_range", "24"), ("eq_tilt", "1")]), None);
        assert_eq!(said(&[("loud_target", "-13.99999")]), None, "rounded");
        let custom = "custom: -11.5 LUFS, -1.00 dBTP";
        assert_eq!(said(&[("loud_target", "-11.5")]).as_deref(), Some(custom));
        let off = "custom: any loudness, no ceiling";
        let switches = [("loud_on", "off"), ("lim_on", "off")];
        assert_eq!(said(&switches).as_deref(), Some(off));
    }
}
