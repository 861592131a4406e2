//! A synthetic song: chords, bass and drums in stereo, with rests and a seed.

use std::collections::HashMap;
use std::f64::consts::TAU;
use std::sync::{LazyLock, Mutex};

use auralis_dsp::signals::Noise;

use super::Audio;

/// Length in seconds.
pub const SECONDS: f64 = 40.0;
/// Beat in seconds.
const BEAT_S: f64 = 0.5;

/// A song at about -18 dBFS: a chord of three notes every two beats, a bass note every beat, kick, snare
/// and hats, and a little hiss. One bar in six is silent but for the hiss.
pub fn song(seed: u32, rate: f64) -> Audio {
    remembered(seed, rate, true)
}

/// The same without drums.
pub fn chords(seed: u32, rate: f64) -> Audio {
    remembered(seed, rate, false)
}

/// Songs by seed, rate in Hz, and whether they have drums.
type Songs = HashMap<(u32, u32, bool), Audio>;

fn remembered(seed: u32, rate: f64, has_drums: bool) -> Audio {
    static SONGS: LazyLock<Mutex<Songs>> = LazyLock::new(Mutex::default);
    let mut songs = SONGS.lock().unwrap();
    let song = songs.entry((seed, rate as u32, has_drums));
    song.or_insert_with(|| compose(seed, rate, has_drums))
        .clone()
}

fn compose(seed: u32, rate: f64, has_drums: bool) -> Audio {
    let mut random = Noise::new(seed);
    let mut audio = vec![vec![0.0; (SECONDS * rate) as usize]; 2];
    for beat in 0..(SECONDS / BEAT_S) as usize {
        if beat / 4 % 6 == 5 {
            continue;
        }
        let at_s = beat as f64 * BEAT_S;
        if beat % 2 == 0 {
            for _ in 0..3 {
                let pan = 0.6 * f64::from(random.white());
                let note = 48 + random.below(30);
                tone(&mut audio, rate, [at_s, 1.1], note, 0.05, pan);
            }
        }
        let bass = 31 + random.below(12);
        tone(&mut audio, rate, [at_s, 0.45], bass, 0.12, 0.0);
        if !has_drums {
            continue;
        }
        kick(&mut audio, rate, at_s);
        if beat % 2 == 1 {
            burst(&mut audio, rate, [at_s, 0.06], 0.15, &mut random);
        }
        burst(&mut audio, rate, [at_s + 0.25, 0.02], 0.1, &mut random);
    }
    for channel in &mut audio {
        channel.iter_mut().for_each(|x| *x += 3e-4 * random.white());
    }
    audio
}

/// A note of the equal temperament (69 is 440 Hz) with eight partials, which dies away in its length.
fn tone(
    audio: &mut Audio,
    rate: f64,
    [at_s, length_s]: [f64; 2],
    note: usize,
    level: f64,
    pan: f64,
) {
    let hz = 440.0 * ((note as f64 - 69.0) / 12.0).exp2();
    let begin = (at_s * rate) as usize;
    for (channel, side) in audio.iter_mut().zip([-1.0, 1.0]) {
        let gain = level * (1.0 + side * pan);
        let samples = channel
            .iter_mut()
            .skip(begin)
            .take((length_s * rate) as usize);
        for (n, x) in samples.enumerate() {
            let t = n as f64 / rate;
            let shape = (t / 0.01).min(1.0) * (1.0 - t / length_s).powi(2);
            // The channels are a hair apart, as two microphones are.
            let (sin, cos) = (TAU * hz * (t + 1e-5 * side)).sin_cos();
            // Each partial from the two before it (Chebyshev).
            let (mut last, mut now, mut sum) = (0.0, sin, 0.0);
            for k in 1..9 {
                sum += now / f64::from(k * k);
                (last, now) = (now, 2.0 * cos * now - last);
            }
            *x += (gain * shape * sum) as f32;
        }
    }
}

/// A drum whose pitch falls to 45 Hz.
fn kick(audio: &mut Audio, rate: f64, at_s: f64) {
    for channel in audio.iter_mut() {
        let mut phase = 0.0;
        let samples = channel.iter_mut().skip((at_s * rate) as usize);
        for (n, x) in samples.take((0.25 * rate) as usize).enumerate() {
            let t = n as f64 / rate;
            phase += TAU * (45.0 + 120.0 * (-t / 0.02).exp()) / rate;
            *x += (0.35 * (1.0 - t / 0.25).powi(2) * phase.sin()) as f32;
        }
    }
}

/// Noise that dies away, in part the same in both channels.
fn burst(audio: &mut Audio, rate: f64, [at_s, decay_s]: [f64; 2], level: f64, random: &mut Noise) {
    let begin = (at_s * rate) as usize;
    let end = (begin + (8.0 * decay_s * rate) as usize).min(audio[0].len());
    for n in begin.min(end)..end {
        let t = (n - begin) as f64 / rate;
        let shape = level * (t / 0.001).min(1.0) * (-t / decay_s).exp();
        let both = f64::from(random.white());
        for channel in audio.iter_mut() {
            let own = f64::from(random.white());
            channel[n] += (shape * (0.7 * both + 0.5 * own)) as f32;
        }
    }
}

/// A low-pass at `hz` by a sinc over 513 samples under Blackman's window; the whole slope is 5.5/513 of
/// the rate.
pub fn low_passed(audio: &Audio, hz: f64, rate: f64) -> Audio {
    const HALF: usize = 256;
    let tap = |n: usize| {
        let t = n as f64 - HALF as f64;
        let phase = TAU * n as f64 / (2 * HALF) as f64;
        let window = 0.42 - 0.5 * phase.cos() + 0.08 * (2.0 * phase).cos();
        let angle = TAU * hz / rate * t;
        let sinc = if t == 0.0 {
            2.0 * hz / rate
        } else {
            angle.sin() / (std::f64::consts::PI * t)
        };
        (window * sinc) as f32
    };
    let taps: Vec<f32> = (0..=2 * HALF).map(tap).collect();
    let filtered = audio.iter().map(|channel| {
        let mut padded = vec![0.0; HALF];
        padded.extend_from_slice(channel);
        padded.extend([0.0; HALF]);
        let windows = padded.windows(taps.len());
        windows
            .map(|w| w.iter().zip(&taps).map(|(x, h)| x * h).sum())
            .collect()
    });
    filtered.collect()
}
