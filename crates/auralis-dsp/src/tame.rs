//! Tame, a suppressor of resonances: it cuts what stands out of the programme's own smoothed spectrum.
//!
//! Short-time spectra in three tiers ([`analysis`], [`tiers`]) -> how far each bin lies above its flanks
//! ([`contrast`]) -> what of that is a resonance's, by how the bin's contrast usually moves ([`memory`]) -> its
//! peaks, between the bins ([`peaks`]) -> voices that follow them and hand over softly ([`voices`]) -> one
//! cutting bell each ([`bells`]). The audio passes the bells only: no latency, nothing before an onset, minimum phase.
//!
//! Each voice is a dynamic bell with a threshold and a depth of its own, driven from a side branch as in J.
//! M. Kates, K. H. Arehart, "Multichannel dynamic-range compression using digital frequency warping", EURASIP
//! JASP 2005:18; how a resonance is told from music is known from the suppression of howling with notch
//! filters (peak to neighbouring power, persistence from frame to frame: T. van Waterschoot, M. Moonen,
//! "Comparative evaluation of howling detection criteria in notch-filter-based howling suppression", JAES
//! 58(11) 2010), a threshold that follows what is usual around from radar (constant false-alarm rate: H. Rohling,
//! "Radar CFAR thresholding in clutter and multiple target situations", IEEE Trans. AES 19(4) 1983). No target
//! spectrum is matched by a cascade of basis responses. The thresholds are those that found most of the
//! resonances of +12 dB put into 15 pieces of music for the least that was cut of the pieces themselves.
//!
//! At 48 kHz 219 decisions are made a second, 125 from the highest tier, 63 from the one in the middle and 31 from the
//! lowest: their windows are four and sixteen times as long as the highest's. No frame pays for more than one
//! transform, and none for a transform and a decision.

pub mod analysis;
pub mod bells;
pub mod contrast;
pub mod history;
pub mod memory;
pub mod peaks;
pub mod tiers;
pub mod voices;

use crate::basics::log_exp::larger;
use crate::basics::smoothing::{Fade, coefficient};
use crate::simd::instruction_set::Implementation;
use crate::{FRAME, Frame, MAX_CHANNELS, rate_octaves};
use analysis::{Analysis, Spectra};
use bells::Bells;
use contrast::Contrast;
use memory::{Memory, Weights};
use peaks::{Peaks, Search};
use tiers::{SIZE, TIERS, Tier};
use voices::Voices;

/// Length of the fade when it is switched, in seconds.
const FADE_S: f64 = 0.02;
/// Time constant of the moves of a voice, in seconds.
const PLACE_S: f64 = 0.03;
/// Slots of a turn: each tier's transform and its decision.
const SLOTS: usize = 2 * TIERS;
/// Turns after which a tier is transformed again.
const TURNS: [usize; TIERS] = [1, 2, 4];
/// A cut that nothing asks for any more is let go in this time in seconds at least: a resonance that is
/// excited by fits and starts stays cut.
const HOLD_S: f64 = 0.12;
/// Shortest time constant of a cut, in seconds: shorter ones would be heard as modulation.
const SHORTEST_S: f64 = 0.003;
/// Speed that the times below are for, in seconds.
const MEDIUM_S: f64 = 0.04;
/// Time over which a contrast is averaged for what is sudden, in seconds, and the power of the speed that it follows: a fast
/// one takes every note that stands out, a slow one waits for longer than notes last.
const SUDDEN_S: f64 = 0.24;
const SUDDEN_POWER: f64 = 1.25;
/// Time over which mean and spread of a contrast are taken for what is settled, in seconds, and the power of the speed that it follows.
const SETTLED_S: f64 = 1.4;
const SETTLED_POWER: f64 = 0.5;
/// What is believed of a contrast, in dB, at 20 ms and slower, and at 5 ms and faster ([`Weights::tone_db`]): fast takes
/// everything that stands out.
const TONES_DB: [[f32; 2]; 2] = [[11.5, 17.0], [13.5, 21.0]];
const TONES_MS: [f32; 2] = [20.0, 5.0];
/// How long what they begin with counts for, in seconds: at first they are plain means.
const BEGIN_S: f64 = 0.3;
/// Level below which there is no programme, the mean of all bins in dB.
const SILENCE_DB: f32 = -112.0;

