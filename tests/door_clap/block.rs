//! Blocks of audio as a host hands them over, right or wrong.

use std::ffi::c_void;
use std::ptr::{null, null_mut};

use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::events::{
    CLAP_EVENT_PARAM_VALUE, clap_event_header, clap_event_param_value, clap_input_events,
};
use clap_sys::id::clap_id;
use clap_sys::process::{clap_process, clap_process_status};

use crate::common::Audio;
use crate::host::Instance;

/// A port that points to its channels.
pub struct Port {
    pub pointers: Vec<*mut f32>,
    pub buffer: clap_audio_buffer,
}

impl Port {
    pub fn of(pointers: Vec<*mut f32>) -> Self {
        let buffer = clap_audio_buffer {
            data32: null_mut(),
            data64: null_mut(),
            channel_count: pointers.len() as u32,
            latency: 0,
            constant_mask: 0,
        };
        let mut port = Self { pointers, buffer };
        port.buffer.data32 = port.pointers.as_mut_ptr();
        port
    }

    pub fn to(audio: &mut Audio) -> Self {
        Self::of(audio.iter_mut().map(|c| c.as_mut_ptr()).collect())
    }

    /// No array of channels.
    pub fn null(channels: u32) -> Self {
        let mut port = Self::of(Vec::new());
        port.buffer.channel_count = channels;
        port.buffer.data32 = null_mut();
        port
    }
}

/// One block: audio of its own, and what a host can say of it.
pub struct Block {
    pub frames: u32,
    pub inputs: Vec<Port>,
    pub outputs: Vec<Port>,
    pub events: Events,
    _memory: Vec<Audio>,
    output: usize,
}

impl Block {
    /// A block of this programme with main ports only.
    pub fn of(audio: &Audio) -> Self {
        let mut memory = vec![audio.clone(), vec![vec![7.0; audio[0].len()]; audio.len()]];
        let inputs = vec![Port::to(&mut memory[0])];
        let outputs = vec![Port::to(&mut memory[1])];
        Self {
            frames: audio[0].len() as u32,
            inputs,
            outputs,
            events: Events::default(),
            _memory: memory,
            output: 1,
        }
    }

    /// Adds a sidechain.
    pub fn with_sidechain(mut self, audio: &Audio) -> Self {
        self._memory.push(audio.clone());
        let sidechain = Port::to(self._memory.last_mut().unwrap());
        self.inputs.push(sidechain);
        self
    }

    /// Adds events, each with its time, parameter and value.
    pub fn with_events(mut self, events: &[(u32, clap_id, f64)]) -> Self {
        self.events = Events::of(events);
        self
    }

    /// The memory of the output.
    pub fn output(&self) -> &Audio {
        &self._memory[self.output]
    }

    /// The memory of the input, processed in place.
    pub fn input(&self) -> &Audio {
        &self._memory[0]
    }

    pub fn run(&mut self, instance: &Instance) -> clap_process_status {
        let list = self.events.list();
        self.run_with(instance, &list)
    }

    pub fn run_with(
        &mut self,
        instance: &Instance,
        events: *const clap_input_events,
    ) -> clap_process_status {
        let inputs: Vec<_> = self.inputs.iter().map(|port| port.buffer).collect();
        let mut outputs: Vec<_> = self.outputs.iter().map(|port| port.buffer).collect();
        let raw = clap_process {
            audio_inputs: inputs.as_ptr(),
            audio_outputs: outputs.as_mut_ptr(),
            audio_inputs_count: inputs.len() as u32,
            audio_outputs_count: outputs.len() as u32,
            in_events: events,
            ..raw(self.frames)
        };
        instance.process(&raw)
    }
}

/// A block with nothing in it.
pub fn raw(frames: u32) -> clap_process {
    clap_process {
        steady_time: -1,
        frames_count: frames,
        transport: null(),
        audio_inputs: null(),
        audio_outputs: null_mut(),
        audio_inputs_count: 0,
        audio_outputs_count: 0,
        in_events: null(),
        out_events: null(),
    }
}

/// Plays a programme in blocks of one size; what comes out.
pub fn play(instance: &Instance, audio: &Audio, frames: usize) -> Audio {
    let mut out = vec![Vec::new(); audio.len()];
    for part in cut(audio, frames) {
        let mut block = Block::of(&part);
        instance.play(&mut block);
        append(&mut out, block.output());
    }
    out
}

/// A programme in parts of one size.
pub fn cut(audio: &Audio, frames: usize) -> Vec<Audio> {
    let starts = (0..audio[0].len()).step_by(frames);
    let part = |start: usize| {
        let end = audio[0].len().min(start + frames);
        audio.iter().map(|c| c[start..end].to_vec()).collect()
    };
    starts.map(part).collect()
}

pub fn append(out: &mut Audio, part: &Audio) {
    for (out, part) in out.iter_mut().zip(part) {
        out.extend_from_slice(part);
    }
}

/// A list of events.
#[derive(Default)]
pub struct Events(pub Vec<clap_event_param_value>);

impl Events {
    pub fn of(events: &[(u32, clap_id, f64)]) -> Self {
        let event = |&(time, id, value): &(u32, clap_id, f64)| value_event(time, id, value);
        Self(events.iter().map(event).collect())
    }

    pub fn list(&self) -> clap_input_events {
        clap_input_events {
            ctx: (&raw const *self).cast_mut().cast::<c_void>(),
            size: Some(size),
            get: Some(get),
        }
    }
}

pub fn value_event(time: u32, id: clap_id, value: f64) -> clap_event_param_value {
    clap_event_param_value {
        header: clap_event_header {
            size: size_of::<clap_event_param_value>() as u32,
            time,
            space_id: 0,
            type_: CLAP_EVENT_PARAM_VALUE,
            flags: 0,
        },
        param_id: id,
        cookie: std::ptr::dangling_mut::<c_void>(), // a host may keep what it likes here
        note_id: -1,
        port_index: -1,
        channel: -1,
        key: -1,
        value,
    }
}

unsafe extern "C" fn size(list: *const clap_input_events) -> u32 {
    unsafe { (*(*list).ctx.cast::<Events>()).0.len() as u32 }
}

unsafe extern "C" fn get(list: *const clap_input_events, index: u32) -> *const clap_event_header {
    unsafe { &(&(*(*list).ctx.cast::<Events>()).0)[index as usize].header }
}
