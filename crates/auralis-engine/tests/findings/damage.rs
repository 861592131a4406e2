//! Clicks and clipped runs.

use auralis_dsp::signals::Noise;

use super::song::{chords, song};
use super::*;

/// Adds clicks and jumps by turns, one in each second somewhere; gives their number.
fn damage(audio: &mut Audio, rate: f64, seed: u32, size: f32) -> f64 {
    let mut random = Noise::new(seed + 100);
    let length = audio[0].len();
    let count = 40;
    for click in 0..count {
        let at = (length / count) * click + random.below(length / count);
        let size = size * random.white().signum();
        let channel = &mut audio[click / 2 % 2];
        if click % 2 == 0 {
            channel[at] += size;
        } else {
            // A jump that decays within 20 ms.
            let decay = 0.02 * rate;
            let tail = channel[at..].iter_mut().enumerate();
            tail.for_each(|(n, x)| *x += size * (-(n as f64) / decay).exp() as f32);
        }
    }
    count as f64
}

#[test]
fn clicks_are_found_unless_a_drum_covers_them() {
    for rate in RATES {
        for seed in SEEDS {
            // Clicks at -20 dBFS without drums; at -10 among drums, which cover 40 ms on either side.
            for (mut audio, size, share) in [
                (chords(seed, rate), 0.1, 0.9),
                (song(seed, rate), 0.32, 0.5),
            ] {
                let count = damage(&mut audio, rate, seed, size);
                let finding = find("clicks", &audio, rate);
                let what = format!("{size}, seed {seed} at {rate} Hz");
                let minutes = audio[0].len() as f64 / rate / 60.0;
                let found = finding.value.unwrap_or_default() * minutes;
                // The last part of a block is left out, so a minute is a little shorter.
                let is_right = (share * count..=1.02 * count).contains(&found);
                assert!(is_right, "{what}: {found} of {count}");
                assert_fault(&finding, &[], &what);
            }
        }
    }
}

/// Runs of three or more samples at the rail.
fn runs(audio: &Audio, rail: f32) -> usize {
    let of_channel = |channel: &Vec<f32>| {
        let parts = channel.split(|x| x.abs() < rail);
        parts.filter(|run| run.len() >= 3).count()
    };
    audio.iter().map(of_channel).sum()
}

#[test]
fn clipped_runs_are_counted_within_a_tenth_also_when_turned_down() {
    for rate in RATES {
        for seed in SEEDS {
            let mut audio = song(seed, rate);
            let samples = audio.iter_mut().flatten();
            samples.for_each(|x| *x = (4.0 * *x).clamp(-1.0, 1.0));
            let expected = runs(&audio, 1.0) as f64;
            assert!(expected > 50.0, "only {expected} runs to be found");
            audio.iter_mut().flatten().for_each(|x| *x *= 0.7);
            let finding = find("clipping", &audio, rate);
            let per_s = expected / (audio[0].len() as f64 / rate);
            let what = format!("seed {seed} at {rate} Hz");
            assert_value(&finding, per_s, 0.1 * per_s, &what);
            assert_fault(&finding, &[], &what);
        }
    }
}
