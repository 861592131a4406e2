//! `cargo xtask demo [FILE]`: masters a file, or a piece made on the spot, through the bundled CLAP.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::{bundle, project};

/// Checks FILE first, so that a typing error costs nothing, then bundles and runs the demo.
pub fn run(args: &[OsString]) -> Result<()> {
    let file = input(args)?;
    let (clap, _) = bundle::release()?;
    let status = project::cargo()?
        .args([
            "run",
            "--quiet",
            "--release",
            "--bin",
            "auralis",
            "--",
            "demo",
        ])
        .args(&file)
        .arg("--plugin")
        .arg(&clap)
        .arg("-o")
        .arg(project::target_dir()?.join("demo"))
        .status()
        .context("could not call cargo run")?;
    ensure!(status.success(), "the demo failed");
    Ok(())
}

/// The absolute path of FILE, if one is given: the demo runs in another directory than the user.
/// An absolute path also never looks like an option.
fn input(args: &[OsString]) -> Result<Option<PathBuf>> {
    let args = match args {
        [dashes, rest @ ..] if dashes == "--" => rest,
        [option, ..] if option.to_string_lossy().starts_with("--") => {
            bail!("demo takes no option '{}'", option.to_string_lossy())
        }
        all => all,
    };
    let path = match args {
        [] => return Ok(None),
        [path] => Path::new(path),
        _ => bail!("demo takes one file, got {}", args.len()),
    };
    let meta = std::fs::metadata(path).with_context(|| format!("'{}'", path.display()))?;
    ensure!(!meta.is_dir(), "'{}' is a directory", path.display());
    Ok(Some(std::path::absolute(path)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input_of(args: &[&str]) -> Result<Option<PathBuf>> {
        input(&args.iter().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn a_relative_file_becomes_absolute() {
        // Tests run in the package's directory.
        let path = input_of(&["Cargo.toml"]).unwrap().unwrap();
        assert!(path.is_absolute() && path.is_file(), "{}", path.display());
        assert_eq!(input_of(&["--", "Cargo.toml"]).unwrap(), Some(path));
        assert_eq!(input_of(&[]).unwrap(), None);
    }

    #[test]
    fn what_is_no_file_is_refused_by_name() {
        for (args, expected) in [
            (&["no such.wav"][..], "'no such.wav'"),
            (&["src"], "is a directory"),
            (&["a.wav", "b.wav"], "one file, got 2"),
            (&["--loud"], "'--loud'"),
        ] {
            let error = format!("{:#}", input_of(args).unwrap_err());
            assert!(error.contains(expected), "{args:?}: {error}");
        }
    }
}
