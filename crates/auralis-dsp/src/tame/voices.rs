//! The voices: each follows one peak with one bell, and hands over softly.

use crate::MAX_CHANNELS;
use crate::basics::log_exp::{larger, smaller};
use crate::tame::peaks::Peak;

/// Most resonances that are cut at once.
pub const VOICES: usize = 12;
/// Deepest cut in dB, at full depth.
const DEEPEST_DB: f32 = 15.0;
/// Quality of the bells, at least and at most.
const Q: [f32; 2] = [6.0, 30.0];
/// A cut smaller than this in dB is none.
const NOTHING_DB: f32 = 0.01;
/// What is left of a cut that nothing asks for any more, in dB, when it is let go.
const REMAINDER_DB: f32 = 0.5;
/// A voice begins with a cut of this in dB at least.
const BEGIN_DB: f32 = 1.0;
/// A voice that is asked for less than this share of what a new peak asks for makes room for it.
const LESS: f32 = 0.5;
/// Peaks over which a voice averages its place: the excitation of a resonance moves the top of its peak.
const MEAN_OF: f32 = 64.0;
/// Widths of a bell within which there is but one: two that overlap would add up to more than is there and
/// turn the signal over.
const APART: f32 = 1.2;
/// Quality up to which a voice tells its peak from the next one by its own width.
const APART_Q: f32 = 14.0;

/// One bell: where it is and where it goes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Voice {
    /// Its frequency in Hz, now and later.
    pub hz: [f32; 2],
    /// Its quality, now and later.
    pub q: [f32; 2],
    /// How much it cuts of each channel in dB, now.
    pub cut_db: [f32; MAX_CHANNELS],
    /// And later.
    pub target_db: [f32; MAX_CHANNELS],
    /// Peaks that its place is the mean of.
    heard: f32,
}

impl Voice {
    /// Whether it does nothing and is asked for nothing.
    #[inline(always)]
    pub fn is_idle(&self) -> bool {
        let ([a, b], [c, d]) = (self.cut_db, self.target_db);
        // None is negative.
        (a + b) + (c + d) == 0.0
    }

    /// Whether a frequency in Hz is so near that it is the same peak, or one whose bell does for both.
    #[inline(always)]
    fn is_near(&self, hz: f32) -> bool {
        (self.hz[1] - hz).abs() * smaller(self.q[1], APART_Q) < APART * hz
    }

    /// Moves towards a peak, the first at once.
    fn approach(&mut self, hz: f32, q: f32) {
        if self.is_idle() {
            (self.hz, self.q, self.heard) = ([hz; 2], [q; 2], 0.0);
        }
        self.heard = (self.heard + 1.0).min(MEAN_OF);
        self.hz[1] += (hz - self.hz[1]) / self.heard;
        self.q[1] += (q - self.q[1]) / self.heard;
    }

    /// What nothing asks for any more falls.
    #[inline(always)]
    fn let_go(&mut self, kept: f32) {
        for target in &mut self.target_db {
            *target = if *target > REMAINDER_DB {
                kept * *target
            } else {
                0.0
            };
        }
    }

    /// One frame further: a share of the way of the place, and of the cuts.
    #[inline(always)]
    fn glide(&mut self, cut_share: f32, place_share: f32) {
        let shares = [place_share, place_share, cut_share, cut_share];
        let ([hz, later_hz], [q, later_q]) = (self.hz, self.q);
        let [left, right] = self.cut_db;
        let [target_left, target_right] = self.target_db;
        let mut now = [hz, q, left, right];
        let later = [later_hz, later_q, target_left, target_right];
        // All four in one vector; of frequency and quality nothing is ever so small.
        for ((now, later), share) in now.iter_mut().zip(later).zip(shares) {
            *now += share * (later - *now);
            *now = if later == 0.0 && *now < NOTHING_DB {
                0.0
            } else {
                *now
            };
        }
        [self.hz[0], self.q[0], self.cut_db[0], self.cut_db[1]] = now;
    }
}

/// All voices.
#[derive(Debug, Clone, Default)]
pub struct Voices {
    /// Those that work first, as far as that is possible.
    pub all: [Voice; VOICES],
    /// From here on all are idle.
    len: usize,
}

