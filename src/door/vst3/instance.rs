//! One instance: what the interfaces of the plug-in share, and its life from `initialize` to the
//! last release.
//!
//! The CLAP plug-in is made with the object and destroyed with it, so that no call of a host, in
//! whatever order, meets a plug-in that is not there.
#![allow(unsafe_code)] // hands pointers of the host on

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use vst3::Steinberg::Vst::{IComponentHandler, ProcessSetup, SpeakerArrangement};
use vst3::Steinberg::{
    FUnknown, kInvalidArgument, kNotInitialized, kResultFalse, kResultOk, tresult,
};
use vst3::{ComPtr, ComRef};

use crate::door::clap::{BLOCK_SIZES, SAMPLE_RATES};
use crate::door::vst3::block::audio::{self, Audio, Parts};
use crate::door::vst3::block::buses::Buses;
use crate::door::vst3::controls::edits::{self, Receiver};
use crate::door::vst3::controls::params::Params;
use crate::door::vst3::controls::units::Units;
use crate::door::vst3::host::{Host, Wish};
use crate::door::vst3::lock;
use crate::door::vst3::plugin::Plugin;
use crate::door::vst3::threads::gate::Gate;
use crate::door::vst3::window::panel::Panel;
use crate::door::vst3::window::ticker::Ticker;

/// What `setupProcessing` has said.
#[derive(Clone, Copy, PartialEq)]
struct Setup {
    sample_rate: f64,
    frames: u32,
}

/// One instance of the plug-in.
pub struct Instance {
    /// The window.
    pub panel: Panel,
    /// The plug-in itself.
    pub plugin: Plugin,
    /// The host that it sees.
    pub host: Arc<Host>,
    /// Its parameters.
    pub params: Params,
    /// Groups of parameters.
    pub units: Units,
    /// Its buses.
    pub buses: Buses,
    /// The audio side.
    pub audio: Gate<Audio>,
    /// What the panel changed.
    pub edits: Mutex<Receiver>,
    /// Whom to tell; hosts give it late, or never.
    pub handler: Mutex<Option<ComPtr<IComponentHandler>>>,
    /// Calls [`Instance::pump`] from time to time.
    pub ticker: Mutex<Option<Ticker>>,
    /// Set while [`Instance::pump`] runs.
    pub is_pumping: AtomicBool,
    /// Blocks so far; wraps.
    pub blocks: AtomicU32,
    /// When the plug-in asked for an exchange of parameter changes while blocks are expected: the
    /// count of blocks then, and the time.
    pub flush_asked: Mutex<Option<(u32, Instant)>>,
    /// The latency in samples that the host was told last.
    told_latency: AtomicU32,
    is_initialised: AtomicBool,
    setup: Mutex<Option<Setup>>,
}

impl Instance {
    /// Makes the plug-in; `None` when that fails.
    pub fn new() -> Option<Arc<Self>> {
        let host = Host::new();
        let plugin = Plugin::new(&host)?;
        let buses = Buses::new(&plugin)?;
        let params = Params::new(&plugin);
        let (sender, receiver) = edits::ring();
        Some(Arc::new(Self {
            panel: Panel::default(),
            units: Units::new(params.all().iter().map(|param| param.group.as_str())),
            audio: Gate::new(Audio::new(params.all().len(), sender)),
            edits: Mutex::new(receiver),
            handler: Mutex::new(None),
            ticker: Mutex::new(None),
            is_pumping: AtomicBool::new(false),
            blocks: AtomicU32::new(0),
            flush_asked: Mutex::new(None),
            told_latency: AtomicU32::new(0),
            is_initialised: AtomicBool::new(false),
            setup: Mutex::new(None),
            plugin,
            host,
            params,
            buses,
        }))
    }

