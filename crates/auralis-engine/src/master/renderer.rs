//! The pass that renders: the plug-in's own processor, its latency taken off.

use std::sync::Arc;

use crate::ear::meters::loudness::LoudnessMeter;
use crate::ear::view::View;
use crate::knowledge::Knowledge;
use crate::processor::{Processor, ProcessorSettings};
use crate::session::Draw;
use crate::timing::Stream;
use auralis_dsp::FRAME;
use auralis_dsp::chain::FrameReport;

use super::decision::Decision;
use super::excerpts::SecondEnergies;
use super::{Event, Format, Order};

/// Samples that are processed at once.
const BLOCK: usize = 4096;

/// What a pass has rendered.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// Frames of the result.
    pub frames: u64,
    /// Integrated loudness of the result in LUFS; none of what never passes the gate.
    pub integrated_lufs: Option<f64>,
    /// K-weighted mean square of each whole second of the result.
    pub second_energies: Vec<f32>,
    /// Share of the frames in which the limiter worked, 0 to 1.
    pub limited: f32,
    /// Deepest reduction of the limiter in dB.
    pub limiter_reduction_db: f32,
    /// Deepest reduction of the compressor in dB.
    pub compressor_reduction_db: f32,
    /// What the ear knew at the end; as it began in `Hold`.
    pub view: View,
}

/// Renders a song in blocks of any length; the output is as long as the input and lies on it.
pub struct Renderer {
    processor: Processor,
    settings: ProcessorSettings,
    loudness: LoudnessMeter,
    seconds: SecondEnergies,
    silence: Vec<f32>,
    view: Arc<std::sync::Mutex<View>>,
    block: Vec<Vec<f32>>,
    /// Samples of latency that are still to be left out.
    to_skip: usize,
    /// Samples taken, and given.
    taken: u64,
    given: u64,
    frames: u64,
    limited_frames: u64,
    limiter_reduction_db: f32,
    compressor_reduction_db: f32,
}

impl std::fmt::Debug for Renderer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Renderer")
            .field("taken", &self.taken)
            .field("given", &self.given)
            .finish_non_exhaustive()
    }
}

