//! One activation of one instance as the analysis sees it: ticks in, results out.

use super::link::{AnalysisEnd, Ask, HopResult, Tick};
use super::reference::Learner;
use super::timing::{Stream, Timing};
use super::{AnalysisSettings, Analyst, Decision, Hop, Knowledge, View, curve};
use crate::dsp::FRAME;
use crate::dsp::bands::PerBand;
use crate::dsp::eq_design::{Curve, EqDesigner, Kernel};

/// Gains that differ less than this everywhere, in dB, are the same curve.
const SAME_CURVE_DB: f32 = 0.01;

/// Silence after which every filter and window but the short-term one is empty, in seconds.
const RINGING_S: f64 = 1.0;
/// Silence after which the picture of the panel is at rest, in seconds.
const SHOWN_S: f64 = 5.0;
/// Time between two notes of what was learned, in seconds.
const KEEP_S: f64 = 1.0;

/// What draws a picture of the analysis, with the applied gain of each band in dB.
pub type Draw<'a> = &'a dyn Fn() -> (View, PerBand);

/// Where a session publishes what it knows, for the panel: called with what draws the picture, and
/// false when nobody wants to see it.
pub type Publish = Box<dyn Fn(Draw<'_>) -> bool + Send>;

/// The analysis of one activation.
pub struct Session {
    end: AnalysisEnd,
    timing: Timing,
    channels: usize,
    analyst: Analyst,
    /// The last decision, which a lost hop does not change.
    decision: Decision,
    designer: EqDesigner,
    publish: Publish,
    knowledge: Knowledge,
    /// Version of the memory that the analyst started from.
    version: u32,
    /// Hops between two notes in the memory; `None` in an offline bounce, which makes none.
    keep_every: Option<u64>,
    /// Hops of silence in a row.
    silent_hops: u64,
    /// Settings of the last picture, if anybody saw it.
    shown: Option<AnalysisSettings>,
    /// Hops heard.
    heard: u64,
    /// Whether the instance has ended the session.
    ended: bool,
    /// Curve of the kernel that the engine plays or will play; `None` asks for another.
    sent: Option<Curve>,
    /// Samples taken from the ring since activation.
    taken: u64,
    /// De-interleaved hop: input channels, then output channels, then sidechain channels.
    hop: Vec<Vec<f32>>,
    /// Edition of the reference that the analyst has.
    edition: u32,
    learner: Learner,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("timing", &self.timing)
            .finish_non_exhaustive()
    }
}

/// The curve of the EQ without adaptation.
pub fn manual_curve(settings: &AnalysisSettings) -> Curve {
    Curve {
        gains_db: std::array::from_fn(|band| {
            settings.manual_db[band] + curve::tilt_db(band, settings.eq_tilt_db_per_oct)
        }),
        phase: settings.eq_phase,
    }
}

impl Session {
    /// The analysis of a stream that goes on from what is known; `end` belongs to a link of the same
    /// stream. `settings` are those of the first decision.
    pub fn new(
        stream: &Stream,
        settings: &AnalysisSettings,
        end: AnalysisEnd,
        knowledge: Knowledge,
        publish: Publish,
    ) -> Self {
        let Stream {
            sample_rate,
            channels,
            offline,
        } = *stream;
        let timing = Timing::new(sample_rate);
        let hop_samples = timing.hop_samples;
        let mut session = Self {
            end,
            timing,
            channels,
            analyst: Analyst::new(sample_rate, channels, timing.hop_samples),
            decision: Decision::neutral(settings),
            designer: EqDesigner::new(sample_rate),
            publish,
            version: 0,
            keep_every: (!offline).then_some(timing.hops(KEEP_S)),
            silent_hops: 0,
            shown: None,
            heard: 0,
            ended: false,
            sent: None,
            taken: 0,
            hop: vec![vec![0.0; hop_samples]; 3 * channels],
            learner: Learner::new(
                knowledge.reference.clone(),
                sample_rate,
                channels,
                hop_samples,
            ),
            edition: knowledge.reference.edition(),
            knowledge,
        };
        session.take_reference(session.edition);
        session.recall(settings);
        session
    }

