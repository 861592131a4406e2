//! What is found in songs with faults that were put there, and what is not found in songs without.
//!
//! The tolerances are those that docs/FINDINGS.md states.
#![allow(missing_docs)]

mod bottom;
mod clean;
mod damage;
mod song;
mod stereo;
mod treble;

use auralis_engine::ear::findings::{Finding, FindingsMeter};
use auralis_engine::params::{Kind, ParamId};

/// Audio as `[channel][sample]`.
type Audio = Vec<Vec<f32>>;

/// The rates that songs come at, in Hz.
const RATES: [f64; 2] = [44_100.0, 96_000.0];
/// Seeds of the songs.
const SEEDS: std::ops::Range<u32> = 1..6;

/// All findings of a song, which comes in blocks of odd lengths.
fn findings(audio: &Audio, rate: f64) -> Vec<Finding> {
    let mut meter = FindingsMeter::new(rate, audio.len());
    let length = audio[0].len();
    let mut at = 0;
    for block in [1000, 37, 5000].iter().cycle() {
        if at == length {
            break;
        }
        let end = length.min(at + block);
        let block: Vec<&[f32]> = audio.iter().map(|channel| &channel[at..end]).collect();
        meter.push(&block);
        at = end;
    }
    meter.finish()
}

/// The finding with this id.
fn find(id: &str, audio: &Audio, rate: f64) -> Finding {
    let mut all = findings(audio, rate).into_iter();
    all.find(|finding| finding.id == id)
        .expect("a finding of every id")
}

/// Asserts a figure within a tolerance.
#[track_caller]
fn assert_value(finding: &Finding, expected: f64, tolerance: f64, what: &str) {
    let got = finding.value.unwrap_or(f64::NAN);
    assert!(
        (got - expected).abs() <= tolerance,
        "{what}: {} is {got} {}, expected {expected} within {tolerance} ({})",
        finding.id,
        finding.unit,
        finding.text
    );
}

/// Asserts a fault whose suggestions set one of these parameters, each within its range.
#[track_caller]
fn assert_fault(finding: &Finding, parameters: &[&str], what: &str) {
    assert!(
        finding.fault,
        "{what}: {} is no fault: {}",
        finding.id, finding.text
    );
    let suggested: Vec<&str> = finding.suggestions.iter().map(|s| s.parameter).collect();
    assert_eq!(suggested, parameters, "{what}: {}", finding.id);
    for suggestion in &finding.suggestions {
        let param = ParamId::with_id(suggestion.parameter).expect("a parameter of the table");
        let Kind::Float {
            min, max, default, ..
        } = param.row().kind
        else {
            panic!("{what}: {suggestion} is no number");
        };
        let value = suggestion.value;
        assert!(
            (min..=max).contains(&value) && value != default,
            "{what}: {suggestion}"
        );
    }
}

/// Power of all channels together, mean square.
fn power(audio: &Audio) -> f64 {
    let squares = audio.iter().flatten().map(|x| f64::from(*x).powi(2));
    squares.sum::<f64>() / audio[0].len() as f64
}

/// Adds a signal to every channel, made of the time in seconds.
fn add(audio: &mut Audio, rate: f64, signal: impl Fn(f64) -> f64) {
    for channel in audio {
        for (n, x) in channel.iter_mut().enumerate() {
            *x += signal(n as f64 / rate) as f32;
        }
    }
}
