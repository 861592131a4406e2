//! What a control says about itself while the pointer rests on it.

use egui::{Response, RichText};
use nice_plug::prelude::Param;

use super::super::theme;

/// What can be done with a control that moves.
pub const MOVES: &str = "Drag, scroll, or the arrow keys. Shift: fine. Double-click or Ctrl-click: default. \
    Click the value to type. Right-click: more.";

/// What can be done with a switch.
pub const SWITCHES: &str = "Click to switch. Right-click: more.";

/// What can be done with a list of choices.
pub const CHOOSES: &str = "Click to choose. Right-click: more.";

/// The lines of a tooltip.
#[derive(Debug, PartialEq)]
struct Tip {
    /// Name and set value.
    title: String,
    /// The value in use, where the analysis has moved it.
    in_use: Option<String>,
    /// Range, default, and what can be done.
    footer: String,
}

impl Tip {
    /// Of a parameter; `in_use` is normalised.
    fn of<P: Param>(param: &P, in_use: Option<f32>, usage: &str) -> Self {
        let text = |normalized| param.normalized_value_to_string(normalized, true);
        let value = text(param.unmodulated_normalized_value());
        let default = text(param.default_normalized_value());
        Self {
            title: format!("{}: {value}", param.name()),
            in_use: in_use.map(|value| format!("In use: {}", text(value))),
            footer: format!("{}. Default {default}. {usage}", range(param)),
        }
    }
}

/// All that can be set, in words.
fn range<P: Param>(param: &P) -> String {
    let name = |normalized| param.normalized_value_to_string(normalized, true);
    match param.step_count() {
        None => {
            let least = param.normalized_value_to_string(0.0, false);
            format!("{least} to {}", name(1.0))
        }
        Some(last) => {
            let last = last.max(1);
            let names = (0..=last).map(|place| name(place as f32 / last as f32));
            names.collect::<Vec<_>>().join(", ")
        }
    }
}

/// Shows what a control is, where it stands and how it is used while the pointer rests on it.
pub fn explain<P: Param>(response: &Response, param: &P, help: &str, usage: &str) {
    explain_in_use(response, param, None, help, usage);
}

/// The same, with what the analysis has made of the setting.
pub fn explain_in_use<P: Param>(
    response: &Response,
    param: &P,
    in_use: Option<f32>,
    help: &str,
    usage: &str,
) {
    response.clone().on_hover_ui(|ui| {
        let tip = Tip::of(param, in_use, usage);
        ui.label(RichText::new(tip.title).strong());
        if let Some(in_use) = tip.in_use {
            ui.label(RichText::new(in_use).color(theme::TARGET));
        }
        ui.label(help);
        ui.label(RichText::new(tip.footer).color(theme::DIM));
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::AuralisParams;
    use auralis_engine::params::{Kind, ParamId, TABLE};

    #[test]
    fn a_tooltip_says_name_range_default_set_value_and_the_value_in_use() {
        let params = AuralisParams::default();
        let threshold = params.number(ParamId::CompThreshold);
        let in_use = threshold.preview_normalized(-23.4);
        let tip = Tip::of(threshold, Some(in_use), "Drag.");
        let expected = Tip {
            title: "Comp Threshold: -20.00 dB".to_owned(),
            in_use: Some("In use: -23.40 dB".to_owned()),
            footer: "-60.00 to 0.00 dB. Default -20.00 dB. Drag.".to_owned(),
        };
        assert_eq!(tip, expected);
        let tip = Tip::of(params.choice(ParamId::CompDetector), None, "");
        assert_eq!(tip.title, "Comp Detector: Peak");
        assert_eq!(tip.footer, "Peak, RMS. Default Peak. ");
        let tip = Tip::of(params.switch(ParamId::EqOn), None, "");
        assert_eq!(tip.footer, "Off, On. Default On. ");
    }

    #[test]
    fn every_number_names_both_ends_and_the_unit_once() {
        let params = AuralisParams::default();
        for row in TABLE.iter() {
            let Kind::Float { unit, .. } = row.kind else {
                continue;
            };
            let text = range(params.number(row.param));
            let unit = unit.suffix().trim();
            assert_eq!(text.matches(" to ").count(), 1, "{}: {text}", row.id);
            assert!(
                text.ends_with(unit),
                "{}: {text:?} without {unit:?}",
                row.id
            );
        }
    }
}
