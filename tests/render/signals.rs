//! Seeded pieces to master.

use std::f64::consts::TAU;

use auralis::audio_file::Audio;
use auralis_dsp::signals::noise;

/// A piece with beats, a moving tone and noise, at about -20 LUFS; other seeds are other pieces.
pub fn piece(sample_rate: u32, channels: usize, seconds: f64, seed: u32) -> Audio {
    let rate = f64::from(sample_rate);
    let len = (rate * seconds) as usize;
    let channel = |index: usize| -> Vec<f32> {
        let hiss = noise(seed + index as u32, len);
        let sample = |n: usize| {
            let t = n as f64 / rate;
            let beat = (-((t * 2.0).fract() * 9.0)).exp();
            let kick = (TAU * 55.0 * t).sin() * beat * 0.5;
            let tone = 330.0 + 40.0 * f64::from(seed % 7) + 3.0 * index as f64;
            let lead = (TAU * tone * t).sin() * (0.1 + 0.05 * (TAU * 0.11 * t).sin());
            let hat = f64::from(hiss[n]) * (0.02 + 0.2 * (-((t * 4.0).fract() * 40.0)).exp());
            (kick + lead + hat) as f32
        };
        (0..len).map(sample).collect()
    };
    Audio {
        sample_rate,
        channels: (0..channels).map(channel).collect(),
    }
}

/// The same, louder by so many dB.
pub fn louder(audio: &Audio, db: f32) -> Audio {
    let gain = 10_f32.powf(db / 20.0);
    let channels = audio.channels.iter();
    let scaled = |channel: &Vec<f32>| channel.iter().map(|x| x * gain).collect();
    Audio {
        sample_rate: audio.sample_rate,
        channels: channels.map(scaled).collect(),
    }
}
