//! What is heard for a moment: one band, or what Tame takes away.

use auralis_dsp::chain::audition::Audition;

use super::*;

/// A band of the middle.
const BAND: Audition = Audition::Band {
    low_hz: 400.0,
    high_hz: 1000.0,
};

/// Audio through a chain in which a frame's number says what is auditioned, and its latency.
fn listen(
    audio: &Audio,
    settings: &ChainSettings,
    way: Implementation,
    audition: impl Fn(usize) -> Audition,
) -> (Audio, usize) {
    let phase = EqPhase::Minimum;
    let (mut chain, mut settings) = chain(flat(phase), RATE, audio.len(), settings, way);
    let out = play(audio, |index, frame| {
        settings.audition = audition(index);
        chain.process(frame, None, &settings);
    });
    (out, chain.latency_samples())
}

/// Level of a response of two slopes of 24 dB an octave, in dB (Linkwitz-Riley, fourth order).
fn expected_db(hz: f64) -> f64 {
    let slope = |ratio: f64| -20.0 * (1.0 + ratio.powi(4)).log10();
    slope(400.0 / hz) + slope(hz / 1000.0)
}

#[test]
fn a_band_is_6_db_down_at_its_edges_and_falls_24_db_an_octave() {
    let audio = vec![impulse(1.0, 0, samples(0.5, RATE)); 2];
    for way in ways() {
        let (out, _) = listen(&audio, &OFF, way, |_| BAND);
        for hz in [100.0, 200.0, 400.0, 630.0, 1000.0, 2000.0, 4000.0] {
            let got = gain_db_at(&out[1], hz, RATE);
            // The bilinear transform bends 4 kHz by 2.3 %, which is 0.8 dB of such a slope, and 2 kHz
            // by a quarter of that.
            let tolerance = if hz > 1500.0 { 0.9 } else { 0.1 };
            let what = format!("{}, {hz} Hz", name(way));
            assert_near(got, expected_db(hz), tolerance, &what);
        }
    }
}

#[test]
fn when_it_ends_every_bit_is_the_result_again() {
    let audio = programme(0.6);
    for way in ways() {
        for audition in [BAND, Audition::TameCut] {
            let (out, latency) = listen(&audio, &OFF, way, |index| match index {
                100..200 => audition,
                _ => Audition::Off,
            });
            let during = 150 * FRAME..160 * FRAME;
            let delayed = during.start - latency..during.end - latency;
            assert_ne!(
                out[0][during], audio[0][delayed],
                "{audition:?} was never heard"
            );
            // 20 ms are 15 frames.
            for range in [0..100 * FRAME, 216 * FRAME..out[0].len()] {
                for n in range.skip(latency) {
                    let (got, expected) = (out[0][n], audio[0][n - latency]);
                    assert_eq!(got, expected, "{audition:?}, {} [{n}]", name(way));
                }
            }
        }
    }
}

#[test]
fn what_tame_takes_is_what_is_missing_after_it() {
    let mut settings = OFF;
    settings.tame.on = true;
    settings.tame.depth = 1.0;
    settings.tame.speed_ms = 5.0;
    // Noise with a resonance of about +12 dB, 75 Hz wide at 1.5 kHz.
    let mut audio = vec![noise(3, samples(1.5, RATE)); 2];
    let turn = std::f64::consts::TAU / RATE;
    let (pole, twice) = (1.0 - 0.5 * 75.0 * turn, 2.0 * (1500.0 * turn).cos());
    for channel in &mut audio {
        let mut rung = [0.0; 2];
        for x in channel {
            let new = f64::from(*x) + pole * (twice * rung[0] - pole * rung[1]);
            rung = [new, rung[0]];
            *x = 0.1 * (*x + 6.0 * ((1.0 - pole) * new) as f32);
        }
    }
    for way in ways() {
        let (tamed, latency) = listen(&audio, &settings, way, |_| Audition::Off);
        let (cut, _) = listen(&audio, &settings, way, |_| Audition::TameCut);
        let mut loudest = 0.0_f32;
        for n in latency..cut[0].len() {
            let expected = audio[0][n - latency] - tamed[0][n];
            let got = cut[0][n];
            assert_eq!(got, expected, "{} [{n}]", name(way));
            loudest = loudest.max(got.abs());
        }
        assert!(loudest > 0.02, "{}: nothing was cut: {loudest}", name(way));
    }
}

#[test]
fn switching_and_moving_it_makes_no_click() {
    let audio = vec![sine(600.0, 0.5, RATE, samples(1.0, RATE)); 2];
    // A sine of 600 Hz moves by 0.5 * 2 pi 600 / 48000 = 0.039 a sample at most; between two of the same
    // size that fade in 960 samples there is hardly more, and the slopes turn its phase.
    let most = 0.06;
    for way in ways() {
        let (out, _) = listen(&audio, &OFF, way, |index| match index / 60 {
            1 => BAND,
            2 => Audition::Band {
                low_hz: 300.0,
                high_hz: 630.0,
            },
            4 | 6 => Audition::TameCut,
            7 => BAND,
            _ => Audition::Off,
        });
        for (n, pair) in out[0].windows(2).enumerate() {
            let step = (pair[1] - pair[0]).abs();
            assert!(step <= most, "{} [{n}]: {step} > {most}", name(way));
        }
    }
}

#[test]
fn whatever_comes_and_wherever_the_band_lies_it_stays_finite_and_bounded() {
    let rate = 8000.0;
    let beyond = Audition::Band {
        low_hz: 10_000.0,
        high_hz: 12_500.0,
    };
    let lowest = Audition::Band {
        low_hz: 20.0,
        high_hz: 100.0,
    };
    let turns = [beyond, Audition::TameCut, lowest, Audition::Off];
    let mut audio = vec![noise(3, 128 * FRAME); 2];
    for (at, nonsense) in [(100, f32::NAN), (2000, f32::INFINITY), (5000, 1e30)] {
        audio[0][at] = nonsense;
        audio[1][at + 64..at + 500].fill(1e-40);
    }
    for way in ways() {
        let mut settings = all_on();
        settings.tame.on = true;
        let (mut chain, mut settings) = chain(
            kernel([0.0; BANDS], EqPhase::Minimum, rate),
            rate,
            2,
            &settings,
            way,
        );
        let out = play(&audio, |index, frame| {
            settings.audition = turns[index / 5 % turns.len()];
            if index == 63 {
                chain.reset();
            }
            chain.process(frame, None, &settings);
        });
        for (n, sample) in out.iter().flatten().enumerate() {
            // A band rings by a few dB, and the cut is made as loud as the input would be.
            assert!(sample.abs() < 8.0, "{}: {n}: {sample}", name(way));
        }
    }
}
