//! What the envelope tells: tempo, the 4 Hz modulation of speech, and pauses.
//!
//! The envelope is the K-weighted power of the input in segments of 10 ms.
//! - *Onset strength*: rise of the level of 40 ms over the 40 ms before, in dB, half-wave rectified.
//! - *Tempo*, BPM in 60..180: the lag of the largest autocorrelation of the onset strength over 6 s,
//!   with its double counted half, under a log-normal preference around 120 BPM (Parncutt 1994;
//!   as in Ellis, "Beat tracking by dynamic programming", 2007). Once a second.
//! - *Tempo strength*, 0..1: normalised autocorrelation at that lag.
//! - *Modulation at 4 Hz* and *low-energy share* of Scheirer and Slaney (ICASSP 1997): RMS of the
//!   envelope behind a resonator at 4 Hz over its mean; share of segments below half the mean.

use serde::{Deserialize, Serialize};

use crate::ear::average::{one_pole, ramp};
use crate::ear::meters::loudness::SEGMENTS_PER_S;

/// Segments in which the tempo is sought: 6 s.
const HISTORY: usize = 6 * SEGMENTS_PER_S;
/// Segments of one level of the onset strength: 40 ms.
const LEVEL: usize = 4;
/// Lags of 180 and of 60 BPM, in segments.
const SHORTEST_LAG: usize = SEGMENTS_PER_S / 3;
const LONGEST_LAG: usize = SEGMENTS_PER_S;
/// Time constant of modulation and pauses, in seconds.
const SPEECH_S: f64 = 3.0;
/// Power below which a segment counts as nothing, -80 dB.
const FLOOR: f64 = 1e-8;
/// Weakest periodicity that is called a tempo.
const WEAKEST: f32 = 0.15;

/// Band-pass of second order, gain 1 at 4 Hz, Q 1, on the envelope (RBJ's cookbook formula).
#[derive(Debug, Clone)]
struct Resonator {
    b0: f64,
    a: [f64; 2],
    x: [f64; 2],
    y: [f64; 2],
}

impl Resonator {
    fn new() -> Self {
        let omega = std::f64::consts::TAU * 4.0 / SEGMENTS_PER_S as f64;
        let alpha = omega.sin() / 2.0;
        let a0 = 1.0 + alpha;
        Self {
            b0: alpha / a0,
            a: [-2.0 * omega.cos() / a0, (1.0 - alpha) / a0],
            x: [0.0; 2],
            y: [0.0; 2],
        }
    }

    fn tick(&mut self, x: f64) -> f64 {
        let y = self.b0 * (x - self.x[1]) - self.a[0] * self.y[0] - self.a[1] * self.y[1];
        self.x = [x, self.x[0]];
        self.y = [if y.abs() < 1e-25 { 0.0 } else { y }, self.y[0]];
        y
    }
}

/// What of tempo and speech cues outlives the programme's envelope.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RhythmState {
    /// Tempo in beats a minute, 0 when there is none.
    pub tempo_bpm: f32,
    /// Strength of the tempo, 0 to 1.
    pub tempo_strength: f32,
    /// Mean of the envelope.
    pub mean_rms: f32,
    /// Power of its 4 Hz modulation.
    pub modulation_power: f32,
    /// Share of the time below half the mean, 0 to 1.
    pub low_share: f32,
}

/// Tempo and speech cues of the envelope.
#[derive(Debug, Clone)]
pub struct Rhythm {
    /// The last `2 * LEVEL` segments, newest last.
    recent: [f64; 2 * LEVEL],
    /// How many of them there are since the last gap.
    filled: usize,
    /// Onset strengths in dB, oldest first.
    onsets: Vec<f32>,
    since_estimate: usize,
    estimates: u64,
    tempo_bpm: f32,
    tempo_strength: f32,
    resonator: Resonator,
    mean_rms: f64,
    modulation_power: f64,
    low_share: f64,
}

impl Rhythm {
    /// Nothing heard yet.
    pub fn new() -> Self {
        Self {
            recent: [0.0; 2 * LEVEL],
            filled: 0,
            onsets: Vec::with_capacity(HISTORY + 8),
            since_estimate: 0,
            estimates: 0,
            tempo_bpm: 0.0,
            tempo_strength: 0.0,
            resonator: Resonator::new(),
            mean_rms: 0.0,
            modulation_power: 0.0,
            low_share: 0.0,
        }
    }

    /// Forgets everything.
    pub fn reset(&mut self) {
        *self = Self::new();
    }

    /// What can be gone on from.
    pub fn state(&self) -> RhythmState {
        RhythmState {
            tempo_bpm: self.tempo_bpm,
            tempo_strength: self.tempo_strength,
            mean_rms: self.mean_rms as f32,
            modulation_power: self.modulation_power as f32,
            low_share: self.low_share as f32,
        }
    }

