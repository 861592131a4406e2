//! The gain that makes input and output equally loud.

use crate::ear::average::one_pole;
use crate::ear::meters::gated_mean::energy_to_lufs;

/// Follows the gain that brings the input to the loudness of the output, in dB, for listening to
/// the input at equal loudness. The time constant is 2 s.
#[derive(Debug, Clone, Default)]
pub struct LoudnessMatch {
    gain_db: f64,
    started: bool,
}

impl LoudnessMatch {
    /// Goes on from a gain in dB.
    pub fn resume(&mut self, gain_db: f32) {
        self.gain_db = f64::from(gain_db);
        self.started = true;
    }

    /// Takes short-term energies of input and output of a hop that passed the gate.
    pub fn step(&mut self, step_s: f64, input_energy: f64, output_energy: f64) {
        let want = energy_to_lufs(output_energy) - energy_to_lufs(input_energy);
        if !want.is_finite() {
            return;
        }
        let want = want.clamp(-30.0, 30.0);
        let share = if self.started {
            one_pole(step_s, 2.0)
        } else {
            1.0
        };
        self.gain_db += share * (want - self.gain_db);
        self.started = true;
    }

    /// The gain, in dB.
    pub fn gain_db(&self) -> f32 {
        #[allow(clippy::cast_possible_truncation)] // a gain in dB
        let gain_db = self.gain_db as f32;
        gain_db
    }
}
