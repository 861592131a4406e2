//! What was heard: the kinds that the programme is like, and what it is in words.

use egui::text::{LayoutJob, TextWrapping};
use egui::{Align2, Color32, Rect, Sense, Ui, pos2, vec2};

use super::super::controls::{Writer, combo};
use super::super::theme;
use crate::params::AuralisParams;
use crate::song_file::Look;
use auralis_engine::ear::AdaptMode;
use auralis_engine::ear::target::Target;
use auralis_engine::ear::view::View;
use auralis_engine::params::{Choices, ParamId};

/// Kinds that are shown.
const KINDS_SHOWN: usize = 3;
/// Height of a kind's row, in points.
const ROW: f32 = 16.0;
/// Width of the target's list and of a kind's name, in points.
const TARGET_WIDTH: f32 = 96.0;
const NAME_WIDTH: f32 = 62.0;
/// Largest width of a kind's row, in points.
const KINDS_WIDTH: f32 = 360.0;
/// Size of the words, in points.
const WORDS_SIZE: f32 = 12.0;
/// Lines of words.
const LINES: usize = 2;

/// Draws it in `rect`, with the choice of the target where `has_target`.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    params: &AuralisParams,
    view: &View,
    has_target: bool,
    writer: &Writer,
) {
    let (above, below) = rect.split_top_bottom_at_y(rect.top() + KINDS_SHOWN as f32 * ROW + 3.0);
    let chosen: Target = params.values().choice(ParamId::Target);
    let mut kinds_at = above;
    if has_target {
        target(
            ui,
            above.with_max_x(above.left() + TARGET_WIDTH),
            params,
            writer,
        );
        kinds_at = above.with_min_x(above.left() + TARGET_WIDTH + 10.0);
    }
    let kinds_at = kinds_at.with_max_x(kinds_at.right().min(kinds_at.left() + KINDS_WIDTH));
    kinds(ui, kinds_at, chosen, view);
    let values = params.values();
    let state = (
        values.is_on(ParamId::Bypass),
        values.choice(ParamId::AdaptMode),
    );
    let look = params.persisted.look.get();
    let (text, color) = words(&look, state, view);
    paragraph(ui, below, &text, color);
    let id = ui.scope_id().with("heard");
    if matches!(look, Look::Failed(_)) {
        let response = ui.interact(below, id, Sense::CLICK);
        let help = format!("{text}\nClick to dismiss.");
        if response.on_hover_text(help).clicked() {
            params.persisted.look.dismiss();
        }
    } else {
        ui.interact(below, id, Sense::empty()).on_hover_text(text);
    }
}

/// The choice of what the EQ works towards.
fn target(ui: &mut Ui, rect: Rect, params: &AuralisParams, writer: &Writer) {
    let at = rect.left_top() + vec2(0.0, 8.0);
    let small = theme::font(theme::LABEL_SIZE);
    ui.painter()
        .text(at, Align2::LEFT_CENTER, "Target", small, theme::DIM);
    let list = Rect::from_min_size(rect.left_top() + vec2(0.0, 18.0), vec2(rect.width(), 24.0));
    let help = "The tone that the EQ works towards. Auto aims at the mean of recordings, and at speech as far \
        as it is speech.";
    combo(ui, list, writer, params.choice(ParamId::Target), help);
}

/// The heaviest kinds with their weights. What `Auto` gives to no kind is how unsure it is.
fn told_kinds(view: &View) -> Vec<(&'static str, f32)> {
    let name = |target: Target| match target {
        Target::Balanced => "Unsure",
        kind => kind.name(),
    };
    let told = view.profiles.iter().filter(|(_, weight)| *weight >= 0.01);
    let told = told.map(|(target, weight)| (name(*target), weight.min(1.0)));
    told.take(KINDS_SHOWN).collect()
}

/// The kinds as bars; a line where there are none.
fn kinds(ui: &Ui, rect: Rect, chosen: Target, view: &View) {
    let painter = ui.painter();
    let font = theme::font(theme::LABEL_SIZE);
    // There are no words before anything was heard.
    let told = if chosen == Target::Auto && !view.reason.is_empty() {
        told_kinds(view)
    } else {
        Vec::new()
    };
    if told.is_empty() {
        let text = match chosen {
            Target::Auto => "Not heard yet".to_owned(),
            chosen => format!("{} is chosen", chosen.name()),
        };
        let at = pos2(rect.left(), rect.top() + 30.0);
        painter.text(at, Align2::LEFT_CENTER, text, font, theme::DIM);
        return;
    }
    for (i, (name, weight)) in told.iter().enumerate() {
        let y = rect.top() + (i as f32 + 0.5) * ROW;
        let color = if *name == "Unsure" {
            theme::DIM
        } else {
            theme::TARGET
        };
        let at = pos2(rect.left(), y);
        painter.text(at, Align2::LEFT_CENTER, *name, font.clone(), theme::TEXT);
        let at = pos2(rect.right(), y);
        let percent = format!("{:.0} %", 100.0 * weight);
        painter.text(at, Align2::RIGHT_CENTER, percent, font.clone(), theme::TEXT);
        let track = Rect::from_min_max(
            pos2(rect.left() + NAME_WIDTH, y - 3.5),
            pos2(rect.right() - 36.0, y + 3.5),
        );
        painter.rect_filled(track, 2.0, theme::BACKGROUND);
        let bar = track.with_max_x(track.left() + track.width() * weight);
        painter.rect_filled(bar, 2.0, theme::faded(color, 0.8));
    }
    let help =
        "The kinds of recordings that the programme is like, and how far it is none of them.";
    ui.interact(rect, ui.scope_id().with("kinds"), Sense::empty())
        .on_hover_text(help);
}

