//! The laws of the EQ: the gains asked for, either phase, and kernels that change without a click.
#![allow(missing_docs)]

mod common;

use auralis_dsp::bands::{BANDS, PerBand, center_hz};
use auralis_dsp::eq::design::{Curve, EqDesigner, EqSizes, Kernel};
use auralis_dsp::eq::fft_eq::FftEq;
use auralis_dsp::options::EqPhase;
use auralis_dsp::signals::noise;
use auralis_dsp::simd::instruction_set::Implementation;
use auralis_dsp::{FRAME, Frame};
use common::*;

const PHASES: [EqPhase; 2] = [EqPhase::Linear, EqPhase::Minimum];
const FLAT: PerBand = [0.0; BANDS];

fn kernel(gains_db: PerBand, phase: EqPhase, rate: f64) -> Box<Kernel> {
    Box::new(EqDesigner::new(rate).design(Curve { gains_db, phase }))
}

/// A curve that goes up and down by up to 12 dB.
fn uneven(step: f32) -> PerBand {
    std::array::from_fn(|band| 12.0 * (step * band as f32 + step).sin())
}

/// What an EQ with one kernel makes of audio.
fn equalise(audio: &Audio, kernel: &Kernel, rate: f64, way: Implementation) -> Audio {
    let mut eq = FftEq::new(rate, audio.len(), Box::new(kernel.clone()));
    play(audio, |_, frame| eq.process(frame, true, way))
}

fn latency(phase: EqPhase, rate: f64) -> usize {
    EqSizes::new(phase, rate).latency_samples()
}

/// The response to an impulse at sample 100, from there on, until it is over.
fn response(kernel: &Kernel, rate: f64, way: Implementation) -> Vec<f32> {
    let sizes = EqSizes::new(kernel.curve.phase, rate);
    let len = 100 + latency(kernel.curve.phase, rate) + sizes.taps + sizes.partition;
    // One channel is silent, which the other must not hear.
    let out = equalise(
        &vec![impulse(1.0, 100, len), vec![0.0; len]],
        kernel,
        rate,
        way,
    );
    // f32 transforms leave -130 dB.
    assert!(peak(&out[1]) < 1e-6, "sound in the silent channel");
    assert!(peak(&out[0][..100]) < 1e-6, "sound before the impulse");
    out[0][100..].to_vec()
}

#[test]
fn three_equal_bands_have_their_gain_at_the_centre() {
    for rate in RATES {
        for phase in PHASES {
            for (band, gain) in [
                (1, -12.0),
                (2, 12.0),
                (6, -12.0),
                (12, 6.0),
                (17, 12.0),
                (22, -12.0),
            ] {
                let mut gains = FLAT;
                gains[band - 1..=band + 1].fill(gain);
                let kernel = kernel(gains, phase, rate);
                for way in ways() {
                    let response = response(&kernel, rate, way);
                    let got = gain_db_at(&response, center_hz(band).into(), rate);
                    let what = format!("{rate} Hz, {phase:?}, {}, band {}", name(way), band + 1);
                    // What the design allows: the resolution is 23 Hz.
                    assert_near(got, gain.into(), 0.5, &what);
                }
            }
        }
    }
}

#[test]
fn a_flat_curve_is_a_delay_by_the_latency() {
    for rate in RATES {
        let audio = vec![noise(1, 20_000), noise(2, 20_000)];
        for phase in PHASES {
            let kernel = kernel(FLAT, phase, rate);
            for way in ways() {
                let out = equalise(&audio, &kernel, rate, way);
                let what = format!("{rate} Hz, {phase:?}, {}", name(way));
                for channel in 0..2 {
                    let residual =
                        residual_db(&out[channel], &audio[channel], latency(phase, rate));
                    // The design's figure; f32 transforms reach -135 dB.
                    assert!(residual < -110.0, "{what}: {residual} dB");
                }
                let response = response(&kernel, rate, way);
                assert_eq!(place_of_peak(&response), latency(phase, rate), "{what}");
            }
        }
    }
}

#[test]
fn the_linear_phase_is_symmetric_about_the_latency() {
    for rate in RATES {
        let kernel = kernel(uneven(0.9), EqPhase::Linear, rate);
        let middle = latency(EqPhase::Linear, rate);
        let half = EqSizes::new(EqPhase::Linear, rate).taps / 2;
        for way in ways() {
            let response = response(&kernel, rate, way);
            assert_eq!(place_of_peak(&response), middle, "{rate} Hz, {}", name(way));
            for n in 1..half {
                let what = format!("{rate} Hz, {}, {n} from the middle", name(way));
                let (before, after) = (response[middle - n], response[middle + n]);
                // f32 transforms of a response of about 1.
                assert_near(before.into(), after.into(), 1e-6, &what);
            }
        }
    }
}

