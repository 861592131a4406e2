//! Which song is on, and what of it was heard before.
//!
//! In `Learn` what was learned belongs to its song. A session may meet several: one after another on a
//! timeline, or another clip at the next start. Those that are not on are put aside, and taken up again
//! when they come back.

use crate::ear::learned::Learned;
use crate::ear::recognition::{Evidence, Recognition, Verdict};
use crate::ear::timeline::{CellMeter, Timeline, cell_of_clock, cell_of_transport};
use crate::knowledge::memory::MOST_OTHERS;
use auralis_dsp::bands::BANDS;

/// Programme of a song that must be known before anything is compared with it, in seconds.
const KNOWN_S: f32 = 5.0;
/// Of what is heard again, one hop in so many is learned: a mix that was worked on is learned in a few
/// passes, and one pass over the same moves nothing.
const AGAIN_EVERY: u64 = 8;

/// One hop, as recognition needs it.
#[derive(Debug, Clone, Copy)]
pub struct Heard<'a> {
    /// Whether it passed the gate, which the programme so far moves.
    pub listening: bool,
    /// Whether it is no silence, whatever was before: places are counted from the first such hop, which is
    /// the same one in every pass.
    pub sounding: bool,
    /// K-weighted mean square of the input.
    pub energy: f64,
    /// Loudness of the input over 400 ms, in LUFS.
    pub momentary_lufs: f32,
    /// Powers of its window, if there is one.
    pub band_power: Option<&'a [f64; BANDS]>,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Turn {
    /// Nothing: the song goes on, or it is not clear yet.
    None,
    /// Another song has begun, of which nothing is known.
    New,
    /// One that was put aside has come back.
    Back(Box<Learned>),
}

/// Follows which song is on.
#[derive(Debug, Clone)]
pub struct Programme {
    hop_s: f64,
    sample_rate: f64,
    /// Of the song at hand.
    timeline: Timeline,
    cells: CellMeter,
    recognition: Recognition,
    /// The song at hand when the question came up.
    asked_about: Option<Box<Learned>>,
    /// Time since the first sound of a pass, in seconds; where the host tells no place, places are
    /// counted by it.
    clock_s: f64,
    /// The same as if the song went on after a pause.
    clock_before_s: f64,
    has_begun: bool,
    others: Vec<Learned>,
    hops: u64,
}

impl Programme {
    /// Nothing known, hops of `hop_s` seconds at `sample_rate` Hz.
    pub fn new(hop_s: f64, sample_rate: f64) -> Self {
        Self {
            hop_s,
            sample_rate,
            timeline: Timeline::default(),
            cells: CellMeter::default(),
            recognition: Recognition::new(hop_s),
            asked_about: None,
            clock_s: 0.0,
            clock_before_s: 0.0,
            has_begun: false,
            others: Vec::new(),
            hops: 0,
        }
    }

    /// Takes up what is known: the song at hand and those put aside.
    /// A pass under way goes on where it is.
    pub fn recall(&mut self, song: Option<&Learned>, others: Vec<Learned>) {
        self.timeline = song.map_or_else(Timeline::default, |song| song.timeline.clone());
        self.others = others;
        self.ask(None, false);
        self.cells.gap();
    }

    /// Where in the song it was learned.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// Songs put aside, the last one first.
    pub fn others(&self) -> &[Learned] {
        &self.others
    }

    /// A pass starts. `song`: what is known of the song at hand.
    pub fn start(&mut self, song: Option<Learned>) {
        *self = Self {
            timeline: std::mem::take(&mut self.timeline),
            others: std::mem::take(&mut self.others),
            ..Self::new(self.hop_s, self.sample_rate)
        };
        self.ask(song, false);
    }

    /// The transport has jumped.
    pub fn jump(&mut self, song: Option<Learned>) {
        self.cells.gap();
        self.ask(song, false);
    }

    /// A hop goes by that nothing is learned from: it was lost, or the mode is another.
    pub fn pass_by(&mut self, sounding: bool) {
        self.has_begun |= sounding;
        if self.has_begun {
            self.clock_s += self.hop_s;
            self.clock_before_s += self.hop_s;
        }
        self.cells.gap();
    }

    fn ask(&mut self, song: Option<Learned>, may_go_on: bool) {
        let known = song.filter(|song| song.heard_s >= KNOWN_S);
        self.recognition.close();
        if known.is_some() {
            self.recognition.ask(may_go_on);
        }
        self.asked_about = known.map(Box::new);
    }

