//! Bad input: one line that says what and where, the others of the batch mastered all the same.

use std::path::{Path, PathBuf};

use auralis::audio_file::{Audio, read};
use auralis_dsp::signals::noise;

use super::fixtures::sine;
use super::signals::piece;
use super::{folder, names, put, render};

#[test]
fn a_batch_goes_on_past_files_that_cannot_be_mastered() {
    let here = folder("batch");
    let good = put(&here, "in/good.wav", &piece(44_100, 2, 3.0, 1));
    let bytes = std::fs::read(&good).unwrap();
    let file = |name: &str, bytes: &[u8]| -> PathBuf {
        let path = here.join("in").join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let bad = [
        (file("cut.wav", &bytes[..bytes.len() / 2]), "cut off"),
        (file("empty.wav", &[]), "empty"),
        (file("text.wav", &b"no audio\n".repeat(99)), "not audio"),
        (
            PathBuf::from("tests/data/six.m4a"),
            "6 channels: mono and stereo only",
        ),
        (here.join("in/missing.wav"), "no such file"),
        (here.join("in/*.aif"), "nothing matches"),
    ];
    let mut inputs: Vec<&Path> = bad.iter().map(|(path, _)| path.as_path()).collect();
    inputs.insert(3, &good);
    let out = here.join("out");
    let run = render(&inputs, &out, &["--json"]).ended(1);
    for (path, reason) in &bad {
        let name = format!("error: {}: ", path.display());
        let lines: Vec<&str> = run
            .stderr
            .lines()
            .filter(|l| l.starts_with(&name))
            .collect();
        assert_eq!(lines.len(), 1, "{name} in {}", run.stderr);
        assert!(lines[0].contains(reason), "no \"{reason}\" in {}", lines[0]);
    }
    assert_eq!(run.lines("error: ").len(), bad.len(), "{}", run.stderr);
    assert_eq!(names(&out), ["good.wav"]);
    assert_eq!(run.file("good.wav")["status"], "rendered");
    assert_eq!(run.file("cut.wav")["status"], "failed");
    assert_eq!(run.file("missing.wav")["status"], "refused");
}

/// Masters one file; what was said and the master.
fn master(name: &str, audio: &Audio, options: &[&str]) -> (super::Run, Audio) {
    let here = folder(&format!("odd_{name}"));
    let file = put(&here, "in/odd.wav", audio);
    let run = render(&[&file], &here, options).ended(0);
    let master = read(&here.join("odd.wav")).unwrap();
    assert_eq!(master.frames(), audio.frames(), "{name}: frames");
    (run, master)
}

#[test]
fn silence_is_rendered_as_it_is_and_told() {
    let (run, master) = master(
        "silent",
        &Audio::silence(48_000, 2, 96_000),
        &["--bits", "16"],
    );
    assert!(
        run.stderr.contains("nothing in it is loud enough"),
        "{}",
        run.stderr
    );
    assert!(
        master.channels.iter().flatten().all(|x| *x == 0.0),
        "not silent"
    );
}

#[test]
fn a_constant_is_told_and_that_no_gain_makes_it_loud() {
    let here = folder("constant");
    let mut audio = Audio::silence(48_000, 1, 96_000);
    audio.channels[0].fill(0.25);
    let file = put(&here, "in/dc.wav", &audio);
    let run = render(&[&file], &here, &[]).ended(1);
    let (warnings, errors) = (run.lines("warning: "), run.lines("error: "));
    let is_told = warnings.iter().any(|line| line.contains("DC offset"));
    assert!(is_told && errors.len() == 1, "{}", run.stderr);
    assert_eq!(read(&here.join("dc.wav")).unwrap().frames(), 96_000);
}

#[test]
fn what_is_not_finite_counts_as_nothing_and_is_told() {
    let mut audio = piece(48_000, 2, 3.0, 2);
    audio.channels[1][5000..5100].fill(f32::NAN);
    audio.channels[0][9000] = f32::INFINITY;
    let (run, noted) = master("not_finite", &audio, &[]);
    assert!(
        run.stderr.contains("101 samples are not finite"),
        "{}",
        run.stderr
    );
    assert_eq!(noted.non_finite(), 0);
    let mut nothing = Audio::silence(48_000, 1, 48_000);
    nothing.channels[0].fill(f32::NAN);
    let (_, nothing) = master("nan", &nothing, &[]);
    assert!(
        nothing.channels[0].iter().all(|x| *x == 0.0),
        "NaN became sound"
    );
}

#[test]
fn the_shortest_files_are_mastered() {
    for (name, frames) in [
        ("one_frame", 1),
        ("short", 2_400),
        ("hop", 2_048),
        ("block", 4_097),
    ] {
        let audio = Audio {
            sample_rate: 48_000,
            channels: vec![noise(1, frames); 2],
        };
        master(name, &audio, &[]);
    }
}

#[test]
fn rates_that_no_daw_uses_are_refused_by_name() {
    let here = folder("rate");
    for rate in [4_000, 1_000_000] {
        let file = put(&here, "odd.wav", &sine(rate, 1, 0.1, 440.0, -6.0));
        let run = render(&[&file], &here.join("out"), &[]).ended(1);
        assert!(run.stderr.contains(&format!("{rate} Hz")), "{}", run.stderr);
    }
}

#[test]
fn wrong_usage_is_told_in_one_line_and_writes_nothing() {
    let here = folder("usage");
    let file = put(&here, "in/good.wav", &piece(44_100, 1, 1.0, 1));
    let out = here.join("out");
    for (options, reason) in [
        (&["--set", "volume=3"][..], "no parameter 'volume'"),
        (&["--set", "lim_ceiling=3"], "-12.00 dBTP to 0.00 dBTP"),
        (&["--set", "lim_ceiling"], "ID=VALUE"),
        (&["--target", "Polka"], "Hip-Hop"),
        (&["--lufs", "-70"], "-36.0 LUFS"),
        (&["--lufs", "loud"], "loud_target"),
        (&["--album", "--set", "adapt_mode=Follow"], "--album"),
    ] {
        let run = render(&[&file], &out, options).ended(2);
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
        assert!(
            run.stderr.contains(reason),
            "no \"{reason}\" in {}",
            run.stderr
        );
        assert!(!out.exists(), "{options:?} made {}", out.display());
    }
    let run = render(&[&file], &out, &["--album", "--follow"]).ended(2);
    assert!(run.stderr.contains("--follow"), "{}", run.stderr);
}
