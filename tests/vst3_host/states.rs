//! States: loaded early, without a handler, damaged, foreign, of the future, of the past.

use vst3::Steinberg::kResultOk;

use super::child::isolated;
use super::common::{assert_identical, noise};
use super::instance::Instance;
use super::run::Run;
use super::setups::{
    activate, assert_sane, assert_unharmed, assert_value, instance, loud_block, music,
};

/// What the tests set: a number, a choice, a switch, a band.
const SET: [(&str, &str); 4] = [
    ("Comp Ratio", "7:1"),
    ("Target", "Jazz"),
    ("Limiter On", "Off"),
    ("EQ Band 3", "-4 dB"),
];

fn assert_set(plugin: &Instance, what: &str) {
    for (title, typed) in SET {
        assert_value(plugin, title, typed, what);
    }
}

isolated! {
    fn a_state_comes_back_before_a_handler_is_set_and_without_any() {
        let state = instance(2, &SET).state();
        let plugin = Instance::without_handler();
        assert_eq!(plugin.load(&state), kResultOk, "before a handler");
        assert_set(&plugin, "before a handler");
        activate(&plugin);
        assert_eq!(plugin.process(&mut loud_block(2, 512)), kResultOk, "without a handler");
        assert_eq!(plugin.load(&state), kResultOk, "without a handler, while active");
        plugin.stop();
        plugin.connect_handler();
        assert_eq!(plugin.load(&state), kResultOk, "after a handler");
        plugin.disconnect_handler();
        assert_eq!(plugin.load(&state), kResultOk, "after the handler went");
        assert_set(&plugin, "after the handler went");
    }

    fn a_state_before_initialize_does_no_harm() {
        let state = instance(2, &SET).state();
        let plugin = Instance::created();
        plugin.load(&state);
        assert_eq!(plugin.initialize(), kResultOk);
        assert_eq!(plugin.load(&state), kResultOk);
        assert_set(&plugin, "loaded after initialize");
    }

    /// Loaded while it plays: the next blocks play it.
    fn a_state_loaded_while_playing_is_heard() {
        let quiet = instance(2, &[("Input Gain", "-24 dB"), ("Loudness On", "Off")]).state();
        let plugin = instance(2, &[("Loudness On", "Off")]);
        let piece = music(2, 1.0);
        plugin.start(&Run::real_time());
        let before = plugin.play(&piece, &Run::real_time());
        assert_eq!(plugin.load(&quiet), kResultOk);
        let after = plugin.play(&piece, &Run::real_time());
        let change = super::setups::level_db(&before) - super::setups::level_db(&after);
        assert!(change > 10.0, "24 dB less in the state are {change} dB");
    }

    /// Damage that leaves a readable state may load; damage that does not may change nothing.
    fn a_state_damaged_anywhere_does_no_harm() {
        let plugin = instance(2, &SET);
        plugin.render(&music(2, 6.0), &Run::real_time());
        let state = plugin.state();
        let places = 150;
        for place in 0..places {
            let at = place * state.len() / places;
            let mut flipped = state.clone();
            flipped[at] ^= 1 << (place % 8);
            let mut zeroed = state.clone();
            zeroed[at] = 0;
            let mut missing = state.clone();
            missing.remove(at);
            for (damaged, how) in [(flipped, "a bit"), (zeroed, "a zero"), (missing, "a gap")] {
                let what = format!("{how} at byte {at}");
                if plugin.load(&damaged) != kResultOk {
                    assert_set(&plugin, &what);
                }
                assert_eq!(plugin.load(&state), kResultOk, "the whole state after {what}");
                assert_set(&plugin, &what);
            }
            let what = format!("cut at byte {at}");
            assert_ne!(plugin.load(&state[..at]), kResultOk, "{what}: accepted");
            assert_set(&plugin, &what);
        }
    }

    fn random_bytes_are_refused() {
        let plugin = instance(2, &SET);
        for seed in 0..200 {
            let len = (seed as usize * 37) % 3000;
            let bytes: Vec<u8> = noise(seed, len).iter().map(|x| (x * 127.0) as i8 as u8).collect();
            assert_ne!(plugin.load(&bytes), kResultOk, "{len} random bytes, seed {seed}");
            assert_set(&plugin, &format!("{len} random bytes, seed {seed}"));
        }
        let quiet = [("Limiter On", "On"), ("Target", "Auto"), ("Comp Ratio", "2:1"), ("EQ Band 3", "0 dB")];
        quiet.iter().for_each(|(title, typed)| plugin.set(title, typed));
        assert_unharmed(&plugin, 2, "after random bytes");
    }

    /// The answer says so, and the values in use stay.
    fn a_foreign_or_future_state_is_refused() {
        let plugin = instance(2, &SET);
        let text = String::from_utf8(instance(2, &[]).state()).unwrap();
        let version = format!("\"{}\"", env!("CARGO_PKG_VERSION"));
        for (from, to) in [
            (version.as_str(), "\"9.0.0\""),
            ("org.auralis.auralis", "com.other.thing"),
        ] {
            assert!(text.contains(from), "the state does not hold {from}");
            let other = text.replace(from, to);
            assert_ne!(plugin.load(other.as_bytes()), kResultOk, "{to} was accepted");
            assert_set(&plugin, to);
        }
    }

    /// Set with no block running: on the way into the state all the same.
    fn parameters_set_without_a_block_are_in_the_state() {
        let check = |plugin: &Instance, what: &str| {
            let other = instance(2, &[]);
            assert_eq!(other.load(&plugin.state()), kResultOk, "{what}");
            assert_set(&other, what);
        };
        let plugin = instance(2, &[]);
        SET.iter().for_each(|(title, typed)| plugin.set_on_controller(title, typed));
        assert_set(&plugin, "the controller");
        check(&plugin, "never active");
        let plugin = instance(2, &[]);
        activate(&plugin);
        plugin.process(&mut loud_block(2, 512));
        SET.iter().for_each(|(title, typed)| plugin.set_on_controller(title, typed));
        check(&plugin, "active, between blocks");
        plugin.stop();
        check(&plugin, "inactive again");
        // The values reach the sound, too.
        let piece = music(2, 1.0);
        let got = plugin.render(&piece, &Run::offline());
        let expected = instance(2, &SET).render(&piece, &Run::offline());
        assert_identical(&got, &expected, "the sound");
    }

    /// A change that came with a block is what the controller shows after a state was loaded.
    fn a_loaded_state_wins_over_earlier_changes() {
        let state = instance(2, &SET).state();
        let plugin = instance(2, &[("Comp Ratio", "3:1"), ("EQ Band 3", "5 dB")]);
        assert_eq!(plugin.load(&state), kResultOk);
        assert_set(&plugin, "loaded");
        activate(&plugin);
        plugin.process(&mut loud_block(2, 512));
        assert_set(&plugin, "after a block without changes");
        let other = instance(2, &[]);
        assert_eq!(other.load(&plugin.state()), kResultOk);
        assert_set(&other, "saved again");
    }

    fn saving_an_unplayed_project_changes_nothing() {
        let played = instance(2, &SET);
        played.render(&music(2, 12.0), &Run::real_time());
        let mut state = played.state();
        let piece = music(2, 3.0);
        let expected = {
            let plugin = instance(2, &[]);
            plugin.load(&state);
            plugin.render(&piece, &Run::offline())
        };
        assert_sane(&expected, "the bounce");
        for _ in 0..5 {
            let plugin = instance(2, &[]);
            assert_eq!(plugin.load(&state), kResultOk);
            activate(&plugin);
            plugin.process(&mut super::block::Block::silent(2, 512));
            plugin.stop();
            state = plugin.state();
        }
        let plugin = instance(2, &[]);
        plugin.load(&state);
        let got = plugin.render(&piece, &Run::offline());
        assert_identical(&got, &expected, "opened and saved five times");
    }
}
