//! The loudness gain: slow, gated, towards the target.
//!
//! Two things are measured: the input, and the output with the loudness gain taken out again, which
//! holds what EQ, compressor and limiter took or gave. The range limits the loudness gain, which is
//! the change from the input to the target: nothing comes out more than the range louder or softer
//! than it went in. What the processors took is given back by a makeup gain of its own, or a mix
//! that is within the range would never arrive. Both gated means (BS.1770) forget over about a
//! minute, so that a long programme lands on the target where it is, not where it was. The gain
//! moves quickly while little is known and slowly afterwards, never in silence, and never up right
//! after it. An output that was too loud is followed by a little less, so that the whole arrives;
//! one that was too soft is never followed by more, which would be a level that comes and goes.

use super::average::one_pole;
use super::gated_mean::{GatedMean, energy_to_lufs, lufs_to_energy};
use super::learned::LearnedLoudness;
use super::settings::AnalysisSettings;

/// Most that is given back of what the processors took, or taken of what they gave, in dB.
const MAX_LOSS_DB: f64 = 12.0;
/// Window of the measurement, in seconds.
const MOMENTARY_S: f64 = 0.4;
/// Memory of the input's loudness, in seconds.
const MEMORY_S: f64 = 60.0;
/// Memory of what the processors take, which changes with the gain into the limiter, in seconds.
const LOSS_MEMORY_S: f64 = 12.0;
/// The gain has arrived when it is this near to where it is wanted, in dB.
const ARRIVED_DB: f64 = 1.0;
/// Time in which a mean above the target is made good, in seconds.
const AHEAD_S: f64 = 20.0;
/// Most that the gain is lowered for it, in dB.
const MAX_TRIM_DB: f64 = 2.0;
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
/// A gain this near to where it is wanted comes to rest there, in dB.
const REST_DB: f64 = 0.005;

