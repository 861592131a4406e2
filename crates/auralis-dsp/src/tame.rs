//! Tame, a suppressor of resonances: it cuts what stands out of the programme's own smoothed spectrum.
//!
//! Short-time spectra in three tiers ([`analysis`]) -> excess over the smoothed spectrum, averaged over a
//! time that follows the speed ([`standout`]) -> its peaks, between the bins ([`peaks`]) -> voices that
//! follow them and hand over softly ([`voices`]) -> one cutting bell each ([`bells`]). The audio passes the
//! bells only: no latency, nothing before an onset, minimum phase.
//!
//! Each voice is a dynamic bell with a threshold and a depth of its own, driven from a side branch as in J.
//! M. Kates, K. H. Arehart, "Multichannel dynamic-range compression using digital frequency warping", EURASIP
//! JASP 2005:18; how a resonance is told from music is known from the suppression of howling with notch
//! filters (peak to neighbouring power, peak to harmonic power, persistence from frame to frame: T. van
//! Waterschoot, M. Moonen, "Comparative evaluation of howling detection criteria in notch-filter-based
//! howling suppression", JAES 58(11) 2010). No target spectrum is matched by a cascade of basis responses.
//!
//! A decision is made 250 times a second at 48 kHz, one tier is transformed in a frame, the lowest in every
//! fourth round, so that no frame pays for more than one short transform.

pub mod analysis;
pub mod bells;
pub mod grid;
pub mod history;
pub mod peaks;
pub mod standout;
pub mod voices;

use crate::basics::smoothing::{Fade, coefficient};
use crate::simd::instruction_set::Implementation;
use crate::{FRAME, Frame, MAX_CHANNELS, rate_octaves};
use analysis::{Analysis, Levels, Spectra};
use bells::Bells;
use grid::{Grid, Reach, TIERS};
use peaks::{Peaks, Search};
use standout::{StandOut, around};
use voices::{VOICES, Voice, Voices};

/// Length of the fade when it is switched, in seconds.
const FADE_S: f64 = 0.02;
/// Time constant of the moves of a voice, in seconds.
const PLACE_S: f64 = 0.03;
/// One look in so many is at the lowest tier too.
const LOW_LOOKS: usize = 4;
/// Time in seconds that a peak must have stood, over the third power of the speed in seconds.
const PATIENCE: f64 = 4.0e4;
/// Bounds of that time in seconds.
const SHORTEST_PATIENCE_S: f64 = 0.012;
const LONGEST_PATIENCE_S: f64 = 12.0;
/// A cut that nothing asks for any more is let go in this time in seconds at least: a resonance that is
/// excited by fits and starts stays cut.
const HOLD_S: f64 = 0.12;
/// Shortest time constant of a cut, in seconds: shorter ones would be heard as modulation.
const SHORTEST_S: f64 = 0.003;

/// What it is told, in plain numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TameSettings {
    /// Off costs nothing and keeps every bit.
    pub on: bool,
    /// Share of what stands out that is cut, 0 to 1.
    pub depth: f32,
    /// How narrow a peak must be to count, 0 to 1.
    pub sharpness: f32,
    /// Time constant of cut and release in ms. How long a peak must have stood before it counts follows
    /// its third power, 2.6 s at 40 ms, 0.3 s at 20 ms, 40 ms at 10 ms: slow spares notes, fast takes
    /// everything that stands out.
    pub speed_ms: f32,
    /// It works from here, in Hz.
    pub low_hz: f32,
    /// It works up to here, in Hz.
    pub high_hz: f32,
    /// Stereo link of the cuts, 0 (each channel by itself) to 1 (one decision for both).
    pub link: f32,
}

/// The suppressor of all channels.
#[derive(Debug)]
pub struct Tame {
    on: Fade,
    analysis: Analysis,
    grid: Grid,
    levels: [Levels; 2],
    standouts: [StandOut; 2],
    reach: Reach,
    around: Reach,
    /// Sharpness that the reach was made for.
    sharpness: f32,
    voices: Voices,
    bells: Bells,
    spectra: Spectra,
    frames_per_second: f64,
    /// Frames from one look at all tiers to the next.
    hop: usize,
    /// Frames since the last.
    at: usize,
    /// Looks since the last at the lowest tier.
    looks: usize,
    /// Speed in ms that the shares were made for.
    speed_ms: f32,
    /// Weight of a new spectrum, and share of a cut's way in one frame.
    shares: [f32; 3],
    place_share: f32,
}

impl Tame {
    /// A suppressor at a sample rate in Hz.
    pub fn new(sample_rate: f64) -> Self {
        let octaves = rate_octaves(sample_rate);
        let factor = 1_usize << octaves.clamp(0, 4);
        #[allow(clippy::cast_precision_loss)] // at most 16
        let grid = Grid::new(sample_rate / factor as f64);
        #[allow(clippy::cast_precision_loss)] // 64
        let frames_per_second = sample_rate / FRAME as f64;
        #[allow(clippy::cast_possible_truncation)] // a share between 0 and 1
        let place_share = (1.0 - coefficient(PLACE_S, frames_per_second)) as f32;
        Self {
            on: Fade::new(FADE_S, sample_rate),
            analysis: Analysis::new(factor),
            levels: [Levels::new(&grid), Levels::new(&grid)],
            standouts: [StandOut::new(&grid), StandOut::new(&grid)],
            reach: Reach::new(&grid.bands, reach_octaves(0.5)),
            around: around(&grid),
            sharpness: 0.5,
            voices: Voices::default(),
            bells: Bells::new(sample_rate),
            spectra: Spectra::Joint,
            frames_per_second,
            // Below 32 kHz frames are long: one look a frame.
            hop: if octaves < 0 { 1 } else { TIERS * factor },
            at: 0,
            looks: 0,
            speed_ms: -1.0,
            shares: [0.0; 3],
            place_share,
            grid,
        }
    }

