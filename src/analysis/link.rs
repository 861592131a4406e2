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

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::thread::Thread;

use crossbeam_channel::{Receiver, Sender, TryRecvError};
use rtrb::{Consumer, Producer, RingBuffer};

use super::{AnalysisSettings, Decision};
use crate::dsp::engine::{Adaptation, Engine};
use crate::dsp::eq_design::{Curve, Kernel};
use crate::dsp::{FRAME, Frame, scaled_to_rate};

/// Hops of audio that fit into the ring: about 0.7 s, far more than the analysis ever lags.
const RING_HOPS: usize = 16;
/// The same of an offline bounce, which is never more than two ahead: little enough to stay in the
/// cache.
const RING_HOPS_OFFLINE: usize = 4;
/// Ticks and results that may be under way.
const MESSAGES: usize = 2 * RING_HOPS;
/// Kernels that may be under way back: two of each result, and those of the engine.
const KERNELS: usize = 2 * MESSAGES + 16;
/// Links made so far; they spread over the threads.
static LINKS: AtomicUsize = AtomicUsize::new(0);

/// The grid of the analysis at one sample rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Frames of a hop, and of the delay between a tick and its effect.
    pub hop_frames: u64,
    /// Samples of a hop of one channel.
    pub hop_samples: usize,
}

impl Timing {
    /// 2048 samples (43 ms) at 44.1 and 48 kHz, as long at other rates.
    pub fn new(sample_rate: f64) -> Self {
        let hop_samples = scaled_to_rate(2048, sample_rate);
        Self {
            hop_frames: (hop_samples / FRAME) as u64,
            hop_samples,
        }
    }
}

/// What a tick asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Ask {
    /// A new epoch begins: forget everything; kernels for the settings are due at frame 0.
    Start {
        /// Curve of the kernel that the engine plays.
        playing: Curve,
    },
    /// A hop of audio is complete.
    Hop {
        /// Samples pushed into the ring up to the end of the hop, all channels, since activation.
        pushed: u64,
        /// Mean loudness gain over the hop, in dB.
        loudness_gain_db: f32,
    },
    /// A hop of audio was lost.
    Lost,
}

/// One message to the analysis.
#[derive(Debug, Clone, Copy)]
pub struct Tick {
    /// Resets since activation.
    pub epoch: u32,
    /// Frame at which the result takes effect.
    pub effect_frame: u64,
    /// Settings at the tick.
    pub settings: AnalysisSettings,
    /// What is asked.
    pub ask: Ask,
}

/// One message from the analysis.
#[derive(Debug)]
pub struct HopResult {
    /// The tick's.
    pub epoch: u32,
    /// The tick's.
    pub effect_frame: u64,
    /// What the analysis decided.
    pub decision: Decision,
    /// The EQ's kernel, if it is another than the last one sent.
    pub kernel: Option<Box<Kernel>>,
    /// The kernel without adaptation, if the engine needs it for the next reset.
    pub base: Option<Box<Kernel>>,
}

/// The analysis side of a link.
#[derive(Debug)]
pub struct AnalysisEnd {
    /// Audio, frame by frame: each channel of the input, then each of the output.
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

/// Counts what comes from the analysis; whoever waits for it sleeps meanwhile.
#[derive(Debug, Default)]
struct Arrivals {
    count: AtomicU32,
    /// Whether somebody sleeps.
    awaited: AtomicBool,
}

impl Arrivals {
    /// Sleeps until there is more than was `seen`; it may also return for no reason.
    fn wait(&self, seen: u32) {
        self.awaited.store(true, Ordering::SeqCst);
        atomic_wait::wait(&self.count, seen);
        self.awaited.store(false, Ordering::SeqCst);
    }
}

/// The analysis side of [`Arrivals`].
#[derive(Debug)]
pub struct Announcer(Arc<Arrivals>);

impl Announcer {
    /// Says that a result was sent.
    pub fn announce(&self) {
        self.0.count.fetch_add(1, Ordering::SeqCst);
        if self.0.awaited.load(Ordering::SeqCst) {
            atomic_wait::wake_one(&self.0.count);
        }
    }
}

impl Drop for Announcer {
    fn drop(&mut self) {
        self.announce();
    }
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
    returns: Sender<Box<Kernel>>,
    /// Ticks without a result.
    unanswered: u64,
    epoch: u32,
    /// Frames since the last reset.
    frame: u64,
    pushed: u64,
    /// Whether the hop at hand goes into the ring.
    recording: bool,
    gain_db_sum: f32,
    /// A result whose frame has not come.
    early: Option<HopResult>,
    /// Whether the analysis has ended: nothing will come.
    alone: bool,
}

/// Makes both ends for an activation. An `offline` audio end waits for its results and wakes
/// `wakers` for that.
pub fn link(
    sample_rate: f64,
    channels: usize,
    offline: bool,
    wakers: Arc<[Thread]>,
) -> (AudioEnd, AnalysisEnd) {
    let timing = Timing::new(sample_rate);
    let ring_hops = if offline {
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
        offline,
        preferred: LINKS.fetch_add(1, Ordering::Relaxed) % wakers.len().max(1),
        wakers,
        audio: audio_in,
        ticks: ticks_in,
        results: results_out,
        arrivals: arrivals.clone(),
        returns: returns_in,
        unanswered: 0,
        epoch: 0,
        frame: 0,
        pushed: 0,
        recording: false,
        gain_db_sum: 0.0,
        early: None,
        alone: false,
    };
    let analysis_end = AnalysisEnd {
        audio: audio_out,
        ticks: ticks_out,
        results: results_in,
        announcer: Announcer(arrivals),
        returns: returns_out,
    };
    (audio_end, analysis_end)
}

impl AudioEnd {
    /// Starts a new epoch: the clock goes back to 0 and older results no longer count.
    pub fn reset(&mut self, engine: &mut Engine) {
        self.epoch = self.epoch.wrapping_add(1);
        self.frame = 0;
        if let Some(early) = self.early.take() {
            self.take(early, engine);
        }
    }

