//! The host's audio thread, at the pace of real time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::SeqCst};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::events::{
    CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_PARAM_VALUE, clap_event_header, clap_event_param_value,
    clap_input_events,
};
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process};

use crate::plugin::{Asked, Plugin};

const RATE: f64 = 48_000.0;
const FRAMES: usize = 480;

/// What the test and the audio thread share.
#[derive(Default)]
struct Line {
    is_over: AtomicBool,
    /// A parameter to automate: its id and one more, 0 for none.
    param: AtomicU32,
    value: AtomicU64,
    /// The longest block, in nanoseconds.
    worst_ns: AtomicU64,
}

/// A running audio thread, stopped when dropped.
pub struct Audio {
    line: Arc<Line>,
    thread: Option<JoinHandle<()>>,
    raw: *const clap_plugin,
}

/// The plug-in and its host, on the audio thread.
struct Theirs(*const clap_plugin, *const Asked);

unsafe impl Send for Theirs {}

impl Audio {
    /// Activates the plug-in and plays noise through it.
    pub fn start(plugin: &Plugin, gain: f32) -> Self {
        let raw = plugin.raw;
        assert!(unsafe { (*raw).activate.unwrap()(raw, RATE, 1, FRAMES as u32) });
        let line = Arc::<Line>::default();
        let (theirs, its_line) = (Theirs(raw, &raw const *plugin.asked), line.clone());
        let thread = std::thread::spawn(move || run(theirs, gain, &its_line));
        Self {
            line,
            thread: Some(thread),
            raw,
        }
    }

    /// Automates a parameter in the next block.
    pub fn automate(&self, id: u32, value: f64) {
        self.line.value.store(value.to_bits(), SeqCst);
        self.line.param.store(id.wrapping_add(1), SeqCst);
    }

    /// The longest block since this was last asked, in microseconds.
    pub fn worst_us(&self) -> f64 {
        self.line.worst_ns.swap(0, SeqCst) as f64 / 1000.0
    }
}

impl Drop for Audio {
    fn drop(&mut self) {
        self.line.is_over.store(true, SeqCst);
        self.thread.take().unwrap().join().unwrap();
        unsafe { (*self.raw).deactivate.unwrap()(self.raw) };
    }
}

fn run(theirs: Theirs, gain: f32, line: &Line) {
    let Theirs(raw, asked) = theirs;
    assert!(unsafe { (*raw).start_processing.unwrap()(raw) });
    let mut seed = 1_u32;
    let start = Instant::now();
    let mut blocks = 0;
    while !line.is_over.load(SeqCst) {
        let mut noise = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            gain * ((seed >> 8) as f32 / 8_388_608.0 - 1.0)
        };
        let mut input: [Vec<f32>; 2] =
            std::array::from_fn(|_| (0..FRAMES).map(|_| noise()).collect());
        let begin = Instant::now();
        block(raw, unsafe { &*asked }, &mut input, line);
        line.worst_ns
            .fetch_max(begin.elapsed().as_nanos() as u64, SeqCst);
        blocks += 1;
        let due = start + Duration::from_secs_f64(f64::from(blocks) * FRAMES as f64 / RATE);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
    }
    unsafe { (*raw).stop_processing.unwrap()(raw) };
}

/// Plays one block.
fn block(raw: *const clap_plugin, asked: &Asked, input: &mut [Vec<f32>; 2], line: &Line) {
    let mut output = [vec![0.0_f32; FRAMES], vec![0.0; FRAMES]];
    let mut side = [vec![0.0_f32; FRAMES], vec![0.0; FRAMES]];
    let mut pointers =
        [&mut *input, &mut side, &mut output].map(|c| c.each_mut().map(|c| c.as_mut_ptr()));
    let buffers = pointers.each_mut().map(|data| clap_audio_buffer {
        data32: data.as_mut_ptr(),
        data64: std::ptr::null_mut(),
        channel_count: 2,
        latency: 0,
        constant_mask: 0,
    });
    let [main, key, out] = buffers;
    let (inputs, mut outputs) = ([main, key], [out]);
    let param = line.param.swap(0, SeqCst);
    let event =
        (param != 0).then(|| value_event(param - 1, f64::from_bits(line.value.load(SeqCst))));
    let events = clap_input_events {
        ctx: (&raw const event).cast_mut().cast(),
        size: Some(size),
        get: Some(get),
    };
    let out_events = asked.output();
    let process = clap_process {
        steady_time: -1,
        frames_count: FRAMES as u32,
        transport: std::ptr::null(),
        audio_inputs: inputs.as_ptr(),
        audio_outputs: outputs.as_mut_ptr(),
        audio_inputs_count: 2,
        audio_outputs_count: 1,
        in_events: &raw const events,
        out_events: &raw const out_events,
    };
    let status = unsafe { (*raw).process.unwrap()(raw, &raw const process) };
    assert_ne!(status, CLAP_PROCESS_ERROR);
}

fn value_event(param_id: u32, value: f64) -> clap_event_param_value {
    clap_event_param_value {
        header: clap_event_header {
            size: std::mem::size_of::<clap_event_param_value>() as u32,
            time: 0,
            space_id: CLAP_CORE_EVENT_SPACE_ID,
            type_: CLAP_EVENT_PARAM_VALUE,
            flags: 0,
        },
        param_id,
        cookie: std::ptr::null_mut(),
        note_id: -1,
        port_index: -1,
        channel: -1,
        key: -1,
        value,
    }
}

unsafe extern "C" fn size(list: *const clap_input_events) -> u32 {
    let event = unsafe { &*(*list).ctx.cast::<Option<clap_event_param_value>>() };
    u32::from(event.is_some())
}

unsafe extern "C" fn get(list: *const clap_input_events, _: u32) -> *const clap_event_header {
    let event = unsafe { &*(*list).ctx.cast::<Option<clap_event_param_value>>() };
    event
        .as_ref()
        .map_or(std::ptr::null(), |event| &raw const event.header)
}
