//! The plug-in's audio side: blocks of the host, and parameter changes without audio.
//!
//! Whoever has passed the gate may use it. Nothing here allocates, locks or calls the system, but
//! for what the host's own lists do.
#![allow(unsafe_code)] // buffers of the C interfaces

use std::ptr;

use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process};
use vst3::ComRef;
use vst3::Steinberg::Vst::SymbolicSampleSizes_::kSample32;
use vst3::Steinberg::Vst::{AudioBusBuffers, IParameterChanges, ProcessData};
use vst3::Steinberg::{kInvalidArgument, kNotInitialized, kResultFalse, kResultOk, tresult};

use crate::door::vst3::block::buses::{Buses, MOST_PORTS};
use crate::door::vst3::block::events::{Outgoing, Points};
use crate::door::vst3::block::mode::Mode;
use crate::door::vst3::block::transport;
use crate::door::vst3::controls::edits::Sender;
use crate::door::vst3::controls::params::Params;
use crate::door::vst3::host::Host;
use crate::door::vst3::plugin::Plugin;

/// Time in seconds that a host has to bring a value which it has set on the controller.
const PATIENCE_S: f64 = 0.1;

/// What the audio side works with.
#[derive(Clone, Copy)]
pub struct Parts<'a> {
    /// The plug-in.
    pub plugin: &'a Plugin,
    /// Its parameters.
    pub params: &'a Params,
    /// Its buses.
    pub buses: &'a Buses,
    /// The host that it sees.
    pub host: &'a Host,
}

/// The audio side.
pub struct Audio {
    /// Between `activate` and `deactivate`.
    is_active: bool,
    /// Between `start_processing` and `stop_processing`.
    is_processing: bool,
    /// Rate of the activation in Hz.
    sample_rate: f64,
    /// Samples processed since the activation.
    steady_time: i64,
    mode: Mode,
    points: Points,
    edits: Sender,
}

/// Whether a block has samples of `size`.
#[allow(clippy::unnecessary_cast)] // the type of the API's constants differs between systems
pub fn is_32_bit(size: i32) -> bool {
    size == kSample32 as i32
}

impl Audio {
    /// The audio side of a plug-in with this many parameters.
    pub fn new(params: usize, edits: Sender) -> Self {
        Self {
            is_active: false,
            is_processing: false,
            sample_rate: 0.0,
            steady_time: 0,
            mode: Mode::default(),
            points: Points::new(params),
            edits,
        }
    }

    /// Whether the plug-in is active.
    pub fn is_active(&self) -> bool {
        self.is_active
    }

    /// Whether the plug-in is processing: blocks are to be expected.
    pub fn is_processing(&self) -> bool {
        self.is_processing
    }

    /// Activates the plug-in at `sample_rate` Hz for blocks of at most `frames`.
    pub fn activate(&mut self, parts: Parts, sample_rate: f64, frames: u32) -> bool {
        self.is_active = parts.plugin.activate(sample_rate, frames);
        self.sample_rate = sample_rate;
        self.steady_time = 0;
        self.is_active
    }

    /// Deactivates the plug-in if it is active.
    pub fn deactivate(&mut self, parts: Parts) {
        self.stop(parts);
        if std::mem::take(&mut self.is_active) {
            parts.plugin.deactivate();
        }
    }

    /// Starts to process, from silence; false when the plug-in does not.
    pub fn start(&mut self, parts: Parts) -> bool {
        if !self.is_active {
            return false;
        }
        if !self.is_processing {
            let _mark = parts.host.as_audio_thread();
            self.is_processing = parts.plugin.start_processing();
        }
        self.is_processing
    }

    /// Stops to process.
    pub fn stop(&mut self, parts: Parts) {
        if std::mem::take(&mut self.is_processing) {
            let _mark = parts.host.as_audio_thread();
            parts.plugin.stop_processing();
        }
    }

    /// Takes the mode of `setupProcessing`.
    pub fn set_mode(&mut self, parts: Parts, mode: i32) {
        if let Some(offline) = self.mode.setup(mode) {
            parts.plugin.set_offline(offline);
        }
    }

