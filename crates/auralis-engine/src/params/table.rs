//! The one table of parameters. Ids are for ever: saved states and automation name them.

use auralis_dsp::options::{Detector, EngineKind, EqPhase, Listen};

use super::choices::Choices;
use crate::ear::{AdaptMode, Target};

/// What a number counts, which is how it is printed and what may be typed ([`super::text`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Decibels.
    Db,
    /// Decibels per octave.
    DbPerOct,
    /// Decibels of true peak (ITU-R BS.1770).
    Dbtp,
    /// Loudness units below full scale (EBU R 128).
    Lufs,
    /// Hundredths.
    Percent,
    /// Milliseconds.
    Milliseconds,
    /// Seconds.
    Seconds,
    /// Hertz.
    Hertz,
    /// The left side of a ratio to one.
    Ratio,
}

/// How a number spreads over the travel of its control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Evenly.
    Linear,
    /// Most of the travel at the low end: for times, ratios and frequencies.
    Skewed,
}

/// What a parameter is, with its range and default.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// A number between `min` and `max`.
    Float {
        /// Smallest value.
        min: f32,
        /// Largest value.
        max: f32,
        /// Value of a new instance.
        default: f32,
        /// What it counts.
        unit: Unit,
        /// How it spreads over its control.
        scale: Scale,
    },
    /// On or off.
    Switch {
        /// Value of a new instance.
        default: bool,
    },
    /// One of a list.
    Choice {
        /// Place in the list of a new instance.
        default: usize,
        /// Stable ids.
        ids: &'static [&'static str],
        /// Names.
        names: &'static [&'static str],
        /// False for what a host must not automate.
        automatable: bool,
    },
}

impl Kind {
    /// The default as a plain number: a switch is 0 or 1, a choice its place in the list.
    pub const fn default(&self) -> f32 {
        match self {
            Self::Float { default, .. } => *default,
            Self::Switch { default: true } => 1.0,
            Self::Switch { default: false } => 0.0,
            Self::Choice { default, .. } => *default as f32,
        }
    }

    /// The smallest and the largest plain number.
    pub const fn range(&self) -> (f32, f32) {
        match self {
            Self::Float { min, max, .. } => (*min, *max),
            Self::Switch { .. } => (0.0, 1.0),
            Self::Choice { names, .. } => (0.0, (names.len() - 1) as f32),
        }
    }

    /// Whether a host may automate it.
    pub const fn is_automatable(&self) -> bool {
        !matches!(
            self,
            Self::Choice {
                automatable: false,
                ..
            }
        )
    }

    /// The same, which a host must not automate.
    const fn not_automatable(self) -> Self {
        match self {
            Self::Choice {
                default,
                ids,
                names,
                ..
            } => Self::Choice {
                default,
                ids,
                names,
                automatable: false,
            },
            other => other,
        }
    }

    /// A finite number made to fit: into the range, and whole where there are steps. Anything else is
    /// the default.
    pub fn fitted(&self, value: f32) -> f32 {
        if !value.is_finite() {
            return self.default();
        }
        let (min, max) = self.range();
        let value = value.clamp(min, max);
        match self {
            Self::Float { .. } => value,
            Self::Switch { .. } | Self::Choice { .. } => value.round(),
        }
    }
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// Which parameter it is.
    pub param: ParamId,
    /// Stable id.
    pub id: &'static str,
    /// Name that hosts show.
    pub name: &'static str,
    /// Group that hosts show.
    pub group: &'static str,
    /// Range and default.
    pub kind: Kind,
    /// What it does, where the name does not say it.
    pub note: &'static str,
}

const fn float(min: f32, max: f32, default: f32, unit: Unit) -> Kind {
    Kind::Float {
        min,
        max,
        default,
        unit,
        scale: Scale::Linear,
    }
}

const fn skewed(min: f32, max: f32, default: f32, unit: Unit) -> Kind {
    Kind::Float {
        min,
        max,
        default,
        unit,
        scale: Scale::Skewed,
    }
}

const fn switch(default: bool) -> Kind {
    Kind::Switch { default }
}

/// The first of a list is the default.
const fn choice<T: Choices>() -> Kind {
    choice_at::<T>(0)
}

/// The default is the one at this place of the list.
const fn choice_at<T: Choices>(default: usize) -> Kind {
    Kind::Choice {
        default,
        ids: T::IDS,
        names: T::NAMES,
        automatable: true,
    }
}

/// Declares the parameters: name in code, id, name, group, kind, note.
macro_rules! parameters {
    ($($param:ident $id:literal $name:literal $group:literal $kind:expr, $note:literal;)*) => {
        /// A parameter.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[allow(missing_docs)] // its row says what it is
        pub enum ParamId {
            $($param),*
        }

        /// All parameters, in the order in which hosts show them.
        pub static TABLE: &[Row] = &[$(Row {
            param: ParamId::$param,
            id: $id,
            name: $name,
            group: $group,
            kind: $kind,
            note: $note,
        }),*];

        /// How many there are.
        pub const COUNT: usize = [$(ParamId::$param),*].len();
    };
}

