//! The small commands: presets, parameters, completions, man pages; pictures and logs of analyses.
#![cfg(feature = "cli")]

mod files;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use auralis::tools::bench::{Deadline, Report, Songs, Stage};
use auralis::tools::wav::write_wav;
use auralis_engine::params::TABLE;
use auralis_engine::presets::{Preset, factory};
use files::{directory, sine};
use serde_json::Value;

/// All that there are.
const COMMANDS: [&str; 8] = [
    "demo",
    "analyze",
    "render",
    "bench",
    "params",
    "presets",
    "completions",
    "man",
];

/// Status, standard output and standard error of a run.
fn run(args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_auralis"));
    let output = command.args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap_or(-1);
    (code, text(output.stdout), text(output.stderr))
}

/// Standard output of a run that must end well and say nothing else.
fn output(args: &[&str]) -> String {
    let (code, stdout, stderr) = run(args);
    assert_eq!((code, stderr.as_str()), (0, ""), "{args:?}");
    stdout
}

/// An empty directory of this test run.
fn fresh(name: &str) -> PathBuf {
    let path = directory("commands").join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The one line that a run complains with.
fn complaint(args: &[&str], code: i32) -> String {
    let (ended, _, stderr) = run(args);
    assert_eq!(ended, code, "{args:?}: {stderr}");
    assert_eq!(stderr.lines().count(), 1, "{args:?}: {stderr}");
    stderr
}

#[test]
fn presets_are_listed_shown_and_written_as_files() {
    let table = output(&["presets"]);
    let document: Value = serde_json::from_str(&output(&["presets", "--json"])).unwrap();
    let list = document["presets"].as_array().unwrap();
    let presets = factory::all().unwrap();
    assert_eq!(list.len(), presets.len());
    for (document, preset) in list.iter().zip(&presets) {
        assert!(table.contains(preset.name()), "{}", preset.name());
        assert_eq!(document["name"], preset.name());
    }
    let jazz = output(&["presets", "jazz"]);
    assert!(
        jazz.contains("loud_target") && jazz.contains("-17.0 LUFS"),
        "{jazz}"
    );
    let file = fresh("presets").join("mine.json");
    std::fs::write(&file, output(&["presets", "JAZZ", "--json"])).unwrap();
    assert_eq!(output(&["presets", text(&file)]), jazz, "through a file");
    let written = std::fs::read_to_string(&file).unwrap();
    assert_eq!(
        Ok(factory::named("Jazz").unwrap().unwrap()),
        Preset::parse(&written)
    );
}

#[test]
fn what_is_no_preset_is_named() {
    let here = fresh("no_presets");
    let said = complaint(&["presets", "Polka"], 2);
    assert!(
        said.contains("Polka") && said.contains("Vinyl-safe"),
        "{said}"
    );
    for (name, bytes, expected) in [
        ("empty.json", &b""[..], "cut off"),
        ("song.wav", &b"RIFF\xff\x00\xfeWAVE"[..], "no JSON"),
        (
            "state.json",
            &br#"{"version": "0.1.0", "params": {}}"#[..],
            "no preset of Auralis",
        ),
        (
            "large.json",
            &vec![b' '; (1 << 20) + 1],
            "larger than 1 MiB",
        ),
    ] {
        let file = here.join(name);
        std::fs::write(&file, bytes).unwrap();
        let said = complaint(&["presets", text(&file)], 1);
        assert!(
            said.contains(name) && said.contains(expected),
            "{name}: {said}"
        );
    }
    let said = complaint(&["presets", text(&here)], 1);
    assert!(said.contains("cannot read"), "a folder: {said}");
}

#[test]
fn the_parameters_are_printed_as_documented() {
    let table = output(&["params"]);
    for row in TABLE {
        let mut lines = table.lines();
        let found = lines.any(|line| line.contains(row.id) && line.contains(row.group));
        assert!(found, "no line of {} in {}", row.id, row.group);
    }
    let document: Value = serde_json::from_str(&output(&["params", "--json"])).unwrap();
    let documented = document["parameters"].as_array().unwrap();
    for (got, row) in documented.iter().zip(TABLE) {
        let expected = (row.id, row.group, row.note, row.kind.is_automatable());
        let [id, group, note] = ["id", "group", "note"].map(|key| got[key].as_str().unwrap());
        let automatable = got["automatable"].as_bool().unwrap();
        assert_eq!((id, group, note, automatable), expected);
    }
    assert_eq!(documented.len(), TABLE.len());
}

/// Runs with one of the outputs closed by its reader: status, and what the other one got.
fn without_reader(args: &[&str], closed: &str) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_auralis"));
    let command = command.args(args).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    match closed {
        "stdout" => drop(child.stdout.take()),
        _ => drop(child.stderr.take()),
    }
    let output = child.wait_with_output().unwrap();
    let other = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(other).unwrap())
}

