//! The loudness gain: slow, gated, towards the target.
//!
//! Two things are measured: the input, and the output with the loudness gain taken out again, which
//! holds what EQ, compressor and limiter took or gave. The range limits the change from the input
//! to the target; what the processors took is given back on top, or a mix that is just within the
//! range would never arrive. Both gated means (BS.1770) forget over about a minute, so that a long
//! programme lands on the target where it is, not where it was. The gain moves quickly
//! while little is known and slowly afterwards, never in silence, and never up right after it.

use super::average::one_pole;
use super::gated_mean::{GatedMean, energy_to_lufs};
use super::settings::AnalysisSettings;

/// Most that is given back of what the processors took, or taken of what they gave, in dB.
const MAX_LOSS_DB: f64 = 12.0;
/// Window of the measurement, in seconds.
const MOMENTARY_S: f64 = 0.4;
/// Memory of the gated mean, in seconds.
const MEMORY_S: f64 = 60.0;
/// The gain moves in its quick way until this much programme was heard, in seconds...
const QUICK_UNTIL_S: f64 = 3.0;
/// ...and has its slow way from here on.
const SLOW_FROM_S: f64 = 10.0;
/// Time constants of the two ways, in seconds.
const TIME_S: [f64; 2] = [0.5, 4.0];
/// Fastest moves of the two ways, in dB per second.
const RATE_DB_PER_S: [f64; 2] = [12.0, 1.0];
/// After silence the gain does not rise for this long, in seconds.
const CAUTION_S: f64 = 0.5;

/// Follows the loudness gain.
#[derive(Debug, Clone)]
pub struct LoudnessControl {
    step_s: f64,
    /// Energies of the last hops, a ring over [`MOMENTARY_S`]: input, output without the gain.
    recent: Vec<[f64; 2]>,
    next: usize,
    /// Gated means of the same.
    means: [GatedMean; 2],
    /// Programme heard, in seconds.
    heard_s: f64,
    /// Programme heard since the last silence, in seconds.
    awake_s: f64,
    gain_db: f64,
}

impl LoudnessControl {
    /// 0 dB, a step every `step_s` seconds.
    pub fn new(step_s: f64) -> Self {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a few
        let hops = (MOMENTARY_S / step_s).round().max(1.0) as usize;
        Self {
            step_s,
            recent: vec![[0.0; 2]; hops],
            next: 0,
            means: [(); 2].map(|()| GatedMean::forgetting(step_s, MEMORY_S)),
            heard_s: 0.0,
            awake_s: 0.0,
            gain_db: 0.0,
        }
    }

    /// Forgets what was heard; back to 0 dB.
    pub fn reset(&mut self) {
        *self = Self::new(self.step_s);
    }

    /// Takes a hop: the K-weighted mean squares of its input and output, the gain in dB that was in
    /// the output, and whether the programme passed the gate.
    pub fn step(
        &mut self,
        [input_energy, output_energy]: [f64; 2],
        gain_db: f32,
        listening: bool,
        settings: &AnalysisSettings,
    ) {
        if listening {
            let without_gain = output_energy * 10.0_f64.powf(f64::from(-gain_db) / 10.0);
            self.recent[self.next] = [input_energy, without_gain];
            self.next = (self.next + 1) % self.recent.len();
            self.heard_s += self.step_s;
            self.awake_s += self.step_s;
            if self.awake_s >= MOMENTARY_S {
                self.push_means();
            }
        } else {
            self.awake_s = 0.0;
        }
        self.move_gain(listening, settings);
    }

    /// Takes the mean of the last [`MOMENTARY_S`] into the gated means.
    fn push_means(&mut self) {
        for (signal, mean) in self.means.iter_mut().enumerate() {
            let sum: f64 = self.recent.iter().map(|hop| hop[signal]).sum();
            #[allow(clippy::cast_precision_loss)] // a few
            mean.push(sum / self.recent.len() as f64);
        }
    }

    /// The gain that brings what was measured to the target, in dB.
    fn wanted_db(&self, settings: &AnalysisSettings) -> f64 {
        if !settings.loud_on {
            return 0.0;
        }
        let target = f64::from(settings.loud_target_lufs);
        let range = f64::from(settings.loud_range_db);
        let [input, without_gain] = &self.means;
        match (input.lufs(), without_gain.lufs()) {
            (Some(input), Some(without_gain)) => {
                let loss = (input - without_gain).clamp(-MAX_LOSS_DB, MAX_LOSS_DB);
                (target - input).clamp(-range, range) + loss
            }
            _ => self.gain_db,
        }
    }

