//! Levels of the samples of one hop, and clipping found in them.

use crate::ear::spectrum::bins::Bins;

/// Quietest plateau that is taken for clipping, linear: a square wave far below full scale is music.
const QUIETEST_RAIL: f32 = 0.5;
/// Part of a channel's largest magnitude in the hop from which on a plateau is at the rail.
const AT_RAIL: f32 = 0.999;

/// Peak and powers of the samples of a hop.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct HopLevels {
    /// Largest magnitude of any channel.
    pub peak: f32,
    /// Mean square of each channel.
    pub power: [f64; 2],
    /// Mean product of left and right.
    pub product: f64,
    /// Clipped runs of all channels: three or more successive samples of the same value at the rail,
    /// entered by a step. At the rail is within 0.1 % of the channel's largest magnitude in the hop,
    /// of -6 dBFS at least; a step is four of a 16-bit converter, which the round top of a slow wave
    /// does not have. After the "over" of digital meters, three successive samples at full scale,
    /// which does not find what was clipped and then turned down. Lossy coders blur plateaus, and a
    /// run across the border of two hops is left out: the count is a lower bound.
    pub clipped_runs: u32,
}

impl HopLevels {
    /// Levels of a hop of one or two channels.
    pub fn of(channels: &[&[f32]]) -> Self {
        let Some(left) = channels.first() else {
            return Self::default();
        };
        let right = channels.get(1).unwrap_or(left);
        let (peak, sums) = Bins::new().levels([left, right]);
        let [ll, rr, lr] = sums.map(|sum| sum / left.len().max(1) as f64);
        Self {
            peak,
            power: [ll, rr],
            product: lr,
            clipped_runs: if peak < QUIETEST_RAIL {
                0
            } else {
                channels.iter().copied().map(clipped_runs).sum()
            },
        }
    }
}

/// Clipped runs of a channel.
fn clipped_runs(channel: &[f32]) -> u32 {
    let peak = Bins::new().peak(channel);
    if peak < QUIETEST_RAIL {
        return 0;
    }
    Bins::new().plateaus(channel, AT_RAIL * peak)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ear::test_signals::signal;

    /// A sine of `amplitude` in 16 bits, clipped at `rail`.
    fn runs(hz: f64, amplitude: f64, rail: f64) -> u32 {
        let sine = signal(4800, |i| {
            let x = amplitude * (std::f64::consts::TAU * hz * i as f64 / 48_000.0).sin();
            ((x.clamp(-rail, rail) * 32_767.0).round() / 32_768.0) as f32
        });
        HopLevels::of(&[&sine]).clipped_runs
    }

    #[test]
    fn both_halves_of_every_clipped_wave_are_found() {
        for (hz, amplitude, rail) in [(1000.0, 1.5, 1.0), (200.0, 1.2, 1.0), (500.0, 1.0, 0.7)] {
            let expected = 2.0 * hz * 0.1;
            let got = f64::from(runs(hz, amplitude, rail));
            // The last wave may end beyond the hop, and a step may happen to be a small one.
            assert!(
                (got - expected).abs() <= 1.0 + 0.05 * expected,
                "{hz} Hz, {amplitude} clipped at {rail}: {got} runs, expected {expected}"
            );
        }
    }

    #[test]
    fn round_tops_and_quiet_plateaus_are_no_clipping() {
        for (hz, amplitude, rail) in [
            (20.0, 0.999, 1.0),
            (50.0, 0.9, 1.0),
            (997.0, 0.999, 1.0),
            (200.0, 1.0, 0.4),
        ] {
            let got = runs(hz, amplitude, rail);
            assert_eq!(got, 0, "{hz} Hz, {amplitude} clipped at {rail}");
        }
        assert_eq!(HopLevels::of(&[&[0.0; 2048]]).clipped_runs, 0, "silence");
    }
}
