//! A project of 0.1.0 opens: its values, and what it had learned. The state in `tests/data` is
//! what 0.1.0 saved after it had played for half a minute.

use serde_json::Value;
use vst3::Steinberg::kResultOk;

use super::child::isolated;
use super::common::residual_db;
use super::run::Run;
use super::setups::{assert_sane, assert_value, instance, music};

const STATE: &[u8] = include_bytes!("../data/state_0_1_0.json");

/// What was typed in before it was saved, and a default of that time which is another one now.
const SET: [(&str, &str); 12] = [
    ("Input Gain", "-3.5 dB"),
    ("EQ Phase", "Minimum"),
    ("EQ Tilt", "-0.4"),
    ("Target", "Jazz"),
    ("EQ Band 3", "-4 dB"),
    ("EQ Band 25", "2.5 dB"),
    ("Comp Ratio", "7:1"),
    ("Comp Auto Release", "Off"),
    ("Comp SC HPF", "20 Hz"),
    ("Stereo Width", "120 %"),
    ("Loudness Target", "-16"),
    ("Limiter Ceiling", "-1.5"),
];

isolated! {
    fn the_values_of_a_state_of_0_1_0_come_back() {
        let plugin = instance(2, &[]);
        assert_eq!(plugin.load(STATE), kResultOk);
        for (title, typed) in SET {
            assert_value(&plugin, title, typed, "0.1.0");
        }
        let fresh = instance(2, &[]);
        for (_, title) in fresh.parameters() {
            if SET.iter().all(|(set, _)| *set != title) {
                let (got, expected) = (plugin.value(&title), fresh.value(&title));
                assert!((got - expected).abs() < 1e-6, "{title} is {got}, not {expected}");
            }
        }
    }

    /// A bounce goes on from what was learned, and is another one without it.
    fn what_0_1_0_learned_is_used() {
        let mut state: Value = serde_json::from_slice(STATE).unwrap();
        let piece = music(2, 4.0);
        let bounce = |state: &Value| {
            let plugin = instance(2, &[]);
            assert_eq!(plugin.load(state.to_string().as_bytes()), kResultOk);
            plugin.render(&piece, &Run::offline())
        };
        let taught = bounce(&state);
        state["fields"].as_object_mut().unwrap().remove("learned");
        let untaught = bounce(&state);
        assert_sane(&taught, "the bounce");
        let residual = residual_db(&taught[0], &untaught[0], 0, 0);
        // Several dB of loudness gain and of tone from the first sample on.
        assert!(residual > -20.0, "what was learned moves {residual} dB");
    }
}