    /// Exchanges parameter changes without audio: what waits goes in, what the panel did comes out.
    pub fn flush_waiting(&mut self, parts: Parts) {
        let _mark = self.is_active.then(|| parts.host.as_audio_thread());
        self.points.clear();
        parts.params.take_waiting(|place, value| {
            if let Some(param) = parts.params.all().get(place) {
                self.points.push(place, param.id, 0, param.plain(value));
            }
        });
        self.flush(parts, None);
    }

    fn flush(&mut self, parts: Parts, changes: Option<ComRef<IParameterChanges>>) {
        self.points.sort();
        let mut outgoing = Outgoing {
            params: parts.params,
            host: parts.host,
            edits: &mut self.edits,
            changes,
        };
        let output = outgoing.events();
        parts.plugin.flush(&self.points.events(), &output);
    }

    /// Processes a block of the host.
    ///
    /// # Safety
    /// The pointers in `data` are null or valid as VST3 has it.
    pub unsafe fn process(&mut self, parts: Parts, data: &ProcessData) -> tresult {
        // SAFETY: as the caller promises.
        let result = unsafe { self.block(parts, data) };
        if result != kResultOk {
            // SAFETY: as above.
            unsafe { silence(data) };
        }
        result
    }

    /// # Safety
    /// As for [`Audio::process`].
    unsafe fn block(&mut self, parts: Parts, data: &ProcessData) -> tresult {
        let Ok(frames) = u32::try_from(data.numSamples) else {
            return kInvalidArgument;
        };
        if !self.is_active {
            return kNotInitialized;
        }
        let has_audio = frames > 0 && data.numOutputs > 0 && !data.outputs.is_null();
        if has_audio && !(is_32_bit(data.symbolicSampleSize) && self.start(parts)) {
            return kResultFalse;
        }
        let _mark = parts.host.as_audio_thread();
        if let Some(offline) = self.mode.block(data.processMode) {
            parts.plugin.set_offline(offline);
        }
        self.points.clear();
        self.take_late(parts, frames);
        // SAFETY: null or valid, as the caller promises.
        let (input, output) = unsafe {
            (
                ComRef::from_raw(data.inputParameterChanges),
                ComRef::from_raw(data.outputParameterChanges),
            )
        };
        if let Some(changes) = input {
            self.points.collect(changes, parts.params, frames);
        }
        if !has_audio {
            self.flush(parts, output);
            return kResultOk;
        }
        // SAFETY: as above.
        unsafe { self.run(parts, data, frames, output) }
    }

    /// Adds the values that the host has set on the controller and no block has brought.
    ///
    /// A host brings them itself, at their time, so they are not wanted at once: a knob that follows
    /// the automation on the screen would be heard, late. In a bounce they are not wanted at all.
    fn take_late(&mut self, parts: Parts, frames: u32) {
        if !parts.params.any_waiting() {
            return;
        }
        if self.mode.is_offline() {
            return parts.params.take_waiting(|_, _| {});
        }
        #[allow(clippy::cast_possible_truncation)] // saturates
        let patience = (PATIENCE_S * self.sample_rate) as u32;
        parts.params.take_late(frames, patience, |place, value| {
            if let Some(param) = parts.params.all().get(place) {
                self.points.push(place, param.id, 0, param.plain(value));
            }
        });
    }

