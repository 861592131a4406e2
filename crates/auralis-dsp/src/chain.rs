//! The chain: guard -> input gain -> high-pass -> EQ -> tame -> compressor -> width, loudness and output gain ->
//! clipper -> limiter -> monitor -> audition, one frame at a time.
//!
//! The EQ's kernels come from elsewhere ([`Chain::load`]) and go back to be freed
//! ([`Chain::take_retired`]); nothing here allocates or frees after `new`.

pub mod adaptive;
pub mod audition;
pub mod input_guard;
mod latency_change;
pub mod monitor;
pub mod settings;
pub mod stereo;

use fearless_simd::dispatch;

use crate::basics::delay::Delay;
use crate::basics::high_pass::HighPass;
use crate::basics::smoothing::{Glide, LinearGain};
use crate::chain::audition::Auditioner;
use crate::chain::input_guard::{copy, guard, peak};
use crate::chain::monitor::Monitor;
use crate::chain::stereo::widen;
use crate::clipper::Clipper;
use crate::dynamics::compressor::Compressor;
use crate::eq::design::{Curve, EqSizes, Kernel};
use crate::eq::fft_eq::FftEq;
use crate::limiter::Limiter;
use crate::options::EngineKind;
use crate::simd::instruction_set::{Implementation, InstructionSet};
use crate::tame::Tame;
use crate::{FRAME, Frame, MAX_CHANNELS};
pub use adaptive::Adaptive;
use latency_change::LatencyChange;
pub use settings::{ChainSettings, FrameReport};

/// The chain of one instance.
#[derive(Debug)]
pub struct Chain {
    channels: usize,
    instruction_set: InstructionSet,
    input_gain_db: Glide,
    input_gain: LinearGain,
    high_pass: HighPass,
    eq: FftEq,
    tame: Tame,
    compressor: Compressor,
    sidechain: Vec<Delay>,
    width: Glide,
    loudness_gain_db: Glide,
    makeup_gain_db: Glide,
    output_gain_db: Glide,
    drive_db: Glide,
    /// Of all four together.
    gain: LinearGain,
    clipper: Clipper,
    limiter: Limiter,
    dry: Vec<Delay>,
    monitor: Monitor,
    auditioner: Auditioner,
    adaptive: Adaptive,
    latency_change: LatencyChange,
    /// Of the last frame, each channel of the input, then of the output.
    taps: [Frame; 2 * MAX_CHANNELS],
}

impl Chain {
    /// A chain for 1 or 2 channels that starts with `kernel`.
    pub fn new(sample_rate: f64, channels: usize, kernel: Box<Kernel>) -> Self {
        let channels = channels.clamp(1, MAX_CHANNELS);
        let eq = FftEq::new(sample_rate, channels, kernel);
        let compressor = Compressor::new(sample_rate, channels);
        let clipper = Clipper::new(sample_rate, channels);
        let limiter = Limiter::new(sample_rate, channels);
        let longest_eq = EqSizes::longest_latency_samples(sample_rate);
        let behind_tame =
            compressor.latency_samples() + clipper.latency_samples() + limiter.latency_samples();
        let longest = longest_eq + behind_tame;
        let glide = |time_s| Glide::new(time_s, sample_rate);
        Self {
            channels,
            instruction_set: InstructionSet::best(),
            input_gain_db: glide(0.02),
            input_gain: LinearGain::new(),
            high_pass: HighPass::new(sample_rate),
            sidechain: vec![Delay::new(longest_eq); channels],
            width: glide(0.02),
            loudness_gain_db: glide(0.1),
            makeup_gain_db: glide(0.1),
            output_gain_db: glide(0.02),
            drive_db: glide(0.02),
            gain: LinearGain::new(),
            dry: vec![Delay::new(longest); channels],
            monitor: Monitor::new(sample_rate),
            auditioner: Auditioner::new(sample_rate, channels, behind_tame),
            adaptive: Adaptive::NEUTRAL,
            latency_change: LatencyChange::new(sample_rate),
            taps: [[0.0; FRAME]; 2 * MAX_CHANNELS],
            eq,
            tame: Tame::new(sample_rate),
            compressor,
            clipper,
            limiter,
        }
    }

    /// Makes the vectorised engine use these instructions instead of the best ones.
    pub fn use_instruction_set(&mut self, set: InstructionSet) {
        self.instruction_set = set;
    }

