//! What is done with a song: decided from what was heard, corrected by what came of it.

use std::fmt;

use crate::ear::learned::Learned;

use super::listener::Heard;
use super::renderer::Rendered;
use super::{Order, TOLERANCE_LU};

/// Largest gain that makes up for what the processors take, in dB.
pub const MOST_MAKEUP_DB: f64 = 12.0;
/// Share of a correction that the limiter takes where it works all the time, as long as nothing else is known.
const LIMITED_TAKES: f64 = 0.5;
/// Least share of a correction that is believed to pass the limiter.
const LEAST_SLOPE: f64 = 0.25;

/// One decision about a whole song.
#[derive(Debug, Clone)]
pub struct Decision {
    learned: Option<Learned>,
    target_lufs: Option<f64>,
    range_db: f64,
    heard_lufs: Option<f64>,
    ceiling_db: Option<f64>,
    true_peak_dbtp: f64,
    /// Loudness of the last result, and the gain that it had, in dB.
    last: Option<[f64; 2]>,
}

/// Whether the target can be reached, before anything is rendered.
#[derive(Debug, Clone, PartialEq)]
pub struct Reach {
    /// Loudness of the song in LUFS; none where nothing passed the gate.
    pub heard_lufs: Option<f64>,
    /// Loudness to land on in LUFS; none when it is not aimed at.
    pub target_lufs: Option<f64>,
    /// Gain that would be needed, in dB.
    pub needed_db: f64,
    /// `loud_range`, in dB.
    pub range_db: f64,
    /// What the limiter would have to take off the song's true peak, in dB; 0 without a limiter.
    pub limiting_db: f64,
}

/// Limiting that is asked for beyond this is told: far more than a master takes.
const MUCH_LIMITING_DB: f64 = 12.0;

impl Reach {
    /// Whether the range of the loudness gain is enough.
    pub fn is_in_range(&self) -> bool {
        self.needed_db.abs() <= self.range_db + TOLERANCE_LU
    }
}

impl fmt::Display for Reach {
    /// What stands in the way, and what would be needed; empty when nothing does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Some(heard), Some(target)) = (self.heard_lufs, self.target_lufs) else {
            return Ok(());
        };
        let (needed, range) = (self.needed_db, self.range_db);
        if !self.is_in_range() {
            let least = (10.0 * needed.abs()).ceil() / 10.0;
            write!(
                f,
                "{target:.1} LUFS cannot be reached from {heard:.1} LUFS: that takes {needed:+.1} dB, and \
                 loud_range allows {range:.1} dB (loud_range={least:.1} would do)"
            )
        } else if self.limiting_db > MUCH_LIMITING_DB {
            write!(
                f,
                "{target:.1} LUFS asks the limiter for up to {:.1} dB: it may not be reached (a lower \
                 loud_target or a higher lim_ceiling would help)",
                self.limiting_db
            )
        } else {
            Ok(())
        }
    }
}

impl Decision {
    /// What follows from what was heard.
    pub fn of(heard: &Heard, order: &Order) -> Self {
        Self::from_learned(heard.learned.clone(), heard, order)
    }

    /// A decision that was made about more than this song: that of its album.
    pub fn from_learned(learned: Option<Learned>, heard: &Heard, order: &Order) -> Self {
        let limiter = &order.settings.chain.limiter;
        let heard_lufs = learned.as_ref().and_then(|l| l.loudness.input_lufs);
        // A song of less than a gating block behind the first hop has a loudness only as a whole.
        let input_gain_db = order.settings.chain.input_gain_db;
        let as_whole = heard.levels.integrated_lufs;
        #[allow(clippy::cast_possible_truncation)] // a level
        let as_whole = as_whole.map(|lufs| lufs as f32 + input_gain_db);
        let heard_lufs = heard_lufs.or(as_whole.filter(|_| learned.is_some()));
        Self {
            target_lufs: order.target_lufs(),
            range_db: f64::from(order.settings.analysis.loud_range_db),
            heard_lufs: heard_lufs.map(f64::from),
            ceiling_db: limiter.on.then_some(f64::from(limiter.ceiling_db)),
            true_peak_dbtp: heard.levels.true_peak_dbtp,
            learned,
            last: None,
        }
    }

