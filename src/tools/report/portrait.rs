//! One piece as a picture: its spectrum beside its target, what is missing, its loudness over time.

use anyhow::Result;
use plotters::prelude::*;

use super::panels::{self, AFTER, TARGET, curve, lufs, momentary, short_term, spectrum_points};
use super::{Area, DrawError, picture};
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

impl Portrait<'_> {
    /// Draws it as a PNG.
    ///
    /// # Errors
    /// When the picture cannot be drawn.
    pub fn png(&self) -> Result<Vec<u8>> {
        picture(self.title, |area| self.draw(area))
    }

    fn draw(&self, area: &Area) -> Result<(), DrawError> {
        let measurement = self.measurement;
        let (spectra, rest) = area.split_vertically(480);
        let (missing, loudness) = rest.split_vertically(320);
        let target = Spectrum::from_curve(self.target_db);
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
        let thin = AFTER.mix(0.4).stroke_width(1);
        let curves = [
            curve("momentary", momentary(measurement), thin),
            curve("short-term", short_term(measurement), AFTER.stroke_width(3)),
        ];
        panels::loudness_chart(&loudness, &caption, &curves)
    }
}
