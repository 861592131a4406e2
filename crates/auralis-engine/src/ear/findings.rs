//! Findings: what a song has that a master should know of, beside its tone and its loudness.
//!
//! A [`FindingsMeter`] hears a whole song in one pass and tells of each of ten things a figure, whether it
//! lies beyond its limit, and the setting that could help. Nothing is applied by itself. Each is defined,
//! with its source and limit, at the top of its file; how exact each is on synthesised faults is a test and
//! `docs/FINDINGS.md`.
//!
//! It is for files, where a song is heard as a whole: percentiles and means of a song's first seconds would
//! raise alarms that its rest takes back, so it does not run in a playing plug-in.

mod clicks;
mod clipping;
mod decimator;
mod finding;
mod histogram;
mod hum;
mod low_end;
mod low_pass;
mod sibilance;
mod stereo;
mod stereo_spectrum;

use auralis_dsp::bands::BANDS;
use auralis_dsp::chain::input_guard::MAX_SAMPLE;
use auralis_dsp::scaled_to_rate;

use crate::ear::meters::levels::HopLevels;
use clicks::Clicks;
use clipping::Clipping;
pub use finding::{Finding, Suggestion};
use low_end::LowEnd;
use sibilance::Sibilance;
use stereo::{Bands, bands_of};
use stereo_spectrum::StereoSpectrum;

/// Samples of a block at 44.1 and 48 kHz, 43 ms.
const BLOCK: usize = 2048;

/// Hears a song and tells what it found.
#[derive(Debug, Clone)]
pub struct FindingsMeter {
    sample_rate: f64,
    block_samples: usize,
    /// The block at hand, a channel each.
    block: Vec<Vec<f32>>,
    blocks: u32,
    low_end: LowEnd,
    clicks: Clicks,
    clipping: Clipping,
    sibilance: Sibilance,
    spectrum: StereoSpectrum,
    bands: Bands,
    /// Sum of the power of each bin, of both channels.
    powers: Vec<f64>,
}

impl FindingsMeter {
    /// Of a song of `channels` (1 or 2) at `sample_rate` Hz.
    pub fn new(sample_rate: f64, channels: usize) -> Self {
        let channels = channels.clamp(1, 2);
        let block_samples = scaled_to_rate(BLOCK, sample_rate);
        Self {
            sample_rate,
            block_samples,
            block: vec![Vec::with_capacity(block_samples); channels],
            blocks: 0,
            low_end: LowEnd::new(sample_rate, channels, block_samples),
            clicks: Clicks::new(channels),
            clipping: Clipping::default(),
            sibilance: Sibilance::new(),
            spectrum: StereoSpectrum::new(block_samples),
            bands: [[0.0; 2]; BANDS],
            powers: vec![0.0; block_samples / 2 + 1],
        }
    }

    /// Takes a block of any length: one slice a channel, all of one length. What is a
    /// fault to the chain's guard, not finite or absurdly large, is 0.
    pub fn push(&mut self, block: &[&[f32]]) {
        let length = block.first().map_or(0, |channel| channel.len());
        let mut at = 0;
        while at < length {
            let end = length.min(at + self.block_samples - self.block[0].len());
            for (gathered, channel) in self.block.iter_mut().zip(block) {
                // A NaN is not within.
                let safe = |x: &f32| if x.abs() <= MAX_SAMPLE { *x } else { 0.0 };
                gathered.extend(channel[at..end].iter().map(safe));
            }
            at = end;
            if self.block[0].len() == self.block_samples {
                self.take_block();
            }
        }
    }

    /// Hears the block that is complete.
    fn take_block(&mut self) {
        let block: Vec<&[f32]> = self.block.iter().map(Vec::as_slice).collect();
        let levels = HopLevels::of(&block);
        let power: f64 = levels.power[..block.len()].iter().sum();
        self.blocks += 1;
        self.low_end.push(&block, power);
        self.clicks.push(&block);
        self.clipping.push(&levels);
        self.spectrum.analyse(&block);
        let bands = bands_of(
            &self.spectrum.bins,
            self.sample_rate / self.block_samples as f64,
        );
        self.sibilance.push(&bands);
        for (sum, band) in self
            .bands
            .as_flattened_mut()
            .iter_mut()
            .zip(bands.as_flattened())
        {
            *sum += band;
        }
        for (sum, bin) in self.powers.iter_mut().zip(&self.spectrum.bins) {
            *sum += f64::from(bin[0]);
        }
        self.block.iter_mut().for_each(Vec::clear);
    }

    /// What was found, in a fixed order; those about two channels of stereo only.
    pub fn finish(self) -> Vec<Finding> {
        let blocks = f64::from(self.blocks.max(1));
        let block_s = self.block_samples as f64 / self.sample_rate;
        let bin_hz = 1.0 / block_s;
        let powers: Vec<f64> = self.powers.iter().map(|sum| sum / blocks).collect();
        let bands = self.bands.map(|band| band.map(|sum| sum / blocks));
        let mut findings = vec![
            self.low_end.offset(),
            self.low_end.infrasonic(),
            self.low_end.hum(),
            low_pass::finding(&powers, bin_hz, self.sample_rate),
            self.clicks.finding(block_s),
            self.clipping.finding(block_s),
            self.sibilance.finding(),
        ];
        if self.block.len() == 2 {
            findings.extend([
                stereo::width(&bands),
                self.low_end.mono_share(),
                stereo::phase(&bands),
            ]);
        }
        findings
    }
}
