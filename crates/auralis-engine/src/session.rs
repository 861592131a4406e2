//! The ear of one activation of one instance: ticks in, answers out, on whatever thread asks.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use auralis_dsp::bands::PerBand;
use auralis_dsp::chain::Adaptive;
use auralis_dsp::eq::design::{Curve, EqDesigner, Kernel};

use crate::ear::decide::tilt;
use crate::ear::desk::Desk;
use crate::ear::{AdaptMode, AnalysisSettings, Analyst, Hop, View};
use crate::knowledge::Knowledge;
use crate::knowledge::status::EarState;
use crate::reference::recorder::Recorder;
use crate::tick::{Answer, Ask, Tick};
use crate::timing::{Stream, Timing};

mod programme;
mod songs;

use programme::Programme;

/// Gains that differ less than this everywhere, in dB, are the same curve.
const SAME_CURVE_DB: f32 = 0.01;
/// Silence after which every filter and window but the short-term one is empty, in seconds.
const RINGING_S: f64 = 1.0;
/// Silence after which the picture of the panel is at rest, in seconds.
const SHOWN_S: f64 = 5.0;
/// Time between two notes of what was learned, in seconds.
const KEEP_S: f64 = 1.0;

/// What draws a picture of the ear, with the curve that the EQ is to play.
pub type Draw<'a> = &'a dyn Fn() -> (View, Curve);

/// Where a session publishes what it knows, for the panel: called with what draws the picture, and
/// false when nobody wants to see it.
pub type Publish = Arc<dyn Fn(Draw<'_>) -> bool + Send + Sync>;

/// The ear of one activation.
pub struct Session {
    timing: Timing,
    sample_rate: f64,
    channels: usize,
    mode: AdaptMode,
    analyst: Analyst,
    /// Which song is on.
    programme: Programme,
    /// The last decision, which a lost hop does not change.
    adaptive: Adaptive,
    designer: EqDesigner,
    publish: Publish,
    desk: Desk,
    knowledge: Knowledge,
    /// Version of the memory that the analyst started from.
    version: u32,
    /// Hops of programme between two notes in the memory; `None` in an offline bounce, which makes
    /// none.
    keep_every: Option<u64>,
    /// Hops of programme heard since the last note.
    unkept: u64,
    /// Hops of silence in a row.
    silent_hops: u64,
    silence: Vec<f32>,
    /// Settings of the last picture, if anybody saw it.
    shown: Option<AnalysisSettings>,
    /// Whether the session is over; it answers no more.
    ended: bool,
    /// Curve of the kernel that the chain plays or will play; `None` asks for another.
    sent: Option<Curve>,
    /// Edition of the reference that the analyst has.
    edition: u32,
    recorder: Recorder,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("timing", &self.timing)
            .finish_non_exhaustive()
    }
}

/// A side that differs by less than this, in dB, is not worth filters of its own.
const LEAST_SIDE_DB: f32 = 0.1;

/// The curve of the EQ without adaptation.
pub fn manual_curve(settings: &AnalysisSettings) -> Curve {
    let gains_db: PerBand = std::array::from_fn(|band| {
        settings.manual_db[band] + tilt::tilt_db(band, settings.eq_tilt_db_per_oct)
    });
    Curve::new(gains_db, settings.eq_phase)
}

/// Adds gains in dB to those of a curve.
fn add<const N: usize>(gains_db: &mut [f32; N], more_db: &[f32; N]) {
    for (gain, more) in gains_db.iter_mut().zip(more_db) {
        *gain += more;
    }
}

