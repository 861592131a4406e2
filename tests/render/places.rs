//! Where masters go: trees, patterns, and that nothing is ever overwritten or left half done.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::signals::piece;
use super::{command, folder, names, put, render};

/// A folder with pieces of a second in it.
fn pieces(here: &Path, names: &[&str]) -> PathBuf {
    for (seed, name) in names.iter().enumerate() {
        put(&here.join("in"), name, &piece(44_100, 1, 1.0, seed as u32));
    }
    here.join("in")
}

#[test]
fn the_tree_below_a_folder_is_kept_and_what_is_hidden_is_not_touched() {
    let here = folder("tree");
    let input = pieces(
        &here,
        &[
            "b.wav",
            "a/2.wav",
            "a/1.wav",
            "a/deep/er.wav",
            ".hidden.wav",
            ".git/x.wav",
        ],
    );
    std::fs::write(input.join("a/notes.txt"), "no audio").unwrap();
    let out = input.join("masters");
    let expected = ["a/1.wav", "a/2.wav", "a/deep/er.wav", "b.wav"];
    // The second run does not take the masters of the first for pieces.
    for options in [&[][..], &["--overwrite"]] {
        let run = render(&[&input], &out, &[options, &["--json"]].concat()).ended(0);
        assert_eq!(names(&out), expected);
        assert_eq!(run.document()["files"].as_array().unwrap().len(), 4);
    }
}

#[test]
fn patterns_are_expanded_where_no_shell_does() {
    let here = folder("pattern");
    let input = pieces(
        &here,
        &["one.wav", "two.wav", "other.wav", "three/four.wav"],
    );
    let out = here.join("out");
    render(&[&input.join("o*.wav"), &input.join("t?o.wav")], &out, &[]).ended(0);
    assert_eq!(names(&out), ["one.wav", "other.wav", "two.wav"]);
    render(&[&input.join("**/f*.wav")], &here.join("deep"), &[]).ended(0);
    assert_eq!(names(&here.join("deep")), ["four.wav"]);
}

#[test]
fn what_is_there_is_not_overwritten_unless_told() {
    let here = folder("there");
    let input = pieces(&here, &["a.wav", "b.wav"]);
    let out = here.join("out");
    std::fs::create_dir_all(&out).unwrap();
    std::fs::write(out.join("a.wav"), "mine").unwrap();
    let run = render(&[&input], &out, &[]).ended(1);
    assert_eq!(run.lines("error: ").len(), 1, "{}", run.stderr);
    assert!(run.stderr.contains("--overwrite"), "{}", run.stderr);
    assert_eq!(std::fs::read(out.join("a.wav")).unwrap(), b"mine");
    assert_eq!(names(&out), ["a.wav", "b.wav"], "the other is mastered");
    std::fs::remove_file(out.join("b.wav")).unwrap();
    render(&[&input], &out, &["--overwrite"]).ended(0);
    assert!(std::fs::metadata(out.join("a.wav")).unwrap().len() > 100_000);
}