#[test]
fn a_reader_that_stops_early_is_no_failure() {
    let here = fresh("reader");
    let (song, out) = (song(&here, "song.wav"), here.join("out"));
    let (song, out) = (text(&song), text(&out));
    for args in [
        &["params"][..],
        &["presets"],
        &["completions", "zsh"],
        &["man"],
        &["analyze", song],
        &["render", song, "-o", out, "--dry-run"],
        &["render", song, "-o", out, "--json", "-q"],
    ] {
        let (code, said) = without_reader(args, "stdout");
        assert_eq!((code, said.as_str()), (Some(0), ""), "{args:?}");
    }
    let args = ["render", song, "-o", out, "-vv", "--overwrite"];
    let (code, said) = without_reader(&args, "stderr");
    assert_eq!(code, Some(0), "nobody reads the log: {said}");
    assert!(said.contains("song.wav"), "{said}");
}

#[test]
fn completions_know_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = output(&["completions", shell]);
        for command in COMMANDS {
            assert!(script.contains(command), "{shell}: no {command}");
        }
        assert!(script.contains("preset"), "{shell}: no option of render");
    }
    let (code, _, said) = run(&["completions", "tcsh"]);
    assert!(code == 2 && said.contains("tcsh"), "{code}: {said}");
}

#[test]
fn man_pages_are_written_once_and_know_every_command() {
    let here = fresh("man");
    let page = output(&["man"]);
    assert!(page.contains(".TH auralis 1"), "{page}");
    assert_eq!(output(&["man", "-o", text(&here)]), "");
    for command in COMMANDS {
        assert!(
            page.contains(&format!("auralis\\-{command}(1)")),
            "no {command}"
        );
        let page = std::fs::read_to_string(here.join(format!("auralis-{command}.1"))).unwrap();
        assert!(page.contains(".SH SYNOPSIS"), "{command}: {page}");
    }
    let files = std::fs::read_dir(&here).unwrap().count();
    assert_eq!(
        files,
        COMMANDS.len() + 1,
        "a page each, and the command's own"
    );
    std::fs::write(here.join("auralis.1"), "mine").unwrap();
    let said = complaint(&["man", "-o", text(&here)], 1);
    assert!(said.contains("--overwrite"), "{said}");
    let kept = std::fs::read_to_string(here.join("auralis.1")).unwrap();
    assert_eq!(kept, "mine", "what was there");
    output(&["man", "-o", text(&here), "--overwrite"]);
    let new = std::fs::read_to_string(here.join("auralis.1")).unwrap();
    assert!(new.contains("auralis"), "{new}");
}

/// A short sine as a file.
fn song(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    write_wav(&path, &sine(44_100, 2, 2.0, 997.0, -12.0)).unwrap();
    path
}

#[test]
fn analyses_are_drawn_and_no_picture_is_lost() {
    let here = fresh("plot");
    let [one, two, twin] = ["a/one.wav", "a/two.wav", "b/one.wav"].map(|name| song(&here, name));
    let plots = here.join("plots");
    let [one, two, twin, folder] = [&one, &two, &twin, &plots].map(|path| text(path));
    let (code, _, said) = run(&["analyze", one, two, twin, "--plot", folder]);
    assert_eq!(code, 1, "two pictures of one name: {said}");
    assert!(said.contains(twin) && said.contains("already"), "{said}");
    for name in ["one.png", "two.png"] {
        let picture = std::fs::read(plots.join(name)).unwrap();
        assert!(picture.starts_with(b"\x89PNG"), "{name} is no PNG");
        assert!(picture.len() > 10_000, "{name}: {} bytes", picture.len());
    }
    let all = std::fs::read_dir(&plots).unwrap().count();
    assert_eq!(all, 2, "nothing but the pictures");
    std::fs::write(plots.join("one.png"), "mine").unwrap();
    let (code, _, said) = run(&["analyze", one, "--plot", folder]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("one.png is there already: --overwrite"),
        "{said}"
    );
    assert_eq!(std::fs::read(plots.join("one.png")).unwrap(), b"mine");
    output(&["analyze", one, "--plot", folder, "--overwrite"]);
    let picture = std::fs::read(plots.join("one.png")).unwrap();
    assert!(picture.starts_with(b"\x89PNG"), "not replaced");
    let (code, _, said) = run(&["analyze", one, "--overwrite"]);
    assert_eq!(code, 2, "nothing to overwrite: {said}");
}

