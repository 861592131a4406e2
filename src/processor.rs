//! The engine and its analysis as one thing that takes audio in blocks of any length.
//!
//! Used by the plug-in and by the command line. Blocks are gathered into frames; the output is the
//! same bit for bit however the host cuts its blocks, because everything happens on the frame grid.

use std::ops::Range;

use crate::analysis::link::{AudioEnd, link};
use crate::analysis::pool::{Place, Pool};
use crate::analysis::session::{Publish, Session};
pub use crate::analysis::timing::Stream;
use crate::analysis::{AnalysisSettings, Knowledge};
use crate::dsp::engine::{Engine, FrameReport, Settings};
use crate::dsp::instruction_set::InstructionSet;
use crate::dsp::{FRAME, Frame, MAX_CHANNELS};

/// Everything the user set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProcessorSettings {
    /// What the audio thread needs.
    pub engine: Settings,
    /// What the analysis needs.
    pub analysis: AnalysisSettings,
}

/// Engine, analysis and the FIFO in front of them.
#[derive(Debug)]
pub struct Processor {
    engine: Engine,
    audio_end: AudioEnd,
    /// `None` when the system gave no thread: everything works but adaptation.
    place: Option<Place>,
    /// Samples gathered of the frame at hand.
    gathered: usize,
    /// The frame at hand, and the one before it, processed, that is played meanwhile.
    frames: [[Frame; MAX_CHANNELS]; 2],
    /// Which of them is gathered.
    filling: usize,
    sidechain: [Frame; MAX_CHANNELS],
    /// Samples from here on until all of the sidechain's frame is silent, while there is none.
    sidechain_left: usize,
    channels: usize,
}

impl Processor {
    /// A processor that has from the first frame on what `settings` and `knowledge` ask for.
    /// `publish` is called on an analysis thread with what it knows, about 20 times a second.
    pub fn new(
        stream: Stream,
        settings: &ProcessorSettings,
        knowledge: Knowledge,
        publish: Publish,
    ) -> Self {
        let channels = stream.channels.clamp(1, MAX_CHANNELS);
        let stream = Stream { channels, ..stream };
        let pool = Pool::get().ok();
        let wakers = pool
            .as_ref()
            .map_or_else(|| [].into(), |pool| pool.wakers());
        let (audio_end, analysis_end) = link(&stream, wakers, knowledge.reference.clone());
        let analysis = &settings.analysis;
        let mut session = Session::new(&stream, analysis, analysis_end, knowledge, publish);
        let (decision, kernel) = session.opening(analysis);
        let mut engine = Engine::new(stream.sample_rate, channels, kernel);
        engine.adapt(decision.adaptation());
        Self {
            engine,
            audio_end,
            place: pool.map(|pool| pool.add(session)),
            gathered: 0,
            frames: [[[0.0; FRAME]; MAX_CHANNELS]; 2],
            filling: 0,
            sidechain: [[0.0; FRAME]; MAX_CHANNELS],
            sidechain_left: 0,
            channels,
        }
    }

    /// Makes the vectorised engine use these instructions instead of the best ones.
    pub fn use_instruction_set(&mut self, set: InstructionSet) {
        self.engine.use_instruction_set(set);
    }

    /// Says whether the host renders offline from here on.
    pub fn set_offline(&mut self, _offline: bool) {}

    /// Whether the analysis runs; false when the system gave no thread for it.
    pub fn is_adaptive(&self) -> bool {
        self.place.is_some()
    }

    /// Latency in samples, constant but for the EQ's phase.
    pub fn latency_samples(&self) -> usize {
        FRAME + self.engine.latency_samples()
    }

    /// Samples after the end of the input until the output has faded, beyond the latency.
    pub fn tail_samples(&self) -> usize {
        self.engine.tail_samples()
    }

