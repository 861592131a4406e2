//! A captured reference through the processor: learned over the link, part of the target, repeatable.
#![allow(missing_docs)]

mod common;

use std::sync::{Arc, Mutex};

use auralis_engine::ear::AdaptMode;
use auralis_engine::ear::target::Target;
use auralis_engine::ear::view::View;
use auralis_engine::knowledge::Knowledge;
use auralis_engine::processor::{Processor, ProcessorSettings};
use auralis_engine::reference::slot::CaptureSource;
use auralis_engine::reference::slot::ReferenceSlot;
use auralis_engine::session::Draw;
use common::*;

const RATE: f64 = 48_000.0;
/// Bands that the test signals fill.
const FILLED: std::ops::Range<usize> = 3..23;

/// Settings whose EQ follows the reference alone, quickly.
fn following(share: f32) -> ProcessorSettings {
    let mut settings = all_off();
    settings.chain.eq_on = true;
    settings.analysis.eq_on = true;
    settings.analysis.eq_amount = 1.0;
    settings.analysis.eq_range_db = 12.0;
    settings.analysis.eq_speed_s = 0.5;
    settings.analysis.target = Target::Balanced;
    settings.analysis.ref_blend = share;
    // Without the doubt that Learn has about a song of which it has heard seconds.
    settings.analysis.mode = AdaptMode::Follow;
    settings
}

/// What the panel sees.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Option<View>>>);

impl Seen {
    /// The last picture.
    fn view(&self) -> View {
        self.0.lock().unwrap().clone().expect("a picture")
    }
}

fn with_slot(settings: &ProcessorSettings, slot: &ReferenceSlot) -> (Processor, Seen) {
    let seen = Seen::default();
    let theirs = seen.clone();
    let publish = Arc::new(move |draw: Draw<'_>| {
        *theirs.0.lock().unwrap() = Some(draw().0);
        true
    });
    let knowledge = Knowledge {
        reference: slot.clone(),
        ..Knowledge::default()
    };
    let mut processor = Processor::new(offline(RATE, 2), settings, knowledge, publish);
    processor.reset();
    (processor, seen)
}

/// Processes with a sidechain.
fn play(
    processor: &mut Processor,
    audio: &Audio,
    sidechain: &Audio,
    settings: &ProcessorSettings,
) -> Audio {
    let (mut out, mut side) = (audio.clone(), sidechain.clone());
    for at in (0..audio[0].len() - 511).step_by(512) {
        let mut block: Vec<&mut [f32]> = out.iter_mut().map(|c| &mut c[at..at + 512]).collect();
        let side: Vec<&mut [f32]> = side.iter_mut().map(|c| &mut c[at..at + 512]).collect();
        processor.process(&mut block, Some(&side), settings, |_| {});
    }
    out
}

/// Lets a bounce take up what was asked of it: requests are heard at the next hop.
fn take_up(processor: &mut Processor, settings: &ProcessorSettings) {
    let silence = vec![vec![0.0; 4096]; 2];
    play(processor, &silence, &silence, settings);
}

/// Largest difference of two level-free curves, in dB.
fn distance_db(a: &[f32; 25], b: &[f32; 25]) -> f32 {
    let level = FILLED.map(|i| a[i] - b[i]).sum::<f32>() / FILLED.len() as f32;
    FILLED
        .map(|i| (a[i] - b[i] - level).abs())
        .fold(0.0, f32::max)
}

#[test]
fn learning_hears_the_input_or_the_sidechain_and_keeps_it_at_the_stop() {
    let (main, side) = (dull_noise(1, 6.0, 1.0), dull_noise(5, 6.0, 0.1));
    for (learning, source) in [
        (CaptureSource::Input, &main),
        (CaptureSource::Sidechain, &side),
    ] {
        let (settings, slot) = (following(0.0), ReferenceSlot::default());
        let (mut processor, _) = with_slot(&settings, &slot);
        slot.capture(learning);
        play(&mut processor, &main, &side, &settings);
        assert!(slot.captured_s() > 5.0, "{} s heard", slot.captured_s());
        slot.capture(CaptureSource::Off);
        take_up(&mut processor, &settings);
        let (got, expected) = (slot.current().expect("one"), captured(source));
        let error = distance_db(&got.tone_db(), &expected.tone_db());
        // The last hops of either may be missing.
        assert!(error < 0.3, "{learning:?}: {error} dB");
        assert!(
            (got.loudness_lufs() - expected.loudness_lufs()).abs() < 0.2,
            "{learning:?}"
        );
        assert!(
            (got.seconds() - expected.seconds()).abs() < 0.3,
            "{learning:?}"
        );
    }
}