#[test]
fn logs_tell_of_every_file_and_only_when_asked() {
    let here = fresh("logs");
    let (one, out) = (song(&here, "in/one.wav"), here.join("out"));
    let (one, out) = (text(&one), text(&out));
    for args in [
        vec!["analyze", one],
        vec!["render", one, "-o", out, "-q", "--overwrite"],
    ] {
        assert_eq!(run(&args).2, "", "{args:?}, not asked");
        let lines_with = |flag: &str, word: &str| {
            let (code, _, said) = run(&[&args[..], &[flag]].concat());
            assert_eq!(code, 0, "{args:?} {flag}: {said}");
            assert!(!said.contains('\u{1b}'), "escape codes in a pipe: {said}");
            let lines = said.lines().filter(|line| line.contains(word));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        let done = lines_with("-v", "INFO");
        assert_eq!(done.len(), 1, "{done:?}");
        for word in ["one.wav", "audio_s=2.00", "elapsed_s=", "realtime_factor="] {
            assert!(done[0].contains(word), "no {word} in {}", done[0]);
        }
        let tells_memory = done[0].contains("peak_memory_mib=");
        assert_eq!(tells_memory, cfg!(target_os = "linux"), "{}", done[0]);
        assert_eq!(lines_with("-v", "DEBUG").len(), 0, "{args:?}: steps");
        assert!(lines_with("-vv", "DEBUG").len() >= 2, "{args:?}: no steps");
    }
}

/// The names of all fields of a document, but of those that are ids of parameters.
fn fields(json: &Value, all: &mut Vec<String>) {
    match json {
        Value::Object(object) => object.iter().for_each(|(name, value)| {
            all.push(name.clone());
            if name != "values" {
                fields(value, all);
            }
        }),
        Value::Array(array) => array.iter().for_each(|value| fields(value, all)),
        _ => {}
    }
}

/// What a benchmark is told as, without a minute of measuring.
fn bench_document() -> Value {
    let stage = Stage {
        name: "limiter",
        ns_per_frame: 1.0,
        ns_per_frame_reference: 2.0,
    };
    let deadline = Deadline {
        block: 32,
        mean_share: 0.1,
        p999_share: 0.2,
        worst_share: 0.3,
    };
    let report = Report {
        instruction_set: "SSE2",
        stages: vec![stage],
        realtime_factor: 1.0,
        realtime_factor_driven: 1.0,
        realtime_factor_with_analysis: 1.0,
        fft_ratio: 1.0,
        fft_ratio_shared: 1.0,
        worst_block_share_32_driven: 0.01,
        deadlines: vec![deadline],
        envelope_speedup: 1.0,
        chain_speedup_without_eq: 1.0,
        silence_ratio: 1.0,
        songs: Songs {
            spectrum_ns_per_frame: 200.0,
            content_ns_per_frame: 250.0,
            master_realtime_factor: 500.0,
        },
    };
    report.to_json()
}

#[test]
fn every_document_names_its_schema_and_every_field_is_described() {
    let song = song(&fresh("documents"), "song.wav");
    let printed = |args: &[&str]| serde_json::from_str::<Value>(&run(args).1).unwrap();
    let page = std::fs::read_to_string("docs/JSON.md").unwrap();
    for (command, document) in [
        (
            "analyze",
            printed(&["analyze", text(&song), "missing.wav", "--json"]),
        ),
        ("bench", bench_document()),
        ("params", printed(&["params", "--json"])),
        ("presets", printed(&["presets", "--json"])),
    ] {
        let schema = format!("auralis.{command}/1");
        assert_eq!(document["schema"], schema.as_str());
        assert_eq!(document["version"], env!("CARGO_PKG_VERSION"), "{command}");
        let heading = format!("`auralis {command}`: `{schema}`\n");
        let section = page.split("\n## ").find(|part| part.starts_with(&heading));
        let section = section.unwrap_or_else(|| panic!("docs/JSON.md has no \"{heading}\""));
        let mut all = Vec::new();
        fields(&document, &mut all);
        for name in all {
            let is_common = ["schema", "version"].contains(&name.as_str());
            assert!(
                is_common || section.contains(&format!("`{name}`")),
                "docs/JSON.md, {command}: nothing of {name}"
            );
        }
    }
}
