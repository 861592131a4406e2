//! Two bands: what their sum is, and that neither pumps the other.

use auralis_dsp::signals::{noise, sine};

use crate::*;

/// Settings with a split, which reduce what is over -30 dB by 3/4.
fn split_at(low_split_hz: f32) -> CompressorSettings {
    CompressorSettings {
        low_split_hz,
        attack_ms: 5.0,
        release_ms: 100.0,
        ..SETTINGS
    }
}

/// Compresses one channel while the split moves from frame to frame.
fn compress_moving(
    audio: &Audio,
    settings: &CompressorSettings,
    split_hz: impl Fn(usize) -> f32,
    way: Implementation,
) -> Audio {
    let mut compressor = Compressor::new(RATE, audio.len());
    play(audio, |index, frame| {
        let settings = CompressorSettings {
            low_split_hz: split_hz(index),
            ..*settings
        };
        compressor.process(frame, None, &settings, way);
    })
}

/// Gain in dB at a frequency from the input to the output, in their second half.
fn gain_at_db(out: &[f32], input: &[f32], hz: f64) -> f64 {
    let half = out.len() / 2;
    let part = |signal: &[f32], from: usize| at_hz(&signal[from..], hz, RATE).norm();
    let latency = latency(RATE);
    to_db(part(out, half + latency) / part(&input[..input.len() - latency], half))
}

#[test]
fn without_reduction_the_output_is_the_delayed_input_bit_for_bit_wherever_the_split_is() {
    for rate in [8000.0, 44_100.0, 48_000.0, 192_000.0] {
        let quiet = |seed| {
            noise(seed, samples(0.3, rate))
                .iter()
                .map(|x| 0.01 * x)
                .collect()
        };
        let audio: Audio = vec![quiet(1), quiet(2)];
        for way in ways() {
            for low_split_hz in [0.0, 1.0, 60.0, 120.0, 400.0] {
                let out = compress(&audio, None, &split_at(low_split_hz), rate, way);
                let what = format!("{}, {rate} Hz, {low_split_hz} Hz", name(way));
                assert_delayed(&out, &audio, latency(rate), &what);
            }
        }
    }
    let audio: Audio = vec![noise(3, 48_000).iter().map(|x| 0.01 * x).collect()];
    for way in ways() {
        let split_hz = |index: usize| [0.0, 300.0, 50.0, 120.0][index / 20 % 4];
        let out = compress_moving(&audio, &SETTINGS, split_hz, way);
        assert_delayed(&out, &audio, latency(RATE), name(way));
    }
}

#[test]
fn loud_bass_leaves_the_rest_alone_and_the_other_way_round() {
    let len = samples(2.0, RATE);
    let [bass_hz, top_hz] = [50.0, 2000.0];
    for (bass_db, top_db) in [(-6.0, -40.0), (-46.0, -6.0)] {
        let bass = sine(bass_hz, to_gain(bass_db), RATE, len);
        let top = sine(top_hz, to_gain(top_db), RATE, len);
        let audio: Audio = vec![bass.iter().zip(&top).map(|(a, b)| a + b).collect()];
        for way in ways() {
            for detector in [Detector::Peak, Detector::Rms] {
                let gains = |low_split_hz: f32| {
                    let settings = CompressorSettings {
                        detector,
                        release_ms: 500.0,
                        ..split_at(low_split_hz)
                    };
                    let out = compress(&audio, None, &settings, RATE, way);
                    [bass_hz, top_hz].map(|hz| gain_at_db(&out[0], &audio[0], hz))
                };
                let what = format!("{}, {detector:?}, bass at {bass_db} dB", name(way));
                let level = if detector == Detector::Rms {
                    -9.0
                } else {
                    -6.0
                };
                let expected = textbook_gain_db(level, &SETTINGS.curve);
                let (one, two) = (gains(0.0), gains(150.0));
                let (loud, soft) = if bass_db > top_db { (0, 1) } else { (1, 0) };
                // In one band the loud tone takes the soft one down.
                assert!(one[soft] < -10.0, "{what}: one band {one:?}");
                // The quiet band stays below the threshold; a twenty-fifth of the bass lies in the other
                // band.
                assert_near(two[soft], 0.0, 0.5, &format!("{what}: soft"));
                // A tenth of the tone is left by 18 dB of reduction, and a twenty-fifth lies in the other
                // band, which has none; the ripple of a mean over 10 ms at 50 Hz.
                assert_near(two[loud], expected, 3.0, &format!("{what}: loud"));
            }
        }
    }
}

#[test]
fn the_bands_of_a_sidechain_reduce_those_of_the_audio() {
    let len = samples(1.0, RATE);
    let tones = |bass_db: f64, top_db: f64| -> Audio {
        let bass = sine(50.0, to_gain(bass_db), RATE, len);
        let top = sine(2000.0, to_gain(top_db), RATE, len);
        vec![bass.iter().zip(&top).map(|(a, b)| a + b).collect()]
    };
    let (audio, kick) = (tones(-40.0, -40.0), tones(-6.0, -60.0));
    for way in ways() {
        let out = compress(&audio, Some(&kick), &split_at(150.0), RATE, way);
        let [bass, top] = [50.0, 2000.0].map(|hz| gain_at_db(&out[0], &audio[0], hz));
        let what = name(way);
        assert!(bass < -15.0, "{what}: bass {bass} dB");
        assert_near(top, 0.0, 0.3, what);
    }
}

#[test]
fn implementations_agree_while_the_split_moves() {
    let audio: Audio = vec![noise(5, 48_000), noise(6, 48_000)];
    let split_hz = |index: usize| [120.0, 0.0, 300.0, 60.0][index / 30 % 4];
    for (detector, link) in [(Detector::Peak, 1.0), (Detector::Rms, 0.5)] {
        let settings = CompressorSettings {
            detector,
            link,
            auto_release: true,
            sidechain_hpf_hz: 90.0,
            ..SETTINGS
        };
        let all = ways();
        let expected = compress_moving(&audio, &settings, split_hz, all[0]);
        for way in &all[1..] {
            let got = compress_moving(&audio, &settings, split_hz, *way);
            for (channel, (got, expected)) in got.iter().zip(&expected).enumerate() {
                for (n, (got, expected)) in got.iter().zip(expected).enumerate() {
                    let what = format!("{}, {detector:?}, channel {channel} [{n}]", name(*way));
                    // 1e-4 dB of gain.
                    assert_near((*got).into(), (*expected).into(), 2e-5, &what);
                }
            }
        }
    }
}

#[test]
fn moving_and_switching_the_split_is_smooth() {
    let len = samples(2.0, RATE);
    // Bass that is reduced by 16 dB, and nothing else that could hide a click.
    let audio: Audio = vec![sine(80.0, to_gain(-9.0), RATE, len)];
    let settings = CompressorSettings {
        release_ms: 500.0,
        ..split_at(0.0)
    };
    let bend = |signal: &[f32]| {
        let bends = signal.windows(3).map(|x| (x[0] - 2.0 * x[1] + x[2]).abs());
        bends.fold(0.0, f32::max)
    };
    for way in ways() {
        for (what, hz) in [
            ("moved", [100.0, 140.0, 300.0]),
            ("switched", [0.0, 100.0, 0.0]),
        ] {
            let moving = |index: usize| hz[index / 50 % 3];
            let moved = compress_moving(&audio, &settings, moving, way);
            let got = bend(&moved[0][24_000..]);
            // A step of 0.2 % of the tone would bend as much.
            let most = 0.002 * to_gain(-9.0) as f32;
            assert!(got < most, "{what}, {}: {got}, at most {most}", name(way));
        }
    }
}
