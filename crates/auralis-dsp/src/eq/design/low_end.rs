//! The parts of the lowest band, as far apart as a kernel of its length can tell them.
//!
//! Hann's window over 43 ms blurs a curve over 47 Hz to either side, more than those parts are apart.
//! So what they add to the curve is cut to the length of the kernel instead, which blurs it over
//! 23 Hz, and asked for as much stronger as it takes until the response at their centres is what is
//! wanted. That is as much as so short a kernel can do; the price is ripples. For 6, -6 and 0 dB at
//! 48 kHz the response is within 0.01 dB at the centres, but 8 dB at 20 Hz and -9 dB at 63 Hz, and
//! 0.5 dB off at 160 Hz; for 4, 2 and -2 dB it is within 0.2 dB of the line everywhere.

use std::f64::consts::TAU;

use realfft::num_complex::Complex;

use crate::bands::{LOW_BANDS, LOW_CENTERS_HZ, PerLowBand};
use crate::basics::decibel::db_to_gain;
use crate::eq::curve::{LOW_END_HZ, LowPlaces};

use super::{as_f64, fade_out, narrow};

/// Rounds until what is asked for gives what is wanted, within 0.1 dB where parts 12 dB apart
/// alternate.
const ROUNDS: usize = 10;
/// How much stronger than it is wanted a part may be asked for, in dB: more is needed only where
/// parts alternate by more than that, and would be heard beside their centres.
const STRONGER_DB: f32 = 6.0;

/// What the parts of the lowest band add to a zero-phase response.
pub struct LowEnd {
    places: LowPlaces,
    /// Their line over the bins that they reach, in dB.
    line_db: Vec<f32>,
    /// The amplitudes that they add to those bins.
    added: Vec<f64>,
    /// What an amplitude of 1 in each bin gives at each centre.
    at_centers: Vec<[f64; LOW_BANDS]>,
    /// One half of the cut, with a short fade.
    cut: Vec<f64>,
    /// Of the centres, in radians a sample.
    turns: [f64; LOW_BANDS],
}

impl LowEnd {
    /// For a design transform of `size` and kernels of `half` their length to either side.
    pub fn new(sample_rate: f64, size: usize, half: usize) -> Self {
        let bin_hz = sample_rate / as_f64(size);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a few dozen
        let reached = (f64::from(LOW_END_HZ) / bin_hz).ceil() as usize;
        let bins = reached.min(size / 2);
        let cut: Vec<f64> = (0..half).map(|n| fade_out(n, half, half / 8)).collect();
        let turns = LOW_CENTERS_HZ.map(|hz| TAU * f64::from(hz) / sample_rate);
        let at_centers = (0..bins).map(|bin| {
            // A bin stands for its mirror too; the one at 0 has none.
            let scale = if bin == 0 { 1.0 } else { 2.0 } / as_f64(size);
            let turn = TAU * as_f64(bin) / as_f64(size);
            let wave = cut.iter().enumerate();
            let wave: Vec<f64> = wave
                .map(|(n, cut)| scale * cut * (turn * as_f64(n)).cos())
                .collect();
            turns.map(|turn| response(&wave, turn))
        });
        Self {
            places: LowPlaces::of((0..bins).map(|bin| narrow(as_f64(bin) * bin_hz))),
            line_db: vec![0.0; bins],
            added: vec![0.0; bins],
            at_centers: at_centers.collect(),
            cut,
            turns,
        }
    }

    /// One half of what the response is to be cut with.
    pub fn cut(&self) -> &[f64] {
        &self.cut
    }

    /// The amplitudes to be added to the first bins of a curve, whose gains are `line`, so that at each
    /// centre the response is so much above that of `zero_phase`, one half of what the curve gives
    /// without.
    pub fn added(&mut self, low_db: &PerLowBand, line: &[f32], zero_phase: &[f64]) -> &[f64] {
        let before = self.turns.map(|turn| response(zero_phase, turn));
        let mut asked_db = *low_db;
        for _ in 0..ROUNDS {
            self.add(&asked_db, line);
            let mut now = before;
            for (added, at_centers) in self.added.iter().zip(&self.at_centers) {
                for (now, at_center) in now.iter_mut().zip(at_centers) {
                    *now += added * at_center;
                }
            }
            for (part, asked_db) in asked_db.iter_mut().enumerate() {
                let wanted = before[part] * f64::from(db_to_gain(low_db[part]));
                // Where there is next to nothing the step is large enough already.
                let missing_db = 20.0 * (wanted / now[part].max(0.125 * wanted)).log10();
                let [least, most] = [-STRONGER_DB, STRONGER_DB].map(|db| low_db[part] + db);
                *asked_db = (*asked_db + 0.8 * narrow(missing_db)).clamp(least, most);
            }
        }
        self.add(&asked_db, line);
        &self.added
    }

    /// Sets what these gains add to the bins of a curve.
    fn add(&mut self, gains_db: &PerLowBand, line: &[f32]) {
        self.places.draw(*gains_db, &mut self.line_db);
        for ((added, db), gain) in self.added.iter_mut().zip(&self.line_db).zip(line) {
            *added = f64::from(gain * (db_to_gain(*db) - 1.0));
        }
    }
}

/// The response of a symmetric impulse response at so many radians a sample, from its middle on.
fn response(zero_phase: &[f64], turn: f64) -> f64 {
    let step = Complex::from_polar(1.0, turn);
    let mut at = Complex::new(1.0, 0.0);
    let sum: f64 = zero_phase
        .iter()
        .map(|x| {
            let now = at.re;
            at *= step;
            x * now
        })
        .sum();
    2.0 * sum - zero_phase.first().unwrap_or(&0.0)
}
