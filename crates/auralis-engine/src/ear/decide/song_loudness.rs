//! The loudness of a whole song, estimated from its beginning.
//!
//! The integrated loudness of what was heard so far is nearly always below that of the song: intros are
//! quiet, and the gate of BS.1770 lets loud parts decide. On 46 pieces of free game music (orchestral,
//! electronic; `-20` to `-11` LUFS) the deficit is distributed nearly exponentially, with a mean of
//! 6.6 dB after 5 s, 3.4 after 20 s, 1.3 after 60 s: `deficit_lu` fits that. The belief about songs
//! before anything is heard is a normal distribution, and what was heard makes of it another one,
//! moved by `variance / deficit` towards lower values and cut off below what was heard (normal prior
//! times exponential likelihood). So a quiet intro is not taken for a quiet song, and a quiet song is
//! believed after a minute or two. The estimate lies between the posterior's mode and its mean. By
//! a simulation of the gain alone (no EQ, compressor or limiter) a first pass over those pieces as they are,
//! 4 and 8 dB softer lands on the target within 1.5 LU on 41, 42 and 42 of the 46; the farthest is 3.1 LU off.
//!
//! The loudest 3 s bound the song from below as well: it is rarely softer than them by more than
//! `LOUDEST_OVER_SONG_LU`. That tells at once that the song proper has begun, where the mean takes
//! as long as the intro took. The bound fades, for in the end the mean knows better.

use crate::ear::meters::gated_mean::GatedMean;

/// Loudness of songs before one is heard, in LUFS: between finished masters (-8 to -15 by genre) and
/// mixes that wait for theirs (-18 and below).
pub const PRIOR_LUFS: f64 = -15.0;
/// Its standard deviation, in LU.
const PRIOR_SD_LU: f64 = 5.0;
/// Where the estimate lies between the posterior's mode and its mean.
const MEAN_SHARE: f64 = 0.3;
/// Largest short-term loudness over the song's, in LU: the median of the same pieces is 3.6, nine tenths
/// have less than 6.5...
const LOUDEST_OVER_SONG_LU: f64 = 4.0;
/// ...and what is added for every second heard: after two minutes the bound no longer counts.
const BOUND_FADES_LU_PER_S: f64 = 0.03;

/// How far the loudness so far lies below the song's after `heard_s`, on average, in LU.
fn deficit_lu(heard_s: f64) -> f64 {
    let heard_s = heard_s.max(0.1);
    14.0 / (heard_s.sqrt() * (1.0 + heard_s / 120.0))
}

/// Follows the estimate.
#[derive(Debug, Clone)]
pub struct SongLoudness {
    step_s: f64,
    blocks: GatedMean,
    /// Largest short-term loudness in LUFS.
    loudest_lufs: Option<f64>,
    heard_s: f64,
}

impl SongLoudness {
    /// Nothing heard yet, a block every `step_s` seconds.
    pub fn new(step_s: f64) -> Self {
        Self {
            step_s,
            blocks: GatedMean::new(),
            loudest_lufs: None,
            heard_s: 0.0,
        }
    }

    /// Takes the energy of a block of 400 ms, and the short-term loudness at its end, once there is one.
    pub fn push(&mut self, energy: f64, short_term_lufs: Option<f32>) {
        self.heard_s += self.step_s;
        self.blocks.push(energy);
        if let Some(lufs) = short_term_lufs.map(f64::from) {
            self.loudest_lufs = Some(self.loudest_lufs.map_or(lufs, |loudest| loudest.max(lufs)));
        }
    }

    /// Goes on from a loudness in LUFS that `heard_s` of programme had, and its loudest 3 s.
    pub fn resume(&mut self, lufs: f64, loudest_lufs: Option<f64>, heard_s: f64) {
        self.heard_s = heard_s;
        self.blocks.resume(lufs, heard_s / self.step_s);
        self.loudest_lufs = loudest_lufs;
    }

    /// The gated loudness of what was heard, in LUFS.
    pub fn heard_lufs(&self) -> Option<f64> {
        self.blocks.lufs()
    }

    /// Its loudest 3 s, in LUFS.
    pub fn loudest_lufs(&self) -> Option<f64> {
        self.loudest_lufs
    }

