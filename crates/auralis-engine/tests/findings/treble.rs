//! Coders' low-passes, and what hisses.

use std::f64::consts::TAU;

use auralis_dsp::signals::Noise;

use super::song::{SECONDS, low_passed, song};
use super::*;

#[test]
fn a_low_pass_is_found_within_200_hz() {
    for rate in [44_100.0, 48_000.0] {
        for (seed, hz) in SEEDS.zip([11_000.0, 15_000.0, 16_000.0, 18_500.0]) {
            let finding = find("low_pass", &low_passed(&song(seed, rate), hz, rate), rate);
            let what = format!("{hz} Hz, seed {seed} at {rate} Hz");
            assert_value(&finding, hz, 200.0, &what);
            assert_fault(&finding, &[], &what);
        }
    }
}

#[test]
fn a_treble_that_falls_by_itself_is_no_low_pass() {
    for seed in SEEDS {
        let mut audio = song(seed, 44_100.0);
        // 12 dB an octave above 2 kHz.
        for channel in &mut audio {
            let (mut first, mut second) = (0.0, 0.0);
            for x in channel.iter_mut() {
                first += 0.25 * (*x - first);
                second += 0.25 * (first - second);
                *x = second;
            }
        }
        let finding = find("low_pass", &audio, 44_100.0);
        assert!(finding.value.is_none(), "seed {seed}: {}", finding.text);
    }
}

/// Vowels of 0.25 s, and behind each 0.12 s of hiss from 5 to 9 kHz, `over_db` over the vowels' mean level.
fn reading(seed: u32, rate: f64, over_db: f64) -> Audio {
    let mut random = Noise::new(seed);
    let mut audio = vec![vec![0.0_f32; (SECONDS * rate) as usize]];
    let is_vowel = |t: f64| t % 0.5 < 0.25;
    add(&mut audio, rate, |t| {
        let pitch = 120.0 + 20.0 * (0.7 * t).sin();
        let partials = (1..30).map(|k| (f64::from(k) * pitch * t * TAU).sin() / f64::from(k));
        if is_vowel(t) {
            0.1 * partials.sum::<f64>()
        } else {
            0.0
        }
    });
    // The part that the figure counts as voice.
    let voice = band_power(&audio, rate, [300.0, 3700.0]);
    let mut hiss = vec![vec![0.0; audio[0].len()]];
    hiss[0].iter_mut().for_each(|x| *x = random.white());
    let low = low_passed(&hiss, 5600.0, rate);
    let mut hiss = low_passed(&hiss, 9000.0, rate);
    hiss[0]
        .iter_mut()
        .zip(&low[0])
        .for_each(|(x, low)| *x -= low);
    let gain = (voice * 10.0_f64.powf(0.1 * over_db) / power(&hiss)).sqrt();
    for (n, (x, hiss)) in audio[0].iter_mut().zip(&hiss[0]).enumerate() {
        let t = n as f64 / rate % 0.5;
        if (0.3..0.42).contains(&t) {
            *x += gain as f32 * hiss;
        }
    }
    audio
}

/// Power between two frequencies.
fn band_power(audio: &Audio, rate: f64, [low, high]: [f64; 2]) -> f64 {
    let (low, high) = (low_passed(audio, low, rate), low_passed(audio, high, rate));
    let both = high[0].iter().zip(&low[0]).map(|(high, low)| high - low);
    power(&vec![both.collect()])
}

#[test]
fn sibilance_is_read_within_3_db_and_minded_where_it_is_loud() {
    for rate in [44_100.0, 48_000.0] {
        for (seed, over_db) in SEEDS.zip([-12.0, -9.0, 0.0, 4.0, 8.0]) {
            let finding = find("sibilance", &reading(seed, rate, over_db), rate);
            let what = format!("{over_db} dB, seed {seed} at {rate} Hz");
            // The loudest tenth of windows of noise lies over its mean, and Hann's window is not flat.
            assert_value(&finding, over_db, 3.0, &what);
            match over_db > -4.0 {
                true => assert_fault(&finding, &["eq_band_20", "eq_band_21", "eq_band_22"], &what),
                false => assert!(!finding.fault, "{what}: {}", finding.text),
            }
        }
    }
}
