//! The life of kernels: the newest wins, none is lost.

use auralis_dsp::{FRAME, Frame};

use crate::*;

/// An EQ, the kernels that went in, and those that came back: each has a number in its first gain.
struct Life {
    eq: FftEq,
    kernels: [Box<Kernel>; 3],
    newest: usize,
    back: Vec<usize>,
    on: bool,
}

/// What can happen to an EQ.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Event {
    /// A kernel of the phase that the newest one has.
    Same,
    /// A kernel of the next phase of the list.
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
    kernel.curve.gains.bands_db[0] = number as f32;
    kernel
}

fn number(curve: &Curve) -> usize {
    curve.gains.bands_db[0] as usize
}

fn place(phase: EqPhase) -> usize {
    PHASES.iter().position(|other| *other == phase).unwrap()
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
                    *asked = PHASES[(place(*asked) + 1) % PHASES.len()];
                }
                self.newest += 1;
                let kernel = &self.kernels[place(*asked)];
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