    /// Gives the analyst the reference in use, which is of this edition or later; the picture at
    /// rest is another one then.
    fn take_reference(&mut self, edition: u32) {
        self.edition = edition;
        self.shown = None;
        self.analyst
            .set_reference(self.knowledge.reference.current());
    }

    /// What the engine is to start with: the first decision and the kernel of its curve.
    pub fn opening(&mut self, settings: &AnalysisSettings) -> (Decision, Box<Kernel>) {
        let curve = self.curve(settings);
        self.sent = Some(curve);
        (self.decision, Box::new(self.designer.design(curve)))
    }

    /// Ends the session: what it has learned is kept, and nothing more comes of it.
    pub fn end(&mut self) {
        self.keep();
        self.ended = true;
    }

    /// Answers every tick that waits and frees what came back; true when there was something to do.
    pub fn run(&mut self) -> bool {
        while self.end.returns.try_recv().is_ok() {}
        self.learner.follow();
        let mut busy = false;
        while !self.ended && !self.end.results.is_full() {
            let Ok(tick) = self.end.ticks.pop() else {
                break;
            };
            self.answer(&tick);
            busy = true;
        }
        busy
    }

    /// Sends the one result of a tick.
    fn answer(&mut self, tick: &Tick) {
        if self.version != self.knowledge.memory.version() {
            self.analyst.relearn();
            self.recall(&tick.settings);
        }
        if tick.reference != self.edition {
            self.take_reference(tick.reference);
        }
        match tick.ask {
            Ask::Start { playing, pushed } => {
                self.drop_until(pushed);
                self.start(playing, &tick.settings);
            }
            Ask::Hop {
                pushed,
                silent_frames,
                loudness_gain_db,
                has_sidechain,
            } => {
                let signals = if has_sidechain { 3 } else { 2 };
                self.receive(pushed, silent_frames, signals);
                self.hear(loudness_gain_db, signals, &tick.settings);
            }
            Ask::Silent => self.silence(&tick.settings),
            Ask::Lost => {
                self.analyst.skip();
                self.learner.gap();
            }
        }
        let wanted = self.curve(&tick.settings);
        let kernel = self.kernel_if_new(wanted);
        // There was room, and the only sender is here; a receiver that is gone needs no result.
        let _ = self.end.results.try_send(HopResult {
            epoch: tick.epoch,
            effect_frame: tick.effect_frame,
            decision: self.decision,
            kernel,
        });
        self.end.announcer.announce();
        self.show(&tick.settings, &wanted);
    }

    /// Publishes the picture, unless it is at rest and known.
    fn show(&mut self, settings: &AnalysisSettings, curve: &Curve) {
        let moves = self.silent_hops <= self.timing.hops(SHOWN_S);
        if moves || self.shown != Some(*settings) {
            let draw = || (self.analyst.view(settings), curve.gains_db);
            self.shown = (self.publish)(&draw).then_some(*settings);
        }
    }

    /// Begins an epoch with what is kept. Only the very curve is the same one here: an epoch is
    /// repeated bit for bit.
    fn start(&mut self, playing: Curve, settings: &AnalysisSettings) {
        self.keep();
        self.analyst.reset();
        self.recall(settings);
        self.sent = Some(playing).filter(|playing| *playing == self.curve(settings));
    }

    /// Goes on from the memory.
    fn recall(&mut self, settings: &AnalysisSettings) {
        let (version, learned) = self.knowledge.memory.recall();
        self.version = version;
        if let Some(learned) = learned {
            self.analyst.resume(&learned, settings);
        }
        self.decision = self.analyst.decide(settings);
    }

    /// Notes what was learned, unless this is an offline bounce.
    fn keep(&mut self) {
        if self.keep_every.is_some()
            && let Some(learned) = self.analyst.learned()
        {
            self.knowledge.memory.keep(self.version, learned);
        }
    }

