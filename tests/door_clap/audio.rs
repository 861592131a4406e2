//! Ports that are missing, wrong, shared or crossed; blocks of any size.

use clap_sys::process::{CLAP_PROCESS_CONTINUE, CLAP_PROCESS_ERROR};

use crate::block::{Block, Port, append, cut, play, raw};
use crate::common::{Audio, assert_identical, noise, programme};
use crate::host::{Instance, RATE};

const FRAMES: usize = 512;

/// What a host does to a block.
type Change = fn(&mut Block);

/// A second of programme with so many channels.
fn music(channels: usize) -> Audio {
    let mut audio = programme(RATE, 1.0);
    audio.truncate(channels);
    audio
}

fn zeros(channels: usize, frames: usize) -> Audio {
    vec![vec![0.0; frames]; channels]
}

/// Plays a programme whose blocks are changed before they go out; what comes out.
fn play_changed(instance: &Instance, audio: &Audio, change: impl Fn(&mut Block)) -> Audio {
    let mut out = vec![Vec::new(); audio.len()];
    for part in cut(audio, FRAMES) {
        let mut block = Block::of(&part);
        change(&mut block);
        instance.play(&mut block);
        append(&mut out, block.output());
    }
    out
}

#[test]
fn missing_inputs_are_silence() {
    for channels in [1, 2] {
        let audio = music(channels);
        let silent = play(
            &Instance::playing(channels),
            &zeros(channels, audio[0].len()),
            FRAMES,
        );
        let cases: [(&str, Change); 4] = [
            ("no input port", |block| block.inputs.clear()),
            ("no array of channels", |block| {
                block.inputs[0] = Port::null(block.inputs[0].buffer.channel_count)
            }),
            ("no channels at all", |block| {
                block.inputs[0] = Port::null(0)
            }),
            ("null channels", |block| {
                block.inputs[0].pointers.fill(std::ptr::null_mut())
            }),
        ];
        for (what, change) in cases {
            let instance = Instance::playing(channels);
            // What was heard before must not stay.
            play(&instance, &audio, FRAMES);
            instance.stop();
            instance.deactivate();
            assert!(instance.activate(RATE, 512) && instance.start());
            let out = play_changed(&instance, &audio, change);
            let end = out[0].len() - FRAMES;
            for (got, expected) in out.iter().zip(&silent) {
                assert_eq!(got[end..], expected[end..], "{channels} channels, {what}");
            }
        }
    }
}

#[test]
fn one_missing_channel_is_silence_beside_the_other() {
    let mut audio = music(2);
    let instance = Instance::playing(2);
    let out = play_changed(&instance, &audio, |b| {
        b.inputs[0].pointers[1] = std::ptr::null_mut()
    });
    audio[1].fill(0.0);
    let expected = play(&Instance::playing(2), &audio, FRAMES);
    assert_identical(&out, &expected, "right input null");
}

#[test]
fn missing_outputs_are_played_into_nothing() {
    for channels in [1, 2] {
        let audio = music(channels);
        let parts = cut(&audio, FRAMES);
        let expected = play(&Instance::playing(channels), &audio, FRAMES);
        let instance = Instance::playing(channels);
        let mut out = vec![Vec::new(); channels];
        for (index, part) in parts.iter().enumerate() {
            let mut block = Block::of(part);
            match index % 4 {
                0 => block.outputs.clear(),
                1 => block.outputs[0] = Port::null(channels as u32),
                2 => block.outputs[0].pointers[0] = std::ptr::null_mut(),
                _ => {}
            }
            instance.play(&mut block);
            append(&mut out, block.output());
        }
        for start in (3 * FRAMES..audio[0].len() - FRAMES).step_by(4 * FRAMES) {
            let range = start..start + FRAMES;
            assert_eq!(out[0][range.clone()], expected[0][range], "from {start}");
        }
    }
}

#[test]
fn nothing_at_all_is_a_block_too() {
    for channels in [1, 2] {
        let instance = Instance::playing(channels);
        for frames in [0, 1, 512, 100_000] {
            let status = instance.process(&raw(frames));
            assert_eq!(status, CLAP_PROCESS_CONTINUE, "{frames} frames");
        }
        assert_eq!(instance.process(std::ptr::null()), CLAP_PROCESS_ERROR);
        assert_eq!(instance.process(&raw(u32::MAX)), CLAP_PROCESS_ERROR);
        // Counts without arrays.
        let mut block = raw(64);
        block.audio_inputs_count = 9;
        block.audio_outputs_count = u32::MAX;
        assert_eq!(instance.process(&block), CLAP_PROCESS_CONTINUE);
    }
}

#[test]
fn other_channel_counts_are_an_error_and_silence() {
    for channels in [1_usize, 2] {
        let instance = Instance::playing(channels);
        for wrong in [1_usize, 2, 3, 6, 64]
            .into_iter()
            .filter(|n| *n != channels)
        {
            let mut block = Block::of(&vec![vec![0.5; 64]; wrong]);
            assert_eq!(
                block.run(&instance),
                CLAP_PROCESS_ERROR,
                "{wrong} in and out"
            );
            assert_eq!(*block.output(), zeros(wrong, 64), "{wrong} in and out");
            let mut other = vec![vec![0.5; 64]; wrong];
            let mut block = Block::of(&vec![vec![0.5; 64]; channels]);
            block.inputs[0] = Port::to(&mut other);
            assert_eq!(block.run(&instance), CLAP_PROCESS_ERROR, "{wrong} in");
            assert_eq!(*block.output(), zeros(channels, 64), "{wrong} in");
        }
        // And it plays on.
        instance.play(&mut Block::of(&music(channels)));
    }
}

