//! The chain: guard -> input gain -> EQ -> compressor -> width, loudness and output gain -> limiter
//! -> monitor, one frame at a time.
//!
//! The EQ's kernels come from elsewhere ([`Engine::load`]) and go back to be freed
//! ([`Engine::take_retired`]); nothing here allocates or frees after `new`.

mod settings;

use fearless_simd::dispatch;

use super::compressor::{Compressor, CompressorSettings};
use super::delay::Delay;
use super::eq_design::{Curve, EqSizes, Kernel};
use super::fft_eq::FftEq;
use super::input_guard::{copy, guard, peak};
use super::instruction_set::{Implementation, InstructionSet};
use super::limiter::Limiter;
use super::monitor::Monitor;
use super::options::{EngineKind, EqPhase};
use super::retired::Retired;
use super::smoothing::{Fade, Glide, LinearGain};
use super::stereo::widen;
use super::{FRAME, Frame, MAX_CHANNELS};
use settings::NEUTRAL;
pub use settings::{Adaptation, FrameReport, Settings};

/// The chain of one instance.
#[derive(Debug)]
pub struct Engine {
    channels: usize,
    instruction_set: InstructionSet,
    input_gain_db: Glide,
    input_gain: LinearGain,
    eq: FftEq,
    compressor: Compressor,
    sidechain: Vec<Delay>,
    width: Glide,
    loudness_gain_db: Glide,
    makeup_gain_db: Glide,
    output_gain_db: Glide,
    drive_db: Glide,
    /// Of all four together.
    gain: LinearGain,
    limiter: Limiter,
    dry: Vec<Delay>,
    monitor: Monitor,
    adaptation: Adaptation,
    /// A kernel that waits for the crossfade at hand.
    waiting: Option<Box<Kernel>>,
    /// A kernel of the other phase that waits for silence.
    switching: Option<Box<Kernel>>,
    audible: Fade,
    /// Frames to stay silent after a switch of phase, until the new path is filled.
    silent_frames: usize,
    retired: Retired,
    /// Of the last frame, each channel of the input, then of the output.
    taps: [Frame; 2 * MAX_CHANNELS],
}

impl Engine {
    /// A chain for 1 or 2 channels that starts with `kernel`.
    pub fn new(sample_rate: f64, channels: usize, kernel: Box<Kernel>) -> Self {
        let channels = channels.clamp(1, MAX_CHANNELS);
        let eq = FftEq::new(sample_rate, channels, kernel);
        let compressor = Compressor::new(sample_rate, channels);
        let limiter = Limiter::new(sample_rate, channels);
        let longest_eq = [EqPhase::Linear, EqPhase::Minimum]
            .map(|phase| EqSizes::new(phase, sample_rate).latency_samples());
        let longest_eq = longest_eq[0].max(longest_eq[1]);
        let longest = longest_eq + compressor.latency_samples() + limiter.latency_samples();
        let glide = |time_s| Glide::new(time_s, sample_rate);
        Self {
            channels,
            instruction_set: InstructionSet::best(),
            input_gain_db: glide(0.02),
            input_gain: LinearGain::new(),
            sidechain: vec![Delay::new(longest_eq); channels],
            width: glide(0.02),
            loudness_gain_db: glide(0.1),
            makeup_gain_db: glide(0.1),
            output_gain_db: glide(0.02),
            drive_db: glide(0.02),
            gain: LinearGain::new(),
            dry: vec![Delay::new(longest); channels],
            monitor: Monitor::new(sample_rate),
            adaptation: NEUTRAL,
            waiting: None,
            switching: None,
            audible: Fade::new(0.02, sample_rate),
            silent_frames: 0,
            retired: Retired::default(),
            taps: [[0.0; FRAME]; 2 * MAX_CHANNELS],
            eq,
            compressor,
            limiter,
        }
    }

    /// Makes the vectorised engine use these instructions instead of the best ones.
    pub fn use_instruction_set(&mut self, set: InstructionSet) {
        self.instruction_set = set;
    }

    /// Latency in samples in the phase in use, without what gathers host blocks into frames.
    pub fn latency_samples(&self) -> usize {
        self.eq.latency_samples()
            + self.compressor.latency_samples()
            + self.limiter.latency_samples()
    }

    /// Samples that the EQ rings on after the last one of the input, beyond the latency.
    pub fn tail_samples(&self) -> usize {
        self.eq.tail_samples()
    }

    /// Forgets what was heard. The analysis' decisions stay, the newest kernel at once.
    pub fn reset(&mut self) {
        self.eq.reset();
        let ended = self.eq.finish_fade();
        self.retired.push(ended);
        let waiting = self.waiting.take();
        if let Some(kernel) = self.switching.take() {
            self.retired.push(waiting);
            self.replace(kernel);
        } else if let Some(kernel) = waiting {
            self.replace(kernel);
        }
        self.compressor.reset();
        self.limiter.reset();
        self.monitor.reset();
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
        self.audible.reset();
        self.silent_frames = 0;
    }

    /// What the analysis decided; it holds from the next frame on.
    pub fn adapt(&mut self, adaptation: Adaptation) {
        self.adaptation = adaptation;
    }

