//! `auralis render`: what comes out of files, what is refused, and that nothing of the user's is lost.
#![cfg(feature = "cli")]

mod album;
mod bad;
mod files;
#[path = "../files/mod.rs"]
mod fixtures;
mod masters;
mod options;
mod places;
mod signals;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use auralis::audio_file::Audio;
use auralis::tools::wav::write_wav;
use serde_json::Value;

/// What a run said and did.
struct Run {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Run {
    /// The lines of standard error that begin with this word.
    fn lines(&self, word: &str) -> Vec<&str> {
        let lines = self.stderr.lines();
        lines.filter(|line| line.starts_with(word)).collect()
    }

    /// The document on standard output.
    fn document(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error} in \"{}\"", self.stdout))
    }

    /// The document's entry of the file with this end of its path.
    fn file(&self, name: &str) -> Value {
        let document = self.document();
        let files = document["files"].as_array().unwrap().clone();
        let is_it = |file: &Value| file["input"].as_str().unwrap().ends_with(name);
        files.into_iter().find(is_it).unwrap()
    }

    /// The same run, which must have ended with this status.
    fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, code, "status; {}", self.stderr);
        self
    }
}

/// An empty folder of this test run.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("render")
        .join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

fn command(inputs: &[&Path], output: &Path, options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_auralis"));
    command.arg("render").args(inputs).arg("-o").arg(output);
    command.args(options);
    command
}

/// Runs `auralis render`.
fn render(inputs: &[&Path], output: &Path, options: &[&str]) -> Run {
    let output: Output = command(inputs, output, options).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
    }
}

/// Writes a file into a folder.
fn put(folder: &Path, name: &str, audio: &Audio) -> PathBuf {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    write_wav(&path, audio).unwrap();
    path
}

/// The names of all files below a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let walk = walkdir::WalkDir::new(folder).sort_by_file_name();
    let files = walk.into_iter().filter_map(Result::ok);
    let files = files.filter(|entry| entry.file_type().is_file());
    let below = |entry: &walkdir::DirEntry| entry.path().strip_prefix(folder).unwrap().to_owned();
    files
        .map(|entry| below(&entry).display().to_string())
        .collect()
}

/// Fails at the first sample that differs in any bit.
fn assert_same(got: &Audio, expected: &Audio, what: &str) {
    assert_eq!(got.sample_rate, expected.sample_rate, "{what}: rate");
    assert_eq!(
        got.channels.len(),
        expected.channels.len(),
        "{what}: channels"
    );
    for (index, (got, expected)) in got.channels.iter().zip(&expected.channels).enumerate() {
        assert_eq!(
            got.len(),
            expected.len(),
            "{what}: frames of channel {index}"
        );
        let differs = got
            .iter()
            .zip(expected)
            .position(|(a, b)| a.to_bits() != b.to_bits());
        let at = differs.map(|n| (n, got[n], expected[n]));
        assert_eq!(at, None, "{what}: channel {index}, (frame, got, expected)");
    }
}
