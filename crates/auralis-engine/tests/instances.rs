//! Places and pauses of the programme, and many instances at once: what the analysis hears, when it
//! rests, and what is left when the last instance goes.
#![allow(missing_docs)]

mod common;

use std::sync::{Arc, Mutex};

use auralis_engine::ear::view::View;
use auralis_engine::knowledge::Knowledge;
use auralis_engine::processor::{Processor, ProcessorSettings};
use auralis_engine::session::Draw;
use common::*;

const RATE: f64 = 48_000.0;
const HOP: usize = 2048;

/// A bounce whose views are collected.
struct Watched {
    processor: Processor,
    views: Arc<Mutex<Vec<View>>>,
}

impl Watched {
    fn new(settings: &ProcessorSettings) -> Self {
        let views = Arc::new(Mutex::new(Vec::new()));
        let seen = views.clone();
        let publish = Arc::new(move |draw: Draw<'_>| {
            seen.lock().unwrap().push(draw().0);
            true
        });
        let stream = offline(RATE, 2);
        let mut processor = Processor::new(stream, settings, Knowledge::default(), publish);
        processor.reset();
        Self { processor, views }
    }

    fn play(&mut self, audio: &Audio, settings: &ProcessorSettings) {
        let mut out = audio.clone();
        let mut slices: Vec<&mut [f32]> = out.iter_mut().map(Vec::as_mut_slice).collect();
        self.processor.process(&mut slices, None, settings, |_| {});
    }

    /// What was published since the last time. The last tick's may come later: an offline bounce
    /// is one hop ahead of its analysis.
    fn views(&self) -> Vec<View> {
        std::mem::take(&mut *self.views.lock().unwrap())
    }
}

/// A sine in both channels.
fn tone(hz: f64, samples: usize) -> Audio {
    vec![sine(hz, 0.3, RATE, samples); 2]
}

/// Levels in dB of the bands around 250 Hz and 4.8 kHz.
fn levels(view: &View) -> [f32; 2] {
    [view.input_db[2], view.input_db[18]]
}

#[test]
fn a_jump_does_not_smear_two_places_together() {
    let settings = defaults();
    // Ten hops and a half: the jump is within a hop.
    let (first, second) = (tone(250.0, 21 * HOP / 2), tone(4_800.0, 20 * HOP));
    for jumps in [true, false] {
        let mut watched = Watched::new(&settings);
        watched.play(&first, &settings);
        watched.views();
        if jumps {
            watched.processor.jump();
        }
        watched.play(&second, &settings);
        let views = watched.views();
        let low_beside_high = views.iter().filter(|view| {
            let [low, high] = levels(view);
            // Both at full level are -17 dB; the skirt of one in the other's band is below -60.
            low > -60.0 && high > -60.0
        });
        let smeared = low_beside_high.count();
        if jumps {
            assert_eq!(smeared, 0, "hops with both places, of {}", views.len());
            let last = levels(views.last().unwrap());
            assert!(last[1] > -20.0, "the new place is heard: {last:?} dB");
        } else {
            assert!(smeared > 0, "without a jump the short-term mean holds both");
        }
    }
}

#[test]
fn silence_and_bypass_are_not_analysed() {
    let settings = defaults();
    let mut bypassed = settings;
    bypassed.chain.monitor.bypass = true;
    let silence = vec![vec![0.0; 100 * HOP]; 2];
    for (name, audio, settings) in [
        ("silence", &silence, &settings),
        ("bypass", &tone(1000.0, 100 * HOP), &bypassed),
    ] {
        let mut watched = Watched::new(settings);
        watched.play(&tone(1000.0, 40 * HOP), &defaults());
        assert!(watched.views().len() > 35, "{name}: programme is shown");
        // The meters fall for 5 s, 118 hops.
        watched.play(audio, settings);
        watched.play(audio, settings);
        watched.views();
        watched.play(audio, settings);
        let views = watched.views();
        assert!(views.is_empty(), "{name}: {} views after 8 s", views.len());
        watched.play(&tone(1000.0, 40 * HOP), &defaults());
        let views = watched.views();
        let heard = views.iter().any(|view| view.listening);
        assert!(heard, "{name}: programme is heard again");
    }
}

#[test]
fn many_instances_share_the_threads_and_each_sounds_as_if_alone() {
    let settings = defaults();
    let audio = programme(RATE, 1.0);
    let alone = render(
        &mut processor(offline(RATE, 2), &settings),
        &audio,
        &settings,
        &[512],
    );
    let mut all: Vec<Processor> = (0..64)
        .map(|_| processor(offline(RATE, 2), &settings))
        .collect();
    for (index, processor) in all.iter_mut().enumerate() {
        let out = render(processor, &audio, &settings, &[512]);
        assert_identical(&out, &alone, &format!("instance {index}"));
    }
}