#[test]
fn a_learning_that_is_given_up_or_too_short_leaves_the_reference_in_use() {
    let (settings, slot) = (following(0.0), ReferenceSlot::default());
    let kept = captured(&dull_noise(3, 6.0, 0.3));
    slot.replace(Some(kept.clone()));
    let (mut processor, _) = with_slot(&settings, &slot);
    for (end, seconds) in [(CaptureSource::Discard, 6.0), (CaptureSource::Off, 1.0)] {
        slot.capture(CaptureSource::Input);
        let audio = dull_noise(1, seconds, 1.0);
        play(&mut processor, &audio, &audio, &settings);
        slot.capture(end);
        take_up(&mut processor, &settings);
        assert_eq!(slot.failure().is_empty(), end == CaptureSource::Discard);
        assert_eq!(slot.current().as_ref(), Some(&kept), "{end:?}");
    }
}

#[test]
fn learning_from_the_sidechain_changes_no_bit_of_the_output() {
    let (audio, side) = (programme(RATE, 4.0), dull_noise(5, 4.0, 0.1));
    let settings = defaults();
    let bounce = |learning| {
        let slot = ReferenceSlot::default();
        slot.capture(learning);
        let (mut processor, _) = with_slot(&settings, &slot);
        play(&mut processor, &audio, &side, &settings)
    };
    let plain = bounce(CaptureSource::Off);
    for learning in [CaptureSource::Input, CaptureSource::Sidechain] {
        assert_identical(&bounce(learning), &plain, &format!("{learning:?}"));
    }
}

#[test]
fn the_correction_goes_to_the_reference_by_the_share_asked_for() {
    let (bright, dull) = (dull_noise(1, 14.0, 0.5), dull_noise(7, 14.0, 0.2));
    let reference = captured(&dull);
    let mut highs_db = Vec::new();
    for share in [0.0, 0.5, 1.0] {
        let slot = ReferenceSlot::default();
        slot.replace(Some(reference.clone()));
        let settings = following(share);
        let (mut processor, seen) = with_slot(&settings, &slot);
        play(&mut processor, &bright, &bright, &settings);
        let view = seen.view();
        let shown = distance_db(&view.reference_db.unwrap(), &reference.tone_db());
        assert!(shown < 0.01, "shown: {shown} dB from the reference");
        highs_db.push(view.target_db[21] - view.target_db[10]);
        if share == 1.0 {
            let error = distance_db(&view.target_db, &reference.tone_db());
            assert!(error < 0.01, "target: {error} dB from the reference");
            let corrected = std::array::from_fn(|i| view.long_term_db[i] + view.adaptive_db[i]);
            let before = distance_db(&view.long_term_db, &reference.tone_db());
            let after = distance_db(&corrected, &reference.tone_db());
            // Smoothing over neighbours and the report's step of 0.1 dB.
            assert!(
                before > 4.0 && after < 0.5,
                "{before} dB before, {after} dB after"
            );
        }
    }
    let middle = 0.5 * (highs_db[0] + highs_db[2]);
    assert!(
        (highs_db[1] - middle).abs() < 0.05,
        "half way: {highs_db:?} dB"
    );
}

#[test]
fn a_bounce_with_a_reference_repeats_bit_for_bit_and_the_reference_is_heard() {
    let audio = programme(RATE, 6.0);
    let mut settings = defaults();
    settings.analysis.ref_blend = 1.0;
    let slot = ReferenceSlot::default();
    let plain = {
        let (mut processor, _) = with_slot(&settings, &slot);
        render(&mut processor, &audio, &settings, &[512])
    };
    slot.replace(Some(captured(&dull_noise(7, 6.0, 0.1))));
    let (mut processor, _) = with_slot(&settings, &slot);
    let first = render(&mut processor, &audio, &settings, &[512]);
    let again = {
        let (mut processor, _) = with_slot(&settings, &slot);
        render(&mut processor, &audio, &settings, &[64, 1000, 7])
    };
    assert_identical(&again, &first, "another instance, other blocks");
    processor.reset();
    let third = render(&mut processor, &audio, &settings, &[512]);
    assert_identical(&third, &first, "after a reset");
    let residual = residual_db(&first[0], &plain[0], 0, 0);
    assert!(
        residual > -40.0,
        "the reference moves nothing: {residual} dB"
    );
}

