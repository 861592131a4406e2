//! Ballistics: how a detected level or gain reduction attacks and releases.
//!
//! Two forms of Giannoulis, Massberg, Reiss, "Digital Dynamic Range Compressor Design", JAES 60(6)
//! 2012. [`Branching`] is the smooth branching detector (eq. 16), the ancestor's envelope follower.
//! [`Decoupled`] is the smooth decoupled one (eq. 17), with the least artefacts; the compressor
//! uses it on its gain reduction in dB. Input and output have one unit, whatever it is; there is no
//! latency. States are `f64` and cleared below 1e-9, long before they could become subnormal.

use super::Frame;
use super::smoothing::coefficient;

/// States smaller than this are silence.
const TINY: f64 = 1e-9;

/// Attack and release in seconds: the times in which 63.2 % of a step is covered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Times {
    /// Rising.
    pub attack_s: f64,
    /// Falling.
    pub release_s: f64,
    /// Whether long stretches above release slower than short ones.
    pub auto_release: bool,
}

/// The smooth branching detector: attack or release by comparing with the state.
#[derive(Debug, Clone)]
pub struct Branching {
    attack: f64,
    release: f64,
    state: f64,
}

impl Branching {
    /// Times in seconds at a rate in Hz.
    pub fn new(attack_s: f64, release_s: f64, sample_rate: f64) -> Self {
        Self {
            attack: coefficient(attack_s, sample_rate),
            release: coefficient(release_s, sample_rate),
            state: 0.0,
        }
    }

    /// Forgets what was heard.
    pub fn reset(&mut self) {
        self.state = 0.0;
    }

    /// The envelope after one more sample of level `x`.
    #[inline]
    pub fn step(&mut self, x: f64) -> f64 {
        let a = if x > self.state {
            self.attack
        } else {
            self.release
        };
        let y = a * self.state + (1.0 - a) * x;
        self.state = if y < TINY { 0.0 } else { y };
        self.state
    }
}

/// How the second stage of [`Decoupled`] smooths.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Attack {
    /// A one-pole in both directions, eq. 17: it rounds the start of the release, and the release
    /// coefficient is corrected for the time that this adds.
    Cascade,
    /// A one-pole when rising only. For releases so short beside the attack that no correction
    /// exists: both times stay what the user set.
    RisingOnly,
}

/// The smooth decoupled detector: release first, then attack.
#[derive(Debug, Clone)]
pub struct Decoupled {
    times: Times,
    sample_rate: f64,
    attack_stage: Attack,
    attack: f64,
    release: f64,
    slow: f64,
    /// Output of the release stage.
    released: f64,
    /// Slow average of the release stage, for the programme-dependent release.
    average: f64,
    /// Output.
    state: f64,
}

/// Time constant of the slow average over the release: what was held for long lets go this much
/// slower.
const AUTO_RELEASE_FACTOR: f64 = 4.0;

impl Decoupled {
    /// A detector at rest.
    pub fn new(sample_rate: f64) -> Self {
        let times = Times {
            attack_s: 0.0,
            release_s: 0.0,
            auto_release: false,
        };
        let mut this = Self {
            times,
            sample_rate,
            attack_stage: Attack::Cascade,
            attack: 0.0,
            release: 0.0,
            slow: 0.0,
            released: 0.0,
            average: 0.0,
            state: 0.0,
        };
        this.retime(times);
        this
    }

    /// Forgets what was heard.
    pub fn reset(&mut self) {
        self.released = 0.0;
        self.average = 0.0;
        self.state = 0.0;
    }

    /// Computes the coefficients again if the times changed.
    pub fn set_times(&mut self, times: Times) {
        if times != self.times {
            self.retime(times);
        }
    }

    fn retime(&mut self, times: Times) {
        let corrected = corrected_release_s(times.attack_s, times.release_s);
        self.attack_stage = match corrected {
            Some(_) => Attack::Cascade,
            None => Attack::RisingOnly,
        };
        let release_s = corrected.unwrap_or(times.release_s);
        self.attack = coefficient(times.attack_s, self.sample_rate);
        self.release = coefficient(release_s, self.sample_rate);
        self.slow = coefficient(AUTO_RELEASE_FACTOR * times.release_s, self.sample_rate);
        self.times = times;
    }

    /// The smoothed value after one more sample `x >= 0`.
    #[inline]
    pub fn step(&mut self, x: f64) -> f64 {
        self.released = x.max(self.release * self.released + (1.0 - self.release) * x);
        let held = if self.times.auto_release {
            self.average = self.slow * self.average + (1.0 - self.slow) * self.released;
            self.released.max(self.average)
        } else {
            self.released
        };
        let smoothed = self.attack * self.state + (1.0 - self.attack) * held;
        self.state = match self.attack_stage {
            Attack::Cascade => smoothed,
            Attack::RisingOnly => smoothed.min(held),
        };
        self.state
    }

    /// Smooths a frame in place.
    pub fn process(&mut self, frame: &mut Frame) {
        for sample in frame.iter_mut() {
            #[allow(clippy::cast_possible_truncation)] // back to the audio's precision
            let out = self.step(f64::from(*sample)) as f32;
            *sample = out;
        }
        for state in [&mut self.released, &mut self.average, &mut self.state] {
            if *state < TINY {
                *state = 0.0;
            }
        }
    }
}

