//! The recordings that a run is to match.

use std::path::Path;

use anyhow::{Result, anyhow};

use super::cancel;
use crate::reference_file;
use crate::tools::usage::WrongUsage;
use auralis_engine::ear::Reference;
use auralis_engine::ear::reference::mix;

/// The mix of the recordings that were asked for, as `FILE` or `FILE=WEIGHT`; none when there are none.
///
/// # Errors
/// [`WrongUsage`] for a weight that is none; when a recording cannot be read.
pub fn of(texts: &[String]) -> Result<Option<Reference>> {
    let parts = texts.iter().map(|text| {
        let (file, weight) = weighted(text)?;
        Ok((captured(Path::new(file))?, weight))
    });
    let parts = parts.collect::<Result<Vec<_>>>()?;
    let mixed = mix(&parts);
    if mixed.is_none() && !parts.is_empty() {
        return Err(WrongUsage("--reference: all weights are 0".to_owned()).into());
    }
    Ok(mixed)
}

/// The file and its weight. What follows the last `=` is a weight, unless there is a file of the whole name.
fn weighted(text: &str) -> Result<(&str, f32)> {
    let Some((file, weight)) = text.rsplit_once('=').filter(|_| !Path::new(text).exists()) else {
        return Ok((text, 1.0));
    };
    let parsed = weight.parse::<f32>().ok();
    let parsed = parsed.filter(|weight| (0.0..=1e6).contains(weight));
    let weight = parsed.ok_or_else(|| {
        WrongUsage(format!(
            "--reference {text}: {weight} is no weight of 0 or more"
        ))
    })?;
    Ok((file, weight))
}

fn captured(path: &Path) -> Result<Reference> {
    let captured = reference_file::capture(path, &|| !cancel::is_cancelled());
    captured.map_err(|reason| anyhow!("{}: {reason}", path.display()))
}