    /// No latency.
    pub fn latency_samples(&self) -> usize {
        0
    }

    /// What is being cut, for pictures of it: idle voices too.
    pub fn voices(&self) -> &[Voice; VOICES] {
        &self.voices.all
    }

    /// Forgets what was heard; the next settings hold at once.
    pub fn reset(&mut self) {
        self.on.reset();
        self.rest();
    }

    /// As if it had never been on.
    fn rest(&mut self) {
        self.analysis.reset();
        self.standouts.iter_mut().for_each(StandOut::reset);
        self.voices.reset();
        self.bells.reset();
        (self.at, self.looks) = (0, 0);
    }

    /// Cuts resonances of a frame of each channel in place and returns the deepest cut in dB (>= 0).
    #[inline(always)]
    pub fn process(
        &mut self,
        audio: &mut [Frame],
        settings: &TameSettings,
        implementation: Implementation,
    ) -> f32 {
        let wet = self.on.next(settings.on);
        if wet.is(0.0) {
            return 0.0;
        }
        self.analysis.hear(audio, implementation);
        self.look(audio.len(), settings, implementation);
        let deepest_db = self.voices.glide(self.shares[1], self.place_share);
        let mut dry = [[0.0; FRAME]; MAX_CHANNELS];
        if !wet.is(1.0) {
            dry[..audio.len()].copy_from_slice(audio);
        }
        self.bells.process(audio, &self.voices.all, implementation);
        for (audio, dry) in audio.iter_mut().zip(&dry) {
            wet.blend(audio, dry);
        }
        if self.on.is_off() {
            self.rest();
        }
        deepest_db * wet.to
    }

    /// What of the analysis is due in this frame.
    #[inline(always)]
    fn look(&mut self, channels: usize, settings: &TameSettings, implementation: Implementation) {
        self.time(settings.speed_ms);
        if self.at == 0 {
            let is_joint = settings.link == 1.0 || channels == 1;
            self.use_spectra(if is_joint {
                Spectra::Joint
            } else {
                Spectra::Each
            });
        }
        let step = (self.hop / TIERS).max(1);
        for tier in 0..TIERS {
            // The lowest one's window is long: it changes little from look to look.
            let is_due = tier < TIERS - 1 || self.looks.is_multiple_of(LOW_LOOKS);
            if is_due && self.at == (step * tier) % self.hop {
                let levels = &mut self.levels;
                self.analysis
                    .measure(tier, &self.grid, self.spectra, levels, implementation);
            }
        }
        if self.at == (step * (TIERS - 1)) % self.hop {
            self.decide(settings, implementation);
            self.looks += 1;
        }
        self.at = (self.at + 1) % self.hop;
    }

    /// Each channel's own spectrum goes on from the joint one.
    fn use_spectra(&mut self, spectra: Spectra) {
        if self.spectra == Spectra::Joint && spectra == Spectra::Each {
            let [joint, other] = &mut self.standouts;
            other.take_over(joint);
            let [joint, other] = &mut self.levels;
            other.bins_db.copy_from_slice(&joint.bins_db);
            other.bands_db.copy_from_slice(&joint.bands_db);
        }
        self.spectra = spectra;
    }

    /// Weights for a speed in ms.
    #[inline(always)]
    fn time(&mut self, speed_ms: f32) {
        if speed_ms == self.speed_ms {
            return;
        }
        self.speed_ms = speed_ms;
        let speed_s = f64::from(speed_ms) * 1e-3;
        let patience_s =
            (PATIENCE * speed_s.powi(3)).clamp(SHORTEST_PATIENCE_S, LONGEST_PATIENCE_S);
        #[allow(clippy::cast_precision_loss)] // at most 48
        let looks_per_second = self.frames_per_second / self.hop as f64;
        #[allow(clippy::cast_possible_truncation)] // shares between 0 and 1
        let share = |time_s, rate_hz| (1.0 - coefficient(time_s, rate_hz)) as f32;
        self.shares = [
            share(patience_s, looks_per_second),
            share(speed_s.max(SHORTEST_S), self.frames_per_second),
            1.0 - share(speed_s.max(HOLD_S), looks_per_second),
        ];
    }

    /// From the newest levels to what the voices are after.
    #[inline(always)]
    fn decide(&mut self, settings: &TameSettings, implementation: Implementation) {
        if settings.sharpness != self.sharpness {
            self.sharpness = settings.sharpness;
            self.reach
                .set(&self.grid.bands, reach_octaves(settings.sharpness));
        }
        let count = if self.spectra == Spectra::Joint { 1 } else { 2 };
        for (standout, levels) in self.standouts.iter_mut().zip(&self.levels).take(count) {
            let reaches = [&self.reach, &self.around];
            standout.update(&self.grid, levels, reaches, self.shares[0], implementation);
        }
        let search = Search {
            grid: &self.grid,
            between_hz: [settings.low_hz, settings.high_hz],
            least_q: 2.5 * 16.0_f32.powf(settings.sharpness),
        };
        let peaks = Peaks::find(&self.standouts[..count], &search, &self.voices);
        self.voices.follow(
            &peaks,
            settings.depth,
            settings.link,
            self.spectra == Spectra::Joint,
            self.shares[2],
        );
    }
}

/// How far the smoothed spectrum reaches at a sharpness, in octaves.
fn reach_octaves(sharpness: f32) -> f32 {
    0.8 * 0.2_f32.powf(sharpness)
}