impl Voices {
    /// All idle at once.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Sends the voices between two frequencies in Hz after the peaks found there. `depth` is the share that is
    /// cut, `link` how far each channel follows the one that is cut most, `kept` what is left of what nothing asks for.
    #[inline(always)]
    pub fn follow<'a>(
        &mut self,
        peaks: impl Iterator<Item = &'a Peak>,
        [low_hz, high_hz]: [f32; 2],
        depth: f32,
        link: f32,
        is_joint: bool,
        kept: f32,
    ) {
        let mut is_taken = [false; VOICES];
        for voice in &mut self.all[..self.len] {
            if voice.hz[1] >= low_hz && voice.hz[1] < high_hz {
                voice.let_go(kept);
            }
        }
        for peak in peaks {
            let q = peak.q.clamp(Q[0], Q[1]);
            let begins = depth * peak.height_db > BEGIN_DB;
            let free = || self.free().filter(|_| begins);
            let Some(at) = self.nearest(peak.hz).or_else(free) else {
                if begins {
                    self.make_room(depth * peak.height_db);
                }
                continue;
            };
            self.len = self.len.max(at + 1);
            let voice = &mut self.all[at];
            let [own, other] = peak.excess_db;
            let cuts = if is_joint {
                [own, own]
            } else {
                let lead = own.max(other);
                [own + link * (lead - own), other + link * (lead - other)]
            };
            let cuts = cuts.map(|db| depth * smaller(db, DEEPEST_DB));
            let (new, old) = (
                cuts[0].max(cuts[1]),
                voice.target_db[0].max(voice.target_db[1]),
            );
            // What is but a remainder of the peak, or a smaller one beside it, does not lead.
            if new > 0.5 * old && !(is_taken[at] && new <= old) {
                voice.approach(peak.hz, q);
                is_taken[at] = true;
            }
            for (target, cut) in voice.target_db.iter_mut().zip(cuts) {
                *target = target.max(cut);
            }
        }
    }

    /// From and to in Hz, what is near the voices that cut.
    #[inline(always)]
    pub fn near(&self) -> impl Iterator<Item = [f32; 2]> {
        let cutting = self
            .working()
            .iter()
            .filter(|voice| voice.cut_db[0] + voice.cut_db[1] > 1.0);
        cutting.map(|voice| {
            let away = APART / smaller(voice.q[1], APART_Q);
            [voice.hz[1] / (1.0 + away), voice.hz[1] / (1.0 - away)]
        })
    }

    /// The voice that works nearest to a frequency, if one is near.
    fn nearest(&self, hz: f32) -> Option<usize> {
        let mut best = None;
        let mut least = f32::MAX;
        for (at, voice) in self.working().iter().enumerate() {
            let away = (voice.hz[1] - hz).abs();
            // Most are far.
            if voice.is_near(hz) && away < least && !voice.is_idle() {
                (best, least) = (Some(at), away);
            }
        }
        best
    }

    /// Lets the voice go that is asked for the least, if that is far less than a cut in dB that none is free for.
    fn make_room(&mut self, cut_db: f32) {
        let asked = |voice: &Voice| larger(voice.target_db[0], voice.target_db[1]);
        let least = |a: &&mut Voice, b: &&mut Voice| asked(a).total_cmp(&asked(b));
        if let Some(voice) = self.all.iter_mut().min_by(least)
            && asked(voice) < LESS * cut_db
        {
            voice.target_db = [0.0; MAX_CHANNELS];
        }
    }

    /// Those that work, and idle ones between them.
    #[inline(always)]
    pub fn working(&self) -> &[Voice] {
        &self.all[..self.len]
    }

    fn free(&self) -> Option<usize> {
        self.all.iter().position(Voice::is_idle)
    }

    /// One frame further; the deepest cut in dB.
    #[inline(always)]
    pub fn glide(&mut self, cut_share: f32, place_share: f32) -> f32 {
        let mut deepest = 0.0_f32;
        for voice in self.all[..self.len]
            .iter_mut()
            .filter(|voice| !voice.is_idle())
        {
            voice.glide(cut_share, place_share);
            deepest = larger(deepest, larger(voice.cut_db[0], voice.cut_db[1]));
        }
        while self.len > 0 && self.all[self.len - 1].is_idle() {
            self.len -= 1;
        }
        deepest
    }
}
