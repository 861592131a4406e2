//! Learn, Hold and Follow: three states, each with what it is about now.

use egui::{Align2, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2};

use super::super::controls::{Writer, explain, keyed, menu, ring};
use super::super::theme;
use crate::params::AuralisParams;
use auralis_engine::ear::AdaptMode;
use auralis_engine::ear::view::{Pending, View};
use auralis_engine::params::{Choices, ParamId};

/// A next pass that changes less than this, in dB, changes nothing that is heard.
const SAME_DB: f32 = 0.2;

/// What the words are made of.
#[derive(Debug, Clone, Copy)]
struct Known {
    is_bypassed: bool,
    /// Programme that was learned of the song at hand, in seconds, and the number of songs put aside.
    learned_s: f32,
    songs: usize,
    /// Whether something is heard now; none before anything was since the last reset.
    listens: Option<bool>,
    pending: Pending,
}

impl Known {
    fn of(params: &AuralisParams, view: &View) -> Self {
        let (learned_s, songs) = params.persisted.memory.learned_s();
        Self {
            is_bypassed: params.switch(ParamId::Bypass).value(),
            learned_s,
            songs,
            listens: (view.hops > 0).then_some(view.listening),
            pending: view.pending,
        }
    }

    /// What was learned, in a few words.
    fn learned(&self) -> String {
        if self.learned_s == 0.0 {
            return String::from("nothing learned");
        }
        format!("{} learned", minutes(self.learned_s))
    }
}

/// The two lines below a mode's name.
fn words(mode: AdaptMode, lit: bool, known: &Known) -> [String; 2] {
    let lines = |first: &str, second: &str| [first.to_owned(), second.to_owned()];
    match (mode, lit) {
        _ if lit && known.is_bypassed => lines(&known.learned(), "bypassed"),
        (AdaptMode::Learn, true) => [known.learned(), next_pass(known)],
        (AdaptMode::Learn, false) => lines(&known.learned(), "the whole song"),
        (AdaptMode::Hold, true) if known.learned_s == 0.0 => {
            lines("nothing learned", "nothing adapted")
        }
        (AdaptMode::Hold, true) => {
            let held = format!("held at {}", minutes(known.learned_s));
            lines(&held, "all stands still")
        }
        (AdaptMode::Hold, false) => lines("as it is now,", "all stands still"),
        (AdaptMode::Follow, true) if known.listens == Some(false) => {
            lines("last 10 to 20 s", "waits for sound")
        }
        (AdaptMode::Follow, _) => lines("last 10 to 20 s", "streams, speech"),
    }
}

/// What the next pass over the song would change, in a few words.
fn next_pass(known: &Known) -> String {
    let Pending { eq_db, loudness_db } = known.pending;
    let largest = eq_db.max(loudness_db.abs());
    if known.listens == Some(false) {
        String::from("waits for sound")
    } else if known.learned_s == 0.0 {
        let text = known.listens.map_or("play the song", |_| "listening");
        text.to_owned()
    } else if !largest.is_finite() || largest < SAME_DB {
        String::from("next pass the same")
    } else if eq_db >= loudness_db.abs() {
        format!("next pass \u{b1}{eq_db:.1} dB")
    } else {
        format!("next pass {loudness_db:+.1} dB")
    }
}

/// What a mode does and is about, at length.
fn help(mode: AdaptMode, known: &Known) -> String {
    match mode {
        AdaptMode::Learn => {
            let Pending { eq_db, loudness_db } = known.pending;
            let songs = match known.songs {
                0 => String::new(),
                1 => String::from(" One other song is kept beside it."),
                n => format!(" {n} other songs are kept beside it."),
            };
            format!(
                "The decisions follow the estimate of the whole song, which is kept from pass to pass: {}.{songs} \
                 From what is known now, the next pass would move the EQ by up to {eq_db:.1} dB and the loudness \
                 by {loudness_db:+.1} dB.",
                known.learned()
            )
        }
        AdaptMode::Hold => String::from(
            "The decisions stand still, from the first moment of the song and in every bounce.",
        ),
        AdaptMode::Follow => String::from(
            "The decisions follow what is on: the loudness of the last 10 s, the tone of the last 20 s. For \
             streams and speech.",
        ),
    }
}

