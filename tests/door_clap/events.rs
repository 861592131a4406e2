//! Events that are wrong, out of order, out of range or far too many.

use std::ptr::{null, null_mut};

use assert_no_alloc::assert_no_alloc;
use clap_sys::events::{
    CLAP_EVENT_MIDI, CLAP_EVENT_MIDI_SYSEX, CLAP_EVENT_PARAM_MOD, CLAP_EVENT_TRANSPORT,
    clap_event_header, clap_input_events, clap_output_events,
};
use clap_sys::ext::render::CLAP_RENDER_REALTIME;
use clap_sys::process::{CLAP_PROCESS_CONTINUE, CLAP_PROCESS_ERROR};

use crate::block::{Block, Events, append, cut, raw, value_event};
use crate::common::{Audio, assert_identical, programme};
use crate::host::{Instance, RATE};

const GAIN: &str = "Input Gain";

fn silence() -> Audio {
    vec![vec![0.0; 512]; 2]
}

/// Values of the gain after a block with these events.
fn value_after(events: &[(u32, f64)]) -> f64 {
    let instance = Instance::playing(2);
    let gain = instance.id(GAIN);
    let events: Vec<_> = events.iter().map(|&(t, v)| (t, gain, v)).collect();
    instance.play(&mut Block::of(&silence()).with_events(&events));
    instance.value(gain)
}

#[test]
fn values_arrive_in_order_and_in_range() {
    let near = |got: f64, expected: f64, what: &str| {
        // Parameters are kept in single precision.
        assert!(
            (got - expected).abs() < 1e-6,
            "{what}: got {got}, expected {expected}"
        );
    };
    let first = value_after(&[]);
    near(value_after(&[(0, 0.25), (511, 0.75)]), 0.75, "two");
    near(
        value_after(&[(400, 0.25), (3, 0.75)]),
        0.75,
        "out of order: the list's order",
    );
    near(value_after(&[(u32::MAX, 0.25)]), 0.25, "beyond the end");
    near(
        value_after(&[(512, 0.3), (0, 0.4), (9999, 0.5)]),
        0.5,
        "all of it",
    );
    near(value_after(&[(0, 1e300)]), 1.0, "too large");
    near(value_after(&[(0, -3.0)]), 0.0, "too small");
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        near(value_after(&[(0, bad)]), first, "no number");
    }
}

#[test]
fn unknown_parameters_spaces_and_sizes_change_nothing() {
    let instance = Instance::playing(2);
    let gain = instance.id(GAIN);
    let before = instance.values();
    let mut events: Vec<_> = [0, 1, u32::MAX].map(|id| value_event(0, id, 0.9)).to_vec();
    let mut foreign = value_event(0, gain, 0.9);
    foreign.header.space_id = 7;
    let mut short = value_event(0, gain, 0.9);
    short.header.size = 17;
    let mut empty = short;
    empty.header.size = 0;
    events.extend([foreign, short, empty]);
    // Kinds that claim a size they do not need, and kinds that the plug-in does not take.
    for kind in [
        CLAP_EVENT_MIDI,
        CLAP_EVENT_MIDI_SYSEX,
        CLAP_EVENT_TRANSPORT,
        500,
        u16::MAX,
    ] {
        let mut odd = value_event(0, gain, 0.9);
        odd.header.type_ = kind;
        odd.header.size = if kind == CLAP_EVENT_TRANSPORT {
            20
        } else {
            u32::MAX
        };
        events.push(odd);
    }
    let mut block = Block::of(&silence());
    block.events = Events(events);
    instance.play(&mut block);
    assert_eq!(instance.values(), before);
}

#[test]
fn modulation_is_bounded() {
    let instance = Instance::playing(2);
    let gain = instance.id(GAIN);
    for amount in [1e300, -1e300, f64::NAN, f64::INFINITY, 0.1] {
        let mut event = value_event(0, gain, amount);
        event.header.type_ = CLAP_EVENT_PARAM_MOD;
        let mut block = Block::of(&silence());
        block.events = Events(vec![event]);
        instance.play(&mut block);
        let value = instance.value(gain);
        assert!((0.0..=1.0).contains(&value), "{amount}: {value}");
    }
}

unsafe extern "C" fn no_event(_: *const clap_input_events, _: u32) -> *const clap_event_header {
    null()
}

unsafe extern "C" fn endless(_: *const clap_input_events) -> u32 {
    u32::MAX
}

