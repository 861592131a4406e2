//! The loudness of what is on now: for streams and speech, where one programme follows another.
//!
//! A gated mean of the last ten seconds; the gate keeps the pauses of speech out. Another programme has
//! begun when the last moments are far louder, or nothing of the last seconds comes near: then only what
//! is new counts, for the gate would keep a softer programme out, and the mean would lag a louder one.

use crate::ear::meters::gated_mean::{GatedMean, energy_to_lufs, lufs_to_energy};

/// Memory in seconds.
const MEMORY_S: f64 = 10.0;
/// So much programme this far above the mean is of another one, in LU: speech stays within it.
const LOUDER_LU: f64 = 4.0;
/// Its length in seconds; each block looks back 400 ms more, which makes a second.
const LOUDER_S: f64 = 0.6;
/// Programme that stays this far below the mean, in LU, is another one...
const SOFTER_LU: f64 = 6.0;
/// ...after this time, in seconds: longer than pauses of speech, short enough to be followed in ten.
const SOFTER_S: f64 = 3.5;

/// The mean energy of the last second, from blocks of 400 ms.
#[derive(Debug, Clone)]
pub struct LastSecond {
    /// Energies over [`LOUDER_S`], as a ring, and how many were taken.
    energies: Vec<f64>,
    taken: usize,
}

impl LastSecond {
    /// Nothing heard yet, a block every `step_s` seconds.
    pub fn new(step_s: f64) -> Self {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a few
        let length = (LOUDER_S / step_s).round().max(1.0) as usize;
        Self {
            energies: vec![0.0; length],
            taken: 0,
        }
    }

    /// Takes the energy of a block.
    pub fn push(&mut self, energy: f64) {
        let place = self.taken % self.energies.len();
        self.energies[place] = energy;
        self.taken += 1;
    }

    /// Its loudness in LUFS, once there was one.
    pub fn lufs(&self) -> Option<f64> {
        let length = self.energies.len();
        let mean = || self.energies.iter().sum::<f64>() / length as f64;
        (self.taken >= length).then(|| energy_to_lufs(mean()))
    }
}

/// Follows the loudness.
#[derive(Debug, Clone)]
pub struct RecentLoudness {
    step_s: f64,
    mean: GatedMean,
    last: LastSecond,
    /// Time since anything came near the mean, in seconds, and the energy over it.
    softer_s: f64,
    softer_energy: f64,
}

impl RecentLoudness {
    /// Nothing heard yet, a block every `step_s` seconds.
    pub fn new(step_s: f64) -> Self {
        Self {
            step_s,
            mean: GatedMean::forgetting(step_s, MEMORY_S),
            last: LastSecond::new(step_s),
            softer_s: 0.0,
            softer_energy: 0.0,
        }
    }

    /// Takes the energy of a block of 400 ms; true when another programme has begun.
    pub fn push(&mut self, energy: f64) -> bool {
        self.last.push(energy);
        self.mean.push(energy);
        let Some(mean) = self.mean.lufs() else {
            return false;
        };
        if energy_to_lufs(energy) > mean - SOFTER_LU {
            self.softer_s = 0.0;
            self.softer_energy = 0.0;
        } else {
            self.softer_s += self.step_s;
            self.softer_energy += self.step_s * energy;
        }
        if self.softer_s > SOFTER_S {
            self.begin_at(self.softer_energy / self.softer_s);
            return true;
        }
        let second = self.last.lufs().filter(|lufs| *lufs > mean + LOUDER_LU);
        if let Some(lufs) = second {
            self.begin_at(lufs_to_energy(lufs));
        }
        second.is_some()
    }

    /// The last second by itself.
    pub fn last_second(&self) -> &LastSecond {
        &self.last
    }

    /// A programme of this energy has begun.
    fn begin_at(&mut self, energy: f64) {
        self.mean.reset();
        self.mean
            .resume(energy_to_lufs(energy), LOUDER_S / self.step_s);
        self.softer_s = 0.0;
        self.softer_energy = 0.0;
    }

    /// Goes on from a loudness in LUFS.
    pub fn resume(&mut self, lufs: f64) {
        self.begin_at(lufs_to_energy(lufs));
    }

    /// The loudness in LUFS, if anything was heard.
    pub fn lufs(&self) -> Option<f64> {
        self.mean.lufs()
    }
}
