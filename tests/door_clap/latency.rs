//! Latency is told inside an activation only; the render mode needs none.

use std::sync::atomic::Ordering::SeqCst;

use clap_sys::ext::latency::{CLAP_EXT_LATENCY, clap_plugin_latency};
use clap_sys::ext::render::{CLAP_RENDER_OFFLINE, CLAP_RENDER_REALTIME};

use crate::block::Block;
use crate::host::{Instance, RATE};

fn latency(instance: &Instance) -> u32 {
    let latency: clap_plugin_latency = instance.extension(CLAP_EXT_LATENCY);
    unsafe { latency.get.unwrap()(instance.plugin) }
}

fn block() -> Block {
    Block::of(&vec![vec![0.1; 512]; 2])
}

#[test]
fn a_change_while_playing_asks_for_one_restart_and_is_told_in_it() {
    let instance = Instance::playing(2);
    let asked = &instance.asked;
    let first = latency(&instance);
    assert!(first > 0);
    assert_eq!(
        asked.latency_changes.load(SeqCst),
        1,
        "the first activation tells"
    );
    let phase = instance.id("EQ Phase");
    let minimum = instance.parsed(phase, c"Minimum");
    instance.play(&mut block().with_events(&[(100, phase, minimum)]));
    for _ in 0..200 {
        instance.play(&mut block());
        instance.on_main_thread();
    }
    assert_ne!(latency(&instance), first, "the phase changes the latency");
    assert_eq!(asked.restarts.load(SeqCst), 1);
    assert_eq!(
        asked.latency_changes.load(SeqCst),
        1,
        "not outside of an activation"
    );
    instance.stop();
    instance.deactivate();
    assert!(instance.activate(RATE, 512));
    assert_eq!(asked.latency_changes.load(SeqCst), 2, "told in the restart");
    instance.deactivate();
    assert!(instance.activate(RATE, 512));
    assert_eq!(asked.latency_changes.load(SeqCst), 2, "and not again");
    assert_eq!(
        asked.restarts.load(SeqCst),
        1,
        "an activation asks for no restart"
    );
}

#[test]
fn the_render_mode_changes_while_playing_without_a_restart() {
    let instance = Instance::playing(2);
    for mode in [
        CLAP_RENDER_OFFLINE,
        CLAP_RENDER_REALTIME,
        CLAP_RENDER_OFFLINE,
    ] {
        assert!(instance.render(mode));
        instance.play(&mut block());
    }
    for mode in [-1, 2, i32::MAX] {
        assert!(!instance.render(mode), "mode {mode}");
    }
    assert_eq!(instance.asked.restarts.load(SeqCst), 0);
}

#[test]
fn one_callback_a_block_however_many_changes() {
    let instance = Instance::playing(2);
    let gain = instance.id("Input Gain");
    let events: Vec<_> = (0..400).map(|n| (n, gain, f64::from(n) / 400.0)).collect();
    let before = instance.asked.callbacks.load(SeqCst);
    instance.play(&mut block().with_events(&events));
    let asked = instance.asked.callbacks.load(SeqCst) - before;
    assert!(asked <= 1, "{asked} callbacks for one block");
}
