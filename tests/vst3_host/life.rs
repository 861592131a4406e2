//! Creation, activation and the end, many times and in odd orders; automation in masses.

use vst3::Steinberg::kResultOk;

use super::changes::Change;
use super::child::isolated;
use super::instance::Instance;
use super::module;
use super::run::Run;
use super::setups::{
    STATIC, activate, assert_sane, assert_unharmed, assert_value, instance, loud_block, music,
};

/// Titles of parameters that are changed often.
const MOVED: [&str; 6] = [
    "Input Gain",
    "EQ Phase",
    "EQ Band 5",
    "Comp Ratio",
    "Target",
    "Mix",
];

isolated! {
    /// The instance goes while what it queued is still on its way.
    fn sixty_instances_end_with_changes_queued() {
        let state = instance(2, &[("Input Gain", "3 dB")]).state();
        for round in 0..60 {
            let plugin = instance(2, &[]);
            if round % 2 == 0 {
                activate(&plugin);
            }
            for title in MOVED {
                plugin.set(title, &plugin.text(title));
            }
            plugin.load(&state);
            if round % 2 == 0 {
                let mut block = loud_block(2, 512);
                let all = MOVED.iter().map(|title| Change {
                    id: plugin.id(title),
                    offset: 100,
                    value: f64::from(round as u8 % 3) / 2.0,
                });
                block.changes = Some(all.collect());
                plugin.process(&mut block);
            }
            if round % 3 == 0 {
                plugin.release_without_terminate();
            }
        }
        assert_unharmed(&instance(2, &[]), 2, "after sixty");
    }

    fn a_thousand_activations() {
        let plugin = instance(2, &[]);
        for round in 0..1000 {
            activate(&plugin);
            if round % 10 == 0 {
                assert_eq!(plugin.process(&mut loud_block(2, 512)), kResultOk, "round {round}");
            }
            plugin.stop();
        }
        assert_unharmed(&plugin, 2, "after a thousand activations");
    }

    fn creation_and_the_end_in_odd_orders() {
        for _ in 0..10 {
            drop(Instance::created()); // never initialised
            Instance::without_handler().release_without_terminate();
            instance(2, &[]).release_without_terminate();
            let active = instance(2, &[]);
            activate(&active);
            active.process(&mut loud_block(2, 512));
            active.release_without_terminate();
            let ended = instance(2, &[]);
            activate(&ended);
            ended.terminate(); // while active
            ended.terminate();
            let again = Instance::created();
            again.terminate(); // before initialize
            again.initialize();
            again.initialize();
            activate(&again);
            again.process(&mut loud_block(2, 512));
        }
        let revived = instance(2, &[]);
        revived.terminate();
        if revived.initialize() == kResultOk {
            assert_unharmed(&revived, 2, "initialised again");
        }
    }

    /// Instances that outlive each other, on threads that end before them.
    fn instances_end_in_any_order() {
        let piece = music(2, 0.5);
        let mut all: Vec<Instance> = (0..16).map(|_| instance(2, &[])).collect();
        for plugin in &all {
            plugin.start(&Run::real_time());
            plugin.play(&piece, &Run::real_time());
        }
        for at in [7, 0, 3, 5, 1] {
            drop(all.swap_remove(at));
        }
        for plugin in &all {
            assert_sane(&plugin.play(&piece, &Run::real_time()), "one of those left");
        }
    }

    fn other_classes_and_interfaces_are_refused() {
        let factory = module::factory();
        let class = module::class_id(&factory);
        let foreign = class.map(|byte| byte ^ 0x55);
        assert!(module::create(&factory, &foreign).is_none(), "a foreign class");
        assert!(module::create(&factory, &[0; 16]).is_none(), "no class");
        assert!(module::create(&factory, &class).is_some(), "the class itself");
    }

    /// Points in masses, in and out of order, of one parameter and of all.
    fn thousands_of_automation_points_in_a_block() {
        let plugin = instance(2, &STATIC);
        let all = plugin.parameters();
        let gain = plugin.id("Input Gain");
        for (count, block) in [(1025, 512), (4000, 4096), (20_000, 512)] {
            let spread = |n: usize| i32::try_from(n * block / count).unwrap();
            let many: Vec<Change> = (0..count)
                .map(|n| Change { id: gain, offset: spread(n), value: 0.5 + 0.1 * (n % 2) as f64 })
                .collect();
            let of_all: Vec<Change> = (0..count)
                .map(|n| Change {
                    id: all[n % all.len()].0,
                    offset: spread(n),
                    value: (n % 7) as f64 / 6.0,
                })
                .collect();
            for (changes, what) in [(many, "one parameter"), (of_all, "all parameters")] {
                let piece = music(2, 0.5);
                let run = Run { blocks: vec![block], changes, ..Run::real_time() };
                let out = plugin.render(&piece, &run);
                let bad = out.iter().flatten().position(|x| !x.is_finite());
                assert_eq!(bad, None, "{count} points of {what}: sample that is not finite");
            }
        }
    }

    /// The last of many points is the one that stays.
    fn the_last_of_many_points_wins() {
        let plugin = instance(2, &STATIC);
        let id = plugin.id("Input Gain");
        let changes = (0..5000).map(|n| Change {
            id,
            offset: n / 10,
            value: if n == 4999 { plugin.parse("Input Gain", "-6 dB") } else { 1.0 },
        });
        let mut block = loud_block(2, 512);
        block.changes = Some(changes.collect());
        activate(&plugin);
        assert_eq!(plugin.process(&mut block), kResultOk);
        plugin.stop();
        let other = instance(2, &[]);
        assert_eq!(other.load(&plugin.state()), kResultOk);
        assert_value(&other, "Input Gain", "-6 dB", "out of the state");
    }
}
