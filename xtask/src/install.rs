//! `cargo xtask install`: copies the bundles to where this user's hosts look.

use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::bundle;

/// Bundles, copies both and says where; with `--dry-run` only says where.
pub fn run(args: &[OsString]) -> Result<()> {
    let dry_run = match args {
        [] => false,
        [arg] if arg == "--dry-run" => true,
        _ => bail!("install takes nothing but --dry-run"),
    };
    let folders = folders(std::env::consts::OS, |name| {
        std::env::var_os(name).filter(|value| !value.is_empty())
    })?;
    if dry_run {
        for (folder, name) in folders.iter().zip(crate::project::BUNDLES) {
            println!("would install {}", folder.join(name).display());
        }
        return Ok(());
    }
    let (clap, vst3) = bundle::release()?;
    println!();
    for (bundle, folder) in [clap, vst3].iter().zip(&folders) {
        let installed = replace(bundle, folder)?;
        println!("Installed {}", installed.display());
        if cfg!(target_os = "macos") {
            println!(
                "  if a host calls it damaged: xattr -rd com.apple.quarantine '{}'",
                installed.display()
            );
        }
    }
    println!("Rescan the plug-ins in your DAW, or restart it.");
    Ok(())
}

/// The user's folders for CLAP and VST3 on `system`, as the two standards name them.
fn folders(system: &str, var: impl Fn(&str) -> Option<OsString>) -> Result<[PathBuf; 2]> {
    let base = |name: &str| {
        var(name)
            .map(PathBuf::from)
            .with_context(|| format!("cannot tell the plug-in folders: ${name} is not set"))
    };
    Ok(match system {
        "macos" => {
            let plug_ins = base("HOME")?.join("Library/Audio/Plug-Ins");
            [plug_ins.join("CLAP"), plug_ins.join("VST3")]
        }
        "windows" => {
            let common = base("LOCALAPPDATA")?.join("Programs").join("Common");
            [common.join("CLAP"), common.join("VST3")]
        }
        _ => {
            let home = base("HOME")?;
            [home.join(".clap"), home.join(".vst3")]
        }
    })
}

/// Copies `bundle` (a file or a directory) into `folder`, over an older one if there is one: the
/// copy is made beside it and then renamed, so that a host never finds half a plug-in.
fn replace(bundle: &Path, folder: &Path) -> Result<PathBuf> {
    let name = bundle.file_name().context("a bundle without a name")?;
    let beside = |role: &str| {
        let mut hidden = OsString::from(format!(".{role}-{}-", std::process::id()));
        hidden.push(name);
        folder.join(hidden)
    };
    let (fresh, old, installed) = (beside("new"), beside("old"), folder.join(name));
    fs::create_dir_all(folder).with_context(|| format!("could not make '{}'", folder.display()))?;
    copy(bundle, &fresh)
        .and_then(|()| swap(&fresh, &old, &installed))
        .map_err(|error| {
            let _ = remove(&fresh);
            error.context(format!("could not install '{}'", installed.display()))
        })?;
    // On Windows a plug-in in use can be renamed but not removed; it is only a left-over then.
    if let Err(error) = remove(&old) {
        eprintln!("warning: could not remove '{}': {error}", old.display());
    }
    Ok(installed)
}

/// Puts `fresh` in the place of `installed`. A file is replaced in one step; a directory has to be
/// moved out of the way (to `old`) first, and comes back if the second step fails.
fn swap(fresh: &Path, old: &Path, installed: &Path) -> Result<()> {
    let is_file = |path: &Path| fs::symlink_metadata(path).is_ok_and(|meta| !meta.is_dir());
    if is_file(fresh) && is_file(installed) && fs::rename(fresh, installed).is_ok() {
        return Ok(());
    }
    if fs::symlink_metadata(installed).is_ok() {
        fs::rename(installed, old)?;
    }
    fs::rename(fresh, installed).inspect_err(|_| {
        let _ = fs::rename(old, installed);
    })?;
    Ok(())
}

/// Copies a file or a directory with all in it; permissions come along.
fn copy(from: &Path, to: &Path) -> Result<()> {
    if !from.is_dir() {
        fs::copy(from, to).with_context(|| format!("could not copy '{}'", from.display()))?;
        return Ok(());
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

/// Removes a file, a link or a directory; nothing there is fine.
fn remove(path: &Path) -> std::io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders_of(system: &str) -> [PathBuf; 2] {
        folders(system, |name| match name {
            "HOME" => Some("/home/me".into()),
            "LOCALAPPDATA" => Some("/users/me/AppData/Local".into()),
            _ => None,
        })
        .unwrap()
    }

    #[test]
    fn every_system_has_its_folders() {
        let paths = |a: &str, b: &str| [PathBuf::from(a), PathBuf::from(b)];
        assert_eq!(
            folders_of("linux"),
            paths("/home/me/.clap", "/home/me/.vst3")
        );
        assert_eq!(
            folders_of("macos"),
            paths(
                "/home/me/Library/Audio/Plug-Ins/CLAP",
                "/home/me/Library/Audio/Plug-Ins/VST3"
            )
        );
        assert_eq!(
            folders_of("windows"),
            paths(
                "/users/me/AppData/Local/Programs/Common/CLAP",
                "/users/me/AppData/Local/Programs/Common/VST3"
            )
        );
    }

    #[test]
    fn a_missing_home_is_an_error() {
        let error = folders("linux", |_| None).unwrap_err().to_string();
        assert!(error.contains("$HOME"), "{error}");
    }

    /// A directory of this test's own, removed at the end.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let dir = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
            fs::create_dir_all(&dir).unwrap();
            Self(dir)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    /// A bundle with one file of that content, as a directory (VST3) or as a file (CLAP).
    fn bundle_of(dir: &Path, name: &str, content: &str, is_dir: bool) -> PathBuf {
        let path = dir.join(name);
        if is_dir {
            fs::create_dir_all(path.join("Contents")).unwrap();
            fs::write(path.join("Contents/a.so"), content).unwrap();
        } else {
            fs::write(&path, content).unwrap();
        }
        path
    }

    #[test]
    fn an_older_copy_is_replaced_and_nothing_is_left_behind() {
        let scratch = Scratch::new("replace");
        let (from, to) = (scratch.0.join("from"), scratch.0.join("to"));
        fs::create_dir_all(&from).unwrap();
        for content in ["one", "two"] {
            let file = bundle_of(&from, "A.clap", content, false);
            let dir = bundle_of(&from, "A.vst3", content, true);
            let file = replace(&file, &to).unwrap();
            let dir = replace(&dir, &to).unwrap();
            assert_eq!(fs::read_to_string(file).unwrap(), content);
            assert_eq!(
                fs::read_to_string(dir.join("Contents/a.so")).unwrap(),
                content
            );
        }
        assert_eq!(fs::read_dir(&to).unwrap().count(), 2, "left-overs");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_replaced_and_its_target_is_left_alone() {
        let scratch = Scratch::new("link");
        let target = bundle_of(&scratch.0, "theirs.clap", "theirs", false);
        let bundle = bundle_of(&scratch.0, "A.clap", "ours", false);
        let folder = scratch.0.join("to");
        fs::create_dir_all(&folder).unwrap();
        std::os::unix::fs::symlink(&target, folder.join("A.clap")).unwrap();
        let installed = replace(&bundle, &folder).unwrap();
        assert!(!fs::symlink_metadata(&installed).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&installed).unwrap(), "ours");
        assert_eq!(fs::read_to_string(&target).unwrap(), "theirs");
    }
}
