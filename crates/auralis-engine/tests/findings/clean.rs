//! Songs without faults, and what is hardly a song.

use auralis_dsp::signals::{noise, sine};

use super::song::song;
use super::*;

#[test]
fn nothing_is_wrong_with_a_clean_song() {
    for rate in RATES {
        for seed in SEEDS {
            let all = findings(&song(seed, rate), rate);
            assert_eq!(all.len(), 10, "{rate} Hz");
            for finding in all {
                let Finding {
                    id, text, value, ..
                } = &finding;
                assert!(
                    !finding.fault,
                    "seed {seed} at {rate} Hz: {id} {value:?}: {text}"
                );
                assert!(
                    finding.suggestions.is_empty(),
                    "{id} suggests without a fault"
                );
            }
        }
    }
}

#[test]
fn the_cut_of_the_blocks_changes_no_figure() {
    let audio = song(1, 48_000.0);
    let mut meter = FindingsMeter::new(48_000.0, 2);
    meter.push(&[&audio[0], &audio[1]]);
    assert_eq!(findings(&audio, 48_000.0), meter.finish());
}

#[test]
fn what_is_hardly_a_song_is_told_sanely() {
    let second = |rate: f64| rate as usize;
    for rate in [8000.0, 11_025.0, 48_000.0, 192_000.0, 768_000.0] {
        let length = 4 * second(rate);
        let cases: [(&str, Audio); 8] = [
            ("nothing", vec![vec![]; 2]),
            ("one sample", vec![vec![0.5]; 2]),
            ("silence", vec![vec![0.0; length]; 2]),
            ("a sine", vec![sine(50.0, 0.5, rate, length); 2]),
            ("noise", vec![noise(1, length), noise(2, length)]),
            ("mono noise", vec![noise(1, length)]),
            ("no numbers", vec![vec![f32::NAN; length]; 2]),
            ("huge", vec![vec![f32::MAX; length]; 2]),
        ];
        for (what, audio) in cases {
            let all = findings(&audio, rate);
            assert_eq!(all.len(), if audio.len() == 2 { 10 } else { 7 }, "{what}");
            for finding in all {
                let Finding {
                    id, value, text, ..
                } = &finding;
                let is_finite = value.is_none_or(f64::is_finite);
                assert!(is_finite, "{what} at {rate} Hz: {id} is {value:?}");
                assert!(!text.is_empty(), "{what}: {id} says nothing");
                let may_be = (*id == "sibilance" && what.contains("noise"))
                    || (*id == "low_pass" && what == "a sine");
                assert!(
                    !finding.fault || may_be,
                    "{what} at {rate} Hz: {id} {value:?}: {text}"
                );
            }
        }
    }
}
