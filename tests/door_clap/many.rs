//! Many plug-ins, many activations, many threads.

use std::sync::atomic::{AtomicBool, Ordering};

use clap_sys::process::CLAP_PROCESS_ERROR;

use crate::block::{Block, raw};
use crate::host::{Instance, RATE};

#[test]
fn plug_ins_go_with_changes_still_queued() {
    for round in 0..60 {
        let instance = Instance::playing(1 + round % 2);
        let ids: Vec<_> = instance.infos().iter().map(|info| info.id).collect();
        let events: Vec<_> = (0..200)
            .map(|n| (n, ids[n as usize % ids.len()], 0.5))
            .collect();
        let audio = vec![vec![0.1; 256]; 1 + round % 2];
        instance.play(&mut Block::of(&audio).with_events(&events));
        if round % 3 == 0 {
            instance.on_main_thread();
        }
    }
}

#[test]
fn a_thousand_activations() {
    let instance = Instance::initialised();
    for round in 0..1000 {
        assert!(instance.activate(RATE, 64), "activation {round}");
        if round % 10 == 0 {
            assert!(instance.start(), "activation {round}");
            assert_ne!(instance.process(&raw(64)), CLAP_PROCESS_ERROR, "{round}");
        }
        instance.deactivate();
    }
}

/// A host whose threads do not wait for each other: every call ends, none crashes.
#[test]
fn threads_that_collide_do_no_harm() {
    struct Shared(Instance);
    unsafe impl Sync for Shared {}
    let shared = Shared(Instance::playing(2));
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let shared = &shared;
                while !is_over.load(Ordering::Relaxed) {
                    shared.0.process(&raw(64));
                }
            });
        }
        scope.spawn(|| {
            let shared = &shared;
            while !is_over.load(Ordering::Relaxed) {
                let flush = shared.0.params.flush.unwrap();
                unsafe { flush(shared.0.plugin, std::ptr::null(), std::ptr::null()) };
                shared.0.on_main_thread();
                shared.0.render(1);
                shared.0.render(0);
            }
        });
        for _ in 0..20 {
            shared.0.reset();
            shared.0.deactivate();
            shared.0.activate(RATE, 512);
            shared.0.start();
        }
        is_over.store(true, Ordering::Relaxed);
    });
}
