//! Build tasks: `cargo xtask bundle|install|demo|test`.
//!
//! Kept small and light to compile. What decodes, masters, measures or plots lives in the root
//! package; this crate only calls it.

mod bundle;
mod demo;
mod display;
mod failures;
mod install;
mod project;
mod python;
mod tally;
mod test;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::{Result, bail};

/// What `cargo xtask` prints without arguments and with `--help`.
const HELP: &str = "\
Build tasks of Auralis.

Usage: cargo xtask <COMMAND>

Commands:
  bundle auralis --release   make target/bundled/Auralis.clap and Auralis.vst3; further
                             options go to `cargo build`
  install [--dry-run]        bundle, then copy both to the plug-in folders of this user
  demo [FILE]                bundle, then master FILE (WAV, AIFF, FLAC, OGG, MP3, M4A) or a synthetic
                             piece into target/demo, beside the bundled .clap that holds the same
  test                       all tests: the workspace's, and those that load the bundles in hosts;
                             the last line counts them. With CI=true a part that cannot run fails
  help                       this text
";

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    let command = args.next();
    match run(command, args.collect()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs one command.
fn run(command: Option<OsString>, args: Vec<OsString>) -> Result<ExitCode> {
    let name = command.as_ref().map(|name| name.to_string_lossy());
    let asks_help = args.iter().any(|arg| arg == "--help" || arg == "-h");
    match name.as_deref() {
        None | Some("help" | "--help" | "-h") => print!("{HELP}"),
        Some("bundle" | "install" | "demo" | "test") if asks_help => print!("{HELP}"),
        Some("install") => install::run(&args)?,
        Some("demo") => demo::run(&args)?,
        Some("test") => return test::run(&args),
        Some("bundle" | "bundle-universal" | "known-packages") => {
            bundle::run(name.as_deref().unwrap_or_default(), &args)?;
        }
        Some(other) => bail!("unknown command '{other}'\n\n{HELP}"),
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_command_is_named() {
        let error = run(Some(OsString::from("bnudle")), Vec::new()).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains("'bnudle'") && text.contains("Usage"),
            "{text}"
        );
    }
}
