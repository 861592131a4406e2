//! The controls in the order in which the signal meets them.

mod compressor;
mod tame;

use egui::{Align2, Rect, Ui, pos2, vec2};
use nice_plug::prelude::{BoolParam, FloatParam};

use super::controls::{Knob, Writer, segments, toggle};
use super::theme;
use crate::params::AuralisParams;
use crate::shared::Meters;
use auralis_engine::params::ParamId;

/// Height of a section's head and of its row of switches, in points.
const HEAD: f32 = 24.0;
/// Space between a section's edge and what is in it, in points.
const PAD: f32 = 5.0;
/// Columns of knobs of the sections, left to right.
const COLUMNS: [f32; 7] = [1.0, 3.0, 3.0, 6.0, 1.0, 1.0, 3.0];

/// Height that all sections want when the panel is `size` large.
pub fn height(size: egui::Vec2) -> f32 {
    let row = (0.135 * size.y).clamp(76.0, 118.0);
    2.0 * (row + HEAD + PAD) + PAD
}

/// One section: a frame with a title, an optional switch, knobs and a row of switches.
struct Section<'a> {
    ui: &'a mut Ui,
    rect: Rect,
    writer: &'a Writer,
    /// False where the section's processor is off.
    lively: bool,
}

impl<'a> Section<'a> {
    /// Draws the frame and the title.
    fn new(ui: &'a mut Ui, rect: Rect, writer: &'a Writer, title: &str) -> Self {
        let painter = ui.painter();
        painter.rect_filled(rect, theme::ROUNDING, theme::SURFACE);
        let at = pos2(rect.left() + PAD + 3.0, rect.top() + 0.5 * HEAD + 1.0);
        let font = theme::font(12.5);
        painter.text(at, Align2::LEFT_CENTER, title, font, theme::TEXT);
        Self {
            ui,
            rect,
            writer,
            lively: true,
        }
    }

    /// The section's own switch, at the right of the title.
    fn power(mut self, param: &BoolParam, help: &str) -> Self {
        let min = pos2(self.rect.right() - PAD - 30.0, self.rect.top() + 4.0);
        let at = Rect::from_min_size(min, vec2(30.0, HEAD - 6.0));
        let text = if param.value() { "On" } else { "Off" };
        toggle(self.ui, at, self.writer, param, (text, help), theme::ACCENT);
        self.lively = param.value();
        self
    }

    /// The section's own switch in the row below the knobs, for a section too slim for its head.
    fn power_below(mut self, param: &BoolParam, help: &str) -> Self {
        let text = if param.value() { "On" } else { "Off" };
        let at = self.switch(0.0, 1.0, 1.0);
        toggle(self.ui, at, self.writer, param, (text, help), theme::ACCENT);
        self.lively = param.value();
        self
    }

    /// The place of a knob: `column` of `columns` in `row` of `rows`.
    fn cell(&self, (column, columns): (usize, usize), (row, rows): (usize, usize)) -> Rect {
        let body = Rect::from_min_max(
            self.rect.min + vec2(PAD, HEAD),
            self.rect.max - vec2(PAD, HEAD + PAD),
        );
        let size = vec2(body.width() / columns as f32, body.height() / rows as f32);
        let min = body.min + vec2(column as f32 * size.x, row as f32 * size.y);
        Rect::from_min_size(min, size)
    }

    /// Two rows of knobs, `columns` to the row.
    fn knobs(&mut self, columns: usize, knobs: &[Dial]) {
        let rows = knobs.len().div_ceil(columns);
        for (i, (label, param, help, adapted)) in knobs.iter().enumerate() {
            let rect = self.cell((i % columns, columns), (i / columns, rows));
            let knob = Knob {
                param: *param,
                label,
                help,
                adapted: *adapted,
            };
            knob.show(self.ui, rect, self.writer, self.lively);
        }
    }

    /// A name and below it what it is now, where a knob could be.
    fn note(&self, column: (usize, usize), row: (usize, usize), [name, value]: [&str; 2]) {
        let (painter, font) = (self.ui.painter(), theme::font(theme::LABEL_SIZE));
        let middle = self.cell(column, row).center();
        let lines = [
            (Align2::CENTER_BOTTOM, name, theme::DIM),
            (Align2::CENTER_TOP, value, theme::TEXT),
        ];
        for (align, text, color) in lines {
            painter.text(middle, align, text, font.clone(), color);
        }
    }

    /// The place of switch `index` of `count` in the row below the knobs.
    fn switch(&self, index: f32, count: f32, span: f32) -> Rect {
        let width = (self.rect.width() - 2.0 * PAD + 4.0) / count;
        let left = self.rect.left() + PAD + width * index;
        let top = self.rect.bottom() - PAD - HEAD + 4.0;
        Rect::from_min_size(pos2(left, top), vec2(width * span - 4.0, HEAD - 4.0))
    }
}

/// A knob's label, parameter, explanation, and the value that the analysis made of it.
type Dial<'a> = (&'a str, &'a FloatParam, &'a str, Option<f32>);

