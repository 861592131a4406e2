//! Bounces repeat bit for bit, however the host says that it bounces and whatever ran before.

use super::block::Mode;
use super::child::isolated;
use super::common::assert_identical;
use super::run::Run;
use super::setups::{STATIC, instance, music};

/// Long enough for the loudness to land and for several curves of the EQ.
const SECONDS: f64 = 12.0;

fn two_bounces(channels: usize) {
    let piece = music(channels, SECONDS);
    let plugin = instance(channels, &[]);
    let first = plugin.render(&piece, &Run::offline());
    let second = plugin.render(&piece, &Run::offline());
    assert_identical(&second, &first, "the second bounce");
    let other = instance(channels, &[]).render(&piece, &Run::offline());
    assert_identical(&other, &first, "another instance");
}

isolated! {
    fn two_stereo_bounces_with_one_setup_each_are_identical() {
        two_bounces(2);
    }

    fn two_mono_bounces_with_one_setup_each_are_identical() {
        two_bounces(1);
    }

    /// What was learned while playing is used, kept, and stored in the state.
    fn bounces_after_playing_are_identical_and_the_state_holds_what_was_learned() {
        let piece = music(2, SECONDS);
        let plugin = instance(2, &[]);
        plugin.render(&piece, &Run::offline());
        plugin.render(&piece, &Run::real_time());
        let saved = plugin.state();
        let first = plugin.render(&piece, &Run::offline());
        let second = plugin.render(&piece, &Run::offline());
        assert_identical(&second, &first, "the second bounce after playing");
        for (state, when) in [(saved, "before"), (plugin.state(), "after")] {
            let other = instance(2, &[]);
            assert_eq!(other.load(&state), 0, "the state saved {when} the bounces");
            let again = other.render(&piece, &Run::offline());
            assert_identical(&again, &first, &format!("the state saved {when} the bounces"));
        }
    }

    /// Some DAWs never say `kOffline` in `setupProcessing`, and bounce without switching the
    /// plug-in off: only the blocks tell. (Ardour does.)
    fn bounces_that_only_the_blocks_tell_of_are_identical() {
        let piece = music(2, SECONDS);
        let said_twice = instance(2, &[]).render(&piece, &Run::offline());
        let run = Run { setup: Mode::RealTime, ..Run::offline() };
        let plugin = instance(2, &[]);
        let first = plugin.render(&piece, &run);
        let second = plugin.render(&piece, &run);
        assert_identical(&second, &first, "switched off between them");
        assert_identical(&first, &said_twice, "offline said in both places");
        plugin.start(&Run::real_time());
        let bounces = [(); 2].map(|()| {
            plugin.idle(2, 96_000, &Run::real_time());
            plugin.play(&piece, &Run::offline())
        });
        assert_identical(&bounces[1], &bounces[0], "never switched off");
    }

    /// The mode is the one said last: the audio thread waits for nothing, as a bounce may.
    #[cfg(target_os = "linux")]
    fn playing_after_a_bounce_never_waits() {
        use super::clocks::{let_others_idle, stay_on_one_core, waits};

        stay_on_one_core();
        let piece = music(2, SECONDS);
        let plugin = instance(2, &[]);
        plugin.render(&piece, &Run::real_time());
        for bounce in 1..=2 {
            plugin.render(&piece, &Run::offline());
            plugin.start(&Run::real_time());
            let_others_idle();
            let before = waits();
            plugin.play(&piece, &Run::real_time());
            let waited = waits() - before;
            plugin.stop();
            // 281 hops are analysed, and a bounce may wait for each of them.
            assert!(waited < 20, "{waited} waits while playing after bounce {bounce}");
        }
    }

    /// Nor does the audio thread do the work of the analysis, as a bounce may.
    #[cfg(target_os = "linux")]
    fn playing_after_a_bounce_leaves_the_analysis_to_others() {
        use super::clocks::work_of_others;

        let piece = music(2, SECONDS);
        let run = Run::real_time();
        let worked = |plugin: &super::instance::Instance| {
            plugin.start(&run);
            let before = work_of_others();
            plugin.play(&piece, &run);
            std::thread::sleep(std::time::Duration::from_millis(200)); // the last hops
            let worked = work_of_others() - before;
            plugin.stop();
            worked
        };
        let expected = worked(&instance(2, &[]));
        let plugin = instance(2, &[]);
        plugin.render(&piece, &Run::offline());
        let got = worked(&plugin);
        // Hops that come too fast are dropped, more or less of them.
        assert!(
            got > expected / 8 && !expected.is_zero(),
            "the other threads worked {got:?}, {expected:?} without a bounce before"
        );
    }

    /// Ahead of time in real time: such a block must not wait either.
    fn prefetched_blocks_are_played() {
        let piece = music(2, 2.0);
        let run = Run { setup: Mode::Prefetch, mode: Mode::Prefetch, ..Run::real_time() };
        let plugin = instance(2, &STATIC);
        let expected = instance(2, &STATIC).render(&piece, &Run::real_time());
        assert_identical(&plugin.render(&piece, &run), &expected, "prefetched");
    }

    fn silence_before_a_bounce_does_not_change_it() {
        let piece = music(2, 6.0);
        let expected = instance(2, &[]).render(&piece, &Run::offline());
        for samples in [64, 100, 1000, 4096, 48_000] {
            let plugin = instance(2, &[]);
            plugin.start(&Run::offline());
            plugin.idle(2, samples, &Run::offline());
            let got = plugin.play(&piece, &Run::offline());
            assert_identical(&got, &expected, &format!("after {samples} samples of silence"));
        }
    }

    /// A bounce starts while the analysis of what was played is still under way on other threads.
    fn answers_on_their_way_do_not_reach_a_bounce() {
        let piece = music(2, 1.0);
        let expected = instance(2, &[]).render(&piece, &Run::offline());
        for round in 0..300_usize {
            let plugin = instance(2, &[]);
            plugin.start(&Run::real_time());
            // Around the ends of the analysis' hops, and a while after them.
            plugin.idle(2, 2048 * (1 + round % 7) + 64 * (round % 3), &Run::real_time());
            std::thread::sleep(std::time::Duration::from_micros(100 * (round as u64 % 20)));
            let got = plugin.play(&piece, &Run::offline());
            assert_identical(&got, &expected, &format!("round {round}"));
        }
    }

    fn blocks_of_any_length_give_the_same_bounce() {
        let piece = music(2, 6.0);
        let expected = instance(2, &[]).render(&piece, &Run::offline());
        for blocks in [&[16][..], &[64], &[509], &[8192], &[7, 333, 64, 1]] {
            let got = instance(2, &[]).render(&piece, &Run::in_blocks(blocks));
            assert_identical(&got, &expected, &format!("blocks {blocks:?}"));
        }
    }
}
