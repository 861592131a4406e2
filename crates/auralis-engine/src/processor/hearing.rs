//! Who runs the ear of a processor: the caller itself while a bounce is rendered, the pool's threads in
//! real time.
//!
//! Both are asked the same ticks of the same [clock](HopClock) and answer alike, so that a bounce
//! equals an undisturbed playback. Inline nothing waits and nothing is sent: the answer is there when
//! the hop has ended, and is kept until its frame comes. In real time a late answer is taken when it
//! comes; the audio thread never waits. The mode may change while audio runs: what the pool has been
//! asked is settled first, so that a bounce starts from all that playing has taught.

use std::mem;

use auralis_dsp::chain::Chain;
use auralis_dsp::{FRAME, Frame};

use crate::ear::AnalysisSettings;
use crate::knowledge::Knowledge;
use crate::knowledge::status::EarState;
use crate::link::{AudioEnd, link};
use crate::pool::{Place, Pool};
use crate::session::{Publish, Session};
use crate::tick::Answer;
use crate::timing::{Stream, Timing};

use super::hop_clock::HopClock;

/// Frames between two looks for answers within a hop: what is in time takes effect at the start of
/// one, and what is late is 5 ms later at most.
const LOOK_EVERY: u64 = 4;

/// One frame as the ear needs it.
#[derive(Debug, Clone, Copy)]
pub struct Heard<'a> {
    /// As many channels as the stream has, silent where none is connected.
    pub sidechain: &'a [Frame],
    /// Loudness and makeup gain together, in dB.
    pub loudness_gain_db: f32,
    /// Whether the frame was not sound; it counts as silence.
    pub faulty: bool,
    /// Whether the processor is bypassed.
    pub bypass: bool,
}

/// The ear on the caller, with the hop that is being gathered.
struct Inline {
    session: Session,
    /// A vector a channel: input, output, sidechain.
    hop: Vec<Vec<f32>>,
}

/// The ear on the pool's threads.
struct Pooled {
    audio_end: AudioEnd,
    place: Place,
}

/// The ear of a processor.
pub struct Hearing {
    stream: Stream,
    clock: HopClock,
    knowledge: Knowledge,
    publish: Publish,
    inline: Option<Inline>,
    /// `None` for a stream that starts offline, or when the system gave no thread.
    pooled: Option<Pooled>,
    /// An answer whose frame has not come.
    waiting: Option<Answer>,
}

impl std::fmt::Debug for Hearing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hearing")
            .field("stream", &self.stream)
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}

impl Hearing {
    /// The ear of a stream, and the chain that it starts with.
    pub fn new(
        stream: Stream,
        settings: &AnalysisSettings,
        knowledge: Knowledge,
        publish: Publish,
    ) -> (Self, Chain) {
        let mut session = Session::new(&stream, settings, knowledge.clone(), publish.clone());
        let (adaptive, kernel) = session.opening(settings);
        let mut chain = Chain::new(stream.sample_rate, stream.channels, kernel);
        chain.adapt(&adaptive);
        knowledge.status.set(EarState::Well);
        let mut hearing = Self {
            stream,
            clock: HopClock::new(Timing::new(stream.sample_rate)),
            knowledge,
            publish,
            inline: None,
            pooled: None,
            waiting: None,
        };
        if stream.offline {
            hearing.inline = Some(Inline::new(&stream, session));
        } else {
            hearing.pooled = hearing.join_pool(session);
        }
        (hearing, chain)
    }

    /// Hands a session to the pool.
    fn join_pool(&self, session: Session) -> Option<Pooled> {
        let Ok(pool) = Pool::get() else {
            self.knowledge.status.set(EarState::NoThread);
            return None;
        };
        let (audio_end, linked) = link(&self.stream, session);
        let place = pool.add(linked);
        Some(Pooled { audio_end, place })
    }

    /// Whether the caller runs the ear.
    pub fn is_offline(&self) -> bool {
        self.stream.offline
    }

    /// Changes who runs the ear; a [`reset`](Self::reset) must follow. Going offline allocates and
    /// may wait for the pool: the caller renders a bounce then. Going back does neither.
    pub fn set_offline(&mut self, offline: bool, settings: &AnalysisSettings) {
        self.stream.offline = offline;
        if !offline {
            return;
        }
        if let Some(pooled) = &self.pooled {
            pooled.place.settle();
        }
        let (knowledge, publish) = (self.knowledge.clone(), self.publish.clone());
        let session = Session::new(&self.stream, settings, knowledge, publish);
        self.inline = Some(Inline::new(&self.stream, session));
    }

    /// Starts a new epoch: the clock goes back to 0 and older answers no longer count.
    pub fn reset(&mut self) {
        self.clock.reset();
        if let Some(kernel) = self.waiting.take().and_then(|waiting| waiting.kernel) {
            self.give_back(kernel);
        }
    }

    /// The frame that is being gathered begins at another place of the programme; its output comes
    /// `latency_frames` later.
    pub fn jump(&mut self, latency_frames: u64) {
        self.clock.jump(latency_frames);
    }

