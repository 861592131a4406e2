//! The signals of EBU Tech 3341 v4 (meters) and Tech 3342 v4 (loudness range), synthesised, through
//! both meters: the ear's own, and the one that measures finished pieces.
//!
//! Not here, because they cannot be synthesised or need five channels: 3341 cases 6 to 8 and 20 to
//! 24, 3342 cases 5 and 6. Unless said otherwise a signal is a stereo sine of 1 kHz at 48 kHz whose
//! peak in both channels is the level given, in dBFS. Tolerances are those of the documents.
#![cfg(feature = "cli")]

use auralis::audio_file::Audio;
use auralis::tools::measure::{Measurement, measure};
use auralis_engine::ear::meters::loudness::LoudnessMeter;

const RATE: u32 = 48_000;
/// Tolerance of a loudness, in LU.
const LOUDNESS_LU: f64 = 0.1;
/// Tolerance of a loudness range, in LU.
const RANGE_LU: f64 = 1.0;
/// Samples of 10 ms: how often momentary loudness must be read for cases 13 and 14.
const STEP: usize = 480;

/// Levels in dBFS and how long each lasts, in seconds.
type Parts = Vec<(f64, f64)>;

/// Silence, for [`Parts`].
const SILENT: f64 = f64::NEG_INFINITY;

/// One channel of the signal.
fn tone(parts: &Parts) -> Vec<f32> {
    let mut samples: Vec<f32> = Vec::new();
    for (level_db, seconds) in parts {
        let amplitude = 10_f64.powf(level_db / 20.0);
        let frames = (seconds * f64::from(RATE)).round() as usize;
        samples.extend((0..frames).map(|_| amplitude as f32));
    }
    let turn = std::f64::consts::TAU * 1000.0 / f64::from(RATE);
    for (i, sample) in samples.iter_mut().enumerate() {
        *sample *= (turn * i as f64).sin() as f32;
    }
    samples
}

/// Momentary, short-term, integrated loudness and range, every 10 ms.
fn readings(parts: &Parts) -> Vec<[f64; 4]> {
    let samples = tone(parts);
    let silence = [0.0; STEP];
    let mut meter = LoudnessMeter::new(f64::from(RATE));
    let steps = samples.chunks_exact(STEP);
    steps
        .map(|step| {
            meter.push([step, step, &silence, &silence]);
            let [momentary, short_term, integrated] = meter.input.all_lufs().map(f64::from);
            [
                momentary,
                short_term,
                integrated,
                meter.input.range_lu().into(),
            ]
        })
        .collect()
}

/// What the meter of finished pieces says.
fn measured(parts: &Parts) -> Measurement {
    let samples = tone(parts);
    let channels = vec![samples; 2];
    measure(&Audio {
        sample_rate: RATE,
        channels,
    })
    .unwrap()
}

fn assert_near(case: &str, got: f64, expected: f64, tolerance: f64) {
    assert!(
        (got - expected).abs() <= tolerance,
        "{case}: {got:.3}, expected {expected} within {tolerance}"
    );
}

/// The largest of one of [`readings`] from `seconds` on.
fn largest(readings: &[[f64; 4]], which: usize, from_s: f64, to_s: f64) -> f64 {
    let [from, to] = [from_s, to_s].map(|seconds| (100.0 * seconds).round() as usize);
    let range = from..to.min(readings.len());
    readings[range]
        .iter()
        .map(|r| r[which])
        .fold(SILENT, f64::max)
}

#[test]
fn steady_and_gated_loudness() {
    let cases: [(&str, Parts, f64); 5] = [
        ("case 1", vec![(-23.0, 20.0)], -23.0),
        ("case 2", vec![(-33.0, 20.0)], -33.0),
        (
            "case 3",
            vec![(-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)],
            -23.0,
        ),
        (
            "case 4",
            vec![
                (-72.0, 10.0),
                (-36.0, 10.0),
                (-23.0, 60.0),
                (-36.0, 10.0),
                (-72.0, 10.0),
            ],
            -23.0,
        ),
        (
            "case 5",
            vec![(-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)],
            -23.0,
        ),
    ];
    for (case, parts, expected) in cases {
        let readings = readings(&parts);
        let last = readings[readings.len() - 1];
        assert_near(case, last[2], expected, LOUDNESS_LU);
        let whole = measured(&parts);
        let name = format!("{case}, finished piece");
        assert_near(&name, whole.integrated_lufs, expected, LOUDNESS_LU);
        if parts.len() == 1 {
            assert_near(&format!("{case}, M"), last[0], expected, LOUDNESS_LU);
            assert_near(&format!("{case}, S"), last[1], expected, LOUDNESS_LU);
            assert_near(&name, whole.max_momentary_lufs, expected, LOUDNESS_LU);
            assert_near(&name, whole.max_short_term_lufs, expected, LOUDNESS_LU);
        }
    }
}

