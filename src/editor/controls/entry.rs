//! Typing a value: a text field in place of the value's text.

use egui::text_selection::CCursorRange;
use egui::{Color32, Frame, Id, Key, Margin, Rect, Stroke, TextEdit, Ui};
use nice_plug::prelude::Param;

use super::Writer;
use crate::editor::theme;

/// What is being typed into one field. It lives in the window's memory while the field is open.
#[derive(Clone)]
pub struct Entry {
    /// The text so far.
    text: String,
    /// The text that the field was opened with.
    before: String,
    /// The text was no value when Enter was pressed.
    refused: bool,
    /// The field was opened in this frame.
    fresh: bool,
}

/// The normalised value that `text` stands for, by the parser that hosts use too.
pub fn accepted<P: Param>(param: &P, text: &str) -> Option<f32> {
    param
        .string_to_normalized_value(text.trim())
        .filter(|normalized| normalized.is_finite())
}

impl Entry {
    /// Opens the field `id` with the value that `param` has.
    pub fn open<P: Param>(ui: &Ui, id: Id, param: &P) {
        let entry = Self {
            text: param.to_string(),
            before: param.to_string(),
            refused: false,
            fresh: true,
        };
        ui.data_mut(|data| data.insert_temp(id, entry));
    }

    /// Whether the field `id` is open.
    pub fn is_open(ui: &Ui, id: Id) -> bool {
        ui.data(|data| data.get_temp::<Self>(id).is_some())
    }

    /// Closes the field `id` and forgets what was typed.
    pub fn close(ui: &Ui, id: Id) {
        ui.data_mut(|data| data.remove::<Self>(id));
        ui.memory_mut(|memory| memory.surrender_focus(id.with("text")));
    }

    /// Shows the field `id` in `rect` if it is open. Enter takes the value over or, if the text is
    /// none, leaves the old value and marks the text. Tab and a click elsewhere take a value over, too,
    /// and close the field in any case; Escape closes it and leaves the old value.
    pub fn show<P: Param>(ui: &mut Ui, id: Id, rect: Rect, param: &P, writer: &Writer) {
        let Some(mut entry) = ui.data(|data| data.get_temp::<Self>(id)) else {
            return;
        };
        let (enter, escape) = ui.input(|i| (i.key_pressed(Key::Enter), i.key_pressed(Key::Escape)));
        let focused = entry.field(ui, id.with("text"), rect);
        let leaves = !focused && !enter;
        let close = if escape {
            true
        } else if enter || leaves {
            entry.commit(param, writer) || leaves
        } else {
            false
        };
        if close {
            Self::close(ui, id);
        } else {
            if enter {
                ui.memory_mut(|memory| memory.request_focus(id.with("text")));
            }
            ui.data_mut(|data| data.insert_temp(id, entry));
        }
    }

    /// Draws the field; whether it has the keyboard.
    fn field(&mut self, ui: &mut Ui, id: Id, rect: Rect) -> bool {
        let color = if self.refused {
            theme::ALARM
        } else {
            theme::ACCENT
        };
        ui.painter().rect(
            rect,
            theme::ROUNDING,
            theme::BACKGROUND,
            Stroke::new(1.0, color),
            egui::StrokeKind::Inside,
        );
        let edit = TextEdit::singleline(&mut self.text)
            .id(id)
            .font(theme::font(theme::LABEL_SIZE))
            .text_color(theme::TEXT)
            .align(egui::Align2::CENTER_CENTER)
            .background_color(Color32::TRANSPARENT)
            .frame(Frame::NONE)
            .margin(Margin::symmetric(2, 1))
            .desired_width(rect.width() - 4.0);
        let mut child = ui.new_child(egui::UiBuilder::new().max_rect(rect));
        let mut output = edit.show(&mut child);
        if self.fresh {
            self.fresh = false;
            output.response.request_focus();
            let all = CCursorRange::select_all(&output.galley);
            output.state.cursor.set_char_range(Some(all));
            output.state.store(ui.ctx(), id);
            return true;
        }
        if output.response.changed() {
            self.refused = false;
        }
        output.response.has_focus()
    }

