//! The loudness gain: the target minus the loudness of the song, or of what is on now.
//!
//! The loudness gain is the target minus the input's loudness, within the range. What EQ, compressor and
//! limiter take is made up for by a gain of its own, or a mix within the range would never reach the
//! target.
//!
//! - *Learn*: the input's loudness is the [estimate of the whole song](SongLoudness). A gain comes down
//!   at once where it is too much and goes up slowly, for an intro is not the song.
//! - *Follow*: it is that of the [last seconds](RecentLoudness). A programme that comes in far louder than
//!   the last is met within tenths of a second: what the gain would bring over `ABOVE_TARGET_LU` above
//!   the target is taken off at once.
//!
//! The gain never moves in silence, and never up right after it.

use crate::ear::average::one_pole;
use crate::ear::decide::loss::{Loss, MAX_LOSS_DB};
use crate::ear::decide::recent_loudness::{LastSecond, RecentLoudness};
use crate::ear::decide::song_loudness::{PRIOR_LUFS, SongLoudness};
use crate::ear::learned::LearnedLoudness;
use crate::ear::meters::gated_mean::energy_to_lufs;
use crate::ear::settings::{AdaptMode, AnalysisSettings};
use auralis_dsp::basics::decibel::db_to_power;

/// Window of the measurement, in seconds.
const MOMENTARY_S: f64 = 0.4;
/// After silence the gain does not rise for this long, in seconds.
const CAUTION_S: f64 = 0.5;
/// A gain this near to where it is wanted comes to rest there, in dB.
const REST_DB: f64 = 0.005;
/// Momentary loudness over the target that Follow allows, in LU: what speech and music have within one
/// programme.
const ABOVE_TARGET_LU: f64 = 4.0;
/// The same of the last second.
const SECOND_ABOVE_TARGET_LU: f64 = 2.5;
/// How a gain moves: time constants in seconds down and up, and fastest moves in dB per second.
#[derive(Debug, Clone, Copy)]
struct Pace {
    time_s: [f64; 2],
    rate_db_per_s: [f64; 2],
}
/// Of a song that is being learned.
const LEARNS: Pace = Pace {
    time_s: [0.7, 2.5],
    rate_db_per_s: [20.0, 1.0],
};
/// Of a programme that is followed: 12 dB up in the 6 s that are left of ten once it is recognised.
const FOLLOWS: Pace = Pace {
    time_s: [0.5, 1.5],
    rate_db_per_s: [40.0, 3.0],
};
/// After the user asked for something else.
const HURRIES: Pace = Pace {
    time_s: [0.3, 0.3],
    rate_db_per_s: [40.0, 40.0],
};
/// Of the makeup gain.
const MAKES_UP: Pace = Pace {
    time_s: [1.0, 1.5],
    rate_db_per_s: [4.0, 3.0],
};

/// What a hop is to the loudness gain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hearing {
    /// It did not pass the gate.
    Nothing,
    /// It passed, and was heard in an earlier pass over the song already.
    Again,
    /// It passed.
    New,
}

/// Follows the loudness gain.
#[derive(Debug, Clone)]
pub struct LoudnessControl {
    step_s: f64,
    mode: AdaptMode,
    /// Energies of the last hops, a ring over [`MOMENTARY_S`]: input, output without the gain.
    recent: Vec<[f64; 2]>,
    next: usize,
    song: SongLoudness,
    lately: RecentLoudness,
    /// The last second of the output without the gain.
    second: LastSecond,
    loss: Loss,
    /// Target and range in force.
    goal: Option<[f32; 2]>,
    /// Whether the goal is another one than that which the gain came from, and has not been reached.
    hurries: bool,
    /// Programme heard, in seconds.
    heard_s: f64,
    /// Programme heard since the last silence, in seconds.
    awake_s: f64,
    /// The loudness gain, within the range; none before there were settings.
    level_db: Option<f64>,
    makeup_db: f64,
}

impl LoudnessControl {
    /// Nothing heard yet, a step every `step_s` seconds.
    pub fn new(step_s: f64, mode: AdaptMode) -> Self {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a few
        let hops = (MOMENTARY_S / step_s).round().max(1.0) as usize;
        Self {
            step_s,
            mode,
            recent: vec![[0.0; 2]; hops],
            next: 0,
            song: SongLoudness::new(step_s),
            lately: RecentLoudness::new(step_s),
            second: LastSecond::new(step_s),
            loss: Loss::new(step_s, mode == AdaptMode::Follow),
            goal: None,
            hurries: false,
            heard_s: 0.0,
            awake_s: 0.0,
            level_db: None,
            makeup_db: 0.0,
        }
    }

    /// A hop was lost: what it divides is not averaged over.
    pub fn gap(&mut self) {
        self.awake_s = 0.0;
    }

    /// Forgets what was heard, and the gains.
    pub fn reset(&mut self) {
        *self = Self::new(self.step_s, self.mode);
    }

