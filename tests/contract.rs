//! The plug-in's parameters are those of the engine's table, and typed values mean what they say.
#![allow(missing_docs)]

use auralis::params::AuralisParams;
use auralis::plugin::Auralis;
use auralis_engine::params::{Kind, TABLE};
use nice_plug::prelude::*;

/// Normalised value of a typed text.
type Parse = Box<dyn Fn(&str) -> Option<f32>>;

/// What the framework tells a host about one parameter.
struct Seen {
    id: String,
    group: String,
    name: String,
    flags: ParamFlags,
    default: f32,
    /// Texts at the default and at both ends, with the unit.
    texts: [String; 3],
    /// Normalised value of a typed text.
    parse: Parse,
    /// Plain value of a normalised one.
    plain: Box<dyn Fn(f32) -> f32>,
}

#[allow(unsafe_code)]
fn seen(params: &AuralisParams) -> Vec<Seen> {
    let look = |(id, ptr, group): (String, ParamPtr, String)| {
        // SAFETY: `params` outlives every use of the pointers in a test.
        unsafe {
            let text = |normalized| ptr.normalized_value_to_string(normalized, true);
            Seen {
                id,
                group,
                name: ptr.name().to_owned(),
                flags: ptr.flags(),
                default: ptr.default_plain_value(),
                texts: [text(ptr.default_normalized_value()), text(0.0), text(1.0)],
                parse: Box::new(move |text| ptr.string_to_normalized_value(text)),
                plain: Box::new(move |normalized| ptr.preview_plain(normalized)),
            }
        }
    };
    params.param_map().into_iter().map(look).collect()
}

#[test]
fn ids_names_groups_and_order_are_the_table() {
    let params = AuralisParams::default();
    let seen = seen(&params);
    assert_eq!(seen.len(), TABLE.len());
    for (got, row) in seen.iter().zip(TABLE.iter()) {
        assert_eq!(
            (got.id.as_str(), got.name.as_str(), got.group.as_str()),
            (row.id, row.name, row.group)
        );
    }
}

#[test]
fn ranges_defaults_and_units_are_the_table() {
    let params = AuralisParams::default();
    for (got, row) in seen(&params).iter().zip(TABLE.iter()) {
        let (min, max) = row.kind.range();
        let plain = [(got.plain)(0.0), (got.plain)(1.0), got.default];
        assert_eq!(plain, [min, max, row.kind.default()], "{}", row.id);
        let texts = [row.kind.default(), min, max].map(|value| row.param.print(value));
        assert_eq!(got.texts, texts, "{}", row.id);
    }
}

#[test]
fn every_shown_text_is_read_back_as_the_same_value() {
    let params = AuralisParams::default();
    for (param, row) in seen(&params).into_iter().zip(TABLE.iter()) {
        // A switch has two positions, whatever a host sends in between.
        let steps = if matches!(row.kind, Kind::Switch { .. }) {
            1
        } else {
            50
        };
        for step in 0..=steps {
            let normalized = step as f32 / steps as f32;
            let plain = (param.plain)(normalized);
            let text = param.texts_at(normalized, &params);
            let back = (param.parse)(&text).map(&param.plain);
            // Texts have two decimals (times and ratios) or one (percent, Hz, LUFS).
            let close = back.is_some_and(|back| (back - plain).abs() <= 0.051);
            assert!(
                close,
                "{}: {plain} is shown as {text:?} and read as {back:?}",
                param.id
            );
        }
    }
}

impl Seen {
    /// The text at a normalised value, with the unit.
    #[allow(unsafe_code)]
    fn texts_at(&self, normalized: f32, params: &AuralisParams) -> String {
        let map = params.param_map();
        let (_, ptr, _) = map.iter().find(|(id, ..)| *id == self.id).unwrap();
        // SAFETY: `params` is borrowed for the whole call.
        unsafe { ptr.normalized_value_to_string(normalized, true) }
    }
}

#[test]
fn only_engine_and_mode_are_kept_from_automation_and_only_bypass_is_bypass() {
    let params = AuralisParams::default();
    for param in seen(&params) {
        assert_eq!(
            param.flags.contains(ParamFlags::NON_AUTOMATABLE),
            ["engine", "adapt_mode"].contains(&param.id.as_str()),
            "{}",
            param.id
        );
        assert_eq!(
            param.flags.contains(ParamFlags::BYPASS),
            param.id == "bypass",
            "{}",
            param.id
        );
    }
}

#[test]
fn ids_of_the_plug_in_are_the_contract() {
    assert_eq!(Auralis::NAME, "Auralis");
    assert_eq!(Auralis::CLAP_ID, "org.auralis.auralis");
    assert_eq!(Auralis::VERSION, env!("CARGO_PKG_VERSION"));
    let channels: Vec<_> = Auralis::AUDIO_IO_LAYOUTS
        .iter()
        .map(|l| {
            (
                l.main_input_channels,
                l.main_output_channels,
                l.aux_input_ports.len(),
            )
        })
        .collect();
    let n = NonZeroU32::new;
    assert_eq!(channels, [(n(2), n(2), 1), (n(1), n(1), 1)]);
}