/// The release time constant with which a release stage followed by an attack one-pole covers
/// 63.2 % in `release_s` seconds; `None` when even half of it would be shorter than the attack.
///
/// After a step down the cascade follows `(r e^(-t/r) - a e^(-t/a)) / (r - a)`, solved for
/// `1/e` at `t = release_s` by bisection.
fn corrected_release_s(attack_s: f64, release_s: f64) -> Option<f64> {
    if attack_s <= 0.0 {
        return Some(release_s);
    }
    let remaining = |r: f64| {
        (r * (-release_s / r).exp() - attack_s * (-release_s / attack_s).exp()) / (r - attack_s)
    };
    // At r = attack_s the cascade takes 2.146 attacks; below that the release stage would no longer
    // hold the peaks of the programme.
    if release_s < 2.2 * attack_s {
        return None;
    }
    let (mut low, mut high) = (attack_s * 1.000_001, release_s);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if remaining(middle) > (-1.0_f64).exp() {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(0.5 * (low + high))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f64 = 48_000.0;

    /// Samples until the detector has covered 63.2 % of a step from `from` to `to`.
    fn time_of_step(detector: &mut Decoupled, from: f64, to: f64) -> f64 {
        for _ in 0..(RATE as usize * 20) {
            detector.step(from);
        }
        let goal = from + (to - from) * (1.0 - (-1.0_f64).exp());
        let mut samples = 0.0;
        loop {
            let y = detector.step(to);
            samples += 1.0;
            if (to > from && y >= goal) || (to < from && y <= goal) {
                return samples / RATE;
            }
        }
    }

    #[test]
    fn attack_and_release_are_what_the_knobs_say() {
        for (attack_s, release_s) in [
            (0.01, 0.15),
            (0.001, 0.05),
            (0.05, 0.5),
            (0.1, 0.02),
            (0.2, 2.0),
            (0.0001, 0.005),
            (0.01, 0.021),
        ] {
            let mut detector = Decoupled::new(RATE);
            detector.set_times(Times {
                attack_s,
                release_s,
                auto_release: false,
            });
            let rise = time_of_step(&mut detector, 0.0, 12.0);
            let fall = time_of_step(&mut detector, 12.0, 0.0);
            for (name, got, expected) in [("attack", rise, attack_s), ("release", fall, release_s)]
            {
                // 1 % as the design asks, or the sample grid.
                let tolerance = (0.01 * expected).max(1.0 / RATE);
                assert!(
                    (got - expected).abs() <= tolerance,
                    "{attack_s}/{release_s} {name}: {got} s"
                );
            }
        }
    }

    #[test]
    fn auto_release_lets_go_of_long_reduction_slower_and_of_short_at_once() {
        let times = Times {
            attack_s: 0.001,
            release_s: 0.1,
            auto_release: true,
        };
        let left_after = |hold_s: f64| {
            let mut detector = Decoupled::new(RATE);
            detector.set_times(times);
            for _ in 0..(hold_s * RATE) as usize {
                detector.step(10.0);
            }
            (0..(0.3 * RATE) as usize)
                .map(|_| detector.step(0.0))
                .last()
                .unwrap()
        };
        let (short, long) = (left_after(0.005), left_after(4.0));
        assert!(
            short < 2.0,
            "300 ms after a 5 ms peak {short} dB of 10 are left"
        );
        assert!(
            long > 4.0,
            "300 ms after 4 s of reduction only {long} dB of 10 are left"
        );
    }

    #[test]
    fn branching_reproduces_the_ancestor() {
        let input = ancestor_input();
        let table = include_str!("../../tests/data/envelope_branching.csv");
        let times = [(0.010, 0.100), (0.001, 0.050), (0.0001, 0.050)];
        for (column, (attack_s, release_s)) in times.into_iter().enumerate() {
            let mut follower = Branching::new(attack_s, release_s, 44_100.0);
            let envelope: Vec<f64> = input.iter().map(|x| follower.step(*x)).collect();
            for row in table.lines().skip(1) {
                let cells: Vec<f64> = row.split(',').map(|c| c.parse().unwrap()).collect();
                let (index, expected) = (cells[0] as usize, cells[column + 1]);
                let got = envelope[index];
                // The follower clears states below 1e-9, the table does not; f64 rounding is far less.
                assert!(
                    (got - expected).abs() <= 1e-9,
                    "{column}: [{index}] got {got}, expected {expected}"
                );
            }
        }
    }

    /// The ancestor's test input: noise, then sine steps; the magnitude of each sample as f32.
    fn ancestor_input() -> Vec<f64> {
        let mut lcg: u32 = 1;
        let steps = [
            (22_050, 35_280, -30.0),
            (35_280, 48_510, -6.0),
            (48_510, 61_740, -20.0),
            (61_740, 70_560, 0.0),
            (70_560, 79_380, -12.0),
        ];
        (0..88_200)
            .map(|i| {
                lcg = lcg.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let noise = f64::from(lcg >> 8) / f64::from(1 << 23) - 1.0;
                let sine = (std::f64::consts::TAU * 997.0 * i as f64 / 44_100.0).sin();
                let x = if (2205..22_050).contains(&i) {
                    0.4 * noise
                } else {
                    let level = steps.iter().find(|(from, to, _)| (*from..*to).contains(&i));
                    level.map_or(0.0, |(_, _, db)| 10.0_f64.powf(db / 20.0) * sine)
                };
                f64::from((x as f32).abs())
            })
            .collect()
    }
}
