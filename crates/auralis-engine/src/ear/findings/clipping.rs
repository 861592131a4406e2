//! Clipped runs, as [`HopLevels::clipped_runs`] defines them: three or more samples of one value at the
//! rail, also of what was clipped and then turned down; after the "over" of digital meters.
//!
//! The figure is runs a second. Limit: one in ten seconds.

use super::finding::Finding;
use crate::ear::meters::levels::HopLevels;

/// Most runs a second.
const MOST_PER_S: f64 = 0.1;

/// Counts clipped runs.
#[derive(Debug, Clone, Default)]
pub struct Clipping {
    runs: u64,
    blocks: u32,
}

impl Clipping {
    /// Takes the levels of a block.
    pub fn push(&mut self, levels: &HopLevels) {
        self.runs += u64::from(levels.clipped_runs);
        self.blocks += 1;
    }

    /// What was found in blocks of `block_s` seconds.
    pub fn finding(&self, block_s: f64) -> Finding {
        let finding = Finding::new("clipping", "Clipped runs", "1/s");
        if self.blocks == 0 {
            return finding;
        }
        let per_s = self.runs as f64 / (f64::from(self.blocks) * block_s);
        let text = match self.runs {
            0 => String::from("no clipped runs"),
            runs => format!("{runs} runs of samples at the rail, which no setting brings back"),
        };
        finding.told(per_s, text).is_fault(per_s > MOST_PER_S)
    }
}