#[test]
fn the_minimum_phase_has_the_magnitude_of_the_linear_one_and_sounds_at_once() {
    for rate in RATES {
        let curve = uneven(0.9);
        let kernels = PHASES.map(|phase| kernel(curve, phase, rate));
        for way in ways() {
            let [linear, minimum] = [0, 1].map(|which| response(&kernels[which], rate, way));
            for hz in (30..20_000).step_by(331).map(f64::from) {
                let what = format!("{rate} Hz, {}, {hz} Hz", name(way));
                let [got, expected] = [&minimum, &linear].map(|x| gain_db_at(x, hz, rate));
                // What the fade over the response's end takes.
                assert_near(got, expected, 0.1, &what);
            }
            let start = latency(EqPhase::Minimum, rate);
            let what = format!("{rate} Hz, {}", name(way));
            // f32 transforms.
            assert!(peak(&minimum[..start]) < 1e-6, "{what}: sound before it");
            let early = &minimum[start..start + samples(0.005, rate)];
            let energy = |x: &[f32]| x.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
            let share = energy(early) / energy(&minimum);
            assert!(share > 0.9, "{what}: {share} of it in the first 5 ms");
        }
    }
}

#[test]
fn off_is_a_delay_bit_for_bit() {
    for rate in RATES {
        let audio = vec![noise(1, 10_000), noise(2, 10_000)];
        for phase in PHASES {
            let kernel = kernel(uneven(0.9), phase, rate);
            for way in ways() {
                let mut eq = FftEq::new(rate, 2, kernel.clone());
                assert_eq!(eq.latency_samples(), latency(phase, rate));
                let out = play(&audio, |_, frame| eq.process(frame, false, way));
                let what = format!("{rate} Hz, {phase:?}, {}", name(way));
                assert_delayed(&out, &audio, latency(phase, rate), &what);
            }
        }
    }
}

/// What an EQ makes of audio when it gets a second kernel with frame `at`; and what it makes of it
/// with either alone.
fn change(
    audio: &Audio,
    [from, to]: [&Kernel; 2],
    at: usize,
    rate: f64,
    way: Implementation,
) -> [Vec<f32>; 3] {
    let mut eq = FftEq::new(rate, 1, Box::new(from.clone()));
    let changed = play(audio, |index, frame| {
        if index == at {
            eq.load(Box::new(to.clone()));
        }
        eq.process(frame, true, way);
    });
    let [from, to] = [from, to].map(|kernel| equalise(audio, kernel, rate, way));
    [changed, from, to].map(|mut audio| audio.swap_remove(0))
}

#[test]
fn a_change_of_kernel_goes_from_one_to_the_other_without_a_step() {
    for rate in RATES {
        let len = samples(0.3, rate);
        let audio = vec![noise(3, len)];
        for phase in PHASES {
            let kernels = [0.9, 1.7].map(|step| kernel(uneven(step), phase, rate));
            for (way, at) in ways().into_iter().flat_map(|way| [(way, 50), (way, 53)]) {
                let what = format!("{rate} Hz, {phase:?}, {}, frame {at}", name(way));
                let pair = [&*kernels[0], &*kernels[1]];
                let [got, from, to] = change(&audio, pair, at, rate, way);
                // A change takes 21 ms, in whole partitions; noise differs enough to tell how far it is.
                let steepest = 2.0 / (0.021 * rate);
                let (mut last, mut last_at) = (0.0, 0);
                for (n, got) in got.iter().enumerate() {
                    let way_to_go = f64::from(to[n]) - f64::from(from[n]);
                    if way_to_go.abs() < 0.5 {
                        continue;
                    }
                    let come = (f64::from(*got) - f64::from(from[n])) / way_to_go;
                    let step = come - last;
                    // f32 transforms, over half of full scale at least.
                    let furthest = steepest * (n - last_at) as f64 + 1e-5;
                    assert!(
                        (-1e-5..furthest).contains(&step),
                        "{what} [{n}]: jumps from {last} to {come}"
                    );
                    (last, last_at) = (come, n);
                }
                assert_near(last, 1.0, 1e-5, &format!("{what}: the end"));
            }
        }
    }
}

