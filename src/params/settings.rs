//! Parameters as plain numbers.

use crate::analysis::AnalysisSettings;
use crate::dsp::compressor::CompressorSettings;
use crate::dsp::engine::Settings;
use crate::dsp::gain_computer::GainComputer;
use crate::dsp::limiter::LimiterSettings;
use crate::dsp::monitor::MonitorSettings;
use crate::processor::ProcessorSettings;

use super::AuralisParams;

impl AuralisParams {
    /// All parameters as the processor wants them. Safe on the audio thread.
    pub fn settings(&self) -> ProcessorSettings {
        ProcessorSettings {
            engine: self.engine_settings(),
            analysis: self.analysis_settings(),
        }
    }

    fn engine_settings(&self) -> Settings {
        Settings {
            engine: self.global.engine.value(),
            input_gain_db: self.global.input_gain.value(),
            eq_on: self.eq.on.value(),
            compressor: self.compressor_settings(),
            sidechain_external: self.comp.sc_external.value(),
            width: self.stereo.width.value() / 100.0,
            output_gain_db: self.global.output_gain.value(),
            limiter: LimiterSettings {
                on: self.limiter.on.value(),
                drive_db: self.limiter.drive.value(),
                ceiling_db: self.limiter.ceiling.value(),
                release_ms: self.limiter.release.value(),
                auto_release: self.limiter.auto_release.value(),
                true_peak: self.limiter.true_peak.value(),
            },
            monitor: MonitorSettings {
                bypass: self.global.bypass.value(),
                mix: self.global.mix.value() / 100.0,
                listen: self.global.listen.value(),
            },
        }
    }

    fn compressor_settings(&self) -> CompressorSettings {
        CompressorSettings {
            on: self.comp.on.value(),
            curve: GainComputer {
                threshold_db: self.comp.threshold.value(),
                ratio: self.comp.ratio.value(),
                knee_db: self.comp.knee.value(),
            },
            attack_ms: self.comp.attack.value(),
            release_ms: self.comp.release.value(),
            auto_release: self.comp.auto_release.value(),
            detector: self.comp.detector.value(),
            link: self.comp.link.value() / 100.0,
            sidechain_hpf_hz: self.comp.sc_hpf.value(),
            lookahead_ms: self.comp.lookahead.value(),
            makeup_db: self.comp.makeup.value(),
            auto_makeup: self.comp.auto_makeup.value(),
            mix: self.comp.mix.value() / 100.0,
        }
    }

    fn analysis_settings(&self) -> AnalysisSettings {
        AnalysisSettings {
            eq_on: self.eq.on.value(),
            eq_amount: self.eq.amount.value() / 100.0,
            eq_range_db: self.eq.range.value(),
            eq_speed_s: self.eq.speed.value(),
            eq_phase: self.eq.phase.value(),
            eq_tilt_db_per_oct: self.eq.tilt.value(),
            manual_db: self.band_gains_db(),
            target: self.eq.target.value(),
            ref_blend: self.eq.ref_blend.value() / 100.0,
            comp_on: self.comp.on.value(),
            comp_adapt: self.comp.adapt.value() / 100.0,
            comp_threshold_db: self.comp.threshold.value(),
            comp_ratio: self.comp.ratio.value(),
            loud_on: self.loudness.on.value(),
            loud_target_lufs: self.loudness.target.value(),
            loud_range_db: self.loudness.range.value(),
        }
    }
}
