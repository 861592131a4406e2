//! The integrated loudness so far, and the level that the next seconds need for it to reach a goal: the
//! integral of the loudness error, spread over 15 s.

use crate::ear::average::remembered_s;
use crate::ear::meters::gated_mean::{GatedMean, lufs_to_energy};
use auralis_dsp::basics::decibel::power_to_db;

/// Memory of the mean, in seconds: about a piece of music.
const MEMORY_S: f64 = 180.0;
/// Time over which the error of the mean is corrected, in seconds.
const AHEAD_S: f64 = 15.0;
/// Lowest energy that the next seconds may be asked for, relative to the goal's.
const LEAST: f64 = 0.1;

/// The gated loudness of a signal so far, and what would bring it to a goal.
#[derive(Debug, Clone)]
pub struct Landing {
    step_s: f64,
    mean: GatedMean,
    /// Time that the mean goes over, in seconds.
    heard_s: f64,
}

impl Landing {
    /// Nothing heard yet, a value every `step_s` seconds.
    pub fn new(step_s: f64) -> Self {
        Self {
            step_s,
            mean: GatedMean::forgetting(step_s, MEMORY_S),
            heard_s: 0.0,
        }
    }

    /// Takes the energy of a block of 400 ms, the length that BS.1770 gates.
    pub fn push(&mut self, energy: f64) {
        self.heard_s += self.step_s;
        self.mean.push(energy);
    }

    /// The gated mean so far in LUFS, if anything passed the gates.
    pub fn lufs(&self) -> Option<f64> {
        self.mean.lufs()
    }

    /// How far above `goal_lufs` the next 15 s have to be, in dB, so that they and the past are at
    /// the goal together. 0 while nothing is known.
    pub fn ahead_db(&self, goal_lufs: f64) -> f64 {
        let Some(lufs) = self.lufs() else {
            return 0.0;
        };
        let past = remembered_s(self.heard_s, MEMORY_S) / AHEAD_S;
        let excess = lufs_to_energy(lufs) / lufs_to_energy(goal_lufs) - 1.0;
        power_to_db((1.0 - past * excess).max(LEAST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_brings_the_whole_to_the_goal() {
        for past_lufs in [-14.4, -14.0, -13.8] {
            let mut landing = Landing::new(0.1);
            (0..300).for_each(|_| landing.push(lufs_to_energy(past_lufs)));
            let ahead = lufs_to_energy(-14.0 + landing.ahead_db(-14.0));
            (0..150).for_each(|_| landing.push(ahead));
            let landed = landing.lufs().unwrap();
            // The past is forgotten a little meanwhile: 15 s of 180 s, 8 % of 0.4 dB.
            assert!(
                (landed + 14.0).abs() < 0.04,
                "{past_lufs}: landed on {landed}"
            );
        }
    }

    #[test]
    fn nothing_heard_asks_for_nothing_and_much_for_a_finite_change() {
        let mut landing = Landing::new(0.1);
        assert_eq!(landing.ahead_db(-14.0), 0.0);
        (0..600).for_each(|_| landing.push(lufs_to_energy(0.0)));
        assert!((landing.ahead_db(-14.0) + 10.0).abs() < 1e-9);
    }
}