/// What it is told, in plain numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TameSettings {
    /// Off costs nothing and keeps every bit.
    pub on: bool,
    /// Share of what stands out that is cut, 0 to 1.
    pub depth: f32,
    /// How narrow a peak must be to count, 0 to 1.
    pub sharpness: f32,
    /// Time constant of cut and release in ms. How long a peak must stand follows: what is sudden is averaged over 240 ms
    /// at 40 ms and 13 ms at 4 ms, what is settled over 1.4 s and 0.4 s. Slow spares notes, fast takes everything that
    /// stands out.
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
    tiers: [Tier; TIERS],
    /// The levels of the tier that was measured last, in dB.
    levels_db: [Vec<f32>; 2],
    contrast: Contrast,
    /// Room for what [`Memory::get_used`] adds up.
    usual_sums: Vec<f32>,
    /// Of each tier, of one spectrum or two.
    memories: [[Memory; 2]; TIERS],
    /// How much of each tier has been heard, in times of [`BEGIN_S`].
    heard: [f32; TIERS],
    peaks: Peaks,
    voices: Voices,
    bells: Bells,
    spectra: Spectra,
    /// Sharpness that the tiers were made for.
    sharpness: f32,
    frames_per_second: f64,
    /// Slots of a frame, and frames of a slot: one of them is 1.
    slots: usize,
    hop: usize,
    /// Frames since the last slot, slots since the turn began, and turns.
    at: usize,
    slot: usize,
    turn: usize,
    /// Speed in ms that the weights were made for.
    speed_ms: f32,
    /// Of each tier.
    weights: [Weights; TIERS],
    /// What is kept from one decision about a tier to the next of a cut that nothing asks for.
    kept: [f32; TIERS],
    /// Share of the way of a cut, and of a place, in one frame.
    cut_share: f32,
    place_share: f32,
}

impl Tame {
    /// A suppressor at a sample rate in Hz.
    pub fn new(sample_rate: f64) -> Self {
        let octaves = rate_octaves(sample_rate);
        let factor = 1_usize << octaves.clamp(0, 4);
        #[allow(clippy::cast_precision_loss)] // at most 16
        let tiers = Tier::all(sample_rate / factor as f64);
        #[allow(clippy::cast_precision_loss)] // 64
        let frames_per_second = sample_rate / FRAME as f64;
        #[allow(clippy::cast_possible_truncation)] // a share between 0 and 1
        let place_share = (1.0 - coefficient(PLACE_S, frames_per_second)) as f32;
        Self {
            on: Fade::new(FADE_S, sample_rate),
            analysis: Analysis::new(factor),
            levels_db: [vec![0.0; SIZE / 2], vec![0.0; SIZE / 2]],
            contrast: Contrast::default(),
            usual_sums: vec![0.0; SIZE / 2],
            memories: tiers
                .each_ref()
                .map(|tier| [Memory::new(tier), Memory::new(tier)]),
            heard: [0.0; TIERS],
            peaks: Peaks::default(),
            voices: Voices::default(),
            bells: Bells::new(sample_rate),
            spectra: Spectra::Joint,
            sharpness: 0.5,
            frames_per_second,
            // Below 24 kHz frames are long: half a turn each.
            slots: if octaves < 0 { SLOTS / 2 } else { 1 },
            hop: factor,
            at: 0,
            slot: 0,
            turn: 0,
            speed_ms: -1.0,
            weights: [Weights::default(); TIERS],
            kept: [0.0; TIERS],
            cut_share: 0.0,
            place_share,
            tiers,
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
        self.memories
            .as_flattened_mut()
            .iter_mut()
            .for_each(Memory::reset);
        self.heard = [0.0; TIERS];
        self.peaks.reset();
        self.voices.reset();
        self.bells.reset();
        (self.at, self.slot, self.turn) = (0, 0, 0);
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
            let tier = self.slot / 2;
            if self.slot == 0 {
                let is_joint = settings.link == 1.0 || channels == 1;
                self.use_spectra(if is_joint {
                    Spectra::Joint
                } else {
                    Spectra::Each
                });
            }
            let pause = self.turn % TURNS[TIERS - 1];
            if self.slot == SLOTS - 1 && pause > 0 {
                for memory in &mut self.memories[pause - 1][..self.spectra.count()] {
                    memory.get_used(&self.tiers[pause - 1], &mut self.usual_sums);
                }
            }
            if self.turn.is_multiple_of(TURNS[tier]) {
                if self.slot.is_multiple_of(2) {
                    self.measure(tier, implementation);
                } else {
                    self.decide(tier, settings, implementation);
                }
            }
            self.slot += 1;
            if self.slot == SLOTS {
                (self.slot, self.turn) = (0, self.turn + 1);
            }
        }
    }