/// Draws the three states in `rect`.
pub fn show(ui: &Ui, rect: Rect, params: &AuralisParams, view: &View, writer: &Writer) {
    let param = params.choice(ParamId::AdaptMode);
    writer.note(param);
    let known = Known::of(params, view);
    let group = keyed(ui, rect, writer, param);
    let current: AdaptMode = params.values().choice(ParamId::AdaptMode);
    let count = AdaptMode::ALL.len() as f32;
    let width = (rect.width() - (count - 1.0) * theme::GAP) / count;
    for (i, mode) in AdaptMode::ALL.iter().enumerate() {
        let left = rect.left() + i as f32 * (width + theme::GAP);
        let place = Rect::from_x_y_ranges(left..=left + width, rect.y_range());
        let lit = *mode == current;
        let lines = words(*mode, lit, &known);
        let id = ui.scope_id().with(("mode", i));
        let response = ui.interact(place, id, Sense::CLICK);
        let name = mode.name();
        response.widget_info(|| WidgetInfo::selected(egui::Role::RadioButton, true, lit, name));
        if response.clicked() {
            group.request_focus();
            if !lit {
                let wanted = params.normalized(ParamId::AdaptMode, mode.index() as f32);
                writer.once(param, wanted);
            }
        }
        menu(&response, param, writer, None);
        state(ui, place, name, &lines, (lit, response.hovered()));
        explain(
            &response,
            param,
            &help(*mode, &known),
            "Click to choose. Right-click: more.",
        );
    }
    ring(ui, rect, &group);
}

/// One state: its name, large, and its two lines.
fn state(ui: &Ui, rect: Rect, name: &str, lines: &[String; 2], (lit, hovered): (bool, bool)) {
    let painter = ui.painter();
    let fill = if lit {
        theme::faded(theme::ACCENT, 0.30)
    } else {
        theme::RAISED
    };
    let edge = match (lit, hovered) {
        (true, _) => theme::ACCENT,
        (false, true) => theme::DIM,
        (false, false) => theme::LINE,
    };
    let stroke = Stroke::new(1.0, edge);
    painter.rect(rect, theme::ROUNDING, fill, stroke, StrokeKind::Inside);
    let ink = if lit { theme::TEXT } else { theme::DIM };
    let x = rect.center().x;
    let at = pos2(x, rect.top() + 13.0);
    painter.text(at, Align2::CENTER_CENTER, name, theme::font(16.0), ink);
    for (text, y) in lines.iter().zip([30.0, 45.0]) {
        let at = pos2(x, rect.top() + y);
        painter.text(
            at,
            Align2::CENTER_CENTER,
            text,
            theme::font(theme::LABEL_SIZE),
            ink,
        );
    }
}

/// A time as m:ss.
fn minutes(seconds: f32) -> String {
    let seconds = seconds.round() as u32;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(learned_s: f32, eq_db: f32, loudness_db: f32) -> Known {
        Known {
            is_bypassed: false,
            learned_s,
            songs: 0,
            listens: Some(true),
            pending: Pending { eq_db, loudness_db },
        }
    }

    #[test]
    fn times_read_as_minutes() {
        for (seconds, text) in [(0.4, "0:00"), (59.6, "1:00"), (754.0, "12:34")] {
            assert_eq!(minutes(seconds), text);
        }
    }

    #[test]
    fn every_mode_says_where_it_is() {
        let silent = Known {
            listens: Some(false),
            ..known(83.0, 0.0, 0.0)
        };
        let unplayed = Known {
            listens: None,
            ..known(0.0, 0.0, 0.0)
        };
        let bypassed = Known {
            is_bypassed: true,
            ..silent
        };
        for (mode, lit, known, expected) in [
            (
                AdaptMode::Learn,
                true,
                unplayed,
                ["nothing learned", "play the song"],
            ),
            (
                AdaptMode::Learn,
                true,
                known(83.0, 0.1, -0.1),
                ["1:23 learned", "next pass the same"],
            ),
            (
                AdaptMode::Learn,
                true,
                known(83.0, 0.8, -0.3),
                ["1:23 learned", "next pass \u{b1}0.8 dB"],
            ),
            (
                AdaptMode::Learn,
                true,
                known(83.0, 0.8, -1.3),
                ["1:23 learned", "next pass -1.3 dB"],
            ),
            (
                AdaptMode::Learn,
                true,
                known(83.0, f32::NAN, 0.0),
                ["1:23 learned", "next pass the same"],
            ),
            (
                AdaptMode::Learn,
                true,
                silent,
                ["1:23 learned", "waits for sound"],
            ),
            (
                AdaptMode::Learn,
                true,
                bypassed,
                ["1:23 learned", "bypassed"],
            ),
            (
                AdaptMode::Learn,
                false,
                bypassed,
                ["1:23 learned", "the whole song"],
            ),
            (
                AdaptMode::Hold,
                true,
                known(0.0, 0.0, 0.0),
                ["nothing learned", "nothing adapted"],
            ),
            (
                AdaptMode::Hold,
                true,
                known(83.0, 0.0, 0.0),
                ["held at 1:23", "all stands still"],
            ),
            (
                AdaptMode::Follow,
                true,
                silent,
                ["last 10 to 20 s", "waits for sound"],
            ),
            (
                AdaptMode::Follow,
                true,
                bypassed,
                ["1:23 learned", "bypassed"],
            ),
            (
                AdaptMode::Follow,
                false,
                silent,
                ["last 10 to 20 s", "streams, speech"],
            ),
        ] {
            let got = words(mode, lit, &known);
            assert_eq!(got, expected, "{mode:?}, lit {lit}: {known:?}");
        }
    }
}
