//! The drums of the demo piece.

use auralis_dsp::signals::Noise;

use super::Mix;
use super::synth::{Decay, FS, LowPass, sine};

/// A bass drum: a sine that falls from 150 Hz to 48 Hz, with a click.
pub fn kick(mix: &mut Mix, start: usize, gain: f64) {
    let (mut body, mut pitch, mut click) = (Decay::new(0.12), Decay::new(0.03), Decay::new(0.002));
    let mut phase = 0.0;
    for i in 0..(0.5 * FS) as usize {
        phase += (48.0 + 102.0 * pitch.next()) / FS;
        let sample = sine(phase) * body.next() + 0.3 * click.next();
        mix.add(start + i, 0.0, gain * sample);
    }
}

/// A snare drum: a tone of 190 Hz and noise.
pub fn snare(mix: &mut Mix, start: usize, gain: f64, seed: u32) {
    let (mut tone, mut rattle) = (Decay::new(0.05), Decay::new(0.09));
    let mut noise = Noise::new(seed);
    let mut rumble = LowPass::new(900.0);
    for i in 0..(0.45 * FS) as usize {
        let white = f64::from(noise.white());
        let bright = white - rumble.next(white);
        let sample = 0.5 * sine(190.0 * i as f64 / FS) * tone.next() + 0.6 * bright * rattle.next();
        mix.add(start + i, 0.06, gain * sample);
    }
}

/// A hi-hat: noise without its lows; `seconds` is its decay.
pub fn hat(mix: &mut Mix, start: usize, gain: f64, seconds: f64, seed: u32) {
    let mut decay = Decay::new(seconds);
    let mut noise = Noise::new(seed);
    let (mut first, mut second) = (LowPass::new(5_500.0), LowPass::new(5_500.0));
    for i in 0..(6.0 * seconds * FS) as usize {
        let white = f64::from(noise.white());
        let high = white - first.next(white);
        let higher = high - second.next(high);
        mix.add(start + i, 0.35, gain * higher * decay.next());
    }
}
