//! What crosses between the audio thread and the analysis, and when it takes effect.
//!
//! Time is counted in frames since the last reset. Every [`Timing::hop_frames`] frames the audio
//! end sends a [`Tick`] with the settings of that moment; the audio of the hop has gone ahead of it
//! through a wait-free ring. Every tick gets exactly one [`HopResult`], stamped with the frame at
//! which it takes effect: one hop after its tick, or frame 0 for the tick that starts an epoch. An
//! offline bounce waits for the result that is due, so it is the same bit for bit every time; in
//! real time a late result is taken when it comes. A full ring drops analysis, not audio.
//!
//! On the audio side everything is `try_send` and `try_recv`: no lock, no allocation, no free, and
//! no system call except in an offline bounce, which wakes the analysis and sleeps until it has
//! answered.

mod messages;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::Thread;

use crossbeam_channel::{Receiver, Sender, TryRecvError};
use rtrb::{Consumer, Producer, RingBuffer};

use super::arrivals::{Announcer, Arrivals};
use super::reference::Learning;
use super::timing::{Stream, Timing};
use super::{AnalysisSettings, ReferenceSlot};
use crate::dsp::engine::Engine;
use crate::dsp::eq_design::{Curve, Kernel};
use crate::dsp::{FRAME, Frame};
pub use messages::{Ask, HopResult, Tick};

/// Hops of input and output that fit into the ring: about 0.7 s, far more than the analysis ever lags.
const RING_HOPS: usize = 16;
/// The same of an offline bounce, little enough to stay in the cache: with a sidechain as the third
/// signal there is room for four, and never are there more than two and what comes next.
const RING_HOPS_OFFLINE: usize = 6;
/// Ticks and results that may be under way.
const MESSAGES: usize = 2 * RING_HOPS;
/// Kernels that may be under way back: one of each result, and those of the engine.
const KERNELS: usize = MESSAGES + 16;
/// Links made so far; they spread over the threads.
static LINKS: AtomicUsize = AtomicUsize::new(0);

/// The analysis side of a link.
#[derive(Debug)]
pub struct AnalysisEnd {
    /// Audio, frame by frame: each channel of the input, then each of the output, then, in hops
    /// that say so, each of the sidechain.
    pub audio: Consumer<f32>,
    /// Ticks in order.
    pub ticks: Consumer<Tick>,
    /// Where results go.
    pub results: Sender<HopResult>,
    /// Announces each result, and last of all, when nothing can be sent any more, its own end.
    pub announcer: Announcer,
    /// Kernels to free.
    pub returns: Receiver<Box<Kernel>>,
}

/// The audio side of a link; it keeps the programme's clock.
#[derive(Debug)]
pub struct AudioEnd {
    timing: Timing,
    channels: usize,
    offline: bool,
    wakers: Arc<[Thread]>,
    /// Which of them is woken first.
    preferred: usize,
    audio: Producer<f32>,
    ticks: Producer<Tick>,
    results: Receiver<HopResult>,
    arrivals: Arc<Arrivals>,
    /// How many had arrived when nothing of them was left.
    drained: u32,
    returns: Sender<Box<Kernel>>,
    /// Ticks without a result.
    unanswered: u64,
    epoch: u32,
    /// Frames since the last reset.
    frame: u64,
    /// Of them, those of the hop at hand.
    hop_frame: u64,
    pushed: u64,
    /// Whether the hop at hand goes into the ring.
    recording: bool,
    /// What is being learned in the hop at hand; the sidechain is sent for that.
    learning: Learning,
    reference: ReferenceSlot,
    /// Frames of the hop at hand up to now, if all were silent or bypassed; they are not in the ring.
    silent_frames: u64,
    /// Frame from which on input and output are those after the last jump.
    settled: u64,
    gain_db_sum: f32,
    /// A result whose frame has not come.
    early: Option<HopResult>,
    /// Whether the analysis has ended: nothing will come.
    alone: bool,
}

