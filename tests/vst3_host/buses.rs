//! Bus arrangements and channel counts: what is not offered is refused, and does no harm.

use vst3::Steinberg::Vst::SpeakerArr;
use vst3::Steinberg::kResultOk;

use super::block::{Bus, Buses};
use super::calls::Direction;
use super::child::isolated;
use super::instance::Instance;
use super::setups::{MONO, STEREO, activate, assert_unharmed, instance, loud_block};

const SURROUND: u64 = SpeakerArr::k51;
const THREE: u64 = SpeakerArr::k30Cine;

/// Inputs and outputs that the plug-in does not offer.
const REFUSED: [(&[u64], &[u64], &str); 16] = [
    (&[THREE, STEREO], &[THREE], "three channels"),
    (&[THREE], &[THREE], "three channels, one input"),
    (&[SURROUND, STEREO], &[SURROUND], "six channels"),
    (
        &[SURROUND, SURROUND],
        &[SURROUND],
        "six channels everywhere",
    ),
    (&[MONO, STEREO], &[MONO], "mono and a stereo sidechain"),
    (&[STEREO, MONO], &[MONO], "stereo in, mono out"),
    (&[MONO, MONO], &[STEREO], "mono in, stereo out"),
    (&[STEREO, SURROUND], &[STEREO], "a sidechain of six"),
    (&[STEREO, STEREO], &[], "no output"),
    (&[], &[STEREO], "no input"),
    (&[], &[], "nothing"),
    (&[STEREO, STEREO, STEREO], &[STEREO], "three inputs"),
    (&[STEREO, STEREO], &[STEREO, STEREO], "two outputs"),
    (&[0, 0], &[0], "empty arrangements"),
    (&[u64::MAX, u64::MAX], &[u64::MAX], "64 channels"),
    (&[1 << 40, 1 << 41], &[1 << 40], "one unusual speaker each"),
];

/// One block with buses of these channel counts, then a check that nothing broke.
fn wrong_channels(arranged: usize, inputs: &[usize], outputs: &[usize]) {
    let what = format!("{arranged} channels arranged, {inputs:?} in, {outputs:?} out");
    let plugin = instance(arranged, &[]);
    activate(&plugin);
    let loud = loud_block(1, 512);
    let Buses::Given(given) = &loud.inputs else {
        unreachable!("a plain block has buses");
    };
    let channel = given[0].audio()[0].clone();
    let mut block = loud.clone();
    let bus = |count: &usize| Bus::Channels(vec![channel.clone(); *count]);
    block.inputs = Buses::Given(inputs.iter().map(bus).collect());
    let silent = |count: &usize| Bus::silent(*count, 512);
    block.outputs = Buses::Given(outputs.iter().map(silent).collect());
    for _ in 0..4 {
        plugin.process(&mut block);
        let bad = block.output().iter().flatten().position(|x| !x.is_finite());
        assert_eq!(bad, None, "{what}: sample that is not finite");
    }
    assert_unharmed(&plugin, arranged, &what);
}

