//! The loudness gain: slow, gated, towards the target.
//!
//! Three loudnesses are measured: of the input, of the output, and of the output without the loudness
//! gain; the last minus the first is the loss in EQ, compressor and limiter. The range limits the
//! loudness gain, which is target minus input. The loss is compensated by a makeup gain of its own, or
//! a mix within the range would never reach the target. The gain moves quickly while little was heard
//! and slowly afterwards, never in silence, and never up right after it.
//!
//! The proportional part brings the input's gated mean (BS.1770) of the past minute to the target. A
//! programme that swells is always louder than its past, so two clamped integrals of the loudness error
//! since the gain first arrived are added: of the input with the loudness gain applied, to the loudness
//! gain; of the output against it, to the makeup gain. The integrated loudness of the output then
//! reaches the target. The first integral corrects nearly all of an excess and little of a deficit: a
//! fade is meant, and a gain that makes up for a soft part booms in the next loud one.

use crate::ear::average::one_pole;
use crate::ear::decide::landing::Landing;
use crate::ear::learned::LearnedLoudness;
use crate::ear::meters::gated_mean::GatedMean;
use crate::ear::settings::AnalysisSettings;
use auralis_dsp::basics::decibel::db_to_power;

/// Clamp of the compensated loss, in dB.
const MAX_LOSS_DB: f64 = 12.0;
/// Window of the measurement, in seconds.
const MOMENTARY_S: f64 = 0.4;
/// Memory of the input's loudness, in seconds.
const MEMORY_S: f64 = 60.0;
/// Memory of what the processors take, which changes with the gain into the limiter, in seconds.
const LOSS_MEMORY_S: f64 = 6.0;
/// The gain has arrived when it is this near to where it is wanted, in dB.
const ARRIVED_DB: f64 = 1.0;
/// Most that the loudness gain is lowered and raised for where the whole lands, in dB: a swell of
/// 12 dB a minute lands, and silence, speech, silence, music never lift the gain above where it ends
/// (`tests/loudness.rs`).
const TRIM_DB: std::ops::RangeInclusive<f64> = -4.5..=0.5;
/// Most that the makeup gain is moved for it, either way, in dB.
const MAX_MAKEUP_TRIM_DB: f64 = 1.5;
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
    /// Energies of the last hops, a ring over [`MOMENTARY_S`]: input, output without the gain, output.
    recent: Vec<[f64; 3]>,
    next: usize,
    /// Loudness of the input.
    input: GatedMean,
    /// Loudness of input and output without the gain, over a shorter time: their difference is
    /// what the processors take.
    lately: [GatedMean; 2],
    /// Target and range in force.
    goal: Option<[f32; 2]>,
    /// Whether the gain has arrived there once.
    arrived: bool,
    /// The input with the loudness gain on it since then, and the output.
    asked: Landing,
    output: Landing,
    /// Programme heard, in seconds.
    heard_s: f64,
    /// Programme heard since the last silence, in seconds.
    awake_s: f64,
    /// Both gains together, in dB: within the range, and what the processors take.
    gain_db: f64,
    /// The second part of it, in dB.
    makeup_db: f64,
    /// Where they are on their way to without the integrals, in dB.
    aim_db: f64,
}