/// Follows the loudness gain.
#[derive(Debug, Clone)]
pub struct LoudnessControl {
    step_s: f64,
    /// Energies of the last hops, a ring over [`MOMENTARY_S`]: input, output without the gain.
    recent: Vec<[f64; 2]>,
    next: usize,
    /// Loudness of the input.
    input: GatedMean,
    /// Loudness of input and output without the gain, over a shorter time: their difference is
    /// what the processors take.
    lately: [GatedMean; 2],
    /// Loudness of the output since the gain first arrived, and how long that is in seconds.
    output: GatedMean,
    arrived_s: Option<f64>,
    /// Programme heard, in seconds.
    heard_s: f64,
    /// Programme heard since the last silence, in seconds.
    awake_s: f64,
    /// Both gains together, in dB: within the range, and what the processors take.
    gain_db: f64,
    /// The second part of it, in dB.
    makeup_db: f64,
    /// Where they are on their way to but for the trim, in dB.
    aim_db: f64,
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
            input: GatedMean::forgetting(step_s, MEMORY_S),
            output: GatedMean::forgetting(step_s, MEMORY_S),
            arrived_s: None,
            lately: [(); 2].map(|()| GatedMean::forgetting(step_s, LOSS_MEMORY_S)),
            heard_s: 0.0,
            awake_s: 0.0,
            gain_db: 0.0,
            makeup_db: 0.0,
            aim_db: 0.0,
        }
    }

    /// A hop was lost: what it divides is not averaged over.
    pub fn gap(&mut self) {
        self.awake_s = 0.0;
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
                self.follow_output(output_energy);
            }
        } else {
            self.awake_s = 0.0;
        }
        self.move_gain(listening, settings);
    }

    /// Takes the mean of the last [`MOMENTARY_S`] into the gated means.
    fn push_means(&mut self) {
        for (signal, mean) in self.lately.iter_mut().enumerate() {
            let sum: f64 = self.recent.iter().map(|hop| hop[signal]).sum();
            #[allow(clippy::cast_precision_loss)] // a few
            let energy = sum / self.recent.len() as f64;
            mean.push(energy);
            if signal == 0 {
                self.input.push(energy);
            }
        }
    }

    /// Takes the output's energy once the gain has arrived for the first time.
    fn follow_output(&mut self, energy: f64) {
        let near = (self.aim_db - self.gain_db).abs() < ARRIVED_DB;
        if let Some(seconds) = &mut self.arrived_s {
            *seconds += self.step_s;
            self.output.push(energy);
        } else if near && self.heard_s >= QUICK_UNTIL_S {
            self.arrived_s = Some(0.0);
        }
    }

    /// What brings an output that was too loud to the target within [`AHEAD_S`], should the programme
    /// go on at its mean: the loudness of the past minute and of that time together is then the
    /// target. In dB, at most 0.
    fn trim_db(&self, target_lufs: f64) -> f64 {
        let (Some(lufs), Some(seconds)) = (self.output.lufs(), self.arrived_s) else {
            return 0.0;
        };
        let past = MEMORY_S * (1.0 - (-seconds / MEMORY_S).exp()) / AHEAD_S;
        let excess = lufs_to_energy(lufs) / lufs_to_energy(target_lufs) - 1.0;
        let trim_db = 10.0 * (1.0 - past * excess).max(0.1).log10();
        trim_db.clamp(-MAX_TRIM_DB, 0.0)
    }

    /// The gain that brings what was measured `trim_db` above the target, in dB.
    fn wanted_db(&self, trim_db: f64, settings: &AnalysisSettings) -> f64 {
        if !settings.loud_on {
            return 0.0;
        }
        let target = f64::from(settings.loud_target_lufs) + trim_db;
        let range = f64::from(settings.loud_range_db);
        self.input.lufs().map_or(self.gain_db, |input| {
            (target - input).clamp(-range, range) + self.loss_db()
        })
    }

    /// What the processors take, in dB; negative where they give.
    fn loss_db(&self) -> f64 {
        let [input, without_gain] = &self.lately;
        match (input.lufs(), without_gain.lufs()) {
            (Some(input), Some(output)) => (input - output).clamp(-MAX_LOSS_DB, MAX_LOSS_DB),
            _ => 0.0,
        }
    }

    /// Programme heard, in seconds.
    pub fn heard_s(&self) -> f64 {
        self.heard_s
    }

    /// What can be gone on from.
    #[allow(clippy::cast_possible_truncation)] // levels in dB
    pub fn learned(&self) -> LearnedLoudness {
        LearnedLoudness {
            input_lufs: self.input.lufs().map(|lufs| lufs as f32),
            loss_db: self.loss_db() as f32,
            gain_db: self.gain_db(),
            makeup_db: self.makeup_db(),
            aim_db: self.aim_db as f32,
        }
    }

    /// Goes on from what was learned in `heard_s`; after a reset. What was still to go then is
    /// still to go now, wherever the settings want the gain by now.
    pub fn resume(&mut self, learned: &LearnedLoudness, heard_s: f64, settings: &AnalysisSettings) {
        self.heard_s = heard_s;
        self.start_from(learned.gain_db, learned.makeup_db);
        if let Some(lufs) = learned.input_lufs.map(f64::from) {
            let values = heard_s / self.step_s;
            let [input, without_gain] = &mut self.lately;
            self.input.resume(lufs, values);
            input.resume(lufs, values);
            without_gain.resume(lufs - f64::from(learned.loss_db), values);
            let range = f64::from(settings.loud_range_db);
            self.aim_db = self.wanted_db(0.0, settings);
            let level_db = f64::from(learned.gain_db) + self.aim_db - f64::from(learned.aim_db);
            self.gain_db = level_db.clamp(-range, range) + self.makeup_db;
        }
    }

    /// Moves on from these gains in dB.
    pub fn start_from(&mut self, gain_db: f32, makeup_db: f32) {
        self.makeup_db = f64::from(makeup_db);
        self.gain_db = f64::from(gain_db) + self.makeup_db;
        self.aim_db = self.gain_db;
    }

    fn move_gain(&mut self, listening: bool, settings: &AnalysisSettings) {
        self.aim_db = self.wanted_db(0.0, settings);
        let trim_db = self.trim_db(f64::from(settings.loud_target_lufs));
        let wanted_db = self.wanted_db(trim_db, settings);
        let range = f64::from(settings.loud_range_db);
        if !settings.loud_on || listening {
            let loss_db = if settings.loud_on {
                self.loss_db()
            } else {
                0.0
            };
            let wary = settings.loud_on && self.awake_s < CAUTION_S && self.heard_s > CAUTION_S;
            self.gain_db += self.move_db(wanted_db - self.gain_db, wary);
            self.makeup_db += self.move_db(loss_db - self.makeup_db, false);
        }
        let level_db = (self.gain_db - self.makeup_db).clamp(-range, range);
        self.gain_db = level_db + self.makeup_db;
    }

    /// How far to move in a step when there are `to_go` dB left; not up when `wary`.
    fn move_db(&self, to_go: f64, wary: bool) -> f64 {
        let slow = ((self.heard_s - QUICK_UNTIL_S) / (SLOW_FROM_S - QUICK_UNTIL_S)).clamp(0.0, 1.0);
        let between = |[quick, late]: [f64; 2]| quick + slow * (late - quick);
        let most = between(RATE_DB_PER_S) * self.step_s;
        let share = if to_go.abs() < REST_DB {
            1.0
        } else {
            one_pole(self.step_s, between(TIME_S))
        };
        (share * to_go).clamp(-most, if wary { 0.0 } else { most })
    }

    /// The loudness gain to use, in dB, within the range.
    #[allow(clippy::cast_possible_truncation)] // a gain in dB
    pub fn gain_db(&self) -> f32 {
        (self.gain_db - self.makeup_db) as f32
    }

    /// What gives back what the processors take, in dB: to be used beside the loudness gain.
    #[allow(clippy::cast_possible_truncation)] // a gain in dB
    pub fn makeup_db(&self) -> f32 {
        self.makeup_db as f32
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
    /// Goes on from a gain in dB.
    pub fn resume(&mut self, gain_db: f32) {
        self.gain_db = f64::from(gain_db);
        self.started = true;
    }

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