    /// The curve of the EQ: the user's, moved by the last decision.
    fn curve(&self, settings: &AnalysisSettings) -> Curve {
        let mut curve = manual_curve(settings);
        for (gain, adaptive) in curve.gains_db.iter_mut().zip(&self.decision.adaptive_db) {
            *gain += adaptive;
        }
        curve
    }

    /// Drops what a reset or a jump left of an unfinished hop, up to a sample of the ring.
    fn drop_until(&mut self, sample: u64) {
        let stale = sample.saturating_sub(self.taken);
        let stale = usize::try_from(stale).unwrap_or(usize::MAX);
        let stale = stale.min(self.end.audio.slots());
        if let Ok(chunk) = self.end.audio.read_chunk(stale) {
            chunk.commit_all();
        }
        self.taken = self.taken.max(sample);
    }

    /// Takes a hop of so many signals out of the ring.
    fn receive(&mut self, pushed: u64, silent_frames: u64, signals: usize) {
        self.silent_hops = 0;
        let heard_frames = self.timing.hop_frames - silent_frames;
        let channels = signals * self.channels;
        let hop_total = heard_frames * (FRAME * channels) as u64;
        self.drop_until(pushed.saturating_sub(hop_total));
        let silent_frames = silent_frames as usize;
        for channel in &mut self.hop {
            channel[..silent_frames * FRAME].fill(0.0);
        }
        for frame in silent_frames..self.timing.hop_samples / FRAME {
            for channel in &mut self.hop[..channels] {
                let part = &mut channel[frame * FRAME..(frame + 1) * FRAME];
                if let Ok(chunk) = self.end.audio.read_chunk(FRAME) {
                    let (first, second) = chunk.as_slices();
                    part[..first.len()].copy_from_slice(first);
                    part[first.len()..].copy_from_slice(second);
                    chunk.commit_all();
                }
            }
        }
        self.taken = pushed;
    }

    /// A hop of silence: analysed like any other until nothing rings on, and then no more.
    fn silence(&mut self, settings: &AnalysisSettings) {
        self.silent_hops += 1;
        if self.silent_hops > self.timing.hops(RINGING_S) {
            self.decision = self.analyst.rest(settings);
        } else {
            self.hop.iter_mut().for_each(|channel| channel.fill(0.0));
            self.hear(0.0, 2, settings);
        }
    }

    /// Analyses the hop at hand, of input, output and perhaps the sidechain.
    fn hear(&mut self, gain_db: f32, signals: usize, settings: &AnalysisSettings) {
        let channels: Vec<&[f32]> = self.hop.iter().map(Vec::as_slice).collect();
        let (input, rest) = channels.split_at(self.channels);
        let (output, sidechain) = rest.split_at(self.channels);
        let has_sidechain = signals == 3;
        self.learner.hear(input, has_sidechain.then_some(sidechain));
        let hop = Hop {
            input,
            output,
            loudness_gain_db: gain_db,
        };
        self.decision = self.analyst.hop(&hop, settings);
        self.heard += 1;
        if self
            .keep_every
            .is_some_and(|hops| self.heard.is_multiple_of(hops))
        {
            self.keep();
        }
    }

    /// The kernel of a curve, unless the engine has it.
    fn kernel_if_new(&mut self, curve: Curve) -> Option<Box<Kernel>> {
        if self.sent.is_some_and(|sent| same(&curve, &sent)) {
            return None;
        }
        self.sent = Some(curve);
        Some(Box::new(self.designer.design(curve)))
    }
}

/// Whether two curves are one to the ear.
fn same(a: &Curve, b: &Curve) -> bool {
    let close = |(a, b): (&f32, &f32)| (a - b).abs() < SAME_CURVE_DB;
    a.phase == b.phase && a.gains_db.iter().zip(&b.gains_db).all(close)
}
