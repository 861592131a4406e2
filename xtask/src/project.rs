//! Where the project and its build results are, and how cargo is called there.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// File names of the bundles, as `bundler.toml` has them: CLAP, VST3.
pub const BUNDLES: [&str; 2] = ["Auralis.clap", "Auralis.vst3"];

/// The workspace's root: the parent of this crate.
pub fn root() -> Result<PathBuf> {
    let manifest_dir = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    let root = manifest_dir.parent().map(Path::to_path_buf);
    let root = root.filter(|dir| dir.join("Cargo.toml").is_file());
    root.with_context(|| format!("no workspace above '{}'", manifest_dir.display()))
}

/// A call of the cargo that runs this task, in the workspace's root.
pub fn cargo() -> Result<Command> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()?);
    Ok(command)
}

/// The directory cargo builds into, whoever chose it: `CARGO_TARGET_DIR`, a configuration file or
/// the default. Cargo itself is asked.
pub fn target_dir() -> Result<PathBuf> {
    let output = cargo()?
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .output()
        .context("could not call cargo metadata")?;
    if !output.status.success() {
        bail!(
            "cargo metadata: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    let metadata = String::from_utf8_lossy(&output.stdout);
    json_string(&metadata, "target_directory")
        .map(PathBuf::from)
        .context("cargo metadata named no target_directory")
}

/// The string under `key` of a JSON document in which that key is unique, unescaped.
fn json_string(json: &str, key: &str) -> Option<String> {
    let (_, rest) = json.split_once(&format!("\"{key}\":\""))?;
    let mut text = String::new();
    let mut chars = rest.chars();
    loop {
        match chars.next()? {
            '"' => return Some(text),
            '\\' => match chars.next()? {
                'u' => {
                    let code: String = chars.by_ref().take(4).collect();
                    text.push(char::from_u32(u32::from_str_radix(&code, 16).ok()?)?);
                }
                'n' => text.push('\n'),
                't' => text.push('\t'),
                other => text.push(other),
            },
            other => text.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_in_metadata_are_unescaped() {
        let json = r#"{"packages":[],"target_directory":"C:\\a \"b\"\\\u00e4","version":1}"#;
        let got = json_string(json, "target_directory");
        assert_eq!(got.as_deref(), Some("C:\\a \"b\"\\\u{e4}"));
        assert_eq!(json_string(json, "workspace_root"), None);
    }

    #[test]
    fn the_root_holds_the_bundler_configuration() {
        assert!(root().unwrap().join("bundler.toml").is_file());
    }
}