#[test]
fn a_reference_that_comes_during_play_is_taken_at_a_hop() {
    let (settings, slot) = (following(1.0), ReferenceSlot::default());
    let (mut processor, seen) = with_slot(&settings, &slot);
    let audio = dull_noise(1, 4.0, 0.5);
    play(&mut processor, &audio, &audio, &settings);
    assert!(seen.view().reference_db.is_none());
    slot.replace(Some(captured(&dull_noise(7, 6.0, 0.1))));
    play(&mut processor, &audio, &audio, &settings);
    assert!(seen.view().reference_db.is_some());
    slot.replace(None);
    play(&mut processor, &audio, &audio, &settings);
    assert!(seen.view().reference_db.is_none());
}

/// Bass and noise in the middle, and as much noise in the side as `side` says; the bass of 30 Hz and 80 Hz at
/// these levels in dB.
fn bass_and_noise(side: f32, bass_db: [f32; 2]) -> Audio {
    let (middle, wide) = (noise(31, 720_000), noise(32, 720_000));
    let gains = bass_db.map(|db| 10_f32.powf(db / 20.0));
    let sample = |n: usize, sign: f32| {
        let t = n as f32 / RATE as f32;
        let tone = |hz: f32| (std::f32::consts::TAU * (hz * t).fract()).sin();
        let bass = gains[0] * tone(30.0) + gains[1] * tone(80.0);
        bass + 0.05 * (middle[n] + sign * side * wide[n])
    };
    [1.0, -1.0]
        .iter()
        .map(|sign| (0..720_000).map(|n| sample(n, *sign)).collect())
        .collect()
}

/// Level in dB of a sine in the last five seconds of a channel.
fn sine_db(channel: &[f32], hz: f64) -> f64 {
    let tail = &channel[channel.len() - 240_000..];
    let turn = std::f64::consts::TAU * hz / RATE;
    let parts = tail.iter().enumerate().fold([0.0; 2], |[a, b], (n, x)| {
        let (sin, cos) = (turn * n as f64).sin_cos();
        [a + f64::from(*x) * sin, b + f64::from(*x) * cos]
    });
    20.0 * (2.0 * parts[0].hypot(parts[1]) / tail.len() as f64).log10()
}

/// Power of the side over that of the middle in the last five seconds, in dB.
fn width_db(audio: &Audio) -> f64 {
    let pairs = audio[0]
        .iter()
        .zip(&audio[1])
        .skip(audio[0].len() - 240_000);
    let powers = pairs.fold([0.0; 2], |[m, s], (l, r)| {
        let [mid, side] = [l + r, l - r].map(f64::from);
        [m + mid * mid, s + side * side]
    });
    10.0 * (powers[1] / powers[0]).log10()
}

#[test]
fn width_and_the_balance_within_the_bass_become_the_references() {
    let programme = bass_and_noise(0.3, [-40.0, -34.0]);
    let model = bass_and_noise(0.9, [-34.0, -40.0]);
    let (settings, slot) = (following(1.0), ReferenceSlot::default());
    slot.replace(Some(captured(&model)));
    let (mut processor, _) = with_slot(&settings, &slot);
    let silence = vec![vec![0.0; programme[0].len()]; 2];
    let out = play(&mut processor, &programme, &silence, &settings);
    let [before, after, wanted] = [&programme, &out, &model].map(width_db);
    // A residual of the belief in a reference, and the bass that stays in the middle.
    assert!(
        (after - wanted).abs() < 1.5,
        "width: {before} to {after} dB, reference {wanted}"
    );
    let balance = |audio: &Audio| sine_db(&audio[0], 30.0) - sine_db(&audio[0], 80.0);
    let [before, after, wanted] = [&programme, &out, &model].map(balance);
    // The window tells apart what lies 23 Hz apart: parts of 20 and 23 Hz see some of each other.
    assert!(
        (after - wanted).abs() < 0.35 * (before - wanted).abs(),
        "30 over 80 Hz: {before} to {after} dB, reference {wanted}"
    );
}
