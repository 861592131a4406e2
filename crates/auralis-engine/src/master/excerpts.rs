//! Seconds of a song that stand for the whole: how much louder it becomes is told from how much louder
//! they do.
//!
//! What the processors take depends on the level above all, so the seconds are drawn from strata of
//! equal level (stratified systematic sampling; Cochran, "Sampling techniques", 3rd edition, chapter
//! 8): the seconds that pass the gate of BS.1770 in order of their loudness, cut into as many parts as
//! seconds are drawn, of each the middle one.

use crate::ear::meters::gated_mean::{GatedMean, lufs_to_energy};
use crate::ear::meters::loudness::SEGMENTS_PER_S;

/// Seconds that are drawn.
const DRAWN: usize = 48;
/// Songs of no more seconds are taken as a whole.
const SHORT: usize = 40;

/// Seconds of a song, and what they stand for.
#[derive(Debug)]
pub struct Excerpts {
    /// K-weighted mean squares of all seconds of the song.
    energies: Vec<f32>,
    /// The second that was drawn from each stratum, the loudest first.
    drawn: Vec<usize>,
    /// The stratum of each second of the song.
    strata: Vec<usize>,
}

impl Excerpts {
    /// Draws from a song whose seconds have these K-weighted mean squares.
    pub fn of(energies: Vec<f32>) -> Self {
        let seconds = energies.len();
        let mut by_level: Vec<usize> = (0..seconds).collect();
        by_level.sort_by(|a, b| energies[*b].total_cmp(&energies[*a]));
        let gate = gate(&energies);
        let passing = by_level.partition_point(|second| f64::from(energies[*second]) > gate);
        let (among, count) = match seconds <= SHORT {
            true => (seconds, seconds),
            false => (passing, DRAWN.min(passing)),
        };
        let of_stratum = |stratum| by_level[(2 * stratum + 1) * among / (2 * count)];
        let drawn = (0..count).map(of_stratum).collect();
        let mut strata = vec![0; seconds];
        for (rank, second) in by_level.iter().enumerate() {
            strata[*second] = (rank * count / among.max(1)).min(count.saturating_sub(1));
        }
        Self {
            energies,
            drawn,
            strata,
        }
    }

    /// The second that was drawn from each stratum, the loudest first.
    pub fn drawn(&self) -> &[usize] {
        &self.drawn
    }

    /// How much louder the song becomes in LU when the seconds that were drawn come to these K-weighted
    /// mean squares; where there is none, the next stratum that has one stands in. None when nothing
    /// passes the gate.
    pub fn gain_lu(&self, results: &[Option<f64>]) -> Option<f64> {
        let before = |stratum: usize| f64::from(self.energies[self.drawn[stratum]]).max(1e-12);
        let known = results.iter().enumerate();
        let known =
            known.filter_map(|(stratum, after)| Some((stratum, (*after)? / before(stratum))));
        let known: Vec<(usize, f64)> = known.collect();
        let ratio = |stratum: usize| {
            let nearest = known
                .iter()
                .min_by_key(|(other, _)| other.abs_diff(stratum));
            nearest.map_or(1.0, |(_, ratio)| *ratio)
        };
        let ratios: Vec<f64> = (0..self.drawn.len()).map(ratio).collect();
        let (mut before, mut after) = (GatedMean::new(), GatedMean::new());
        for (energy, stratum) in self.energies.iter().zip(&self.strata) {
            let energy = f64::from(*energy);
            before.push(energy);
            after.push(energy * ratios.get(*stratum).unwrap_or(&1.0));
        }
        Some(after.lufs()? - before.lufs()?)
    }
}

/// The mean square that the seconds must exceed to count: that of 10 LU below what passes it.
fn gate(energies: &[f32]) -> f64 {
    let mut mean = GatedMean::new();
    energies
        .iter()
        .for_each(|energy| mean.push((*energy).into()));
    mean.lufs()
        .map_or(f64::INFINITY, |lufs| lufs_to_energy(lufs - 10.0))
}

/// K-weighted mean squares of whole seconds, from those of their segments.
#[derive(Debug, Clone, Default)]
pub struct SecondEnergies {
    /// Of each second that is complete.
    pub energies: Vec<f32>,
    sum: f64,
    segments: usize,
}

impl SecondEnergies {
    /// Takes the mean squares of the next segments of 10 ms.
    pub fn take(&mut self, segments: &[f64]) {
        for energy in segments {
            self.sum += energy;
            self.segments += 1;
            if self.segments == SEGMENTS_PER_S {
                #[allow(clippy::cast_possible_truncation)] // a level
                self.energies
                    .push((self.sum / SEGMENTS_PER_S as f64) as f32);
                self.sum = 0.0;
                self.segments = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds between -40 and -10 LUFS in a fixed, scattered order.
    fn seconds() -> Vec<f32> {
        let level = |n: usize| -40.0 + 30.0 * ((n * 37) % 300) as f64 / 300.0;
        (0..300).map(|n| lufs_to_energy(level(n)) as f32).collect()
    }

    /// What a compressor of 2:1 above -20 LUFS makes of a second.
    fn compressed(energy: f32) -> f64 {
        let over = 10.0 * (f64::from(energy) / lufs_to_energy(-20.0)).log10();
        f64::from(energy) * 10_f64.powf(-0.05 * over.max(0.0))
    }

    #[test]
    fn some_seconds_tell_what_the_whole_becomes() {
        let energies = seconds();
        let (mut before, mut after) = (GatedMean::new(), GatedMean::new());
        for energy in &energies {
            before.push(f64::from(*energy));
            after.push(compressed(*energy));
        }
        let expected = after.lufs().unwrap() - before.lufs().unwrap();
        let excerpts = Excerpts::of(energies.clone());
        for one_of in [1, 4] {
            let results: Vec<Option<f64>> = excerpts
                .drawn()
                .iter()
                .enumerate()
                .map(|(stratum, second)| {
                    (stratum % one_of == one_of / 2).then(|| compressed(energies[*second]))
                })
                .collect();
            let got = excerpts.gain_lu(&results).unwrap();
            // A step of 30 dB / 12 strata, half of it compressed, is 0.6 dB wide at most on either side.
            let tolerance = 0.02 * one_of as f64 * one_of as f64;
            assert!(
                (got - expected).abs() < tolerance,
                "one of {one_of}: {got} LU, expected {expected}"
            );
        }
    }

    #[test]
    fn a_short_song_is_taken_as_a_whole_and_silence_tells_nothing() {
        let short = Excerpts::of(seconds()[..20].to_vec());
        let mut drawn = short.drawn().to_vec();
        drawn.sort_unstable();
        assert_eq!(drawn, (0..20).collect::<Vec<_>>());
        for energies in [vec![], vec![0.0; 100]] {
            let silent = Excerpts::of(energies);
            assert_eq!(silent.gain_lu(&[]), None, "{silent:?}");
        }
    }
}