    /// Forgets what was heard and starts the programme's clock anew. In real time what was learned
    /// goes on; an offline bounce begins each time with what its memory held.
    pub fn reset(&mut self) {
        self.gathered = 0;
        self.frames = [[[0.0; FRAME]; MAX_CHANNELS]; 2];
        self.sidechain = [[0.0; FRAME]; MAX_CHANNELS];
        self.sidechain_left = 0;
        self.engine.reset();
        self.audio_end.reset(&mut self.engine);
    }

    /// The next sample comes from another place of the programme than the last: the analysis hears
    /// both, but nothing across them. The sound goes on.
    pub fn jump(&mut self) {
        let latency_frames = self.latency_samples().div_ceil(FRAME);
        self.audio_end.jump(latency_frames as u64);
    }

    /// Processes a block in place: one slice a channel, all of one length. `sidechain` is used when
    /// it has as many channels and samples. `report` is called after every frame.
    pub fn process(
        &mut self,
        audio: &mut [&mut [f32]],
        sidechain: Option<&[&mut [f32]]>,
        settings: &ProcessorSettings,
        mut report: impl FnMut(&FrameReport),
    ) {
        let channels = self.channels.min(audio.len());
        let len = audio.iter().map(|channel| channel.len()).min().unwrap_or(0);
        let sidechain = sidechain.filter(|sidechain| {
            sidechain.len() >= channels && sidechain.iter().all(|channel| channel.len() >= len)
        });
        let mut done = 0;
        while done < len {
            let now = (len - done).min(FRAME - self.gathered);
            let gathered = self.gathered..self.gathered + now;
            let [first, second] = &mut self.frames;
            let (input, output) = if self.filling == 0 {
                (first, second)
            } else {
                (second, first)
            };
            for (index, channel) in audio.iter_mut().enumerate().take(channels) {
                let block = &mut channel[done..done + now];
                input[index][gathered.clone()].copy_from_slice(block);
                block.copy_from_slice(&output[index][gathered.clone()]);
            }
            for missing in &mut input[channels..self.channels] {
                missing[gathered.clone()].fill(0.0);
            }
            self.gather_sidechain(sidechain, done..done + now);
            self.gathered += now;
            done += now;
            if self.gathered == FRAME {
                self.gathered = 0;
                report(&self.frame(sidechain.is_some(), settings));
            }
        }
    }

    /// Gathers a part of the sidechain's block as the audio's, silence where there is none.
    fn gather_sidechain(&mut self, sidechain: Option<&[&mut [f32]]>, part: Range<usize>) {
        let gathered = self.gathered..self.gathered + part.len();
        let frames = self.sidechain.iter_mut().take(self.channels);
        match sidechain {
            Some(sidechain) => {
                for (frame, channel) in frames.zip(sidechain) {
                    frame[gathered.clone()].copy_from_slice(&channel[part.clone()]);
                }
                self.sidechain_left = FRAME;
            }
            None if self.sidechain_left > 0 => {
                frames.for_each(|frame| frame[gathered.clone()].fill(0.0));
                self.sidechain_left = self.sidechain_left.saturating_sub(part.len());
            }
            None => {}
        }
    }

    /// Processes the gathered frame.
    fn frame(&mut self, has_sidechain: bool, settings: &ProcessorSettings) -> FrameReport {
        self.audio_end
            .before_frame(&settings.analysis, &mut self.engine);
        // The detector hears the sidechain only where the host connected one: a missing one must
        // not switch the compressor off.
        let external = has_sidechain && settings.engine.sidechain_external;
        let sidechain = &mut self.sidechain[..self.channels];
        let audio = &mut self.frames[self.filling][..self.channels];
        let hears = external.then_some(&mut *sidechain);
        let report = self.engine.process(audio, hears, &settings.engine);
        self.filling = 1 - self.filling;
        let bypass = settings.engine.monitor.bypass;
        let gain_db = report.loudness_gain_db + report.makeup_gain_db;
        self.audio_end
            .after_frame(&self.engine, sidechain, gain_db, report.faulty, bypass);
        report
    }
}