    /// What the audio side works with.
    pub fn parts(&self) -> Parts<'_> {
        Parts {
            plugin: &self.plugin,
            params: &self.params,
            buses: &self.buses,
            host: &self.host,
        }
    }

    /// Whether the host has called `initialize`.
    pub fn is_initialised(&self) -> bool {
        self.is_initialised.load(Ordering::Acquire)
    }

    /// `IPluginBase::initialize`.
    pub fn initialise(self: &Arc<Self>, context: Option<ComRef<FUnknown>>) -> tresult {
        if self.is_initialised.swap(true, Ordering::AcqRel) {
            return kResultFalse;
        }
        self.host.set_main_thread();
        self.tick_by(context);
        kResultOk
    }

    /// Starts the ticker, unless it runs, by the means of the system or of something that the host
    /// gives.
    pub fn tick_by(self: &Arc<Self>, source: Option<ComRef<FUnknown>>) {
        let mut ticker = lock(&self.ticker);
        if ticker.is_none() {
            *ticker = Ticker::start(source, Arc::downgrade(self));
        }
    }

    /// `IPluginBase::terminate`. What is still open or active ends here.
    pub fn terminate(&self) -> tresult {
        if !self.is_initialised.swap(false, Ordering::AcqRel) {
            return kNotInitialized;
        }
        self.panel.close(self);
        if let Some(mut audio) = self.audio.enter() {
            audio.deactivate(self.parts());
        }
        *lock(&self.setup) = None;
        // Dropped without the locks: both are objects of the host.
        let ticker = lock(&self.ticker).take();
        let handler = lock(&self.handler).take();
        drop((ticker, handler));
        kResultOk
    }

    /// `IAudioProcessor::setupProcessing`. The mode is heard at once, also while active.
    pub fn set_up(&self, wanted: &ProcessSetup) -> tresult {
        if !self.is_initialised() {
            return kNotInitialized;
        }
        let frames = u32::try_from(wanted.maxSamplesPerBlock).unwrap_or(0);
        let rate = wanted.sampleRate;
        if !SAMPLE_RATES.contains(&rate) || !BLOCK_SIZES.contains(&frames) {
            return kInvalidArgument;
        }
        if !audio::is_32_bit(wanted.symbolicSampleSize) {
            return kResultFalse;
        }
        let Some(mut audio) = self.audio.enter() else {
            return kResultFalse;
        };
        audio.set_mode(self.parts(), wanted.processMode);
        let setup = Setup {
            sample_rate: rate,
            frames,
        };
        let mut current = lock(&self.setup);
        if audio.is_active() && *current != Some(setup) {
            return kResultFalse;
        }
        *current = Some(setup);
        kResultOk
    }

    /// `IComponent::setActive`.
    pub fn set_active(&self, on: bool) -> tresult {
        if !self.is_initialised() {
            return kNotInitialized;
        }
        let setup = *lock(&self.setup);
        let Some(mut audio) = self.audio.enter() else {
            return kResultFalse;
        };
        if self.params.any_waiting() {
            audio.flush_waiting(self.parts());
        }
        if !on {
            audio.deactivate(self.parts());
            return kResultOk;
        }
        let Some(setup) = setup else {
            return kNotInitialized;
        };
        if audio.is_active() {
            return kResultFalse;
        }
        if !audio.activate(self.parts(), setup.sample_rate, setup.frames) {
            return kResultFalse;
        }
        drop(audio);
        self.look_at_latency();
        kResultOk
    }

    /// `IAudioProcessor::setProcessing`.
    pub fn set_processing(&self, on: bool) -> tresult {
        let Some(mut audio) = self.audio.enter() else {
            return kResultFalse;
        };
        if on {
            return if audio.start(self.parts()) {
                kResultOk
            } else {
                kNotInitialized
            };
        }
        audio.stop(self.parts());
        if self.params.any_waiting() {
            audio.flush_waiting(self.parts());
        }
        kResultOk
    }

    /// `IAudioProcessor::setBusArrangements`; the arrangement in use stays when it is refused.
    pub fn arrange(
        &self,
        inputs: &[SpeakerArrangement],
        outputs: &[SpeakerArrangement],
    ) -> tresult {
        let Some(audio) = self.audio.enter() else {
            return kResultFalse;
        };
        if audio.is_active() || !self.buses.arrange(&self.plugin, inputs, outputs) {
            return kResultFalse;
        }
        kResultOk
    }

    /// The latency in samples. A host that merely asks, while a block changes it, has yet to be told:
    /// many realign only then.
    pub fn latency_samples(&self) -> u32 {
        self.plugin.latency_samples()
    }

    /// Whether the host must be told of the latency; it is taken to be told.
    pub fn tell_latency(&self) -> bool {
        let latency = self.plugin.latency_samples();
        self.told_latency.swap(latency, Ordering::AcqRel) != latency
    }

    /// Notes that the host must be told, if the latency is another one than it knows.
    pub fn look_at_latency(&self) {
        if self.plugin.latency_samples() != self.told_latency.load(Ordering::Acquire) {
            self.host.wish(Wish::Latency);
        }
    }

    /// `IEditController::setParamNormalized`.
    ///
    /// While blocks are processed the host sends the value with them as well, at its time; so here
    /// it waits for them, to be seen and saved. Else it goes into the plug-in at once.
    pub fn set_value(&self, id: u32, value: f64) -> tresult {
        let Some(param) = self.params.get(id) else {
            return kInvalidArgument;
        };
        if value.is_nan() {
            return kInvalidArgument;
        }
        if param.is_held() {
            return kResultOk;
        }
        self.params.wait(param, value.clamp(0.0, 1.0));
        if let Some(mut audio) = self.audio.enter_audio()
            && !audio.is_processing()
        {
            audio.flush_waiting(self.parts());
        }
        kResultOk
    }

    /// The normalised value of a parameter; `None` when there is none with this id.
    pub fn value(&self, id: u32) -> Option<f64> {
        let param = self.params.get(id)?;
        let inside = || self.plugin.value(id).map(|plain| param.normalised(plain));
        param.waiting().or_else(inside)
    }

    /// Brings values that wait into the plug-in, for a state that has them all.
    pub fn settle(&self) {
        if self.params.any_waiting()
            && let Some(mut audio) = self.audio.enter()
        {
            audio.flush_waiting(self.parts());
        }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.panel.close(self);
        let parts = Parts {
            plugin: &self.plugin,
            params: &self.params,
            buses: &self.buses,
            host: &self.host,
        };
        self.audio.get_mut().deactivate(parts);
        // A window knows its thread: closing it on another one would end the host.
        if self.panel.is_out_of_reach() {
            self.plugin.keep();
        }
    }
}