impl Session {
    /// The ear of a stream that goes on from what is known. `settings` are those of the first
    /// decision. One of an offline stream only reads the memory, so that every bounce starts alike.
    pub fn new(
        stream: &Stream,
        settings: &AnalysisSettings,
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
            timing,
            sample_rate,
            channels,
            mode: settings.mode,
            analyst: Analyst::new(settings.mode, sample_rate, channels, hop_samples),
            programme: Programme::new(timing.hop_s, sample_rate),
            adaptive: Adaptive::NEUTRAL,
            designer: EqDesigner::new(sample_rate),
            publish,
            version: 0,
            keep_every: (!offline).then_some(timing.hops(KEEP_S)),
            unkept: 0,
            silent_hops: 0,
            silence: vec![0.0; hop_samples],
            shown: None,
            ended: false,
            sent: None,
            recorder: Recorder::new(
                knowledge.reference.clone(),
                sample_rate,
                channels,
                hop_samples,
            ),
            edition: knowledge.reference.edition(),
            desk: Desk::new(knowledge.desk.clone(), sample_rate, hop_samples),
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

    /// What the chain is to start with: the first decision and the kernel of its curve.
    pub fn opening(&mut self, settings: &AnalysisSettings) -> (Adaptive, Box<Kernel>) {
        let curve = self.curve(settings);
        self.sent = Some(curve);
        (self.adaptive, Box::new(self.designer.design(curve)))
    }

    /// Ends the session: what it has learned is kept, and nothing more comes of it.
    pub fn end(&mut self) {
        if !self.ended {
            self.keep();
        }
        self.ended = true;
    }

    /// Whether it answers no more.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Starts or ends the capture of a reference as the panel asks, between ticks too.
    pub fn follow_capture(&mut self) {
        self.recorder.follow();
    }

    /// The one answer to a tick. A hop of audio is in `hop`: the channels of the input, then of the
    /// output, then, where the tick says so, of the sidechain.
    ///
    /// `None` when the session is over. An analysis that panics ends it, which the panel tells.
    pub fn answer(&mut self, tick: &Tick, hop: &[Vec<f32>]) -> Option<Answer> {
        if self.ended {
            return None;
        }
        let answer = catch_unwind(AssertUnwindSafe(|| self.hear_tick(tick, hop)));
        if answer.is_err() {
            self.ended = true;
            self.knowledge.status.set(EarState::Failed);
        }
        answer.ok()
    }

    fn hear_tick(&mut self, tick: &Tick, hop: &[Vec<f32>]) -> Answer {
        self.recorder.follow();
        if self.version != self.knowledge.memory.version() {
            self.analyst.relearn();
            self.recall(&tick.settings);
        }
        if tick.reference != self.edition {
            self.take_reference(tick.reference);
        }
        self.follow_mode(&tick.settings);
        if tick.jumped && self.learns() {
            let song = self.song();
            self.programme.jump(song);
        }
        match tick.ask {
            Ask::Start { playing } => self.start(playing, &tick.settings),
            Ask::Hop {
                loudness_gain_db,
                has_sidechain,
            } => {
                self.silent_hops = 0;
                let signals = if has_sidechain { 3 } else { 2 };
                let channels: Vec<&[f32]> = hop.iter().map(Vec::as_slice).collect();
                let channels = &channels[..signals * self.channels];
                self.hear(channels, loudness_gain_db, tick.place, &tick.settings);
            }
            Ask::Silent => self.hear_silence(tick.place, &tick.settings),
            Ask::Lost => {
                self.analyst.skip();
                self.programme.pass_by(false);
                self.recorder.gap();
            }
        }
        let wanted = self.curve(&tick.settings);
        let kernel = self.kernel_if_new(wanted);
        self.show(&tick.settings, &wanted);
        Answer {
            epoch: tick.epoch,
            effect_frame: tick.effect_frame,
            adaptive: self.adaptive,
            kernel,
        }
    }

    /// Publishes the picture, unless it is at rest and known.
    fn show(&mut self, settings: &AnalysisSettings, curve: &Curve) {
        let moves = self.silent_hops <= self.timing.hops(SHOWN_S);
        if moves || self.shown != Some(*settings) {
            let draw = || {
                let mut view = self.analyst.view(settings);
                view.desk = self.desk.reading();
                (view, *curve)
            };
            self.shown = (self.publish)(&draw).then_some(*settings);
        }
    }

    /// Begins an epoch with what is kept. Only the very curve is the same one here: an epoch is
    /// repeated bit for bit.
    fn start(&mut self, playing: Curve, settings: &AnalysisSettings) {
        self.keep();
        self.analyst.reset();
        self.recall(settings);
        let song = self.song();
        self.programme.start(song);
        self.sent = Some(playing).filter(|playing| *playing == self.curve(settings));
    }

    /// The curve of the EQ: the user's, moved by the last decision.
    fn curve(&self, settings: &AnalysisSettings) -> Curve {
        let mut curve = manual_curve(settings);
        let [both_db, side_db] = [&self.adaptive.eq_db, &self.adaptive.eq_side_db];
        add(&mut curve.gains.bands_db, both_db);
        add(&mut curve.gains.low_db, &self.adaptive.eq_low_db);
        if self.channels == 2 && side_db.iter().any(|db| db.abs() >= LEAST_SIDE_DB) {
            let mut side = curve.gains;
            add(&mut side.bands_db, side_db);
            curve.side = Some(side);
        }
        curve
    }

    /// A hop of silence: analysed like any other until nothing rings on, and then no more.
    fn hear_silence(&mut self, place: Option<i64>, settings: &AnalysisSettings) {
        self.silent_hops += 1;
        if self.silent_hops > self.timing.hops(RINGING_S) {
            self.adaptive = self.analyst.rest(settings);
            self.attend(place, None, settings);
        } else {
            let silence = std::mem::take(&mut self.silence);
            let channels = vec![silence.as_slice(); 2 * self.channels];
            self.hear(&channels, 0.0, place, settings);
            self.silence = silence;
        }
    }

    /// Analyses a hop of input, output and perhaps the sidechain.
    fn hear(
        &mut self,
        channels: &[&[f32]],
        loudness_gain_db: f32,
        place: Option<i64>,
        settings: &AnalysisSettings,
    ) {
        let (input, rest) = channels.split_at(self.channels);
        let (output, sidechain) = rest.split_at(self.channels);
        self.recorder
            .hear(input, (!sidechain.is_empty()).then_some(sidechain));
        if self.mode == AdaptMode::Hold && self.keep_every.is_none() && self.shown.is_none() {
            // A bounce that nobody looks at needs no ear to stand still.
            self.adaptive = self.analyst.stand(settings);
            return;
        }
        if self.learns() && self.programme.is_others_place(place) {
            let song = self.song();
            let turn = self.programme.go_to_place(place, song);
            self.take_turn(turn, settings);
        }
        let hop = Hop {
            input,
            output,
            loudness_gain_db,
            again: self.learns() && self.programme.is_again(place),
        };
        let measures = self.analyst.measure(&hop);
        let before = self.adaptive;
        self.adaptive = self.analyst.hop(&hop, &measures, settings);
        self.desk
            .hear(input, output, self.analyst.output_segments());
        let moves = before != self.adaptive;
        self.attend(place, Some(&measures), settings);
        if self.learns() {
            let listening = u64::from(self.analyst.is_listening());
            self.unkept = self.unkept.saturating_add(listening);
        } else if moves {
            // The user has asked for something else of what is held.
            self.unkept = u64::MAX;
        }
        if self.keep_every.is_some_and(|hops| self.unkept >= hops) {
            self.keep();
        }
    }

    /// The kernel of a curve, unless the chain has it.
    fn kernel_if_new(&mut self, curve: Curve) -> Option<Box<Kernel>> {
        if (self.sent).is_some_and(|sent| curve.is_within(SAME_CURVE_DB, &sent)) {
            return None;
        }
        self.sent = Some(curve);
        Some(Box::new(self.designer.design(curve)))
    }
}
