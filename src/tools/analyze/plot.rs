//! A picture of each piece that is analysed.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::{Analysis, AnalyzeOptions};
use crate::tools::audio_out::Draft;
use crate::tools::report::Portrait;
use auralis_engine::ear::content::profiles::level_free;

/// Where the picture of each file goes, if it has one: `NAME.png`.
///
/// # Errors
/// For each by itself: when the picture of a file before it goes there, or something is there already
/// that must not be replaced.
pub fn places(options: &AnalyzeOptions) -> Vec<Result<Option<PathBuf>>> {
    let Some(folder) = &options.plot else {
        return options.files.iter().map(|_| Ok(None)).collect();
    };
    let mut owners: HashMap<PathBuf, &Path> = HashMap::new();
    let each = options.files.iter().map(|file| {
        let name = file.file_stem().unwrap_or_default();
        let mut name = name.to_owned();
        name.push(".png");
        let place = folder.join(name);
        let (shown, file_shown) = (place.display(), file.display());
        if let Some(owner) = owners.get(&place) {
            bail!(
                "{file_shown}: {shown} is the picture of {} already",
                owner.display()
            );
        }
        if place.exists() && !options.may_replace {
            bail!("{file_shown}: {shown} is there already: --overwrite replaces it");
        }
        owners.insert(place.clone(), file);
        Ok(Some(place))
    });
    each.collect()
}

/// Draws a file; the picture has its name only once it is whole.
///
/// # Errors
/// When it cannot be drawn or written.
pub fn write(file: &Path, analysis: &Analysis, place: &Path, may_replace: bool) -> Result<()> {
    let draft = Draft::new(place, may_replace)?;
    let portrait = Portrait {
        title: &file.file_name().unwrap_or_default().to_string_lossy(),
        measurement: &analysis.measurement,
        target_db: &level_free(analysis.view.target_db),
    };
    let written = draft.write(&portrait.png()?);
    written.with_context(|| format!("cannot write {}", place.display()))?;
    draft.keep()
}
