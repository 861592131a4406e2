//! The plug-in's functions, as the cases call them.
#![allow(unsafe_code)] // calls into the plug-in

use vst3::Steinberg::Vst::{
    BusDirections_, BusInfo, IAudioProcessorTrait, IComponentTrait, IEditControllerTrait,
    MediaTypes_, ParamID, ParameterInfo, ProcessSetup, SpeakerArrangement, String128,
    SymbolicSampleSizes_, TChar,
};
use vst3::Steinberg::kResultOk;

use super::block::{Block, Mode};
use super::changes::Change;
use super::instance::Instance;

/// The direction of a bus.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Direction {
    Input,
    Output,
}

impl Direction {
    fn number(self) -> i32 {
        let direction = match self {
            Self::Input => BusDirections_::kInput,
            Self::Output => BusDirections_::kOutput,
        };
        direction as i32
    }
}

/// What `setupProcessing` says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setup {
    pub mode: Mode,
    pub rate: f64,
    pub block: i32,
    /// Samples of 64 bits.
    pub wide: bool,
}

impl Setup {
    /// Real time at 48 kHz in blocks of up to 512 samples.
    pub const REAL_TIME: Self = Self {
        mode: Mode::RealTime,
        rate: 48_000.0,
        block: 512,
        wide: false,
    };
}

const AUDIO: i32 = MediaTypes_::kAudio as i32;

impl Instance {
    /// `setupProcessing`.
    pub fn setup(&self, setup: &Setup) -> i32 {
        let size = if setup.wide {
            SymbolicSampleSizes_::kSample64
        } else {
            SymbolicSampleSizes_::kSample32
        };
        let mut setup = ProcessSetup {
            processMode: setup.mode.number(),
            symbolicSampleSize: size as i32,
            maxSamplesPerBlock: setup.block,
            sampleRate: setup.rate,
        };
        // SAFETY: a live object; `setup` outlives the call.
        unsafe { self.processor.setupProcessing(&mut setup) }
    }

    /// `setActive`.
    pub fn set_active(&self, on: bool) -> i32 {
        // SAFETY: a live object.
        unsafe { self.component.setActive(on.into()) }
    }

    /// `setProcessing`.
    pub fn set_processing(&self, on: bool) -> i32 {
        // SAFETY: a live object.
        unsafe { self.processor.setProcessing(on.into()) }
    }

    /// `activateBus`.
    pub fn activate_bus(&self, direction: Direction, index: i32, on: bool) -> i32 {
        // SAFETY: a live object.
        unsafe {
            self.component
                .activateBus(AUDIO, direction.number(), index, on.into())
        }
    }

    /// `setBusArrangements`.
    pub fn arrange(&self, inputs: &[SpeakerArrangement], outputs: &[SpeakerArrangement]) -> i32 {
        let (mut ins, mut outs) = (inputs.to_vec(), outputs.to_vec());
        let count = |list: &[SpeakerArrangement]| i32::try_from(list.len()).unwrap();
        // SAFETY: a live object; the arrays outlive the call.
        unsafe {
            let (ins, outs) = (ins.as_mut_ptr(), outs.as_mut_ptr());
            self.processor
                .setBusArrangements(ins, count(inputs), outs, count(outputs))
        }
    }

    /// `setBusArrangements` with counts and no arrays.
    pub fn arrange_nothing(&self, inputs: i32, outputs: i32) -> i32 {
        let null = std::ptr::null_mut();
        // SAFETY: a live object; null is what is tried.
        unsafe {
            self.processor
                .setBusArrangements(null, inputs, null, outputs)
        }
    }

    /// The arrangement of every bus of a direction.
    pub fn arrangements(&self, direction: Direction) -> Vec<SpeakerArrangement> {
        // SAFETY: a live object; the variable outlives the call.
        unsafe {
            let count = self.component.getBusCount(AUDIO, direction.number());
            let one = |index| {
                let mut arrangement = 0;
                let result =
                    self.processor
                        .getBusArrangement(direction.number(), index, &mut arrangement);
                assert_eq!(result, kResultOk, "arrangement of {direction:?} {index}");
                arrangement
            };
            (0..count).map(one).collect()
        }
    }

    /// The name and the number of channels of every bus of a direction.
    pub fn buses(&self, direction: Direction) -> Vec<(String, i32)> {
        // SAFETY: a live object; `info` is plain numbers and outlives the call.
        unsafe {
            let count = self.component.getBusCount(AUDIO, direction.number());
            let one = |index| {
                let mut info: BusInfo = std::mem::zeroed();
                let result = self
                    .component
                    .getBusInfo(AUDIO, direction.number(), index, &mut info);
                assert_eq!(result, kResultOk, "{direction:?} {index}");
                (text(&info.name), info.channelCount)
            };
            (0..count).map(one).collect()
        }
    }

