//! The processor without a host: latency, invariances, accuracy of the chain.
#![allow(missing_docs)]

mod common;

use auralis_dsp::options::{EngineKind, EqPhase, Listen};
use common::*;

const PHASES: [EqPhase; 3] = [EqPhase::Linear, EqPhase::Minimum, EqPhase::Mixed];

#[test]
fn all_processors_off_delay_the_input_bit_for_bit() {
    for rate in [8_000.0, 22_050.0, 44_100.0, 48_000.0, 96_000.0, 768_000.0] {
        for phase in PHASES {
            let mut settings = all_off();
            settings.analysis.eq_phase = phase;
            let audio = vec![noise(3, 40_000), noise(4, 40_000)];
            let mut processor = processor(offline(rate, 2), &settings);
            let out = render(&mut processor, &audio, &settings, &[512]);
            let latency = processor.latency_samples();
            for channel in 0..2 {
                let (head, tail) = out[channel].split_at(latency.min(40_000));
                assert!(
                    head.iter().all(|x| *x == 0.0),
                    "{rate} {phase:?}: sound before the latency"
                );
                let expected = &audio[channel][..tail.len()];
                assert_eq!(tail, expected, "{rate} {phase:?} channel {channel}");
            }
        }
    }
}

#[test]
fn latency_keeps_the_promise_at_48_khz_and_an_impulse_comes_out_there() {
    for (phase, limit_ms) in [
        (EqPhase::Minimum, 12.0),
        (EqPhase::Mixed, 30.0),
        (EqPhase::Linear, 40.0),
    ] {
        let mut settings = static_on();
        settings.chain.compressor.curve.threshold_db = 0.0;
        settings.analysis.eq_phase = phase;
        let mut processor = processor(offline(48_000.0, 1), &settings);
        let latency = processor.latency_samples();
        assert!(
            latency as f64 / 48.0 <= limit_ms,
            "{phase:?}: {latency} samples"
        );
        let mut audio = vec![vec![0.0; 16_384]];
        audio[0][1000] = 0.5;
        let out = render(&mut processor, &audio, &settings, &[509]);
        let at = (0..16_384)
            .max_by(|a, b| out[0][*a].abs().total_cmp(&out[0][*b].abs()))
            .unwrap();
        assert_eq!(at, 1000 + latency, "{phase:?}");
    }
}

#[test]
fn the_cut_of_the_blocks_changes_no_bit() {
    let audio = programme(44_100.0, 4.0);
    for (name, settings) in [("static", static_on()), ("adaptive", defaults())] {
        let reference = render(
            &mut processor(offline(44_100.0, 2), &settings),
            &audio,
            &settings,
            &[64],
        );
        for blocks in [
            vec![1, 2, 3],
            vec![16],
            vec![509],
            vec![2048],
            vec![16_384],
            vec![7, 900, 64, 1],
        ] {
            let out = render(
                &mut processor(offline(44_100.0, 2), &settings),
                &audio,
                &settings,
                &blocks,
            );
            assert_identical(&out, &reference, &format!("{name}, blocks {blocks:?}"));
        }
    }
}

#[test]
fn a_reset_forgets_everything() {
    let audio = programme(48_000.0, 5.0);
    let settings = defaults();
    let mut processor = processor(offline(48_000.0, 2), &settings);
    let first = render(&mut processor, &audio, &settings, &[256]);
    for cut in [0, 1000, 12_345] {
        let part: Audio = audio.iter().map(|c| c[..cut].to_vec()).collect();
        processor.reset();
        render(&mut processor, &part, &settings, &[100]);
        processor.reset();
        let again = render(&mut processor, &audio, &settings, &[256]);
        assert_identical(&again, &first, &format!("after a reset at {cut}"));
    }
}

#[test]
fn a_flat_eq_is_transparent_in_all_phases() {
    for rate in [44_100.0, 48_000.0, 192_000.0] {
        for phase in PHASES {
            let mut settings = all_off();
            settings.chain.eq_on = true;
            settings.analysis.eq_phase = phase;
            let audio = vec![noise(5, 100_000), noise(6, 100_000)];
            let mut processor = processor(offline(rate, 2), &settings);
            let out = render(&mut processor, &audio, &settings, &[480]);
            let residual = residual_db(&out[1], &audio[1], processor.latency_samples(), 0);
            // -110 dB is promised; f32 transforms reach about -135 dB.
            assert!(residual < -120.0, "{rate} {phase:?}: {residual} dB");
        }
    }
}

/// Steady level of a filtered sine over its input's, in dB.
fn gain_db(out: &[f32], amplitude: f64) -> f64 {
    let steady = &out[out.len() / 2..];
    let power: f64 =
        steady.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / steady.len() as f64;
    10.0 * (power * 2.0 / (amplitude * amplitude)).log10()
}

#[test]
fn three_equal_bands_give_their_gain_at_the_centre() {
    for phase in PHASES {
        for (band, gain) in [
            (2, 12.0_f32),
            (6, -12.0),
            (12, 6.0),
            (17, -12.0),
            (21, 12.0),
        ] {
            let mut settings = all_off();
            settings.chain.eq_on = true;
            settings.analysis.eq_phase = phase;
            settings.analysis.manual_db[band - 1..=band + 1].fill(gain);
            let hz = f64::from(auralis_dsp::bands::center_hz(band));
            let audio = vec![sine(hz, 0.1, 48_000.0, 96_000)];
            let mut processor = processor(offline(48_000.0, 1), &settings);
            let out = render(&mut processor, &audio, &settings, &[64]);
            let got = gain_db(&out[0], 0.1);
            assert!(
                (got - f64::from(gain)).abs() < 0.5,
                "{phase:?} band {}: {got} dB, expected {gain}",
                band + 1
            );
        }
    }
}