    /// Runs the plug-in on a block with audio.
    ///
    /// # Safety
    /// As for [`Audio::process`].
    unsafe fn run(
        &mut self,
        parts: Parts,
        data: &ProcessData,
        frames: u32,
        changes: Option<ComRef<IParameterChanges>>,
    ) -> tresult {
        // SAFETY: as the caller promises.
        let (inputs, input_count) = unsafe { ports(parts.buses, data, true) };
        // SAFETY: as above.
        let (mut outputs, output_count) = unsafe { ports(parts.buses, data, false) };
        // SAFETY: null or valid, as the caller promises.
        let context = unsafe { data.processContext.as_ref() };
        let transport = context.map(|context| transport::convert(context, self.sample_rate));
        self.points.sort();
        let mut outgoing = Outgoing {
            params: parts.params,
            host: parts.host,
            edits: &mut self.edits,
            changes,
        };
        let in_events = self.points.events();
        let out_events = outgoing.events();
        let status = parts.plugin.process(&clap_process {
            steady_time: self.steady_time,
            frames_count: frames,
            transport: transport.as_ref().map_or(ptr::null(), ptr::from_ref),
            audio_inputs: inputs.as_ptr(),
            audio_outputs: outputs.as_mut_ptr(),
            audio_inputs_count: input_count,
            audio_outputs_count: output_count,
            in_events: &raw const in_events,
            out_events: &raw const out_events,
        });
        self.steady_time = self.steady_time.saturating_add(i64::from(frames));
        if status == CLAP_PROCESS_ERROR {
            return kResultFalse;
        }
        for bus in output_buses(data) {
            // SAFETY: the host has given this bus, as the caller promises.
            unsafe { (*bus).silenceFlags = 0 };
        }
        kResultOk
    }
}

/// A port that the host does not feed.
const MISSING: clap_audio_buffer = clap_audio_buffer {
    data32: ptr::null_mut(),
    data64: ptr::null_mut(),
    channel_count: 0,
    latency: 0,
    constant_mask: 0,
};

/// The host's buses of a side as ports, and how many there are. An auxiliary input that the host
/// has not activated is missing, whatever its buffers hold; flags of silence are not trusted.
///
/// # Safety
/// The pointers in `data` are null or valid as VST3 has it.
unsafe fn ports(
    buses: &Buses,
    data: &ProcessData,
    is_input: bool,
) -> ([clap_audio_buffer; MOST_PORTS], u32) {
    let (count, first) = if is_input {
        (data.numInputs, data.inputs)
    } else {
        (data.numOutputs, data.outputs)
    };
    let mut ports = [MISSING; MOST_PORTS];
    let mut used = 0;
    let count = if first.is_null() { 0 } else { count };
    let given = usize::try_from(count).unwrap_or(0);
    let declared = buses.layout().side(is_input);
    for (index, (port, bus)) in ports.iter_mut().zip(declared).enumerate().take(given) {
        if is_input && !bus.is_main && !buses.is_connected(index) {
            continue;
        }
        // SAFETY: the host has given `count` buses, and `index` is below that.
        let buffers = unsafe { &*first.add(index) };
        // SAFETY: samples have 32 bits, so this is the member in use.
        port.data32 = unsafe { buffers.__field0.channelBuffers32 };
        port.channel_count = u32::try_from(buffers.numChannels).unwrap_or(0);
        if !port.data32.is_null() {
            used = index as u32 + 1;
        }
    }
    (ports, used)
}

/// The host's output buses; to be used only while the host is in its call.
fn output_buses(data: &ProcessData) -> impl Iterator<Item = *mut AudioBusBuffers> + use<> {
    let first = data.outputs;
    let count = if first.is_null() { 0 } else { data.numOutputs };
    (0..usize::try_from(count).unwrap_or(0)).map(move |index| first.wrapping_add(index))
}

/// Fills the outputs with silence, as far as they can be reached: so many bytes as samples of 32
/// bits have, because a host that says 64 against all agreement may have no more.
///
/// # Safety
/// The pointers in `data` are null or valid as VST3 has it.
pub unsafe fn silence(data: &ProcessData) {
    let bytes = size_of::<f32>() * usize::try_from(data.numSamples).unwrap_or(0);
    for bus in output_buses(data) {
        // SAFETY: the host has given this bus, as the caller promises.
        let bus = unsafe { &mut *bus };
        bus.silenceFlags = 0;
        // SAFETY: both members of the union are pointers to channels; only bytes are written.
        let channels = unsafe { bus.__field0.channelBuffers32 };
        if channels.is_null() {
            continue;
        }
        for channel in 0..usize::try_from(bus.numChannels).unwrap_or(0) {
            // SAFETY: the array has `numChannels` pointers, each null or to a block of samples; all
            // zero bits are the number 0.
            unsafe {
                let samples = *channels.add(channel);
                if !samples.is_null() {
                    samples.cast::<u8>().write_bytes(0, bytes);
                }
            }
        }
    }
}