#[rustfmt::skip] // a table reads in columns
parameters! {
    Bypass "bypass" "Bypass" "Global" switch(false), "host bypass; latency-compensated and click-free";
    InputGain "input_gain" "Input Gain" "Global" float(-24.0, 24.0, 0.0, Unit::Db), "";
    OutputGain "output_gain" "Output Gain" "Global" float(-24.0, 24.0, 0.0, Unit::Db), "before the limiter";
    Mix "mix" "Mix" "Global" float(0.0, 100.0, 100.0, Unit::Percent), "dry is delayed by the reported latency";
    Listen "listen" "Listen" "Global" choice::<Listen>(), "Delta = output minus the delayed input; Matched Input = the delayed input at the output's loudness";
    Engine "engine" "Engine" "Global" choice::<EngineKind>().not_automatable(), "the rollback switch";
    EqOn "eq_on" "EQ On" "EQ" switch(true), "";
    EqAmount "eq_amount" "EQ Amount" "EQ" float(0.0, 100.0, 50.0, Unit::Percent), "how strong faults of the tone are believed to be: 25 % 1.5 dB, 50 % 2.5 dB, 100 % all that differs from the target";
    EqRange "eq_range" "EQ Range" "EQ" float(0.0, 12.0, 6.0, Unit::Db), "largest adaptive gain of a band either way";
    EqSpeed "eq_speed" "EQ Speed" "EQ" skewed(0.5, 30.0, 6.0, Unit::Seconds), "time constant of the adaptation";
    EqPhase "eq_phase" "EQ Phase" "EQ" choice_at::<EqPhase>(EqPhase::Mixed as usize), "Linear = no phase distortion, most latency; Minimum = least latency; Mixed = minimum phase in the bass, linear phase above: no pre-echo of the bass";
    EqTilt "eq_tilt" "EQ Tilt" "EQ" float(-1.5, 1.5, 0.0, Unit::DbPerOct), "pivot 1 kHz; added to the manual gains";
    Target "target" "Target" "EQ" choice::<Target>(), "";
    RefBlend "ref_blend" "Reference Blend" "EQ" float(0.0, 100.0, 0.0, Unit::Percent), "0 = the target profile; 100 = the captured reference; between = both (hybrid); without a reference it does nothing";
    EqBand01 "eq_band_01" "EQ Band 1" "EQ Bands" float(-12.0, 12.0, 0.0, Unit::Db), "manual gain of critical band 1; added to the adaptive gain";
    EqBand02 "eq_band_02" "EQ Band 2" "EQ Bands" float(-12.0, 12.0, 0.0, Unit::Db), "manual gain of critical band 2; added to the adaptive gain";
    EqBand03 "eq_band_03" "EQ Band 3" "EQ Bands" float(-12.0, 12.0, 0.0, Unit::Db), "manual gain of critical band 3; added to the adaptive gain";
    EqBand04 "eq_band_04" "EQ Band 4" "EQ Bands" float(-12.0, 12.0, 0.0, Unit::Db), "manual gain of critical band 4; added to the adaptive gain";
    EqBand05 "eq_band_05" "EQ Band 5" "EQ Bands" float(-12.0, 12.0, 0.0, Unit::Db), "manual gain of critical band 5; added to the adaptive gain";
    EqBand06 "eq_band_06" "EQ Band 6" "EQ Bands" float(-12.0, 12.0, 0.0, Unit::Db), "manual gain of critical band 6; added to the adaptive gain";
    EqBand07 "eq_band_07" "EQ Band 7" "EQ Bands" float(-12.0, 12.0, 0.0, Unit::Db), "manual gain of critical band 7; added to the adaptive gain";
    EqBand08 "eq_band_08" "EQ Band 8" "EQ Bands" float(-12.0, 12.0, 0.0, Unit::Db), "manual gain of critical band 8; added to the adaptive gain";
    EqBand09 "eq_band_09" "EQ Band 9" "EQ Bands" float(-12.0, 12.0, 0.0, Unit::Db), "manual gain of critical band 9; added to the adaptive gain";
    EqBand10 "eq_band_10" "EQ Band 10" "EQ Bands" float(-12.0, 12.0, 0.0, Unit::Db), "manual gain of critical band 10; added to the adaptive gain";
    EqBand11 "eq_band_11" "EQ Band 11" "EQ Bands" float(-12.0, 12.0, 0.0, Unit::Db), "manual gain of critical band 11; added to the adaptive gain";
    EqBand12 "eq_band_12" "EQ Band 12" "EQ Bands" float(-12.0, 12.0, 0.0, Unit::Db), "manual gain of critical band 12; added to the adaptive gain";
    EqBand13 "eq_band_13" "EQ Band 13" "EQ Bands" float(-12.0, 12.0, 0.0, Unit::Db), "manual gain of critical band 13; added to the adaptive gain";
    EqBand14 "eq_band_14" "EQ Band 14" "EQ Bands" float(-12.0, 12.0, 0.0, Unit::Db), "manual gain of critical band 14; added to the adaptive gain";
    EqBand15 "eq_band_15" "EQ Band 15" "EQ Bands" float(-12.0, 12.0, 0.0, Unit::Db), "manual gain of critical band 15; added to the adaptive gain";
    EqBand16 "eq_band_16" "EQ Band 16" "EQ Bands" float(-12.0, 12.0, 0.0, Unit::Db), "manual gain of critical band 16; added to the adaptive gain";
    EqBand17 "eq_band_17" "EQ Band 17" "EQ Bands" float(-12.0, 12.0, 0.0, Unit::Db), "manual gain of critical band 17; added to the adaptive gain";
    EqBand18 "eq_band_18" "EQ Band 18" "EQ Bands" float(-12.0, 12.0, 0.0, Unit::Db), "manual gain of critical band 18; added to the adaptive gain";
    EqBand19 "eq_band_19" "EQ Band 19" "EQ Bands" float(-12.0, 12.0, 0.0, Unit::Db), "manual gain of critical band 19; added to the adaptive gain";
    EqBand20 "eq_band_20" "EQ Band 20" "EQ Bands" float(-12.0, 12.0, 0.0, Unit::Db), "manual gain of critical band 20; added to the adaptive gain";
    EqBand21 "eq_band_21" "EQ Band 21" "EQ Bands" float(-12.0, 12.0, 0.0, Unit::Db), "manual gain of critical band 21; added to the adaptive gain";
    EqBand22 "eq_band_22" "EQ Band 22" "EQ Bands" float(-12.0, 12.0, 0.0, Unit::Db), "manual gain of critical band 22; added to the adaptive gain";
    EqBand23 "eq_band_23" "EQ Band 23" "EQ Bands" float(-12.0, 12.0, 0.0, Unit::Db), "manual gain of critical band 23; added to the adaptive gain";
    EqBand24 "eq_band_24" "EQ Band 24" "EQ Bands" float(-12.0, 12.0, 0.0, Unit::Db), "manual gain of critical band 24; added to the adaptive gain";
    EqBand25 "eq_band_25" "EQ Band 25" "EQ Bands" float(-12.0, 12.0, 0.0, Unit::Db), "manual gain of critical band 25; added to the adaptive gain";
    CompOn "comp_on" "Comp On" "Compressor" switch(true), "";
    CompThreshold "comp_threshold" "Comp Threshold" "Compressor" float(-60.0, 0.0, -20.0, Unit::Db), "";
    CompRatio "comp_ratio" "Comp Ratio" "Compressor" skewed(1.0, 20.0, 2.0, Unit::Ratio), "";
    CompKnee "comp_knee" "Comp Knee" "Compressor" float(0.0, 24.0, 6.0, Unit::Db), "full width of the soft knee";
    CompAttack "comp_attack" "Comp Attack" "Compressor" skewed(0.1, 200.0, 10.0, Unit::Milliseconds), "";
    CompRelease "comp_release" "Comp Release" "Compressor" skewed(5.0, 2000.0, 150.0, Unit::Milliseconds), "";
    CompAutoRelease "comp_auto_release" "Comp Auto Release" "Compressor" switch(true), "programme-dependent release";
    CompDetector "comp_detector" "Comp Detector" "Compressor" choice::<Detector>(), "";
    CompLink "comp_link" "Comp Link" "Compressor" float(0.0, 100.0, 100.0, Unit::Percent), "stereo link of the detectors";
    CompScHpf "comp_sc_hpf" "Comp SC HPF" "Compressor" skewed(20.0, 500.0, 120.0, Unit::Hertz), "12 dB/oct high-pass of the detector; 20 Hz = off";
    CompScExternal "comp_sc_external" "Comp SC External" "Compressor" switch(false), "detect from the sidechain input";
    CompLookahead "comp_lookahead" "Comp Lookahead" "Compressor" float(0.0, 5.0, 0.0, Unit::Milliseconds), "latency does not change with it";
    CompMakeup "comp_makeup" "Comp Makeup" "Compressor" float(-12.0, 24.0, 0.0, Unit::Db), "";
    CompAutoMakeup "comp_auto_makeup" "Comp Auto Makeup" "Compressor" switch(false), "";
    CompMix "comp_mix" "Comp Mix" "Compressor" float(0.0, 100.0, 100.0, Unit::Percent), "parallel compression";
    CompAdapt "comp_adapt" "Comp Adapt" "Compressor" float(0.0, 100.0, 50.0, Unit::Percent), "how far the analysis moves the threshold and the ratio with the programme; 0 = static";
    Width "width" "Stereo Width" "Stereo" float(0.0, 200.0, 100.0, Unit::Percent), "mid/side; 100 = untouched; mono layouts ignore it";
    LoudOn "loud_on" "Loudness On" "Loudness" switch(true), "";
    LoudTarget "loud_target" "Loudness Target" "Loudness" float(-36.0, -6.0, -14.0, Unit::Lufs), "integrated loudness to land on";
    LoudRange "loud_range" "Loudness Range" "Loudness" float(0.0, 24.0, 12.0, Unit::Db), "largest loudness gain either way";
    LimOn "lim_on" "Limiter On" "Limiter" switch(true), "";
    LimDrive "lim_drive" "Limiter Drive" "Limiter" float(0.0, 24.0, 0.0, Unit::Db), "gain into the limiter";
    LimCeiling "lim_ceiling" "Limiter Ceiling" "Limiter" float(-12.0, 0.0, -1.0, Unit::Dbtp), "";
    LimRelease "lim_release" "Limiter Release" "Limiter" skewed(1.0, 1000.0, 100.0, Unit::Milliseconds), "";
    LimAutoRelease "lim_auto_release" "Limiter Auto Release" "Limiter" switch(true), "programme-dependent release";
    LimTruePeak "lim_true_peak" "Limiter True Peak" "Limiter" switch(true), "on: inter-sample peaks are held under the ceiling; off: sample peaks";
    AdaptMode "adapt_mode" "Adaptation" "Global" choice::<AdaptMode>().not_automatable(), "Learn = decisions follow the estimate of the whole song; Hold = every adaptive value stands still; Follow = continuous (streams and speech)";
    InputHpf "input_hpf" "Input HPF" "Global" float(0.0, 60.0, 0.0, Unit::Hertz), "12 dB/oct high-pass of the input, from 5 Hz on, against offsets and rumble; 0 = off and bit-exact";
    EqLock "eq_lock" "EQ Lock" "EQ" switch(false), "this stage's adaptive values stand still in every mode";
    CompLock "comp_lock" "Comp Lock" "Compressor" switch(false), "this stage's adaptive values stand still in every mode";
    CompLowSplit "comp_low_split" "Comp Low Split" "Compressor" float(0.0, 400.0, 0.0, Unit::Hertz), "crossover below which a second band of the compressor works; 0 = one band";
    LoudLock "loud_lock" "Loudness Lock" "Loudness" switch(false), "this stage's adaptive values stand still in every mode";
    ClipAmount "clip_amount" "Clip Amount" "Limiter" float(0.0, 6.0, 0.0, Unit::Db), "soft oversampled clipper before the limiter; 0 = off and bit-exact";
    LimLink "lim_link" "Limiter Link" "Limiter" float(0.0, 100.0, 100.0, Unit::Percent), "stereo link of the limiter's gain";
    TameOn "tame_on" "Tame On" "Tame" switch(false), "resonance suppressor between EQ and compressor";
    TameDepth "tame_depth" "Tame Depth" "Tame" float(0.0, 100.0, 40.0, Unit::Percent), "share of what stands out that is cut";
    TameSharpness "tame_sharpness" "Tame Sharpness" "Tame" float(0.0, 100.0, 50.0, Unit::Percent), "how narrow a peak must be to count";
    TameSpeed "tame_speed" "Tame Speed" "Tame" skewed(1.0, 500.0, 40.0, Unit::Milliseconds), "time constant of cut and release; how long a peak must stand follows it: a second or two at 40 ms, some 50 ms at 4 ms";
    TameLow "tame_low_hz" "Tame Low" "Tame" skewed(20.0, 2000.0, 100.0, Unit::Hertz), "it works from here";
    TameHigh "tame_high_hz" "Tame High" "Tame" skewed(1000.0, 20_000.0, 16_000.0, Unit::Hertz), "it works up to here";
    TameLink "tame_link" "Tame Link" "Tame" float(0.0, 100.0, 100.0, Unit::Percent), "stereo link of the cuts";
}

impl ParamId {
    /// Its row.
    pub fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// The manual gain of a critical band, from 0.
    ///
    /// # Panics
    /// When `band` is not below [`auralis_dsp::bands::BANDS`].
    pub fn eq_band(band: usize) -> Self {
        assert!(band < auralis_dsp::bands::BANDS, "critical band {band}");
        TABLE[Self::EqBand01 as usize + band].param
    }

    /// The parameter with this id.
    pub fn with_id(id: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.id == id).map(|row| row.param)
    }
}