#[test]
fn broken_lists_are_empty() {
    let instance = Instance::playing(2);
    let before = instance.values();
    let list = |size, get| clap_input_events {
        ctx: null_mut(),
        size,
        get,
    };
    for (index, list) in [
        list(None, None),
        list(Some(endless as _), None),
        list(None, Some(no_event as _)),
        list(Some(endless as _), Some(no_event as _)),
    ]
    .iter()
    .enumerate()
    {
        let status = Block::of(&silence()).run_with(&instance, list);
        assert_ne!(status, CLAP_PROCESS_ERROR, "list {index}");
        unsafe { instance.params.flush.unwrap()(instance.plugin, list, null()) };
    }
    assert_ne!(
        Block::of(&silence()).run_with(&instance, null()),
        CLAP_PROCESS_ERROR
    );
    let nothing = clap_output_events {
        ctx: null_mut(),
        try_push: None,
    };
    let mut block = raw(64);
    block.out_events = &nothing;
    assert_eq!(instance.process(&block), CLAP_PROCESS_CONTINUE);
    unsafe { instance.params.flush.unwrap()(instance.plugin, null(), &nothing) };
    unsafe { instance.params.flush.unwrap()(instance.plugin, null(), null()) };
    assert_eq!(instance.values(), before);
}

#[test]
fn thousands_of_events_allocate_nothing_and_the_last_one_holds() {
    let instance = Instance::playing(2);
    // In a bounce the caller runs the ear, which may allocate.
    assert!(instance.render(CLAP_RENDER_REALTIME));
    let gain = instance.id(GAIN);
    // All in one frame, and spread over the block.
    for spread in [0, 1, 9] {
        let events: Vec<_> = (0..5000_u32)
            .map(|n| (n * spread / 100, gain, f64::from(n % 1000) / 1000.0))
            .collect();
        let mut block = Block::of(&silence()).with_events(&events);
        let list = block.events.list();
        let (inputs, mut outputs) = (block.inputs[0].buffer, block.outputs[0].buffer);
        let mut call = raw(block.frames);
        call.audio_inputs = &inputs;
        call.audio_outputs = &mut outputs;
        call.audio_inputs_count = 1;
        call.audio_outputs_count = 1;
        call.in_events = &list;
        let status = assert_no_alloc(|| instance.process(&call));
        assert_ne!(status, CLAP_PROCESS_ERROR, "spread {spread}");
        let value = instance.value(gain);
        assert!((value - 0.999).abs() < 1e-6, "spread {spread}: {value}");
        block.frames = 0;
        instance.play(&mut block);
    }
}

#[test]
fn automation_sounds_the_same_however_blocks_are_cut() {
    let mut audio = programme(RATE, 0.5);
    audio.truncate(2);
    let render = |frames: usize| {
        let instance = Instance::playing(2);
        let gain = instance.id(GAIN);
        let mut out = vec![Vec::new(); 2];
        for (index, part) in cut(&audio, frames).iter().enumerate() {
            let start = index * frames;
            let events: Vec<_> = (0..audio[0].len())
                .step_by(1000)
                .filter(|at| (start..start + part[0].len()).contains(at))
                .map(|at| ((at - start) as u32, gain, 0.3 + at as f64 / 100_000.0))
                .collect();
            let mut block = Block::of(part).with_events(&events);
            instance.play(&mut block);
            append(&mut out, block.output());
        }
        out
    };
    let expected = render(500);
    for frames in [64, 1025, 24_000] {
        assert_identical(&render(frames), &expected, &format!("blocks of {frames}"));
    }
}

#[test]
fn flush_sets_values_without_audio() {
    for instance in [Instance::initialised(), Instance::playing(1)] {
        let gain = instance.id(GAIN);
        let events = Events::of(&[(5, gain, 0.1), (u32::MAX, gain, 0.2)]);
        let list = events.list();
        unsafe { instance.params.flush.unwrap()(instance.plugin, &list, null()) };
        assert!((instance.value(gain) - 0.2).abs() < 1e-6);
    }
    let created = Instance::created();
    let before = created.values();
    let events = Events::of(&[(0, created.id(GAIN), 0.1)]);
    let list = events.list();
    unsafe { created.params.flush.unwrap()(created.plugin, &list, null()) };
    assert_eq!(created.values(), before, "before init");
}
