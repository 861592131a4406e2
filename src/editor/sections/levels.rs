//! The narrow sections: what comes in, width, loudness.

use super::section::{Dial, Section};
use crate::params::AuralisParams;
use crate::shared::Meters;
use auralis_engine::params::ParamId;

/// What comes in.
pub fn input(mut section: Section, params: &AuralisParams) {
    let dials = [
        Dial::new(
            "Gain",
            params.number(ParamId::InputGain),
            "Gain before everything else.",
        ),
        Dial::new(
            "HPF",
            params.number(ParamId::InputHpf),
            "High-pass of the input, 12 dB/oct: takes offsets and rumble away. 0 Hz = off.",
        ),
    ];
    section.knobs(1, &dials);
}

/// Stereo width.
pub fn stereo(mut section: Section, params: &AuralisParams, meters: &Meters) {
    let help = "0 %: mono. 100 %: untouched. 200 %: twice the side signal.";
    let width = Dial::new("Width", params.number(ParamId::Width), help).stereo(meters);
    section.knobs(1, &[width]);
}

/// The loudness of the master.
pub fn loudness(section: Section, params: &AuralisParams) {
    let power = params.switch(ParamId::LoudOn);
    let mut section = section.switched_by(power);
    let dials = [
        Dial::new(
            "Loudness",
            params.number(ParamId::LoudTarget),
            "Integrated loudness that the master lands on.",
        ),
        Dial::new(
            "Range",
            params.number(ParamId::LoudRange),
            "Largest loudness gain, up or down.",
        ),
    ];
    section.knobs(1, &dials);
    section.power_below(power, "Switches the gain towards this loudness.");
}