    /// Latency in samples in the phase in use, without what gathers host blocks into frames.
    pub fn latency_samples(&self) -> usize {
        self.eq.latency_samples() + self.latency_behind_tame()
    }

    /// Latency of the stages after Tame, in samples.
    fn latency_behind_tame(&self) -> usize {
        self.compressor.latency_samples()
            + self.clipper.latency_samples()
            + self.limiter.latency_samples()
    }

    /// Samples that the EQ rings on after the last one of the input, beyond the latency.
    pub fn tail_samples(&self) -> usize {
        self.eq.tail_samples()
    }

    /// Forgets what was heard. The ear's decisions stay, the newest kernel at once.
    pub fn reset(&mut self) {
        self.high_pass.reset();
        self.eq.reset();
        self.tame.reset();
        self.compressor.reset();
        self.clipper.reset();
        self.limiter.reset();
        self.monitor.reset();
        self.auditioner.reset();
        self.sidechain
            .iter_mut()
            .chain(&mut self.dry)
            .for_each(Delay::reset);
        for glide in [
            &mut self.input_gain_db,
            &mut self.width,
            &mut self.loudness_gain_db,
            &mut self.makeup_gain_db,
            &mut self.output_gain_db,
            &mut self.drive_db,
        ] {
            glide.reset();
        }
        self.latency_change.reset();
    }

    /// What the ear decided; it holds from the next frame on.
    pub fn adapt(&mut self, adaptive: &Adaptive) {
        self.adaptive = *adaptive;
    }

    /// Takes a kernel ([`FftEq::load`]); one of another phase changes the latency, so the output
    /// fades to silence and back around it.
    pub fn load(&mut self, kernel: Box<Kernel>) {
        self.eq.load(kernel);
    }

    /// Takes a kernel of any phase at once: for the first frame after a reset.
    pub fn replace(&mut self, kernel: Box<Kernel>) {
        self.eq.replace(kernel);
    }

    /// The curve of the EQ's kernel in use.
    pub fn curve(&self) -> Curve {
        self.eq.curve()
    }

    /// A kernel that is no longer needed, to be freed elsewhere; call it until it gives `None`.
    pub fn take_retired(&mut self) -> Option<Box<Kernel>> {
        self.eq.take_retired()
    }

    /// What the analysis hears of the last frame: each channel of the input after input gain and high-pass,
    /// then each of the output of the limiter, before mix and monitoring.
    pub fn taps(&self) -> &[Frame] {
        &self.taps[..2 * self.channels]
    }

    /// Processes one frame of each channel in place.
    pub fn process(
        &mut self,
        audio: &mut [Frame],
        sidechain: Option<&mut [Frame]>,
        settings: &ChainSettings,
    ) -> FrameReport {
        debug_assert_eq!(audio.len(), self.channels);
        match settings.engine {
            EngineKind::Scalar => self.run(audio, sidechain, settings, Implementation::Scalar),
            // Everything is dispatched at once, the loops that the compiler turns into vectors by
            // itself with the kernels.
            EngineKind::Vectorized => dispatch!(self.instruction_set.level(), simd => {
                let way = Implementation::Vectorized(InstructionSet::of(simd));
                self.run(audio, sidechain, settings, way)
            }),
        }
    }

