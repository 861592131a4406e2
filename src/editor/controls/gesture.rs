//! From the pointer to a parameter: gestures, drags, the wheel, resets.

use std::cell::RefCell;

use auralis_engine::params::{Kind, ParamId, TABLE, Values};
use egui::{Event, Id, MouseWheelUnit, Response, Ui};
use nice_plug::context::gui::GuiContext;
use nice_plug::prelude::Param;

use super::super::history::{Change, History};
use crate::params::AuralisParams;

/// How much slower a control moves while Shift is held.
const FINE: f32 = 0.1;
/// Normalised change of one line of the wheel.
const WHEEL_STEP: f32 = 0.02;
/// Points of a precise scroll that count as one line.
const POINTS_PER_LINE: f32 = 40.0;

/// A gesture under way.
struct Gesture {
    /// The parameter's name.
    name: String,
    /// Normalised, when it began.
    before: f32,
    /// Normalised, as it was set last: the host may take a while to follow.
    last: f32,
}

/// Writes parameters through the host, and remembers what was done.
#[derive(Default)]
pub struct Writer {
    /// The host, while the window is open.
    gui: Option<GuiContext>,
    /// The gesture under way.
    gesture: RefCell<Option<Gesture>>,
    /// What was done, over all windows of this instance.
    pub(crate) history: RefCell<History>,
    /// Names of the parameters that were shown, for the tests.
    pub(crate) shown: RefCell<Vec<String>>,
}

impl Writer {
    /// A window opens. Before the first one, nothing is written.
    pub fn open(&mut self, gui: GuiContext) {
        self.gui = Some(gui);
    }

    /// The window is closed.
    pub fn close(&mut self) {
        self.gui = None;
        self.gesture.take();
    }

    /// Notes that `param` has its control on the panel; only the tests ask.
    pub fn note<P: Param>(&self, param: &P) {
        if cfg!(test) {
            self.shown.borrow_mut().push(param.name().to_owned());
        }
    }

    /// The user takes hold of `param`.
    fn begin<P: Param>(&self, param: &P) {
        let at = param.unmodulated_normalized_value();
        self.gesture.replace(Some(Gesture {
            name: param.name().to_owned(),
            before: at,
            last: at,
        }));
        self.begin_quietly(param);
    }

    fn begin_quietly<P: Param>(&self, param: &P) {
        if let Some(gui) = &self.gui {
            gui.param_setter().begin_set_parameter(param);
        }
    }

    /// The user moves `param`, which they hold.
    fn set<P: Param>(&self, param: &P, normalized: f32) {
        if let Some(gesture) = &mut *self.gesture.borrow_mut() {
            gesture.last = normalized.clamp(0.0, 1.0);
        }
        let plain = param.preview_plain(normalized.clamp(0.0, 1.0));
        if let Some(gui) = &self.gui
            && plain != param.unmodulated_plain_value()
        {
            gui.param_setter().set_parameter(param, plain);
        }
    }

    /// The user lets go of `param`.
    fn end<P: Param>(&self, param: &P) {
        if let Some(gesture) = self.gesture.take() {
            self.remember(gesture);
        }
        self.end_quietly(param);
    }

    fn end_quietly<P: Param>(&self, param: &P) {
        if let Some(gui) = &self.gui {
            gui.param_setter().end_set_parameter(param);
        }
    }

    /// A whole gesture in one step.
    pub fn once<P: Param>(&self, param: &P, normalized: f32) {
        self.begin(param);
        self.set(param, normalized);
        self.end(param);
    }

    /// The same, which is no step to undo.
    fn once_quietly<P: Param>(&self, param: &P, normalized: f32) {
        self.begin_quietly(param);
        self.set(param, normalized);
        self.end_quietly(param);
    }

    /// Sets a parameter of any kind, which is no step to undo.
    pub fn put(&self, params: &AuralisParams, id: ParamId, normalized: f32) {
        match id.row().kind {
            Kind::Float { .. } => self.once_quietly(params.number(id), normalized),
            Kind::Switch { .. } => self.once_quietly(params.switch(id), normalized),
            Kind::Choice { .. } => self.once_quietly(params.choice(id), normalized),
        }
    }

    /// Sets all parameters that stand elsewhere; the changes, to be remembered.
    pub fn put_all(&self, params: &AuralisParams, wanted: &Values) -> Vec<(ParamId, f32, f32)> {
        let current = params.values();
        let ids = TABLE.iter().map(|row| row.param);
        let moved = ids.filter(|id| current.get(*id) != wanted.get(*id));
        moved
            .map(|id| {
                let [before, after] =
                    [&current, wanted].map(|values| params.normalized(id, values.get(id)));
                self.put(params, id, after);
                (id, before, after)
            })
            .collect()
    }

    /// Notes something that was done.
    pub fn did(&self, name: impl Into<String>, change: Change) {
        self.history.borrow_mut().push(name.into(), change);
    }

    /// Notes a gesture that moved something.
    fn remember(&self, gesture: Gesture) {
        let row = TABLE.iter().find(|row| row.name == gesture.name);
        if let Some(row) = row.filter(|_| gesture.before != gesture.last) {
            let change = Change::Params(vec![(row.param, gesture.before, gesture.last)]);
            self.did(gesture.name, change);
        }
    }

    /// Sets the default.
    pub fn reset<P: Param>(&self, param: &P) {
        self.once(param, param.default_normalized_value());
    }
}

/// Where a drag has come to, before rounding to what the parameter can hold.
#[derive(Clone, Copy)]
struct Held(f32);

/// Lets the pointer move `param` over `response`: `travel` points upwards are the whole range.
pub fn drive<P: Param>(ui: &Ui, response: &Response, param: &P, writer: &Writer, travel: f32) {
    let id = response.id.with("held");
    let (reset_key, fine) = ui.input(|i| (i.modifiers.command, i.modifiers.shift));
    if response.double_clicked() || (response.clicked() && reset_key) {
        writer.reset(param);
    }
    if response.drag_started() {
        if reset_key {
            writer.reset(param);
        } else {
            hold(ui, id, Held(param.unmodulated_normalized_value()));
            writer.begin(param);
        }
    }
    if let Some(Held(at)) = ui.data(|data| data.get_temp(id)) {
        if response.dragged() {
            let speed = if fine { FINE } else { 1.0 } / travel.max(1.0);
            let at = (at - response.drag_delta().y * speed).clamp(0.0, 1.0);
            hold(ui, id, Held(at));
            writer.set(param, at);
        } else {
            ui.data_mut(|data| data.remove::<Held>(id));
            writer.end(param);
        }
    }
    let lines = wheel_lines(ui, response);
    if lines != 0.0 {
        let step = lines * WHEEL_STEP * if fine { FINE } else { 1.0 };
        writer.once(param, param.unmodulated_normalized_value() + step);
    }
}

/// Remembers a drag until the next frame.
fn hold(ui: &Ui, id: Id, held: Held) {
    ui.data_mut(|data| data.insert_temp(id, held));
}

/// How far the wheel was turned over `response` in this frame. Read from the events themselves:
/// egui's smoothed scroll would make a gesture of every frame of its glide.
fn wheel_lines(ui: &Ui, response: &Response) -> f32 {
    if !response.hovered() || response.dragged() {
        return 0.0;
    }
    let lines = |event: &Event| match event {
        Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta,
            ..
        } => (delta.x + delta.y) / POINTS_PER_LINE,
        Event::MouseWheel { delta, .. } => delta.x + delta.y,
        _ => 0.0,
    };
    ui.input(|i| i.events.iter().map(lines).sum())
}
