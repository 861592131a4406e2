//! Whether the host follows when the panel asks for another size.
//!
//! Some hosts say yes and keep their window. The panel would then lie cut off, with the menu of sizes out
//! of reach. So a size that the host does not show goes back to the one before. On X11 the host's window
//! can be measured. Elsewhere the host's own call counts and, where none comes, the user is asked by what
//! is in reach in any case, and no answer is no.

use std::time::{Duration, Instant};

use egui::Vec2;

use crate::params::panel_size::PanelSize;

/// Time in which a host follows.
const PATIENCE: Duration = Duration::from_millis(1000);
/// Time for the user's answer.
const QUESTION: Duration = Duration::from_secs(12);
/// How long a message stays.
const MESSAGE: Duration = Duration::from_secs(8);
/// Pixels that may be lost to rounding.
const SLACK: f32 = 2.0;

/// What is known about the window.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// Size of the window in pixels.
    pub window: Vec2,
    /// Size of the host's window around it in pixels, where it can be measured.
    pub around: Option<Vec2>,
    /// The panel's size in the window.
    pub size: PanelSize,
    /// How often the host has given the window a size.
    pub sizes_by_host: u32,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    /// Nothing is open.
    Rest,
    /// Look again in a while.
    Wait,
    /// Ask the user, who has this many seconds left.
    Ask(u64),
    /// Take this size again.
    Return(PanelSize),
}

/// A size that the panel has asked for.
#[derive(Debug, Clone, Copy)]
struct Asked {
    at: Instant,
    before: PanelSize,
    sizes_by_host: u32,
    is_refused: bool,
}

/// The state between frames.
#[derive(Debug, Default)]
pub struct Follow {
    asked: Option<Asked>,
    /// The next change of size is the way back.
    is_returning: bool,
    /// When the panel went back.
    returned: Option<Instant>,
}

impl Follow {
    /// The panel has taken another size by itself, after `before`.
    pub fn asked(&mut self, before: PanelSize, sizes_by_host: u32, now: Instant) {
        if std::mem::take(&mut self.is_returning) {
            return;
        }
        let first = self.asked.map_or(before, |asked| asked.before);
        self.asked = Some(Asked {
            at: now,
            before: first,
            sizes_by_host,
            is_refused: false,
        });
    }

    /// What follows from what is known.
    pub fn step(&mut self, seen: Seen, now: Instant) -> Step {
        let Some(asked) = self.asked else {
            return Step::Rest;
        };
        let waited = now.saturating_duration_since(asked.at);
        if let Some(around) = seen.around {
            if around.x + SLACK >= seen.window.x && around.y + SLACK >= seen.window.y {
                return self.settle(asked, seen.size, now);
            }
            return if waited < PATIENCE {
                Step::Wait
            } else {
                self.go_back(asked, now)
            };
        }
        if seen.sizes_by_host != asked.sizes_by_host {
            return self.settle(asked, seen.size, now);
        }
        match QUESTION.checked_sub(waited) {
            _ if asked.is_refused => self.go_back(asked, now),
            _ if waited < PATIENCE => Step::Wait,
            Some(left) => Step::Ask(left.as_secs()),
            None => self.go_back(asked, now),
        }
    }

    /// The size stays.
    pub fn keep(&mut self) {
        self.asked = None;
    }

    /// The user wants the size before.
    pub fn refuse(&mut self) {
        if let Some(asked) = &mut self.asked {
            asked.is_refused = true;
        }
    }

    /// Whether the user is to read that the panel went back.
    pub fn tells(&self, now: Instant) -> bool {
        self.returned
            .is_some_and(|at| now.saturating_duration_since(at) < MESSAGE)
    }

    /// The window is as the host wants it: the size stays unless the panel is zoomed in vain.
    fn settle(&mut self, asked: Asked, size: PanelSize, now: Instant) -> Step {
        let extent = |size: PanelSize| size.width * size.zoom;
        let is_zoomed = (size.zoom - asked.before.zoom).abs() > 0.01;
        if is_zoomed && (extent(size) - extent(asked.before)).abs() < SLACK {
            return self.go_back(asked, now);
        }
        self.keep();
        Step::Rest
    }