/// The programme in words, or what there is to be known instead.
fn words(look: &Look, (is_bypassed, mode): (bool, AdaptMode), view: &View) -> (String, Color32) {
    match look {
        Look::Hears {
            name,
            pass,
            seconds,
        } => {
            let what = if *pass < 2 { "listening" } else { "trying it" };
            return (format!("{name}: {what}, {seconds:.0} s"), theme::TARGET);
        }
        Look::Failed(why) => return (why.clone(), theme::ALARM),
        Look::None | Look::Decided => {}
    }
    let text = match (view.hops, view.listening) {
        _ if is_bypassed => "Bypassed: the input is passed on as it is.",
        (0, _) => "Waiting for audio.",
        (_, false) => "The input is silent: nothing moves.",
        (_, true) if view.reason.is_empty() && mode == AdaptMode::Hold => {
            "Nothing to hold: let the song play in Learn first."
        }
        (_, true) if view.reason.is_empty() => "Listening...",
        (_, true) => return (view.reason.clone(), theme::TEXT),
    };
    (text.to_owned(), theme::DIM)
}

/// Text in as many lines as there is room for, with an ellipsis where it is longer.
fn paragraph(ui: &Ui, rect: Rect, text: &str, color: Color32) {
    let font = theme::font(WORDS_SIZE);
    // A number and its unit stay together.
    let text = text
        .replace(" LUFS", "\u{a0}LUFS")
        .replace(" BPM", "\u{a0}BPM");
    let mut job = LayoutJob::simple(text, font, color, rect.width());
    job.wrap = TextWrapping {
        max_rows: LINES,
        ..job.wrap
    };
    let galley = ui.painter().layout_job(job);
    let at = pos2(rect.left(), rect.center().y - 0.5 * galley.size().y);
    ui.painter().galley(at, galley, color);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_kind_is_told_as_unsure_and_little_is_not_told() {
        let view = View {
            profiles: vec![
                (Target::Balanced, 0.6),
                (Target::HipHop, 0.3),
                (Target::Pop, f32::NAN),
                (Target::Jazz, 0.001),
            ],
            ..View::default()
        };
        assert_eq!(told_kinds(&view), [("Unsure", 0.6), ("Hip-Hop", 0.3)]);
    }

    #[test]
    fn every_state_has_its_words() {
        let heard = View {
            hops: 1,
            listening: true,
            reason: String::from("dull, dense, kind unsure"),
            ..View::default()
        };
        let silent = View {
            listening: false,
            ..heard.clone()
        };
        let unlearned = View {
            reason: String::new(),
            ..heard.clone()
        };
        let hears = Look::Hears {
            name: String::from("song.wav"),
            pass: 1,
            seconds: 12.0,
        };
        let failed = Look::Failed(String::from("song.wav: no audio."));
        for (look, state, view, text) in [
            (
                &Look::None,
                (false, AdaptMode::Learn),
                &heard,
                "dull, dense, kind unsure",
            ),
            (
                &Look::None,
                (false, AdaptMode::Learn),
                &silent,
                "The input is silent: nothing moves.",
            ),
            (
                &Look::None,
                (true, AdaptMode::Learn),
                &silent,
                "Bypassed: the input is passed on as it is.",
            ),
            (
                &Look::None,
                (false, AdaptMode::Learn),
                &View::default(),
                "Waiting for audio.",
            ),
            (
                &Look::None,
                (false, AdaptMode::Hold),
                &unlearned,
                "Nothing to hold: let the song play in Learn first.",
            ),
            (
                &hears,
                (true, AdaptMode::Learn),
                &heard,
                "song.wav: listening, 12 s",
            ),
            (
                &failed,
                (false, AdaptMode::Learn),
                &heard,
                "song.wav: no audio.",
            ),
        ] {
            assert_eq!(words(look, state, view).0, text);
        }
    }
}
