//! What masters are: as loud as asked for, under the ceiling, as long as their sources, the same again.

use auralis::audio_file::read;
use auralis::tools::measure::measure;

use super::signals::{louder, piece};
use super::{assert_same, folder, names, put, render};

/// Every processor off.
const OFF: [&str; 8] = [
    "--set",
    "eq_on=off",
    "--set",
    "comp_on=off",
    "--set",
    "lim_on=off",
    "--set",
    "loud_on=off",
];

#[test]
fn the_master_is_as_loud_as_asked_for_and_under_the_ceiling() {
    let here = folder("loud");
    for (rate, channels, seconds, lufs) in [
        (44_100, 2, 12.0, "-14"),
        (48_000, 1, 8.0, "-18"),
        (96_000, 2, 5.0, "-12"),
        (192_000, 2, 3.5, "-16"),
    ] {
        let name = format!("{rate}_{channels}.wav");
        let input = piece(rate, channels, seconds, 3);
        let file = put(&here.join("in"), &name, &input);
        let out = here.join("out");
        for (format, bits) in [("wav", "24"), ("wav", "16"), ("wav", "32f"), ("flac", "24")] {
            let options = [
                "--lufs",
                lufs,
                "--format",
                format,
                "--bits",
                bits,
                "--overwrite",
                "--json",
            ];
            let run = render(&[&file], &out, &options).ended(0);
            let what = format!("{name} as {format} {bits}");
            let master = read(&out.join(&name).with_extension(format)).unwrap();
            assert_eq!(master.frames(), input.frames(), "{what}: frames");
            let measured = measure(&master).unwrap();
            let target: f64 = lufs.parse().unwrap();
            let miss = measured.integrated_lufs - target;
            assert!(miss.abs() <= 0.1, "{what}: {miss:+.2} LU off");
            // Another meter than the limiter's own, 0.1 dB of interpolation apart.
            let peak = measured.true_peak_dbtp;
            assert!(peak <= -0.9, "{what}: {peak} dBTP");
            let told = run.file(&name)["written"]["integrated_lufs"]
                .as_f64()
                .unwrap();
            let apart = (told - measured.integrated_lufs).abs();
            assert!(
                apart < 0.02,
                "{what}: told {told}, measured {}",
                measured.integrated_lufs
            );
        }
    }
}

#[test]
fn nothing_done_is_the_file_itself() {
    let here = folder("off");
    let mut options = OFF.to_vec();
    options.extend(["--bits", "32f"]);
    for (rate, channels) in [(8_000, 1), (44_100, 2), (48_000, 1), (192_000, 2)] {
        let input = piece(rate, channels, 1.3, 5);
        let name = format!("{rate}.wav");
        let file = put(&here.join("in"), &name, &input);
        render(&[&file], &here, &options).ended(0);
        assert_same(&read(&here.join(&name)).unwrap(), &input, &name);
    }
}

#[test]
fn integers_that_nothing_was_done_to_come_out_as_they_went_in() {
    let here = folder("integers");
    let file = put(&here, "in/piece.wav", &piece(44_100, 2, 1.0, 8));
    let mut options = OFF.to_vec();
    options.extend(["--bits", "16"]);
    render(&[&file], &here.join("once"), &options).ended(0);
    let once = here.join("once/piece.wav");
    for format in ["wav", "flac"] {
        let mut options = options.clone();
        options.extend(["--format", format]);
        render(&[&once], &here.join("twice"), &options).ended(0);
        let twice = read(&here.join("twice/piece").with_extension(format)).unwrap();
        assert_same(&twice, &read(&once).unwrap(), format);
    }
}

#[test]
fn the_gain_at_the_start_is_that_of_the_end() {
    let here = folder("start");
    let mut input = piece(48_000, 2, 16.0, 4);
    // A quiet start, as of many songs.
    for channel in &mut input.channels {
        channel[..4 * 48_000].iter_mut().for_each(|x| *x *= 0.1);
    }
    let file = put(&here, "in/song.wav", &input);
    let options = ["--set", "comp_on=off", "--bits", "32f", "--lufs", "-20"];
    render(&[&file], &here, &options).ended(0);
    let master = read(&here.join("song.wav")).unwrap();
    let gain_db = |from: usize| {
        let power = |audio: &[f32]| -> f64 {
            audio[from..from + 24_000]
                .iter()
                .map(|x| f64::from(x * x))
                .sum()
        };
        10.0 * (power(&master.channels[0]) / power(&input.channels[0])).log10()
    };
    let (start, end) = (gain_db(0), gain_db(15 * 48_000));
    assert!(
        (start - end).abs() < 1.0,
        "{start:.2} dB at the start, {end:.2} dB at the end"
    );
}

#[test]
fn a_second_run_and_any_number_of_jobs_write_the_same_files() {
    let here = folder("jobs");
    for seed in 0..5 {
        let audio = piece(44_100, 2, 2.0 + f64::from(seed), seed);
        put(&here.join("in"), &format!("{seed}.wav"), &audio);
    }
    let input = here.join("in");
    let bytes = |out: &str| -> Vec<Vec<u8>> {
        let out = here.join(out);
        let names = names(&out);
        assert_eq!(names.len(), 5, "{names:?}");
        names
            .iter()
            .map(|name| std::fs::read(out.join(name)).unwrap())
            .collect()
    };
    render(
        &[&input],
        &here.join("one"),
        &["--jobs", "1", "--bits", "16"],
    )
    .ended(0);
    for jobs in ["1", "2", "8"] {
        let options = ["--jobs", jobs, "--bits", "16", "--overwrite"];
        render(&[&input], &here.join("more"), &options).ended(0);
        assert!(
            bytes("more") == bytes("one"),
            "{jobs} jobs write other files"
        );
    }
}

#[test]
fn following_is_one_pass_and_no_decision() {
    let here = folder("follow");
    let input = piece(48_000, 2, 6.0, 6);
    let file = put(&here, "in/song.wav", &input);
    let run = render(&[&file], &here, &["--follow", "--json"]).ended(0);
    let told = run.file("song.wav");
    assert_eq!(told["decision"], serde_json::Value::Null);
    assert_eq!(told["renders"], 1);
    assert_eq!(
        read(&here.join("song.wav")).unwrap().frames(),
        input.frames()
    );
}

#[test]
fn a_target_out_of_reach_is_told_before_and_after_and_the_file_is_kept() {
    let here = folder("reach");
    let input = louder(&piece(48_000, 2, 6.0, 7), -24.0);
    let file = put(&here, "in/soft.wav", &input);
    let run = render(&[&file], &here, &["--json"]).ended(1);
    let (before, after) = (run.lines("warning: "), run.lines("error: "));
    assert_eq!((before.len(), after.len()), (1, 1), "{}", run.stderr);
    for (line, what) in [
        (before[0], "cannot be reached"),
        (after[0], "loud_range allows 12.0 dB"),
    ] {
        assert!(line.contains("soft.wav") && line.contains(what), "{line}");
    }
    assert_eq!(run.file("soft.wav")["status"], "missed");
    assert_eq!(
        read(&here.join("soft.wav")).unwrap().frames(),
        input.frames()
    );
    let options = [
        "--set",
        "loud_range=24",
        "--set",
        "eq_range=12",
        "--lufs",
        "-30",
        "--overwrite",
    ];
    render(&[&file], &here, &options).ended(0);
}
