//! Is this the song that is known? Asked wherever another one may begin: at a start, after a jump of the
//! transport, after a silence.
//!
//! The surest witness is the [timeline](super::timeline): the same loudness and balance at the same places is the
//! same song, another one is not. Where the place is new, a song is another one that is far louder or
//! far softer than anything known, or of another spectrum. Until that is clear the decisions stand
//! still and nothing is learned; a programme far louder than any part of the song needs no second
//! look.

use crate::ear::learned::Learned;
use crate::ear::meters::gated_mean::energy_to_lufs;
use crate::ear::timeline::Cell;
use auralis_dsp::bands::{BANDS, PerBand};
use auralis_dsp::basics::decibel::power_to_db;

/// Silence after which another song may begin, in seconds.
const SILENCE_S: f64 = 1.5;
/// Cells of the timeline that decide.
const CELLS: usize = 2;
/// Mean difference over them up to which it is the same song, in LU: a mix that was worked on is.
const SAME_LU: f32 = 2.5;
/// Difference at which one cell is enough, in LU.
const OTHER_LU: f32 = 8.0;
/// Programme after which level and spectrum decide, where the place is new, in seconds.
const NEW_PLACE_S: f64 = 4.0;
/// Farthest above the loudest 3 s and below the softest that a song goes on, in LU.
const BEYOND_LU: [f32; 2] = [4.0, 8.0];
/// Programme this far above the loudest 3 s is another song at once, in LU.
const FAR_LOUDER_LU: f32 = 6.0;
/// Farthest that the spectrum of a part lies from its song's, in dB (RMS over bands 2 to 23, level-free): a
/// cautious bound, for a solo is far from its song too, and taking it for another song costs more.
const SPECTRUM_DB: f32 = 10.0;
/// A part that is this soft tells nothing, in LUFS.
const FLOOR_LUFS: f32 = -60.0;

/// What has become clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is the song, and at the place that was assumed.
    Same,
    /// It is the song, which goes on after a pause: not, as was assumed, from its start.
    GoesOn,
    /// Another one has begun.
    Other,
}

/// The loudest that was heard of a song, in LUFS.
fn loudest_lufs(song: &Learned) -> Option<f32> {
    song.loudness.loudest_lufs.or(song.loudness.input_lufs)
}

/// What was heard since the question came up.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    heard_s: f64,
    energy: f64,
    band_power: [f64; BANDS],
    cells: Vec<(i32, Cell)>,
    /// Whether the song was heard before where the last hop is.
    is_known_place: bool,
}

impl Evidence {
    fn new() -> Self {
        Self {
            heard_s: 0.0,
            energy: 0.0,
            band_power: [0.0; BANDS],
            cells: Vec::new(),
            is_known_place: false,
        }
    }

    fn lufs(&self) -> f32 {
        #[allow(clippy::cast_possible_truncation)] // a level
        let lufs = energy_to_lufs(self.energy / self.heard_s.max(1e-9)) as f32;
        lufs
    }

    /// Distance of the spectra, free of level, in dB.
    fn distance_db(&self, song: &PerBand) -> f32 {
        let mut differences = Vec::with_capacity(BANDS);
        for (power, song_db) in self.band_power.iter().zip(song).take(BANDS - 2).skip(1) {
            #[allow(clippy::cast_possible_truncation)] // a level
            let own_db = power_to_db(power / self.heard_s.max(1e-9)) as f32;
            if own_db > -100.0 && *song_db > -100.0 {
                differences.push(own_db - song_db);
            }
        }
        let count = differences.len().max(1) as f32;
        let mean = differences.iter().sum::<f32>() / count;
        let squares = differences.iter().map(|d| (d - mean).powi(2)).sum::<f32>();
        (squares / count).sqrt()
    }

    /// What the places say that were heard before; none where they are new, or too few as yet.
    fn verdict_by_place(&self, song: &Learned) -> Option<Verdict> {
        let difference = song.timeline.difference_lu(&self.cells, 1)?;
        if difference > OTHER_LU {
            return Some(Verdict::Other);
        }
        song.timeline.difference_lu(&self.cells, CELLS)?;
        Some(if difference <= SAME_LU {
            Verdict::Same
        } else {
            Verdict::Other
        })
    }

