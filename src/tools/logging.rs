//! What `-v` tells on standard error while the tools work.

use std::path::Path;

use anyhow::{Result, anyhow};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::time::uptime;
use tracing_subscriber::prelude::*;

/// Begins to tell: nothing at 0, each file that is done at 1, each of its steps from 2 on.
///
/// # Errors
/// When something else has begun before.
pub fn start(verbosity: u8) -> Result<()> {
    let level = match verbosity {
        0 => return Ok(()),
        1 => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    // Libraries tell much that says nothing to a user.
    let ours = Targets::new().with_target("auralis", level);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_timer(uptime())
        .with_target(false)
        .with_ansi(false);
    let log = tracing_subscriber::registry().with(lines.with_filter(ours));
    log.try_init()
        .map_err(|error| anyhow!("cannot log: {error}"))
}

/// Whether files that are done are told of.
pub fn is_on() -> bool {
    tracing::enabled!(tracing::Level::INFO)
}

/// A step of a file begins.
pub fn step(file: &Path, step: &str) {
    tracing::debug!(file = %file.display(), "{step}");
}

/// A file is done: its length and the time that it took, both in seconds. The peak of the memory is the
/// whole process's so far, and is left out where the system does not tell it.
pub fn done(what: &str, file: &Path, audio_s: f64, elapsed_s: f64) {
    if !is_on() {
        return;
    }
    let realtime_factor = audio_s / elapsed_s.max(1e-9);
    let peak = peak_memory_mib();
    tracing::info!(
        file = %file.display(),
        audio_s = %format_args!("{audio_s:.2}"),
        elapsed_s = %format_args!("{elapsed_s:.2}"),
        realtime_factor = %format_args!("{realtime_factor:.0}"),
        peak_memory_mib = peak.map(|mib| tracing::field::display(format!("{mib:.0}"))),
        "{what}"
    );
}

/// Most memory that the process has held, in MiB.
///
/// Not of `getrusage`, which counts what the parent held before it became this process.
#[cfg(target_os = "linux")]
fn peak_memory_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib = peak.trim().strip_suffix("kB")?.trim().parse::<f64>().ok()?;
    Some(kib / 1024.0)
}

/// Most memory that the process has held, in MiB.
#[cfg(target_os = "macos")]
#[allow(clippy::cast_precision_loss)] // exact up to 8 PiB
fn peak_memory_mib() -> Option<f64> {
    use nix::sys::resource::{UsageWho, getrusage};
    let bytes = getrusage(UsageWho::RUSAGE_SELF).ok()?.max_rss();
    Some(bytes as f64 / f64::from(1 << 20))
}

/// Most memory that the process has held: nothing here tells it without unsafe code.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn peak_memory_mib() -> Option<f64> {
    None
}