#[test]
fn a_change_of_kernel_lets_nothing_be_heard_early() {
    for phase in PHASES {
        let rate = 48_000.0;
        let kernels = [0.9, 1.7].map(|step| kernel(uneven(step), phase, rate));
        let sizes = EqSizes::new(phase, rate);
        let start = latency(phase, rate) - sizes.group_delay;
        for way in ways() {
            // An impulse anywhere in a change that begins with frame 50.
            for at in [3100, 3300, 3700, 4100] {
                let audio = vec![impulse(1.0, at, 4 * sizes.taps + at)];
                let pair = [&*kernels[0], &*kernels[1]];
                let got = &change(&audio, pair, 50, rate, way)[0];
                let what = format!("{phase:?}, {}, impulse at {at}", name(way));
                for part in [&got[..at + start], &got[at + start + sizes.taps..]] {
                    // The design allows -80 dB; f32 transforms reach -130 dB.
                    let db = to_db(peak(part).into());
                    assert!(db < -110.0, "{what}: {db} dB outside of the response");
                }
            }
        }
    }
}

/// An EQ, the kernels that went in, and those that came back: each has a number in its first gain.
struct Life {
    eq: FftEq,
    kernels: [Box<Kernel>; 2],
    newest: usize,
    back: Vec<usize>,
    on: bool,
}

/// What can happen to an EQ.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Event {
    /// A kernel of the phase that the newest one has.
    Same,
    /// A kernel of the other phase.
    Other,
    /// A frame is played.
    Frame,
    /// So many that a crossfade is over.
    Frames,
    /// The silence that the chain makes for another phase.
    Silence,
    /// A reset.
    Reset,
}

const EVENTS: [Event; 6] = [
    Event::Same,
    Event::Other,
    Event::Frame,
    Event::Frames,
    Event::Silence,
    Event::Reset,
];
/// Few samples, so that every order can be tried.
const LIFE_RATE: f64 = 8_000.0;
/// Frames of the longest crossfade and the wait for a partition, and some.
const LONG: usize = 16;

fn numbered(kernel: &Kernel, number: usize) -> Box<Kernel> {
    let mut kernel = Box::new(kernel.clone());
    kernel.curve.gains_db[0] = number as f32;
    kernel
}

fn number(curve: &Curve) -> usize {
    curve.gains_db[0] as usize
}

impl Life {
    fn new(on: bool) -> Self {
        let kernels = PHASES.map(|phase| kernel(FLAT, phase, LIFE_RATE));
        Self {
            eq: FftEq::new(LIFE_RATE, 1, numbered(&kernels[0], 0)),
            kernels,
            newest: 0,
            back: Vec::new(),
            on,
        }
    }

    /// The phase that the newest kernel has: `asked` holds it between events.
    fn happen(&mut self, event: Event, asked: &mut EqPhase) {
        match event {
            Event::Same | Event::Other => {
                if event == Event::Other {
                    *asked = PHASES[usize::from(*asked == PHASES[0])];
                }
                self.newest += 1;
                let kernel = &self.kernels[usize::from(*asked != PHASES[0])];
                self.eq.load(numbered(kernel, self.newest));
            }
            Event::Frame => self.play(1),
            Event::Frames => self.play(LONG),
            Event::Silence => {
                if self.eq.wants_other_phase() {
                    self.eq.take_pending();
                }
            }
            Event::Reset => {
                self.eq.reset();
                assert_eq!(number(&self.eq.curve()), self.newest, "after a reset");
            }
        }
        while let Some(kernel) = self.eq.take_retired() {
            self.back.push(number(&kernel.curve));
        }
    }

    fn play(&mut self, frames: usize) {
        for _ in 0..frames {
            let mut audio: [Frame; 1] = [[0.25; FRAME]];
            self.eq.process(&mut audio, self.on, Implementation::Scalar);
        }
    }
}

#[test]
fn the_newest_kernel_wins_and_none_is_lost_in_any_order_of_events() {
    const LENGTH: u32 = 4;
    for on in [true, false] {
        for order in 0..EVENTS.len().pow(LENGTH) {
            let places = (0..LENGTH).map(|n| order / EVENTS.len().pow(n) % EVENTS.len());
            let events: Vec<Event> = places.map(|place| EVENTS[place]).collect();
            let (mut life, mut asked) = (Life::new(on), PHASES[0]);
            for event in &events {
                life.happen(*event, &mut asked);
            }
            // What the chain does until nothing waits.
            for event in [Event::Frames, Event::Silence, Event::Frames] {
                life.happen(event, &mut asked);
            }
            let what = format!("on {on}: {events:?}");
            assert_eq!(number(&life.eq.curve()), life.newest, "{what}: in use");
            assert_eq!(life.eq.phase(), asked, "{what}: phase");
            let expected = latency(asked, LIFE_RATE);
            assert_eq!(life.eq.latency_samples(), expected, "{what}: latency");
            life.back.sort_unstable();
            let all: Vec<usize> = (0..life.newest).collect();
            assert_eq!(life.back, all, "{what}: handed back");
        }
    }
}
