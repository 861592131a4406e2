//! How the spectrum is looked at: which curves, which range, frozen or with held peaks.

use egui::Color32;

use super::super::theme;
use crate::shared::Picture;
use auralis_dsp::basics::decibel::SILENCE_DB;
use auralis_engine::ear::spectrum::fine::FINE_POINTS;

/// Ranges of the gain axis, in dB either way.
pub const RANGES_DB: [f32; 4] = [3.0, 6.0, 15.0, 24.0];

/// A curve of the plot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurveKind {
    /// The input now.
    Input,
    /// The output now.
    Output,
    /// The song's long-term level.
    Average,
    /// What the EQ works towards, with what is usual around it.
    Target,
    /// The captured reference.
    Reference,
    /// What the EQ plays.
    Applied,
    /// The user's own gains.
    Manual,
}

impl CurveKind {
    /// All, in the order of the legend.
    pub const ALL: [Self; 7] = [
        Self::Input,
        Self::Output,
        Self::Average,
        Self::Target,
        Self::Reference,
        Self::Applied,
        Self::Manual,
    ];

    /// Name in the legend.
    pub fn name(self) -> &'static str {
        match self {
            Self::Input => "Input",
            Self::Output => "Output",
            Self::Average => "Average",
            Self::Target => "Target",
            Self::Reference => "Reference",
            Self::Applied => "Applied gain",
            Self::Manual => "Manual",
        }
    }

    /// Its colour.
    pub fn color(self) -> Color32 {
        match self {
            Self::Input => theme::INPUT,
            Self::Output => theme::OUTPUT,
            Self::Average => theme::TEXT,
            Self::Target => theme::TARGET,
            Self::Reference => theme::REFERENCE,
            Self::Applied => theme::ACCENT,
            Self::Manual => theme::MANUAL,
        }
    }

    fn place(self) -> usize {
        self as usize
    }
}

/// What the plot remembers between frames.
pub struct SpectrumLook {
    hidden: [bool; CurveKind::ALL.len()],
    /// Place in [`RANGES_DB`].
    range: usize,
    /// Whether the pointer draws manual gains.
    draws: bool,
    /// The picture that stands still.
    frozen: Option<Picture>,
    /// Largest level of each point of the output since peaks are held, in dB.
    held_db: Option<Vec<f32>>,
}

impl Default for SpectrumLook {
    fn default() -> Self {
        Self {
            hidden: [false; CurveKind::ALL.len()],
            range: 2,
            draws: false,
            frozen: None,
            held_db: None,
        }
    }
}

impl SpectrumLook {
    /// Whether a curve is drawn.
    pub fn shows(&self, curve: CurveKind) -> bool {
        !self.hidden[curve.place()]
    }

    /// Hides a curve, or shows it again.
    pub fn toggle(&mut self, curve: CurveKind) {
        let hidden = &mut self.hidden[curve.place()];
        *hidden = !*hidden;
    }

    /// Largest gain on the axis, in dB.
    pub fn gain_db(&self) -> f32 {
        RANGES_DB[self.range]
    }

    /// The next range.
    pub fn next_range(&mut self) {
        self.range = (self.range + 1) % RANGES_DB.len();
    }

    /// Whether the pointer draws manual gains.
    pub fn is_drawing(&self) -> bool {
        self.draws
    }

    /// Lets the pointer draw, or no more. What is drawn is shown.
    pub fn toggle_draw(&mut self) {
        self.draws = !self.draws;
        if self.draws {
            self.hidden[CurveKind::Manual.place()] = false;
        }
    }

    /// Whether the picture stands still.
    pub fn is_frozen(&self) -> bool {
        self.frozen.is_some()
    }

    /// Lets the picture stand still as it is, or move again.
    pub fn toggle_freeze(&mut self, now: &Picture) {
        self.frozen = match self.frozen {
            Some(_) => None,
            None => Some(now.clone()),
        };
    }

    /// The picture to draw.
    pub fn picture<'a>(&'a self, now: &'a Picture) -> &'a Picture {
        self.frozen.as_ref().unwrap_or(now)
    }

    /// Whether peaks of the output are held.
    pub fn is_holding(&self) -> bool {
        self.held_db.is_some()
    }

    /// Holds the peaks of the output from now on, or no more.
    pub fn toggle_hold(&mut self) {
        self.held_db = match self.held_db {
            Some(_) => None,
            None => Some(vec![SILENCE_DB; FINE_POINTS]),
        };
    }

    /// Takes the output's spectrum into the held peaks.
    pub fn hear(&mut self, now: &Picture) {
        let (Some(held_db), Some(desk)) = (&mut self.held_db, &now.view.desk) else {
            return;
        };
        for (held, db) in held_db.iter_mut().zip(&desk.spectra_db[1]) {
            *held = held.max(*db);
        }
    }

    /// The held peaks, if any are held.
    pub fn held_db(&self) -> Option<&[f32]> {
        self.held_db.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frozen_picture_stays_and_a_hidden_curve_comes_back() {
        let (mut look, mut now) = (SpectrumLook::default(), Picture::default());
        now.view.hops = 1;
        look.toggle_freeze(&now);
        now.view.hops = 2;
        assert_eq!(look.picture(&now).view.hops, 1);
        look.toggle_freeze(&now);
        assert_eq!(look.picture(&now).view.hops, 2);
        look.toggle(CurveKind::Target);
        assert!(!look.shows(CurveKind::Target) && look.shows(CurveKind::Input));
        look.toggle(CurveKind::Target);
        assert!(look.shows(CurveKind::Target));
    }

    #[test]
    fn the_range_goes_round() {
        let mut look = SpectrumLook::default();
        let first = look.gain_db();
        let ranges: Vec<f32> = (0..RANGES_DB.len())
            .map(|_| {
                look.next_range();
                look.gain_db()
            })
            .collect();
        assert_eq!(ranges.last(), Some(&first), "{ranges:?}");
    }
}
