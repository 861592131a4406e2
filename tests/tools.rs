//! The tools of the command line: the demo piece, measurements, reports.
#![cfg(feature = "cli")]

mod files;

use std::path::Path;

use auralis::audio_file::Audio;
use auralis::tools::demo_piece::demo_piece;
use auralis::tools::listen::listen;
use auralis::tools::measure::{Spectrum, measure, spectral_distance_db};
use auralis::tools::report::{Report, level_change, write_png};
use auralis_dsp::bands::{BANDS, PerBand, center_hz};
use auralis_engine::ear::settings::AnalysisSettings;
use files::{directory, sine};

#[test]
fn the_demo_piece_is_quiet_dull_and_always_the_same() {
    let piece = demo_piece();
    assert_eq!(
        piece,
        demo_piece(),
        "the demo piece changes from run to run"
    );
    assert!((piece.seconds() - 30.0).abs() < 0.01);
    assert_eq!((piece.sample_rate, piece.channels.len()), (44_100, 2));
    let m = measure(&piece).unwrap();
    assert!(
        (m.integrated_lufs + 26.0).abs() < 0.5,
        "{} LUFS",
        m.integrated_lufs
    );
    assert!(
        (m.sample_peak_db + 10.0).abs() < 1.5,
        "{} dBFS",
        m.sample_peak_db
    );
    // music falls by some 5 dB an octave; this one must be far duller, and muddy
    let level = |band: usize| m.spectrum.level_db[band];
    assert!(
        level(2) - level(20) > 30.0,
        "only {} dB dull",
        level(2) - level(20)
    );
    assert!(level(2) > level(5) + 6.0, "no mud");
}

#[test]
fn a_sine_reads_its_loudness() {
    for rate in [44_100, 48_000, 192_000] {
        let m = measure(&sine(rate, 2, 20.0, 997.0, -23.0)).unwrap();
        // EBU Tech 3341 allows 0.1 LU
        assert!(
            (m.integrated_lufs + 23.0).abs() < 0.1,
            "{rate} Hz: {}",
            m.integrated_lufs
        );
        assert!(
            (m.sample_peak_db + 23.0).abs() < 0.01,
            "{rate} Hz: {}",
            m.sample_peak_db
        );
        assert!(
            (m.true_peak_dbtp + 23.0).abs() < 0.2,
            "{rate} Hz: {}",
            m.true_peak_dbtp
        );
        assert!(
            (m.crest_db - 3.01).abs() < 0.01,
            "{rate} Hz: {}",
            m.crest_db
        );
        assert!(m.range_lu < 0.1, "{rate} Hz: {}", m.range_lu);
        let last = m.loudness.last().unwrap();
        assert!((last.momentary_lufs + 23.0).abs() < 0.1);
        assert!((last.short_term_lufs + 23.0).abs() < 0.1);
    }
}

#[test]
fn the_spectrum_finds_the_band_of_a_sine() {
    for rate in [44_100, 96_000] {
        for band in 1..BANDS - 1 {
            let tone = sine(rate, 1, 1.0, f64::from(center_hz(band)), -20.0);
            let levels = measure(&tone).unwrap().spectrum.level_db;
            let loudest = (0..BANDS).max_by(|&a, &b| levels[a].total_cmp(&levels[b]));
            assert_eq!(loudest, Some(band), "{rate} Hz");
        }
    }
}

#[test]
fn spectral_distance_is_a_distance_free_of_level() {
    let a: PerBand = std::array::from_fn(|i| i as f32 * -2.0);
    let mut b = a.map(|db| db + 7.0);
    let (sa, sb) = (Spectrum::from_curve(&a), Spectrum::from_curve(&b));
    assert!(
        spectral_distance_db(&sa, &sb) < 1e-5,
        "a level is no distance"
    );
    b[4] += 5.0;
    let sb = Spectrum::from_curve(&b);
    // one of 25 bands off by d: RMS of the difference without its mean is d * sqrt(24) / 25
    let expected = 5.0 * 24_f32.sqrt() / 25.0;
    assert!((spectral_distance_db(&sa, &sb) - expected).abs() < 1e-4);
    assert_eq!(
        spectral_distance_db(&sa, &sb),
        spectral_distance_db(&sb, &sa)
    );
    // a band without programme does not count
    let piece = measure(&sine(16_000, 1, 2.0, 500.0, -10.0))
        .unwrap()
        .spectrum;
    assert!(
        !piece.has_programme[BANDS - 1],
        "a band above 8 kHz at 16 kHz"
    );
    assert!(spectral_distance_db(&piece, &sa).is_finite());
}

#[test]
fn silence_and_bad_samples_are_measured_and_drawn() {
    let silence = Audio::silence(48_000, 1, 100);
    let mut wild = sine(48_000, 1, 0.5, 1000.0, 0.0);
    wild.channels[0][7] = f32::INFINITY;
    wild.channels[0][9] = f32::NAN;
    let (old, new) = (measure(&silence).unwrap(), measure(&wild).unwrap());
    assert!(new.rms_db.is_finite() && new.integrated_lufs.is_finite());
    let path = directory("report").join("report.png");
    let report = Report {
        title: "silence",
        before: &old,
        after: &new,
        target_db: Some(&[0.0; BANDS]),
        eq_db: None,
        gains_caption: "Gain over time",
        gains: &[level_change(&silence, &wild)],
    };
    write_png(&path, &report).unwrap();
    assert!(std::fs::metadata(&path).unwrap().len() > 1000);
    assert!(write_png(Path::new("/no/such/place/report.png"), &report).is_err());
}

#[test]
fn listening_tells_every_five_seconds_what_auto_thinks() {
    let piece = demo_piece();
    let moments = listen(&piece, &piece, &AnalysisSettings::default());
    let last = moments.len() - 1;
    for (index, moment) in moments.iter().enumerate() {
        let json = moment.to_json();
        // A hop of 43 ms at most after the mark; the last moment is the end of the piece.
        let late = moment.seconds - 5.0 * (index + 1) as f64;
        assert!(
            index == last || (0.0..0.05).contains(&late),
            "{late} s late"
        );
        let weights = json["profiles"].as_array().unwrap().iter();
        let sum: f64 = weights.map(|p| p["weight"].as_f64().unwrap()).sum();
        // A division of at most ten f32.
        assert!(
            (sum - 1.0).abs() < 1e-5,
            "moment {index}: weights sum to {sum}"
        );
        // Where no kind explains it there is no habit of loudness to tell.
        let reason = json["reason"].as_str().unwrap();
        let is_told = reason.contains("LUFS") || reason.contains("kind unsure");
        assert!(is_told, "{json}");
        assert_eq!(json["target_db"].as_array().unwrap().len(), BANDS);
    }
    assert!(
        piece.seconds() - moments[last].seconds < 0.05,
        "{last} moments"
    );
}