impl LoudnessControl {
    /// 0 dB, a step every `step_s` seconds.
    pub fn new(step_s: f64) -> Self {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a few
        let hops = (MOMENTARY_S / step_s).round().max(1.0) as usize;
        Self {
            step_s,
            recent: vec![[0.0; 3]; hops],
            next: 0,
            input: GatedMean::forgetting(step_s, MEMORY_S),
            goal: None,
            arrived: false,
            asked: Landing::new(step_s),
            output: Landing::new(step_s),
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
        self.aim_at(settings);
        if listening {
            let without_gain = output_energy * db_to_power(f64::from(-gain_db));
            self.recent[self.next] = [input_energy, without_gain, output_energy];
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

    /// With another goal the past was as it should be.
    fn aim_at(&mut self, settings: &AnalysisSettings) {
        let goal = [settings.loud_target_lufs, settings.loud_range_db];
        let goal = settings.loud_on.then_some(goal);
        if self.goal != goal {
            self.goal = goal;
            self.arrived = false;
            self.asked = Landing::new(self.step_s);
            self.output = Landing::new(self.step_s);
        }
    }

    /// Takes the mean of the last [`MOMENTARY_S`] into the gated means.
    fn push_means(&mut self) {
        #[allow(clippy::cast_precision_loss)] // a few
        let hops = self.recent.len() as f64;
        let [input, without_gain, output] =
            [0, 1, 2].map(|signal| self.recent.iter().map(|hop| hop[signal]).sum::<f64>() / hops);
        self.input.push(input);
        self.lately[0].push(input);
        self.lately[1].push(without_gain);
        let near = (self.aim_db - self.gain_db).abs() < ARRIVED_DB;
        self.arrived |= near && self.heard_s >= QUICK_UNTIL_S;
        if self.arrived {
            let level_db = self.gain_db - self.makeup_db;
            self.asked.push(input * db_to_power(level_db));
            self.output.push(output);
        }
    }

    /// How far above the target the loudness gain aims so that the whole lands on it, in dB.
    fn trim_db(&self, target_lufs: f64) -> f64 {
        let trim_db = self.asked.ahead_db(target_lufs);
        trim_db.clamp(*TRIM_DB.start(), *TRIM_DB.end())
    }

    /// Integral of the output's loudness error against the input with the loudness gain, clamped, in dB.
    fn makeup_trim_db(&self) -> f64 {
        let asked = self.asked.lufs();
        asked.map_or(0.0, |lufs| {
            let makeup_trim_db = self.output.ahead_db(lufs);
            makeup_trim_db.clamp(-MAX_MAKEUP_TRIM_DB, MAX_MAKEUP_TRIM_DB)
        })
    }

    /// The loudness gain that brings what was measured `trim_db` above the target, in dB.
    fn level_db(&self, trim_db: f64, settings: &AnalysisSettings) -> f64 {
        let target = f64::from(settings.loud_target_lufs) + trim_db;
        let range = f64::from(settings.loud_range_db);
        let held_db = self.gain_db - self.makeup_db;
        let wanted_db = self.input.lufs().map_or(held_db, |input| target - input);
        wanted_db.clamp(-range, range)
    }

    /// Where both gains together would go if the past were as it should be, in dB.
    fn plain_db(&self, settings: &AnalysisSettings) -> f64 {
        if settings.loud_on {
            self.level_db(0.0, settings) + self.loss_db()
        } else {
            0.0
        }
    }

    /// Where both gains together and the makeup gain are to go, in dB.
    fn wanted_db(&self, settings: &AnalysisSettings) -> [f64; 2] {
        if !settings.loud_on {
            return [0.0; 2];
        }
        let trim_db = self.trim_db(f64::from(settings.loud_target_lufs));
        let makeup_db = (self.loss_db() + self.makeup_trim_db()).clamp(-MAX_LOSS_DB, MAX_LOSS_DB);
        [self.level_db(trim_db, settings) + makeup_db, makeup_db]
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
            aim_db: self.aim_db as f32,
        }
    }

    /// Goes on from what was learned in `heard_s`, with the loudness and the makeup gain of then, in
    /// dB; after a reset. What was still to go then is still to go now, wherever the settings want the
    /// gain by now. Switched off, it is at rest from the first moment.
    pub fn resume(
        &mut self,
        learned: &LearnedLoudness,
        [gain_db, makeup_db]: [f32; 2],
        heard_s: f64,
        settings: &AnalysisSettings,
    ) {
        self.heard_s = heard_s;
        if settings.loud_on {
            self.start_from(gain_db, makeup_db);
        }
        if let Some(lufs) = learned.input_lufs.map(f64::from) {
            let values = heard_s / self.step_s;
            let [input, without_gain] = &mut self.lately;
            self.input.resume(lufs, values);
            input.resume(lufs, values);
            without_gain.resume(lufs - f64::from(learned.loss_db), values);
            let range = f64::from(settings.loud_range_db);
            self.aim_db = self.plain_db(settings);
            if settings.loud_on {
                let level_db = f64::from(gain_db) + self.aim_db - f64::from(learned.aim_db);
                self.gain_db = level_db.clamp(-range, range) + self.makeup_db;
            }
        }
    }

    /// Moves on from these gains in dB.
    pub fn start_from(&mut self, gain_db: f32, makeup_db: f32) {
        self.makeup_db = f64::from(makeup_db);
        self.gain_db = f64::from(gain_db) + self.makeup_db;
        self.aim_db = self.gain_db;
    }

    fn move_gain(&mut self, listening: bool, settings: &AnalysisSettings) {
        self.aim_db = self.plain_db(settings);
        let [wanted_db, makeup_db] = self.wanted_db(settings);
        let range = f64::from(settings.loud_range_db);
        if !settings.loud_on || listening {
            let wary = settings.loud_on && self.awake_s < CAUTION_S && self.heard_s > CAUTION_S;
            self.gain_db += self.move_db(wanted_db - self.gain_db, wary);
            self.makeup_db += self.move_db(makeup_db - self.makeup_db, false);
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

    /// Makeup gain for the loss in the processors, in dB: to be used beside the loudness gain.
    #[allow(clippy::cast_possible_truncation)] // a gain in dB
    pub fn makeup_db(&self) -> f32 {
        self.makeup_db as f32
    }
}

#[cfg(test)]
mod tests;
