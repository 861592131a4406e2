//! What the detector hears: link, filter, sidechain, peak or RMS.

use std::f64::consts::PI;

use auralis_dsp::signals::sine;

use crate::*;

#[test]
fn the_link_moves_the_level_of_the_quieter_channel_towards_the_louder_one() {
    let settings = curve(-30.0, 4.0, 6.0);
    let len = samples(0.1, RATE);
    let (loud, quiet) = (-10.0, -36.0);
    for way in ways() {
        for link in [0.0, 0.5, 1.0] {
            let settings = CompressorSettings { link, ..settings };
            for swap in [false, true] {
                let mut audio = vec![constants(&[(loud, len)]), constants(&[(quiet, len)])];
                let mut levels = [loud, quiet + f64::from(link) * (loud - quiet)];
                if swap {
                    audio.swap(0, 1);
                    levels.swap(0, 1);
                }
                let gains = gains_db(&audio, &settings, RATE, way);
                for (channel, level) in levels.into_iter().enumerate() {
                    let expected = textbook_gain_db(level, &settings.curve);
                    let what = format!("{}, link {link}, channel {channel}", name(way));
                    assert_near(gains[channel][len - 1], expected, 1e-3, &what);
                }
            }
        }
    }
}

#[test]
fn silence_in_one_channel_leaves_the_other_as_it_is_at_every_link() {
    let len = samples(0.1, RATE);
    let audio = vec![vec![0.0; len], constants(&[(-10.0, len)])];
    for way in ways() {
        for link in [0.0, 0.5, 1.0] {
            let settings = CompressorSettings { link, ..SETTINGS };
            let out = compress(&audio, None, &settings, RATE, way);
            let what = format!("{}, link {link}", name(way));
            assert_eq!(peak(&out[0]), 0.0, "{what}: sound out of silence");
            let got = to_db(out[1][len - 1].into()) + 10.0;
            assert_near(got, -15.0, 1e-3, &what);
        }
    }
}

#[test]
fn the_high_pass_of_the_detector_is_3_db_down_at_its_corner_and_falls_12_db_an_octave() {
    let len = samples(1.0, RATE);
    for corner in [100.0_f32, 500.0] {
        for octaves in [-3, -2, -1, 0, 1, 3] {
            // A little off, so that the peaks are met at ever other samples.
            let hz = 1.003 * f64::from(corner) * 2.0_f64.powi(octaves);
            // Butterworth of the second order, by the bilinear transform.
            let [at, edge] = [hz, f64::from(corner)].map(|hz| (PI * hz / RATE).tan());
            let filter_db = -10.0 * (1.0 + (edge / at).powi(4)).log10();
            assert!(octaves != 0 || (filter_db + 3.0).abs() < 0.05);
            let filtered = CompressorSettings {
                sidechain_hpf_hz: corner,
                release_ms: 500.0,
                ..curve(-60.0, 20.0, 0.0)
            };
            let unfiltered = CompressorSettings {
                sidechain_hpf_hz: 20.0,
                ..filtered
            };
            for way in ways() {
                let got = steady_gain_db(&sine(hz, 0.9, RATE, len), &filtered, way);
                let quieter = sine(hz, 0.9 * to_gain(filter_db), RATE, len);
                let expected = steady_gain_db(&quieter, &unfiltered, way);
                let what = format!("{}, {corner} Hz, {hz} Hz", name(way));
                // Peaks at other phases of the sample grid, and what is left of the onset.
                assert_near(got, expected, 0.05, &what);
            }
        }
    }
}

#[test]
fn a_sidechain_is_heard_instead_of_the_audio_where_it_is_given() {
    let len = samples(0.1, RATE);
    let settings = CompressorSettings {
        link: 0.0,
        ..SETTINGS
    };
    let level = |db| vec![constants(&[(db, len)]); 2];
    for way in ways() {
        let last_db = |audio: f64, sidechain: Option<f64>| {
            let sidechain = sidechain.map(level);
            let out = compress(&level(audio), sidechain.as_ref(), &settings, RATE, way);
            to_db(out[1][len - 1].into()) - audio
        };
        let way = name(way);
        for (audio, sidechain, expected) in [
            (-40.0, Some(-10.0), -15.0),
            (-10.0, Some(-40.0), 0.0),
            (-40.0, None, 0.0),
            (-10.0, None, -15.0),
        ] {
            let what = format!("{way}: audio {audio} dB, sidechain {sidechain:?}");
            assert_near(last_db(audio, sidechain), expected, 1e-3, &what);
        }
    }
}

#[test]
fn the_rms_of_a_sine_is_3_db_under_its_peak() {
    // The level of a sine at which the reduction is that of the formula: what the detector read.
    let read_db = |detector, way| {
        let settings = CompressorSettings {
            detector,
            release_ms: 2000.0,
            ..SETTINGS
        };
        let signal = sine(997.0, to_gain(-6.0), RATE, samples(1.5, RATE));
        -30.0 - steady_gain_db(&signal, &settings, way) / 0.75
    };
    for way in ways() {
        let (peak, rms) = (read_db(Detector::Peak, way), read_db(Detector::Rms, way));
        // What the release lets go between peaks; the ripple of a mean over 10 ms.
        assert_near(peak, -6.0, 0.03, name(way));
        assert_near(peak - rms, 3.01, 0.08, name(way));
    }
}
