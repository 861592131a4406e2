//! A file under a temporary name, which takes its own only when it is whole.

use std::ffi::OsString;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use tempfile::{Builder, NamedTempFile};

/// A file that is not finished. It is removed unless it is [kept](Self::keep).
#[derive(Debug)]
pub struct Draft {
    file: NamedTempFile,
    place: PathBuf,
    may_replace: bool,
}

impl Draft {
    /// A draft of the file at `place`, beside it: `.NAME.auralis-XXXXXX.tmp`. Folders that are missing
    /// are made. A file that is there already is replaced at the end if it may be.
    ///
    /// # Errors
    /// When the folder cannot be made or written to.
    pub fn new(place: &Path, may_replace: bool) -> Result<Self> {
        let folder = folder_of(place);
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        let mut prefix = OsString::from(".");
        prefix.push(place.file_name().unwrap_or_default());
        prefix.push(".auralis-");
        let mut builder = Builder::new();
        builder.prefix(&prefix).suffix(".tmp");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = builder.tempfile_in(folder);
        Ok(Self {
            file: file.with_context(|| format!("cannot write to {}", folder.display()))?,
            place: place.to_owned(),
            may_replace,
        })
    }

    /// Where it is now.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// The file, emptied, to be written from its start.
    ///
    /// # Errors
    /// When it has gone.
    pub fn begin(&self) -> Result<File> {
        let file = self.file.reopen()?;
        file.set_len(0)?;
        Ok(file)
    }

    /// Writes all of it at once.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, bytes: &[u8]) -> Result<()> {
        self.begin()?.write_all(bytes)?;
        Ok(())
    }

    /// Gives it its own name, once it is on the disk.
    ///
    /// # Errors
    /// When the disk does not take it, or a file has the name by now that must not be replaced.
    pub fn keep(self) -> Result<()> {
        let Self {
            file,
            place,
            may_replace,
        } = self;
        file.as_file().sync_all()?;
        let kept = if may_replace {
            file.persist(&place)
        } else {
            file.persist_noclobber(&place)
        };
        kept.map(drop)
            .map_err(|error| anyhow!(error.error))
            .with_context(|| format!("cannot make {}", place.display()))
    }
}

/// The folder of a file.
fn folder_of(place: &Path) -> &Path {
    match place.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
