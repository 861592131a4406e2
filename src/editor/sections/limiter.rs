//! Output gain, clipper and limiter.

use super::section::{Dial, Section};
use crate::editor::controls::toggle;
use crate::editor::theme;
use crate::params::AuralisParams;
use crate::shared::Meters;
use auralis_engine::params::ParamId;

/// Output gain and the true-peak limiter.
pub fn limiter(section: Section, params: &AuralisParams, meters: &Meters) {
    let mut section = section.power(params.switch(ParamId::LimOn), "Switches the limiter.");
    let dials = [
        Dial::new(
            "Output",
            params.number(ParamId::OutputGain),
            "Gain before the limiter.",
        ),
        Dial::new(
            "Drive",
            params.number(ParamId::LimDrive),
            "Gain into the limiter.",
        ),
        Dial::new(
            "Clip",
            params.number(ParamId::ClipAmount),
            "The most that a soft clipper takes off a peak before the limiter; 0 = off.",
        ),
        Dial::new(
            "Ceiling",
            params.number(ParamId::LimCeiling),
            "Nothing leaves the limiter above this level.",
        ),
        Dial::new(
            "Release",
            params.number(ParamId::LimRelease),
            "Time to let go of 63 % of the gain reduction.",
        ),
        Dial::new(
            "Link",
            params.number(ParamId::LimLink),
            "How much the channels share one gain. Each stays under the ceiling.",
        )
        .stereo(meters),
    ];
    section.knobs(3, &dials);
    let auto = "Auto release: fast for what stands out, slow where the bass would be distorted.";
    let peak = "On: peaks between samples are held under the ceiling. Off: sample peaks.";
    let place = section.switch(0.0, 2.0, 0.8);
    let look = ("Auto", auto);
    toggle(
        section.ui,
        place,
        section.writer,
        params.switch(ParamId::LimAutoRelease),
        look,
        theme::ACCENT,
    );
    let place = section.switch(0.8, 2.0, 1.2);
    let look = ("True peak", peak);
    toggle(
        section.ui,
        place,
        section.writer,
        params.switch(ParamId::LimTruePeak),
        look,
        theme::ACCENT,
    );
}
