//! `cargo xtask test`: every test of the project, those in hosts included, and one line of counts.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, ensure};

use crate::display::{self, Display};
use crate::failures::Failures;
use crate::tally::Tally;
use crate::{bundle, project, python};

/// The tests of the bundles in hosts of ours, and the variables that tell them where the bundles are.
const CLAP_TEST: (&str, &str) = ("clap_host", "AURALIS_CLAP");
const VST3_TEST: (&str, &str) = ("vst3_host", "AURALIS_VST3");

/// How a Python script says that what it needs is not installed.
const NOT_INSTALLED: i32 = 77;

/// What became of one part.
enum Outcome {
    /// It ran; the lines tell what failed.
    Ran(Tally, Vec<String>),
    /// It cannot run here, for this reason.
    NotRun(String),
}

/// The counts of all parts so far.
#[derive(Default)]
struct Report {
    total: Tally,
    lines: Vec<String>,
    failures: Vec<String>,
}

impl Report {
    /// Adds a part. On a CI machine a part that did not run is a failure.
    fn add(&mut self, name: &str, outcome: Result<Outcome>, is_ci: bool) {
        let (tally, line) = match outcome {
            Ok(Outcome::Ran(tally, failures)) => {
                self.failures.extend(failures);
                (tally, format!("{name}: {tally}"))
            }
            Ok(Outcome::NotRun(reason)) if is_ci => (
                Tally::CRASHED,
                format!("{name}: NOT RUN, a failure on CI, because {reason}"),
            ),
            Ok(Outcome::NotRun(reason)) => (
                Tally {
                    skipped: 1,
                    ..Tally::default()
                },
                format!("{name}: NOT RUN, because {reason}"),
            ),
            Err(error) => (Tally::CRASHED, format!("{name}: FAILED: {error:#}")),
        };
        self.total += tally;
        self.lines.push(line);
    }
}

/// Runs all parts, whatever the others did, and prints the counts.
pub fn run(args: &[OsString]) -> Result<ExitCode> {
    ensure!(args.is_empty(), "test takes no arguments");
    let is_ci = std::env::var_os("CI").is_some_and(|ci| ci == "true" || ci == "1");
    let mut report = Report::default();
    report.add("workspace", workspace(), is_ci);
    report.add("analysis beside other tools", peers(), is_ci);
    report.add("Python package", python_package(), is_ci);
    report.add("panel on a screen", panel(), is_ci);
    heading("bundles");
    match bundle::release() {
        Ok((clap, vst3)) => {
            report.add("CLAP in a host", own_host(CLAP_TEST, &clap), is_ci);
            report.add("VST3 in a host of ours", own_host(VST3_TEST, &vst3), is_ci);
            report.add("VST3 in pedalboard", pedalboard(&vst3), is_ci);
            report.add(
                "VST3's panel in pedalboard",
                panel_in_pedalboard(&vst3),
                is_ci,
            );
            report.add("VST3 in Ardour", ardour(&vst3), is_ci);
        }
        Err(error) => report.add("bundles", Err(error), is_ci),
    }
    if !report.failures.is_empty() {
        heading("what failed");
    }
    for line in &report.failures {
        println!("{line}");
    }
    heading("all parts");
    for line in &report.lines {
        println!("{line}");
    }
    println!("{}", report.total);
    Ok(ExitCode::from(u8::from(report.total.failed > 0)))
}

/// The tests of all packages, with debug assertions and the allocation guard.
fn workspace() -> Result<Outcome> {
    heading("cargo test --workspace");
    let mut command = project::cargo()?;
    counted(command.args(["test", "--workspace", "--no-fail-fast"]))
}

/// A bundle in a host of ours. The bundle is a release build; the host need not be. One case at a
/// time: some of them look at threads and at time.
fn own_host((test, variable): (&str, &str), bundle: &Path) -> Result<Outcome> {
    heading(&format!("tests/{test}"));
    let source = project::root()?.join("tests").join(test);
    if !source.with_extension("rs").is_file() && !source.join("main.rs").is_file() {
        return Ok(Outcome::NotRun(format!("there is no tests/{test}")));
    }
    let mut command = project::cargo()?;
    command
        .args(["test", "--test", test, "--", "--include-ignored"])
        .args(["--test-threads", "1"])
        .env(variable, bundle);
    counted(&mut command)
}

/// What the command line's analysis says, beside what other people's tools say. The binary is that of
/// the workspace's tests.
fn peers() -> Result<Outcome> {
    heading("the analysis beside other tools");
    python_tests("peers", "peers.py", &debug_binary()?)
}

/// The command line as the tests of the workspace have built it.
fn debug_binary() -> Result<PathBuf> {
    let name = format!("auralis{}", std::env::consts::EXE_SUFFIX);
    Ok(project::target_dir()?.join("debug").join(name))
}

/// The Python package, installed from its wheel, beside the command line; and the pages that use it.
fn python_package() -> Result<Outcome> {
    heading("the Python package");
    let (crate_dir, wheels) = (
        project::root()?.join("crates/auralis-python"),
        project::target_dir()?.join("wheels"),
    );
    python_tests_with(
        "python",
        "python_package.py",
        &debug_binary()?,
        |python| python::install_wheel(python, &crate_dir, &wheels),
        None,
    )
}