    /// Goes on from a state; after a reset.
    pub fn resume(&mut self, state: &RhythmState) {
        self.tempo_bpm = state.tempo_bpm;
        self.tempo_strength = state.tempo_strength;
        self.mean_rms = f64::from(state.mean_rms);
        self.modulation_power = f64::from(state.modulation_power);
        self.low_share = f64::from(state.low_share);
    }

    /// A hop was lost: periods across the gap would be wrong.
    pub fn gap(&mut self) {
        self.onsets.clear();
        self.filled = 0;
        self.resonator = Resonator::new();
    }

    /// Takes the powers of new segments.
    pub fn push(&mut self, segments: &[f64]) {
        for power in segments {
            self.push_onset(*power);
            self.push_speech(power.sqrt());
        }
        if self.onsets.len() > HISTORY {
            self.onsets.drain(..self.onsets.len() - HISTORY);
        }
        self.since_estimate += segments.len();
        if self.since_estimate >= SEGMENTS_PER_S && self.onsets.len() >= HISTORY / 2 {
            self.since_estimate = 0;
            self.estimates += 1;
            self.estimate_tempo();
        }
    }

    fn push_onset(&mut self, power: f64) {
        self.recent.rotate_left(1);
        self.recent[2 * LEVEL - 1] = power;
        self.filled += 1;
        if self.filled < 2 * LEVEL {
            return;
        }
        let (before, now) = self.recent.split_at(LEVEL);
        let ratio = (now.iter().sum::<f64>() + FLOOR) / (before.iter().sum::<f64>() + FLOOR);
        self.onsets
            .push((10.0 * ratio.log10()).clamp(0.0, 20.0) as f32);
    }

    fn push_speech(&mut self, rms: f64) {
        let weight = one_pole(1.0 / SEGMENTS_PER_S as f64, SPEECH_S);
        let modulated = self.resonator.tick(rms);
        let low = if rms < 0.5 * self.mean_rms { 1.0 } else { 0.0 };
        self.mean_rms += weight * (rms - self.mean_rms);
        self.modulation_power += weight * (modulated * modulated - self.modulation_power);
        self.low_share += weight * (low - self.low_share);
        if self.mean_rms < 1e-15 {
            (self.mean_rms, self.modulation_power) = (0.0, 0.0);
        }
    }

    fn estimate_tempo(&mut self) {
        let mean = self.onsets.iter().sum::<f32>() / self.onsets.len() as f32;
        let centred: Vec<f32> = self.onsets.iter().map(|v| v - mean).collect();
        let power = autocorrelation(&centred, 0);
        if power < 1e-3 {
            (self.tempo_bpm, self.tempo_strength) = (0.0, 0.0);
            return;
        }
        let r: Vec<f32> = (0..=2 * LONGEST_LAG + 1)
            .map(|lag| {
                if lag + 1 < SHORTEST_LAG {
                    0.0
                } else {
                    autocorrelation(&centred, lag) / power
                }
            })
            .collect();
        let score = |lag: usize| (r[lag] + 0.5 * r[2 * lag]) * preference(lag);
        let best = (SHORTEST_LAG..=LONGEST_LAG)
            .max_by(|a, b| score(*a).total_cmp(&score(*b)))
            .unwrap_or(LONGEST_LAG);
        self.tempo_strength = r[best].clamp(0.0, 1.0);
        // The peak near twice the lag tells the period twice as finely.
        let double = (2 * best - 1..=2 * best + 1)
            .max_by(|a, b| r[*a].total_cmp(&r[*b]))
            .unwrap_or(2 * best);
        let bpm = 120.0 * SEGMENTS_PER_S as f32 / refined_peak(&r, double.min(2 * LONGEST_LAG));
        self.tempo_bpm = if self.tempo_strength < WEAKEST {
            0.0
        } else {
            bpm
        };
    }

    /// How often the tempo was estimated, once a second.
    pub fn estimates(&self) -> u64 {
        self.estimates
    }

    /// Tempo in beats a minute as the last estimate says, 0 when there is none.
    pub fn tempo_bpm(&self) -> f32 {
        self.tempo_bpm
    }

    /// Strength of the tempo, 0 to 1.
    pub fn tempo_strength(&self) -> f32 {
        self.tempo_strength
    }

    /// RMS of the 4 Hz modulation of the envelope over the envelope's mean.
    pub fn modulation_4_hz(&self) -> f32 {
        if self.mean_rms > 0.0 {
            (self.modulation_power.sqrt() / self.mean_rms) as f32
        } else {
            0.0
        }
    }

    /// Share of the time below half the mean level, 0 to 1.
    pub fn low_energy_share(&self) -> f32 {
        self.low_share as f32
    }

