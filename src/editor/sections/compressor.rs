//! The compressor: its curve, its knobs in the order curve, times, detector, and its switches.

use egui::Rect;
use nice_plug::prelude::BoolParam;

use super::curve::Curve;
use super::section::{Dial, Section};
use crate::editor::controls::{segments, toggle};
use crate::editor::meters::MeterBridge;
use crate::editor::theme;
use crate::params::AuralisParams;
use crate::shared::Meters;
use auralis_dsp::dynamics::compressor::CompressorSettings;
use auralis_engine::params::ParamId;

/// Columns and rows of knobs.
const COLUMNS: usize = 4;
/// Share of the width that the knobs have; the curve has the rest.
const KNOBS: f32 = 0.665;

/// Draws the section.
pub fn compressor(
    section: Section,
    params: &AuralisParams,
    (meters, bridge): (&Meters, &MeterBridge),
) {
    let mut section = section.power(params.switch(ParamId::CompOn), "Switches the compressor.");
    let settings = params.settings().chain.compressor;
    let played = meters.adaptive().moved(&settings);
    let body = section.body();
    let (left, right) = body.split_left_right_at_fraction(KNOBS);
    knobs(&mut section, left, params, meters, &played);
    let curve = Curve {
        played,
        points: bridge.operating_points(),
        is_lively: section.lively,
    };
    let room = Rect::from_min_max(right.min, section.rect.max - egui::vec2(6.0, 0.0));
    curve.show(section.ui, room.with_max_y(body.bottom()));
    switches(&section, params);
}

/// The knobs in `room`; of threshold and ratio also what is played.
fn knobs(
    section: &mut Section,
    room: Rect,
    params: &AuralisParams,
    meters: &Meters,
    played: &CompressorSettings,
) {
    let number = |id| params.number(id);
    let is_adapting = meters.sample_rate.get() > 0.0
        && section.lively
        && number(ParamId::CompAdapt).value() > 0.0;
    let [threshold_db, ratio] =
        [played.curve.threshold_db, played.curve.ratio].map(|value| is_adapting.then_some(value));
    let dials = [
        Dial::new(
            "Threshold",
            number(ParamId::CompThreshold),
            "Level above which the compressor works. Yellow: as the analysis has moved it.",
        )
        .adapted(threshold_db),
        Dial::new(
            "Ratio",
            number(ParamId::CompRatio),
            "Input to output above the threshold. Yellow: as the analysis has moved it.",
        )
        .adapted(ratio),
        Dial::new(
            "Knee",
            number(ParamId::CompKnee),
            "Full width of the soft knee around the threshold.",
        ),
        Dial::new(
            "Makeup",
            number(ParamId::CompMakeup),
            "Gain after the compressor.",
        ),
        Dial::new(
            "Attack",
            number(ParamId::CompAttack),
            "Time to reach 63 % of a new gain reduction.",
        ),
        Dial::new(
            "Release",
            number(ParamId::CompRelease),
            "Time to let go of 63 % of the gain reduction.",
        ),
        Dial::new(
            "Look-ahead",
            number(ParamId::CompLookahead),
            "How early the compressor acts. The latency stays.",
        ),
        Dial::new(
            "Mix",
            number(ParamId::CompMix),
            "Parallel compression: 0 % dry, 100 % compressed.",
        ),
        Dial::new(
            "Adapt",
            number(ParamId::CompAdapt),
            "How far the analysis moves threshold and ratio; 0 = not at all.",
        ),
        Dial::new(
            "SC HPF",
            number(ParamId::CompScHpf),
            "High-pass of the detector, 12 dB/oct; 20 Hz = off.",
        ),
        Dial::new(
            "Low split",
            number(ParamId::CompLowSplit),
            "Below this a second band with a detector of its own, so that bass does not pump the rest; 0 Hz = one band.",
        ),
        Dial::new(
            "Link",
            number(ParamId::CompLink),
            "How much the channels share one gain reduction.",
        )
        .stereo(meters),
    ];
    section.knobs_in(room, COLUMNS, &dials);
}

/// The row of switches.
fn switches(section: &Section, params: &AuralisParams) {
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