    /// What level and spectrum say; none while too little was heard.
    fn verdict_by_sound(&self, song: &Learned) -> Option<Verdict> {
        if self.heard_s < NEW_PLACE_S {
            return None;
        }
        let lufs = self.lufs();
        let softest = song.timeline.softest_lufs(FLOOR_LUFS);
        let softest = softest.or(song.loudness.input_lufs);
        let is_louder = loudest_lufs(song).is_some_and(|l| lufs > l + BEYOND_LU[0]);
        let is_softer = softest.is_some_and(|l| lufs < l - BEYOND_LU[1]);
        let is_other = is_louder || is_softer || self.distance_db(&song.long_term_db) > SPECTRUM_DB;
        Some(if is_other {
            Verdict::Other
        } else {
            Verdict::Same
        })
    }

    /// What has become clear about a song at hand. `may_go_on`: the places count from a start that need
    /// not be the song's, so that they can only say yes.
    fn verdict(&self, song: &Learned, may_go_on: bool) -> Option<Verdict> {
        match self.verdict_by_place(song) {
            Some(Verdict::Other) if may_go_on => match self.verdict_by_sound(song)? {
                Verdict::Same => Some(Verdict::GoesOn),
                verdict => Some(verdict),
            },
            Some(verdict) => Some(verdict),
            // Where the place is known, its cells will tell.
            None if self.is_known_place => None,
            None => self.verdict_by_sound(song),
        }
    }

    /// Programme that was heard, in seconds.
    pub fn heard_s(&self) -> f64 {
        self.heard_s
    }

    /// Whether this is a song that was put aside, so far as one can tell: the same places sounded alike.
    pub fn fits(&self, song: &Learned) -> bool {
        let difference = song.timeline.difference_lu(&self.cells, 1);
        difference.is_some_and(|difference| difference <= SAME_LU)
    }
}

/// Follows the question.
#[derive(Debug, Clone)]
pub struct Recognition {
    step_s: f64,
    silent_s: f64,
    /// What was heard since the question came up; none when it is answered.
    open: Option<Evidence>,
    /// Whether the places are counted from a start that was only assumed.
    may_go_on: bool,
}

impl Recognition {
    /// No question yet, a hop every `step_s` seconds.
    pub fn new(step_s: f64) -> Self {
        Self {
            step_s,
            silent_s: 0.0,
            open: None,
            may_go_on: false,
        }
    }

    /// Another song may begin. `may_go_on`: if it is the same, then perhaps not from its start, from
    /// which places are counted.
    pub fn ask(&mut self, may_go_on: bool) {
        self.open = Some(Evidence::new());
        self.silent_s = 0.0;
        self.may_go_on = may_go_on;
    }

    /// Whether it is not clear yet what is on.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Whether a silence before what comes next was long enough for another song.
    pub fn is_after_silence(&self) -> bool {
        self.silent_s >= SILENCE_S
    }

    /// The answer is known without more evidence.
    pub fn close(&mut self) {
        self.open = None;
    }

    /// A hop of sound: the silence before it is over.
    pub fn sound(&mut self) {
        self.silent_s = 0.0;
    }

    /// A hop of silence.
    pub fn silence(&mut self) {
        self.silent_s += self.step_s;
    }

    /// A hop of programme: its K-weighted mean square, its loudness over 400 ms in LUFS, its powers, its
    /// place, and the cell that is over. An answer, once there is one, with the evidence.
    pub fn hear(
        &mut self,
        energy: f64,
        momentary_lufs: f32,
        band_power: Option<&[f64; BANDS]>,
        (place, over): (i32, Option<(i32, Cell)>),
        song: &Learned,
    ) -> Option<(Verdict, Evidence)> {
        let evidence = self.open.as_mut()?;
        evidence.heard_s += self.step_s;
        evidence.energy += self.step_s * energy;
        if let Some(powers) = band_power {
            for (sum, power) in evidence.band_power.iter_mut().zip(powers) {
                *sum += self.step_s * power;
            }
        }
        evidence.cells.extend(over);
        evidence.is_known_place = song.timeline.knows(place);
        let is_far_louder = loudest_lufs(song).is_some_and(|l| momentary_lufs > l + FAR_LOUDER_LU);
        let verdict = if is_far_louder {
            Some(Verdict::Other)
        } else {
            evidence.verdict(song, self.may_go_on)
        };
        let verdict = verdict?;
        self.open.take().map(|evidence| (verdict, evidence))
    }
}