    /// Likeness to speech, 0 to 1: modulated at the rate of syllables, with pauses, without a beat.
    pub fn speech_likeness(&self) -> f32 {
        ramp(self.modulation_4_hz(), 0.12, 0.3)
            * ramp(self.low_energy_share(), 0.2, 0.4)
            * (1.0 - ramp(self.tempo_strength, 0.5, 0.8))
    }
}

impl Default for Rhythm {
    fn default() -> Self {
        Self::new()
    }
}

/// Mean product of the values at distance `lag`, over the whole length (biased: long lags count less).
fn autocorrelation(values: &[f32], lag: usize) -> f32 {
    if lag >= values.len() {
        return 0.0;
    }
    let mut lanes = [0.0_f32; 8];
    let (left, right) = (values[lag..].chunks_exact(8), values.chunks_exact(8));
    for (a, b) in left.zip(right) {
        for lane in 0..8 {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    lanes.iter().sum::<f32>() / values.len() as f32
}

/// Preference for a lag: log-normal around 120 BPM, 0.9 octaves wide.
fn preference(lag: usize) -> f32 {
    let octaves = (lag as f32 / (SEGMENTS_PER_S as f32 / 2.0)).log2() / 0.9;
    (-0.5 * octaves * octaves).exp()
}

/// Position of a peak from the parabola through it and its neighbours.
fn refined_peak(r: &[f32], at: usize) -> f32 {
    let (before, peak, after) = (r[at - 1], r[at], r[at + 1]);
    let curvature = before - 2.0 * peak + after;
    let shift = if curvature < -1e-9 {
        0.5 * (before - after) / curvature
    } else {
        0.0
    };
    at as f32 + shift.clamp(-0.5, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ear::test_signals::Noise;

    /// Segments of clicks at `bpm` over a floor.
    fn clicks(bpm: f64, seconds: usize) -> Vec<f64> {
        let mut noise = Noise::new(3);
        (0..seconds * SEGMENTS_PER_S)
            .map(|i| {
                let beat = i as f64 / SEGMENTS_PER_S as f64 * bpm / 60.0;
                let decay = (-beat.fract() * 60.0 / bpm / 0.08).exp();
                0.01 * (1.0 + 0.2 * f64::from(noise.white())) + decay
            })
            .collect()
    }

    #[test]
    fn finds_the_tempo_of_clicks() {
        for bpm in [72.0, 90.0, 100.0, 128.0, 140.0, 174.0] {
            let mut rhythm = Rhythm::new();
            clicks(bpm, 12)
                .chunks(4)
                .for_each(|segments| rhythm.push(segments));
            let got = f64::from(rhythm.tempo_bpm());
            // Half or double is the textbook ambiguity; the grid of 10 ms allows 1 %.
            let fits = [0.5, 1.0, 2.0]
                .iter()
                .any(|m| (got / (bpm * m) - 1.0).abs() < 0.015);
            assert!(fits, "{bpm} BPM: got {got}");
            assert!(
                rhythm.speech_likeness() < 0.3,
                "clicks are no speech: {}",
                rhythm.speech_likeness()
            );
        }
    }

    #[test]
    fn steady_noise_has_no_tempo_and_is_no_speech() {
        let mut noise = Noise::new(5);
        let mut rhythm = Rhythm::new();
        let segments: Vec<f64> = (0..1200)
            .map(|_| 0.1 + 0.01 * f64::from(noise.white()))
            .collect();
        rhythm.push(&segments);
        assert!(
            rhythm.speech_likeness() < 0.05,
            "{}",
            rhythm.speech_likeness()
        );
        assert!(
            rhythm.low_energy_share() < 0.1,
            "{}",
            rhythm.low_energy_share()
        );
    }

    #[test]
    fn irregular_syllables_with_pauses_are_like_speech() {
        let mut noise = Noise::new(9);
        let mut rhythm = Rhythm::new();
        let mut segments = Vec::new();
        while segments.len() < 2000 {
            // Syllables of 120 to 200 ms with gaps of 40 to 140 ms, a longer pause now and then.
            let on = 16 + (4.0 * noise.white()) as usize;
            let pause = if noise.white() > 0.7 {
                35
            } else {
                9 + (5.0 * noise.white()) as usize
            };
            let level = f64::from(0.6 + 0.4 * noise.white());
            segments.extend((0..on).map(|i| {
                let x = (std::f64::consts::PI * i as f64 / on as f64).sin();
                level * x * x
            }));
            segments.extend(std::iter::repeat_n(1e-5, pause));
        }
        segments.chunks(5).for_each(|s| rhythm.push(s));
        let got = rhythm.speech_likeness();
        assert!(
            got > 0.5,
            "likeness {got}, modulation {}, pauses {}, beat {}",
            rhythm.modulation_4_hz(),
            rhythm.low_energy_share(),
            rhythm.tempo_strength()
        );
    }
}
