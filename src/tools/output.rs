//! Standard output.

use std::io::{ErrorKind, Write};

use anyhow::{Context, Result};

/// Prints it. Whoever reads may stop early, as `head` does.
///
/// # Errors
/// When it cannot be written for another reason.
pub fn print(text: impl AsRef<[u8]>) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    let written = stdout.write_all(text.as_ref());
    match written.and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        _ => Ok(()),
    }
}
