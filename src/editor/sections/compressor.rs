//! The compressor.

use nice_plug::prelude::{BoolParam, FloatParam, Param};

use super::{Dial, Section};
use crate::editor::controls::{segments, toggle};
use crate::editor::theme;
use crate::params::AuralisParams;
use crate::shared::Meters;
use auralis_engine::params::ParamId;

/// Draws the section.
pub fn compressor(section: Section, params: &AuralisParams, meters: &Meters) {
    let mut section = section.power(params.switch(ParamId::CompOn), "Switches the compressor.");
    let adapted = |param: &FloatParam, value: f32| {
        let running = meters.sample_rate.get() > 0.0
            && section.lively
            && params.number(ParamId::CompAdapt).value() > 0.0;
        running.then(|| param.preview_normalized(value))
    };
    let threshold = adapted(
        params.number(ParamId::CompThreshold),
        meters.threshold_db.get(),
    );
    let ratio = adapted(params.number(ParamId::CompRatio), meters.ratio.get());
    let knobs: [Dial; 12] = [
        (
            "Threshold",
            params.number(ParamId::CompThreshold),
            "Level above which the compressor works. The yellow dot is the threshold in use.",
            threshold,
        ),
        (
            "Ratio",
            params.number(ParamId::CompRatio),
            "Input to output above the threshold. The yellow dot is the ratio in use.",
            ratio,
        ),
        (
            "Knee",
            params.number(ParamId::CompKnee),
            "Full width of the soft knee around the threshold.",
            None,
        ),
        (
            "Attack",
            params.number(ParamId::CompAttack),
            "Time to reach 63 % of a new gain reduction.",
            None,
        ),
        (
            "Release",
            params.number(ParamId::CompRelease),
            "Time to let go of 63 % of the gain reduction.",
            None,
        ),
        (
            "Makeup",
            params.number(ParamId::CompMakeup),
            "Gain after the compressor.",
            None,
        ),
        (
            "Adapt",
            params.number(ParamId::CompAdapt),
            "How far the analysis moves threshold and ratio; 0 = not at all.",
            None,
        ),
        (
            "Link",
            params.number(ParamId::CompLink),
            "How much the channels share one gain reduction.",
            None,
        ),
        (
            "SC HPF",
            params.number(ParamId::CompScHpf),
            "High-pass of the detector, 12 dB/oct; 20 Hz = off.",
            None,
        ),
        (
            "Low split",
            params.number(ParamId::CompLowSplit),
            "Below this a second band with a detector of its own, so that bass does not pump the rest; 0 Hz = one band.",
            None,
        ),
        (
            "Look-ahead",
            params.number(ParamId::CompLookahead),
            "How early the compressor acts. The latency stays.",
            None,
        ),
        (
            "Mix",
            params.number(ParamId::CompMix),
            "Parallel compression: 0 % dry, 100 % compressed.",
            None,
        ),
    ];
    section.knobs(6, &knobs);
    compressor_switches(section, params);
}

/// The compressor's row of switches.
fn compressor_switches(section: Section, params: &AuralisParams) {
    let count = 6.6;
    let help = "What the detector measures: each sample's peak, or the RMS level.";
    let at = section.switch(0.0, count, 1.7);
    segments(
        section.ui,
        at,
        section.writer,
        params.choice(ParamId::CompDetector),
        help,
    );
    let switches: [(&BoolParam, &str, &str, f32); 3] = [
        (
            params.switch(ParamId::CompAutoRelease),
            "Auto release",
            "Lets the release follow the programme: fast after short peaks, slow after long ones.",
            1.8,
        ),
        (
            params.switch(ParamId::CompAutoMakeup),
            "Auto makeup",
            "Makes up for the gain reduction that threshold and ratio cause.",
            1.8,
        ),
        (
            params.switch(ParamId::CompScExternal),
            "Sidechain",
            "Detects from the sidechain input instead of the programme.",
            1.3,
        ),
    ];
    let mut left = 1.7;
    for (param, text, help, span) in switches {
        let at = section.switch(left, count, span);
        toggle(
            section.ui,
            at,
            section.writer,
            param,
            (text, help),
            theme::ACCENT,
        );
        left += span;
    }
}