#[test]
fn what_a_window_evens_out_reads_constant() {
    for (case, loud_s, quiet_s, which, from_s) in [
        ("case 9", 1.34, 1.66, 1, 3.0),
        ("case 12", 0.18, 0.22, 0, 1.0),
    ] {
        // As often as makes 15 s (the document has 10 s in case 12).
        let period = [(-20.0, loud_s), (-30.0, quiet_s)];
        let times = (15.0_f64 / (loud_s + quiet_s)).ceil() as usize;
        let readings = readings(&period.repeat(times));
        let from = (100.0 * from_s) as usize;
        for (step, reading) in readings.iter().enumerate().skip(from) {
            let name = format!("{case}, {} ms", 10 * (step + 1));
            assert_near(&name, reading[which], -23.0, LOUDNESS_LU);
        }
    }
}

#[test]
fn one_window_of_tone_reads_its_level_wherever_it_starts() {
    for i in 0..20 {
        let offset = f64::from(i);
        for (case, which, parts) in [
            (
                "case 10",
                1,
                vec![(SILENT, 0.15 * offset), (-23.0, 3.0), (SILENT, 1.0)],
            ),
            (
                "case 13",
                0,
                vec![(SILENT, 0.02 * offset), (-23.0, 0.4), (SILENT, 1.0)],
            ),
        ] {
            let got = largest(&readings(&parts), which, 0.0, f64::INFINITY);
            assert_near(&format!("{case}, file {i}"), got, -23.0, LOUDNESS_LU);
        }
    }
}

#[test]
fn windows_of_rising_tones_read_their_levels_in_turn() {
    for (case, which, window_s, shift_s) in [("case 11", 1, 3.0, 0.15), ("case 14", 0, 0.4, 0.02)] {
        let segment = |i: i32| {
            let offset_s = shift_s * f64::from(i);
            let level = f64::from(i - 38);
            [
                (SILENT, offset_s),
                (level, window_s),
                (SILENT, window_s - offset_s),
            ]
        };
        let readings = readings(&(0..20).flat_map(segment).collect());
        for i in 0..20 {
            let ends_s = 2.0 * window_s * f64::from(i + 1);
            let got = largest(&readings, which, 0.0, ends_s);
            let name = format!("{case}, segment {i}");
            assert_near(&name, got, f64::from(i - 38), LOUDNESS_LU);
        }
    }
}

#[test]
fn true_peaks_between_samples() {
    // Case, divisor of the sample rate, degrees, amplitude, expected dBTP.
    let cases = [
        (15, 4.0, 0.0, 0.5, -6.0),
        (16, 4.0, 45.0, 0.5, -6.0),
        (17, 6.0, 60.0, 0.5, -6.0),
        (18, 8.0, 67.5, 0.5, -6.0),
        (19, 4.0, 45.0, 1.41, 3.0),
    ];
    for (case, divisor, degrees, amplitude, expected) in cases {
        let frames = 2 * RATE as usize;
        let sine = |i: usize| {
            let phase = i as f64 / divisor + degrees / 360.0;
            // Faded in and out over 100 ms: a sine that starts at once has higher peaks.
            let edge = i.min(frames - i) as f64 / 4800.0;
            (amplitude * edge.min(1.0) * (std::f64::consts::TAU * phase).sin()) as f32
        };
        let channels = vec![(0..frames).map(sine).collect(); 2];
        let got = measure(&Audio {
            sample_rate: RATE,
            channels,
        });
        let error = got.unwrap().true_peak_dbtp - expected;
        assert!(
            (-0.4..=0.2).contains(&error),
            "case {case}: {error:+.3} dB off, expected -0.4..0.2"
        );
    }
}

#[test]
fn loudness_range() {
    let cases: [(u32, &[f64], f64); 4] = [
        (1, &[-20.0, -30.0], 10.0),
        (2, &[-20.0, -15.0], 5.0),
        (3, &[-40.0, -20.0], 20.0),
        (4, &[-50.0, -35.0, -20.0, -35.0, -50.0], 15.0),
    ];
    for (case, levels, expected) in cases {
        let parts: Parts = levels.iter().map(|level| (*level, 20.0)).collect();
        let readings = readings(&parts);
        let name = format!("3342 case {case}");
        assert_near(&name, readings[readings.len() - 1][3], expected, RANGE_LU);
        let name = format!("{name}, finished piece");
        assert_near(&name, measured(&parts).range_lu, expected, RANGE_LU);
    }
}