/// Makes both ends for an activation. An offline audio end waits for its results and wakes `wakers`
/// for that.
pub fn link(
    stream: &Stream,
    wakers: Arc<[Thread]>,
    reference: ReferenceSlot,
) -> (AudioEnd, AnalysisEnd) {
    let timing = Timing::new(stream.sample_rate);
    let channels = stream.channels;
    let ring_hops = if stream.offline {
        RING_HOPS_OFFLINE
    } else {
        RING_HOPS
    };
    let (audio_in, audio_out) = RingBuffer::new(ring_hops * timing.hop_samples * 2 * channels);
    let (ticks_in, ticks_out) = RingBuffer::new(MESSAGES);
    let (results_in, results_out) = crossbeam_channel::bounded(MESSAGES);
    let (returns_in, returns_out) = crossbeam_channel::bounded(KERNELS);
    let arrivals = Arc::new(Arrivals::default());
    let audio_end = AudioEnd {
        timing,
        channels,
        offline: stream.offline,
        preferred: LINKS.fetch_add(1, Ordering::Relaxed) % wakers.len().max(1),
        wakers,
        audio: audio_in,
        ticks: ticks_in,
        results: results_out,
        arrivals: arrivals.clone(),
        drained: 0,
        returns: returns_in,
        unanswered: 0,
        epoch: 0,
        frame: 0,
        hop_frame: 0,
        pushed: 0,
        recording: false,
        learning: Learning::Off,
        reference,
        silent_frames: 0,
        settled: 0,
        gain_db_sum: 0.0,
        early: None,
        alone: false,
    };
    let analysis_end = AnalysisEnd {
        audio: audio_out,
        ticks: ticks_out,
        results: results_in,
        announcer: Announcer::new(arrivals),
        returns: returns_out,
    };
    (audio_end, analysis_end)
}

impl AudioEnd {
    /// Starts a new epoch: the clock goes back to 0 and older results no longer count.
    pub fn reset(&mut self, engine: &mut Engine) {
        self.epoch = self.epoch.wrapping_add(1);
        self.frame = 0;
        self.hop_frame = 0;
        self.settled = 0;
        if let Some(early) = self.early.take() {
            self.take(early, engine);
        }
    }

    /// The frame that is being gathered begins at another place of the programme. Every hop that
    /// holds both, or output of the old one, `latency_frames` later, counts as lost.
    pub fn jump(&mut self, latency_frames: u64) {
        self.settled = self.frame + latency_frames + 1;
        if self.hop_frame > 0 {
            self.recording = false;
        }
    }

    /// Before a frame is processed: sends what is due, and applies what has taken effect.
    pub fn before_frame(&mut self, settings: &AnalysisSettings, engine: &mut Engine) {
        if self.hop_frame == 0 {
            self.tick(settings, engine.curve());
        }
        self.receive(engine);
        while let Some(kernel) = engine.take_retired() {
            // The channel holds every kernel that can exist; should it be gone, the memory is lost
            // but nothing is freed here.
            if let Err(kernel) = self.returns.try_send(kernel) {
                std::mem::forget(kernel);
            }
        }
    }

    /// After a frame was processed: its audio goes to the analysis. A `faulty` frame counts as
    /// silence. Silence is not sent until something else follows, nor is what is bypassed, unless a
    /// reference is being learned. `sidechain` has as many channels, silent where none is connected.
    pub fn after_frame(
        &mut self,
        engine: &Engine,
        sidechain: &[Frame],
        loudness_gain_db: f32,
        faulty: bool,
        bypass: bool,
    ) {
        self.gain_db_sum += loudness_gain_db;
        let all_silent = self.silent_frames == self.hop_frame;
        let is_idle = bypass || faulty || is_silent(engine);
        if all_silent && is_idle && !self.learning.is_on() {
            self.silent_frames += 1;
        } else if self.recording {
            if faulty {
                engine
                    .taps()
                    .iter()
                    .for_each(|_| self.push(&[[0.0; FRAME]]));
            } else {
                self.push(engine.taps());
            }
            if self.learning == Learning::Sidechain {
                self.push(sidechain);
            }
        }
        self.frame += 1;
        self.hop_frame += 1;
        if self.hop_frame == self.timing.hop_frames {
            self.hop_frame = 0;
        }
    }