    /// Forgets what was heard; the gains go on from where they are.
    pub fn forget(&mut self) {
        let (level_db, makeup_db) = (self.level_db, self.makeup_db);
        self.reset();
        self.level_db = level_db;
        self.makeup_db = makeup_db;
    }

    /// Takes a hop: the K-weighted mean squares of its input and output, the gain in dB that was in the
    /// output, the short-term loudness of the input, and what the hop is.
    pub fn step(
        &mut self,
        [input, output]: [f64; 2],
        gain_db: f32,
        short_term_lufs: Option<f32>,
        hearing: Hearing,
        settings: &AnalysisSettings,
    ) {
        if hearing == Hearing::Nothing {
            self.awake_s = 0.0;
        } else {
            let without_gain = output * db_to_power(f64::from(-gain_db));
            self.recent[self.next] = [input, without_gain];
            self.next = (self.next + 1) % self.recent.len();
            self.awake_s += self.step_s;
            if hearing == Hearing::New {
                self.heard_s += self.step_s;
            }
            if self.awake_s >= MOMENTARY_S {
                self.push_means(short_term_lufs, hearing, settings);
            }
        }
        self.move_gains(hearing != Hearing::Nothing, settings);
    }

    /// Takes the means of the last [`MOMENTARY_S`] into what is averaged.
    fn push_means(
        &mut self,
        short_term_lufs: Option<f32>,
        hearing: Hearing,
        settings: &AnalysisSettings,
    ) {
        let [input, without_gain] = self.momentary();
        let is_new = hearing == Hearing::New;
        if is_new {
            self.song.push(input, short_term_lufs);
        }
        let is_another = self.lately.push(input);
        self.second.push(without_gain);
        if is_another && self.mode == AdaptMode::Follow {
            self.loss.begin_anew();
        }
        let follows = self.mode == AdaptMode::Follow;
        if is_new || follows || !self.loss.is_settled(settings.loss_mark) {
            self.loss.push(input, without_gain, settings.loss_mark);
        }
    }

    /// Energies over the last [`MOMENTARY_S`].
    fn momentary(&self) -> [f64; 2] {
        #[allow(clippy::cast_precision_loss)] // a few
        let hops = self.recent.len() as f64;
        [0, 1].map(|signal| self.recent.iter().map(|hop| hop[signal]).sum::<f64>() / hops)
    }

    /// Loudness of the input that the gain is for, in LUFS.
    fn input_lufs(&self) -> f64 {
        match self.mode {
            AdaptMode::Follow => self.lately.lufs().unwrap_or(PRIOR_LUFS),
            AdaptMode::Learn | AdaptMode::Hold => self.song.lufs(),
        }
    }

    /// Where the two gains are to go, in dB.
    fn wanted_db(&self, settings: &AnalysisSettings) -> [f64; 2] {
        if !settings.loud_on {
            return [0.0; 2];
        }
        [
            self.level_for_db(self.input_lufs(), settings),
            self.loss.db(),
        ]
    }

    /// The loudness gain for an input of this loudness in LUFS, in dB.
    fn level_for_db(&self, input_lufs: f64, settings: &AnalysisSettings) -> f64 {
        let range = f64::from(settings.loud_range_db);
        (f64::from(settings.loud_target_lufs) - input_lufs).clamp(-range, range)
    }

    fn move_gains(&mut self, listening: bool, settings: &AnalysisSettings) {
        let [wanted_db, wanted_makeup_db] = self.wanted_db(settings);
        let goal = [settings.loud_target_lufs, settings.loud_range_db];
        let goal = settings.loud_on.then_some(goal);
        self.hurries |= self.goal.is_some() && goal.is_some() && self.goal != goal;
        self.goal = goal;
        let level_db = self.level_db.unwrap_or(wanted_db);
        let range = f64::from(settings.loud_range_db);
        let mut moved_db = level_db;
        if !settings.loud_on || listening {
            let wary = self.awake_s < CAUTION_S && self.heard_s > CAUTION_S;
            let pace = if self.hurries || !settings.loud_on {
                HURRIES
            } else if self.mode == AdaptMode::Follow {
                FOLLOWS
            } else {
                LEARNS
            };
            moved_db += self.move_db(wanted_db - level_db, wary && settings.loud_on, pace);
            self.makeup_db += self.move_db(wanted_makeup_db - self.makeup_db, false, MAKES_UP);
            self.hurries &= (wanted_db - moved_db).abs() > REST_DB;
            if self.mode == AdaptMode::Follow && settings.loud_on {
                moved_db = moved_db.min(self.most_db(settings));
            }
        }
        self.level_db = Some(moved_db.clamp(-range, range));
    }

