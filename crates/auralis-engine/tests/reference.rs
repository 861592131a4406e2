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
