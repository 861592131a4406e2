//! The programme's own clock on the audio side: when a hop ends, and what is to be said about it.
//!
//! Time is counted in frames since the last reset. Every [`Timing::hop_frames`] frames a [`Tick`] is
//! due, with the settings of that moment; its answer takes effect one hop later, or at frame 0 for
//! the tick that starts an epoch. So what is decided does not depend on who runs the ear, nor on when
//! it answers.

use auralis_dsp::eq::design::Curve;

use crate::ear::AnalysisSettings;
use crate::reference::ReferenceSlot;
use crate::reference::slot::CaptureSource;
use crate::tick::{Ask, Tick};
use crate::timing::Timing;

/// Counts frames and hops.
#[derive(Debug)]
pub struct HopClock {
    timing: Timing,
    epoch: u32,
    /// Frames since the last reset.
    frame: u64,
    /// Of them, those of the hop at hand.
    hop_frame: u64,
    /// Frame from which on input and output are those after the last jump.
    settled: u64,
    /// Whether the transport has jumped since the last tick.
    jumped: bool,
    /// Where in the host's transport the hop at hand began, in samples, if the host tells.
    place: Option<i64>,
    /// Whether the hop at hand can be heard as a whole.
    recording: bool,
    /// What a reference is captured from in the hop at hand; the sidechain is heard for that.
    source: CaptureSource,
    /// Frames of the hop at hand up to now, if all were silent or bypassed.
    silent_frames: u64,
    gain_db_sum: f32,
}

impl HopClock {
    /// A clock at frame 0.
    pub fn new(timing: Timing) -> Self {
        Self {
            timing,
            epoch: 0,
            frame: 0,
            hop_frame: 0,
            settled: 0,
            jumped: false,
            place: None,
            recording: false,
            source: CaptureSource::Off,
            silent_frames: 0,
            gain_db_sum: 0.0,
        }
    }

    /// Starts a new epoch at frame 0: answers to older ones no longer count.
    pub fn reset(&mut self) {
        self.epoch = self.epoch.wrapping_add(1);
        self.frame = 0;
        self.hop_frame = 0;
        self.settled = 0;
        self.jumped = false;
    }

    /// The frame that is being gathered begins at another place of the programme. Every hop that
    /// holds both, or output of the old one, `latency_frames` later, counts as lost.
    pub fn jump(&mut self, latency_frames: u64) {
        self.settled = self.frame + latency_frames + 1;
        self.jumped = true;
        if self.hop_frame > 0 {
            self.recording = false;
        }
    }

    /// The epoch at hand.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Frames since the last reset.
    pub fn frame(&self) -> u64 {
        self.frame
    }

    /// Of them, those of the hop at hand.
    pub fn hop_frame(&self) -> u64 {
        self.hop_frame
    }

    /// Frames at the start of the hop at hand that were silent and need not be heard.
    pub fn silent_frames(&self) -> u64 {
        self.silent_frames
    }

    /// Signals of the hop at hand: input, output, and the sidechain where it is captured.
    pub fn signals(&self) -> usize {
        if self.source == CaptureSource::Sidechain {
            3
        } else {
            2
        }
    }

    /// What is to be said of the hop that has just ended.
    pub fn tick(
        &self,
        settings: &AnalysisSettings,
        playing: Curve,
        reference: &ReferenceSlot,
    ) -> Tick {
        let (ask, effect_frame) = if self.frame == 0 {
            (Ask::Start { playing }, 0)
        } else {
            (self.hop_ask(), self.frame + self.timing.hop_frames)
        };
        Tick {
            epoch: self.epoch,
            effect_frame,
            settings: *settings,
            place: self.place,
            jumped: self.jumped,
            reference: reference.edition(),
            ask,
        }
    }

    fn hop_ask(&self) -> Ask {
        #[allow(clippy::cast_precision_loss)] // a few hundred
        let frames = self.timing.hop_frames as f32;
        if !self.recording {
            Ask::Lost
        } else if self.silent_frames == self.timing.hop_frames {
            Ask::Silent
        } else {
            Ask::Hop {
                loudness_gain_db: self.gain_db_sum / frames,
                has_sidechain: self.source == CaptureSource::Sidechain,
            }
        }
    }

    /// Begins the next hop at a place of the host's transport, in samples, in which a reference is captured
    /// from `source`. `has_room` says whether
    /// its audio, of that many [signals](Self::signals), can be kept until it ends.
    pub fn begin_hop(
        &mut self,
        place: Option<i64>,
        source: CaptureSource,
        has_room: impl FnOnce(usize) -> bool,
    ) {
        self.place = place;
        self.jumped = false;
        self.gain_db_sum = 0.0;
        self.silent_frames = 0;
        self.source = source;
        self.recording = has_room(self.signals()) && self.frame >= self.settled;
    }

    /// Notes a frame that was played with this gain; true when its audio is to be heard. Idle frames
    /// at the start of a hop, silent or bypassed, are not, unless a reference is being captured.
    pub fn note_frame(&mut self, loudness_gain_db: f32, is_idle: bool) -> bool {
        self.gain_db_sum += loudness_gain_db;
        let all_silent = self.silent_frames == self.hop_frame;
        if all_silent && is_idle && !self.source.is_on() {
            self.silent_frames += 1;
            return false;
        }
        self.recording
    }

    /// Goes on to the next frame.
    pub fn advance(&mut self) {
        self.frame += 1;
        self.hop_frame += 1;
        if self.hop_frame == self.timing.hop_frames {
            self.hop_frame = 0;
        }
    }
}