#[test]
fn the_compressor_follows_the_soft_knee_formula() {
    for engine in [EngineKind::Vectorized, EngineKind::Scalar] {
        let mut settings = all_off();
        settings.chain.engine = engine;
        let compressor = &mut settings.chain.compressor;
        compressor.on = true;
        compressor.curve.ratio = 4.0;
        compressor.auto_release = false;
        let curve = compressor.curve;
        settings.analysis.comp_ratio = 4.0;
        settings.analysis.comp_adapt = 0.0;
        for step in 0..=20 {
            let level = -50.0 + 2.5 * f64::from(step);
            let amplitude = 10.0_f64.powf(level / 20.0);
            let audio = vec![sine(997.0, amplitude, 48_000.0, 96_000)];
            let mut processor = processor(offline(48_000.0, 1), &settings);
            let out = render(&mut processor, &audio, &settings, &[512]);
            let got = gain_db(&out[0], amplitude);
            let expected = -f64::from(curve.reduction_db(level as f32));
            // 0.1 dB is the design's aim; the ripple of the ballistics between peaks takes most of it.
            assert!(
                (got - expected).abs() < 0.1,
                "{engine:?} {level} dBFS: {got} dB, expected {expected}"
            );
        }
    }
}

#[test]
fn listening_to_the_difference_of_nothing_is_silence() {
    let mut settings = all_off();
    settings.chain.monitor.listen = Listen::Delta;
    let audio = vec![noise(7, 20_000), noise(8, 20_000)];
    let out = render(
        &mut processor(offline(48_000.0, 2), &settings),
        &audio,
        &settings,
        &[128],
    );
    assert!(out.iter().flatten().all(|x| *x == 0.0));
}

#[test]
fn bypass_is_the_delayed_input_whatever_is_on() {
    let mut settings = defaults();
    settings.chain.monitor.bypass = true;
    let audio = programme(48_000.0, 2.0);
    let mut processor = processor(offline(48_000.0, 2), &settings);
    let out = render(&mut processor, &audio, &settings, &[333]);
    let latency = processor.latency_samples();
    assert_eq!(out[0][latency..], audio[0][..audio[0].len() - latency]);
}

#[test]
fn any_rate_that_a_host_may_ask_for_gives_finite_numbers_everywhere() {
    let settings = defaults();
    // The shelf of the K-weighting lies at 1682 Hz, above the Nyquist frequency below 3364 Hz.
    for rate in [
        1000.0, 1234.5678, 2975.0, 3364.0, 4000.0, 11_025.0, 384_000.0,
    ] {
        for channels in [1, 2] {
            let mut processor = processor(offline(rate, channels), &settings);
            let mut audio = programme(rate, 3.0);
            audio.truncate(channels);
            let mut slices: Vec<&mut [f32]> = audio.iter_mut().map(Vec::as_mut_slice).collect();
            processor.process(&mut slices, None, &settings, |frame| {
                let adaptive = &frame.adaptive;
                assert!(adaptive.is_plausible(), "{rate} Hz: {adaptive:?}");
            });
            for (n, x) in audio.iter().flatten().enumerate() {
                assert!(x.is_finite(), "{rate} Hz, {channels}: sample {n} is {x}");
            }
            let peak = audio[0].iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
            assert!((0.01..=0.892).contains(&peak), "{rate} Hz: peak {peak}");
        }
    }
}

#[test]
fn a_constant_offset_is_gone_behind_the_high_pass_and_the_music_stays() {
    let offset: Audio = vec![vec![0.1; 96_000]; 2];
    let music = programme(48_000.0, 2.0);
    let mut lifted = music.clone();
    lifted.iter_mut().flatten().for_each(|x| *x += 0.1);
    let play = |audio: &Audio, input_hpf_hz| {
        let mut settings = defaults();
        settings.chain.input_hpf_hz = input_hpf_hz;
        let mut processor = processor(offline(48_000.0, 2), &settings);
        let out = render(&mut processor, audio, &settings, &[512]);
        out[0][48_000..].to_vec()
    };
    let peak = |x: &[f32]| x.iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
    assert!(
        peak(&play(&offset, 0.0)) > 0.09,
        "without it the offset stays"
    );
    let left = peak(&play(&offset, 20.0));
    assert!(left < 1e-6, "{left} of an offset of 0.1 is left");
    let [plain, cleaned] = [&music, &lifted].map(|audio| play(audio, 20.0));
    let mean = cleaned.iter().sum::<f32>() / cleaned.len() as f32;
    assert!(mean.abs() < 1e-3, "a mean of {mean} is left in the music");
    let level = |x: &[f32]| x.iter().map(|x| x * x).sum::<f32>().sqrt();
    let ratio = level(&cleaned) / level(&plain);
    // The begin of the offset is heard, and what is learned of it fades.
    assert!(
        (0.97..1.03).contains(&ratio),
        "the music became {ratio} times as loud"
    );
}