    /// The loudness gain that what is on now may have, in dB: so that neither the input with it nor the
    /// output with both gains is too far above the target.
    fn most_db(&self, settings: &AnalysisSettings) -> f64 {
        let signals = [
            (self.lately.last_second(), 0.0),
            (&self.second, self.makeup_db),
        ];
        let room = self.momentary().into_iter().zip(signals);
        let room = room.map(|(momentary, (second, makeup_db))| {
            let momentary = ABOVE_TARGET_LU - energy_to_lufs(momentary);
            let second = second.lufs().map(|lufs| SECOND_ABOVE_TARGET_LU - lufs);
            momentary.min(second.unwrap_or(f64::INFINITY)) - makeup_db
        });
        f64::from(settings.loud_target_lufs) + room.fold(f64::INFINITY, f64::min)
    }

    /// How far to move in a step when there are `to_go` dB left; not up when `wary`.
    fn move_db(&self, to_go: f64, wary: bool, pace: Pace) -> f64 {
        if to_go.abs() < REST_DB {
            return if wary { to_go.min(0.0) } else { to_go };
        }
        let way = usize::from(to_go > 0.0);
        let most = pace.rate_db_per_s[way] * self.step_s;
        let step = (one_pole(self.step_s, pace.time_s[way]) * to_go).clamp(-most, most);
        if wary { step.min(0.0) } else { step }
    }

    /// Gains at once where they are to go, for an input of this integrated loudness in LUFS: the song was
    /// heard to its end.
    pub fn settle(&mut self, input_lufs: Option<f64>, settings: &AnalysisSettings) {
        let lufs = input_lufs.or(self.song.heard_lufs());
        self.makeup_db = if settings.loud_on {
            self.loss.db()
        } else {
            0.0
        };
        self.level_db = Some(match lufs {
            Some(lufs) if settings.loud_on => self.level_for_db(lufs, settings),
            _ => 0.0,
        });
        self.goal = None;
    }

    /// How far both gains together are from where they are to go, in dB.
    #[allow(clippy::cast_possible_truncation)] // a gain
    pub fn pending_db(&self, settings: &AnalysisSettings) -> f32 {
        let wanted_db: f64 = self.wanted_db(settings).iter().sum();
        self.level_db.map_or(0.0, |level_db| {
            (wanted_db - level_db - self.makeup_db) as f32
        })
    }

    /// How far the song is believed to be louder than what was heard of it, in LU.
    #[allow(clippy::cast_possible_truncation)] // a level
    pub fn deficit_lu(&self) -> f32 {
        let heard = self.song.heard_lufs();
        heard.map_or(0.0, |heard| (self.song.lufs() - heard) as f32)
    }

    /// Programme heard, in seconds.
    pub fn heard_s(&self) -> f64 {
        self.heard_s
    }

    /// What can be gone on from.
    #[allow(clippy::cast_possible_truncation)] // levels in dB
    pub fn learned(&self) -> LearnedLoudness {
        let lufs = match self.mode {
            AdaptMode::Follow => self.lately.lufs(),
            AdaptMode::Learn | AdaptMode::Hold => self.song.heard_lufs(),
        };
        LearnedLoudness {
            input_lufs: lufs.map(|lufs| lufs as f32),
            loudest_lufs: self.song.loudest_lufs().map(|lufs| lufs as f32),
            loss_db: self.loss.db() as f32,
        }
    }

    /// Goes on from what was learned in `heard_s`, with the loudness and the makeup gain of then, in
    /// dB; after a reset. Switched off, it is at rest from the first moment.
    pub fn resume(
        &mut self,
        learned: &LearnedLoudness,
        [level_db, makeup_db]: [f32; 2],
        heard_s: f64,
        settings: &AnalysisSettings,
    ) {
        self.heard_s = heard_s;
        let range = settings.loud_range_db;
        if settings.loud_on {
            self.level_db = Some(f64::from(level_db.clamp(-range, range)));
            self.makeup_db = f64::from(makeup_db).clamp(-MAX_LOSS_DB, MAX_LOSS_DB);
        }
        if let Some(lufs) = learned.input_lufs.map(f64::from) {
            let loudest_lufs = learned.loudest_lufs.map(f64::from);
            self.song.resume(lufs, loudest_lufs, heard_s);
            self.lately.resume(lufs);
            let loss_db = f64::from(learned.loss_db);
            let mark = settings.loss_mark;
            self.loss.resume(loss_db, lufs, heard_s, mark);
        }
    }

    /// The loudness gain to use, in dB, within the range.
    #[allow(clippy::cast_possible_truncation)] // a gain in dB
    pub fn gain_db(&self, settings: &AnalysisSettings) -> f32 {
        self.level_db.unwrap_or(self.wanted_db(settings)[0]) as f32
    }

    /// Makeup gain for the loss in the processors, in dB: to be used beside the loudness gain.
    #[allow(clippy::cast_possible_truncation)] // a gain in dB
    pub fn makeup_db(&self) -> f32 {
        self.makeup_db as f32
    }
}

#[cfg(test)]
mod tests;
