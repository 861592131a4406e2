//! The tempo as an analysis tells it: soon when it is clear, never when it is not, and without jumps.

use auralis_dsp::signals::{Noise, noise};
use auralis_engine::ear::{AdaptMode, AnalysisSettings, Analyst, Hop};
use auralis_engine::params::Values;
use auralis_engine::timing::Timing;

const RATE: f64 = 48_000.0;

/// The tempo that is told after each hop, in BPM with the seconds; 0 while none is.
fn tempi(mode: AdaptMode, audio: &[f32]) -> Vec<(f64, f32)> {
    let hop = Timing::new(RATE).hop_samples;
    let mut analyst = Analyst::new(mode, RATE, 1, hop);
    let settings = AnalysisSettings {
        mode,
        ..Values::default().settings().analysis
    };
    let mut tempi = Vec::new();
    for (index, samples) in audio.chunks_exact(hop).enumerate() {
        let hop_of = Hop {
            input: &[samples],
            output: &[samples],
            loudness_gain_db: 0.0,
            again: false,
        };
        let measures = analyst.measure(&hop_of);
        analyst.hop(&hop_of, &measures, &settings);
        let seconds = ((index + 1) * hop) as f64 / RATE;
        tempi.push((seconds, analyst.features().tempo_bpm));
    }
    tempi
}

/// Clicks of noise with these levels at these times in seconds, over a quiet floor.
fn clicks(seconds: f64, clicks: impl Iterator<Item = (f64, f32)>) -> Vec<f32> {
    let len = (seconds * RATE) as usize;
    let mut audio = noise(3, len);
    audio.iter_mut().for_each(|x| *x *= 0.003);
    let mut source = Noise::new(4);
    for (at_s, level) in clicks.take_while(|(at_s, _)| *at_s < seconds) {
        let first = (at_s * RATE) as usize;
        for (index, x) in audio[first..].iter_mut().take(4800).enumerate() {
            *x += level * source.white() * (-(index as f32) / 960.0).exp();
        }
    }
    audio
}

/// Clicks at a constant tempo, every second one at another level.
fn beats(bpm: f64, levels: [f32; 2]) -> impl Iterator<Item = (f64, f32)> {
    (0..).map(move |beat| {
        (
            0.1 + f64::from(beat) * 60.0 / bpm,
            levels[beat as usize % 2],
        )
    })
}

const MODES: [AdaptMode; 2] = [AdaptMode::Learn, AdaptMode::Follow];

#[test]
fn a_clear_beat_is_told_within_two_seconds_of_enough_of_it_and_stays() {
    for mode in MODES {
        for bpm in [90.0, 120.0, 140.0] {
            let tempi = tempi(mode, &clicks(30.0, beats(bpm, [0.5, 0.5])));
            // Tempi are sought in 6 s.
            let late = tempi.iter().filter(|(seconds, _)| *seconds > 8.1);
            for (seconds, got) in late {
                // The grid of the envelope, 10 ms, tells double beats within 1 %.
                let off = f64::from(*got) / bpm - 1.0;
                assert!(
                    off.abs() < 0.01,
                    "{mode:?}, {bpm} BPM after {seconds:.1} s: {got}"
                );
            }
        }
    }
}

#[test]
fn noise_and_rubato_have_none() {
    let mut source = Noise::new(7);
    let mut at_s = 0.0;
    let free = std::iter::repeat_with(|| {
        at_s += 0.5 + 0.25 * f64::from(source.white());
        (at_s, 0.4 + 0.2 * source.white())
    });
    // Between 82 and 127 BPM and back every 14 s, as an eager player would.
    let mut beat_s = 0.0;
    let swaying = std::iter::repeat_with(|| {
        let octave = 0.32 * (std::f64::consts::TAU * beat_s / 14.0).sin();
        beat_s += 60.0 / (102.0 * 2.0_f64.powf(octave));
        (beat_s, 0.5)
    });
    let white = noise(21, (60.0 * RATE) as usize);
    let mut source = Noise::new(22);
    let pink: Vec<f32> = (0..white.len()).map(|_| source.pink()).collect();
    let cases = [
        ("white noise", white),
        ("pink noise", pink),
        ("free time", clicks(60.0, free)),
        ("swaying time", clicks(60.0, swaying)),
    ];
    for mode in MODES {
        for (name, audio) in &cases {
            for (seconds, got) in tempi(mode, audio) {
                assert_eq!(got, 0.0, "{mode:?}, {name} after {seconds:.1} s");
            }
        }
    }
}

#[test]
fn half_and_double_do_not_alternate() {
    // Every other beat falls back and comes forward again, every 10 s: a backbeat that is counted in 75 or 150.
    let swelling = beats(150.0, [0.5, 0.0]).map(|(at_s, level)| {
        let swell = (std::f64::consts::TAU * at_s / 10.0).sin() as f32;
        (at_s, level.max(0.25 + 0.2 * swell))
    });
    let audio = clicks(60.0, swelling);
    for mode in MODES {
        let mut told: Vec<f32> = Vec::new();
        for (seconds, bpm) in tempi(mode, &audio) {
            if seconds > 12.0 {
                assert!(bpm > 0.0, "{mode:?}: nothing after {seconds:.1} s");
            }
            let last = told.last().copied().unwrap_or(0.0);
            if bpm > 0.0 && (bpm / last - 1.0).abs() > 0.02 {
                told.push(bpm);
            }
        }
        assert!(told.len() == 1, "{mode:?}: {told:?} BPM");
    }
}
