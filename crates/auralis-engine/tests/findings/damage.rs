//! Clicks and clipped runs.

use auralis_dsp::signals::Noise;

use super::song::song;
use super::*;

#[test]
fn six_clicks_of_ten_are_found_between_drums_10_db_below_full_scale_and_nothing_else() {
    for rate in RATES {
        for seed in SEEDS {
            let mut audio = song(seed, rate);
            let mut random = Noise::new(seed + 100);
            let length = audio[0].len();
            let count = 40;
            for click in 0..count {
                // One in each second, somewhere.
                let at = (length / count) * click + random.below(length / count);
                let size = if random.white() > 0.0 { 0.32 } else { -0.32 };
                if click % 2 == 0 {
                    audio[click / 2 % 2][at] += size;
                } else {
                    // A jump that decays within 20 ms.
                    let decay = 0.02 * rate;
                    let tail = audio[click / 2 % 2][at..].iter_mut().enumerate();
                    tail.for_each(|(n, x)| *x += size * (-(n as f64) / decay).exp() as f32);
                }
            }
            let finding = find("clicks", &audio, rate);
            let what = format!("seed {seed} at {rate} Hz");
            let minutes = length as f64 / rate / 60.0;
            let found = finding.value.unwrap_or_default() * minutes;
            // Those that fall on a drum or within 40 ms of one are not found.
            assert!(
                (0.6 * count as f64..=1.02 * count as f64).contains(&found),
                "{what}: {found} of {count}"
            );
            assert_fault(&finding, &[], &what);
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