    /// The cell of a hop that begins at this sample of the host's transport, if it tells.
    fn cell(&self, place: Option<i64>) -> i32 {
        match place {
            Some(samples) => cell_of_transport(samples, self.sample_rate),
            None => cell_of_clock(self.clock_s),
        }
    }

    /// Whether the hop that begins at this place is not to be learned from, as far as places tell.
    pub fn is_again(&self, place: Option<i64>) -> bool {
        let thinned =
            self.timeline.knows(self.cell(place)) && !self.hops.is_multiple_of(AGAIN_EVERY);
        self.recognition.is_open() || thinned
    }

    /// Whether a silence has ended that another song may follow.
    pub fn is_after_silence(&self) -> bool {
        self.has_begun && !self.recognition.is_open() && self.recognition.is_after_silence()
    }

    /// Sound after a silence. Where no transport tells the place, the song may start anew.
    pub fn wake(&mut self, song: Option<Learned>, place: Option<i64>) {
        self.ask(song, place.is_none());
        self.cells.gap();
        if place.is_none() {
            self.clock_before_s = self.clock_s;
            self.clock_s = 0.0;
        }
    }

    /// Takes a hop that was heard at this place, and says what is to be done.
    pub fn hear(&mut self, place: Option<i64>, heard: &Heard<'_>) -> Turn {
        self.hops += 1;
        let cell = self.cell(place);
        self.has_begun |= heard.sounding;
        if !self.has_begun {
            return Turn::None;
        }
        let over = self
            .cells
            .push(cell, self.hop_s, heard.energy, heard.band_power);
        self.clock_s += self.hop_s;
        self.clock_before_s += self.hop_s;
        if heard.sounding {
            self.recognition.sound();
        } else {
            self.recognition.silence();
        }
        let answer = match &self.asked_about {
            Some(song) if heard.listening => self.recognition.hear(
                heard.energy,
                heard.momentary_lufs,
                heard.band_power,
                (cell, over),
                song,
            ),
            _ => None,
        };
        match answer {
            Some((verdict, evidence)) => self.turn(verdict, &evidence, place),
            None => {
                if let Some((place, cell)) = over.filter(|_| !self.recognition.is_open()) {
                    self.timeline.note(place, cell);
                }
                Turn::None
            }
        }
    }

    /// What an answer means.
    fn turn(&mut self, verdict: Verdict, evidence: &Evidence, place: Option<i64>) -> Turn {
        let song = self.asked_about.take();
        match verdict {
            Verdict::Same => Turn::None,
            Verdict::GoesOn => {
                self.clock_s = self.clock_before_s;
                self.cells.gap();
                Turn::None
            }
            Verdict::Other => {
                if place.is_none() {
                    self.clock_s = evidence.heard_s();
                    self.cells.gap();
                }
                self.put_aside(song);
                let mut others = self.others.iter();
                match others.position(|song| evidence.fits(song)) {
                    Some(index) => self.take_up(index),
                    None => {
                        self.timeline = Timeline::default();
                        Turn::New
                    }
                }
            }
        }
    }

    /// Whether a song put aside was learned at this place, where the one at hand was not: that one is on.
    pub fn is_others_place(&self, place: Option<i64>) -> bool {
        let cell = self.cell(place);
        place.is_some() && !self.timeline.knows(cell) && self.others_at(cell).is_some()
    }

    /// Goes over to the song of this place; `song` is what is known of the one at hand.
    pub fn go_to_place(&mut self, place: Option<i64>, song: Option<Learned>) -> Turn {
        let Some(index) = self.others_at(self.cell(place)) else {
            return Turn::None;
        };
        let back = self.others.remove(index);
        self.put_aside(song.map(Box::new));
        self.timeline = back.timeline.clone();
        self.cells.gap();
        self.ask(Some(back.clone()), false);
        Turn::Back(Box::new(back))
    }

    fn others_at(&self, cell: i32) -> Option<usize> {
        let mut others = self.others.iter();
        others.position(|song| song.timeline.knows(cell))
    }

    /// Keeps a song for when it comes back, if enough is known of it.
    fn put_aside(&mut self, song: Option<Box<Learned>>) {
        if let Some(song) = song.filter(|song| song.heard_s >= KNOWN_S) {
            self.others.insert(0, *song);
            self.others.truncate(MOST_OTHERS);
        }
    }

    fn take_up(&mut self, index: usize) -> Turn {
        let song = self.others.remove(index);
        self.timeline = song.timeline.clone();
        Turn::Back(Box::new(song))
    }
}
