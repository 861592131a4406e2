//! The adaptive tone through the whole chain, on noise with the spectra of real recordings.
#![allow(missing_docs)]

#[path = "../crates/auralis-engine/tests/common/mod.rs"]
mod common;

use std::sync::{Arc, Mutex};

use auralis::tools::measure::{Spectrum, long_term_spectrum, measure_hops};
use auralis_dsp::bands::{BANDS, EDGES_HZ, PerBand};
use auralis_engine::ear::AdaptMode;
use auralis_engine::ear::content::profiles::profile;
use auralis_engine::ear::target::Target;
use auralis_engine::knowledge::Knowledge;
use auralis_engine::processor::{Processor, ProcessorSettings};
use auralis_engine::session::Draw;
use common::*;
use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

const RATE: f64 = 48_000.0;
/// Time after which the EQ has arrived: ten times its time constant of 1 s, and more than the
/// quarter of a minute that the weights of `Auto` take.
const SETTLED_S: usize = 20;

/// Long-term levels of the critical bands of pieces of `tests/ear`, in dB, and what they are.
const REAL: [(&str, Target, PerBand); 5] = [
    (
        "metal, bright",
        Target::Rock,
        [
            -16.0, -14.0, -17.0, -23.0, -30.0, -33.0, -29.0, -33.0, -35.0, -32.0, -30.0, -26.0,
            -28.0, -27.0, -28.0, -29.0, -26.0, -27.0, -28.0, -28.0, -27.0, -26.0, -26.0, -28.0,
            -41.0,
        ],
    ),
    (
        "orchestra, dull",
        Target::Classical,
        [
            -26.0, -27.0, -30.0, -32.0, -32.0, -27.0, -33.0, -33.0, -34.0, -33.0, -37.0, -43.0,
            -38.0, -42.0, -39.0, -41.0, -43.0, -47.0, -50.0, -53.0, -54.0, -57.0, -59.0, -64.0,
            -73.0,
        ],
    ),
    (
        "jazz, heavy bass",
        Target::Jazz,
        [
            -16.0, -21.0, -32.0, -29.0, -32.0, -46.0, -39.0, -46.0, -43.0, -44.0, -38.0, -50.0,
            -53.0, -56.0, -54.0, -56.0, -53.0, -55.0, -54.0, -56.0, -56.0, -58.0, -59.0, -60.0,
            -63.0,
        ],
    ),
    (
        "electronic, bright",
        Target::Electronic,
        [
            -11.0, -16.0, -17.0, -23.0, -24.0, -31.0, -34.0, -30.0, -37.0, -36.0, -36.0, -37.0,
            -38.0, -40.0, -39.0, -40.0, -38.0, -36.0, -36.0, -33.0, -34.0, -33.0, -30.0, -28.0,
            -29.0,
        ],
    ),
    (
        "a reader at 16 kHz",
        Target::Speech,
        [
            -30.0, -27.0, -30.0, -29.0, -29.0, -32.0, -35.0, -38.0, -40.0, -42.0, -44.0, -43.0,
            -43.0, -43.0, -42.0, -44.0, -41.0, -39.0, -44.0, -49.0, -60.0, -95.0, -111.0, -113.0,
            -113.0,
        ],
    ),
];

/// Noise whose bands have these levels exactly, over and over after 2.7 s; left and right differ.
fn shaped(levels_db: &PerBand, seconds: usize) -> Audio {
    let size = 1 << 17;
    let bin_hz = RATE / size as f64;
    let fft = FftPlanner::new().plan_fft_inverse(size);
    let channels = [1, 2].map(|seed| {
        let phases = noise(seed, size / 2);
        let mut bins = vec![Complex::default(); size];
        for band in 0..BANDS {
            let [low, high] = [EDGES_HZ[band], EDGES_HZ[band + 1]].map(f64::from);
            let [first, end] = [low, high].map(|hz| (hz / bin_hz).ceil() as usize);
            let power = 10_f64.powf(f64::from(levels_db[band]) / 10.0) / (end - first) as f64;
            for bin in first..end {
                let phase = std::f64::consts::PI * f64::from(phases[bin]);
                bins[bin] = Complex::from_polar(power.sqrt(), phase);
            }
        }
        fft.process(&mut bins);
        bins
    });
    let looped = |channel: &Vec<Complex<f64>>| {
        let samples = channel.iter().map(|z| z.re as f32);
        samples.cycle().take(seconds * RATE as usize).collect()
    };
    channels.iter().map(looped).collect()
}

/// The EQ alone, at full amount.
fn eq_only(target: Target) -> ProcessorSettings {
    let mut settings = all_off();
    settings.chain.eq_on = true;
    settings.analysis.eq_on = true;
    settings.analysis.eq_amount = 1.0;
    settings.analysis.eq_range_db = 12.0;
    settings.analysis.eq_speed_s = 1.0;
    settings.analysis.target = target;
    settings
}

fn bounce(audio: &Audio, settings: &ProcessorSettings) -> Audio {
    let mut processor = processor(offline(RATE, 2), settings);
    let mut out = audio.clone();
    let mut slices: Vec<&mut [f32]> = out.iter_mut().map(Vec::as_mut_slice).collect();
    processor.process(&mut slices, None, settings, |_| {});
    out
}

/// The spectrum from the first sample on.
fn whole(audio: &Audio) -> Spectrum {
    long_term_spectrum(&measure_hops(audio, RATE as u32))
}

