//! What a session knows of songs: taken from the memory, noted there, changed with the song that is on.

use super::Session;
use super::programme::{Heard, Turn};
use crate::ear::learned::Learned;
use crate::ear::spectrum::measures::HopMeasures;
use crate::ear::{AdaptMode, AnalysisSettings, Analyst};
use crate::knowledge::memory::Songs;

impl Session {
    /// Goes on from the memory.
    pub(super) fn recall(&mut self, settings: &AnalysisSettings) {
        let (version, songs) = self.knowledge.memory.recall_songs();
        self.version = version;
        self.unkept = 0;
        if let Some(learned) = &songs.at_hand {
            self.analyst.resume(learned, settings);
        }
        self.programme.recall(songs.at_hand.as_ref(), songs.others);
        self.adaptive = self.analyst.decide(settings);
    }

    /// Takes up another mode. `Learn` and `Hold` hear the whole song alike; to follow, averages are shorter.
    pub(super) fn follow_mode(&mut self, settings: &AnalysisSettings) {
        let before = std::mem::replace(&mut self.mode, settings.mode);
        let follows = |mode| mode == AdaptMode::Follow;
        if follows(before) == follows(self.mode) {
            return;
        }
        let hop_samples = self.timing.hop_samples;
        // What is on goes on, whatever the memory holds of the song.
        let adaptive = self.adaptive;
        let song = (before != AdaptMode::Follow).then(|| self.song()).flatten();
        let song = song.or_else(|| self.knowledge.memory.recall().1);
        self.analyst = Analyst::new(self.mode, self.sample_rate, self.channels, hop_samples);
        self.analyst
            .set_reference(self.knowledge.reference.current());
        if let Some(song) = song {
            self.analyst.resume(&Learned { adaptive, ..song }, settings);
        }
    }

    /// What is known of the song at hand.
    pub(super) fn song(&self) -> Option<Learned> {
        self.analyst
            .learned(&self.adaptive, self.programme.timeline())
    }

    /// Notes what was learned since the last note, unless this is an offline bounce. Without any
    /// programme heard the memory stays as it is: a project that is opened and saved does not change.
    /// What is followed is of no song.
    pub fn keep(&mut self) {
        if self.keep_every.is_some()
            && self.unkept > 0
            && self.mode != AdaptMode::Follow
            && let Some(learned) = self.song()
        {
            let songs = Songs {
                at_hand: Some(learned),
                others: self.programme.others().to_vec(),
            };
            self.knowledge.memory.keep(self.version, songs);
            self.unkept = 0;
        }
    }

    /// Whether songs are learned.
    pub(super) fn learns(&self) -> bool {
        self.mode == AdaptMode::Learn
    }

    /// Asks which song the hop that was just heard is of; a long silence has no measures.
    pub(super) fn attend(
        &mut self,
        place: Option<i64>,
        measures: Option<&HopMeasures>,
        settings: &AnalysisSettings,
    ) {
        let heard = self.heard(measures);
        if !self.learns() {
            self.programme.pass_by(heard.sounding);
            return;
        }
        if heard.sounding && self.programme.is_after_silence() {
            let song = self.song();
            self.programme.wake(song, place);
        }
        let turn = self.programme.hear(place, &heard);
        self.take_turn(turn, settings);
    }

    /// The last hop as recognition needs it.
    fn heard<'a>(&self, measures: Option<&'a HopMeasures>) -> Heard<'a> {
        let spectrum = measures.and_then(|measures| measures.spectrum.as_ref());
        Heard {
            listening: measures.is_some() && self.analyst.is_listening(),
            sounding: measures.is_some() && self.analyst.is_sounding(),
            energy: self.analyst.hop_energy(),
            momentary_lufs: self.analyst.momentary_lufs(),
            band_power: spectrum.map(|spectrum| &spectrum.band_power),
        }
    }

    /// Goes over to the song that is on.
    pub(super) fn take_turn(&mut self, turn: Turn, settings: &AnalysisSettings) {
        match turn {
            Turn::None => return,
            Turn::New => self.analyst.relearn(),
            Turn::Back(song) => {
                self.analyst.reset();
                self.analyst.resume(&song, settings);
            }
        }
        self.unkept = self.unkept.max(1);
        self.adaptive = self.analyst.decide(settings);
    }
}
