//! The latency, and changes of phase.

use auralis_dsp::clipper::Clipper;
use auralis_dsp::dynamics::compressor::Compressor;
use auralis_dsp::eq::design::EqSizes;
use auralis_dsp::limiter::Limiter;

use crate::*;

/// A named change of settings.
type Change = (&'static str, fn(&mut ChainSettings));

/// Changes of every setting that must leave the latency as it is.
const CHANGES: [Change; 9] = [
    ("nothing", |_| {}),
    ("eq", |s| s.eq_on = true),
    ("compressor", |s| s.compressor.on = true),
    ("look-ahead", |s| {
        s.compressor.on = true;
        s.compressor.lookahead_ms = 5.0;
    }),
    ("detector", |s| {
        s.compressor.on = true;
        s.compressor.detector = Detector::Rms;
        s.compressor.sidechain_hpf_hz = 200.0;
    }),
    ("clipper", |s| s.clipper.amount_db = 6.0),
    ("limiter", |s| s.limiter.on = true),
    ("sample peaks", |s| {
        s.limiter.on = true;
        s.limiter.true_peak = false;
    }),
    ("all", |s| *s = all_on()),
];

#[test]
fn the_latency_is_where_an_impulse_comes_out_and_depends_on_the_phase_alone() {
    for rate in RATES {
        let audio = vec![impulse(0.01, 100, samples(0.1, rate)); 2];
        for phase in PHASES {
            let kernel = kernel([0.0; BANDS], phase, rate);
            let mut told = Vec::new();
            for (way, (change, apply)) in ways()
                .into_iter()
                .flat_map(|way| CHANGES.map(|change| (way, change)))
            {
                let mut settings = OFF;
                apply(&mut settings);
                let (mut chain, settings) = chain(kernel.clone(), rate, 2, &settings, way);
                let out = play(&audio, |_, frame| {
                    chain.process(frame, None, &settings);
                });
                told.push(chain.latency_samples());
                assert_eq!(
                    place_of_peak(&out[0]),
                    100 + chain.latency_samples(),
                    "{rate} Hz, {phase:?}, {}, {change}",
                    name(way)
                );
            }
            let first = told[0];
            assert!(told.iter().all(|other| *other == first), "{told:?}");
        }
    }
}

/// The last part of a channel, and the part of the input that it is made from.
fn tails<'a>(out: &'a [f32], input: &'a [f32], latency: usize) -> (&'a [f32], &'a [f32]) {
    let start = out.len() - 4096;
    (&out[start..], &input[start - latency..out.len() - latency])
}

/// Gaps in frames between the results of a phase that is toggled to and fro: in a fade, in its
/// silence, while the new path fills, and after all of it.
const GAPS: [usize; 6] = [0, 1, 9, 20, 60, 150];

/// What a phase is changed to and from: longer and shorter latencies, and one of the same kernel length.
const WAYS: [[EqPhase; 4]; 2] = [
    [
        EqPhase::Linear,
        EqPhase::Minimum,
        EqPhase::Linear,
        EqPhase::Minimum,
    ],
    [
        EqPhase::Linear,
        EqPhase::Mixed,
        EqPhase::Minimum,
        EqPhase::Mixed,
    ],
];

#[test]
fn a_phase_toggled_to_and_fro_ends_in_the_last_one_asked() {
    let frames = 2 * 64 * (3 * 150 + 400);
    let audio = vec![noise(9, frames / 2), noise(10, frames / 2)];
    for (order, phases) in (0..GAPS.len().pow(2)).flat_map(|order| WAYS.map(|way| (order, way))) {
        let gaps = [GAPS[order % GAPS.len()], GAPS[order / GAPS.len()]];
        // A chain that starts in linear phase, and is told so often to change.
        for (tells, listen, bypass) in [
            (1, Listen::Output, false),
            (2, Listen::Delta, false),
            (3, Listen::Output, false),
            (3, Listen::Output, true),
        ] {
            let way = *ways().last().unwrap();
            let (mut chain, mut settings) = chain(flat(phases[0]), RATE, 2, &OFF, way);
            settings.eq_on = true;
            settings.monitor.listen = listen;
            settings.monitor.bypass = bypass;
            let times = [100, 100 + gaps[0], 100 + gaps[0] + gaps[1]];
            let mut back = 0;
            let out = play(&audio, |index, frame| {
                for (told, time) in times[..tells].iter().enumerate() {
                    if *time == index {
                        chain.load(flat(phases[told + 1]));
                    }
                }
                chain.process(frame, None, &settings);
                while chain.take_retired().is_some() {
                    back += 1;
                }
            });
            let what = format!("{phases:?}, {tells} tells, gaps {gaps:?}, {listen:?}, {bypass}");
            let phase = phases[tells];
            assert_eq!(chain.curve().phase, phase, "{what}");
            assert_eq!(back, tells, "{what}: kernels handed back");
            let latency = chain.latency_samples();
            let others = Compressor::new(RATE, 2).latency_samples()
                + Clipper::new(RATE, 2).latency_samples()
                + Limiter::new(RATE, 2).latency_samples();
            let expected = EqSizes::new(phase, RATE).latency_samples() + others;
            assert_eq!(latency, expected, "{what}: latency");
            let (got, input) = tails(&out[1], &audio[1], latency);
            if listen == Listen::Delta {
                // A flat EQ is within -110 dB of a delay.
                let db = to_db(peak(got).into());
                assert!(db < -90.0, "{what}: {db} dB of difference");
            } else {
                let residual = residual_db(got, input, 0);
                assert!(residual < -110.0, "{what}: {residual} dB");
            }
        }
    }
}
