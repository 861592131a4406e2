//! The latency: what is reported is what is measured, and a change of it arrives as DAWs expect.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use vst3::Steinberg::Vst::RestartFlags_;
use vst3::Steinberg::kResultOk;

use super::child::isolated;
use super::common::{Audio, noise};
use super::instance::Instance;
use super::run::Run;
use super::setups::{activate, assert_sane, assert_unharmed, instance, loud_block};

const LATENCY_CHANGED: i32 = RestartFlags_::kLatencyChanged as i32;

/// Nothing but the delay.
const NEUTRAL: [(&str, &str); 4] = [
    ("EQ On", "Off"),
    ("Comp On", "Off"),
    ("Limiter On", "Off"),
    ("Loudness On", "Off"),
];

/// Where the output follows the input, in samples.
fn measured(input: &Audio, output: &Audio) -> Option<usize> {
    let same = |late: usize| (2000..3000).all(|n| output[0][n + late] == input[0][n]);
    (0..6000).find(|late| same(*late))
}

/// Pumps the run loop and makes the calls that hosts make all the time, until `done`.
fn pump_until(plugin: &Instance, done: impl Fn() -> bool) -> bool {
    let started = Instant::now();
    while !done() {
        if started.elapsed() > Duration::from_secs(10) {
            return false;
        }
        plugin.daw.pump();
        plugin.value("EQ Phase");
        thread::sleep(Duration::from_millis(2));
    }
    true
}

/// The audio thread: processes blocks of music until told to stop. A block runs while `engine` is free.
fn audio_thread(plugin: &Instance, engine: &Mutex<()>, blocks: &AtomicUsize, stop: &AtomicBool) {
    while !stop.load(Ordering::SeqCst) {
        {
            let _running = engine.lock().unwrap();
            let mut block = loud_block(2, 512);
            block.changes = Some(plugin.take_queued());
            let result = plugin.process(&mut block);
            assert_eq!(result, kResultOk, "a block while playing");
            blocks.fetch_add(1, Ordering::SeqCst);
        }
        thread::sleep(Duration::from_millis(1));
    }
}

isolated! {
    fn the_reported_latency_is_the_measured_one() {
        let input = vec![noise(1, 20_000), noise(2, 20_000)];
        let reported = ["Linear", "Mixed", "Minimum"].map(|phase| {
            let plugin = instance(2, &NEUTRAL);
            plugin.set("EQ Phase", phase);
            // The phase takes effect when the plug-in is switched on.
            plugin.render(&input, &Run::real_time());
            let run = Run::offline();
            plugin.start(&run);
            let latency = plugin.latency_samples();
            let output = plugin.play(&input, &run);
            plugin.stop();
            assert_eq!(measured(&input, &output), Some(latency), "{phase}");
            latency
        });
        assert!(reported.is_sorted_by(|a, b| a > b), "linear, mixed, minimum: {reported:?}");
    }

    /// The host switches the plug-in off and on inside `restartComponent`, as many do.
    fn a_new_phase_while_playing_restarts_on_the_main_thread() {
        let plugin = Arc::new(instance(2, &NEUTRAL));
        activate(&plugin);
        let of_default = plugin.latency_samples();
        let engine = Arc::new(Mutex::new(()));
        let (blocks, stop) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let reported = Arc::new(AtomicUsize::new(0));
        let on_restart = {
            let (plugin, engine) = (plugin.clone(), engine.clone());
            let reported = reported.clone();
            move |flags: i32| {
                if flags & LATENCY_CHANGED != 0 {
                    let _stopped = engine.lock().unwrap();
                    plugin.stop();
                    plugin.set_active(true);
                    reported.store(plugin.latency_samples(), Ordering::SeqCst);
                    plugin.set_processing(true);
                }
            }
        };
        plugin.daw.on_restart(on_restart);
        let audio = {
            let (plugin, engine) = (plugin.clone(), engine.clone());
            let (blocks, stop) = (blocks.clone(), stop.clone());
            thread::spawn(move || audio_thread(&plugin, &engine, &blocks, &stop))
        };
        for phase in ["Minimum", "Linear", "Mixed", "Minimum"] {
            let (before, restarts) = (plugin.latency_samples(), plugin.daw.restarts().0.len());
            plugin.set("EQ Phase", phase);
            let changed = || {
                let (flags, _) = plugin.daw.restarts();
                flags[restarts.min(flags.len())..].iter().any(|f| f & LATENCY_CHANGED != 0)
                    && plugin.latency_samples() != before
            };
            assert!(pump_until(&plugin, changed), "{phase}: no restart on the main thread");
            let (_, elsewhere) = plugin.daw.restarts();
            assert_eq!(elsewhere, 0, "{phase}: restarts on other threads");
            let so_far = blocks.load(Ordering::SeqCst);
            let goes_on = || blocks.load(Ordering::SeqCst) > so_far + 20;
            assert!(pump_until(&plugin, goes_on), "{phase}: the audio stopped");
        }
        stop.store(true, Ordering::SeqCst);
        audio.join().unwrap();
        let minimum = reported.load(Ordering::SeqCst);
        assert!(minimum > 0 && minimum < of_default, "default {of_default}, minimum {minimum}");
        let out = plugin.play(&super::setups::music(2, 1.0), &Run::real_time());
        assert_sane(&out, "after the restarts");
        plugin.daw.on_restart(|_| ());
    }

    /// A host that ignores the request goes on with the old latency or the new one.
    fn a_restart_that_the_host_ignores_does_no_harm() {
        let plugin = instance(2, &[]);
        activate(&plugin);
        for phase in ["Minimum", "Linear", "Minimum", "Mixed"] {
            plugin.set("EQ Phase", phase);
            let out = plugin.play(&super::setups::music(2, 0.5), &Run::real_time());
            assert_sane(&out, phase);
            plugin.daw.pump();
        }
        assert_unharmed(&plugin, 2, "restarts ignored");
    }
}