    /// `getLatencySamples`.
    pub fn latency_samples(&self) -> usize {
        // SAFETY: a live object.
        unsafe { self.processor.getLatencySamples() as usize }
    }

    /// `process`.
    pub fn process(&self, block: &mut Block) -> i32 {
        block.process(&self.processor)
    }

    /// `process` without any data.
    pub fn process_null(&self) -> i32 {
        // SAFETY: a live object; null is what is tried.
        unsafe { self.processor.process(std::ptr::null_mut()) }
    }

    /// `setupProcessing` without any setup.
    pub fn setup_null(&self) -> i32 {
        // SAFETY: a live object; null is what is tried.
        unsafe { self.processor.setupProcessing(std::ptr::null_mut()) }
    }

    /// `setState` and `getState` without any stream.
    pub fn state_null(&self) -> [i32; 2] {
        let null = std::ptr::null_mut();
        // SAFETY: a live object; null is what is tried.
        unsafe { [self.component.setState(null), self.component.getState(null)] }
    }

    /// All parameters: id and title.
    pub fn parameters(&self) -> Vec<(ParamID, String)> {
        // SAFETY: a live object; `info` is plain numbers and outlives the call.
        unsafe {
            let one = |index| {
                let mut info: ParameterInfo = std::mem::zeroed();
                let result = self.controller.getParameterInfo(index, &mut info);
                assert_eq!(result, kResultOk, "parameter {index}");
                (info.id, text(&info.title))
            };
            (0..self.controller.getParameterCount()).map(one).collect()
        }
    }

    /// The id of the parameter with this title.
    pub fn id(&self, title: &str) -> ParamID {
        let all = self.parameters();
        let found = all.iter().find(|(_, known)| known == title);
        found.unwrap_or_else(|| panic!("no parameter '{title}'")).0
    }

    /// What the controller says a parameter is, normalised.
    pub fn value(&self, title: &str) -> f64 {
        let id = self.id(title);
        // SAFETY: a live object.
        unsafe { self.controller.getParamNormalized(id) }
    }

    /// The normalised value of a text.
    pub fn parse(&self, title: &str, typed: &str) -> f64 {
        let (id, mut value) = (self.id(title), 0.0);
        let mut typed: Vec<TChar> = typed
            .encode_utf16()
            .chain([0])
            .map(|c| c as TChar)
            .collect();
        // SAFETY: a live object; the text ends in a zero, and both outlive the call.
        let result = unsafe {
            let typed = typed.as_mut_ptr();
            self.controller.getParamValueByString(id, typed, &mut value)
        };
        assert_eq!(result, kResultOk, "'{title}' refused its text");
        value
    }

    /// The text of a parameter's value.
    pub fn text(&self, title: &str) -> String {
        let (id, value) = (self.id(title), self.value(title));
        let mut printed: String128 = [0; 128];
        // SAFETY: a live object; the array outlives the call.
        let result = unsafe {
            self.controller
                .getParamStringByValue(id, value, &mut printed)
        };
        assert_eq!(result, kResultOk, "the text of '{title}'");
        text(&printed)
    }

    /// Sets a parameter on the controller only.
    pub fn set_on_controller(&self, title: &str, typed: &str) {
        let value = self.parse(title, typed);
        // SAFETY: a live object.
        let result = unsafe { self.controller.setParamNormalized(self.id(title), value) };
        assert_eq!(result, kResultOk, "'{title}'");
    }

    /// Sets a parameter as DAWs do: the controller is told at once, and the next block carries it.
    pub fn set(&self, title: &str, typed: &str) {
        self.set_on_controller(title, typed);
        let change = Change {
            id: self.id(title),
            offset: 0,
            value: self.parse(title, typed),
        };
        self.queued.lock().unwrap().push(change);
    }

    /// The changes that the next block carries.
    pub fn take_queued(&self) -> Vec<Change> {
        std::mem::take(&mut *self.queued.lock().unwrap())
    }
}

/// The text before the first zero.
fn text(chars: &[TChar]) -> String {
    let chars: Vec<u16> = chars
        .iter()
        .map(|c| *c as u16)
        .take_while(|c| *c != 0)
        .collect();
    String::from_utf16_lossy(&chars)
}