    /// Takes a kernel: crossfades to it, after the crossfade at hand if there is one. A kernel of
    /// the other phase changes the latency, so the output fades to silence and back around it.
    pub fn load(&mut self, kernel: Box<Kernel>) {
        let place = if kernel.curve.phase == self.eq.phase() {
            &mut self.waiting
        } else {
            &mut self.switching
        };
        let overtaken = place.replace(kernel);
        self.retired.push(overtaken);
    }

    /// Takes a kernel of either phase at once: for the first frame after a reset.
    pub fn replace(&mut self, kernel: Box<Kernel>) {
        for kernel in self.eq.replace(kernel) {
            self.retired.push(kernel);
        }
    }

    /// The curve of the EQ's kernel in use.
    pub fn curve(&self) -> Curve {
        self.eq.curve()
    }

    /// A kernel that is no longer needed, to be freed elsewhere; call it until it gives `None`.
    pub fn take_retired(&mut self) -> Option<Box<Kernel>> {
        self.retired.pop()
    }

    /// What the analysis hears of the last frame: each channel of the input after the input gain, then
    /// each of the output of the limiter, before mix and monitoring.
    pub fn taps(&self) -> &[Frame] {
        &self.taps[..2 * self.channels]
    }

    /// Processes one frame of each channel in place.
    pub fn process(
        &mut self,
        audio: &mut [Frame],
        sidechain: Option<&mut [Frame]>,
        settings: &Settings,
    ) -> FrameReport {
        debug_assert_eq!(audio.len(), self.channels);
        match settings.engine {
            EngineKind::Reference => {
                self.run(audio, sidechain, settings, Implementation::Reference)
            }
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
        settings: &Settings,
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
        for (frame, tap) in audio.iter_mut().zip(&mut self.taps) {
            input_gain.apply(frame);
            *tap = *frame;
        }

        self.start_waiting_kernel();
        let ended = self.eq.process(audio, settings.eq_on, implementation);
        self.retired.push(ended);
        let aligned = self.align(sidechain, implementation);
        let compressor = self.adapted(&settings.compressor);
        let compressor_reduction_db = self.compressor.process(
            audio,
            aligned.as_ref().map(|a| &a[..]),
            &compressor,
            implementation,
        );
        self.shape(audio, settings);
        let limiter_reduction_db = self
            .limiter
            .process(audio, &settings.limiter, implementation);
        let mut output_peak = [0.0; MAX_CHANNELS];
        let taps = self.taps[self.channels..].iter_mut();
        for ((frame, tap), peak) in audio.iter().zip(taps).zip(&mut output_peak) {
            *peak = copy(frame, tap, implementation);
        }

        let matched_gain_db = self.adaptation.matched_gain_db;
        let monitor = &settings.monitor;
        let is_changed = self
            .monitor
            .process(audio, &self.dry, latency, monitor, matched_gain_db);
        if self.switch_phase(audio) || is_changed {
            output_peak = peaks(audio, implementation);
        }
        FrameReport {
            input_peak,
            output_peak,
            compressor_reduction_db,
            limiter_reduction_db,
            loudness_gain_db: self.loudness_gain_db.value(),
            makeup_gain_db: self.makeup_gain_db.value(),
            threshold_db: compressor.curve.threshold_db,
            ratio: compressor.curve.ratio,
            faulty,
        }
    }

    /// Starts the crossfade to the kernel that waits for one.
    fn start_waiting_kernel(&mut self) {
        if let Some(kernel) = self.waiting.take() {
            self.waiting = self.eq.fade_to(kernel).err();
        }
    }

    /// The compressor's settings as the analysis moved them.
    fn adapted(&self, settings: &CompressorSettings) -> CompressorSettings {
        let mut adapted = *settings;
        adapted.curve.threshold_db =
            (settings.curve.threshold_db + self.adaptation.threshold_offset_db).min(0.0);
        adapted.curve.ratio = self
            .adaptation
            .ratio
            .unwrap_or(settings.curve.ratio)
            .max(1.0);
        adapted
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
    fn shape(&mut self, audio: &mut [Frame], settings: &Settings) {
        widen(audio, self.width.next(settings.width));
        let limiter = &settings.limiter;
        let drive_db = if limiter.on { limiter.drive_db } else { 0.0 };
        let gain_db = self
            .loudness_gain_db
            .next(self.adaptation.loudness_gain_db)
            .plus(self.makeup_gain_db.next(self.adaptation.makeup_gain_db))
            .plus(self.output_gain_db.next(settings.output_gain_db))
            .plus(self.drive_db.next(drive_db));
        let gain = self.gain.of(gain_db);
        audio.iter_mut().for_each(|frame| gain.apply(frame));
    }

    /// Fades out for a kernel of the other phase, takes it in silence, and fades in again; false while
    /// nothing of that is under way.
    #[inline(always)]
    fn switch_phase(&mut self, audio: &mut [Frame]) -> bool {
        let audible = self
            .audible
            .next(self.switching.is_none() && self.silent_frames == 0);
        if audible.is(1.0) {
            return false;
        }
        self.silent_frames = self.silent_frames.saturating_sub(1);
        audio.iter_mut().for_each(|frame| audible.apply(frame));
        if audible.to == 0.0
            && let Some(kernel) = self.switching.take()
        {
            let overtaken = self.waiting.take();
            self.retired.push(overtaken);
            self.replace(kernel);
            let eq = self.eq.latency_samples();
            self.silent_frames = (self.latency_samples() + eq) / FRAME + 1;
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