/// The panel's window in a CLAP host of ours, on a display of its own.
fn panel() -> Result<Outcome> {
    heading("the panel on a screen");
    on_display(false, |display| {
        let mut command = project::cargo()?;
        command
            .args(["test", "--test", "panel", "--", "--test-threads", "1"])
            .env("AURALIS_PANEL_TESTS", "1")
            .env("DISPLAY", display);
        counted(&mut command)
    })
}

/// The panel of the bundled VST3 in pedalboard's window.
fn panel_in_pedalboard(vst3: &Path) -> Result<Outcome> {
    heading("the VST3's panel in pedalboard");
    on_display(true, |display| {
        python_tests_with("hosts", "panel_host.py", vst3, |_| Ok(()), Some(display))
    })
}

/// Runs what opens windows on a display of its own, where the system has the programs for one.
fn on_display(with_desktop: bool, run: impl FnOnce(&str) -> Result<Outcome>) -> Result<Outcome> {
    let missing = display::missing(with_desktop);
    if !missing.is_empty() {
        let reason = format!("{} missing", missing.join(", "));
        eprintln!("NOT RUN: {reason}");
        return Ok(Outcome::NotRun(reason));
    }
    let display = Display::start(&project::target_dir()?.join("tmp"), with_desktop)?;
    run(display.name())
}

/// The bundled VST3 in pedalboard.
fn pedalboard(vst3: &Path) -> Result<Outcome> {
    heading("the VST3 in pedalboard");
    python_tests("hosts", "vst3_host.py", vst3)
}

/// The bundled VST3 in Ardour, where that is installed. The script needs no environment of its own.
fn ardour(vst3: &Path) -> Result<Outcome> {
    heading("the VST3 in Ardour");
    let Some(python) = python::system() else {
        return Ok(Outcome::NotRun(String::from("there is no python3")));
    };
    let script = project::root()?.join("tests/ardour/ardour.py");
    let mut check = Command::new(python);
    let check = check.arg("-B").arg(&script).arg("--check");
    let checked = check.output().context("could not start Python")?;
    if checked.status.code() == Some(NOT_INSTALLED) {
        let reason = String::from_utf8_lossy(&checked.stdout);
        return Ok(Outcome::NotRun(reason.trim().to_owned()));
    }
    counted(
        Command::new(python)
            .args(["-B", "-u"])
            .arg(script)
            .arg(vst3),
    )
}

/// Runs the Python tests `tests/FOLDER/SCRIPT` on `subject`, in an environment of the folder's own.
fn python_tests(folder: &str, script: &str, subject: &Path) -> Result<Outcome> {
    python_tests_with(folder, script, subject, |_| Ok(()), None)
}

/// The same in an environment that is prepared further, on a display. What fails there is a failure of ours.
fn python_tests_with(
    folder: &str,
    script: &str,
    subject: &Path,
    prepare: impl FnOnce(&Path) -> Result<(), String>,
    display: Option<&str>,
) -> Result<Outcome> {
    let tests = project::root()?.join("tests").join(folder);
    let venv = project::target_dir()?.join("venv").join(folder);
    let python = match python::venv(&venv, &tests.join("requirements.txt")) {
        Ok(python) => python,
        Err(reason) => {
            eprintln!("NOT RUN: tests/{folder}, because {reason}");
            return Ok(Outcome::NotRun(reason));
        }
    };
    prepare(&python).map_err(anyhow::Error::msg)?;
    let mut command = Command::new(python);
    command
        .arg("-u")
        .arg(tests.join(script))
        .arg(subject)
        .env("AURALIS_BINARY", debug_binary()?)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    if let Some(display) = display {
        command.env("DISPLAY", display);
    }
    counted(&mut command)
}

/// Runs `command`, shows its output as it comes, adds up the counts in it and keeps what failed.
fn counted(command: &mut Command) -> Result<Outcome> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not start {:?}", command.get_program()))?;
    let (mut tally, mut failures) = (Tally::default(), Failures::default());
    let output = child.stdout.take().context("no output to read")?;
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        tally += Tally::of_line(&line).unwrap_or_default();
        failures.hear(&line);
    }
    let status = child.wait()?;
    let tally = tally.closed(status.success());
    Ok(Outcome::Ran(tally, failures.into_lines()))
}

/// A line between the parts.
fn heading(text: &str) {
    println!("\n== {text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_run_is_a_failure_only_on_ci() {
        for (is_ci, failed, skipped) in [(false, 0, 1), (true, 1, 0)] {
            let mut report = Report::default();
            let outcome = Outcome::NotRun(String::from("there is no python3"));
            report.add("part", Ok(outcome), is_ci);
            assert_eq!(
                (report.total.failed, report.total.skipped),
                (failed, skipped)
            );
            assert!(report.lines[0].contains("because there is no python3"));
        }
    }

    #[test]
    fn a_part_that_crashes_counts_as_failed() {
        let mut report = Report::default();
        report.add("part", Err(anyhow::anyhow!("boom")), false);
        assert_eq!(report.total.to_string(), "0 passed, 1 failed");
    }
}