    /// What the plug-in holds to render this.
    pub fn learned(&self) -> Option<&Learned> {
        self.learned.as_ref()
    }

    /// The same, to be kept.
    pub fn into_learned(self) -> Option<Learned> {
        self.learned
    }

    /// Whether the target can be reached.
    pub fn reach(&self) -> Reach {
        let needed = self.target_lufs.zip(self.heard_lufs);
        let needed_db = needed.map_or(0.0, |(target, heard)| target - heard);
        let over = |ceiling| self.true_peak_dbtp + needed_db - ceiling;
        Reach {
            heard_lufs: self.heard_lufs,
            target_lufs: self.target_lufs,
            needed_db,
            range_db: self.range_db,
            limiting_db: self.ceiling_db.map_or(0.0, over).max(0.0),
        }
    }

    /// Corrects the makeup gain by what the result misses; false when it is near enough, or cannot be
    /// any nearer.
    pub fn correct(&mut self, rendered: &Rendered) -> bool {
        self.match_input(rendered.integrated_lufs);
        self.correct_by(rendered.integrated_lufs, rendered.limited, TOLERANCE_LU)
    }

    /// Notes the gain that makes the input as loud as a result of this loudness in LUFS.
    #[allow(clippy::cast_possible_truncation)] // a gain in dB
    fn match_input(&mut self, result_lufs: Option<f64>) {
        let loudness = result_lufs.zip(self.heard_lufs);
        if let (Some(learned), Some((result, heard))) = (&mut self.learned, loudness) {
            learned.adaptive.matched_gain_db = (result - heard).clamp(-30.0, 30.0) as f32;
        }
    }

    /// The same for a result of this loudness in LUFS, in which the limiter worked in this share of the
    /// frames, to within a tolerance in LU.
    pub fn correct_by(
        &mut self,
        result_lufs: Option<f64>,
        limited: f32,
        tolerance_lu: f64,
    ) -> bool {
        let Some((goal_lufs, result_lufs)) = self.goal_lufs().zip(result_lufs) else {
            return false;
        };
        let Some(learned) = &mut self.learned else {
            return false;
        };
        let miss = goal_lufs - result_lufs;
        let makeup_db = f64::from(learned.adaptive.makeup_gain_db);
        let slope = match self.last {
            Some([lufs, gain]) if (makeup_db - gain).abs() > 1e-3 => {
                (result_lufs - lufs) / (makeup_db - gain)
            }
            _ => 1.0 - LIMITED_TAKES * f64::from(limited),
        };
        let step_db = miss / slope.clamp(LEAST_SLOPE, 1.0);
        let corrected_db = (makeup_db + step_db).clamp(-MOST_MAKEUP_DB, MOST_MAKEUP_DB);
        self.last = Some([result_lufs, makeup_db]);
        if miss.abs() <= tolerance_lu || (corrected_db - makeup_db).abs() < 1e-3 {
            return false;
        }
        #[allow(clippy::cast_possible_truncation)] // a gain in dB
        let corrected_db = corrected_db as f32;
        learned.adaptive.makeup_gain_db = corrected_db;
        learned.loudness.loss_db = corrected_db;
        true
    }

    /// The results so far were of something else: what comes next does not go on from them.
    pub fn forget_results(&mut self) {
        self.last = None;
    }

    /// What the result is to be, as far as the range goes, in LUFS; none when no loudness is aimed at,
    /// or the song has none.
    pub fn goal_lufs(&self) -> Option<f64> {
        let (target, heard) = self.target_lufs.zip(self.heard_lufs)?;
        Some(heard + (target - heard).clamp(-self.range_db, self.range_db))
    }
}
