//! From the pointer to a parameter: gestures, drags, the wheel, resets.

use std::cell::RefCell;

use auralis_engine::params::{Kind, ParamId, TABLE, Values};
use egui::{Event, Id, MouseWheelUnit, Response, Ui};
use nice_plug::context::gui::GuiContext;
use nice_plug::params::internals::ParamPtr;
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
    /// Parameters that the user holds.
    held: RefCell<Vec<ParamPtr>>,
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

    /// The window is closed. One that is closed in the middle of a drag lets go of what was held.
    #[allow(unsafe_code)] // the framework's interface for parameters of any kind
    pub fn close(&mut self) {
        if let Some(gesture) = self.gesture.take() {
            self.remember(gesture);
        }
        let held = self.held.take();
        let Some(gui) = self.gui.take() else { return };
        for ptr in held {
            // SAFETY: the framework looks the parameter up among the plug-in's, where it was found when
            // the gesture began.
            unsafe { gui.raw_end_set_parameter(ptr) };
        }
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
            self.held.borrow_mut().push(param.as_ptr());
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
            let ptr = param.as_ptr();
            self.held.borrow_mut().retain(|held| *held != ptr);
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

#[cfg(test)]
pub mod recorder {
    //! A host that writes down what the panel writes.
    #![allow(unsafe_code)] // the framework's interface

    use std::sync::{Arc, Mutex};

    use nice_plug::context::PluginApi;
    use nice_plug::context::gui::{GuiContext, GuiContextInner};
    use nice_plug::params::internals::ParamPtr;
    use nice_plug::plugin::PluginState;

    /// What the panel did with a parameter.
    #[derive(Debug, Clone, Copy, PartialEq)]
    pub enum Step {
        Begin,
        Set(f32),
        End,
    }

    #[derive(Default, Clone)]
    pub struct Recorder(Arc<Mutex<Vec<Step>>>);

    impl Recorder {
        pub fn context(&self) -> GuiContext {
            GuiContext::new(Arc::new(self.clone()))
        }

        pub fn steps(&self) -> Vec<Step> {
            self.0.lock().unwrap().clone()
        }

        fn note(&self, step: Step) {
            self.0.lock().unwrap().push(step);
        }
    }

    impl GuiContextInner for Recorder {
        fn plugin_api(&self) -> PluginApi {
            PluginApi::Clap
        }

        unsafe fn raw_begin_set_parameter(&self, _: ParamPtr) {
            self.note(Step::Begin);
        }

        unsafe fn raw_set_parameter_normalized(&self, _: ParamPtr, normalized: f32) {
            self.note(Step::Set(normalized));
        }

        unsafe fn raw_end_set_parameter(&self, _: ParamPtr) {
            self.note(Step::End);
        }

        fn get_state(&self) -> PluginState {
            unimplemented!("no test asks for it")
        }

        fn set_state(&self, _: PluginState) {}

        fn request_restart(&self) {}
    }
}

#[cfg(test)]
mod tests {
    use super::recorder::{Recorder, Step};
    use super::*;
    use crate::params::AuralisParams;
    use auralis_engine::params::ParamId;

    #[test]
    fn a_window_that_closes_in_the_middle_of_a_drag_ends_the_gesture() {
        let (params, recorder) = (AuralisParams::default(), Recorder::default());
        let mut writer = Writer::default();
        writer.open(recorder.context());
        writer.once(params.number(ParamId::CompThreshold), 0.3);
        writer.begin(params.number(ParamId::CompThreshold));
        writer.set(params.number(ParamId::CompThreshold), 0.4);
        writer.close();
        let steps = recorder.steps();
        let [
            Step::Begin,
            Step::Set(_),
            Step::End,
            Step::Begin,
            Step::Set(_),
            Step::End,
        ] = steps[..]
        else {
            panic!("{steps:?}");
        };
    }
}
