//! The parameters as the host sees them, and their translation into plain settings.
//!
//! Ids, names, ranges and defaults are the contract in `params/parameters.csv`; ids are for
//! ever. [`AuralisParams::settings`] is the only place
//! where a parameter becomes a number for the DSP.

pub mod contract;
mod enums;
mod format;
mod settings;
pub mod state;

use std::sync::Arc;

use nice_plug::prelude::*;

use crate::dsp::bands::PerBand;
use crate::dsp::options::{Detector, EngineKind, EqPhase, Listen, Target};
use format::{decibel, float, frequency, milliseconds, percent, plain, ratio, toggle};
pub use state::Persisted;

/// All parameters, grouped and ordered as in the contract.
#[derive(Params)]
pub struct AuralisParams {
    /// What the state keeps beside the parameters.
    #[nested]
    pub persisted: Persisted,
    /// Gains, mix and what is heard.
    #[nested(group = "Global")]
    pub global: GlobalParams,
    /// The adaptive EQ.
    #[nested(group = "EQ")]
    pub eq: EqParams,
    /// Manual gains of the critical bands.
    #[nested(group = "EQ Bands")]
    pub eq_bands: EqBandParams,
    /// The compressor.
    #[nested(group = "Compressor")]
    pub comp: CompressorParams,
    /// Stereo width.
    #[nested(group = "Stereo")]
    pub stereo: StereoParams,
    /// The loudness target.
    #[nested(group = "Loudness")]
    pub loudness: LoudnessParams,
    /// The true-peak limiter.
    #[nested(group = "Limiter")]
    pub limiter: LimiterParams,
}

/// Gains, mix and what is heard.
#[derive(Params)]
#[allow(missing_docs)] // each field is its id; the contract's table documents it
pub struct GlobalParams {
    #[id = "bypass"]
    pub bypass: BoolParam,
    #[id = "input_gain"]
    pub input_gain: FloatParam,
    #[id = "output_gain"]
    pub output_gain: FloatParam,
    #[id = "mix"]
    pub mix: FloatParam,
    #[id = "listen"]
    pub listen: EnumParam<Listen>,
    #[id = "engine"]
    pub engine: EnumParam<EngineKind>,
}

/// The adaptive EQ.
#[derive(Params)]
#[allow(missing_docs)] // each field is its id; the contract's table documents it
pub struct EqParams {
    #[id = "eq_on"]
    pub on: BoolParam,
    #[id = "eq_amount"]
    pub amount: FloatParam,
    #[id = "eq_range"]
    pub range: FloatParam,
    #[id = "eq_speed"]
    pub speed: FloatParam,
    #[id = "eq_phase"]
    pub phase: EnumParam<EqPhase>,
    #[id = "eq_tilt"]
    pub tilt: FloatParam,
    #[id = "target"]
    pub target: EnumParam<Target>,
    #[id = "ref_blend"]
    pub ref_blend: FloatParam,
}

