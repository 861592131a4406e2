//! Who runs the ear: a bounce inside a project that plays, modes that change while audio runs, an ear
//! that fails.
#![allow(missing_docs)]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use auralis_engine::knowledge::status::EarState;
use auralis_engine::session::Draw;
use auralis_engine::{Knowledge, Memory, Processor, Stream};
use common::*;

const RATE: f64 = 48_000.0;
const HOP: usize = 2048;

fn real_time() -> Stream {
    Stream {
        offline: false,
        ..offline(RATE, 2)
    }
}

/// A bounce of a processor that is made for it, which is how most hosts do it.
fn own_bounce(audio: &Audio, memory: &Memory) -> Audio {
    let knowledge = taught_by(memory);
    let settings = defaults();
    let publish = Arc::new(|_: Draw<'_>| false);
    let mut processor = Processor::new(offline(RATE, 2), &settings, knowledge, publish);
    processor.reset();
    render(&mut processor, audio, &settings, &[512])
}

#[test]
fn a_bounce_inside_a_project_that_plays_is_the_bounce_of_its_own() {
    let (settings, memory, audio) = (defaults(), Memory::default(), music(80));
    let mut playing = RealTime::new(RATE, &settings, &memory);
    for round in 0..2 {
        playing.render(&audio, &settings, HOP);
        playing.processor.set_offline(true, &settings);
        let expected = own_bounce(&audio, &memory);
        for bounce in 0..2 {
            let out = render(&mut playing.processor, &audio, &settings, &[333]);
            assert_identical(&out, &expected, &format!("round {round} bounce {bounce}"));
            playing.processor.reset();
        }
        playing.resume(&settings);
    }
}

#[test]
fn a_bounce_ends_the_playing_of_a_reference_before_and_after_it() {
    let (settings, memory) = (defaults(), Memory::default());
    let knowledge = taught_by(&memory);
    let playback = knowledge.playback.clone();
    let publish = Arc::new(|_: Draw<'_>| false);
    let mut processor = Processor::new(real_time(), &settings, knowledge, publish);
    processor.reset();
    playback.set_on(true);
    playback.feed(|port| (0..10_000).for_each(|_| port.write([0.5, -0.5])));
    let silence: Audio = vec![vec![0.0; 4096]; 2];
    let peak = |audio: &Audio| audio.iter().flatten().fold(0.0, |p: f32, x| p.max(x.abs()));
    let heard = render(&mut processor, &silence, &settings, &[512]);
    assert!(peak(&heard) > 0.4, "it is not heard while it plays");
    for offline in [true, false] {
        processor.set_offline(offline, &settings);
        let heard = render(&mut processor, &silence, &settings, &[512]);
        assert_eq!(peak(&heard), 0.0, "offline {offline}");
    }
    assert!(!playback.is_on());
}

#[test]
fn a_bounce_starts_from_all_that_was_played_however_late_the_pool_is() {
    let (settings, memory, audio) = (defaults(), Memory::default(), music(80));
    let publish = Arc::new(|_: Draw<'_>| false);
    let mut processor = Processor::new(real_time(), &settings, taught_by(&memory), publish);
    processor.reset();
    // As fast as it goes: the pool has hardly begun when the mode changes. Eight hops fit in the ring.
    let short: Audio = audio.iter().map(|c| c[..8 * HOP].to_vec()).collect();
    render(&mut processor, &short, &settings, &[512]);
    processor.set_offline(true, &settings);
    let heard_s = f64::from(learned(&memory).heard_s);
    // The last of the eight hops ends with the tick of the next, which never came.
    let expected_s = (7 * HOP) as f64 / RATE;
    assert!(
        (heard_s - expected_s).abs() < 1e-3,
        "{heard_s} of {expected_s} s"
    );
}

#[test]
fn real_time_goes_on_after_a_bounce_and_adapts() {
    let (settings, memory, audio) = (defaults(), Memory::default(), music(60));
    let mut playing = RealTime::new(RATE, &settings, &memory);
    playing.render(&audio, &settings, HOP);
    playing.processor.set_offline(true, &settings);
    render(&mut playing.processor, &audio, &settings, &[512]);
    playing.resume(&settings);
    let before_s = learned(&memory).heard_s;
    // What is heard again teaches next to nothing; what comes behind it is new.
    playing.render(&music(120), &settings, HOP);
    let after_s = learned(&memory).heard_s;
    assert!(
        after_s > before_s + 1.0,
        "{before_s} s, then {after_s} s heard"
    );
}

#[test]
fn a_project_that_is_opened_and_closed_keeps_what_it_had_learned() {
    let memory = taught(60);
    let before = learned(&memory);
    let silence: Audio = vec![vec![0.0; 60 * HOP]; 2];
    for round in 0..3 {
        let mut playing = RealTime::new(RATE, &defaults(), &memory);
        playing.render(&silence, &defaults(), HOP);
        drop(playing);
        assert_eq!(learned(&memory), before, "round {round}");
    }
}

/// Knowledge and a processor whose ear panics once `broken` is set.
fn with_a_weak_ear(stream: Stream) -> (Processor, Knowledge, Arc<AtomicBool>) {
    let (knowledge, broken) = (Knowledge::default(), Arc::new(AtomicBool::new(false)));
    let is_broken = broken.clone();
    let publish = Arc::new(move |_: Draw<'_>| {
        assert!(!is_broken.load(Ordering::SeqCst), "this panic is meant");
        false
    });
    let mut processor = Processor::new(stream, &defaults(), knowledge.clone(), publish);
    processor.reset();
    (processor, knowledge, broken)
}

#[test]
fn an_ear_that_panics_ends_alone_and_the_audio_plays_on() {
    for stream in [real_time(), offline(RATE, 2)] {
        let (mut weak, knowledge, broken) = with_a_weak_ear(stream);
        let audio = music(10);
        render(&mut weak, &audio, &defaults(), &[512]);
        assert_eq!(knowledge.status.get(), EarState::Well);
        broken.store(true, Ordering::SeqCst);
        let start = Instant::now();
        while knowledge.status.get() == EarState::Well {
            assert!(
                start.elapsed() < Duration::from_secs(60),
                "no failure is told"
            );
            let out = render(&mut weak, &audio, &defaults(), &[512]);
            let peak = out[0].iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
            assert!(peak > 0.05, "the audio plays on, at a peak of {peak}");
        }
        assert_eq!(knowledge.status.get(), EarState::Failed);
        assert!(knowledge.status.message().is_some());
        // Nobody else notices: another instance on the same threads still gets its answers.
        let mut other = RealTime::new(RATE, &defaults(), &Memory::default());
        other.render(&music(5), &defaults(), HOP);
    }
}

#[test]
fn a_bounce_is_the_same_after_any_silence() {
    let audio = music(60);
    let expected = own_bounce(&audio, &Memory::default());
    for silent in [1, 64, 100, 888, 904, 2048, 48_000] {
        let led_in: Audio = audio
            .iter()
            .map(|c| [&vec![0.0; silent][..], c].concat())
            .collect();
        let got = own_bounce(&led_in, &Memory::default());
        for channel in &got {
            let first = channel.iter().take(silent).position(|x| *x != 0.0);
            assert_eq!(first, None, "{silent}: a sound before the sound");
        }
        let got: Audio = got.iter().map(|c| c[silent..].to_vec()).collect();
        assert_identical(
            &got,
            &expected,
            &format!("{silent} samples of silence first"),
        );
    }
}

#[test]
fn what_lies_in_a_sidechain_that_nobody_hears_changes_no_bounce() {
    let (settings, audio) = (defaults(), music(40));
    let expected = own_bounce(&audio, &Memory::default());
    let mut processor = processor(offline(RATE, 2), &settings);
    let mut remains = [noise(5, 904), noise(6, 904)];
    let sidechain: Vec<&mut [f32]> = remains.iter_mut().map(Vec::as_mut_slice).collect();
    let mut silence: Audio = vec![vec![0.0; 904]; 2];
    let mut slices: Vec<&mut [f32]> = silence.iter_mut().map(Vec::as_mut_slice).collect();
    processor.process(&mut slices, Some(&sidechain), &settings, |_| {});
    let got = render(&mut processor, &audio, &settings, &[512]);
    assert_identical(
        &got,
        &expected,
        "after 904 samples of silence beside remains",
    );
}
