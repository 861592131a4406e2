//! What the ear makes of finished pieces: measurements, features, and how far each is from its target.
//!
//! Pieces are analysed side by side, and the hops of each as well. The same engine as in the plug-in
//! listens, with averages over the whole piece in the place of the last seconds.

mod plot;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use serde_json::{Value, json};

use crate::audio_file::{self, Audio};
use crate::tools::listen::profiles_json;
use crate::tools::logging;
use crate::tools::measure::{Measurement, Spectrum, measure_and, spectral_distance_db};
use crate::tools::output::{document, print, print_json, tell};
use crate::tools::table;
use auralis_dsp::bands::center_hz;
use auralis_engine::ear::AdaptMode;
use auralis_engine::ear::analyst::{Analyst, Hop};
use auralis_engine::ear::content::features::Features;
use auralis_engine::ear::content::profiles::level_free;
use auralis_engine::ear::findings::{Finding, FindingsMeter};
use auralis_engine::ear::settings::AnalysisSettings;
use auralis_engine::ear::spectrum::measures::HopMeasures;
use auralis_engine::ear::view::View;
use auralis_engine::timing::Timing;

/// What to analyse.
#[derive(Debug, Clone)]
pub struct AnalyzeOptions {
    /// The files.
    pub files: Vec<PathBuf>,
    /// Threads to use, all of the machine's when `None`.
    pub threads: Option<NonZeroUsize>,
    /// One JSON document on standard output instead of the tables.
    pub json: bool,
    /// Where a picture of each goes, if anywhere.
    pub plot: Option<PathBuf>,
    /// Whether pictures that are there already may be replaced.
    pub may_replace: bool,
}

/// What is known of a piece.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysis {
    /// Duration in seconds.
    pub seconds: f64,
    /// Frames a second.
    pub sample_rate: u32,
    /// 1 or 2.
    pub channels: usize,
    /// Loudness, peaks, spectrum.
    pub measurement: Measurement,
    /// What it is like; nothing when all of it lies below the gate.
    pub features: Features,
    /// What is told of it beside: faults, and settings that could help.
    pub findings: Vec<Finding>,
    /// Profile, target and level of each band at the end.
    pub view: View,
}

impl Analysis {
    /// Distance of the spectrum to the target in dB: RMS over the bands, free of level.
    pub fn distance_db(&self) -> f32 {
        let target = Spectrum::from_curve(&level_free(self.view.target_db));
        spectral_distance_db(&self.measurement.spectrum, &target)
    }

    /// As a JSON object with the units in the names; band by band from 20 Hz on.
    pub fn to_json(&self) -> Value {
        let bands = 0..self.view.long_term_db.len();
        json!({
            "seconds": self.seconds,
            "sample_rate_hz": self.sample_rate,
            "channels": self.channels,
            "measurement": self.measurement.to_json(),
            "features": self.features,
            "findings": self.findings,
            "band_centers_hz": bands.map(center_hz).collect::<Vec<_>>(),
            "bands_db": self.view.long_term_db,
            "target_db": self.view.target_db,
            "distance_db": self.distance_db(),
            "reason": self.view.reason,
            "profiles": profiles_json(&self.view),
        })
    }
}

/// Analyses the files and prints what is found. A file that cannot be read does not keep the others
/// from being analysed.
///
/// # Errors
/// When there is a file that cannot be read, after all others.
pub fn run(options: &AnalyzeOptions) -> Result<()> {
    let threads = options.threads.map_or(0, NonZeroUsize::get);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.context("cannot start the threads")?;
    let files = &options.files;
    let places = plot::places(options);
    let analyses: Vec<Result<Analysis>> = pool.install(|| {
        let each = files.par_iter().zip(places);
        let each = each.map(|(file, place)| analyze_file(file, place?, options.may_replace));
        each.collect()
    });
    if options.json {
        let entries: Vec<Value> = files.iter().zip(&analyses).map(entry).collect();
        let fields = json!({ "files": entries });
        print_json(&document("auralis.analyze/1", fields))?;
    }
    let mut refused = 0;
    for (file, analysis) in files.iter().zip(&analyses) {
        match analysis {
            Ok(analysis) if !options.json => {
                print(format!(
                    "{}\n{}\n",
                    file.display(),
                    table::analysis(analysis)
                ))?;
            }
            Ok(_) => {}
            Err(error) => {
                tell(format!("error: {error:#}"));
                refused += 1;
            }
        }
    }
    if refused > 0 {
        bail!("{refused} of {} files not analysed", files.len());
    }
    Ok(())
}

/// A file in the document.
fn entry((file, analysis): (&PathBuf, &Result<Analysis>)) -> Value {
    let mut entry = match analysis {
        Ok(analysis) => analysis.to_json(),
        Err(error) => json!({ "error": format!("{error:#}") }),
    };
    entry["file"] = file.display().to_string().into();
    entry
}

/// Analyses a file, and draws it where there is a place for that.
fn analyze_file(file: &Path, place: Option<PathBuf>, may_replace: bool) -> Result<Analysis> {
    let started = Instant::now();
    logging::step(file, "decoding");
    let audio = audio_file::read(file)?;
    let non_finite = audio.non_finite();
    if non_finite > 0 {
        let file = file.display();
        tell(format!(
            "warning: {file}: {non_finite} samples are not finite and count as 0"
        ));
    }
    logging::step(file, "analysing");
    let analysis = analyze(&audio);
    let analysis = analysis.with_context(|| format!("cannot analyse {}", file.display()))?;
    if let Some(place) = place {
        logging::step(file, "drawing");
        plot::write(file, &analysis, &place, may_replace)?;
    }
    let elapsed_s = started.elapsed().as_secs_f64();
    logging::done("analysed", file, analysis.seconds, elapsed_s);
    Ok(analysis)
}

/// Analyses a piece, on as many threads as there are; the result does not depend on them.
///
/// # Errors
/// As [`measure_and`].
pub fn analyze(audio: &Audio) -> Result<Analysis> {
    let audio = &*audio.finite();
    let (measured, findings) = rayon::join(
        || measure_and(audio, |hops| heard(audio, hops)),
        || found(audio),
    );
    let (measurement, analyst) = measured?;
    Ok(Analysis {
        seconds: audio.seconds(),
        sample_rate: audio.sample_rate,
        channels: audio.channels.len(),
        features: *analyst.features(),
        view: analyst.view(&AnalysisSettings::default()),
        findings,
        measurement,
    })
}

/// What is found in a piece.
fn found(audio: &Audio) -> Vec<Finding> {
    let channels: Vec<&[f32]> = audio.channels.iter().map(Vec::as_slice).collect();
    let mut meter = FindingsMeter::new(audio.sample_rate.into(), channels.len());
    meter.push(&channels);
    meter.finish()
}

/// An analyst that has heard all whole hops of a piece, which are measured already.
fn heard(audio: &Audio, hops: &[HopMeasures]) -> Analyst {
    let rate = f64::from(audio.sample_rate);
    let hop = Timing::new(rate).hop_samples;
    let mut analyst = Analyst::new(AdaptMode::Learn, rate, audio.channels.len(), hop);
    let settings = AnalysisSettings::default();
    for (index, measures) in hops.iter().enumerate() {
        let part = index * hop..(index + 1) * hop;
        let channels: Option<Vec<&[f32]>> =
            audio.channels.iter().map(|c| c.get(part.clone())).collect();
        if let Some(input) = channels {
            let hop = Hop {
                input: &input,
                output: &input,
                loudness_gain_db: 0.0,
                again: false,
            };
            analyst.hear(&hop, measures, &settings);
        }
    }
    analyst
}
