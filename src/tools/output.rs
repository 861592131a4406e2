//! Standard output and standard error, which may be closed before the work is done.

use std::fmt::Display;
use std::io::{ErrorKind, Write};

use anyhow::{Context, Result};
use serde_json::Value;

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

/// A line on standard error. Where nobody reads it, it is lost, and the work goes on.
pub fn tell(line: impl Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// A document of `--json` with its schema, such as `"auralis.params/1"`, and the version of the program.
///
/// The number in the schema rises when a field changes its meaning or goes; fields may come at any
/// time. docs/JSON.md describes all of them.
pub fn document(schema: &str, mut fields: Value) -> Value {
    fields["schema"] = schema.into();
    fields["version"] = env!("CARGO_PKG_VERSION").into();
    fields
}

/// Prints a document of `--json`.
///
/// # Errors
/// As [`print()`].
pub fn print_json(document: &Value) -> Result<()> {
    print(serde_json::to_string_pretty(document)? + "\n")
}
