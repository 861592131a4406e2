//! The user's presets: readable files in the platform's configuration folder, the same that
//! `auralis render --preset` reads.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use auralis_engine::presets::Preset;

/// Most bytes that a preset can have; one of all parameters has some 2000.
pub const MOST_BYTES: u64 = 1 << 20;
/// Ending of the files.
const EXTENSION: &str = "json";
/// Longest name of a preset, in characters.
const LONGEST_NAME: usize = 60;

/// A preset in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Saved {
    /// The file.
    pub path: PathBuf,
    /// What it holds.
    pub preset: Preset,
}

/// What a folder holds.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// Presets, by name.
    pub presets: Vec<Saved>,
    /// Files that are none: each by its name, with why.
    pub broken: Vec<String>,
}

/// A folder of presets. It need not exist before the first one is saved.
#[derive(Debug, Clone)]
pub struct PresetFolder(PathBuf);

impl PresetFolder {
    /// That of the user: `Auralis/presets` in the platform's configuration folder (`~/.config`,
    /// `~/Library/Application Support`, `%APPDATA%`). None where the platform has none.
    pub fn of_user() -> Option<Self> {
        let folder = dirs::config_dir()?;
        Some(Self(folder.join("Auralis").join("presets")))
    }

    /// Any folder.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// All presets in it. What is broken is named and skipped; a folder that is not there is empty.
    pub fn list(&self) -> Listing {
        let mut listing = Listing::default();
        let files = fs::read_dir(&self.0).into_iter().flatten().flatten();
        for path in files.map(|file| file.path()).filter(|path| is_preset(path)) {
            match read(&path) {
                Ok(preset) => listing.presets.push(Saved { path, preset }),
                Err(error) => listing.broken.push(format!("{error:#}")),
            }
        }
        let key = |saved: &Saved| saved.preset.name().to_lowercase();
        listing.presets.sort_by_key(key);
        listing.broken.sort();
        listing
    }

    /// The preset of a name, in any case.
    pub fn named(&self, name: &str) -> Option<Saved> {
        let mut presets = self.list().presets.into_iter();
        presets.find(|saved| saved.preset.name().eq_ignore_ascii_case(name.trim()))
    }

    /// Saves a preset, in place of one of the same name; gives its file.
    ///
    /// # Errors
    /// When the name is empty, or the file cannot be written; what was there stays.
    pub fn save(&self, preset: &Preset) -> Result<PathBuf> {
        ensure!(!preset.name().trim().is_empty(), "a preset needs a name");
        ensure!(
            preset.name().chars().count() <= LONGEST_NAME,
            "a name has at most {LONGEST_NAME} characters"
        );
        let path = match self.named(preset.name()) {
            Some(saved) => saved.path,
            None => self.free_path(preset.name()),
        };
        write(&path, preset)?;
        Ok(path)
    }

    /// Gives a preset another name.
    ///
    /// # Errors
    /// When another preset has that name, or a file cannot be written; what was there stays.
    pub fn rename(&self, saved: &Saved, name: &str) -> Result<PathBuf> {
        let other = self.named(name);
        if other.is_some_and(|other| other.path != saved.path) {
            bail!("there is a preset {:?} already", name.trim());
        }
        let preset = saved.preset.renamed(name.trim());
        if name.trim().eq_ignore_ascii_case(saved.preset.name()) {
            write(&saved.path, &preset)?;
            return Ok(saved.path.clone());
        }
        let path = self.save(&preset)?;
        self.delete(saved)?;
        Ok(path)
    }

    /// Deletes a preset.
    ///
    /// # Errors
    /// When the file cannot be deleted.
    pub fn delete(&self, saved: &Saved) -> Result<()> {
        fs::remove_file(&saved.path)
            .with_context(|| format!("cannot delete {}", saved.path.display()))
    }

    /// Takes a preset from a file anywhere; gives what was saved here.
    ///
    /// # Errors
    /// When the file is no preset, one of its name is here with other settings, or it cannot be saved.
    pub fn import(&self, path: &Path) -> Result<Saved> {
        let preset = read(path)?;
        if let Some(here) = self.named(preset.name()) {
            ensure!(
                here.preset.values() == preset.values(),
                "there is another preset {:?} already: rename one of them",
                preset.name()
            );
            return Ok(here);
        }
        let path = self.save(&preset)?;
        Ok(Saved { path, preset })
    }

    /// A file for a new preset of this name.
    fn free_path(&self, name: &str) -> PathBuf {
        let allowed = |c: char| if is_plain(c) { c } else { '_' };
        let stem: String = name.trim().chars().map(allowed).collect();
        let stem = stem.trim_matches(['.', ' ']);
        let stem = if stem.is_empty() { "preset" } else { stem };
        let numbered = |n: u32| match n {
            1 => self.0.join(format!("{stem}.{EXTENSION}")),
            n => self.0.join(format!("{stem} {n}.{EXTENSION}")),
        };
        let mut paths = (1..).map(numbered);
        paths
            .find(|path| !path.exists())
            .unwrap_or_else(|| numbered(1))
    }
}

/// Whether every platform has this character in names of files.
fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || " -_.,+()".contains(c)
}

