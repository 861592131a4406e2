//! `cargo xtask bundle`: the framework's bundler, without what only the command line needs.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use crate::project::{self, BUNDLES};

/// Arguments with which the user takes the choice of targets or features into his own hands.
const OWN_CHOICE: [&str; 6] = [
    "--lib",
    "--bin",
    "--bins",
    "--features",
    "--no-default-features",
    "--all-features",
];

/// Appended otherwise: the plug-in alone, without the tools of the default feature `cli`.
const PLUGIN_ONLY: [&str; 2] = ["--lib", "--no-default-features"];

/// Runs the framework's bundler: `command` is `bundle` or one of its relatives.
pub fn run(command: &str, args: &[OsString]) -> Result<()> {
    let args: Vec<String> = args
        .iter()
        .map(|arg| arg.to_str().map(str::to_owned))
        .collect::<Option<_>>()
        .context("an argument is not Unicode")?;
    let args = with_defaults(args);
    if command != "bundle" {
        let all = std::iter::once(command.to_owned()).chain(args);
        return nice_plug_xtask::main_with_args("cargo xtask", all);
    }
    // Not by `main_with_args`, which takes the outermost directory with a Cargo.toml for the
    // workspace: a clone inside another project would be lost.
    let (packages, options) = split(args)?;
    std::env::set_current_dir(project::root()?)?;
    nice_plug_xtask::build(&packages, &options)?;
    let target_dir = project::target_dir()?;
    packages
        .iter()
        .try_for_each(|package| nice_plug_xtask::bundle(&target_dir, package, &options, false))
}

/// The packages (the first argument, or all after a `-p`) and the options for `cargo build`.
fn split(args: Vec<String>) -> Result<(Vec<String>, Vec<String>)> {
    let missing = "which package? `cargo xtask bundle auralis --release`";
    let mut args = args.into_iter().peekable();
    let mut packages = Vec::new();
    while args.next_if(|arg| arg == "-p").is_some() {
        packages.push(args.next().context(missing)?);
    }
    if packages.is_empty() {
        packages.push(args.next_if(|arg| !arg.starts_with('-')).context(missing)?);
    }
    Ok((packages, args.collect()))
}

/// The release bundles: (CLAP, VST3), as absolute paths. What is up to date is not built again.
pub fn release() -> Result<(PathBuf, PathBuf)> {
    run("bundle", &["auralis".into(), "--release".into()])?;
    let bundled = project::target_dir()?.join("bundled");
    let paths = BUNDLES.map(|name| bundled.join(name));
    for path in &paths {
        ensure!(path.exists(), "no bundle at '{}'", path.display());
    }
    let [clap, vst3] = paths;
    Ok((clap, vst3))
}

/// `args` and, unless they choose targets or features themselves, [`PLUGIN_ONLY`].
fn with_defaults(mut args: Vec<String>) -> Vec<String> {
    if !args.iter().any(|arg| is_own_choice(arg)) {
        args.extend(PLUGIN_ONLY.map(String::from));
    }
    args
}

/// Whether `arg` is one of [`OWN_CHOICE`], with or without `=value`, or a short `-F`.
fn is_own_choice(arg: &str) -> bool {
    let name = arg.split('=').next().unwrap_or(arg);
    OWN_CHOICE.contains(&name) || arg.starts_with("-F")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete(args: &[&str]) -> Vec<String> {
        with_defaults(args.iter().map(|&arg| arg.to_owned()).collect())
    }

    #[test]
    fn the_tools_stay_out_unless_asked_for() {
        assert_eq!(
            complete(&["auralis", "--release"]),
            ["auralis", "--release", "--lib", "--no-default-features"]
        );
        for own in ["--lib", "--features=cli", "-Fcli", "--all-features"] {
            assert_eq!(complete(&["auralis", own]), ["auralis", own]);
        }
    }

    #[test]
    fn packages_come_before_options() {
        let of = |args: &[&str]| split(args.iter().map(|&arg| arg.to_owned()).collect());
        let (packages, options) = of(&["-p", "a", "-p", "b", "--release"]).unwrap();
        assert_eq!(
            (packages, options),
            (vec!["a".into(), "b".into()], vec!["--release".into()])
        );
        for args in [&[][..], &["--release"], &["-p"]] {
            assert!(of(args).unwrap_err().to_string().contains("which package"));
        }
    }
}
