//! The chain and its ear as one thing that takes audio in blocks of any length.
//!
//! Used by the plug-in and by the command line. Blocks are gathered into frames; the output is the
//! same bit for bit however the host cuts its blocks, because everything happens on the frame grid.
//!
//! In real time nothing here allocates, frees, locks, waits or calls the system. Offline the caller
//! runs the ear too, which does allocate.

mod hearing;
mod hop_clock;

use std::ops::Range;

use auralis_dsp::chain::{Chain, ChainSettings, FrameReport};
use auralis_dsp::simd::instruction_set::InstructionSet;
use auralis_dsp::{FRAME, Frame, MAX_CHANNELS};

use crate::ear::AnalysisSettings;
use crate::knowledge::Knowledge;
use crate::reference::playback::PlaybackEnd;
use crate::session::Publish;
use crate::timing::Stream;
use hearing::{Heard, Hearing};

/// Everything the user set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProcessorSettings {
    /// What the audio thread needs.
    pub chain: ChainSettings,
    /// What the analysis needs.
    pub analysis: AnalysisSettings,
}

/// Chain, ear and the FIFO in front of them.
#[derive(Debug)]
pub struct Processor {
    chain: Chain,
    hearing: Hearing,
    playback: PlaybackEnd,
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
    /// Whether nothing but silence has come since the last reset.
    untouched: bool,
    /// Where in the host's transport the next sample is, if the host tells.
    place: Option<i64>,
}

impl Processor {
    /// A processor that has from the first frame on what `settings` and `knowledge` ask for.
    /// `publish` is called with what the ear knows, about 20 times a second of audio, by whoever runs
    /// the ear: a thread of the [pool](crate::pool), or the caller for a stream that starts offline.
    pub fn new(
        stream: Stream,
        settings: &ProcessorSettings,
        knowledge: Knowledge,
        publish: Publish,
    ) -> Self {
        let channels = stream.channels.clamp(1, MAX_CHANNELS);
        let stream = Stream { channels, ..stream };
        let playback = knowledge.playback.open(&stream);
        let (hearing, chain) = Hearing::new(stream, &settings.analysis, knowledge, publish);
        Self {
            chain,
            hearing,
            playback,
            gathered: 0,
            frames: [[[0.0; FRAME]; MAX_CHANNELS]; 2],
            filling: 0,
            sidechain: [[0.0; FRAME]; MAX_CHANNELS],
            sidechain_left: 0,
            channels,
            untouched: true,
            place: None,
        }
    }

    /// Makes the vectorised engine use these instructions instead of the best ones.
    pub fn use_instruction_set(&mut self, set: InstructionSet) {
        self.chain.use_instruction_set(set);
    }

    /// Tells whether a bounce is being rendered: then the caller runs the ear. A change starts the
    /// programme's clock anew and ends the playing of a reference. A stream that started offline has no ear for real time: nothing adapts
    /// there.
    ///
    /// In real time this neither allocates nor waits; going offline it does both.
    pub fn set_offline(&mut self, offline: bool, settings: &ProcessorSettings) {
        if offline != self.hearing.is_offline() {
            self.hearing.set_offline(offline, &settings.analysis);
            self.playback.end();
            self.reset();
        }
    }

    /// Whether the caller runs the ear.
    pub fn is_offline(&self) -> bool {
        self.hearing.is_offline()
    }

    /// Latency in samples, constant but for the EQ's phase.
    pub fn latency_samples(&self) -> usize {
        FRAME + self.chain.latency_samples()
    }

    /// Samples after the end of the input until the output has faded, beyond the latency.
    pub fn tail_samples(&self) -> usize {
        self.chain.tail_samples()
    }

    /// Forgets what was heard and starts the programme's clock anew. What was learned goes on; an
    /// offline bounce begins each time with what the memory holds.
    pub fn reset(&mut self) {
        self.untouched = true;
        self.gathered = 0;
        self.frames = [[[0.0; FRAME]; MAX_CHANNELS]; 2];
        self.sidechain = [[0.0; FRAME]; MAX_CHANNELS];
        self.sidechain_left = 0;
        self.chain.reset();
        self.hearing.reset();
    }

    /// The next sample comes from another place of the programme than the last: the analysis hears
    /// both, but nothing across them. The sound goes on.
    pub fn jump(&mut self) {
        let latency_frames = self.latency_samples().div_ceil(FRAME);
        self.hearing.jump(latency_frames as u64);
    }

    /// The next block begins at this sample of the host's transport, or nowhere that is known. What is
    /// learned of a song is kept by its place.
    pub fn set_place(&mut self, place: Option<i64>) {
        self.place = place;
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
        let mut done = self.leading_silence(audio, sidechain, len, settings);
        for channel in audio.iter_mut().take(channels) {
            channel[..done].fill(0.0);
        }
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
                let began = done as i64 - FRAME as i64;
                let place = self.place.map(|place| place.saturating_add(began));
                report(&self.frame(place, sidechain.is_some(), settings));
            }
        }
        self.place = self.place.map(|place| place.saturating_add(len as i64));
    }

    /// Samples of the block that a bounce does not begin with yet: hosts render silence first, now more
    /// and now less of it, and the grid of frames and hops begins with the first sound. A change of
    /// phase begins it too, so that its latency is told. The output of silence is silence.
    fn leading_silence(
        &mut self,
        audio: &[&mut [f32]],
        sidechain: Option<&[&mut [f32]]>,
        len: usize,
        settings: &ProcessorSettings,
    ) -> usize {
        let has_phase = settings.analysis.eq_phase == self.chain.curve().phase;
        if !self.untouched || !self.is_offline() || !has_phase {
            self.untouched = false;
            return 0;
        }
        // Hosts leave what they like in a sidechain that nobody listens to.
        let sidechain = sidechain.filter(|_| settings.chain.sidechain_external);
        let channels = audio.iter().chain(sidechain.unwrap_or_default());
        let first_sounds = channels.map(|c| c[..len].iter().position(|x| *x != 0.0));
        let first_sound = first_sounds.flatten().min();
        self.untouched = first_sound.is_none();
        first_sound.unwrap_or(len)
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

    /// Processes the gathered frame, which began at `place`.
    fn frame(
        &mut self,
        place: Option<i64>,
        has_sidechain: bool,
        settings: &ProcessorSettings,
    ) -> FrameReport {
        self.hearing
            .before_frame(place, &settings.analysis, &mut self.chain);
        // The detector hears the sidechain only where the host connected one: a missing one must
        // not switch the compressor off.
        let external = has_sidechain && settings.chain.sidechain_external;
        let sidechain = &mut self.sidechain[..self.channels];
        let audio = &mut self.frames[self.filling][..self.channels];
        let hears = external.then_some(&mut *sidechain);
        let mut report = self.chain.process(audio, hears, &settings.chain);
        if !self.hearing.is_offline()
            && let Some(peaks) = self.playback.process(audio)
        {
            report.output_peak = peaks;
        }
        self.filling = 1 - self.filling;
        let heard = Heard {
            sidechain,
            loudness_gain_db: report.adaptive.loudness_gain_db + report.adaptive.makeup_gain_db,
            faulty: report.faulty,
            bypass: settings.chain.monitor.bypass,
        };
        self.hearing.after_frame(&self.chain, &heard);
        report
    }
}