    fn move_gain(&mut self, listening: bool, settings: &AnalysisSettings) {
        let want = self.wanted_db(settings);
        if settings.loud_on && !listening {
            return;
        }
        let slow = ((self.heard_s - QUICK_UNTIL_S) / (SLOW_FROM_S - QUICK_UNTIL_S)).clamp(0.0, 1.0);
        let between = |[quick, late]: [f64; 2]| quick + slow * (late - quick);
        let most = between(RATE_DB_PER_S) * self.step_s;
        let wish = one_pole(self.step_s, between(TIME_S)) * (want - self.gain_db);
        let wary = settings.loud_on && self.awake_s < CAUTION_S && self.heard_s > CAUTION_S;
        self.gain_db += wish.clamp(-most, if wary { 0.0 } else { most });
        if (self.gain_db - want).abs() < 0.005 {
            self.gain_db = want;
        }
    }

    /// The gain to use, in dB.
    pub fn gain_db(&self) -> f32 {
        #[allow(clippy::cast_possible_truncation)] // a gain in dB
        let gain_db = self.gain_db as f32;
        gain_db
    }
}

/// Follows the gain that brings the input to the loudness of the output, in dB, for listening to
/// the input at equal loudness. The time constant is 2 s.
#[derive(Debug, Clone, Default)]
pub struct LoudnessMatch {
    gain_db: f64,
    started: bool,
}

impl LoudnessMatch {
    /// Takes short-term energies of input and output of a hop that passed the gate.
    pub fn step(&mut self, step_s: f64, input_energy: f64, output_energy: f64) {
        let want =
            (energy_to_lufs(output_energy) - energy_to_lufs(input_energy)).clamp(-30.0, 30.0);
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

#[cfg(test)]
mod tests {
    use super::*;

    const STEP_S: f64 = 2048.0 / 48_000.0;

    fn energy(lufs: f64) -> f64 {
        10.0_f64.powf((lufs + 0.691) / 10.0)
    }

    /// Feeds programme of a loudness for some seconds; the gain goes around the loop.
    fn play(
        control: &mut LoudnessControl,
        lufs: f64,
        seconds: f64,
        settings: &AnalysisSettings,
    ) -> Vec<f64> {
        let mut outputs = Vec::new();
        for _ in 0..(seconds / STEP_S) as usize {
            let gain_db = control.gain_db();
            let output = energy(lufs + f64::from(gain_db));
            control.step([energy(lufs), output], gain_db, lufs > -60.0, settings);
            outputs.push(output);
        }
        outputs
    }

    #[test]
    fn steady_programme_lands_on_the_target_without_overshoot() {
        for lufs in [-24.0, -8.0] {
            let settings = AnalysisSettings::default();
            let mut control = LoudnessControl::new(STEP_S);
            let outputs = play(&mut control, lufs, 40.0, &settings);
            let from = (3.0 / STEP_S) as usize;
            let mean = outputs[from..].iter().sum::<f64>() / (outputs.len() - from) as f64;
            let landed = energy_to_lufs(mean);
            assert!(
                (landed + 14.0).abs() < 0.5,
                "{lufs} LUFS landed on {landed}"
            );
            let extreme = outputs.iter().fold(-14.0, |worst: f64, e| {
                let loud = energy_to_lufs(*e);
                if lufs < -14.0 {
                    worst.max(loud)
                } else {
                    worst.min(loud)
                }
            });
            assert!(
                (extreme + 14.0).abs() < 0.2,
                "{lufs}: overshoot to {extreme}"
            );
        }
    }

    #[test]
    fn the_gain_never_rises_in_silence_and_stays_in_its_range() {
        let settings = AnalysisSettings::default();
        let mut control = LoudnessControl::new(STEP_S);
        play(&mut control, -100.0, 5.0, &settings);
        assert_eq!(control.gain_db(), 0.0, "nothing was heard");
        play(&mut control, -40.0, 20.0, &settings);
        let before = control.gain_db();
        assert!(before <= settings.loud_range_db, "{before}");
        play(&mut control, -100.0, 30.0, &settings);
        assert_eq!(control.gain_db(), before, "moved in silence");
    }

    #[test]
    fn switched_off_it_glides_to_unity() {
        let mut settings = AnalysisSettings::default();
        let mut control = LoudnessControl::new(STEP_S);
        play(&mut control, -24.0, 20.0, &settings);
        settings.loud_on = false;
        play(&mut control, -24.0, 60.0, &settings);
        assert_eq!(control.gain_db(), 0.0);
    }
}
