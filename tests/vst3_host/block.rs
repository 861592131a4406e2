//! One call of `process` as data: every pointer in it can be missing or null.
#![allow(unsafe_code)] // hands pointers to the plug-in

use vst3::Steinberg::Vst::ProcessContext_::StatesAndFlags_ as flags;
use vst3::Steinberg::Vst::{
    AudioBusBuffers, AudioBusBuffers__type0, IAudioProcessor, IAudioProcessorTrait,
    IParameterChanges, ProcessContext, ProcessData, ProcessModes_, SymbolicSampleSizes_,
};
use vst3::Steinberg::tresult;
use vst3::{ComPtr, ComWrapper};

use super::changes::{Change, Changes};
use super::common::Audio;

/// What the host says about time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mode {
    /// Keep up.
    RealTime,
    /// Ahead of time, now and then.
    Prefetch,
    /// Take the time it takes.
    Offline,
}

impl Mode {
    /// The standard's number.
    pub fn number(self) -> i32 {
        let mode = match self {
            Self::RealTime => ProcessModes_::kRealtime,
            Self::Prefetch => ProcessModes_::kPrefetch,
            Self::Offline => ProcessModes_::kOffline,
        };
        mode as i32
    }
}

/// One bus of a block.
#[derive(Clone, Debug, PartialEq)]
pub enum Bus {
    /// Audio, `[channel][sample]`.
    Channels(Audio),
    /// This many channels, every one a null pointer: allowed for an inactive bus.
    NullChannels(usize),
    /// This many channels and no array of pointers.
    NullArray(usize),
}

impl Bus {
    /// A bus of silence.
    pub fn silent(channels: usize, frames: usize) -> Self {
        Self::Channels(vec![vec![0.0; frames]; channels])
    }

    /// Its audio; nothing when it has none.
    pub fn audio(&self) -> &[Vec<f32>] {
        match self {
            Self::Channels(audio) => audio,
            Self::NullChannels(_) | Self::NullArray(_) => &[],
        }
    }
}

/// The buses of one direction.
#[derive(Clone, Debug, PartialEq)]
pub enum Buses {
    /// These.
    Given(Vec<Bus>),
    /// This many, and no array of them.
    NullArray(i32),
}

/// The transport of a block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transport {
    /// Whether it runs.
    pub playing: bool,
    /// Where the block is, in samples of the project.
    pub position: i64,
    /// Samples a second.
    pub rate: f64,
}

impl Transport {
    fn context(self) -> ProcessContext {
        // SAFETY: plain numbers, for which zero is a value.
        let mut context: ProcessContext = unsafe { std::mem::zeroed() };
        let valid = flags::kTempoValid | flags::kTimeSigValid | flags::kContTimeValid;
        context.state = valid | if self.playing { flags::kPlaying } else { 0 };
        context.sampleRate = self.rate;
        context.projectTimeSamples = self.position;
        context.continousTimeSamples = self.position;
        context.tempo = 120.0;
        (context.timeSigNumerator, context.timeSigDenominator) = (4, 4);
        context
    }
}

/// One call of `process`.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// `ProcessData.processMode`.
    pub mode: Mode,
    /// `ProcessData.numSamples`.
    pub samples: i32,
    /// Whether the samples are said to be of 64 bits (the buffers are of 32 all the same).
    pub wide: bool,
    /// The inputs.
    pub inputs: Buses,
    /// The outputs; filled by the call.
    pub outputs: Buses,
    /// The process context, or none.
    pub transport: Option<Transport>,
    /// Parameter changes, or no list at all.
    pub changes: Option<Vec<Change>>,
}

impl Block {
    /// A plain block of silence: main input, main output, as many channels each.
    pub fn silent(channels: usize, frames: usize) -> Self {
        Self {
            mode: Mode::RealTime,
            samples: i32::try_from(frames).unwrap(),
            wide: false,
            inputs: Buses::Given(vec![
                Bus::silent(channels, frames),
                Bus::silent(channels, frames),
            ]),
            outputs: Buses::Given(vec![Bus::silent(channels, frames)]),
            transport: None,
            changes: Some(Vec::new()),
        }
    }

