//! What the laws are measured with; their signals are those of `auralis_dsp::signals`.
#![allow(dead_code, missing_docs)] // each test file uses its part

use std::f64::consts::{PI, TAU};

use auralis_dsp::simd::instruction_set::{Implementation, InstructionSet};
use auralis_dsp::{FRAME, Frame};
use realfft::RealFftPlanner;
use realfft::num_complex::Complex;

/// The sample rates that masters are made at, in Hz.
pub const RATES: [f64; 3] = [44_100.0, 48_000.0, 96_000.0];

/// Audio as `[channel][sample]`.
pub type Audio = Vec<Vec<f32>>;

/// Every way to compute: the scalar specification, and the vectors of each instruction set.
pub fn ways() -> Vec<Implementation> {
    let sets = InstructionSet::available().into_iter();
    let vectors = sets.map(Implementation::Vectorized);
    std::iter::once(Implementation::Scalar)
        .chain(vectors)
        .collect()
}

/// What a message calls a way to compute.
pub fn name(way: Implementation) -> &'static str {
    match way {
        Implementation::Scalar => "reference",
        Implementation::Vectorized(set) => set.name(),
    }
}

/// Samples in a time at a rate in Hz.
pub fn samples(seconds: f64, rate: f64) -> usize {
    (seconds * rate).round() as usize
}

/// Level of a gain in dB.
pub fn to_db(gain: f64) -> f64 {
    20.0 * gain.abs().max(1e-15).log10()
}

/// Gain of a level in dB.
pub fn to_gain(db: f64) -> f64 {
    10.0_f64.powf(db / 20.0)
}

/// A signal `db` louder.
pub fn louder(signal: &[f32], db: f64) -> Vec<f32> {
    let gain = to_gain(db) as f32;
    signal.iter().map(|x| gain * x).collect()
}

/// A constant of `level_db` dBFS for each part of so many samples.
pub fn constants(parts: &[(f64, usize)]) -> Vec<f32> {
    let part = |(level_db, len): &(f64, usize)| vec![to_gain(*level_db) as f32; *len];
    parts.iter().flat_map(part).collect()
}

/// One sample of `value` at `at`.
pub fn impulse(value: f32, at: usize, len: usize) -> Vec<f32> {
    let mut signal = vec![0.0; len];
    signal[at] = value;
    signal
}

/// Frame `index` of all channels; what is missing of the last one is silence.
pub fn frame_of(audio: &Audio, index: usize) -> Vec<Frame> {
    let frame = |channel: &Vec<f32>| {
        let from = channel.iter().skip(index * FRAME);
        let mut frame = [0.0; FRAME];
        frame
            .iter_mut()
            .zip(from)
            .for_each(|(to, from)| *to = *from);
        frame
    };
    audio.iter().map(frame).collect()
}

/// Passes audio through a processor, which is called with the number and the channels of each frame.
pub fn play(audio: &Audio, mut process: impl FnMut(usize, &mut [Frame])) -> Audio {
    let len = audio[0].len();
    let mut out: Audio = vec![Vec::with_capacity(len + FRAME); audio.len()];
    for index in 0..len.div_ceil(FRAME) {
        let mut frames = frame_of(audio, index);
        process(index, &mut frames);
        for (out, frame) in out.iter_mut().zip(&frames) {
            out.extend(frame);
        }
    }
    out.iter_mut().for_each(|channel| channel.truncate(len));
    out
}

/// The largest magnitude.
pub fn peak(signal: &[f32]) -> f32 {
    signal.iter().fold(0.0, |peak, x| peak.max(x.abs()))
}

/// Where the largest magnitude is.
pub fn place_of_peak(signal: &[f32]) -> usize {
    let places = 0..signal.len();
    places
        .max_by(|a, b| signal[*a].abs().total_cmp(&signal[*b].abs()))
        .expect("a signal has samples")
}

/// Points a sample at which peaks between samples are read.
const POINTS: usize = 16;
/// Silence that surrounds a signal for what its interpolation rings beyond the ends.
const ROOM: usize = 2048;

/// The largest magnitude of the band-limited signal through the samples: its spectrum, filled up with
/// zeros. The signal has silence at either end and nothing close to half the rate.
pub fn true_peak(signal: &[f32]) -> f64 {
    let len = (signal.len() + 2 * ROOM).next_multiple_of(ROOM);
    let mut spectrum = spectrum(signal, len);
    // Half of the bin at half the rate is that of its mirror.
    *spectrum.last_mut().unwrap() *= 0.5;
    spectrum.resize(POINTS * len / 2 + 1, Complex::default());
    f64::from(peak(&inverse(spectrum, POINTS * len))) / len as f64
}