    /// Before a frame is processed: sends what is due, and applies what has taken effect.
    pub fn before_frame(&mut self, settings: &AnalysisSettings, engine: &mut Engine) {
        if self.frame.is_multiple_of(self.timing.hop_frames) {
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
    /// silence.
    pub fn after_frame(&mut self, engine: &Engine, loudness_gain_db: f32, faulty: bool) {
        self.gain_db_sum += loudness_gain_db;
        if self.recording {
            for frame in engine.tap_input().iter().chain(engine.tap_output()) {
                self.push(if faulty { &[0.0; FRAME] } else { frame });
            }
        }
        self.frame += 1;
    }

    /// Writes one frame of one channel into the ring; there was room for the whole hop.
    fn push(&mut self, frame: &Frame) {
        if self.audio.push_entire_slice(frame).is_ok() {
            self.pushed += FRAME as u64;
        }
    }

    /// Asks for the result of the hop that has just ended, and begins the next one.
    fn tick(&mut self, settings: &AnalysisSettings, playing: Curve) {
        #[allow(clippy::cast_precision_loss)] // a few hundred
        let frames = self.timing.hop_frames as f32;
        let (ask, effect_frame) = if self.frame == 0 {
            (Ask::Start { playing }, 0)
        } else if self.recording {
            let loudness_gain_db = self.gain_db_sum / frames;
            let pushed = self.pushed;
            (
                Ask::Hop {
                    pushed,
                    loudness_gain_db,
                },
                self.frame + self.timing.hop_frames,
            )
        } else {
            (Ask::Lost, self.frame + self.timing.hop_frames)
        };
        // A full ring means that the analysis is far behind: it will find the gap by itself.
        let sent = self.ticks.push(Tick {
            epoch: self.epoch,
            effect_frame,
            settings: *settings,
            ask,
        });
        self.unanswered += u64::from(sent.is_ok());
        self.gain_db_sum = 0.0;
        self.recording = self.audio.slots() >= self.timing.hop_samples * 2 * self.channels;
        // One thread is enough for one session; should it be busy, another will soon look.
        if self.offline
            && let Some(thread) = self.wakers.get(self.preferred)
        {
            thread.unpark();
        }
    }

    /// Applies the results whose frame has come; in an offline bounce waits for the one due now.
    fn receive(&mut self, engine: &mut Engine) {
        let waits = self.offline && self.frame.is_multiple_of(self.timing.hop_frames);
        // All are due but that of the hop that has just ended.
        let not_due = u64::from(self.frame > 0);
        loop {
            let seen = self.arrivals.count.load(Ordering::SeqCst);
            self.receive_ready(engine);
            if !waits || self.alone || self.unanswered <= not_due {
                return;
            }
            self.arrivals.wait(seen);
        }
    }

    /// Applies what has come and is in time.
    fn receive_ready(&mut self, engine: &mut Engine) {
        loop {
            let next = match self.early.take() {
                Some(early) => early,
                None => match self.results.try_recv() {
                    Ok(result) => {
                        self.unanswered = self.unanswered.saturating_sub(1);
                        result
                    }
                    Err(TryRecvError::Empty) => return,
                    Err(TryRecvError::Disconnected) => {
                        self.alone = true;
                        return;
                    }
                },
            };
            if next.epoch == self.epoch && next.effect_frame > self.frame {
                self.early = Some(next);
                return;
            }
            self.take(next, engine);
        }
    }

    /// Applies a result; one of an older epoch only hands over its kernels to be freed.
    fn take(&mut self, result: HopResult, engine: &mut Engine) {
        if result.epoch != self.epoch {
            for kernel in [result.kernel, result.base].into_iter().flatten() {
                if let Err(kernel) = self.returns.try_send(kernel) {
                    std::mem::forget(kernel);
                }
            }
            return;
        }
        engine.adapt(Adaptation {
            threshold_offset_db: result.decision.threshold_offset_db,
            ratio: Some(result.decision.ratio),
            loudness_gain_db: result.decision.loudness_gain_db,
            matched_gain_db: result.decision.matched_gain_db,
        });
        if let Some(base) = result.base {
            engine.set_base(base);
        }
        if let Some(kernel) = result.kernel {
            engine.load(kernel);
        }
    }
}