#[test]
fn a_run_that_was_stopped_goes_on_where_it_was() {
    let here = folder("skip");
    let input = pieces(&here, &["a.wav", "b.wav", "c/d.wav"]);
    let out = here.join("out");
    std::fs::create_dir_all(&out).unwrap();
    std::fs::write(out.join("a.wav"), "mine").unwrap();
    let options = ["--skip-existing", "--json"];
    let run = render(&[&input], &out, &options).ended(0);
    let skipped = run.lines("skipped: ");
    assert_eq!(skipped.len(), 1, "{}", run.stderr);
    assert!(skipped[0].contains("a.wav"), "{}", skipped[0]);
    let told: Vec<_> = ["in/a.wav", "in/b.wav", "d.wav"]
        .map(|name| run.file(name)["status"].clone())
        .into();
    assert_eq!(told, ["skipped", "rendered", "rendered"]);
    assert_eq!(std::fs::read(out.join("a.wav")).unwrap(), b"mine");
    assert_eq!(names(&out), ["a.wav", "b.wav", "c/d.wav"]);
    let changed = |name: &str| std::fs::metadata(out.join(name)).unwrap().modified();
    let before = changed("b.wav").unwrap();
    let run = render(&[&input], &out, &["--skip-existing", "-q"]).ended(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    assert_eq!(changed("b.wav").unwrap(), before, "rendered again");
    // A source in the place of its own master is none.
    let run = render(&[&input], &input, &["--skip-existing"]).ended(1);
    assert_eq!(run.lines("error: ").len(), 3, "{}", run.stderr);
    for other in ["--overwrite", "--album"] {
        let run = render(&[&input], &out, &["--skip-existing", other]).ended(2);
        assert!(run.stderr.contains(other), "{}", run.stderr);
    }
}

#[test]
fn no_master_takes_the_place_of_a_source() {
    let here = folder("source");
    let input = pieces(&here, &["a.wav", "sub/a.wav"]);
    let bytes = |name: &str| std::fs::read(input.join(name)).unwrap();
    let before = [bytes("a.wav"), bytes("sub/a.wav")];
    let run = render(&[&input.join("a.wav")], &input, &["--overwrite"]).ended(1);
    assert!(run.stderr.contains("its own place"), "{}", run.stderr);
    // One master on another source.
    let both = [input.join("sub/a.wav"), input.join("a.wav")];
    let run = render(&[&both[0], &both[1]], &input, &["--overwrite"]).ended(1);
    assert_eq!(run.lines("error: ").len(), 2, "{}", run.stderr);
    assert!(
        [bytes("a.wav"), bytes("sub/a.wav")] == before,
        "a source was overwritten"
    );
    assert_eq!(names(&input), ["a.wav", "sub/a.wav"]);
}

#[test]
fn two_sources_of_one_master_are_both_refused_by_name() {
    let here = folder("twice");
    let input = pieces(&here, &["x/a.wav", "y/a.wav", "b.wav"]);
    let files = ["x/a.wav", "y/a.wav", "b.wav", "b.wav"].map(|name| input.join(name));
    let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let out = here.join("out");
    let run = render(&files, &out, &[]).ended(1);
    let errors = run.lines("error: ");
    assert_eq!(errors.len(), 2, "{}", run.stderr);
    for (line, names) in errors
        .iter()
        .zip([["x/a.wav", "y/a.wav"], ["y/a.wav", "x/a.wav"]])
    {
        assert!(names.iter().all(|name| line.contains(name)), "{line}");
    }
    assert_eq!(names(&out), ["b.wav"]);
}

#[test]
fn a_dry_run_tells_everything_and_writes_nothing() {
    let here = folder("dry");
    let input = pieces(&here, &["a.wav", "b.wav"]);
    let before = names(&here);
    let options = ["--dry-run", "--report", "--save-decision", "--json"];
    let run = render(&[&input], &here.join("out"), &options).ended(0);
    assert_eq!(names(&here), before);
    assert!(!here.join("out").exists());
    let told = run.file("a.wav");
    assert_eq!(told["status"], "planned");
    assert!(
        told["output"].as_str().unwrap().ends_with("out/a.wav"),
        "{told}"
    );
    assert!(told["decision"]["loudness_gain_db"].is_number(), "{told}");
    assert!(told["heard"]["integrated_lufs"].is_number(), "{told}");
}

#[test]
fn a_folder_that_takes_no_files_is_told() {
    let here = folder("unwritable");
    let input = pieces(&here, &["a.wav"]);
    std::fs::write(here.join("file"), "mine").unwrap();
    // A folder below a file can be made by nobody, not even by root.
    let run = render(&[&input], &here.join("file/out"), &[]).ended(1);
    let errors = run.lines("error: ");
    assert!(
        errors.len() == 1 && errors[0].contains("a.wav"),
        "{}",
        run.stderr
    );
    assert_eq!(std::fs::read(here.join("file")).unwrap(), b"mine");
}

/// The kernel's file that is always full.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    use auralis::tools::audio_out::{Container, Depth, Encoder, FileKind, Shape, Tags};
    let full = || {
        std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .unwrap()
    };
    for (container, depth) in [
        (Container::Wav, Depth::Float32),
        (Container::Flac, Depth::Int24),
    ] {
        let kind = FileKind { container, depth };
        let shape = Shape {
            sample_rate: 48_000,
            channels: 1,
            frames: None,
        };
        let written = kind
            .begin(full(), shape, &Tags::default(), 1)
            .and_then(|writer| {
                let mut encoder = Encoder::start(writer)?;
                let block = auralis_dsp::signals::noise(1, 65_536);
                for _ in 0..40 {
                    encoder.take(&[&block])?;
                }
                encoder.finish()
            });
        let error = format!("{:#}", written.expect_err("a full disk took it"));
        assert!(error.contains("No space left"), "{kind}: {error}");
    }
}

/// Waits until a file of this suffix is in the folder.
#[cfg(unix)]
fn wait_for(folder: &Path, suffix: &str) {
    for _ in 0..2000 {
        if folder.exists() && names(folder).iter().any(|name| name.ends_with(suffix)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("no {suffix} in {}", folder.display());
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_no_half_file() {
    let here = folder("interrupt");
    let file = put(&here, "in/long.wav", &piece(44_100, 2, 240.0, 1));
    let out = here.join("out");
    let mut child = command(&[&file], &out, &[]).spawn().unwrap();
    wait_for(&out, ".tmp");
    let kill = std::process::Command::new("kill");
    let mut kill = kill;
    kill.args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(130));
    assert_eq!(names(&out), [""; 0], "files are left");
}