    /// Before a frame is processed, which began at `place` of the host's transport, in samples: asks what is
    /// due, and applies what has taken effect.
    pub fn before_frame(
        &mut self,
        place: Option<i64>,
        settings: &AnalysisSettings,
        chain: &mut Chain,
    ) {
        let hop_frame = self.clock.hop_frame();
        if hop_frame.is_multiple_of(LOOK_EVERY) {
            self.receive(chain);
        }
        if hop_frame == 0 {
            self.tick(place, settings, chain);
            self.receive(chain);
        }
        while let Some(kernel) = chain.take_retired() {
            self.give_back(kernel);
        }
    }

    /// After a frame was processed: its audio goes to the ear.
    pub fn after_frame(&mut self, chain: &Chain, heard: &Heard<'_>) {
        let is_silent = chain.taps().as_flattened().iter().all(|x| *x == 0.0);
        let is_idle = heard.bypass || heard.faulty || is_silent;
        let hop_frame = self.clock.hop_frame();
        let is_heard = self.clock.note_frame(heard.loudness_gain_db, is_idle);
        let sidechain = (self.clock.signals() == 3).then_some(heard.sidechain);
        if self.stream.offline {
            if let Some(inline) = &mut self.inline {
                let taps = (is_heard && !heard.faulty).then(|| chain.taps());
                inline.gather(hop_frame as usize, taps, sidechain.filter(|_| is_heard));
            }
        } else if is_heard && let Some(Pooled { audio_end, .. }) = &mut self.pooled {
            if heard.faulty {
                let silence = [[0.0; FRAME]];
                chain.taps().iter().for_each(|_| audio_end.push(&silence));
            } else {
                audio_end.push(chain.taps());
            }
            sidechain.iter().for_each(|frames| audio_end.push(frames));
        }
        self.clock.advance();
    }

    /// Asks about the hop that has just ended, and begins the next one.
    fn tick(&mut self, place: Option<i64>, settings: &AnalysisSettings, chain: &Chain) {
        let reference = &self.knowledge.reference;
        let tick = self.clock.tick(settings, chain.curve(), reference);
        let silent_frames = self.clock.silent_frames();
        let source = reference.source();
        if self.stream.offline {
            let inline = self.inline.as_mut();
            self.waiting = inline.and_then(|inline| inline.session.answer(&tick, &inline.hop));
            self.clock.begin_hop(place, source, |_| true);
        } else if let Some(Pooled { audio_end, .. }) = &mut self.pooled {
            audio_end.send(tick, silent_frames);
            let channels = self.stream.channels;
            let hop_samples = Timing::new(self.stream.sample_rate).hop_samples;
            let has_room = |signals| audio_end.has_room(hop_samples * signals * channels);
            self.clock.begin_hop(place, source, has_room);
        }
    }

    /// Applies what has come and is in time.
    fn receive(&mut self, chain: &mut Chain) {
        while let Some(answer) = self.next_answer() {
            if answer.epoch != self.clock.epoch() {
                answer.kernel.into_iter().for_each(|k| self.give_back(k));
            } else if answer.effect_frame > self.clock.frame() {
                self.waiting = Some(answer);
                return;
            } else {
                self.apply(answer, chain);
            }
        }
    }

    fn next_answer(&mut self) -> Option<Answer> {
        if let Some(waiting) = self.waiting.take() {
            return Some(waiting);
        }
        let pooled = self.pooled.as_mut().filter(|_| !self.stream.offline)?;
        pooled.audio_end.receive()
    }

    fn apply(&self, answer: Answer, chain: &mut Chain) {
        chain.adapt(&answer.adaptive);
        match answer.kernel {
            Some(kernel) if self.clock.frame() == 0 => chain.replace(kernel),
            Some(kernel) => chain.load(kernel),
            None => {}
        }
    }

    /// Has a kernel freed: elsewhere in real time, here where the caller may.
    fn give_back(&mut self, kernel: Box<auralis_dsp::eq::design::Kernel>) {
        if self.stream.offline {
            drop(kernel);
        } else if let Some(pooled) = &mut self.pooled {
            pooled.audio_end.give_back(kernel);
        } else {
            mem::forget(kernel);
        }
    }
}

impl Inline {
    fn new(stream: &Stream, session: Session) -> Self {
        let hop_samples = Timing::new(stream.sample_rate).hop_samples;
        Self {
            session,
            hop: vec![vec![0.0; hop_samples]; 3 * stream.channels],
        }
    }

    /// Writes a frame of the hop at hand: what the chain heard, and what of the sidechain is captured;
    /// silence where there is nothing.
    fn gather(&mut self, frame: usize, taps: Option<&[Frame]>, sidechain: Option<&[Frame]>) {
        let part = frame * FRAME..(frame + 1) * FRAME;
        let signals = self.hop.len() / 3 * 2;
        let frames = taps.unwrap_or_default().iter().map(Some);
        let frames = frames.chain(std::iter::repeat(None)).take(signals);
        let sidechain = sidechain.unwrap_or_default().iter().map(Some);
        for (channel, frame) in self.hop.iter_mut().zip(frames.chain(sidechain)) {
            match frame {
                Some(frame) => channel[part.clone()].copy_from_slice(frame),
                None => channel[part.clone()].fill(0.0),
            }
        }
    }
}
