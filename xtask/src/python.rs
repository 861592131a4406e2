//! The Python environments of the tests: each a venv under the target directory, made from pinned
//! versions and kept as long as they do not change.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The interpreter of the venv at `dir` with all of `requirements` installed, or why there is none.
pub fn venv(dir: &Path, requirements: &Path) -> Result<PathBuf, String> {
    let wanted = fs::read_to_string(requirements)
        .map_err(|error| format!("{}: {error}", requirements.display()))?;
    let python = interpreter(dir);
    let stamp = dir.join("requirements.txt");
    if fs::read_to_string(&stamp).is_ok_and(|made| made == wanted) && runs(&python) {
        return Ok(python);
    }
    eprintln!("Making a Python environment at '{}'", dir.display());
    let system = system().ok_or("there is no python3")?;
    call(
        Command::new(system)
            .args(["-m", "venv", "--clear"])
            .arg(dir),
    )?;
    call(
        Command::new(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "-r",
            ])
            .arg(requirements),
    )?;
    // Written last: an environment that broke half-way is made anew.
    fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))?;
    Ok(python)
}

/// Builds the wheel of the crate at `crate_dir` with the environment's own maturin into `wheels`, and
/// installs it there.
pub fn install_wheel(python: &Path, crate_dir: &Path, wheels: &Path) -> Result<(), String> {
    // A wheel of another version would be installed beside it.
    if wheels.exists() {
        fs::remove_dir_all(wheels).map_err(|error| format!("{}: {error}", wheels.display()))?;
    }
    eprintln!("Building the wheel of '{}'", crate_dir.display());
    call(
        Command::new(python)
            .args(["-m", "maturin", "build", "--release", "--locked", "--out"])
            .arg(wheels)
            .current_dir(crate_dir),
    )?;
    call(
        Command::new(python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .args([
                "--no-deps",
                "--no-index",
                "--force-reinstall",
                "--find-links",
            ])
            .arg(wheels)
            .arg("auralis"),
    )
}

/// The system's own interpreter.
pub fn system() -> Option<&'static str> {
    ["python3", "python"].into_iter().find(|name| runs(name))
}

/// Where a venv has its interpreter.
fn interpreter(dir: &Path) -> PathBuf {
    if cfg!(windows) {
        dir.join("Scripts").join("python.exe")
    } else {
        dir.join("bin").join("python")
    }
}

/// Whether `program` is an interpreter that starts.
fn runs(program: impl AsRef<OsStr>) -> bool {
    let output = Command::new(program).args(["-c", "import sys"]).output();
    output.is_ok_and(|output| output.status.success())
}

/// Runs `command`; an error holds the last lines of what it said.
fn call(command: &mut Command) -> Result<(), String> {
    let name = format!("{command:?}");
    let output = command
        .output()
        .map_err(|error| format!("{name}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let lines: Vec<&str> = said
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let tail = lines[lines.len().saturating_sub(4)..].join("\n  ");
    Err(format!("{name} failed:\n  {tail}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_requirements_are_named() {
        let error = venv(Path::new("no-venv"), Path::new("no-requirements.txt")).unwrap_err();
        assert!(error.contains("no-requirements.txt"), "{error}");
        assert!(!Path::new("no-venv").exists());
    }
}
