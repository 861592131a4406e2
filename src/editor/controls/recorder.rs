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