isolated! {
    fn buses_have_their_names_and_widths() {
        let plugin = Instance::new();
        let named = |name: &str, channels| (String::from(name), channels);
        let inputs = [named("Input", 2), named("Sidechain", 2)];
        assert_eq!(plugin.buses(Direction::Input), inputs);
        assert_eq!(plugin.buses(Direction::Output), [named("Output", 2)]);
        assert_eq!(plugin.arrange(&[MONO, MONO], &[MONO]), kResultOk);
        assert_eq!(plugin.arrangements(Direction::Input), [MONO, MONO]);
        assert_eq!(plugin.arrangements(Direction::Output), [MONO]);
        let inputs = [named("Input", 1), named("Sidechain", 1)];
        assert_eq!(plugin.buses(Direction::Input), inputs);
        assert_eq!(plugin.arrange(&[STEREO, STEREO], &[STEREO]), kResultOk);
        assert_eq!(plugin.arrangements(Direction::Output), [STEREO]);
    }

    fn other_arrangements_are_refused_and_leave_the_one_in_use() {
        for channels in [1, 2] {
            let plugin = instance(channels, &[]);
            let before = plugin.arrangements(Direction::Input);
            for (inputs, outputs, what) in REFUSED {
                let result = plugin.arrange(inputs, outputs);
                assert_ne!(result, kResultOk, "{what} was accepted");
                assert_eq!(plugin.arrangements(Direction::Input), before, "{what}");
                assert_eq!(plugin.arrangements(Direction::Output), before[..1], "{what}");
            }
            for (inputs, outputs) in [(0, 0), (2, 1), (-1, -1), (1 << 30, 1 << 30)] {
                let result = plugin.arrange_nothing(inputs, outputs);
                assert_ne!(result, kResultOk, "{inputs} and {outputs} from null arrays");
            }
            assert_eq!(plugin.arrangements(Direction::Input), before, "null arrays");
            assert_unharmed(&plugin, channels, "after what was refused");
        }
    }

    /// The layout is fixed while the plug-in is active.
    fn an_arrangement_while_active_does_no_harm() {
        let plugin = instance(2, &[]);
        activate(&plugin);
        plugin.arrange(&[MONO, MONO], &[MONO]);
        plugin.process(&mut loud_block(2, 512));
        plugin.process(&mut loud_block(1, 512));
        plugin.stop();
        assert_eq!(plugin.arrange(&[STEREO, STEREO], &[STEREO]), kResultOk);
        assert_unharmed(&plugin, 2, "arranged while active");
    }

    fn three_channels_on_a_stereo_instance() {
        wrong_channels(2, &[3, 2], &[3]);
    }

    fn six_channels_on_a_stereo_instance() {
        wrong_channels(2, &[6, 6], &[6]);
    }

    fn one_channel_on_a_stereo_instance() {
        wrong_channels(2, &[1, 1], &[1]);
    }

    fn two_channels_on_a_mono_instance() {
        wrong_channels(1, &[2, 2], &[2]);
    }

    fn no_channels_on_a_stereo_instance() {
        wrong_channels(2, &[0, 0], &[0]);
    }

    fn more_in_than_out() {
        wrong_channels(2, &[6, 2], &[2]);
    }

    fn more_out_than_in() {
        wrong_channels(2, &[1, 2], &[6]);
    }

    fn a_mono_sidechain_on_a_stereo_instance() {
        wrong_channels(2, &[2, 1], &[2]);
    }

    fn a_wide_sidechain_on_a_mono_instance() {
        wrong_channels(1, &[1, 6], &[1]);
    }

    fn no_output_bus() {
        wrong_channels(2, &[2, 2], &[]);
    }

    fn no_bus_at_all() {
        wrong_channels(2, &[], &[]);
    }

    fn more_buses_than_declared() {
        wrong_channels(2, &[2, 2, 2, 6], &[2, 2, 6]);
    }

    /// Null where the output should go.
    fn null_outputs() {
        for outputs in [
            Buses::NullArray(1),
            Buses::NullArray(0),
            Buses::Given(vec![Bus::NullChannels(2)]),
            Buses::Given(vec![Bus::NullArray(2)]),
        ] {
            let plugin = instance(2, &[]);
            activate(&plugin);
            let mut block = loud_block(2, 512);
            block.outputs = outputs.clone();
            plugin.process(&mut block);
            assert_unharmed(&plugin, 2, &format!("{outputs:?}"));
        }
    }

    /// Buses that do not exist, or of other kinds.
    fn absurd_buses_cannot_be_activated() {
        let plugin = instance(2, &[]);
        for direction in [Direction::Input, Direction::Output] {
            for index in [-1, 2, 3, i32::MAX, i32::MIN] {
                let result = plugin.activate_bus(direction, index, true);
                assert_ne!(result, kResultOk, "{direction:?} {index}");
            }
        }
        assert_unharmed(&plugin, 2, "absurd buses");
    }
}
