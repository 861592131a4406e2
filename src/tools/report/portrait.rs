//! One piece as a picture: its spectrum beside its target, what is missing, its loudness over time.

use std::path::Path;

use anyhow::{Result, anyhow};
use plotters::prelude::*;

use super::panels::{self, AFTER, TARGET, curve, lufs, momentary, short_term, spectrum_points};
use super::{FONT, FONT_IS_REGISTERED, SIZE};
use crate::tools::measure::{Measurement, Spectrum};
use auralis_dsp::bands::PerBand;

/// What the picture shows.
#[derive(Debug, Clone, Copy)]
pub struct Portrait<'a> {
    /// Heading, such as the file's name.
    pub title: &'a str,
    /// What is measured.
    pub measurement: &'a Measurement,
    /// Target spectrum per critical band, level-free.
    pub target_db: &'a PerBand,
}

/// Draws the portrait as a PNG.
///
/// # Errors
/// When the picture cannot be drawn or written.
pub fn write_portrait(path: &Path, portrait: &Portrait<'_>) -> Result<()> {
    anyhow::ensure!(*FONT_IS_REGISTERED, "the font of the picture is broken");
    draw(path, portrait).map_err(|e| anyhow!("cannot write {}: {e}", path.display()))
}

fn draw(path: &Path, portrait: &Portrait<'_>) -> Result<(), panels::DrawError> {
    let measurement = portrait.measurement;
    let root = BitMapBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let heading = (FONT, 30).into_font();
    let area = root.margin(14, 0, 0, 0).titled(portrait.title, heading)?;
    let (spectra, rest) = area.split_vertically(480);
    let (missing, loudness) = rest.split_vertically(320);
    let target = Spectrum::from_curve(portrait.target_db);
    let piece = spectrum_points(&measurement.spectrum);
    let curves = [
        curve("piece", piece, AFTER.stroke_width(3)),
        curve("target", spectrum_points(&target), TARGET.stroke_width(3)),
    ];
    panels::spectrum_chart(&spectra, &curves)?;
    let to_go = target.minus(&measurement.spectrum);
    panels::tone_chart(&missing, "From the piece to the target", &to_go)?;
    let caption = format!(
        "Loudness (bold short-term, thin momentary); integrated {}",
        lufs(measurement.integrated_lufs)
    );
    let curves = [
        curve(
            "momentary",
            momentary(measurement),
            AFTER.mix(0.4).stroke_width(1),
        ),
        curve("short-term", short_term(measurement), AFTER.stroke_width(3)),
    ];
    panels::loudness_chart(&loudness, &caption, &curves)?;
    root.present()?;
    Ok(())
}