    /// Writes a frame of some channels into the ring; there was room for the whole hop.
    fn push(&mut self, frames: &[Frame]) {
        let samples = frames.as_flattened();
        if self.audio.push_entire_slice(samples).is_ok() {
            self.pushed += samples.len() as u64;
        }
    }

    /// Signals of the hop at hand: input, output, and the sidechain where it is learned from.
    fn signals(&self) -> usize {
        if self.learning == Learning::Sidechain {
            3
        } else {
            2
        }
    }

    /// Asks for the result of the hop that has just ended, and begins the next one.
    fn tick(&mut self, settings: &AnalysisSettings, playing: Curve) {
        #[allow(clippy::cast_precision_loss)] // a few hundred
        let frames = self.timing.hop_frames as f32;
        let (ask, effect_frame) = if self.frame == 0 {
            (
                Ask::Start {
                    playing,
                    pushed: self.pushed,
                },
                0,
            )
        } else {
            let ask = match (self.recording, self.silent_frames) {
                (false, _) => Ask::Lost,
                (true, silent) if silent == self.timing.hop_frames => Ask::Silent,
                (true, silent_frames) => Ask::Hop {
                    pushed: self.pushed,
                    silent_frames,
                    loudness_gain_db: self.gain_db_sum / frames,
                    has_sidechain: self.learning == Learning::Sidechain,
                },
            };
            (ask, self.frame + self.timing.hop_frames)
        };
        // A full ring means that the analysis is far behind: it will find the gap by itself.
        let sent = self.ticks.push(Tick {
            epoch: self.epoch,
            effect_frame,
            settings: *settings,
            reference: self.reference.edition(),
            ask,
        });
        self.unanswered += u64::from(sent.is_ok());
        self.gain_db_sum = 0.0;
        self.silent_frames = 0;
        self.learning = self.reference.learning();
        let room = self.timing.hop_samples * self.signals() * self.channels;
        self.recording = self.audio.slots() >= room && self.frame >= self.settled;
        // One thread is enough for one session; should it be busy, another will soon look.
        if self.offline
            && let Some(thread) = self.wakers.get(self.preferred)
        {
            thread.unpark();
        }
    }

    /// Applies the results whose frame has come; in an offline bounce waits for the one due now.
    fn receive(&mut self, engine: &mut Engine) {
        let waits = self.offline && self.hop_frame == 0;
        // All are due but that of the hop that has just ended.
        let not_due = u64::from(self.frame > 0);
        loop {
            let seen = self.arrivals.count();
            // Asking costs less than looking.
            if seen != self.drained || self.early.is_some() {
                let is_drained = self.receive_ready(engine);
                self.drained = if is_drained { seen } else { self.drained };
            }
            if !waits || self.alone || self.unanswered <= not_due {
                return;
            }
            self.arrivals.wait(seen);
        }
    }

    /// Applies what has come and is in time; true when nothing is left.
    fn receive_ready(&mut self, engine: &mut Engine) -> bool {
        loop {
            let next = match self.early.take() {
                Some(early) => early,
                None => match self.results.try_recv() {
                    Ok(result) => {
                        self.unanswered = self.unanswered.saturating_sub(1);
                        result
                    }
                    Err(TryRecvError::Empty) => return true,
                    Err(TryRecvError::Disconnected) => {
                        self.alone = true;
                        return true;
                    }
                },
            };
            if next.epoch == self.epoch && next.effect_frame > self.frame {
                self.early = Some(next);
                return false;
            }
            self.take(next, engine);
        }
    }

    /// Applies a result; one of an older epoch only hands over its kernels to be freed.
    fn take(&mut self, result: HopResult, engine: &mut Engine) {
        if result.epoch != self.epoch {
            if let Some(Err(kernel)) = result.kernel.map(|kernel| self.returns.try_send(kernel)) {
                std::mem::forget(kernel);
            }
            return;
        }
        engine.adapt(result.decision.adaptation());
        match result.kernel {
            Some(kernel) if self.frame == 0 => engine.replace(kernel),
            Some(kernel) => engine.load(kernel),
            None => {}
        }
    }
}

/// Whether nothing went in and nothing came out in the last frame.
fn is_silent(engine: &Engine) -> bool {
    engine.taps().as_flattened().iter().all(|x| *x == 0.0)
}
