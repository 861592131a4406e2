//! Pictures: the report of a mastering (spectra, tone, loudness and gain over time), and the portrait of
//! a piece.

mod panels;
mod portrait;

use std::path::Path;
use std::sync::LazyLock;

use anyhow::{Context, Result, anyhow, ensure};
use plotters::prelude::*;
use plotters::style::{FontStyle, register_font};

use crate::audio_file::Audio;
use crate::tools::measure::{Measurement, levels_db};
use auralis_dsp::bands::{BANDS, PerBand};
use auralis_dsp::basics::decibel::SILENCE_DB;

use panels::{Area, DrawError};
pub use portrait::Portrait;

/// Size of the picture in pixels.
pub const SIZE: (u32, u32) = (1600, 1200);

/// The one font of the report, the panel's own.
const FONT: &str = "Ubuntu";

/// Registers the font once; no font of the system is used.
static FONT_IS_REGISTERED: LazyLock<bool> = LazyLock::new(|| {
    let font = epaint_default_fonts::UBUNTU_LIGHT;
    [FontStyle::Normal, FontStyle::Bold]
        .into_iter()
        .all(|style| register_font(FONT, style, font).is_ok())
});

/// A curve over time, `(seconds, value)`, with what it is called.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// What the picture calls it.
    pub label: String,
    /// The points in the order of time.
    pub points: Vec<(f64, f64)>,
}

/// What the report shows.
pub struct Report<'a> {
    /// Heading, such as the file's name.
    pub title: &'a str,
    /// Measurement of the input.
    pub before: &'a Measurement,
    /// Measurement of the output.
    pub after: &'a Measurement,
    /// Target spectrum per critical band, level-free.
    pub target_db: Option<&'a PerBand>,
    /// The EQ's gains per critical band; without them the difference of the spectra is drawn.
    pub eq_db: Option<&'a PerBand>,
    /// What the gains of the last panel are.
    pub gains_caption: &'a str,
    /// Gains over time, such as [`level_change`].
    pub gains: &'a [Series],
}

/// What the level did over time: after minus before every 100 ms, less its median, so that a
/// constant gain reads 0 dB. Silent stretches are left out.
pub fn level_change(before: &Audio, after: &Audio) -> Series {
    let audible = f64::from(SILENCE_DB) + 100.0;
    let levels = levels_db(before).into_iter().zip(levels_db(after));
    let mut points: Vec<(f64, f64)> = levels
        .enumerate()
        .filter(|(_, (old, new))| *old > audible && *new > audible)
        .map(|(i, (old, new))| ((i as f64 + 0.5) * 0.1, new - old))
        .collect();
    let mut sorted: Vec<f64> = points.iter().map(|p| p.1).collect();
    sorted.sort_by(f64::total_cmp);
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
    for point in &mut points {
        point.1 -= median;
    }
    Series {
        label: format!("level after - before, less its median ({median:+.1} dB)"),
        points,
    }
}

/// Draws the report into a file.
///
/// # Errors
/// When the picture cannot be drawn or written.
pub fn write_png(path: &Path, report: &Report) -> Result<()> {
    std::fs::write(path, png(report)?).with_context(|| format!("cannot write {}", path.display()))
}

/// Draws the report as a PNG.
///
/// # Errors
/// When the picture cannot be drawn.
pub fn png(report: &Report) -> Result<Vec<u8>> {
    picture(report.title, |area| {
        let (spectra, rest) = area.split_vertically(400);
        let (tone, rest) = rest.split_vertically(240);
        let (loudness, gain) = rest.split_vertically(270);
        panels::spectra(&spectra, report)?;
        panels::tone(&tone, report)?;
        panels::loudness(&loudness, report)?;
        panels::gains(&gain, report)
    })
}

/// A PNG with a heading, and below it what is drawn.
fn picture(title: &str, draw: impl FnOnce(&Area) -> Result<(), DrawError>) -> Result<Vec<u8>> {
    ensure!(*FONT_IS_REGISTERED, "the font of the picture is broken");
    let mut pixels = vec![0; 3 * SIZE.0 as usize * SIZE.1 as usize];
    headed(&mut pixels, title, draw).map_err(|e| anyhow!("cannot draw the picture: {e}"))?;
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, SIZE.0, SIZE.1);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(bytes)
}

/// Draws a heading, and what is below it, into pixels of three bytes each.
fn headed(
    pixels: &mut [u8],
    title: &str,
    draw: impl FnOnce(&Area) -> Result<(), DrawError>,
) -> Result<(), DrawError> {
    let root = BitMapBackend::with_buffer(pixels, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let heading = (FONT, 30).into_font();
    draw(&root.margin(14, 0, 0, 0).titled(title, heading)?)?;
    root.present()?;
    Ok(())
}

/// The tone's change per band: the EQ's gains when they are known, else the spectra's difference.
fn tone_change(report: &Report) -> (String, [Option<f32>; BANDS]) {
    match report.eq_db {
        Some(gains) => ("Gains of the EQ".to_owned(), gains.map(Some)),
        None => (
            "EQ curve as measured: spectrum after - before, level-free".to_owned(),
            report.after.spectrum.minus(&report.before.spectrum),
        ),
    }
}
