//! Calls out of order and absurd set-ups: an error or a sane result, and the plug-in goes on.

use vst3::Steinberg::kResultOk;

use super::block::{Block, Buses, Mode};
use super::calls::Setup;
use super::changes::Change;
use super::child::isolated;
use super::instance::Instance;
use super::setups::{
    activate, assert_sane, assert_unharmed, assert_value, instance, loud_block, music,
};

/// Processes a few blocks in a state in which the plug-in cannot; whatever it answers.
fn process_anyway(plugin: &Instance, channels: usize) {
    for frames in [512, 0, 1, 64] {
        plugin.process(&mut loud_block(channels, frames));
    }
    plugin.process_null();
}

fn setup_anyway(setup: &Setup) {
    let plugin = instance(2, &[]);
    let what = format!("{setup:?}");
    plugin.setup(setup);
    plugin.set_active(true);
    plugin.set_processing(true);
    plugin.process(&mut loud_block(2, 64));
    assert_unharmed(&plugin, 2, &what);
}

/// Rates and block sizes that no audio device has.
const RATES: [f64; 12] = [
    0.0,
    -48_000.0,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    1e-300,
    1.0,
    999.0,
    2975.0,
    1e7,
    1e9,
    1e300,
];

isolated! {
    fn process_before_setup() {
        for channels in [1, 2] {
            let plugin = instance(channels, &[]);
            process_anyway(&plugin, channels);
            assert_unharmed(&plugin, channels, "process before setupProcessing");
        }
    }

    fn process_before_initialize() {
        let plugin = Instance::created();
        process_anyway(&plugin, 2);
        assert_eq!(plugin.initialize(), kResultOk);
        assert_unharmed(&plugin, 2, "process before initialize");
    }

    fn active_before_setup() {
        let plugin = instance(2, &[]);
        plugin.set_active(true);
        plugin.set_processing(true);
        process_anyway(&plugin, 2);
        assert_unharmed(&plugin, 2, "setActive before setupProcessing");
    }

    fn process_before_active() {
        let plugin = instance(2, &[]);
        assert_eq!(plugin.setup(&Setup::REAL_TIME), kResultOk);
        process_anyway(&plugin, 2);
        plugin.set_processing(true);
        process_anyway(&plugin, 2);
        assert_unharmed(&plugin, 2, "process before setActive");
    }

    /// Not asked for by old hosts.
    fn process_without_set_processing() {
        let plugin = instance(2, &[]);
        assert_eq!(plugin.setup(&Setup::REAL_TIME), kResultOk);
        assert_eq!(plugin.set_active(true), kResultOk);
        process_anyway(&plugin, 2);
        plugin.set_processing(false);
        process_anyway(&plugin, 2);
        assert_unharmed(&plugin, 2, "process without setProcessing");
    }

    fn process_after_inactive() {
        let plugin = instance(2, &[]);
        activate(&plugin);
        process_anyway(&plugin, 2);
        plugin.set_active(false);
        process_anyway(&plugin, 2);
        plugin.set_processing(false);
        process_anyway(&plugin, 2);
        assert_unharmed(&plugin, 2, "process after setActive(false)");
    }

    fn process_after_terminate() {
        let plugin = instance(2, &[]);
        activate(&plugin);
        plugin.stop();
        plugin.terminate();
        process_anyway(&plugin, 2);
    }

    fn everything_said_twice() {
        let plugin = instance(2, &[]);
        for _ in 0..2 {
            plugin.setup(&Setup::REAL_TIME);
            plugin.set_active(true);
        }
        for _ in 0..2 {
            plugin.set_processing(true);
            process_anyway(&plugin, 2);
        }
        for _ in 0..2 {
            plugin.set_processing(false);
        }
        for _ in 0..2 {
            plugin.set_active(false);
        }
        assert_unharmed(&plugin, 2, "everything twice");
    }

    /// Forbidden by the standard, and done by hosts when the audio device changes.
    fn setup_while_active() {
        let plugin = instance(2, &[]);
        activate(&plugin);
        for rate in [44_100.0, 96_000.0] {
            let mode = if rate > 50_000.0 { Mode::Offline } else { Mode::RealTime };
            plugin.setup(&Setup { rate, mode, block: 64, ..Setup::REAL_TIME });
            process_anyway(&plugin, 2);
        }
        assert_unharmed(&plugin, 2, "setupProcessing while active");
    }

    fn absurd_sample_rates() {
        for rate in RATES {
            setup_anyway(&Setup { rate, ..Setup::REAL_TIME });
        }
    }

    fn absurd_block_sizes() {
        for block in [0, -1, i32::MIN, 1, 1 << 24, 1 << 30, i32::MAX] {
            setup_anyway(&Setup { block, ..Setup::REAL_TIME });
        }
    }

    fn no_setup() {
        let plugin = instance(2, &[]);
        assert_ne!(plugin.setup_null(), kResultOk, "no setup");
        assert_ne!(plugin.process_null(), kResultOk, "no data");
        assert_eq!(plugin.state_null().map(|result| result == kResultOk), [false; 2]);
        assert_unharmed(&plugin, 2, "null pointers");
    }

    /// `canProcessSampleSize` says no, and a host that has not asked gets an error, or silence.
    fn samples_of_64_bits_are_refused() {
        let plugin = instance(2, &[]);
        let wide = Setup { wide: true, ..Setup::REAL_TIME };
        assert_ne!(plugin.setup(&wide), kResultOk, "setupProcessing for 64 bits");
        activate(&plugin);
        let mut block = loud_block(2, 512);
        block.wide = true;
        block.samples = 256; // as many of 64 bits as the buffers have room for
        let result = plugin.process(&mut block);
        assert_ne!(result, kResultOk, "process of 64 bits");
        assert_unharmed(&plugin, 2, "64 bits");
    }

    /// More than was agreed: an error, or the audio as it should be.
    fn longer_blocks_than_agreed() {
        for frames in [513, 1024, 10_000] {
            let plugin = instance(2, &[]);
            activate(&plugin);
            let mut block = loud_block(2, frames);
            if plugin.process(&mut block) == kResultOk && frames > 4096 {
                assert_sane(block.output(), &format!("{frames} samples in one block"));
            }
            assert_unharmed(&plugin, 2, &format!("{frames} samples for 512"));
        }
    }

    fn negative_block_lengths() {
        let plugin = instance(2, &[]);
        activate(&plugin);
        for samples in [-1, i32::MIN] {
            let mut block = loud_block(2, 512);
            block.samples = samples;
            plugin.process(&mut block);
        }
        assert_unharmed(&plugin, 2, "negative lengths");
    }

    /// Blocks without samples carry parameter changes, with or without buses.
    fn a_block_of_no_samples_changes_parameters() {
        let plugin = instance(2, &[]);
        let bare = Block {
            inputs: Buses::NullArray(0),
            outputs: Buses::NullArray(0),
            ..Block::silent(2, 0)
        };
        let null_arrays = Block {
            inputs: Buses::NullArray(2),
            outputs: Buses::NullArray(1),
            ..Block::silent(2, 0)
        };
        for (mut block, typed) in [
            (Block::silent(2, 0), "-12 dB"),
            (bare, "6 dB"),
            (null_arrays, "-3 dB"),
        ] {
            activate(&plugin);
            let id = plugin.id("Input Gain");
            let value = plugin.parse("Input Gain", typed);
            block.changes = Some(vec![Change { id, offset: 0, value }]);
            assert_eq!(plugin.process(&mut block), kResultOk, "{typed}");
            plugin.stop();
            let other = instance(2, &[]);
            assert_eq!(other.load(&plugin.state()), kResultOk);
            assert_value(&other, "Input Gain", typed, "out of the state");
        }
    }

    /// The standard allows no lists, no context.
    fn a_block_without_lists_and_context() {
        let plugin = instance(2, &[]);
        activate(&plugin);
        let piece = music(2, 0.5);
        let run = super::run::Run::real_time();
        let mut heard = vec![Vec::new(); 2];
        for at in (0..20_480).step_by(512) {
            let mut block = run.block(&piece, at, 512, true);
            (block.changes, block.transport) = (None, None);
            assert_eq!(plugin.process(&mut block), kResultOk);
            heard.iter_mut().zip(block.output()).for_each(|(all, new)| all.extend(new));
        }
        assert_sane(&heard, "without lists and context");
    }

    fn absurd_parameter_changes() {
        let plugin = instance(2, &[]);
        let id = plugin.id("Input Gain");
        activate(&plugin);
        for value in [f64::NAN, f64::INFINITY, -1e300, 2.0] {
            for offset in [0, 511, 512, -1, i32::MAX, i32::MIN] {
                let mut block = loud_block(2, 512);
                block.changes = Some(vec![
                    Change { id, offset, value },
                    Change { id: 0x7fff_ffff, offset, value: 0.5 },
                ]);
                plugin.process(&mut block);
                let bad = block.output().iter().flatten().position(|x| !x.is_finite());
                assert_eq!(bad, None, "{value} at {offset}: sample that is not finite");
            }
        }
        plugin.set("Input Gain", "0 dB");
        assert_unharmed(&plugin, 2, "absurd parameter changes");
    }
}
