//! One activation of one instance as the analysis sees it: ticks in, results out.

use super::link::{AnalysisEnd, Ask, HopResult, Tick, Timing};
use super::{AnalysisSettings, Analyst, Decision, Hop, View, curve};
use crate::dsp::FRAME;
use crate::dsp::bands::PerBand;
use crate::dsp::eq_design::{Curve, EqDesigner, Kernel};

/// Gains that differ less than this everywhere, in dB, are the same curve.
const SAME_CURVE_DB: f32 = 0.01;

/// Where a session publishes what it knows, for the panel.
pub type Publish = Box<dyn Fn(&View, &PerBand) + Send>;

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
    /// Curve of the kernel that the engine plays or will play.
    sent: Curve,
    /// Curve of the base kernel that the engine keeps for its next reset.
    base: Option<Curve>,
    /// Samples taken from the ring since activation.
    taken: u64,
    /// De-interleaved hop: input channels, then output channels.
    hop: Vec<Vec<f32>>,
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
    /// The analysis of a stream; `end` belongs to a link of the same rate and channels.
    pub fn new(sample_rate: f64, channels: usize, end: AnalysisEnd, publish: Publish) -> Self {
        let timing = Timing::new(sample_rate);
        Self {
            end,
            timing,
            channels,
            analyst: Analyst::new(sample_rate, channels, timing.hop_samples),
            decision: Decision::neutral(&AnalysisSettings::default()),
            designer: EqDesigner::new(sample_rate),
            publish,
            sent: manual_curve(&AnalysisSettings::default()),
            base: None,
            taken: 0,
            hop: vec![vec![0.0; timing.hop_samples]; 2 * channels],
        }
    }

    /// Answers every tick that waits and frees what came back; true when there was something to do.
    pub fn run(&mut self) -> bool {
        while self.end.returns.try_recv().is_ok() {}
        let mut busy = false;
        while !self.end.results.is_full() {
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
        match tick.ask {
            Ask::Start { playing } => self.start(playing, &tick.settings),
            Ask::Hop {
                pushed,
                loudness_gain_db,
            } => self.hear(pushed, loudness_gain_db, &tick.settings),
            Ask::Lost => self.analyst.skip(),
        }
        let decision = self.decision;
        let manual = manual_curve(&tick.settings);
        let gains: PerBand =
            std::array::from_fn(|band| manual.gains_db[band] + decision.adaptive_db[band]);
        let wanted = Curve {
            gains_db: gains,
            ..manual
        };
        let kernel = self.kernel_if_new(wanted);
        let base = self.base_if_new(manual);
        // There was room, and the only sender is here; a receiver that is gone needs no result.
        let _ = self.end.results.try_send(HopResult {
            epoch: tick.epoch,
            effect_frame: tick.effect_frame,
            decision,
            kernel,
            base,
        });
        self.end.announcer.announce();
        (self.publish)(&self.analyst.view(&tick.settings), &gains);
    }

    /// Forgets the programme. The engine has used up its base kernel for the reset.
    fn start(&mut self, playing: Curve, settings: &AnalysisSettings) {
        self.analyst.reset();
        self.decision = Decision::neutral(settings);
        self.sent = playing;
        self.base = None;
    }

    /// Takes a hop out of the ring and analyses it.
    fn hear(&mut self, pushed: u64, gain_db: f32, settings: &AnalysisSettings) {
        let hop_total = (self.timing.hop_samples * self.hop.len()) as u64;
        // What a reset left of an unfinished hop comes first and is dropped.
        let stale = (pushed - self.taken).saturating_sub(hop_total);
        for _ in 0..stale {
            let _ = self.end.audio.pop();
        }
        let frames = self.timing.hop_samples / FRAME;
        for frame in 0..frames {
            for channel in &mut self.hop {
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
        let channels: Vec<&[f32]> = self.hop.iter().map(Vec::as_slice).collect();
        let (input, output) = channels.split_at(self.channels);
        let hop = Hop {
            input,
            output,
            loudness_gain_db: gain_db,
        };
        self.decision = self.analyst.hop(&hop, settings);
    }

    /// The kernel of a curve, unless the engine has it.
    fn kernel_if_new(&mut self, curve: Curve) -> Option<Box<Kernel>> {
        if same(&curve, &self.sent) {
            return None;
        }
        self.sent = curve;
        Some(Box::new(self.designer.design(curve)))
    }

    /// The base kernel of a curve, unless the engine has it.
    fn base_if_new(&mut self, curve: Curve) -> Option<Box<Kernel>> {
        if self.base.is_some_and(|base| same(&base, &curve)) {
            return None;
        }
        self.base = Some(curve);
        Some(Box::new(self.designer.design(curve)))
    }
}

/// Whether two curves are one to the ear.
fn same(a: &Curve, b: &Curve) -> bool {
    let close = |(a, b): (&f32, &f32)| (a - b).abs() < SAME_CURVE_DB;
    a.phase == b.phase && a.gains_db.iter().zip(&b.gains_db).all(close)
}
