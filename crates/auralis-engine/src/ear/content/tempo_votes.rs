//! The tempo of a whole piece, out of what its parts say.

/// Slowest and fastest tempo, in BPM, with some room: the range of [`Rhythm`](super::rhythm::Rhythm).
const SLOWEST_BPM: f32 = 50.0;
const BINS: usize = 150;

/// Votes for tempi, by BPM.
#[derive(Debug, Clone)]
pub struct TempoVotes {
    votes: Vec<f32>,
}

impl TempoVotes {
    /// No vote yet.
    pub fn new() -> Self {
        Self {
            votes: vec![0.0; BINS],
        }
    }

    /// A part of the piece has this tempo in BPM, 0 for none; it weighs by its strength.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates
    pub fn push(&mut self, bpm: f32, strength: f32) {
        let bin = (bpm - SLOWEST_BPM).round() as usize;
        if bpm > 0.0 && bin < BINS {
            self.votes[bin] += strength;
        }
    }

    /// The tempo that most of the piece has, in BPM: the mean of the votes next to the strongest; 0
    /// when there was none.
    #[allow(clippy::cast_precision_loss)] // 150 bins
    pub fn bpm(&self) -> f32 {
        let sum = |at: usize| self.near(at).map(|bin| self.votes[bin]).sum::<f32>();
        let best = (0..BINS).max_by(|a, b| sum(*a).total_cmp(&sum(*b)));
        let best = best.unwrap_or(0);
        let moment: f32 = self
            .near(best)
            .map(|bin| self.votes[bin] * bin as f32)
            .sum();
        let total = sum(best);
        if total > 0.0 {
            SLOWEST_BPM + moment / total
        } else {
            0.0
        }
    }

    /// The bins within 2 BPM of one.
    fn near(&self, at: usize) -> std::ops::Range<usize> {
        at.saturating_sub(2)..(at + 3).min(BINS)
    }
}

impl Default for TempoVotes {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_of_the_piece_decides() {
        let mut votes = TempoVotes::new();
        assert_eq!(votes.bpm(), 0.0, "no vote");
        for i in 0..100 {
            votes.push(if i % 2 == 0 { 127.6 } else { 128.4 }, 0.5);
            votes.push(if i < 30 { 64.0 } else { 0.0 }, 0.9);
        }
        // All votes are for 128, the nearest whole number.
        assert!((votes.bpm() - 128.0).abs() < 0.01, "{} BPM", votes.bpm());
        votes.push(f32::NAN, 1.0);
        votes.push(1e9, 1.0);
        assert!((votes.bpm() - 128.0).abs() < 0.01, "{} BPM", votes.bpm());
    }
}
