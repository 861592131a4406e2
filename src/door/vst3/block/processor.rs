//! `IAudioProcessor`: arrangements, setup and blocks.
#![allow(unsafe_code)] // implements interfaces of the API

use std::sync::atomic::Ordering;

use vst3::Steinberg::Vst::IProcessContextRequirements_::Flags_::{
    kNeedBarPositionMusic, kNeedCycleMusic, kNeedProjectTimeMusic, kNeedTempo, kNeedTimeSignature,
    kNeedTransportState,
};
use vst3::Steinberg::Vst::MediaTypes_::kAudio;
use vst3::Steinberg::Vst::{
    BusDirection, IAudioProcessorTrait, IProcessContextRequirementsTrait, MediaType, ProcessData,
    ProcessSetup, SpeakerArrangement,
};
use vst3::Steinberg::{TBool, int32, kInvalidArgument, kResultFalse, kResultOk, tresult, uint32};

use crate::door::vst3::block::audio;
use crate::door::vst3::component::Effect;

/// Most buses of a side in a question about arrangements.
const MOST_BUSES: usize = 64;

/// The arrangements at `first`; `None` for counts that are none.
///
/// # Safety
/// `first` is null or has `count` arrangements.
unsafe fn arrangements<'a>(
    first: *mut SpeakerArrangement,
    count: int32,
) -> Option<&'a [SpeakerArrangement]> {
    let count = usize::try_from(count).ok().filter(|n| *n <= MOST_BUSES)?;
    if count == 0 {
        return Some(&[]);
    }
    if first.is_null() {
        return None;
    }
    // SAFETY: not null, and as long as the caller promises.
    Some(unsafe { std::slice::from_raw_parts(first, count) })
}

impl IAudioProcessorTrait for Effect {
    unsafe fn setBusArrangements(
        &self,
        inputs: *mut SpeakerArrangement,
        num_ins: int32,
        outputs: *mut SpeakerArrangement,
        num_outs: int32,
    ) -> tresult {
        // SAFETY: null or arrays of these lengths, as the API has it.
        let (inputs, outputs) = unsafe {
            (
                arrangements(inputs, num_ins),
                arrangements(outputs, num_outs),
            )
        };
        let (Some(inputs), Some(outputs)) = (inputs, outputs) else {
            return kInvalidArgument;
        };
        let result = self.0.arrange(inputs, outputs);
        self.0.pump();
        result
    }

    #[allow(clippy::unnecessary_cast)] // the type of the API's constants differs between systems
    unsafe fn getBusArrangement(
        &self,
        direction: BusDirection,
        index: int32,
        arrangement: *mut SpeakerArrangement,
    ) -> tresult {
        // SAFETY: null or a number to write into.
        let Some(arrangement) = (unsafe { arrangement.as_mut() }) else {
            return kInvalidArgument;
        };
        let buses = self
            .side(kAudio as MediaType, direction)
            .unwrap_or_default();
        let Some(bus) = usize::try_from(index).ok().and_then(|i| buses.get(i)) else {
            return kInvalidArgument;
        };
        *arrangement = bus.arrangement();
        kResultOk
    }

    unsafe fn canProcessSampleSize(&self, size: int32) -> tresult {
        match audio::is_32_bit(size) {
            true => kResultOk,
            false => kResultFalse,
        }
    }

    unsafe fn getLatencySamples(&self) -> uint32 {
        self.0.pump();
        self.0.latency_samples()
    }

    unsafe fn setupProcessing(&self, setup: *mut ProcessSetup) -> tresult {
        // SAFETY: null or a struct to read.
        let Some(setup) = (unsafe { setup.as_ref() }) else {
            return kInvalidArgument;
        };
        let result = self.0.set_up(setup);
        self.0.pump();
        result
    }

    unsafe fn setProcessing(&self, state: TBool) -> tresult {
        let result = self.0.set_processing(state != 0);
        self.0.pump();
        result
    }

    unsafe fn process(&self, data: *mut ProcessData) -> tresult {
        // SAFETY: null or a struct to read.
        let Some(data) = (unsafe { data.as_ref() }) else {
            return kInvalidArgument;
        };
        self.0.blocks.fetch_add(1, Ordering::AcqRel);
        let Some(mut audio) = self.0.audio.enter_audio() else {
            // SAFETY: the pointers are null or valid, as the API has it.
            unsafe { audio::silence(data) };
            return kResultFalse;
        };
        // SAFETY: as above.
        let result = unsafe { audio.process(self.0.parts(), data) };
        drop(audio);
        self.0.look_at_latency();
        // An offline host may have no other thread.
        self.0.pump();
        result
    }

    unsafe fn getTailSamples(&self) -> uint32 {
        self.0.plugin.tail_samples()
    }
}

impl IProcessContextRequirementsTrait for Effect {
    #[allow(clippy::unnecessary_cast)] // the type of the API's constants differs between systems
    unsafe fn getProcessContextRequirements(&self) -> uint32 {
        (kNeedProjectTimeMusic
            | kNeedBarPositionMusic
            | kNeedCycleMusic
            | kNeedTimeSignature
            | kNeedTempo
            | kNeedTransportState) as uint32
    }
}
