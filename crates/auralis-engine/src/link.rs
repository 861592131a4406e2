//! What carries taps and ticks from the audio thread to an ear on other threads, and answers back.
//!
//! The audio of a hop goes through a wait-free ring, ahead of the tick that ends it; a full ring drops
//! analysis, not audio. On the audio side everything is `push`, `try_send` and `try_recv`: no lock, no
//! allocation, no free, no system call, and nothing waits. Kernels that are no longer needed travel
//! back to be freed here.

use crossbeam_channel::{Receiver, Sender};
use rtrb::{Consumer, Producer, RingBuffer};

use auralis_dsp::eq::design::Kernel;
use auralis_dsp::{FRAME, Frame};

use crate::session::Session;
use crate::tick::{Answer, Ask, Tick};
use crate::timing::{Stream, Timing};

/// Hops of input and output that fit into the ring: about 0.7 s, far more than the analysis ever lags.
const RING_HOPS: usize = 16;
/// Ticks and answers that may be under way.
const MESSAGES: usize = 2 * RING_HOPS;
/// Kernels that may be under way back: one of each answer, and those of the chain.
const KERNELS: usize = MESSAGES + 16;

/// A tick, and where its audio is in the ring.
#[derive(Debug, Clone, Copy)]
struct Sent {
    tick: Tick,
    /// Samples pushed into the ring up to the tick, all channels, since activation.
    pushed: u64,
    /// Frames at the start of the hop that were silent and are not in the ring.
    silent_frames: u64,
}

/// The audio side of a link.
#[derive(Debug)]
pub struct AudioEnd {
    audio: Producer<f32>,
    ticks: Producer<Sent>,
    answers: Receiver<Answer>,
    returns: Sender<Box<Kernel>>,
    pushed: u64,
}

/// The other side of a link, with the session that answers there.
#[derive(Debug)]
pub struct LinkedSession {
    session: Session,
    timing: Timing,
    channels: usize,
    /// Audio, frame by frame: each channel of the input, then each of the output, then, in hops
    /// that say so, each of the sidechain.
    audio: Consumer<f32>,
    ticks: Consumer<Sent>,
    answers: Sender<Answer>,
    returns: Receiver<Box<Kernel>>,
    /// Samples taken from the ring since activation.
    taken: u64,
    /// The hop at hand, a vector a channel.
    hop: Vec<Vec<f32>>,
}

/// Links the audio thread to a session of the same stream.
pub fn link(stream: &Stream, session: Session) -> (AudioEnd, LinkedSession) {
    let timing = Timing::new(stream.sample_rate);
    let channels = stream.channels;
    let (audio_in, audio_out) = RingBuffer::new(RING_HOPS * timing.hop_samples * 2 * channels);
    let (ticks_in, ticks_out) = RingBuffer::new(MESSAGES);
    let (answers_in, answers_out) = crossbeam_channel::bounded(MESSAGES);
    let (returns_in, returns_out) = crossbeam_channel::bounded(KERNELS);
    let audio_end = AudioEnd {
        audio: audio_in,
        ticks: ticks_in,
        answers: answers_out,
        returns: returns_in,
        pushed: 0,
    };
    let linked = LinkedSession {
        session,
        timing,
        channels,
        audio: audio_out,
        ticks: ticks_out,
        answers: answers_in,
        returns: returns_out,
        taken: 0,
        hop: vec![vec![0.0; timing.hop_samples]; 3 * channels],
    };
    (audio_end, linked)
}

impl AudioEnd {
    /// Whether so many samples fit into the ring.
    pub fn has_room(&self, samples: usize) -> bool {
        self.audio.slots() >= samples
    }

    /// Writes a frame of some channels into the ring, where there was room for the whole hop.
    pub fn push(&mut self, frames: &[Frame]) {
        let samples = frames.as_flattened();
        if self.audio.push_entire_slice(samples).is_ok() {
            self.pushed += samples.len() as u64;
        }
    }

