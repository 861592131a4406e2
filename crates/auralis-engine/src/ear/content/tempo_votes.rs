//! The tempo of a programme, told only when it is sure: when most of what was heard agrees.
//!
//! Each estimate of the [`Rhythm`](super::rhythm::Rhythm), one a second, is a vote, for a tempo or for none.
//! Votes for half and double are for the same beat, counted otherwise. A tempo is told once
//! `TOLD_SHARE` of the votes are for its beat, which are `ENOUGH` when they are as strong as a
//! metronome's and more when they are weaker, and until fewer than `KEPT_SHARE` are; it goes over to half
//! or double only when twice as many votes are for that.
//!
//! The numbers were set on 138 pieces of free music, against the tempi of another program (librosa's) where
//! that one is steady over the parts of a piece.

/// Slowest tempo in BPM, with some room, and how many of 1 BPM there are: the range of
/// [`Rhythm`](super::rhythm::Rhythm).
const SLOWEST_BPM: f32 = 50.0;
const BINS: usize = 150;
/// Weakest beat that is a vote for its tempo: above what noise has most of the time.
const WEAKEST: f32 = 0.2;
/// Votes for a beat before it is told, each counted by its strength.
const ENOUGH: f32 = 3.5;
/// Share of the votes from which on a tempo is told, and down to which it still is.
const TOLD_SHARE: f32 = 0.8;
const KEPT_SHARE: f32 = 0.6;
/// What a vote for no tempo counts beside one for another: an intro without drums says little against a beat.
const ABSTENTION: f32 = 0.2;
/// Tempi this near to each other are the same, as a ratio.
const SAME: f32 = 0.03;

/// Votes for one tempo, or for some.
#[derive(Debug, Clone, Copy, Default)]
struct Votes {
    count: f32,
    /// Sum of their strengths.
    strength: f32,
    /// Sum of their tempi, in BPM.
    bpm: f32,
}

impl Votes {
    fn fade(&mut self, kept: f32) {
        self.count *= kept;
        self.strength *= kept;
        self.bpm *= kept;
    }

    fn add(&mut self, other: &Votes) {
        self.count += other.count;
        self.strength += other.strength;
        self.bpm += other.bpm;
    }

    /// Mean of their tempi in BPM, 0 when there are none.
    fn mean_bpm(&self) -> f32 {
        if self.count > 0.0 {
            self.bpm / self.count
        } else {
            0.0
        }
    }
}

/// Votes for tempi, by BPM.
#[derive(Debug, Clone)]
pub struct TempoVotes {
    /// What is left of older votes when another comes; 1 when all are remembered.
    kept: f32,
    votes: Vec<Votes>,
    /// All votes, with those for no tempo.
    total: f32,
    told_bpm: f32,
}

impl TempoVotes {
    /// No vote yet; older votes fade with this time constant in votes.
    pub fn new(memory: f64) -> Self {
        #[allow(clippy::cast_possible_truncation)] // a share
        let kept = (-1.0 / memory).exp() as f32;
        Self {
            kept,
            votes: vec![Votes::default(); BINS],
            total: 0.0,
            told_bpm: 0.0,
        }
    }

    /// Goes on from a tempo that was told, 0 for none.
    pub fn resume(&mut self, bpm: f32) {
        let mut votes = 0.0;
        while bpm > 0.0 && votes < ENOUGH {
            self.push(bpm, 1.0);
            votes += 1.0;
        }
    }

    /// The programme seems to have this tempo in BPM, 0 for none, with this strength.
    pub fn push(&mut self, bpm: f32, strength: f32) {
        self.votes
            .iter_mut()
            .for_each(|votes| votes.fade(self.kept));
        self.total *= self.kept;
        let voted = bin(bpm).filter(|_| strength >= WEAKEST);
        if let Some(votes) = voted.and_then(|bin| self.votes.get_mut(bin)) {
            let count = 1.0;
            self.total += count;
            votes.add(&Votes {
                count,
                strength,
                bpm,
            });
        } else {
            self.total += ABSTENTION;
        }
        self.tell();
    }

    /// The tempo in BPM, 0 while none is sure.
    pub fn bpm(&self) -> f32 {
        self.told_bpm
    }

    fn tell(&mut self) {
        if self.told_bpm > 0.0 {
            self.told_bpm = if self.of_beat(self.told_bpm).count < KEPT_SHARE * self.total {
                0.0
            } else {
                self.counted(self.told_bpm)
            };
        }
        if self.told_bpm == 0.0 {
            let best_bpm = self.best_bpm();
            let votes = self.of_beat(best_bpm);
            if votes.strength >= ENOUGH && votes.count >= TOLD_SHARE * self.total {
                self.told_bpm = best_bpm;
            }
        }
    }