    /// Sets what was typed; `false` when it is no value. A text that nobody has changed sets nothing: it
    /// has fewer places than the value.
    fn commit<P: Param>(&mut self, param: &P, writer: &Writer) -> bool {
        if self.text == self.before {
            return true;
        }
        match accepted(param, &self.text) {
            Some(normalized) => writer.once(param, normalized),
            None => self.refused = true,
        }
        !self.refused
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::controls::gesture::recorder::{Recorder, Step};
    use crate::params::AuralisParams;
    use auralis_engine::params::ParamId;
    use egui::{Event, Modifiers, PointerButton, RawInput, pos2, vec2};

    #[test]
    fn what_is_no_value_is_refused() {
        let params = AuralisParams::default();
        for text in ["", "loud", "12 parsecs", "nan", "4:1"] {
            assert_eq!(
                accepted(params.number(ParamId::CompThreshold), text),
                None,
                "{text:?}"
            );
        }
        assert!(accepted(params.number(ParamId::CompThreshold), " -18 dB ").is_some());
    }

    #[test]
    fn what_lies_beyond_the_range_ends_at_it() {
        let params = AuralisParams::default();
        assert_eq!(
            accepted(params.number(ParamId::CompThreshold), "99"),
            Some(1.0)
        );
        assert_eq!(
            accepted(params.number(ParamId::CompThreshold), "-99"),
            Some(0.0)
        );
    }

    fn key(key: Key) -> Vec<Event> {
        vec![Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: Modifiers::NONE,
        }]
    }

    fn click(pressed: bool) -> Vec<Event> {
        let pos = pos2(300.0, 200.0);
        let press = Event::PointerButton {
            pos,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        };
        vec![Event::PointerMoved(pos), press]
    }

    /// Opens the field of the threshold, types a text, does what follows, and gives what was written.
    fn after(typed: &str, then: &[Vec<Event>]) -> Vec<Step> {
        let (params, recorder) = (AuralisParams::default(), Recorder::default());
        let mut writer = Writer::default();
        writer.open(recorder.context());
        let (ctx, id) = (egui::Context::default(), Id::unique("field"));
        let frame = |opens: bool, events: Vec<Event>| {
            let input = RawInput {
                screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(400.0, 300.0))),
                events,
                ..RawInput::default()
            };
            let mut output = ctx.run_ui(input, |ui| {
                let param = params.number(ParamId::CompThreshold);
                if opens {
                    Entry::open(ui, id, param);
                }
                let rect = Rect::from_min_size(pos2(10.0, 10.0), vec2(80.0, 16.0));
                Entry::show(ui, id, rect, param, &writer);
            });
            output.textures_delta.clear();
        };
        frame(true, vec![]);
        frame(false, vec![]);
        if !typed.is_empty() {
            frame(false, vec![Event::Text(typed.to_owned())]);
        }
        for events in then {
            frame(false, events.clone());
        }
        frame(false, vec![]);
        frame(false, vec![]);
        let is_open = ctx.data(|data| data.get_temp::<Entry>(id).is_some());
        assert!(!is_open, "{typed:?}: the field stays open");
        recorder.steps()
    }

    #[test]
    fn enter_tab_and_a_click_elsewhere_set_what_was_typed_and_escape_does_not() {
        let set = |steps: &[Step]| matches!(steps, [Step::Begin, Step::Set(_), Step::End]);
        let elsewhere = [click(true), click(false)];
        for (what, then) in [
            ("Enter", &[key(Key::Enter)][..]),
            ("Tab", &[key(Key::Tab)]),
            ("a click elsewhere", &elsewhere),
        ] {
            let steps = after("-33", then);
            assert!(set(&steps), "{what}: {steps:?}");
        }
        assert_eq!(after("-33", &[key(Key::Escape)]), [], "Escape");
    }

    #[test]
    fn what_was_not_changed_or_is_no_value_sets_nothing() {
        for typed in ["", "loud"] {
            assert_eq!(after(typed, &[key(Key::Tab)]), [], "{typed:?} and Tab");
            let elsewhere = [click(true), click(false)];
            assert_eq!(after(typed, &elsewhere), [], "{typed:?} and a click");
        }
    }
}
