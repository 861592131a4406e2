//! The pass that only listens: the ear over the whole song, and the song's levels.

use crate::ear::findings::{Finding, FindingsMeter};
use crate::ear::learned::Learned;
use crate::ear::settings::{AdaptMode, AnalysisSettings};
use crate::ear::timeline::Timeline;
use crate::ear::view::View;
use crate::ear::{Analyst, Hop};
use crate::timing::Timing;
use auralis_dsp::basics::decibel::db_to_gain;
use auralis_dsp::basics::high_pass::HighPass;
use auralis_dsp::simd::instruction_set::{Implementation, InstructionSet};
use auralis_dsp::{FRAME, Frame, MAX_CHANNELS};

use super::excerpts::SecondEnergies;
use super::levels::{LevelMeter, Levels};
use super::{Format, Order};

/// What a song is like.
#[derive(Debug, Clone)]
pub struct Heard {
    /// Levels of the song as it is, before the input gain.
    pub levels: Levels,
    /// What was learned of it behind input gain and high-pass, with the decision that follows; none when nothing
    /// passed the gate.
    pub learned: Option<Learned>,
    /// K-weighted mean square of each whole second of the song as it is.
    pub second_energies: Vec<f32>,
    /// What is told of the song as it is.
    pub findings: Vec<Finding>,
    /// What the ear knows, to be shown.
    pub view: View,
}

/// Hears a song in blocks of any length.
#[derive(Debug)]
pub struct Listener {
    analyst: Analyst,
    levels: LevelMeter,
    findings: FindingsMeter,
    seconds: SecondEnergies,
    settings: AnalysisSettings,
    input_gain: f32,
    high_pass: HighPass,
    input_hpf_hz: f32,
    /// The hop at hand.
    hop: Vec<Vec<f32>>,
    hop_samples: usize,
}

impl Listener {
    /// Ready for the first block.
    pub fn new(format: Format, order: &Order) -> Self {
        let Format {
            sample_rate,
            channels,
        } = format;
        let hop_samples = Timing::new(sample_rate).hop_samples;
        let mut analyst = Analyst::new(AdaptMode::Learn, sample_rate, channels, hop_samples);
        analyst.set_reference(order.reference.clone());
        Self {
            analyst,
            levels: LevelMeter::new(sample_rate, channels),
            findings: FindingsMeter::new(sample_rate, channels),
            seconds: SecondEnergies::default(),
            settings: AnalysisSettings {
                mode: AdaptMode::Learn,
                ..order.settings.analysis
            },
            input_gain: db_to_gain(order.settings.chain.input_gain_db),
            high_pass: HighPass::new(sample_rate),
            input_hpf_hz: order.settings.chain.input_hpf_hz,
            hop: vec![Vec::with_capacity(hop_samples); channels.clamp(1, 2)],
            hop_samples,
        }
    }

    /// Takes a block: one slice a channel, all of one length.
    pub fn hear(&mut self, block: &[&[f32]]) {
        self.levels.push(block);
        self.findings.push(block);
        self.seconds.take(self.levels.new_segments());
        let length = block.first().map_or(0, |channel| channel.len());
        let mut at = 0;
        while at < length {
            let end = length.min(at + self.hop_samples - self.hop[0].len());
            for (hop, channel) in self.hop.iter_mut().zip(block) {
                let gained = channel[at..end].iter().map(|x| x * self.input_gain);
                hop.extend(gained.map(|x| if x.is_finite() { x } else { 0.0 }));
            }
            at = end;
            if self.hop[0].len() == self.hop_samples {
                self.take_hop();
            }
        }
    }

    /// Hears the hop that is complete.
    fn take_hop(&mut self) {
        self.high_pass();
        let channels: Vec<&[f32]> = self.hop.iter().map(Vec::as_slice).collect();
        let hop = Hop {
            input: &channels,
            output: &channels,
            loudness_gain_db: 0.0,
            again: false,
        };
        let measures = self.analyst.measure(&hop);
        self.analyst.hear(&hop, &measures, &self.settings);
        self.hop.iter_mut().for_each(Vec::clear);
    }

    /// Filters the hop as the chain does what the ear hears.
    fn high_pass(&mut self) {
        if self.input_hpf_hz == 0.0 {
            return;
        }
        let way = Implementation::Vectorized(InstructionSet::best());
        for at in (0..self.hop_samples).step_by(FRAME) {
            let mut frames: [Frame; MAX_CHANNELS] = [[0.0; FRAME]; MAX_CHANNELS];
            let part = at..at + FRAME;
            for (frame, hop) in frames.iter_mut().zip(&self.hop) {
                frame.copy_from_slice(&hop[part.clone()]);
            }
            self.high_pass.process(&mut frames, self.input_hpf_hz, way);
            for (frame, hop) in frames.iter().zip(&mut self.hop) {
                hop[part.clone()].copy_from_slice(frame);
            }
        }
    }

    /// What the song is like, and what is to be done with it. A last part of a hop is heard with
    /// silence behind it when nothing else was.
    pub fn finish(mut self) -> Heard {
        if !self.hop[0].is_empty() && !self.analyst.has_learned() {
            let hop_samples = self.hop_samples;
            self.hop.iter_mut().for_each(|c| c.resize(hop_samples, 0.0));
            self.take_hop();
        }
        let levels = self.levels.finish();
        let adaptive = self.analyst.settle(&self.settings);
        Heard {
            learned: self.analyst.learned(&adaptive, &Timeline::default()),
            second_energies: self.seconds.energies,
            view: self.analyst.view(&self.settings),
            findings: self.findings.finish(),
            levels,
        }
    }
}
