//! Width, mono, phase.

use super::song::{low_passed, song};
use super::*;

/// Scales the side signal.
fn widened(audio: &Audio, gain: f32) -> Audio {
    let mut wide = audio.clone();
    for n in 0..audio[0].len() {
        let (mid, side) = (
            0.5 * (audio[0][n] + audio[1][n]),
            0.5 * (audio[0][n] - audio[1][n]),
        );
        (wide[0][n], wide[1][n]) = (mid + gain * side, mid - gain * side);
    }
    wide
}

/// Side over mid in dB.
fn side_db(audio: &Audio) -> f64 {
    let sums = audio[0]
        .iter()
        .zip(&audio[1])
        .fold([0.0; 2], |sums, (l, r)| {
            let (l, r) = (f64::from(*l), f64::from(*r));
            [sums[0] + (l + r).powi(2), sums[1] + (l - r).powi(2)]
        });
    10.0 * (sums[1] / sums[0]).log10()
}

#[test]
fn the_width_is_read_within_a_decibel() {
    for rate in RATES {
        for (seed, gain) in SEEDS.zip([0.1, 0.5, 1.0, 6.0, 8.0]) {
            let audio = widened(&song(seed, rate), gain);
            let expected = side_db(&audio);
            let finding = find("width", &audio, rate);
            let what = format!("side times {gain}, seed {seed} at {rate} Hz");
            // What lies above 20 kHz does not count.
            assert_value(&finding, expected, 1.0, &what);
            if expected > 2.0 {
                assert_fault(&finding, &["width"], &what);
                let suggested = finding.suggestions[0].value;
                let narrowed = side_db(&widened(&audio, 0.01 * suggested));
                assert!(
                    narrowed < 0.0,
                    "{what}: width {suggested} leaves {narrowed} dB"
                );
            }
        }
    }
}

#[test]
fn each_band_has_its_width() {
    let mut audio = song(1, 48_000.0);
    let low = low_passed(&audio, 2000.0, 48_000.0);
    // Mono below 2 kHz.
    let middle: Vec<f32> = low[0]
        .iter()
        .zip(&low[1])
        .map(|(l, r)| 0.5 * (l + r))
        .collect();
    for (channel, low) in audio.iter_mut().zip(&low) {
        for (n, x) in channel.iter_mut().enumerate() {
            *x += middle[n] - low[n];
        }
    }
    let bands = find("width", &audio, 48_000.0)
        .bands
        .expect("a figure a band");
    assert_eq!(bands.len(), 25);
    for (band, width_db) in bands.iter().enumerate() {
        let Some(width_db) = width_db else { continue };
        // The slope of the low-pass takes a band.
        match band {
            ..=11 => assert!(
                *width_db < -30.0,
                "band {band} of the mono part: {width_db} dB"
            ),
            14.. => assert!(
                *width_db > -12.0,
                "band {band} of the wide part: {width_db} dB"
            ),
            _ => {}
        }
    }
}

#[test]
fn an_inverted_channel_is_named() {
    for seed in SEEDS {
        let mut audio = song(seed, 44_100.0);
        audio[1].iter_mut().for_each(|x| *x = -*x);
        let finding = find("phase", &audio, 44_100.0);
        assert_fault(&finding, &[], &format!("seed {seed}"));
        assert!(
            finding.text.contains("inverted"),
            "seed {seed}: {}",
            finding.text
        );
        assert!(
            !find("width", &audio, 44_100.0).fault,
            "seed {seed}: it is not wide"
        );
    }
}

#[test]
fn the_loss_in_mono_is_read_within_half_a_decibel() {
    for seed in SEEDS {
        for gain in [0.0, 1.0, 4.0, 7.0] {
            let audio = widened(&song(seed, 48_000.0), gain);
            let mono = vec![
                audio[0]
                    .iter()
                    .zip(&audio[1])
                    .map(|(l, r)| 0.5 * (l + r))
                    .collect(),
            ];
            let loss_db = 10.0 * (0.5 * power(&audio) / power(&mono)).log10();
            let finding = find("phase", &audio, 48_000.0);
            assert_value(
                &finding,
                loss_db,
                0.5,
                &format!("side times {gain}, seed {seed}"),
            );
        }
    }
}

#[test]
fn bands_against_each_other_are_named() {
    for seed in SEEDS {
        let mut audio = song(seed, 48_000.0);
        // All above 300 Hz of one channel is inverted.
        let low = low_passed(&audio, 300.0, 48_000.0);
        audio[1]
            .iter_mut()
            .zip(&low[1])
            .for_each(|(x, low)| *x = 2.0 * low - *x);
        let finding = find("phase", &audio, 48_000.0);
        assert!(finding.fault, "seed {seed}: {}", finding.text);
        assert!(
            finding.text.contains("against each other"),
            "seed {seed}: {}",
            finding.text
        );
        let bands = finding.bands.expect("a figure a band");
        let middle: Vec<f64> = bands[5..12].iter().filter_map(|c| *c).collect();
        assert!(middle.iter().all(|c| *c < -0.3), "seed {seed}: {middle:?}");
    }
}

#[test]
fn a_low_end_in_the_sides_is_found_within_two_percent() {
    for rate in RATES {
        for seed in SEEDS {
            let mut audio = song(seed, rate);
            let low = low_passed(&audio, 400.0, rate);
            audio[1]
                .iter_mut()
                .zip(&low[1])
                .for_each(|(x, low)| *x -= 2.0 * low);
            let finding = find("low_end", &audio, rate);
            let what = format!("seed {seed} at {rate} Hz");
            // The low end of the song is in the middle, so nearly all of it is in the side now.
            assert_value(&finding, 0.0, 2.0, &what);
            assert_fault(&finding, &[], &what);
        }
    }
}