/// What [`true_peak`] reads where the spectrum goes up to half the rate: there the band-limited signal
/// rings without end, and what counts is an interpolation that can be built. A sinc over 64 samples
/// on either side under Kaiser's window, beta 8: flat up to 0.48 of the rate.
pub fn built_true_peak(signal: &[f32]) -> f64 {
    const SIDE: usize = 64;
    let bessel = |x: f64| {
        let terms = (1..40).scan(1.0, |term, k| {
            *term *= (0.5 * x / f64::from(k)).powi(2);
            Some(*term)
        });
        1.0 + terms.sum::<f64>()
    };
    let weight = |t: f64| {
        let inside = (1.0 - (t / SIDE as f64).powi(2)).max(0.0);
        (PI * t).sin() / (PI * t) * bessel(8.0 * inside.sqrt()) / bessel(8.0)
    };
    let mut largest = peak(signal);
    for point in 1..POINTS {
        let shift = point as f64 / POINTS as f64;
        let taps: Vec<f32> = (0..2 * SIDE)
            .map(|tap| weight(shift + SIDE as f64 - 1.0 - tap as f64) as f32)
            .collect();
        let points = signal.windows(2 * SIDE);
        let points = points.map(|x| x.iter().zip(&taps).map(|(x, h)| x * h).sum());
        largest = points.fold(largest, |largest, x: f32| largest.max(x.abs()));
    }
    f64::from(largest)
}

/// A signal without what is above a share of the sample rate.
pub fn below(signal: &[f32], share: f64) -> Vec<f32> {
    let len = (signal.len() + 2 * ROOM).next_multiple_of(ROOM);
    let mut spectrum = spectrum(signal, len);
    spectrum[(share * len as f64) as usize..].fill(Complex::default());
    let filtered = inverse(spectrum, len);
    let kept = filtered[ROOM..ROOM + signal.len()].iter();
    kept.map(|x| x / len as f32).collect()
}

/// The spectrum of a signal in the middle of `len` samples.
fn spectrum(signal: &[f32], len: usize) -> Vec<Complex<f32>> {
    let transform = RealFftPlanner::<f32>::new().plan_fft_forward(len);
    let mut padded = vec![0.0; len];
    padded[ROOM..ROOM + signal.len()].copy_from_slice(signal);
    let mut spectrum = transform.make_output_vec();
    transform.process(&mut padded, &mut spectrum).unwrap();
    spectrum
}

/// The signal of a spectrum, unscaled.
fn inverse(mut spectrum: Vec<Complex<f32>>, len: usize) -> Vec<f32> {
    let transform = RealFftPlanner::<f32>::new().plan_fft_inverse(len);
    let mut signal = transform.make_output_vec();
    transform.process(&mut spectrum, &mut signal).unwrap();
    signal
}

/// The spectrum of a signal at one frequency.
pub fn at_hz(signal: &[f32], hz: f64, rate: f64) -> Complex<f64> {
    let turn = -TAU * hz / rate;
    let terms = signal.iter().enumerate();
    terms
        .map(|(n, x)| Complex::from_polar(f64::from(*x), turn * n as f64))
        .sum()
}

/// Gain in dB at a frequency of what has this impulse response.
pub fn gain_db_at(response: &[f32], hz: f64, rate: f64) -> f64 {
    to_db(at_hz(response, hz, rate).norm())
}

/// Level of `out` less `input` delayed by `latency`, relative to the input, in dB.
pub fn residual_db(out: &[f32], input: &[f32], latency: usize) -> f64 {
    assert_eq!(out.len(), input.len(), "lengths");
    assert!(latency < out.len() / 2, "too short for {latency} samples");
    let (mut error, mut power) = (0.0, 0.0);
    for (out, input) in out[latency..].iter().zip(input) {
        error += f64::from(out - input).powi(2);
        power += f64::from(*input).powi(2);
    }
    assert!(power > 0.0, "a silent input");
    10.0 * (error / power).max(1e-30).log10()
}

/// Fails where `out` is not `input` delayed by `latency`, bit for bit.
pub fn assert_delayed(out: &Audio, input: &Audio, latency: usize, what: &str) {
    assert_eq!(out.len(), input.len(), "{what}: channels");
    for (channel, (out, input)) in out.iter().zip(input).enumerate() {
        assert!(
            latency < input.len() / 2 && peak(input) > 0.0,
            "{what}: nothing to compare"
        );
        let delayed = std::iter::repeat_n(&0.0, latency).chain(input);
        for (n, (got, expected)) in out.iter().zip(delayed).enumerate() {
            assert!(
                got == expected,
                "{what}: channel {channel} [{n}] got {got}, expected {expected}"
            );
        }
    }
}

/// Fails where two numbers are further apart than the tolerance.
#[track_caller]
pub fn assert_near(got: f64, expected: f64, tolerance: f64, what: &str) {
    assert!(
        (got - expected).abs() <= tolerance,
        "{what}: got {got}, expected {expected} within {tolerance}"
    );
}
