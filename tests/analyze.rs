//! `auralis analyze`: the same figures on any number of threads, clear words about bad files.
#![cfg(feature = "cli")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use auralis::audio_file::Audio;
use auralis::tools::analyze::{Analysis, analyze};
use auralis::tools::demo_piece::demo_piece;
use auralis::tools::wav::write_wav;
use auralis_dsp::bands::BANDS;
use serde_json::Value;

/// A directory of this test run.
fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&path).unwrap();
    path
}

fn on_threads(threads: usize, audio: &Audio) -> Analysis {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    pool.build().unwrap().install(|| analyze(audio).unwrap())
}

/// Runs `auralis analyze` with these arguments.
fn command(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_auralis"));
    command.arg("analyze").args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_figures_are_the_same_on_any_number_of_threads() {
    let piece = demo_piece();
    let alone = on_threads(1, &piece);
    for threads in [2, 3, 8] {
        let together = on_threads(threads, &piece);
        let different = alone
            .measurement
            .hops
            .iter()
            .zip(&together.measurement.hops);
        let different = different.into_iter().position(|(a, b)| a != b);
        assert_eq!(
            different, None,
            "first hop that differs on {threads} threads"
        );
        assert_eq!(together, alone, "{threads} threads");
    }
}

#[test]
fn the_demo_piece_reads_as_it_was_written() {
    let analysis = on_threads(2, &demo_piece());
    let f = &analysis.features;
    // Written at 100 BPM; the grid of the envelope is 1 % of a beat.
    assert!(
        (f.tempo_bpm - 100.0).abs() < 1.0,
        "{} BPM, expected 100",
        f.tempo_bpm
    );
    assert!(f.speech < 0.3, "likeness to speech {}", f.speech);
    assert_eq!(f.clipped_runs_per_s, 0.0, "clipped runs a second");
    assert!(
        f.centroid_hz < 1000.0,
        "dull on purpose: {} Hz",
        f.centroid_hz
    );
    let shares = f.low_share + f.mid_share + f.high_share;
    // Three running means of f32.
    assert!((shares - 1.0).abs() < 1e-3, "shares add up to {shares}");
    // The ear's own loudness range and that of the other meter, both of the whole piece: two grids
    // of blocks.
    let error = f64::from(f.lra_lu) - analysis.measurement.range_lu;
    assert!(error.abs() < 0.5, "loudness range {error:+} LU off");
    assert!(
        analysis.distance_db() > 3.0,
        "{} dB",
        analysis.distance_db()
    );
}

#[test]
fn silence_and_a_moment_are_analysed() {
    let silence = Audio::silence(48_000, 2, 480_000);
    let mut moment = Audio::silence(8_000, 1, 1);
    moment.channels[0][0] = f32::NAN;
    for audio in [silence, moment] {
        let document = analyze(&audio).unwrap().to_json();
        let bands_db = document["bands_db"].as_array().unwrap();
        assert_eq!(bands_db.len(), BANDS, "{document}");
        for band in bands_db {
            assert!(band.as_f64().is_some_and(f64::is_finite), "{document}");
        }
        assert_eq!(document["reason"], "", "{document}");
    }
}

#[test]
fn one_document_holds_every_file_and_every_complaint() {
    let folder = directory("analyze");
    let good = folder.join("good.wav");
    let mut audio = demo_piece();
    audio
        .channels
        .iter_mut()
        .for_each(|c| c.truncate(5 * 44_100));
    audio.channels[0][9] = f32::INFINITY;
    write_wav(&good, &audio).unwrap();
    let missing = folder.join("missing.wav");
    let [good, missing] = [&good, &missing].map(|path| path.to_str().unwrap());

    let output = command(&["--json", good, missing]);
    assert_eq!(output.status.code(), Some(1), "a file is missing");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let files = document["files"].as_array().unwrap();
    assert_eq!(
        (&files[0]["file"], &files[1]["file"]),
        (&good.into(), &missing.into())
    );
    assert!(files[1]["error"].as_str().unwrap().contains("missing.wav"));
    let first = &files[0];
    assert_eq!(first["target_db"].as_array().unwrap().len(), BANDS);
    assert!(
        first["measurement"]["integrated_lufs"].as_f64().unwrap() < -20.0,
        "{first}"
    );
    assert!(
        first["features"]["centroid_hz"].as_f64().unwrap() > 0.0,
        "{first}"
    );
    let said = text(&output.stderr);
    assert!(said.contains("1 samples are not finite"), "{said}");
    assert!(said.contains("1 of 2 files not analysed"), "{said}");

    let output = command(&[good, "--threads", "1"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let tables = text(&output.stdout);
    for word in [
        "good.wav",
        "Integrated loudness",
        "LUFS",
        "Noise floor",
        "to go dB",
    ] {
        assert!(tables.contains(word), "no \"{word}\" in\n{tables}");
    }
    let output = command(&[good, "--threads", "0"]);
    assert_eq!(output.status.code(), Some(2), "no thread");
}

#[test]
fn findings_are_told_with_what_could_help() {
    let file = directory("findings").join("offset.wav");
    let mut audio = demo_piece();
    let samples = audio.channels.iter_mut().flatten();
    samples.for_each(|x| *x = 0.5 * *x + 0.02);
    write_wav(&file, &audio).unwrap();
    let file = file.to_str().unwrap();
    let output = command(&["--json", file]);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = document["files"][0]["findings"].as_array().unwrap();
    let faults: Vec<&Value> = findings.iter().filter(|f| f["fault"] == true).collect();
    // The demo piece is clean but for the offset.
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0]["id"], "dc");
    assert_eq!(faults[0]["suggestions"][0]["parameter"], "input_hpf");
    let tables = text(&command(&[file]).stdout);
    for word in ["Offset (DC)", "input_hpf=5", "Hum of the mains"] {
        assert!(tables.contains(word), "no \"{word}\" in\n{tables}");
    }
}