    /// The estimate of the song's loudness, in LUFS.
    pub fn lufs(&self) -> f64 {
        let Some(heard) = self.heard_lufs() else {
            return PRIOR_LUFS;
        };
        let below = LOUDEST_OVER_SONG_LU + BOUND_FADES_LU_PER_S * self.heard_s;
        let least = self.loudest_lufs.map_or(heard, |loudest| loudest - below);
        estimate(heard.max(least), deficit_lu(self.heard_s))
    }
}

/// The song's loudness when at least `least` was heard, with this mean deficit, all in LUFS and LU.
fn estimate(least: f64, deficit: f64) -> f64 {
    let centre = PRIOR_LUFS - PRIOR_SD_LU * PRIOR_SD_LU / deficit;
    let mode = least.max(centre);
    let mean = centre + PRIOR_SD_LU * hazard((least - centre) / PRIOR_SD_LU);
    mode + MEAN_SHARE * (mean - mode)
}

/// Density over upper tail of the standard normal distribution. The tail is Abramowitz, Stegun,
/// "Handbook of Mathematical Functions" (1964), 26.2.17 (error 7.5e-8), and far out the first terms of
/// its asymptotic series, 26.2.12.
fn hazard(x: f64) -> f64 {
    if x > 4.0 {
        return x + 1.0 / x - 2.0 / x.powi(3);
    }
    let density = (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let t = 1.0 / (1.0 + 0.231_641_9 * x.abs());
    let series = [
        0.319_381_530,
        -0.356_563_782,
        1.781_477_937,
        -1.821_255_978,
        1.330_274_429,
    ];
    let tail = density * series.iter().rev().fold(0.0, |sum, c| (sum + c) * t);
    let upper = if x >= 0.0 { tail } else { 1.0 - tail };
    density / upper.max(1e-12)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ear::meters::gated_mean::lufs_to_energy;

    /// The estimate after `seconds` of a steady loudness.
    fn after(lufs: f64, seconds: f64) -> f64 {
        let mut song = SongLoudness::new(0.1);
        #[allow(clippy::cast_possible_truncation)] // a level
        let short = lufs as f32;
        for i in 0..(seconds / 0.1) as u32 {
            song.push(lufs_to_energy(lufs), (i >= 30).then_some(short));
        }
        song.lufs()
    }

    #[test]
    fn a_quiet_intro_is_not_taken_for_a_quiet_song() {
        for (lufs, seconds, least) in [
            (-35.0, 2.0, -19.0),
            (-35.0, 10.0, -22.0),
            (-50.0, 20.0, -25.0),
        ] {
            let got = after(lufs, seconds);
            assert!(
                got > least,
                "{lufs} LUFS for {seconds} s: {got}, expected above {least}"
            );
        }
    }

    #[test]
    fn what_lasts_is_believed_and_loud_at_once() {
        for lufs in [-30.0, -24.0, -14.0, -9.0] {
            let got = after(lufs, 600.0);
            // What is left of a deficit of 0.1 LU.
            assert!((got - lufs).abs() < 0.2, "{lufs} LUFS for 10 min: {got}");
        }
        let got = after(-8.0, 2.0);
        assert!((-8.0..-5.5).contains(&got), "loud from the start: {got}");
    }

    #[test]
    fn the_loud_part_after_an_intro_counts_within_seconds() {
        let mut song = SongLoudness::new(0.1);
        (0..400).for_each(|_| song.push(lufs_to_energy(-34.0), Some(-34.0)));
        (0..30).for_each(|_| song.push(lufs_to_energy(-14.0), Some(-15.0)));
        let got = song.lufs();
        assert!(
            (-21.0..-13.0).contains(&got),
            "3 s after the intro: {got} LUFS, truly -14"
        );
    }

    #[test]
    fn the_hazard_is_that_of_the_normal_distribution() {
        // Values of the distribution's tables.
        for (x, expected) in [
            (-2.0, 0.055_248),
            (0.0, 0.797_885),
            (1.0, 1.525_135),
            (3.0, 3.283_099),
            (6.0, 6.158_398),
        ] {
            let got = hazard(x);
            assert!(
                (got - expected).abs() < 2e-3 * expected,
                "at {x}: {got}, expected {expected}"
            );
        }
    }
}
