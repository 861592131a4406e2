//! Ctrl-C: the work ends at its next step and takes its half files with it. A second one ends at once.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Result, ensure};

/// Exit status of a process that Ctrl-C has ended, as shells count it.
pub const STATUS: u8 = 130;

static CANCELLED: AtomicBool = AtomicBool::new(false);

/// Listens for Ctrl-C from now on.
pub fn listen() {
    // Where it cannot be listened for, Ctrl-C ends the process as ever.
    let _ = ctrlc::set_handler(|| {
        if CANCELLED.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(STATUS));
        }
    });
}

/// Whether the work is to end.
pub fn is_cancelled() -> bool {
    CANCELLED.load(Ordering::Relaxed)
}

/// Ends the work when it is to end.
///
/// # Errors
/// Then.
pub fn check() -> Result<()> {
    ensure!(!is_cancelled(), "interrupted");
    Ok(())
}