    /// This tempo, or its half or double where twice as many votes are for that; the mean of its votes.
    fn counted(&self, told_bpm: f32) -> f32 {
        let (mut best_bpm, mut most) = (told_bpm, 0.0);
        for (factor, weight) in [(1.0, 2.0), (0.5, 1.0), (2.0, 1.0)] {
            let votes = self.near(factor * told_bpm);
            if weight * votes.count > most {
                (best_bpm, most) = (votes.mean_bpm(), weight * votes.count);
            }
        }
        best_bpm
    }

    /// The tempo with most votes in BPM, 0 when there are none.
    fn best_bpm(&self) -> f32 {
        let voted = (0..BINS).filter(|bin| self.votes[*bin].count > 0.0);
        let near = voted.map(|bin| self.near(SLOWEST_BPM + bin as f32));
        let best = near.max_by(|a, b| a.count.total_cmp(&b.count));
        best.map_or(0.0, |votes| votes.mean_bpm())
    }

    /// Votes for the beat of a tempo, counted so, in half or in double.
    fn of_beat(&self, bpm: f32) -> Votes {
        let mut all = Votes::default();
        for factor in [0.5, 1.0, 2.0] {
            all.add(&self.near(factor * bpm));
        }
        all
    }

    /// Votes for a tempo.
    fn near(&self, bpm: f32) -> Votes {
        let index = |bpm: f32| bin(bpm).unwrap_or(0).min(BINS);
        let mut all = Votes::default();
        for votes in &self.votes[index((1.0 - SAME) * bpm)..index((1.0 + SAME) * bpm + 1.0)] {
            all.add(votes);
        }
        all
    }
}

/// The bin of a tempo, if it is not slower than all.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates
fn bin(bpm: f32) -> Option<usize> {
    (bpm >= SLOWEST_BPM).then(|| (bpm - SLOWEST_BPM).round() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Votes that are all remembered.
    fn whole() -> TempoVotes {
        TempoVotes::new(f64::INFINITY)
    }

    #[test]
    fn it_is_told_when_most_agree_and_until_fewer_than_half_do() {
        let mut votes = whole();
        for vote in 1..=4 {
            assert_eq!(votes.bpm(), 0.0, "before vote {vote}");
            votes.push(if vote % 2 == 0 { 127.6 } else { 128.4 }, 0.9);
        }
        // The mean of the votes, which binary fractions do not hold.
        assert!((votes.bpm() - 128.0).abs() < 1e-3, "{} BPM", votes.bpm());
        (0..12).for_each(|_| votes.push(0.0, 0.0));
        assert!(votes.bpm() > 127.0, "4 beside 12 abstentions");
        votes.push(90.0, 0.9);
        assert_eq!(votes.bpm(), 0.0, "4 beside 12 abstentions and another");
        (0..20).for_each(|_| votes.push(90.0, 0.9));
        assert_eq!(votes.bpm(), 0.0, "21 of 25 and 12 abstentions");
        votes.push(f32::NAN, 1.0);
        votes.push(1e9, 1.0);
        (0..10).for_each(|_| votes.push(90.0, 0.9));
        // 31 of 35 and 14 abstentions are; the mean of the votes.
        assert!((votes.bpm() - 90.0).abs() < 1e-3, "{} BPM", votes.bpm());
    }

    #[test]
    fn half_and_double_are_one_beat_that_does_not_jump() {
        let mut votes = whole();
        (0..6).for_each(|_| votes.push(85.0, 0.5));
        for i in 0..40 {
            votes.push(if i % 2 == 0 { 170.0 } else { 85.0 }, 0.5);
            assert!((votes.bpm() - 85.0).abs() < 1e-3, "{}", votes.bpm());
        }
        (0..80).for_each(|_| votes.push(170.0, 0.5));
        assert!((votes.bpm() - 170.0).abs() < 1e-3, "{}", votes.bpm());
    }

    #[test]
    fn old_votes_fade_and_weak_ones_do_not_count() {
        let mut votes = TempoVotes::new(30.0);
        (0..100).for_each(|_| votes.push(120.0, 0.1));
        assert_eq!(votes.bpm(), 0.0, "weak");
        (0..100).for_each(|_| votes.push(120.0, 0.5));
        assert!((votes.bpm() - 120.0).abs() < 1e-3, "{}", votes.bpm());
        (0..100).for_each(|_| votes.push(77.0, 0.5));
        assert!((votes.bpm() - 77.0).abs() < 1e-3, "{}", votes.bpm());
        let mut resumed = whole();
        resumed.resume(votes.bpm());
        assert!((resumed.bpm() - 77.0).abs() < 1e-3, "{}", resumed.bpm());
    }
}