    fn go_back(&mut self, asked: Asked, now: Instant) -> Step {
        self.asked = None;
        self.is_returning = true;
        self.returned = Some(now);
        Step::Return(asked.before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: PanelSize = PanelSize {
        width: 1080.0,
        height: 720.0,
        zoom: 1.0,
    };

    fn seen(around: Option<f32>, sizes_by_host: u32) -> Seen {
        Seen {
            window: Vec2::new(2160.0, 1440.0),
            around: around.map(|x| Vec2::new(x, x * 2.0 / 3.0)),
            size: PanelSize {
                zoom: 2.0,
                ..BEFORE
            },
            sizes_by_host,
        }
    }

    #[test]
    fn a_window_that_was_measured_decides() {
        let start = Instant::now();
        let mut follow = Follow::default();
        assert_eq!(
            follow.step(seen(Some(1080.0), 0), start),
            Step::Rest,
            "nothing was asked for"
        );
        follow.asked(BEFORE, 0, start);
        assert_eq!(follow.step(seen(Some(1080.0), 0), start), Step::Wait);
        assert_eq!(
            follow.step(seen(Some(2160.0), 0), start),
            Step::Rest,
            "it has followed"
        );
        assert_eq!(
            follow.step(seen(Some(1080.0), 0), start + PATIENCE),
            Step::Rest
        );

        follow.asked(BEFORE, 0, start);
        // What is asked for while the first is open goes back to the first, too.
        follow.asked(
            PanelSize {
                zoom: 1.5,
                ..BEFORE
            },
            0,
            start,
        );
        let late = start + PATIENCE;
        assert_eq!(
            follow.step(seen(Some(1080.0), 9), late),
            Step::Return(BEFORE)
        );
        assert!(follow.tells(late) && !follow.tells(late + MESSAGE));
        follow.asked(BEFORE, 0, late);
        assert_eq!(
            follow.step(seen(Some(800.0), 0), late + PATIENCE),
            Step::Rest,
            "no way back from it"
        );
    }

    #[test]
    fn a_zoom_in_a_window_that_stays_goes_back() {
        let start = Instant::now();
        let mut follow = Follow::default();
        follow.asked(BEFORE, 0, start);
        let refused = Seen {
            window: Vec2::new(1080.0, 720.0),
            size: PanelSize {
                width: 540.0,
                height: 360.0,
                zoom: 2.0,
            },
            ..seen(Some(1080.0), 0)
        };
        assert_eq!(follow.step(refused, start), Step::Return(BEFORE));
    }

    #[test]
    fn elsewhere_the_hosts_call_or_the_user_decides_and_no_answer_is_no() {
        let start = Instant::now();
        let mut follow = Follow::default();
        follow.asked(BEFORE, 3, start);
        assert_eq!(follow.step(seen(None, 3), start), Step::Wait);
        assert_eq!(
            follow.step(seen(None, 4), start),
            Step::Rest,
            "the host's call"
        );

        follow.asked(BEFORE, 4, start);
        assert_eq!(follow.step(seen(None, 4), start + PATIENCE), Step::Ask(11));
        follow.keep();
        assert_eq!(
            follow.step(seen(None, 4), start + QUESTION),
            Step::Rest,
            "the user's yes"
        );

        follow.asked(BEFORE, 4, start);
        follow.refuse();
        let step = follow.step(seen(None, 4), start);
        assert_eq!(step, Step::Return(BEFORE), "the user's no");
        follow.asked(BEFORE, 4, start);

        follow.asked(BEFORE, 4, start);
        let late = start + QUESTION + Duration::from_millis(1);
        assert_eq!(follow.step(seen(None, 4), late), Step::Return(BEFORE));
    }
}