    /// The main output.
    pub fn output(&self) -> &[Vec<f32>] {
        match &self.outputs {
            Buses::Given(buses) => buses.first().map_or(&[], Bus::audio),
            Buses::NullArray(_) => &[],
        }
    }

    /// Hands the block to the plug-in.
    pub fn process(&mut self, processor: &ComPtr<IAudioProcessor>) -> tresult {
        let mut inputs = Pointers::of(&mut self.inputs);
        let mut outputs = Pointers::of(&mut self.outputs);
        let changes = self.changes.as_deref().map(Changes::of);
        let returned = Changes::of(&[]);
        let mut context = self.transport.map(Transport::context);
        let size = if self.wide {
            SymbolicSampleSizes_::kSample64
        } else {
            SymbolicSampleSizes_::kSample32
        };
        let mut data = ProcessData {
            processMode: self.mode.number(),
            symbolicSampleSize: size as i32,
            numSamples: self.samples,
            numInputs: inputs.count,
            numOutputs: outputs.count,
            inputs: inputs.array(),
            outputs: outputs.array(),
            inputParameterChanges: changes.as_ref().map_or(std::ptr::null_mut(), list),
            outputParameterChanges: if changes.is_some() {
                list(&returned)
            } else {
                std::ptr::null_mut()
            },
            inputEvents: std::ptr::null_mut(),
            outputEvents: std::ptr::null_mut(),
            processContext: context
                .as_mut()
                .map_or(std::ptr::null_mut(), std::ptr::from_mut),
        };
        // SAFETY: what `data` points to lives until the end of this function.
        unsafe { processor.process(&mut data) }
    }
}

/// The interface of a list of changes.
fn list(changes: &ComWrapper<Changes>) -> *mut IParameterChanges {
    changes.as_com_ref::<IParameterChanges>().unwrap().as_ptr()
}

/// The pointers to the buses of one direction.
struct Pointers {
    count: i32,
    buses: Option<Vec<AudioBusBuffers>>,
    /// What the buses point to.
    _channels: Vec<Vec<*mut f32>>,
}

impl Pointers {
    fn of(buses: &mut Buses) -> Self {
        let given = match buses {
            Buses::Given(given) => given,
            Buses::NullArray(count) => {
                return Self {
                    count: *count,
                    buses: None,
                    _channels: Vec::new(),
                };
            }
        };
        let mut channels: Vec<Vec<*mut f32>> = given.iter_mut().map(channels).collect();
        let buffers = given
            .iter()
            .zip(&mut channels)
            .map(|(bus, channels)| AudioBusBuffers {
                numChannels: i32::try_from(channels.len()).unwrap(),
                silenceFlags: 0,
                __field0: AudioBusBuffers__type0 {
                    channelBuffers32: match bus {
                        Bus::NullArray(_) => std::ptr::null_mut(),
                        _ => channels.as_mut_ptr(),
                    },
                },
            });
        Self {
            count: i32::try_from(given.len()).unwrap(),
            buses: Some(buffers.collect()),
            _channels: channels,
        }
    }

    fn array(&mut self) -> *mut AudioBusBuffers {
        let buses = self.buses.as_mut();
        buses.map_or(std::ptr::null_mut(), |buses| buses.as_mut_ptr())
    }
}

/// The pointers to the channels of a bus.
fn channels(bus: &mut Bus) -> Vec<*mut f32> {
    match bus {
        Bus::Channels(audio) => audio
            .iter_mut()
            .map(|channel| channel.as_mut_ptr())
            .collect(),
        Bus::NullChannels(count) | Bus::NullArray(count) => vec![std::ptr::null_mut(); *count],
    }
}