/// What happens in a pass, and what comes of it.
type Happens<'a, E> = &'a mut dyn FnMut(Event<'_>) -> Result<(), E>;

impl Renderer {
    /// Ready for the first block: in `Hold` with a decision, else in the mode of the order from nothing.
    pub fn new(format: Format, order: &Order, decision: Option<&Decision>) -> Self {
        let knowledge = Knowledge::default();
        knowledge.reference.replace(order.reference.clone());
        let mut settings = order.settings;
        if let Some(decision) = decision {
            settings.analysis.mode = crate::ear::AdaptMode::Hold;
            knowledge.memory.replace(decision.learned().cloned());
        }
        let view = Arc::default();
        let stream = Stream {
            sample_rate: format.sample_rate,
            channels: format.channels,
            offline: true,
        };
        let publish = decision.is_none().then(|| Arc::clone(&view));
        let publish = Arc::new(move |draw: Draw<'_>| draw_into(publish.as_deref(), draw));
        let processor = Processor::new(stream, &settings, knowledge, publish);
        Self {
            to_skip: processor.latency_samples(),
            processor,
            settings,
            loudness: LoudnessMeter::new(format.sample_rate),
            seconds: SecondEnergies::default(),
            silence: vec![0.0; BLOCK],
            view,
            block: vec![Vec::with_capacity(BLOCK); format.channels.clamp(1, 2)],
            taken: 0,
            given: 0,
            frames: 0,
            limited_frames: 0,
            limiter_reduction_db: 0.0,
            compressor_reduction_db: 0.0,
        }
    }

    /// Takes a block, one slice a channel, all of one length, and gives what comes of it.
    ///
    /// # Errors
    /// Those of `happens`.
    pub fn render<E>(&mut self, block: &[&[f32]], happens: Happens<'_, E>) -> Result<(), E> {
        let length = block.first().map_or(0, |channel| channel.len());
        self.taken += length as u64;
        for from in (0..length).step_by(BLOCK) {
            let part = from..length.min(from + BLOCK);
            for (own, channel) in self.block.iter_mut().zip(block) {
                own.clear();
                own.extend_from_slice(&channel[part.clone()]);
            }
            self.process(happens)?;
        }
        Ok(())
    }

    /// Processes the block at hand.
    fn process<E>(&mut self, happens: Happens<'_, E>) -> Result<(), E> {
        let mut channels: Vec<&mut [f32]> = self.block.iter_mut().map(Vec::as_mut_slice).collect();
        let mut told = Ok(());
        let (frames, limited) = (&mut self.frames, &mut self.limited_frames);
        let deepest = (
            &mut self.limiter_reduction_db,
            &mut self.compressor_reduction_db,
        );
        self.processor
            .process(&mut channels, None, &self.settings, |report| {
                note(report, (frames, limited), (deepest.0, deepest.1));
                if told.is_ok() {
                    told = happens(Event::Frame(report));
                }
            });
        told?;
        self.give(happens)
    }

    /// Hands on what of the block is the song's.
    fn give<E>(&mut self, happens: Happens<'_, E>) -> Result<(), E> {
        let length = self.block[0].len();
        let skip = self.to_skip.min(length);
        self.to_skip -= skip;
        let due = usize::try_from(self.taken - self.given).unwrap_or(usize::MAX);
        let part = skip..length.min(skip + due);
        if part.is_empty() {
            return Ok(());
        }
        self.given += part.len() as u64;
        let audio: Vec<&[f32]> = self.block.iter().map(|c| &c[part.clone()]).collect();
        let silence = &self.silence[..part.len()];
        let right = audio.get(1).copied().unwrap_or(silence);
        self.loudness.push([audio[0], right, silence, silence]);
        self.seconds.take(self.loudness.new_segments());
        happens(Event::Audio(&audio))
    }

    /// Gives the rest: what the latency still held back.
    ///
    /// # Errors
    /// Those of `happens`.
    pub fn finish<E>(mut self, happens: Happens<'_, E>) -> Result<Rendered, E> {
        while self.given < self.taken {
            for channel in &mut self.block {
                channel.clear();
                channel.resize(BLOCK, 0.0);
            }
            self.process(happens)?;
        }
        let view = self.view.lock().unwrap_or_else(|held| held.into_inner());
        Ok(Rendered {
            frames: self.given,
            integrated_lufs: self.loudness.input.gated_lufs(),
            second_energies: self.seconds.energies,
            limited: self.limited_frames as f32 / self.frames.max(1) as f32,
            limiter_reduction_db: self.limiter_reduction_db,
            compressor_reduction_db: self.compressor_reduction_db,
            view: view.clone(),
        })
    }
}

/// Keeps the picture, where anybody wants it.
fn draw_into(view: Option<&std::sync::Mutex<View>>, draw: Draw<'_>) -> bool {
    if let Some(view) = view {
        *view.lock().unwrap_or_else(|held| held.into_inner()) = draw().0;
    }
    view.is_some()
}

/// Counts a frame: (frames, those limited), (deepest reductions of limiter and compressor).
fn note(report: &FrameReport, counts: (&mut u64, &mut u64), deepest: (&mut f32, &mut f32)) {
    *counts.0 += 1;
    *counts.1 += u64::from(report.limiter_reduction_db > LIMITED_DB);
    *deepest.0 = deepest.0.max(report.limiter_reduction_db);
    *deepest.1 = deepest.1.max(report.compressor_reduction_db);
}

/// Reduction from which on a frame counts as limited, in dB.
const LIMITED_DB: f32 = 0.1;
const _: () = assert!(BLOCK.is_multiple_of(FRAME));