/// Declares the 25 band gains, each with its literal id.
macro_rules! eq_band_params {
    ($($field:ident $id:literal $name:literal;)*) => {
        /// Manual gains of the critical bands, in dB.
        #[derive(Params)]
        #[allow(missing_docs)] // the field is the band's number
        pub struct EqBandParams {
            $(#[id = $id] pub $field: FloatParam,)*
        }

        impl Default for EqBandParams {
            fn default() -> Self {
                Self { $($field: decibel($name, -12.0, 12.0, 0.0),)* }
            }
        }

        impl EqBandParams {
            /// The parameters in the order of the bands.
            pub fn all(&self) -> [&FloatParam; crate::dsp::bands::BANDS] {
                [$(&self.$field,)*]
            }
        }
    };
}

eq_band_params! {
    band_01 "eq_band_01" "EQ Band 1";
    band_02 "eq_band_02" "EQ Band 2";
    band_03 "eq_band_03" "EQ Band 3";
    band_04 "eq_band_04" "EQ Band 4";
    band_05 "eq_band_05" "EQ Band 5";
    band_06 "eq_band_06" "EQ Band 6";
    band_07 "eq_band_07" "EQ Band 7";
    band_08 "eq_band_08" "EQ Band 8";
    band_09 "eq_band_09" "EQ Band 9";
    band_10 "eq_band_10" "EQ Band 10";
    band_11 "eq_band_11" "EQ Band 11";
    band_12 "eq_band_12" "EQ Band 12";
    band_13 "eq_band_13" "EQ Band 13";
    band_14 "eq_band_14" "EQ Band 14";
    band_15 "eq_band_15" "EQ Band 15";
    band_16 "eq_band_16" "EQ Band 16";
    band_17 "eq_band_17" "EQ Band 17";
    band_18 "eq_band_18" "EQ Band 18";
    band_19 "eq_band_19" "EQ Band 19";
    band_20 "eq_band_20" "EQ Band 20";
    band_21 "eq_band_21" "EQ Band 21";
    band_22 "eq_band_22" "EQ Band 22";
    band_23 "eq_band_23" "EQ Band 23";
    band_24 "eq_band_24" "EQ Band 24";
    band_25 "eq_band_25" "EQ Band 25";
}

/// The compressor.
#[derive(Params)]
#[allow(missing_docs)] // each field is its id; the contract's table documents it
pub struct CompressorParams {
    #[id = "comp_on"]
    pub on: BoolParam,
    #[id = "comp_threshold"]
    pub threshold: FloatParam,
    #[id = "comp_ratio"]
    pub ratio: FloatParam,
    #[id = "comp_knee"]
    pub knee: FloatParam,
    #[id = "comp_attack"]
    pub attack: FloatParam,
    #[id = "comp_release"]
    pub release: FloatParam,
    #[id = "comp_auto_release"]
    pub auto_release: BoolParam,
    #[id = "comp_detector"]
    pub detector: EnumParam<Detector>,
    #[id = "comp_link"]
    pub link: FloatParam,
    #[id = "comp_sc_hpf"]
    pub sc_hpf: FloatParam,
    #[id = "comp_sc_external"]
    pub sc_external: BoolParam,
    #[id = "comp_lookahead"]
    pub lookahead: FloatParam,
    #[id = "comp_makeup"]
    pub makeup: FloatParam,
    #[id = "comp_auto_makeup"]
    pub auto_makeup: BoolParam,
    #[id = "comp_mix"]
    pub mix: FloatParam,
    #[id = "comp_adapt"]
    pub adapt: FloatParam,
}

/// Stereo width.
#[derive(Params)]
#[allow(missing_docs)] // each field is its id; the contract's table documents it
pub struct StereoParams {
    #[id = "width"]
    pub width: FloatParam,
}

/// The loudness target.
#[derive(Params)]
#[allow(missing_docs)] // each field is its id; the contract's table documents it
pub struct LoudnessParams {
    #[id = "loud_on"]
    pub on: BoolParam,
    #[id = "loud_target"]
    pub target: FloatParam,
    #[id = "loud_range"]
    pub range: FloatParam,
}

/// The true-peak limiter.
#[derive(Params)]
#[allow(missing_docs)] // each field is its id; the contract's table documents it
pub struct LimiterParams {
    #[id = "lim_on"]
    pub on: BoolParam,
    #[id = "lim_drive"]
    pub drive: FloatParam,
    #[id = "lim_ceiling"]
    pub ceiling: FloatParam,
    #[id = "lim_release"]
    pub release: FloatParam,
    #[id = "lim_auto_release"]
    pub auto_release: BoolParam,
    #[id = "lim_true_peak"]
    pub true_peak: BoolParam,
}

impl Default for AuralisParams {
    fn default() -> Self {
        Self {
            persisted: Persisted::default(),
            global: GlobalParams {
                bypass: toggle("Bypass", false).make_bypass(),
                input_gain: decibel("Input Gain", -24.0, 24.0, 0.0),
                output_gain: decibel("Output Gain", -24.0, 24.0, 0.0),
                mix: percent("Mix", 100.0, 100.0),
                listen: EnumParam::new("Listen", Listen::Output),
                engine: EnumParam::new("Engine", EngineKind::Vectorized).non_automatable(),
            },
            eq: EqParams {
                on: toggle("EQ On", true),
                amount: percent("EQ Amount", 100.0, 50.0),
                range: decibel("EQ Range", 0.0, 12.0, 6.0),
                speed: float("EQ Speed", plain::log_range(0.5, 30.0), 6.0, " s", 2),
                phase: EnumParam::new("EQ Phase", EqPhase::Linear),
                tilt: float("EQ Tilt", plain::range(-1.5, 1.5), 0.0, " dB/oct", 2),
                target: EnumParam::new("Target", Target::Auto),
                ref_blend: percent("Reference Blend", 100.0, 0.0),
            },
            eq_bands: EqBandParams::default(),
            comp: CompressorParams {
                on: toggle("Comp On", true),
                threshold: decibel("Comp Threshold", -60.0, 0.0, -20.0),
                ratio: ratio("Comp Ratio", 1.0, 20.0, 2.0),
                knee: decibel("Comp Knee", 0.0, 24.0, 6.0),
                attack: milliseconds("Comp Attack", plain::log_range(0.1, 200.0), 10.0),
                release: milliseconds("Comp Release", plain::log_range(5.0, 2000.0), 150.0),
                auto_release: toggle("Comp Auto Release", true),
                detector: EnumParam::new("Comp Detector", Detector::Peak),
                link: percent("Comp Link", 100.0, 100.0),
                sc_hpf: frequency("Comp SC HPF", 20.0, 500.0, 20.0),
                sc_external: toggle("Comp SC External", false),
                lookahead: milliseconds("Comp Lookahead", plain::range(0.0, 5.0), 0.0),
                makeup: decibel("Comp Makeup", -12.0, 24.0, 0.0),
                auto_makeup: toggle("Comp Auto Makeup", false),
                mix: percent("Comp Mix", 100.0, 100.0),
                adapt: percent("Comp Adapt", 100.0, 50.0),
            },
            stereo: StereoParams {
                width: percent("Stereo Width", 200.0, 100.0),
            },
            loudness: LoudnessParams {
                on: toggle("Loudness On", true),
                target: float(
                    "Loudness Target",
                    plain::range(-36.0, -6.0),
                    -14.0,
                    " LUFS",
                    1,
                ),
                range: decibel("Loudness Range", 0.0, 24.0, 12.0),
            },
            limiter: LimiterParams {
                on: toggle("Limiter On", true),
                drive: decibel("Limiter Drive", 0.0, 24.0, 0.0),
                ceiling: float(
                    "Limiter Ceiling",
                    plain::range(-12.0, 0.0),
                    -1.0,
                    " dBTP",
                    2,
                ),
                release: milliseconds("Limiter Release", plain::log_range(1.0, 1000.0), 100.0),
                auto_release: toggle("Limiter Auto Release", true),
                true_peak: toggle("Limiter True Peak", true),
            },
        }
    }
}

impl AuralisParams {
    /// The manual gains of the bands in dB.
    pub fn band_gains_db(&self) -> PerBand {
        self.eq_bands.all().map(|band| band.value())
    }

    /// The parameters behind an `Arc`, as the framework wants them.
    pub fn shared() -> Arc<Self> {
        Arc::new(Self::default())
    }
}
