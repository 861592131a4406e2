//! What the main thread does for the plug-in.
//!
//! VST3 gives a plug-in no way to be called on the main thread. So the work is done by a ticker
//! where there is one, and besides by every call of the host that comes on that thread: at its end,
//! when the adapter is done with it, because the host may answer with calls of its own.
#![allow(unsafe_code)] // calls the host

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use vst3::ComPtr;
use vst3::Steinberg::Vst::RestartFlags_::{kLatencyChanged, kParamValuesChanged};
use vst3::Steinberg::Vst::{
    IComponentHandler, IComponentHandler2, IComponentHandler2Trait, IComponentHandlerTrait,
    RestartFlags,
};

use crate::door::vst3::controls::edits::{self, Edit};
use crate::door::vst3::host::Wish;
use crate::door::vst3::instance::Instance;
use crate::door::vst3::lock;

/// Rounds of work in one call; what one round brings about is often more work.
const ROUNDS: usize = 8;
/// A host that sends no block for this long has paused, whatever it has said.
const IDLE: Duration = Duration::from_millis(100);

impl Instance {
    /// Does what is to be done on the main thread, if this is it. Never inside itself: the host
    /// calls back, and the panel's window is not made for that.
    pub fn pump(&self) {
        if !self.host.wishes_anything() || !self.host.is_main_thread() {
            return;
        }
        if self.is_pumping.swap(true, Ordering::AcqRel) {
            return;
        }
        for _ in 0..ROUNDS {
            if !self.host.wishes_anything() {
                break;
            }
            self.pump_once();
        }
        self.is_pumping.store(false, Ordering::Release);
        self.panel.close_if_late(self);
    }

    fn pump_once(&self) {
        if self.host.take(Wish::Callback) {
            self.plugin.on_main_thread();
        }
        if self.host.take(Wish::Flush) {
            self.flush_if_idle();
        }
        if self.host.take(Wish::Edits) {
            self.hand_on_edits();
        }
        if self.host.take(Wish::Resize) {
            self.panel.resize(self);
        }
        if self.host.take(Wish::Dirty) {
            self.tell_dirty();
        }
        // Both wait for a host that gives its handler late.
        let Some(handler) = self.handler() else {
            return;
        };
        if self.host.take(Wish::Values) {
            restart(&handler, kParamValuesChanged);
        }
        if self.host.take(Wish::Latency) && self.tell_latency() {
            restart(&handler, kLatencyChanged);
        }
    }

    /// Exchanges parameter changes unless a block does it: blocks bring the panel's changes out
    /// themselves, and holding the gate beside them is best avoided.
    fn flush_if_idle(&self) {
        let Some(mut audio) = self.audio.enter_audio() else {
            return self.host.wish(Wish::Flush);
        };
        if !audio.is_processing() {
            *lock(&self.flush_asked) = None;
            return audio.flush_waiting(self.parts());
        }
        let blocks = self.blocks.load(Ordering::Acquire);
        let mut asked = lock(&self.flush_asked);
        let (at, since) = *asked.get_or_insert_with(|| (blocks, Instant::now()));
        let is_idle = since.elapsed() > IDLE;
        if is_idle && at == blocks {
            audio.flush_waiting(self.parts());
        } else if at == blocks {
            return self.host.wish(Wish::Flush);
        }
        *asked = None;
    }

    /// Tells the host what the panel changed.
    pub fn hand_on_edits(&self) {
        let handler = self.handler();
        loop {
            // The lock is gone when the host is called: it may come back for more.
            let next = lock(&self.edits).next();
            let Some(edit) = next else { break };
            edits::hand_on(edit, &self.params, handler.as_ref());
        }
    }

    /// Ends the gestures of a panel that was closed in the middle of one.
    pub fn end_gestures(&self) {
        self.hand_on_edits();
        let handler = self.handler();
        for (place, param) in self.params.all().iter().enumerate() {
            if param.let_go() {
                edits::hand_on(Edit::End(place), &self.params, handler.as_ref());
            }
        }
    }

    /// The host's handler, if it has given one.
    pub fn handler(&self) -> Option<ComPtr<IComponentHandler>> {
        lock(&self.handler).clone()
    }

    fn tell_dirty(&self) {
        let handler = self.handler();
        if let Some(handler) = handler.and_then(|handler| handler.cast::<IComponentHandler2>()) {
            // SAFETY: the host's handler lives as long as our reference to it.
            unsafe { handler.setDirty(1) };
        }
    }
}

/// Tells the host what has changed.
#[allow(clippy::unnecessary_cast)] // the type of the API's constants differs between systems
fn restart(handler: &ComPtr<IComponentHandler>, flags: RestartFlags) {
    // SAFETY: the host's handler lives as long as our reference to it.
    unsafe { handler.restartComponent(flags as i32) };
}
