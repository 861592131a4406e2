//! The loudness gain through the whole chain: where it lands, how it moves, what it never does.
#![allow(missing_docs)]

mod common;

use auralis_dsp::FRAME;
use auralis_engine::ear::AdaptMode;
use auralis_engine::processor::ProcessorSettings;
use common::*;
use ebur128::{EbuR128, Mode};

const RATE: f64 = 48_000.0;
/// Frames of 64 samples a second.
const FRAMES_PER_S: usize = 750;

/// Gated loudness in LUFS.
fn integrated(audio: &Audio) -> f64 {
    let mut meter = EbuR128::new(2, RATE as u32, Mode::I).unwrap();
    let planar: Vec<&[f32]> = audio.iter().map(Vec::as_slice).collect();
    meter.add_frames_planar_f32(&planar).unwrap();
    meter.loudness_global().unwrap()
}

/// The audio brought to a loudness.
fn at_loudness(mut audio: Audio, lufs: f64) -> Audio {
    let gain = 10_f64.powf((lufs - integrated(&audio)) / 20.0) as f32;
    audio.iter_mut().flatten().for_each(|x| *x *= gain);
    audio
}

/// Syllables of noise with pauses.
fn speech(seconds: f64) -> Audio {
    let len = (RATE * seconds) as usize;
    let mut low = 0.0;
    let voice: Vec<f32> = noise(11, len)
        .into_iter()
        .enumerate()
        .map(|(n, x)| {
            low += 0.15 * (x - low);
            let t = n as f64 / RATE;
            let syllable = (std::f64::consts::TAU * 4.0 * t).sin().max(0.0);
            let pause = if t % 3.0 > 2.4 { 0.0 } else { 1.0 };
            low * (syllable * pause) as f32
        })
        .collect();
    vec![voice.clone(), voice]
}

/// A bounce of `audio`, with loudness and makeup gain in dB after each frame.
fn bounce(audio: &Audio, settings: &ProcessorSettings) -> (Audio, Vec<[f32; 2]>) {
    let mut processor = processor(offline(RATE, 2), settings);
    let (mut out, mut gains_db) = (audio.clone(), Vec::new());
    let mut slices: Vec<&mut [f32]> = out.iter_mut().map(Vec::as_mut_slice).collect();
    processor.process(&mut slices, None, settings, |frame| {
        gains_db.push([
            frame.adaptive.loudness_gain_db,
            frame.adaptive.makeup_gain_db,
        ]);
    });
    // A bounce begins with the first sound: nothing moves before.
    let silent_frames = audio[0].len() / FRAME - gains_db.len();
    gains_db.splice(0..0, vec![[0.0; 2]; silent_frames]);
    (out, gains_db)
}

#[test]
fn a_bounce_of_more_than_a_minute_lands_on_the_target_as_a_whole() {
    // What is promised of a first pass over a song; and of a programme that is followed half of it: the seconds
    // in which its gain is found count, and loud beats are held within 2.5 LU of the target.
    let modes = [(AdaptMode::Learn, 1.5), (AdaptMode::Follow, 0.75)];
    let levels = [
        (-24.0, -14.0),
        (-18.0, -14.0),
        (-14.0, -18.0),
        (-18.0, -23.0),
    ];
    let cases = modes.into_iter().flat_map(|mode| levels.map(|l| (mode, l)));
    for ((mode, tolerance), (from, target)) in cases {
        let audio = at_loudness(programme(RATE, 64.0), from);
        let mut settings = defaults();
        settings.analysis.loud_target_lufs = target;
        settings.analysis.mode = mode;
        let (out, gains_db) = bounce(&audio, &settings);
        let landed = integrated(&out);
        let error = landed - f64::from(target);
        assert!(
            error.abs() < tolerance,
            "{mode:?}, {from} to {target}: {landed:.2} LUFS"
        );
        let range = settings.analysis.loud_range_db;
        for (frame, [gain_db, _]) in gains_db.iter().enumerate() {
            // The rounding of the glide, in f32.
            assert!(
                gain_db.abs() <= range + 1e-3,
                "{from} to {target}, frame {frame}: {gain_db}"
            );
        }
    }
}

#[test]
fn a_programme_that_swells_lands_as_a_whole_too() {
    let mut audio = at_loudness(programme(RATE, 75.0), -20.0);
    let len = audio[0].len();
    for channel in &mut audio {
        for (n, sample) in channel.iter_mut().enumerate() {
            *sample *= 10_f32.powf(0.6 * (n as f32 / len as f32 - 0.5));
        }
    }
    let (out, _) = bounce(&audio, &defaults());
    let landed = integrated(&out);
    // 12 dB between start and end: what was heard says least of what comes. Songs are promised 1.5 LU. Neither
    // the compressor nor the limiter takes much of the loud end, which comes before the gain knows of it.
    assert!((landed + 14.0).abs() < 2.7, "{landed:.2} LUFS");
}

#[test]
fn the_output_is_never_louder_than_the_range_allows() {
    let audio = at_loudness(programme(RATE, 40.0), -40.0);
    let mut settings = defaults();
    settings.analysis.loud_range_db = 6.0;
    let (out, gains_db) = bounce(&audio, &settings);
    let change = integrated(&out) + 40.0;
    // What the processors take is measured over the last seconds, and given back a little late.
    assert!(
        (change - 6.0).abs() < 0.7,
        "{change:.2} LU with a range of 6"
    );
    let most = gains_db
        .iter()
        .fold(0.0, |most: f32, gain| most.max(gain[0]));
    assert!(most <= 6.001, "{most} dB");
}

#[test]
fn silence_speech_silence_music_never_lifts_the_gain_above_where_it_ends() {
    let silence = |seconds: f64| vec![vec![0.0; (RATE * seconds) as usize]; 2];
    let parts = [
        silence(5.0),
        at_loudness(speech(20.0), -22.0),
        silence(10.0),
        at_loudness(programme(RATE, 40.0), -24.0),
    ];
    let audio: Audio = (0..2)
        .map(|c| {
            parts
                .iter()
                .flat_map(|part| part[c].iter().copied())
                .collect()
        })
        .collect();
    let (out, gains_db) = bounce(&audio, &defaults());
    let gain_at = |frame: usize| gains_db[frame][0];
    let end = gain_at(gains_db.len() - 1);
    let highest = (0..gains_db.len())
        .max_by(|a, b| gain_at(*a).total_cmp(&gain_at(*b)))
        .unwrap();
    // Half a dB: the music gets louder towards its end by as much, and the gain follows it.
    assert!(
        gain_at(highest) <= end + 0.5,
        "{} dB at {:.1} s, ended at {end}",
        gain_at(highest),
        highest as f64 / FRAMES_PER_S as f64
    );
    // From a second into the silence until the music.
    for frame in 26 * FRAMES_PER_S..35 * FRAMES_PER_S {
        for (name, kind) in [("loudness gain", 0), ("makeup", 1)] {
            let (before, now) = (gains_db[frame - 1][kind], gains_db[frame][kind]);
            assert!(
                now <= before,
                "{name} in silence, frame {frame}: {before} to {now}"
            );
        }
    }
    let second_of = |s: usize| -> Audio {
        out.iter()
            .map(|c| c[s * 48_000..(s + 1) * 48_000].to_vec())
            .collect()
    };
    let last = integrated(&second_of(74));
    let first = integrated(&second_of(35));
    assert!(
        first < last + 0.5,
        "{first:.1} LUFS after silence, {last:.1} at the end"
    );
}