#[test]
fn double_precision_is_an_error_and_silence() {
    let instance = Instance::playing(2);
    let mut samples = [[0.5_f64; 64]; 2];
    let mut pointers = samples.each_mut().map(|c| c.as_mut_ptr());
    let mut block = Block::of(&vec![vec![0.5; 64]; 2]);
    for port in [&mut block.inputs[0], &mut block.outputs[0]] {
        port.buffer.data32 = std::ptr::null_mut();
        port.buffer.data64 = pointers.as_mut_ptr();
    }
    assert_eq!(block.run(&instance), CLAP_PROCESS_ERROR);
    assert_eq!(samples, [[0.0; 64]; 2]);
}

#[test]
fn shared_and_crossed_memory_sounds_as_separate() {
    let audio = music(2);
    let expected = play(&Instance::playing(2), &audio, FRAMES);
    let (in_place, crossed) = (Instance::playing(2), Instance::playing(2));
    for (index, part) in cut(&audio, FRAMES).iter().enumerate() {
        let range = index * FRAMES..(index * FRAMES + part[0].len());
        let mut block = Block::of(part);
        block.outputs[0] = Port::of(block.inputs[0].pointers.clone());
        in_place.play(&mut block);
        assert_eq!(block.input()[0], expected[0][range.clone()], "in place");

        let mut block = Block::of(part);
        let swapped = block.inputs[0].pointers.iter().rev().copied().collect();
        block.outputs[0] = Port::of(swapped);
        crossed.play(&mut block);
        assert_eq!(
            block.input()[1],
            expected[0][range.clone()],
            "left goes where right came from"
        );
        assert_eq!(
            block.input()[0],
            expected[1][range],
            "and right where left came from"
        );
    }
}

#[test]
fn one_pointer_for_two_channels_is_safe() {
    let audio = music(2);
    let left = vec![audio[0].clone(); 2];
    let expected = play(&Instance::playing(2), &left, FRAMES);
    let out = play_changed(&Instance::playing(2), &audio, |block| {
        block.inputs[0].pointers[1] = block.inputs[0].pointers[0];
        block.outputs[0].pointers[0] = block.outputs[0].pointers[1];
    });
    assert_identical(&out[1..].to_vec(), &expected[1..].to_vec(), "right");
}

#[test]
fn longer_blocks_than_announced_sound_as_short_ones() {
    for channels in [1, 2] {
        let audio = music(channels);
        let expected = play(&Instance::playing(channels), &audio, 64);
        for frames in [1, 513, 1024, 1025, 48_000] {
            let out = play(&Instance::playing(channels), &audio, frames);
            assert_identical(&out, &expected, &format!("blocks of {frames}"));
        }
    }
}

/// What a sidechain does to the sound, with the compressor keyed by it.
fn keyed(sidechain: Option<&Audio>, external: bool) -> Audio {
    let instance = Instance::playing(2);
    let mut events = Vec::new();
    for (name, text) in [
        ("Loudness On", c"Off"),
        ("Comp Adapt", c"0"),
        ("Comp Threshold", c"-40"),
        ("Comp SC External", if external { c"On" } else { c"Off" }),
    ] {
        let id = instance.id(name);
        events.push((0, id, instance.parsed(id, text)));
    }
    instance.play(&mut Block::of(&zeros(2, 64)).with_events(&events));
    let parts = cut(&music(2), FRAMES);
    let mut out = vec![Vec::new(); 2];
    for (index, part) in parts.iter().enumerate() {
        let mut block = Block::of(part);
        if let Some(sidechain) = sidechain {
            block = block.with_sidechain(&cut(sidechain, FRAMES)[index]);
        }
        instance.play(&mut block);
        append(&mut out, block.output());
    }
    out
}

#[test]
fn a_missing_sidechain_is_missing_and_others_fit() {
    let key = noise(5, RATE as usize);
    let other = noise(6, RATE as usize);
    let internal = keyed(None, false);
    assert_identical(&keyed(None, true), &internal, "no sidechain port");
    let stereo = keyed(Some(&vec![key.clone(); 2]), true);
    assert_ne!(stereo, internal, "the key does nothing");
    assert_identical(&keyed(Some(&vec![key.clone()]), true), &stereo, "mono key");
    let surround = vec![key.clone(), key.clone(), other.clone(), other];
    assert_identical(&keyed(Some(&surround), true), &stereo, "four channels");
}

#[test]
fn a_sidechain_of_null_pointers_is_missing() {
    let expected = play(&Instance::playing(2), &music(2), FRAMES);
    let null: fn() -> [Port; 3] = || {
        [
            Port::null(2),
            Port::null(0),
            Port::of(vec![std::ptr::null_mut(); 2]),
        ]
    };
    for index in 0..3 {
        let out = play_changed(&Instance::playing(2), &music(2), |block| {
            block.inputs.extend(null().into_iter().nth(index));
        });
        assert_identical(&out, &expected, &format!("null sidechain {index}"));
    }
}
