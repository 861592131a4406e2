//! Values as the processor's settings: what each parameter is used for.

use auralis_dsp::chain::ChainSettings;
use auralis_dsp::chain::audition::Audition;
use auralis_dsp::chain::monitor::MonitorSettings;
use auralis_dsp::clipper::ClipperSettings;
use auralis_dsp::dynamics::compressor::CompressorSettings;
use auralis_dsp::dynamics::gain_computer::GainComputer;
use auralis_dsp::limiter::LimiterSettings;
use auralis_dsp::tame::TameSettings;

use super::table::{ParamId, TABLE};
use super::values::Values;
use crate::ear::AnalysisSettings;
use crate::ear::settings::Locks;
use crate::processor::ProcessorSettings;

impl Default for AnalysisSettings {
    /// Those of a new instance.
    fn default() -> Self {
        Values::default().settings().analysis
    }
}

impl Values {
    /// All of it as the processor wants it. Safe on the audio thread.
    pub fn settings(&self) -> ProcessorSettings {
        ProcessorSettings {
            chain: self.chain(),
            analysis: self.analysis(),
        }
    }

    fn chain(&self) -> ChainSettings {
        ChainSettings {
            engine: self.choice(ParamId::Engine),
            input_gain_db: self.get(ParamId::InputGain),
            input_hpf_hz: self.get(ParamId::InputHpf),
            eq_on: self.is_on(ParamId::EqOn),
            tame: self.tame(),
            compressor: self.compressor(),
            sidechain_external: self.is_on(ParamId::CompScExternal),
            width: self.share(ParamId::Width),
            output_gain_db: self.get(ParamId::OutputGain),
            clipper: ClipperSettings {
                amount_db: self.get(ParamId::ClipAmount),
            },
            limiter: LimiterSettings {
                on: self.is_on(ParamId::LimOn),
                drive_db: self.get(ParamId::LimDrive),
                ceiling_db: self.get(ParamId::LimCeiling),
                release_ms: self.get(ParamId::LimRelease),
                auto_release: self.is_on(ParamId::LimAutoRelease),
                true_peak: self.is_on(ParamId::LimTruePeak),
                link: self.share(ParamId::LimLink),
            },
            monitor: MonitorSettings {
                bypass: self.is_on(ParamId::Bypass),
                mix: self.share(ParamId::Mix),
                listen: self.choice(ParamId::Listen),
            },
            audition: Audition::Off, // no parameter
        }
    }

    fn tame(&self) -> TameSettings {
        TameSettings {
            on: self.is_on(ParamId::TameOn),
            depth: self.share(ParamId::TameDepth),
            sharpness: self.share(ParamId::TameSharpness),
            speed_ms: self.get(ParamId::TameSpeed),
            low_hz: self.get(ParamId::TameLow),
            high_hz: self.get(ParamId::TameHigh),
            link: self.share(ParamId::TameLink),
        }
    }

    fn compressor(&self) -> CompressorSettings {
        CompressorSettings {
            on: self.is_on(ParamId::CompOn),
            curve: GainComputer {
                threshold_db: self.get(ParamId::CompThreshold),
                ratio: self.get(ParamId::CompRatio),
                knee_db: self.get(ParamId::CompKnee),
            },
            attack_ms: self.get(ParamId::CompAttack),
            release_ms: self.get(ParamId::CompRelease),
            auto_release: self.is_on(ParamId::CompAutoRelease),
            detector: self.choice(ParamId::CompDetector),
            link: self.share(ParamId::CompLink),
            sidechain_hpf_hz: self.get(ParamId::CompScHpf),
            low_split_hz: self.get(ParamId::CompLowSplit),
            lookahead_ms: self.get(ParamId::CompLookahead),
            makeup_db: self.get(ParamId::CompMakeup),
            auto_makeup: self.is_on(ParamId::CompAutoMakeup),
            mix: self.share(ParamId::CompMix),
        }
    }

    fn analysis(&self) -> AnalysisSettings {
        AnalysisSettings {
            eq_on: self.is_on(ParamId::EqOn),
            eq_amount: self.share(ParamId::EqAmount),
            eq_range_db: self.get(ParamId::EqRange),
            eq_speed_s: self.get(ParamId::EqSpeed),
            eq_phase: self.choice(ParamId::EqPhase),
            eq_tilt_db_per_oct: self.get(ParamId::EqTilt),
            manual_db: std::array::from_fn(|band| self.get(ParamId::eq_band(band))),
            target: self.choice(ParamId::Target),
            ref_blend: self.share(ParamId::RefBlend),
            comp_on: self.is_on(ParamId::CompOn),
            comp_adapt: self.share(ParamId::CompAdapt),
            comp_threshold_db: self.get(ParamId::CompThreshold),
            comp_ratio: self.get(ParamId::CompRatio),
            mode: self.choice(ParamId::AdaptMode),
            locks: Locks {
                eq: self.is_on(ParamId::EqLock),
                compressor: self.is_on(ParamId::CompLock),
                loudness: self.is_on(ParamId::LoudLock),
            },
            loss_mark: self.loss_mark(),
            loud_on: self.is_on(ParamId::LoudOn),
            loud_target_lufs: self.get(ParamId::LoudTarget),
            loud_range_db: self.get(ParamId::LoudRange),
        }
    }
    /// A number that is another one, but by rare chance, when anything changes that the loss of the
    /// processors depends on (FNV-1a over the bits). Cheap enough for every block.
    fn loss_mark(&self) -> u32 {
        let heard = TABLE.iter().filter(|row| !HARMLESS.contains(&row.param));
        let bits = heard.map(|row| self.get(row.param).to_bits());
        bits.fold(0x811c_9dc5, |mark, bits| {
            (mark ^ bits).wrapping_mul(0x0100_0193)
        })
    }
}

/// What the loss of the processors does not depend on.
const HARMLESS: [ParamId; 9] = [
    ParamId::Bypass,
    ParamId::Mix,
    ParamId::Listen,
    ParamId::Engine,
    ParamId::EqSpeed,
    ParamId::AdaptMode,
    ParamId::EqLock,
    ParamId::CompLock,
    ParamId::LoudLock,
];