    #[inline(always)]
    fn measure(&mut self, tier: usize, implementation: Implementation) {
        let bins = self.tiers[tier].measured.clone();
        let levels_db = &mut self.levels_db;
        self.analysis
            .measure(tier, bins, self.spectra, levels_db, implementation);
    }

    /// Each channel's own spectrum goes on from the joint one.
    fn use_spectra(&mut self, spectra: Spectra) {
        if self.spectra == Spectra::Joint && spectra == Spectra::Each {
            for [joint, other] in &mut self.memories {
                other.take_over(joint);
            }
        }
        self.spectra = spectra;
    }

    /// Weights for a speed, and tiers for a sharpness.
    #[inline(always)]
    fn prepare(&mut self, settings: &TameSettings) {
        if settings.sharpness != self.sharpness {
            self.sharpness = settings.sharpness;
            for tier in &mut self.tiers {
                tier.sharpen(settings.sharpness);
            }
        }
        if settings.speed_ms == self.speed_ms {
            return;
        }
        self.speed_ms = settings.speed_ms;
        let speed_s = f64::from(settings.speed_ms) * 1e-3;
        #[allow(clippy::cast_precision_loss)] // at most 48
        let turns_per_second =
            self.frames_per_second * self.slots as f64 / (SLOTS * self.hop) as f64;
        #[allow(clippy::cast_possible_truncation)] // shares between 0 and 1
        let share = |time_s, rate_hz| (1.0 - coefficient(time_s, rate_hz)) as f32;
        let times = speed_s / MEDIUM_S;
        let settled_s = SETTLED_S * times.powf(SETTLED_POWER);
        let sudden_s = (SUDDEN_S * times.powf(SUDDEN_POWER)).min(0.5 * settled_s);
        #[allow(clippy::cast_precision_loss)] // at most 4
        let rates_hz = TURNS.map(|turns| turns_per_second / turns as f64);
        self.weights = rates_hz.map(|rate_hz| Weights {
            sudden: share(sudden_s, rate_hz),
            settled: share(settled_s, rate_hz),
            beginning: share(BEGIN_S, rate_hz),
            tone_db: tone_db(settings.speed_ms),
        });
        self.kept = rates_hz.map(|rate_hz| 1.0 - share(speed_s.max(HOLD_S), rate_hz));
        self.cut_share = share(speed_s.max(SHORTEST_S), self.frames_per_second);
    }

    /// From the newest levels of a tier to what its voices are after.
    #[inline(always)]
    fn decide(&mut self, tier: usize, settings: &TameSettings, implementation: Implementation) {
        let number = tier;
        let tier = &self.tiers[number];
        // At first the mean of all that was heard, from what it began with on.
        let (mut weights, heard) = (self.weights[number], &mut self.heard[number]);
        weights.settled = larger(weights.settled, weights.beginning / (1.0 + *heard));
        let mut is_heard = false;
        let memories = &mut self.memories[number][..self.spectra.count()];
        for (memory, levels_db) in memories.iter_mut().zip(&self.levels_db) {
            if self.contrast.take(tier, levels_db, implementation) > SILENCE_DB {
                memory.take(&self.contrast.db, tier, weights, implementation);
                is_heard = true;
            }
            for [low_hz, high_hz] in self.voices.near() {
                memory.keep(tier, tier.near(low_hz, high_hz));
            }
        }
        if is_heard {
            *heard += weights.beginning;
        }
        let search = Search {
            tier,
            between_hz: [settings.low_hz, settings.high_hz],
        };
        self.peaks.find(memories, &search, implementation);
        let is_joint = self.spectra == Spectra::Joint;
        self.voices.follow(
            self.peaks.alone(number),
            tier.span_hz(),
            settings.depth,
            settings.link,
            is_joint,
            self.kept[number],
        );
    }
}

/// What is believed of a contrast at a speed, in dB.
fn tone_db(speed_ms: f32) -> [f32; 2] {
    let ([slow, fast], [slow_ms, fast_ms]) = (TONES_DB, TONES_MS);
    let way = ((speed_ms / slow_ms).ln() / (fast_ms / slow_ms).ln()).clamp(0.0, 1.0);
    [0, 1].map(|n: usize| slow[n] + way * (fast[n] - slow[n]))
}
