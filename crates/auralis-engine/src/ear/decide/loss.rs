//! What EQ, compressor and limiter take from the loudness, or give.

use crate::ear::meters::gated_mean::GatedMean;

/// Clamp of the loss, in dB.
pub const MAX_LOSS_DB: f64 = 12.0;
/// Memory while the programme is followed, in seconds; that of a song forgets nothing.
const FOLLOW_MEMORY_S: f64 = 6.0;
/// Programme after which a measurement begun anew counts, in seconds.
const KNOWN_S: f64 = 1.0;
/// Programme after which it is settled, in seconds.
const SETTLED_S: f64 = 10.0;

/// Measures the loss.
#[derive(Debug, Clone)]
pub struct Loss {
    step_s: f64,
    follows: bool,
    /// Of the input, and of the output without the loudness gain.
    means: [GatedMean; 2],
    heard_s: f64,
    /// The loss while it is not yet known anew, in dB.
    before_db: f64,
    /// Settings that it was measured with.
    mark: u32,
}

impl Loss {
    /// Nothing heard yet, a block every `step_s` seconds. `follows` forgets what is older than seconds.
    pub fn new(step_s: f64, follows: bool) -> Self {
        Self {
            step_s,
            follows,
            means: Self::means(step_s, follows),
            heard_s: 0.0,
            before_db: 0.0,
            mark: 0,
        }
    }

    fn means(step_s: f64, follows: bool) -> [GatedMean; 2] {
        [(); 2].map(|()| {
            if follows {
                GatedMean::forgetting(step_s, FOLLOW_MEMORY_S)
            } else {
                GatedMean::new()
            }
        })
    }

    /// Takes the energies of a block of 400 ms, measured under the settings with this mark: other ones
    /// take another loss.
    pub fn push(&mut self, input: f64, without_gain: f64, mark: u32) {
        if self.mark != mark {
            self.mark = mark;
            self.begin_anew();
        }
        self.heard_s += self.step_s;
        self.means[0].push(input);
        self.means[1].push(without_gain);
    }

    /// What comes now takes another loss: what was measured holds until that is known.
    pub fn begin_anew(&mut self) {
        self.before_db = self.db();
        self.means = Self::means(self.step_s, self.follows);
        self.heard_s = 0.0;
    }

    /// Whether enough was heard under the settings in use, with this mark.
    pub fn is_settled(&self, mark: u32) -> bool {
        self.mark == mark && self.heard_s >= SETTLED_S
    }

    /// Goes on from a loss in dB that a programme of this loudness in LUFS had for `heard_s`.
    pub fn resume(&mut self, loss_db: f64, input_lufs: f64, heard_s: f64, mark: u32) {
        let values = heard_s / self.step_s;
        self.means[0].resume(input_lufs, values);
        self.means[1].resume(input_lufs - loss_db, values);
        self.heard_s = heard_s;
        self.before_db = loss_db;
        self.mark = mark;
    }

    /// The loss in dB; negative where the processors give.
    pub fn db(&self) -> f64 {
        match (self.means[0].lufs(), self.means[1].lufs()) {
            (Some(input), Some(output)) if self.heard_s >= KNOWN_S => {
                (input - output).clamp(-MAX_LOSS_DB, MAX_LOSS_DB)
            }
            _ => self.before_db,
        }
    }
}
