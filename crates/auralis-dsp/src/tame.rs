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
//! A decision is made 250 times a second at 48 kHz, from the highest tier each time, from the one in the
//! middle in every third of them and from the lowest in every sixth: their windows are four and sixteen times
//! as long. No frame pays for more than one transform, and none for a transform and a decision.

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
use voices::Voices;

/// Length of the fade when it is switched, in seconds.
const FADE_S: f64 = 0.02;
/// Time constant of the moves of a voice, in seconds.
const PLACE_S: f64 = 0.03;
/// Slots of a turn: the highest tier's transform, what is due once a round, the decision.
const SLOTS: usize = 3;
/// Turns of a round.
const TURNS: usize = 6;
/// Turns of a round after which the tiers are transformed again.
const TURNS_OF_TIER: [usize; TIERS] = [1, 3, 6];
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
    /// Slots of a frame, and frames of a slot: one of them is 1.
    slots: usize,
    hop: usize,
    /// Frames since the last slot.
    at: usize,
    /// Slots since the round began.
    slot: usize,
    /// Speed in ms that the weights were made for.
    speed_ms: f32,
    /// Weight of a new spectrum of each tier.
    weights: [f32; TIERS],
    /// Share of a cut's way in one frame.
    cut_share: f32,
    /// What is kept from one decision to the next of a cut that nothing asks for.
    kept: f32,
    peaks: Peaks,
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
            // Below 24 kHz frames are long: a whole turn each.
            slots: if octaves < 0 { SLOTS } else { 1 },
            hop: factor,
            at: 0,
            slot: 0,
            speed_ms: -1.0,
            weights: [0.0; TIERS],
            cut_share: 0.0,
            kept: 0.0,
            peaks: Peaks::new(&grid),
            place_share,
            grid,
        }
    }

    /// No latency.
    pub fn latency_samples(&self) -> usize {
        0
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
        self.peaks.reset();
        (self.at, self.slot) = (0, 0);
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
        let deepest_db = self.voices.glide(self.cut_share, self.place_share);
        let mut dry = [[0.0; FRAME]; MAX_CHANNELS];
        if !wet.is(1.0) {
            dry[..audio.len()].copy_from_slice(audio);
        }
        self.bells.process(audio, &self.voices, implementation);
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
        self.prepare(settings);
        self.at += 1;
        if self.at < self.hop {
            return;
        }
        self.at = 0;
        for _ in 0..self.slots {
            let (turn, part) = (self.slot / SLOTS, self.slot % SLOTS);
            if self.slot == 0 {
                let is_joint = settings.link == 1.0 || channels == 1;
                self.use_spectra(if is_joint {
                    Spectra::Joint
                } else {
                    Spectra::Each
                });
            }
            match (part, turn) {
                (0, _) => self.measure(0, implementation),
                (1, 0 | 3) => self.measure(1, implementation),
                (1, 1) => self.measure(2, implementation),
                (1, 2) => self.compare(implementation),
                (1, 4) => self.get_used(implementation),
                (1, _) => {}
                _ => self.decide(turn, settings, implementation),
            }
            self.slot = (self.slot + 1) % (SLOTS * TURNS);
        }
    }

    #[inline(always)]
    fn measure(&mut self, tier: usize, implementation: Implementation) {
        let levels = &mut self.levels;
        self.analysis
            .measure(tier, &self.grid, self.spectra, levels, implementation);
    }

    #[inline(always)]
    fn compare(&mut self, implementation: Implementation) {
        for standout in &mut self.standouts[..self.spectra.count()] {
            standout.compare(&self.grid, &self.around, implementation);
        }
    }

    #[inline(always)]
    fn get_used(&mut self, implementation: Implementation) {
        for standout in &mut self.standouts[..self.spectra.count()] {
            standout.get_used(&self.grid, &self.around, implementation);
        }
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

    /// Weights for a speed, and the reach for a sharpness.
    #[inline(always)]
    fn prepare(&mut self, settings: &TameSettings) {
        if settings.sharpness != self.sharpness {
            self.sharpness = settings.sharpness;
            self.reach
                .set(&self.grid.bands, reach_octaves(settings.sharpness));
        }
        if settings.speed_ms == self.speed_ms {
            return;
        }
        self.speed_ms = settings.speed_ms;
        let speed_s = f64::from(settings.speed_ms) * 1e-3;
        let patience_s =
            (PATIENCE * speed_s.powi(3)).clamp(SHORTEST_PATIENCE_S, LONGEST_PATIENCE_S);
        #[allow(clippy::cast_precision_loss)] // at most 48
        let turns_per_second =
            self.frames_per_second * self.slots as f64 / (SLOTS * self.hop) as f64;
        #[allow(clippy::cast_possible_truncation)] // shares between 0 and 1
        let share = |time_s, rate_hz| (1.0 - coefficient(time_s, rate_hz)) as f32;
        #[allow(clippy::cast_precision_loss)] // at most 6
        let weight = |turns| share(patience_s, turns_per_second / turns as f64);
        self.weights = TURNS_OF_TIER.map(weight);
        self.cut_share = share(speed_s.max(SHORTEST_S), self.frames_per_second);
        self.kept = 1.0 - share(speed_s.max(HOLD_S), turns_per_second);
    }

    /// From the newest levels to what the voices are after.
    #[inline(always)]
    fn decide(&mut self, turn: usize, settings: &TameSettings, implementation: Implementation) {
        let standouts = &mut self.standouts[..self.spectra.count()];
        for (standout, levels) in standouts.iter_mut().zip(&self.levels) {
            standout.smooth(levels, &self.reach);
        }
        self.find(0, settings, implementation);
        match turn {
            0 | 3 => self.find(1, settings, implementation),
            1 => self.find(2, settings, implementation),
            _ => {}
        }
        let is_joint = self.spectra == Spectra::Joint;
        let (depth, link) = (settings.depth, settings.link);
        self.voices
            .follow(&self.peaks, depth, link, is_joint, self.kept);
    }

    /// The peaks of a tier that has been measured.
    #[inline(always)]
    fn find(&mut self, tier: usize, settings: &TameSettings, implementation: Implementation) {
        let standouts = &mut self.standouts[..self.spectra.count()];
        let weight = self.weights[tier];
        for (standout, levels) in standouts.iter_mut().zip(&self.levels) {
            let grid = &self.grid;
            standout.update(grid, tier, levels, weight, implementation);
        }
        let search = Search {
            grid: &self.grid,
            between_hz: [settings.low_hz, settings.high_hz],
            least_q: 2.5 * 16.0_f32.powf(settings.sharpness),
        };
        self.peaks
            .find(tier, standouts, &search, &self.voices, implementation);
    }
}

/// How far the smoothed spectrum reaches at a sharpness, in octaves.
fn reach_octaves(sharpness: f32) -> f32 {
    0.8 * 0.2_f32.powf(sharpness)
}