/// The spectrum once the EQ has settled.
fn settled(audio: &Audio) -> Spectrum {
    let tail: Audio = audio
        .iter()
        .map(|channel| channel[SETTLED_S * RATE as usize..].to_vec())
        .collect();
    whole(&tail)
}

/// Distance of a spectrum to a target in dB, over the bands that hold programme.
fn distance_db(spectrum: &Spectrum, target: Target, levels_db: &PerBand) -> f32 {
    let loudest = levels_db.iter().fold(f32::MIN, |most, db| most.max(*db));
    let spectrum = spectrum.level_db;
    let target_db = profile(target).bands_db;
    // From 100 Hz to 12 kHz, as in docs/EAR.md.
    let differences: Vec<f32> = (1..23)
        .filter(|band| levels_db[*band] > loudest - 60.0)
        .map(|band| spectrum[band] - target_db[band])
        .collect();
    let count = differences.len() as f32;
    let mean = differences.iter().sum::<f32>() / count;
    let squares = differences.iter().map(|db| (db - mean).powi(2));
    (squares.sum::<f32>() / count).sqrt()
}

#[test]
fn real_spectra_come_at_least_half_way_to_their_target() {
    for (name, target, levels_db) in &REAL {
        let before = shaped(levels_db, SETTLED_S + 6);
        let after = bounce(&before, &eq_only(*target));
        let [old, new] =
            [&before, &after].map(|audio| distance_db(&settled(audio), *target, levels_db));
        println!("{name}: {old:.1} to {new:.1} dB");
        assert!(old > 2.5, "{name}: {old} dB is no distance");
        assert!(new <= 0.5 * old, "{name}: from {old} to {new} dB");
    }
}

#[test]
fn sections_that_differ_come_to_the_target_as_a_whole() {
    let [(_, _, metal), _, (_, _, jazz), ..] = REAL;
    // Long after one section the other begins: what is measured is late then.
    let sections = [metal, jazz, metal, jazz].map(|levels_db| shaped(&levels_db, 15));
    let before: Audio = (0..2)
        .map(|c| {
            sections
                .iter()
                .flat_map(|section| section[c].clone())
                .collect()
        })
        .collect();
    let mut settings = eq_only(Target::Balanced);
    settings.analysis.eq_speed_s = 6.0;
    settings.analysis.mode = AdaptMode::Follow;
    let after = bounce(&before, &settings);
    let [old, new] =
        [&before, &after].map(|audio| distance_db(&whole(audio), Target::Balanced, &metal));
    assert!(old > 3.0, "{old} dB is no distance");
    // A third: late gains alone leave 45 %, the start that they miss among it.
    assert!(new <= old / 3.0, "from {old} to {new} dB");
}

#[test]
fn a_track_that_is_there_already_is_left_alone() {
    for target in [Target::Pop, Target::Classical, Target::Electronic] {
        let before = shaped(&profile(target).bands_db.map(|db| db - 40.0), SETTLED_S + 6);
        let after = bounce(&before, &eq_only(target));
        let change = settled(&after).minus(&settled(&before));
        for (band, db) in change.iter().enumerate() {
            let db = db.expect("noise in every band");
            assert!(db.abs() < 0.5, "{target:?}, band {band}: {db} dB");
        }
    }
}

/// The adaptive gains after a bounce, in dB.
fn final_gains_db(audio: &Audio, settings: &ProcessorSettings) -> PerBand {
    let last = Arc::new(Mutex::new([0.0; BANDS]));
    let seen = last.clone();
    let publish = Arc::new(move |draw: Draw<'_>| {
        *seen.lock().unwrap() = draw().0.adaptive_db;
        true
    });
    let stream = offline(RATE, 2);
    let mut processor = Processor::new(stream, settings, Knowledge::default(), publish);
    processor.reset();
    let mut out = audio.clone();
    let mut slices: Vec<&mut [f32]> = out.iter_mut().map(Vec::as_mut_slice).collect();
    processor.process(&mut slices, None, settings, |_| {});
    drop(processor);
    *last.lock().unwrap()
}

#[test]
fn what_was_never_there_is_not_brought_up() {
    let (_, _, reader) = REAL[4];
    let gains_db = final_gains_db(&shaped(&reader, SETTLED_S), &eq_only(Target::Balanced));
    for (band, db) in gains_db.iter().enumerate().skip(22) {
        assert!(db.abs() < 0.1, "band {band}, far above 8 kHz: {db} dB");
    }
    let loudest = gains_db[..20]
        .iter()
        .fold(0.0_f32, |most, db| most.max(db.abs()));
    assert!(loudest > 2.0, "the rest is corrected: {gains_db:?}");
}

#[test]
fn below_the_gate_the_tone_is_frozen() {
    let settings = eq_only(Target::Balanced);
    let (_, _, metal) = REAL[0];
    let music = shaped(&metal, SETTLED_S);
    // Another spectrum, 30 dB below: what is left between two tracks.
    let (_, _, orchestra) = REAL[1];
    let rest = shaped(&orchestra.map(|db| db - 30.0), SETTLED_S);
    let both: Audio = music
        .iter()
        .zip(&rest)
        .map(|(music, rest)| [&music[..], rest].concat())
        .collect();
    let (before, after) = (
        final_gains_db(&music, &settings),
        final_gains_db(&both, &settings),
    );
    for band in 0..BANDS {
        let moved = (after[band] - before[band]).abs();
        // The gate closes 400 ms late, a window of loudness; a report may be 0.1 dB old.
        assert!(
            moved < 0.3,
            "band {band}: from {} to {} dB",
            before[band],
            after[band]
        );
    }
}
