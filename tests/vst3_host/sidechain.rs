//! The sidechain bus, in every way that hosts leave it out.

use vst3::Steinberg::kResultOk;

use super::block::{Bus, Buses};
use super::child::isolated;
use super::common::{assert_identical, noise};
use super::run::{Run, Sidechain};
use super::setups::{
    COMPRESSOR, STATIC, activate, assert_unharmed, instance, level_db, loud_block, music,
};

/// Every way to leave it out.
const LEFT_OUT: [Sidechain; 5] = [
    Sidechain::Silent,
    Sidechain::NullChannels,
    Sidechain::NullArray,
    Sidechain::NoChannels,
    Sidechain::Missing,
];

fn left_out(channels: usize, sidechain: Sidechain) {
    let piece = music(channels, 2.0);
    let expected = instance(channels, &STATIC).render(&piece, &Run::offline());
    let what = format!("{channels} channels, {sidechain:?}");
    let got = instance(channels, &STATIC).render(&piece, &Run::with(sidechain));
    assert_identical(&got, &expected, &what);
}

fn external_without_a_sidechain(channels: usize) {
    let piece = music(channels, 2.0);
    let compressed = instance(channels, &COMPRESSOR).render(&piece, &Run::offline());
    let plain = instance(channels, &COMPRESSOR);
    plain.set("Comp On", "Off");
    let plain = level_db(&plain.render(&piece, &Run::offline()));
    let reduction = plain - level_db(&compressed);
    assert!(reduction > 6.0, "the compressor itself does {reduction} dB");
    for sidechain in LEFT_OUT {
        let what = format!("{channels} channels, {sidechain:?}");
        let plugin = instance(channels, &COMPRESSOR);
        plugin.set("Comp SC External", "On");
        let got = plugin.render(&piece, &Run::with(sidechain));
        assert_identical(&got, &compressed, &what);
    }
}

fn active_sidechain(channels: usize) {
    let loud = vec![noise(2, 96_000); channels];
    let piece = loud
        .iter()
        .map(|c| c.iter().map(|x| x * 1e-3).collect())
        .collect();
    let level = |external: &str| {
        let plugin = instance(channels, &COMPRESSOR);
        plugin.set("Comp SC External", external);
        level_db(&plugin.render(&piece, &Run::with(Sidechain::Audio(loud.clone()))))
    };
    let ducked = level("Off") - level("On");
    // 35 dB over the threshold at 8:1 is 30 dB of reduction.
    assert!(ducked > 20.0, "{channels} channels: ducked by {ducked} dB");
}

isolated! {
    fn stereo_with_null_channels() {
        left_out(2, Sidechain::NullChannels);
    }

    fn stereo_with_a_null_array() {
        left_out(2, Sidechain::NullArray);
    }

    fn stereo_without_channels() {
        left_out(2, Sidechain::NoChannels);
    }

    fn stereo_with_one_input() {
        left_out(2, Sidechain::Missing);
    }

    fn mono_with_null_channels() {
        left_out(1, Sidechain::NullChannels);
    }

    fn mono_with_a_null_array() {
        left_out(1, Sidechain::NullArray);
    }

    fn mono_without_channels() {
        left_out(1, Sidechain::NoChannels);
    }

    fn mono_with_one_input() {
        left_out(1, Sidechain::Missing);
    }

    /// A bus that is not connected is no silent sidechain.
    fn the_compressor_works_with_external_on_and_no_sidechain_stereo() {
        external_without_a_sidechain(2);
    }

    fn the_compressor_works_with_external_on_and_no_sidechain_mono() {
        external_without_a_sidechain(1);
    }

    fn an_active_sidechain_ducks() {
        active_sidechain(2);
        active_sidechain(1);
    }

    /// Switched on although the host has nothing for it.
    fn an_active_sidechain_of_null_channels_is_harmless() {
        for sidechain in LEFT_OUT {
            let plugin = instance(2, &[]);
            activate(&plugin);
            plugin.activate_bus(super::calls::Direction::Input, 1, true);
            let mut block = loud_block(2, 512);
            let run = Run::with(sidechain.clone());
            block.inputs = run.block(&music(2, 0.1), 0, 512, true).inputs;
            assert_eq!(plugin.process(&mut block), kResultOk, "{sidechain:?}");
            plugin.stop();
            plugin.activate_bus(super::calls::Direction::Input, 1, false);
            assert_unharmed(&plugin, 2, &format!("{sidechain:?}"));
        }
    }

    /// No input at all is silence in.
    fn without_inputs_the_output_is_silence() {
        for inputs in [
            Buses::Given(Vec::new()),
            Buses::NullArray(0),
            Buses::NullArray(1),
            Buses::NullArray(2),
            Buses::Given(vec![Bus::NullChannels(2), Bus::NullChannels(2)]),
            Buses::Given(vec![Bus::NullArray(2)]),
        ] {
            let plugin = instance(2, &[]);
            activate(&plugin);
            let mut block = loud_block(2, 512);
            block.inputs = inputs.clone();
            plugin.process(&mut block);
            let heard = block.output().iter().flatten().position(|x| *x != 0.0);
            assert_eq!(heard, None, "{inputs:?}: sample that is not silent");
            assert_unharmed(&plugin, 2, &format!("{inputs:?}"));
        }
    }
}