fn is_preset(path: &Path) -> bool {
    let has_ending = path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case(EXTENSION));
    let name = path.file_name().unwrap_or_default();
    has_ending && !name.to_string_lossy().starts_with('.') && path.is_file()
}

/// Reads a preset.
///
/// # Errors
/// When the file cannot be read or is no preset; the file is named.
pub fn read(path: &Path) -> Result<Preset> {
    let name = path.file_name().unwrap_or(path.as_os_str());
    let name = name.to_string_lossy().into_owned();
    let length = fs::metadata(path)
        .with_context(|| format!("cannot read {name}"))?
        .len();
    ensure!(
        length <= MOST_BYTES,
        "{name}: no preset: it is larger than 1 MiB"
    );
    let bytes = fs::read(path).with_context(|| format!("cannot read {name}"))?;
    // What is no text is no preset, which is for the parser to say.
    Preset::parse(&String::from_utf8_lossy(&bytes)).with_context(|| name)
}

/// Writes a preset: the file is whole or not there.
///
/// # Errors
/// When the file cannot be written; what was there stays.
pub fn write(path: &Path, preset: &Preset) -> Result<()> {
    let work = || -> std::io::Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let draft = path.with_extension("draft");
        let mut file = fs::File::create(&draft)?;
        file.write_all(preset.to_json().as_bytes())?;
        file.sync_all()?;
        drop(file);
        fs::rename(&draft, path)
    };
    work().with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use auralis_engine::params::Values;

    /// A folder of its own, gone with the test.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(test: &str) -> (Self, PresetFolder) {
            let name = format!("auralis-presets-{test}-{}", std::process::id());
            let path = std::env::temp_dir().join(name);
            (Self(path.clone()), PresetFolder::at(path.join("presets")))
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn preset(name: &str, ratio: &str) -> Preset {
        let mut values = Values::default();
        values.set_text("comp_ratio", ratio).unwrap();
        Preset::of_sound(name, "", &values)
    }

    fn names(folder: &PresetFolder) -> Vec<String> {
        let presets = folder.list().presets;
        presets.iter().map(|s| s.preset.name().to_owned()).collect()
    }

    #[test]
    fn what_is_saved_is_listed_replaced_renamed_and_deleted() {
        let (_scratch, folder) = Scratch::new("life");
        assert!(names(&folder).is_empty(), "no folder yet");
        folder.save(&preset("B side", "2.5")).unwrap();
        folder.save(&preset("a/b: loud?", "3")).unwrap();
        assert_eq!(names(&folder), ["a/b: loud?", "B side"]);
        folder.save(&preset("b SIDE", "4")).unwrap();
        assert_eq!(names(&folder), ["a/b: loud?", "b SIDE"], "replaced");
        let saved = folder.named("B Side").unwrap();
        assert_eq!(saved.preset, preset("b SIDE", "4"));
        let error = folder.rename(&saved, "A/B: LOUD?").unwrap_err();
        assert!(error.to_string().contains("already"), "{error}");
        folder.rename(&saved, "B Side").unwrap();
        let saved = folder.named("b side").unwrap();
        assert_eq!(saved.preset.name(), "B Side", "only its case");
        folder.rename(&saved, " Flip ").unwrap();
        assert_eq!(names(&folder), ["a/b: loud?", "Flip"]);
        folder.delete(&folder.named("flip").unwrap()).unwrap();
        assert_eq!(names(&folder), ["a/b: loud?"]);
        for name in ["", "  ", &"x".repeat(61)] {
            assert!(folder.save(&preset(name, "2")).is_err(), "{name:?}");
        }
    }

    #[test]
    fn names_that_make_the_same_file_name_are_two_presets() {
        let (_scratch, folder) = Scratch::new("twins");
        for name in ["a/b", "a?b", "...", "?"] {
            folder.save(&preset(name, "2")).unwrap();
        }
        assert_eq!(names(&folder), ["...", "?", "a/b", "a?b"]);
    }

    #[test]
    fn a_broken_file_is_named_and_skipped() {
        let (_scratch, folder) = Scratch::new("broken");
        folder.save(&preset("Good", "2")).unwrap();
        fs::write(folder.path().join("half.json"), "{\"auralis_preset\": 1,").unwrap();
        fs::write(folder.path().join("notes.txt"), "no preset").unwrap();
        let listing = folder.list();
        assert_eq!(listing.presets.len(), 1);
        let [broken] = &listing.broken[..] else {
            panic!("{:?}", listing.broken)
        };
        assert!(
            broken.contains("half.json") && broken.contains("cut off"),
            "{broken}"
        );
    }

    #[test]
    fn a_file_from_elsewhere_is_taken_and_never_replaces_another() {
        let (scratch, folder) = Scratch::new("import");
        let away = scratch.0.join("away.json");
        write(&away, &preset("Mine", "3")).unwrap();
        assert_eq!(folder.import(&away).unwrap().preset, preset("Mine", "3"));
        folder.import(&away).expect("the very same again");
        write(&away, &preset("mine", "9")).unwrap();
        let error = folder.import(&away).unwrap_err();
        assert!(error.to_string().contains("another preset"), "{error}");
        assert_eq!(folder.list().presets[0].preset, preset("Mine", "3"));
        let error = folder.import(&scratch.0.join("none.json")).unwrap_err();
        assert!(format!("{error:#}").contains("none.json"), "{error:#}");
    }
}
