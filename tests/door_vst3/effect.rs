//! The plug-in out of this library's own factory.

use std::ffi::c_void;
use std::ptr::null_mut;

use vst3::Steinberg::Vst::{
    AudioBusBuffers, AudioBusBuffers__type0, IAudioProcessor, IAudioProcessorTrait, IComponent,
    IComponentTrait, IEditController, IEditControllerTrait, IParameterChanges, ParameterInfo,
    ProcessData, ProcessModes_, ProcessSetup,
};
use vst3::Steinberg::{
    FUnknown, IBStream, IPluginBaseTrait, IPluginFactory, IPluginFactoryTrait, PClassInfo,
    kResultOk,
};
use vst3::{ComPtr, ComWrapper, Interface};

use super::changes::{Change, Changes};
use super::stream::Stream;

pub const REAL_TIME: i32 = ProcessModes_::kRealtime as i32;
pub const OFFLINE: i32 = ProcessModes_::kOffline as i32;

// The door is private; its symbols are what hosts have of it.
use auralis as _;
unsafe extern "system" {
    fn GetPluginFactory() -> *mut c_void;
}

/// An initialised instance in stereo.
pub struct Effect {
    component: ComPtr<IComponent>,
    processor: ComPtr<IAudioProcessor>,
    controller: ComPtr<IEditController>,
}

unsafe impl Send for Effect {}
unsafe impl Sync for Effect {}

impl Effect {
    pub fn new() -> Self {
        unsafe {
            let factory = ComPtr::<IPluginFactory>::from_raw(GetPluginFactory().cast()).unwrap();
            let mut info: PClassInfo = std::mem::zeroed();
            assert_eq!(factory.getClassInfo(0, &mut info), kResultOk, "the class");
            let mut object = null_mut();
            let iid = IComponent::IID;
            factory.createInstance(info.cid.as_ptr(), iid.as_ptr().cast(), &mut object);
            let component = ComPtr::<IComponent>::from_raw(object.cast()).unwrap();
            assert_eq!(component.initialize(null_mut::<FUnknown>()), kResultOk);
            Self {
                processor: component.cast().unwrap(),
                controller: component.cast().unwrap(),
                component,
            }
        }
    }

    fn infos(&self) -> Vec<ParameterInfo> {
        unsafe {
            (0..self.controller.getParameterCount())
                .map(|index| {
                    let mut info = std::mem::zeroed();
                    assert_eq!(
                        self.controller.getParameterInfo(index, &mut info),
                        kResultOk
                    );
                    info
                })
                .collect()
        }
    }

    pub fn ids(&self) -> Vec<u32> {
        self.infos().iter().map(|info| info.id).collect()
    }

    pub fn id(&self, title: &str) -> u32 {
        let infos = self.infos();
        let is = |info: &&ParameterInfo| {
            String::from_utf16_lossy(&info.title).trim_end_matches('\0') == title
        };
        infos.iter().find(is).expect("no such parameter").id
    }

    pub fn start(&self, mode: i32) {
        let mut setup = ProcessSetup {
            processMode: mode,
            symbolicSampleSize: 0,
            maxSamplesPerBlock: 512,
            sampleRate: 48_000.0,
        };
        unsafe {
            assert_eq!(self.processor.setupProcessing(&mut setup), kResultOk);
            assert_eq!(self.set_active(true), kResultOk);
            assert_eq!(self.processor.setProcessing(1), kResultOk);
        }
    }

    pub fn set_active(&self, on: bool) -> i32 {
        unsafe { self.component.setActive(on.into()) }
    }

    pub fn set_value(&self, id: u32, value: f64) {
        unsafe { self.controller.setParamNormalized(id, value) };
    }

    pub fn state(&self) -> Vec<u8> {
        let stream = Stream::of(&[]);
        let result = unsafe { self.component.getState(interface(&stream)) };
        assert_eq!(result, kResultOk, "getState");
        stream.bytes()
    }

    pub fn load(&self, state: &[u8]) -> i32 {
        unsafe { self.component.setState(interface(&Stream::of(state))) }
    }

    pub fn process(&self, block: &mut Block, mode: i32) -> i32 {
        let mut inputs = block.input.each_mut().map(|channel| channel.as_mut_ptr());
        let mut outputs = block.output.each_mut().map(|channel| channel.as_mut_ptr());
        let bus = |channels: &mut [*mut f32; 2]| AudioBusBuffers {
            numChannels: 2,
            silenceFlags: 0,
            __field0: AudioBusBuffers__type0 {
                channelBuffers32: channels.as_mut_ptr(),
            },
        };
        let (mut input, mut output) = (bus(&mut inputs), bus(&mut outputs));
        let changes = block.changes.as_com_ref::<IParameterChanges>().unwrap();
        let mut data = ProcessData {
            processMode: mode,
            symbolicSampleSize: 0,
            numSamples: block.samples,
            numInputs: 1,
            numOutputs: 1,
            inputs: &mut input,
            outputs: &mut output,
            inputParameterChanges: changes.as_ptr(),
            outputParameterChanges: null_mut(),
            inputEvents: null_mut(),
            outputEvents: null_mut(),
            processContext: null_mut(),
        };
        unsafe { self.processor.process(&mut data) }
    }
}

impl Drop for Effect {
    fn drop(&mut self) {
        unsafe { self.component.terminate() };
    }
}

fn interface(stream: &ComWrapper<Stream>) -> *mut IBStream {
    stream.as_com_ref::<IBStream>().unwrap().as_ptr()
}

/// A stereo block of a saw tooth, in memory of its own.
pub struct Block {
    pub samples: i32,
    input: [Vec<f32>; 2],
    output: [Vec<f32>; 2],
    changes: ComWrapper<Changes>,
}

impl Block {
    pub fn new(frames: usize, changes: &[Change]) -> Self {
        let saw: Vec<f32> = (0..frames)
            .map(|i| (i % 100) as f32 / 200.0 - 0.25)
            .collect();
        Self {
            samples: frames as i32,
            input: [saw.clone(), saw],
            output: [vec![0.0; frames], vec![0.0; frames]],
            changes: Changes::of(changes),
        }
    }

    pub fn output(&self) -> &[f32] {
        &self.output[0]
    }
}
