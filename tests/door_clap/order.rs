//! Calls in every wrong order, and numbers that no host should pass.

use std::ptr::null;

use clap_sys::factory::plugin_factory::CLAP_PLUGIN_FACTORY_ID;
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;
use clap_sys::process::CLAP_PROCESS_ERROR;

use auralis::door::clap::clap_entry;

use crate::block::{Block, raw};
use crate::host::{ID, Instance, RATE, factory, table};

/// A block of ones; after an error it must be silent.
fn refused(instance: &Instance, what: &str) {
    let mut block = Block::of(&vec![vec![1.0; 64]; 2]);
    assert_eq!(block.run(instance), CLAP_PROCESS_ERROR, "{what}");
    assert_eq!(*block.output(), vec![vec![0.0; 64]; 2], "{what}");
}

#[test]
fn the_entry_and_the_factory_refuse_what_they_do_not_know() {
    let factory = factory();
    let get_factory = clap_entry.get_factory.unwrap();
    let descriptor = factory.get_plugin_descriptor.unwrap();
    let create = factory.create_plugin.unwrap();
    let host = table(std::ptr::null_mut());
    unsafe {
        assert!(get_factory(null()).is_null());
        assert!(get_factory(c"clap.other".as_ptr()).is_null());
        assert!(!get_factory(CLAP_PLUGIN_FACTORY_ID.as_ptr()).is_null());
        assert!(clap_entry.init.unwrap()(null()));
        clap_entry.deinit.unwrap()();
        assert!(!get_factory(CLAP_PLUGIN_FACTORY_ID.as_ptr()).is_null());
        assert_eq!(factory.get_plugin_count.unwrap()(null()), 1);
        assert!(!descriptor(null(), 0).is_null());
        assert!(descriptor(null(), 1).is_null());
        assert!(descriptor(null(), u32::MAX).is_null());
        assert!(create(null(), &host, null()).is_null());
        assert!(create(null(), &host, c"org.other".as_ptr()).is_null());
        assert!(create(null(), null(), ID.as_ptr()).is_null());
    }
}

#[test]
fn a_host_without_functions_is_enough() {
    let host = clap_host {
        get_extension: None,
        request_restart: None,
        request_process: None,
        request_callback: None,
        ..table(std::ptr::null_mut())
    };
    let plugin = unsafe { factory().create_plugin.unwrap()(null(), &host, ID.as_ptr()) };
    let calls: clap_plugin = unsafe { *plugin };
    unsafe {
        assert!(calls.init.unwrap()(plugin));
        assert!(calls.activate.unwrap()(plugin, RATE, 1, 512));
        assert!(calls.start_processing.unwrap()(plugin));
        assert_ne!(
            calls.process.unwrap()(plugin, &raw(512)),
            CLAP_PROCESS_ERROR
        );
        calls.on_main_thread.unwrap()(plugin);
        calls.destroy.unwrap()(plugin);
    }
}

#[test]
fn nothing_is_done_out_of_order() {
    let instance = Instance::created();
    refused(&instance, "created");
    assert!(!instance.activate(RATE, 512), "activated before init");
    assert!(!instance.start(), "started before init");
    for call in [
        Instance::deactivate,
        Instance::stop,
        Instance::reset,
        Instance::on_main_thread,
    ] {
        call(&instance);
    }
    assert!(instance.init());
    assert!(!instance.init(), "initialised twice");
    refused(&instance, "initialised");
    assert!(!instance.start(), "started before activation");
    instance.deactivate();
    instance.stop();
    instance.reset();
    assert!(instance.activate(RATE, 512));
    assert!(!instance.activate(RATE, 512), "activated twice");
    refused(&instance, "active, not started");
    assert!(instance.start());
    assert!(!instance.start(), "started twice");
    assert!(!instance.init(), "initialised while playing");
    assert!(!instance.activate(RATE, 512), "activated while playing");
    instance.play(&mut Block::of(&vec![vec![0.5; 512]; 2]));
    instance.reset();
    instance.stop();
    instance.stop();
    refused(&instance, "stopped");
    assert!(instance.start());
    instance.deactivate();
    refused(&instance, "deactivated while playing");
    instance.deactivate();
    assert!(instance.activate(RATE, 512) && instance.start());
    instance.play(&mut Block::of(&vec![vec![0.5; 512]; 2]));
}

#[test]
fn a_plug_in_goes_at_any_time() {
    drop(Instance::created());
    drop(Instance::initialised());
    let active = Instance::initialised();
    assert!(active.activate(RATE, 512));
    drop(active);
    let playing = Instance::playing(2);
    playing.play(&mut Block::of(&vec![vec![0.5; 512]; 2]));
    drop(playing);
    unsafe {
        let plugin = Instance::created();
        (*plugin.plugin).destroy.unwrap()(null()); // no plug-in at all
    }
}

#[test]
fn null_plug_ins_are_errors() {
    let instance = Instance::initialised();
    let calls = unsafe { *instance.plugin };
    let empty = clap_plugin {
        plugin_data: std::ptr::null_mut(),
        ..calls
    };
    for plugin in [null(), &raw const empty] {
        unsafe {
            assert!(!calls.init.unwrap()(plugin));
            assert!(!calls.activate.unwrap()(plugin, RATE, 1, 512));
            assert!(!calls.start_processing.unwrap()(plugin));
            assert_eq!(calls.process.unwrap()(plugin, &raw(1)), CLAP_PROCESS_ERROR);
            assert!(calls.get_extension.unwrap()(plugin, c"clap.params".as_ptr()).is_null());
            calls.stop_processing.unwrap()(plugin);
            calls.deactivate.unwrap()(plugin);
            calls.reset.unwrap()(plugin);
            calls.on_main_thread.unwrap()(plugin);
            calls.destroy.unwrap()(plugin);
        }
    }
    unsafe { assert!(calls.get_extension.unwrap()(instance.plugin, null()).is_null()) };
}

#[test]
fn only_sane_rates_and_sizes_activate() {
    let instance = Instance::initialised();
    let refused = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        0.0,
        -48_000.0,
        999.0,
        768_001.0,
        1e12,
        f64::MIN_POSITIVE,
    ];
    for rate in refused {
        assert!(!instance.activate(rate, 512), "{rate} Hz");
    }
    for frames in [0, i32::MAX as u32 + 1, u32::MAX] {
        assert!(!instance.activate(RATE, frames), "{frames} frames");
    }
    for (rate, frames) in [
        (1_000.0, 1),
        (1_234.567_8, 64),
        (8_000.0, 512),
        (44_100.0, 8192),
        (192_000.0, 1 << 20),
        (768_000.0, i32::MAX as u32),
    ] {
        assert!(
            instance.activate(rate, frames),
            "{rate} Hz, {frames} frames"
        );
        assert!(instance.start());
        let mut block = Block::of(&vec![vec![0.25; 2048]; 2]);
        instance.play(&mut block);
        let finite = block.output().iter().flatten().all(|x| x.is_finite());
        assert!(finite, "{rate} Hz");
        instance.stop();
        instance.deactivate();
    }
}
