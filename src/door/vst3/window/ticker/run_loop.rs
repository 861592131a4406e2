//! A timer of the run loop that the host lends.
#![allow(unsafe_code)] // implements an interface of the API

use std::sync::Weak;

use vst3::Steinberg::FUnknown;
use vst3::Steinberg::Linux::{
    IRunLoop, IRunLoopTrait, ITimerHandler, ITimerHandlerTrait, TimerInterval,
};
use vst3::Steinberg::kResultOk;
use vst3::{Class, ComPtr, ComRef, ComWrapper};

use super::PERIOD_MS;
use crate::door::vst3::instance::Instance;

/// What the host calls.
struct Handler(Weak<Instance>);

impl Class for Handler {
    type Interfaces = (ITimerHandler,);
}

impl ITimerHandlerTrait for Handler {
    unsafe fn onTimer(&self) {
        if let Some(instance) = self.0.upgrade() {
            instance.pump();
        }
    }
}

/// A running timer, ended when dropped.
pub struct Ticker {
    run_loop: ComPtr<IRunLoop>,
    handler: ComPtr<ITimerHandler>,
}

impl Ticker {
    /// Starts a timer for `instance` if `source`, an object of the host, has a run loop.
    pub fn start(source: Option<ComRef<FUnknown>>, instance: Weak<Instance>) -> Option<Self> {
        let run_loop = source?.cast::<IRunLoop>()?;
        let handler = ComWrapper::new(Handler(instance)).to_com_ptr::<ITimerHandler>()?;
        let period = TimerInterval::from(PERIOD_MS);
        // SAFETY: the run loop lives as long as our reference to it, and the handler is
        // unregistered before ours is dropped.
        let result = unsafe { run_loop.registerTimer(handler.as_ptr(), period) };
        (result == kResultOk).then_some(Self { run_loop, handler })
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        // SAFETY: registered by this very handler.
        unsafe { self.run_loop.unregisterTimer(self.handler.as_ptr()) };
    }
}
