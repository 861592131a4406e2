//! The VST3 door in this process: what can only be seen from inside, allocations on the audio thread
//! and two threads at once. What hosts do to the bundle is tried in `vst3_host`.
#![allow(missing_docs, unsafe_code)]
#![allow(non_upper_case_globals)] // the standard's constants have its own names
#![allow(clippy::undocumented_unsafe_blocks)] // every call is a host's: pointers to locals
#![allow(clippy::unnecessary_cast)] // the type of the API's constants differs between systems

#[allow(dead_code)] // the host of the bundle uses the rest
#[path = "vst3_host/changes.rs"]
mod changes;
#[path = "door_vst3/effect.rs"]
mod effect;
#[allow(dead_code)] // as above
#[path = "vst3_host/stream.rs"]
mod stream;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use vst3::Steinberg::kResultOk;

use changes::Change;
use effect::{Block, Effect, OFFLINE, REAL_TIME};

/// Aborts the test process at an allocation inside `assert_no_alloc`.
#[global_allocator]
static GUARD: AllocDisabler = AllocDisabler;

/// Samples of a block.
const FRAMES: usize = 512;

/// `count` changes of every one of `ids` over a block.
fn many(ids: &[u32], count: i32) -> Vec<Change> {
    let one = |id: &u32, i: i32| Change {
        id: *id,
        offset: i * FRAMES as i32 / count,
        value: f64::from(i) / f64::from(count),
    };
    ids.iter()
        .flat_map(|id| (0..count).map(move |i| one(id, i)))
        .collect()
}

#[test]
fn blocks_allocate_nothing() {
    let effect = Effect::new();
    let ids = effect.ids();
    effect.start(REAL_TIME);
    // More than are kept one by one, from few parameters and from all.
    for changes in [vec![], many(&ids[..3], 2000), many(&ids, 100)] {
        let mut block = Block::new(FRAMES, &changes);
        for _ in 0..4 {
            let result = assert_no_alloc(|| effect.process(&mut block, REAL_TIME));
            assert_eq!(result, kResultOk, "{} changes", changes.len());
        }
        block.samples = 0;
        let result = assert_no_alloc(|| effect.process(&mut block, REAL_TIME));
        assert_eq!(result, kResultOk, "{} changes without audio", changes.len());
    }
}

/// In a bounce only what the blocks bring is heard, whatever the controller shows meanwhile.
#[test]
fn a_bounce_does_not_hear_the_controller() {
    let bounce = |touch: bool| -> Vec<f32> {
        let effect = Effect::new();
        let gain = effect.id("Input Gain");
        effect.start(OFFLINE);
        let sounds = (0..40).flat_map(|i| {
            if touch && i == 3 {
                effect.set_value(gain, 0.9);
            }
            let mut block = Block::new(FRAMES, &[]);
            assert_eq!(effect.process(&mut block, OFFLINE), kResultOk, "block {i}");
            block.output().to_vec()
        });
        sounds.collect()
    };
    let (expected, got) = (bounce(false), bounce(true));
    let wrong = expected.iter().zip(&got).position(|(e, g)| e != g);
    assert_eq!(wrong, None, "sample that follows the controller");
    assert!(expected.iter().any(|x| x.abs() > 0.01), "silence");
}

/// Blocks that were played and refused while `main` ran on another thread.
fn play_while(effect: &Effect, main: impl FnOnce()) -> (u32, u32) {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let audio = scope.spawn(|| {
            let (mut played, mut refused) = (0, 0);
            let mut block = Block::new(FRAMES, &[]);
            while !stop.load(Ordering::Acquire) {
                let result = effect.process(&mut block, REAL_TIME);
                *if result == kResultOk {
                    &mut played
                } else {
                    &mut refused
                } += 1;
                std::thread::sleep(Duration::from_micros(100));
            }
            (played, refused)
        });
        main();
        stop.store(true, Ordering::Release);
        audio.join().expect("the audio thread")
    })
}

/// Values, states and latency are the main thread's business: the audio goes on beside it.
#[test]
fn the_main_thread_does_not_hold_the_audio_up() {
    let effect = Effect::new();
    effect.start(REAL_TIME);
    let gain = effect.id("Output Gain");
    let (played, refused) = play_while(&effect, || {
        for i in 0..1000 {
            effect.set_value(gain, f64::from(i) / 1000.0);
            assert!(!effect.state().is_empty(), "state {i}");
            std::thread::sleep(Duration::from_micros(200));
        }
    });
    println!("{played} blocks played, {refused} refused");
    // A main thread that loses its processor just there costs a block, on a busy machine.
    assert!(
        refused <= played / 100,
        "{played} blocks played, {refused} refused"
    );
}

/// Switching off and on while blocks run is a host's mistake: blocks are refused, nothing crashes
/// or hangs, and the audio goes on afterwards.
#[test]
fn switching_off_and_on_while_blocks_run() {
    let effect = Effect::new();
    effect.start(REAL_TIME);
    let saved = effect.state();
    play_while(&effect, || {
        for i in 0..20 {
            effect.set_active(false);
            assert_eq!(effect.set_active(true), kResultOk, "activation {i}");
            assert_eq!(effect.load(&saved), kResultOk, "load {i}");
        }
    });
    let mut block = Block::new(FRAMES, &[]);
    assert_eq!(effect.process(&mut block, REAL_TIME), kResultOk, "after it");
}