/// Draws all sections in `rect`.
pub fn show(ui: &mut Ui, rect: Rect, params: &AuralisParams, meters: &Meters, writer: &Writer) {
    let gaps = (COLUMNS.len() - 1) as f32 * theme::GAP;
    let padding = 2.0 * PAD * COLUMNS.len() as f32;
    let unit = (rect.width() - gaps - padding) / COLUMNS.iter().sum::<f32>();
    let mut left = rect.left();
    let mut next = |columns: f32| {
        let size = vec2(unit * columns + 2.0 * PAD, rect.height());
        let place = Rect::from_min_size(pos2(left, rect.top()), size);
        left = place.right() + theme::GAP;
        place
    };
    let [
        input_at,
        eq_at,
        tame_at,
        comp_at,
        stereo_at,
        loud_at,
        output_at,
    ] = COLUMNS.map(&mut next);
    input(Section::new(ui, input_at, writer, "Input"), params);
    eq(Section::new(ui, eq_at, writer, "EQ"), params, meters);
    let section = Section::new(ui, tame_at, writer, "Tame");
    tame::tame(section, params, meters);
    let section = Section::new(ui, comp_at, writer, "Compressor");
    compressor::compressor(section, params, meters);
    stereo(Section::new(ui, stereo_at, writer, "Stereo"), params);
    loudness(Section::new(ui, loud_at, writer, "Loudness"), params);
    output(Section::new(ui, output_at, writer, "Limiter"), params);
}

/// What comes in.
fn input(mut section: Section, params: &AuralisParams) {
    let knobs: [Dial; 2] = [
        (
            "Gain",
            params.number(ParamId::InputGain),
            "Gain before everything else.",
            None,
        ),
        (
            "HPF",
            params.number(ParamId::InputHpf),
            "High-pass of the input, 12 dB/oct: takes offsets and rumble away. 0 Hz = off.",
            None,
        ),
    ];
    section.knobs(1, &knobs);
}

/// The adaptive EQ; its target is chosen above the spectrum.
fn eq(section: Section, params: &AuralisParams, meters: &Meters) {
    let help = "Switches the equaliser, adaptive and manual.";
    let mut section = section.power(params.switch(ParamId::EqOn), help);
    let knobs: [Dial; 5] = [
        (
            "Amount",
            params.number(ParamId::EqAmount),
            "Share of the correction towards the target that is applied.",
            None,
        ),
        (
            "Range",
            params.number(ParamId::EqRange),
            "Largest adaptive gain of a band, up or down.",
            None,
        ),
        (
            "Speed",
            params.number(ParamId::EqSpeed),
            "Time constant with which the EQ follows the programme.",
            None,
        ),
        (
            "Tilt",
            params.number(ParamId::EqTilt),
            "Tilts the whole spectrum about 1 kHz.",
            None,
        ),
        (
            "Reference",
            params.number(ParamId::RefBlend),
            "0 %: the target profile. 100 %: the captured reference. Between: both. \
             Without a reference it does nothing.",
            None,
        ),
    ];
    section.knobs(3, &knobs);
    let rate = meters.sample_rate.get();
    if rate > 0.0 {
        let ms = 1000.0 * meters.latency_samples.get() / rate;
        section.note((2, 3), (1, 2), ["Latency", &format!("{ms:.1} ms")]);
    }
    let help = "Linear: no phase distortion, most latency. Minimum: least latency. Mixed: minimum in the bass, \
                linear above, so that bass is not heard before a click. Nothing else changes the latency.";
    let at = section.switch(0.0, 1.0, 1.0);
    segments(
        section.ui,
        at,
        section.writer,
        params.choice(ParamId::EqPhase),
        help,
    );
}

/// Stereo width.
fn stereo(mut section: Section, params: &AuralisParams) {
    let help = "0 %: mono. 100 %: untouched. 200 %: twice the side signal. Mono tracks ignore it.";
    section.knobs(1, &[("Width", params.number(ParamId::Width), help, None)]);
}

/// The loudness target.
fn loudness(section: Section, params: &AuralisParams) {
    let mut section = section.power_below(
        params.switch(ParamId::LoudOn),
        "Switches the gain towards the loudness target.",
    );
    let knobs: [Dial; 2] = [
        (
            "Target",
            params.number(ParamId::LoudTarget),
            "Integrated loudness to land on.",
            None,
        ),
        (
            "Range",
            params.number(ParamId::LoudRange),
            "Largest loudness gain, up or down.",
            None,
        ),
    ];
    section.knobs(1, &knobs);
}

/// Output gain and the true-peak limiter.
fn output(section: Section, params: &AuralisParams) {
    let mut section = section.power(params.switch(ParamId::LimOn), "Switches the limiter.");
    let knobs: [Dial; 6] = [
        (
            "Output",
            params.number(ParamId::OutputGain),
            "Gain before the limiter.",
            None,
        ),
        (
            "Drive",
            params.number(ParamId::LimDrive),
            "Gain into the limiter.",
            None,
        ),
        (
            "Clip",
            params.number(ParamId::ClipAmount),
            "The most that a soft clipper takes off a peak before the limiter; 0 = off.",
            None,
        ),
        (
            "Ceiling",
            params.number(ParamId::LimCeiling),
            "Nothing leaves the limiter above this level.",
            None,
        ),
        (
            "Release",
            params.number(ParamId::LimRelease),
            "Time to let go of 63 % of the gain reduction.",
            None,
        ),
        (
            "Link",
            params.number(ParamId::LimLink),
            "How much the channels share one gain. Each stays under the ceiling.",
            None,
        ),
    ];
    section.knobs(3, &knobs);
    let auto = "Auto release: fast for what stands out, slow where the bass would be distorted.";
    let peak = "On: peaks between samples are held under the ceiling. Off: sample peaks.";
    let place = section.switch(0.0, 2.0, 0.8);
    let look = ("Auto", auto);
    toggle(
        section.ui,
        place,
        section.writer,
        params.switch(ParamId::LimAutoRelease),
        look,
        theme::ACCENT,
    );
    let place = section.switch(0.8, 2.0, 1.2);
    let look = ("True peak", peak);
    toggle(
        section.ui,
        place,
        section.writer,
        params.switch(ParamId::LimTruePeak),
        look,
        theme::ACCENT,
    );
}