    #[inline(always)]
    fn run(
        &mut self,
        audio: &mut [Frame],
        sidechain: Option<&mut [Frame]>,
        settings: &ChainSettings,
        implementation: Implementation,
    ) -> FrameReport {
        let latency = self.latency_samples();
        let (mut faulty, mut input_peak) = (false, [0.0; MAX_CHANNELS]);
        for ((frame, dry), peak) in audio.iter_mut().zip(&mut self.dry).zip(&mut input_peak) {
            let guarded = guard(frame, implementation);
            faulty |= guarded.faulty;
            *peak = guarded.peak;
            dry.write(frame);
        }

        let input_gain_db = self.input_gain_db.next(settings.input_gain_db);
        let input_gain = self.input_gain.of(input_gain_db);
        audio.iter_mut().for_each(|frame| input_gain.apply(frame));
        self.high_pass
            .process(audio, settings.input_hpf_hz, implementation);
        for (frame, tap) in audio.iter().zip(&mut self.taps) {
            *tap = *frame;
        }

        self.eq.process(audio, settings.eq_on, implementation);
        let audition = settings.audition;
        self.auditioner.before_tame(audio, audition);
        let tame_cut_db = self.tame.process(audio, &settings.tame, implementation);
        self.auditioner.after_tame(audio, audition);
        let aligned = self.align(sidechain, implementation);
        let compressor = self.adaptive.moved(&settings.compressor);
        let compressed = self.compressor.process(
            audio,
            aligned.as_ref().map(|a| &a[..]),
            &compressor,
            implementation,
        );
        self.shape(audio, settings);
        let ceiling_db = settings.limiter.ceiling_db;
        self.clipper
            .process(audio, &settings.clipper, ceiling_db, implementation);
        let limiter_reduction_db = self
            .limiter
            .process(audio, &settings.limiter, implementation);
        let mut output_peak = [0.0; MAX_CHANNELS];
        let taps = self.taps[self.channels..].iter_mut();
        for ((frame, tap), peak) in audio.iter().zip(taps).zip(&mut output_peak) {
            *peak = copy(frame, tap, implementation);
        }

        // What is heard of the input is as it came; the ear knows it behind the input gain.
        let matched_gain_db = self.adaptive.matched_gain_db + settings.input_gain_db;
        let monitor = &settings.monitor;
        let is_changed = self
            .monitor
            .process(audio, &self.dry, latency, monitor, matched_gain_db);
        let behind_tame = self.latency_behind_tame();
        let is_auditioned = self
            .auditioner
            .process(audio, audition, behind_tame, matched_gain_db);
        if self.change_latency(audio) || is_changed || is_auditioned {
            output_peak = peaks(audio, implementation);
        }
        FrameReport {
            input_peak,
            output_peak,
            tame_cut_db,
            compressor_reduction_db: compressed.reduction_db(),
            operating_points: [compressed.main, compressed.low],
            limiter_reduction_db,
            adaptive: Adaptive {
                loudness_gain_db: self.loudness_gain_db.value(),
                makeup_gain_db: self.makeup_gain_db.value(),
                matched_gain_db,
                ..self.adaptive
            },
            threshold_db: compressor.curve.threshold_db,
            ratio: compressor.curve.ratio,
            faulty,
        }
    }

    /// The sidechain as the compressor needs it: safe, and delayed as the audio was by the EQ.
    fn align(
        &mut self,
        sidechain: Option<&mut [Frame]>,
        implementation: Implementation,
    ) -> Option<[Frame; MAX_CHANNELS]> {
        let latency = self.eq.latency_samples();
        let sidechain = sidechain?;
        let mut aligned = [[0.0; FRAME]; MAX_CHANNELS];
        let frames = sidechain.iter_mut().zip(&mut aligned);
        for ((frame, aligned), delay) in frames.zip(&mut self.sidechain) {
            guard(frame, implementation);
            delay.write(frame);
            delay.read(latency, aligned);
        }
        Some(aligned)
    }

    /// Width, loudness gain, output gain and the drive into the limiter.
    #[inline(always)]
    fn shape(&mut self, audio: &mut [Frame], settings: &ChainSettings) {
        widen(audio, self.width.next(settings.width));
        let limiter = &settings.limiter;
        let drive_db = if limiter.on { limiter.drive_db } else { 0.0 };
        let gain_db = self
            .loudness_gain_db
            .next(self.adaptive.loudness_gain_db)
            .plus(self.makeup_gain_db.next(self.adaptive.makeup_gain_db))
            .plus(self.output_gain_db.next(settings.output_gain_db))
            .plus(self.drive_db.next(drive_db));
        let gain = self.gain.of(gain_db);
        audio.iter_mut().for_each(|frame| gain.apply(frame));
    }

    /// Lets the EQ take a kernel of another phase in silence; false while nothing of that is under
    /// way.
    #[inline(always)]
    fn change_latency(&mut self, audio: &mut [Frame]) -> bool {
        let is_wanted = self.eq.wants_other_phase();
        if !is_wanted && self.latency_change.is_idle() {
            return false;
        }
        if self.latency_change.fade(audio, is_wanted) && is_wanted {
            self.eq.take_pending();
            let filled = self.latency_samples() + self.eq.latency_samples();
            self.latency_change.fill(filled / FRAME + 1);
        }
        true
    }
}

/// Peak of each channel, linear; 0 where there is none.
fn peaks(audio: &[Frame], implementation: Implementation) -> [f32; MAX_CHANNELS] {
    let mut peaks = [0.0; MAX_CHANNELS];
    for (largest, frame) in peaks.iter_mut().zip(audio) {
        *largest = peak(frame, implementation);
    }
    peaks
}
