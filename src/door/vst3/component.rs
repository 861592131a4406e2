//! `IComponent`: buses, activation and state.
#![allow(unsafe_code)] // implements an interface of the API

use std::sync::Arc;

use vst3::Steinberg::Vst::BusDirections_::{kInput, kOutput};
use vst3::Steinberg::Vst::BusInfo_::BusFlags_::kDefaultActive;
use vst3::Steinberg::Vst::BusTypes_::{kAux, kMain};
use vst3::Steinberg::Vst::MediaTypes_::kAudio;
use vst3::Steinberg::Vst::{
    BusDirection, BusInfo, IAudioProcessor, IComponent, IComponentTrait, IEditController,
    IProcessContextRequirements, IUnitInfo, IoMode, MediaType, RoutingInfo,
};
use vst3::Steinberg::{
    FUnknown, IBStream, IPluginBaseTrait, TBool, TUID, int32, kInvalidArgument, kNoInterface,
    kNotInitialized, kResultFalse, kResultOk, tresult,
};
use vst3::{Class, ComRef};

use crate::door::vst3::block::buses::Bus;
use crate::door::vst3::controls::text;
use crate::door::vst3::host::Wish;
use crate::door::vst3::instance::Instance;
use crate::door::vst3::state;

/// The plug-in as one object: component, processor and controller.
pub struct Effect(pub Arc<Instance>);

impl Class for Effect {
    type Interfaces = (
        IComponent,
        IAudioProcessor,
        IEditController,
        IProcessContextRequirements,
        IUnitInfo,
    );
}

impl Effect {
    /// A bus of the layout in use, and its place; `None` for a medium, a direction or an index that
    /// is none.
    fn bus(
        &self,
        medium: MediaType,
        direction: BusDirection,
        index: int32,
    ) -> Option<(&Bus, usize)> {
        let index = usize::try_from(index).ok()?;
        let buses = self.side(medium, direction)?;
        Some((buses.get(index)?, index))
    }

    /// The buses of a side.
    #[allow(clippy::unnecessary_cast)] // the type of the API's constants differs between systems
    pub fn side(&self, medium: MediaType, direction: BusDirection) -> Option<&[Bus]> {
        if medium != kAudio as MediaType {
            return None;
        }
        let is_input = is_input(direction)?;
        Some(self.0.buses.layout().side(is_input))
    }
}

/// Whether a direction is into the plug-in; `None` when it is none.
#[allow(clippy::unnecessary_cast)] // the type of the API's constants differs between systems
fn is_input(direction: BusDirection) -> Option<bool> {
    if direction == kInput as BusDirection {
        Some(true)
    } else if direction == kOutput as BusDirection {
        Some(false)
    } else {
        None
    }
}

impl IPluginBaseTrait for Effect {
    unsafe fn initialize(&self, context: *mut FUnknown) -> tresult {
        // SAFETY: null or an object of the host.
        let context = unsafe { ComRef::from_raw(context) };
        self.0.initialise(context)
    }

    unsafe fn terminate(&self) -> tresult {
        self.0.terminate()
    }
}

impl IComponentTrait for Effect {
    unsafe fn getControllerClassId(&self, _class: *mut TUID) -> tresult {
        // The controller is this object.
        kNoInterface
    }

    unsafe fn setIoMode(&self, _mode: IoMode) -> tresult {
        // Says no more than `setupProcessing`.
        kResultOk
    }

    unsafe fn getBusCount(&self, medium: MediaType, direction: BusDirection) -> int32 {
        let buses = self.side(medium, direction).unwrap_or_default();
        int32::try_from(buses.len()).unwrap_or(0)
    }

    #[allow(clippy::unnecessary_cast)] // the type of the API's constants differs between systems
    unsafe fn getBusInfo(
        &self,
        medium: MediaType,
        direction: BusDirection,
        index: int32,
        info: *mut BusInfo,
    ) -> tresult {
        // SAFETY: null or a struct to write into.
        let Some(info) = (unsafe { info.as_mut() }) else {
            return kInvalidArgument;
        };
        let Some((bus, _)) = self.bus(medium, direction, index) else {
            return kInvalidArgument;
        };
        info.mediaType = medium;
        info.direction = direction;
        info.channelCount = int32::try_from(bus.channels).unwrap_or(0);
        text::copy_utf16(&bus.name, &mut info.name);
        // A sidechain is there when the host says so: an unconnected one is not the same as silence.
        (info.busType, info.flags) = if bus.is_main {
            (kMain as int32, kDefaultActive as u32)
        } else {
            (kAux as int32, 0)
        };
        kResultOk
    }

    unsafe fn getRoutingInfo(&self, from: *mut RoutingInfo, to: *mut RoutingInfo) -> tresult {
        // SAFETY: null, or a struct to read and one to write into.
        let (Some(from), Some(to)) = (unsafe { (from.as_ref(), to.as_mut()) }) else {
            return kInvalidArgument;
        };
        // The main input comes out of the main output, channel by channel.
        match self.bus(from.mediaType, 0, from.busIndex) {
            Some((bus, _)) if bus.is_main => {
                *to = *from;
                kResultOk
            }
            _ => kResultFalse,
        }
    }

    unsafe fn activateBus(
        &self,
        medium: MediaType,
        direction: BusDirection,
        index: int32,
        state: TBool,
    ) -> tresult {
        let (Some((_, index)), Some(is_input)) =
            (self.bus(medium, direction, index), is_input(direction))
        else {
            return kInvalidArgument;
        };
        self.0.buses.connect(is_input, index, state != 0);
        self.0.pump();
        kResultOk
    }

    unsafe fn setActive(&self, state: TBool) -> tresult {
        let result = self.0.set_active(state != 0);
        self.0.pump();
        result
    }

    unsafe fn setState(&self, stream: *mut IBStream) -> tresult {
        // SAFETY: null or an object of the host.
        let Some(stream) = (unsafe { ComRef::from_raw(stream) }) else {
            return kInvalidArgument;
        };
        if !self.0.is_initialised() {
            return kNotInitialized;
        }
        let Some(document) = state::read_all(stream).filter(|document| !document.is_empty()) else {
            return kResultFalse;
        };
        if !self.0.plugin.load(&state::to_clap(&document)) {
            self.0.pump();
            return kResultFalse;
        }
        // What was set before belongs to the state before.
        self.0.params.take_waiting(|_, _| {});
        self.0.host.wish(Wish::Values);
        self.0.pump();
        kResultOk
    }

    unsafe fn getState(&self, stream: *mut IBStream) -> tresult {
        // SAFETY: null or an object of the host.
        let Some(stream) = (unsafe { ComRef::from_raw(stream) }) else {
            return kInvalidArgument;
        };
        if !self.0.is_initialised() {
            return kNotInitialized;
        }
        self.0.settle();
        self.0.pump();
        let saved = self.0.plugin.save().unwrap_or_default();
        match state::from_clap(&saved) {
            Some(document) if state::write_all(stream, document) => kResultOk,
            _ => kResultFalse,
        }
    }
}
