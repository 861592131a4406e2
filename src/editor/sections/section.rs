//! What the sections are made of: frames, knobs in rows, switches below them.

use egui::{Align2, Rect, Ui, pos2, vec2};
use nice_plug::prelude::{BoolParam, FloatParam, Param};

use super::super::controls::{IN_USE_ROW, Knob, Writer, toggle};
use super::super::theme;
use crate::shared::Meters;

/// Height of a section's head and of its row of switches, in points.
pub const HEAD: f32 = 24.0;
/// Space between a section's edge and what is in it, in points.
pub const PAD: f32 = 5.0;

/// Space between a section's edge and its title, in points.
const TITLE_PAD: f32 = PAD + 3.0;

/// A knob of a section.
pub struct Dial<'a> {
    label: &'a str,
    param: &'a FloatParam,
    help: &'a str,
    /// Whether the analysis may move it.
    is_adaptive: bool,
    /// Normalised value that the analysis has made of the setting.
    adapted: Option<f32>,
    /// Why it does nothing, where it does nothing.
    idle: Option<&'a str>,
}

impl<'a> Dial<'a> {
    /// A knob with its name on the panel and what it does.
    pub fn new(label: &'a str, param: &'a FloatParam, help: &'a str) -> Self {
        Self {
            label,
            param,
            help,
            is_adaptive: false,
            adapted: None,
            idle: None,
        }
    }

    /// The same, which the analysis may move: to `value` at present, unless it rests.
    pub fn adapted(self, value: Option<f32>) -> Self {
        Self {
            is_adaptive: true,
            adapted: value.map(|value| self.param.preview_normalized(value)),
            ..self
        }
    }

    /// The same, which needs two channels.
    pub fn stereo(self, meters: &Meters) -> Self {
        let idle = is_mono(meters).then_some("Does nothing here: this track is mono.");
        Self { idle, ..self }
    }

    fn knob(&self, has_in_use_row: bool) -> Knob<'a, FloatParam> {
        Knob {
            param: self.param,
            label: self.label,
            help: self.idle.unwrap_or(self.help),
            adapted: self.adapted,
            has_in_use_row,
        }
    }
}

/// Whether the track has one channel.
pub fn is_mono(meters: &Meters) -> bool {
    meters.channels.get() < 1.5
}

/// One section: a frame with a title, an optional switch, knobs and a row of switches.
pub struct Section<'a> {
    /// Where it is drawn.
    pub ui: &'a mut Ui,
    /// Its frame.
    pub rect: Rect,
    /// Writes what the user moves.
    pub writer: &'a Writer,
    /// False where the section's processor is off.
    pub lively: bool,
}

impl<'a> Section<'a> {
    /// Draws the frame and the title.
    pub fn new(ui: &'a mut Ui, rect: Rect, writer: &'a Writer, title: &str) -> Self {
        let painter = ui.painter();
        painter.rect_filled(rect, theme::ROUNDING, theme::SURFACE);
        let y = rect.top() + 0.5 * HEAD + 1.0;
        let named = |size| painter.layout_no_wrap(title.to_owned(), theme::font(size), theme::TEXT);
        let (mut name, mut left) = (named(12.5), rect.left() + TITLE_PAD);
        if name.size().x > rect.width() - 2.0 * TITLE_PAD {
            // A slim section has its name in the middle.
            name = named(theme::LABEL_SIZE);
            left = rect.center().x - 0.5 * name.size().x;
        }
        let at = pos2(left, y - 0.5 * name.size().y);
        painter.galley(at, name, theme::TEXT);
        Self {
            ui,
            rect,
            writer,
            lively: true,
        }
    }

    /// The same, of a processor that `param` switches.
    pub fn switched_by(mut self, param: &BoolParam) -> Self {
        self.lively = param.value();
        self
    }

    /// The same, with the switch at the right of the title.
    pub fn power(self, param: &BoolParam, help: &str) -> Self {
        let min = pos2(self.rect.right() - PAD - 30.0, self.rect.top() + 4.0);
        let at = Rect::from_min_size(min, vec2(30.0, HEAD - 6.0));
        self.power_at(at, param, help);
        self.switched_by(param)
    }

    /// The switch of a section too slim for its head, in the row below the knobs.
    pub fn power_below(&self, param: &BoolParam, help: &str) {
        self.power_at(self.switch(0.0, 1.0, 1.0), param, help);
    }

    /// The switch of the section in `at`.
    pub fn power_at(&self, at: Rect, param: &BoolParam, help: &str) {
        let text = if param.value() { "On" } else { "Off" };
        toggle(self.ui, at, self.writer, param, (text, help), theme::ACCENT);
    }

    /// What lies between the head and the row of switches.
    pub fn body(&self) -> Rect {
        Rect::from_min_max(
            self.rect.min + vec2(PAD, HEAD),
            self.rect.max - vec2(PAD, HEAD + PAD),
        )
    }

    /// Knobs in rows of so many, all over the body.
    pub fn knobs(&mut self, columns: usize, dials: &[Dial]) {
        self.knobs_in(self.body(), columns, dials);
    }

    /// Knobs in rows of so many, all over `room`. A row in which the analysis moves something has room for
    /// the values in use.
    pub fn knobs_in(&mut self, room: Rect, columns: usize, dials: &[Dial]) {
        let rows: Vec<&[Dial]> = dials.chunks(columns).collect();
        let in_use = |row: &[Dial]| row.iter().any(|dial| dial.is_adaptive);
        let extra = rows.iter().filter(|row| in_use(row)).count() as f32 * IN_USE_ROW;
        let height = (room.height() - extra) / rows.len() as f32;
        let width = room.width() / columns as f32;
        let mut top = room.top();
        for row in rows {
            let has_in_use_row = in_use(row);
            let height = height + if has_in_use_row { IN_USE_ROW } else { 0.0 };
            for (column, dial) in row.iter().enumerate() {
                let min = pos2(room.left() + column as f32 * width, top);
                let place = Rect::from_min_size(min, vec2(width, height));
                dial.knob(has_in_use_row).show(
                    self.ui,
                    place,
                    self.writer,
                    self.lively && dial.idle.is_none(),
                );
            }
            top += height;
        }
    }

    /// A name and below it what it is now, where a knob could be.
    pub fn note(&self, place: Rect, [name, value]: [&str; 2]) {
        let (painter, font) = (self.ui.painter(), theme::font(theme::LABEL_SIZE));
        let middle = place.center();
        let lines = [
            (Align2::CENTER_BOTTOM, name, theme::DIM),
            (Align2::CENTER_TOP, value, theme::TEXT),
        ];
        for (align, text, color) in lines {
            painter.text(middle, align, text, font.clone(), color);
        }
    }

    /// The place of switch `index` of `count` in the row below the knobs.
    pub fn switch(&self, index: f32, count: f32, span: f32) -> Rect {
        let width = (self.rect.width() - 2.0 * PAD + 4.0) / count;
        let left = self.rect.left() + PAD + width * index;
        let top = self.rect.bottom() - PAD - HEAD + 4.0;
        Rect::from_min_size(pos2(left, top), vec2(width * span - 4.0, HEAD - 4.0))
    }
}