    /// Sends a tick, whose hop began with so many silent frames. Where there is no room the analysis
    /// is far behind: it finds the gap by itself.
    pub fn send(&mut self, tick: Tick, silent_frames: u64) {
        let _ = self.ticks.push(Sent {
            tick,
            pushed: self.pushed,
            silent_frames,
        });
    }

    /// The next answer that has come.
    pub fn receive(&mut self) -> Option<Answer> {
        self.answers.try_recv().ok()
    }

    /// Sends a kernel back to be freed. The channel holds every kernel that can exist; should it be
    /// gone, the memory is lost but nothing is freed here.
    pub fn give_back(&mut self, kernel: Box<Kernel>) {
        if let Err(kernel) = self.returns.try_send(kernel) {
            std::mem::forget(kernel);
        }
    }
}

impl LinkedSession {
    /// Answers every tick that waits and frees what came back; true when there was something to do.
    pub fn run(&mut self) -> bool {
        while self.returns.try_recv().is_ok() {}
        self.session.follow_capture();
        let mut busy = false;
        while !self.session.has_ended() && !self.answers.is_full() {
            let Ok(sent) = self.ticks.pop() else {
                break;
            };
            self.take_audio(&sent);
            if let Some(answer) = self.session.answer(&sent.tick, &self.hop) {
                // There was room; a receiver that is gone needs no answer.
                let _ = self.answers.try_send(answer);
            }
            busy = true;
        }
        busy
    }

    /// Answers what waits, and has what was learned noted.
    pub fn settle(&mut self) {
        self.run();
        self.session.keep();
    }

    /// Ends the session, after what still waits.
    pub fn end(&mut self) {
        self.run();
        self.session.end();
    }

    /// Whether the session answers no more.
    pub fn has_ended(&self) -> bool {
        self.session.has_ended()
    }

    /// Takes the audio of a tick out of the ring.
    fn take_audio(&mut self, sent: &Sent) {
        match sent.tick.ask {
            Ask::Start { .. } => self.drop_until(sent.pushed),
            Ask::Hop { has_sidechain, .. } => {
                let signals = if has_sidechain { 3 } else { 2 };
                self.take_hop(sent, signals * self.channels);
            }
            Ask::Silent | Ask::Lost => {}
        }
    }

    /// Drops what a reset or a jump left of an unfinished hop, up to a sample of the ring.
    fn drop_until(&mut self, sample: u64) {
        let stale = sample.saturating_sub(self.taken);
        let stale = usize::try_from(stale).unwrap_or(usize::MAX);
        let stale = stale.min(self.audio.slots());
        if let Ok(chunk) = self.audio.read_chunk(stale) {
            chunk.commit_all();
        }
        self.taken = self.taken.max(sample);
    }

    /// Takes a hop of so many channels out of the ring.
    fn take_hop(&mut self, sent: &Sent, channels: usize) {
        let heard_frames = self.timing.hop_frames.saturating_sub(sent.silent_frames);
        let hop_total = heard_frames * (FRAME * channels) as u64;
        self.drop_until(sent.pushed.saturating_sub(hop_total));
        let frames = self.timing.hop_samples / FRAME;
        let silent_frames = frames - (heard_frames as usize).min(frames);
        for channel in &mut self.hop {
            channel[..silent_frames * FRAME].fill(0.0);
        }
        for frame in silent_frames..frames {
            for channel in &mut self.hop[..channels] {
                let part = &mut channel[frame * FRAME..(frame + 1) * FRAME];
                if let Ok(chunk) = self.audio.read_chunk(FRAME) {
                    let (first, second) = chunk.as_slices();
                    part[..first.len()].copy_from_slice(first);
                    part[first.len()..].copy_from_slice(second);
                    chunk.commit_all();
                }
            }
        }
        self.taken = sent.pushed;
    }
}
