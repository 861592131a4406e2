//! The voices: each follows one peak with one bell, and hands over softly.

use crate::MAX_CHANNELS;
use crate::tame::peaks::Peaks;

/// Most resonances that are cut at once.
pub const VOICES: usize = 16;
/// Deepest cut in dB.
const DEEPEST_DB: f32 = 15.0;
/// Quality of the bells, at least and at most.
const Q: [f32; 2] = [6.0, 30.0];
/// A cut smaller than this in dB is none.
const NOTHING_DB: f32 = 0.01;

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
}

impl Voice {
    /// Whether it does nothing and is asked for nothing.
    #[inline(always)]
    pub fn is_idle(&self) -> bool {
        let ([a, b], [c, d]) = (self.cut_db, self.target_db);
        // None is negative.
        (a + b) + (c + d) == 0.0
    }

    fn distance(&self, hz: f32) -> f32 {
        (self.hz[1] / hz).max(hz / self.hz[1])
    }

    /// One frame further: a share of the way of the cuts, and of frequency and quality.
    #[inline(always)]
    fn glide(&mut self, cut_share: f32, place_share: f32) {
        for (now, target) in self.cut_db.iter_mut().zip(self.target_db) {
            *now += cut_share * (target - *now);
            if target == 0.0 && *now < NOTHING_DB {
                *now = 0.0;
            }
        }
        self.hz[0] += place_share * (self.hz[1] - self.hz[0]);
        self.q[0] += place_share * (self.q[1] - self.q[0]);
    }
}

/// All voices.
#[derive(Debug, Clone)]
pub struct Voices {
    /// Those that work first, as far as that is possible.
    pub all: [Voice; VOICES],
}

impl Voices {
    /// All idle.
    pub fn new() -> Self {
        Self {
            all: [Voice::default(); VOICES],
        }
    }

    /// All idle at once.
    pub fn reset(&mut self) {
        self.all = [Voice::default(); VOICES];
    }

    /// Sends voices after the peaks. `depth` is the share that is cut, `link` how far each channel follows
    /// the one that is cut most.
    #[inline(always)]
    pub fn follow(&mut self, peaks: &Peaks, depth: f32, link: f32, is_joint: bool, kept: f32) {
        let mut is_taken = [false; VOICES];
        for voice in &mut self.all {
            voice.target_db = voice
                .target_db
                .map(|db| if db > NOTHING_DB { kept * db } else { 0.0 });
        }
        for peak in peaks.all() {
            let q = peak.q.clamp(Q[0], Q[1]);
            // As near as this it is the same peak, or one whose bell does for both.
            let near = 1.0 + 0.7 / q;
            let Some(at) = self.nearest(peak.hz, near).or_else(|| self.free()) else {
                continue;
            };
            let voice = &mut self.all[at];
            let [own, other] = peak.excess_db;
            let cuts = if is_joint {
                [own, own]
            } else {
                let lead = own.max(other);
                [own + link * (lead - own), other + link * (lead - other)]
            };
            let cuts = cuts.map(|db| (depth * db).min(DEEPEST_DB));
            let (new, old) = (
                cuts[0].max(cuts[1]),
                voice.target_db[0].max(voice.target_db[1]),
            );
            if voice.is_idle() {
                (voice.hz[0], voice.q[0]) = (peak.hz, q);
            }
            // What is but a remainder of the peak, or a smaller one beside it, does not lead.
            if new > 0.5 * old && !(is_taken[at] && new <= old) {
                (voice.hz[1], voice.q[1]) = (peak.hz, q);
                is_taken[at] = true;
            }
            for (target, cut) in voice.target_db.iter_mut().zip(cuts) {
                *target = target.max(cut);
            }
        }
    }

    /// Whether a voice cuts near a frequency in Hz.
    #[inline(always)]
    pub fn cuts_at(&self, hz: f32) -> bool {
        let is_near = |voice: &Voice| {
            let [left, right] = voice.cut_db;
            (left > 1.0 || right > 1.0) && voice.distance(hz) < 1.0 + 0.7 / voice.q[0]
        };
        self.all.iter().any(is_near)
    }

    /// The voice that works nearest to a frequency, if it is near.
    fn nearest(&self, hz: f32, near: f32) -> Option<usize> {
        let mut best = (near, None);
        for (at, voice) in self.all.iter().enumerate() {
            if !voice.is_idle() && voice.distance(hz) < best.0 {
                best = (voice.distance(hz), Some(at));
            }
        }
        best.1
    }

    fn free(&self) -> Option<usize> {
        self.all.iter().position(Voice::is_idle)
    }

    /// One frame further; the deepest cut in dB.
    #[inline(always)]
    pub fn glide(&mut self, cut_share: f32, place_share: f32) -> f32 {
        let mut deepest = 0.0_f32;
        for voice in &mut self.all {
            if !voice.is_idle() {
                voice.glide(cut_share, place_share);
                deepest = deepest.max(voice.cut_db[0]).max(voice.cut_db[1]);
            }
        }
        deepest
    }
}
