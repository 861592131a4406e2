//! A reference out of a file: what it holds, what it is refused for, and who waits for it.
#![cfg(feature = "cli")] // writes WAV
#![allow(missing_docs)]

#[path = "../crates/auralis-engine/tests/common/mod.rs"]
mod common;

use std::sync::Arc;

use std::path::{Path, PathBuf};

use auralis::audio_file::Audio as File;
use auralis::reference_file;
use auralis::tools::wav::write_wav;
use auralis_dsp::bands::center_hz;
use auralis_engine::ear::reference::Reference;
use auralis_engine::knowledge::Knowledge;
use auralis_engine::processor::Processor;
use auralis_engine::reference::slot::CaptureSource;
use auralis_engine::reference::slot::ReferenceSlot;
use common::*;

const RATE: u32 = 48_000;

/// The place of a file of this test run.
fn place(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("reference");
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

/// A WAV file of this test run.
fn wav(name: &str, sample_rate: u32, channels: Audio) -> PathBuf {
    let path = place(name);
    let file = File {
        sample_rate,
        channels,
    };
    write_wav(&path, &file).unwrap();
    path
}

/// The programme and a second of silence, which closes the gates.
fn song() -> Audio {
    let mut audio = programme(f64::from(RATE), 8.0);
    for channel in &mut audio {
        channel.extend([0.0; RATE as usize]);
    }
    audio
}

/// The reference of a file.
fn loaded(path: &Path) -> Reference {
    let slot = ReferenceSlot::default();
    reference_file::read(slot.start_reading(), path);
    assert_eq!(slot.failure(), "");
    slot.current().unwrap()
}

/// The reference that the main input of an offline stream gives.
fn learned(audio: &Audio) -> Reference {
    let slot = ReferenceSlot::default();
    slot.capture(CaptureSource::Input);
    let knowledge = Knowledge {
        reference: slot.clone(),
        ..Knowledge::default()
    };
    let settings = all_off();
    let stream = offline(f64::from(RATE), audio.len());
    let mut processor = Processor::new(stream, &settings, knowledge, Arc::new(|_| false));
    processor.reset();
    render(&mut processor, audio, &settings, &[512]);
    slot.capture(CaptureSource::Off);
    // Requests are heard at the next hop.
    let silence = vec![vec![0.0; 8192]; audio.len()];
    render(&mut processor, &silence, &settings, &[512]);
    slot.current().unwrap()
}

#[test]
fn a_file_gives_the_reference_that_the_same_audio_gives_at_the_input() {
    for (name, audio) in [
        ("stereo.wav", song()),
        ("mono.wav", vec![song().swap_remove(0)]),
    ] {
        let file = loaded(&wav(name, RATE, audio.clone()));
        let input = learned(&audio);
        // The same samples in the same hops: nothing but the name differs.
        assert_eq!(file.tone_db(), input.tone_db(), "{name}");
        assert_eq!(file.side_db(), input.side_db(), "{name}");
        assert_eq!(file.loudness_lufs(), input.loudness_lufs(), "{name}");
        assert_eq!(file.seconds(), input.seconds(), "{name}");
        let expected = name.strip_suffix(".wav").unwrap();
        assert_eq!(file.name(), expected);
    }
}

#[test]
fn the_sample_rate_of_a_file_does_not_matter() {
    /// A sine in the middle of every band that all rates have, 3 dB less per octave.
    fn chord(sample_rate: u32) -> Audio {
        let frames = 8 * sample_rate as usize;
        let mut sum = vec![0.0_f32; frames];
        for hz in (0..22).map(center_hz) {
            let turn = f64::from(std::f32::consts::TAU * hz) / f64::from(sample_rate);
            let gain = 0.05 * (1000.0 / f64::from(hz)).sqrt();
            for (i, x) in sum.iter_mut().enumerate() {
                *x += (gain * (turn * i as f64).sin()) as f32;
            }
        }
        vec![sum.clone(), sum]
    }
    let expected = loaded(&wav("rate 48000.wav", 48_000, chord(48_000)));
    for rate in [44_100, 96_000] {
        let got = loaded(&wav(&format!("rate {rate}.wav"), rate, chord(rate)));
        for band in 4..22 {
            // The windows are as long in seconds, but their bins lie otherwise in narrow bands.
            let error = got.tone_db()[band] - expected.tone_db()[band];
            assert!(error.abs() < 0.5, "{rate} Hz, band {band}: {error} dB");
        }
        let error = got.loudness_lufs() - expected.loudness_lufs();
        assert!(error.abs() < 0.1, "{rate} Hz: {error} LU");
    }
}

#[test]
fn what_gives_no_reference_is_named_and_the_one_in_use_stays() {
    let slot = ReferenceSlot::default();
    reference_file::read(slot.start_reading(), &wav("kept.wav", RATE, song()));
    let kept = slot.current();
    assert!(kept.is_some());
    let whole = std::fs::read(place("kept.wav")).unwrap();
    let written = |name: &str, bytes: &[u8]| {
        std::fs::write(place(name), bytes).unwrap();
        place(name)
    };
    let short = vec![noise(1, RATE as usize)];
    let cases = [
        (wav("short.wav", RATE, short), "short has"),
        (
            wav("silent.wav", RATE, vec![vec![0.0; 300_000]]),
            "silent has 0.0 s",
        ),
        (wav("no frames.wav", RATE, vec![vec![]]), "0 frames"),
        (
            wav("three.wav", RATE, vec![vec![0.1; 9999]; 3]),
            "3 channels",
        ),
        (written("empty.wav", &[]), "empty"),
        (written("cut.wav", &whole[..whole.len() / 2]), "cut off"),
        (
            written("text.wav", &b"no audio at all\n".repeat(99)),
            "not audio",
        ),
        (place(""), "directory"),
        (place("missing.wav"), "missing.wav"),
    ];
    for (path, expected) in cases {
        reference_file::read(slot.start_reading(), &path);
        let got = slot.failure();
        assert!(got.contains(expected), "{}: {got}", path.display());
        assert_eq!(slot.current(), kept, "{}", path.display());
        assert!(!slot.is_reading(), "{}", path.display());
    }
    slot.dismiss();
    assert_eq!((slot.failure().as_str(), slot.current()), ("", kept));
}

#[test]
fn a_file_that_nobody_waits_for_any_more_counts_for_nothing() {
    let (song, bad) = (wav("late.wav", RATE, song()), place("late and missing.wav"));
    let kept = loaded(&song);
    type Request = fn(&ReferenceSlot);
    let other_requests: [(&str, Request); 4] = [
        ("another", |slot| slot.replace(slot.current())),
        ("learning", |slot| slot.capture(CaptureSource::Input)),
        ("stopped", |slot| slot.dismiss()),
        ("another file", |slot| drop(slot.start_reading())),
    ];
    for (what, request) in other_requests {
        for path in [&song, &bad] {
            let slot = ReferenceSlot::default();
            slot.replace(Some(kept.clone()));
            let reading = slot.start_reading();
            assert!(slot.is_reading() && reading.is_wanted(), "{what}");
            request(&slot);
            let edition = slot.edition();
            assert!(!reading.is_wanted(), "{what}");
            reference_file::read(reading, path);
            assert_eq!(slot.edition(), edition, "{what}");
            assert_eq!(slot.failure(), "", "{what}");
        }
    }
    let slot = ReferenceSlot::default();
    let reading = slot.start_reading();
    drop(slot);
    assert!(!reading.is_wanted(), "the instance has ended");
    reference_file::read(reading, &song);
}
