//! The analyst as a whole: repeatable, gated, within its ranges.

use crate::ear::analyst::*;
use crate::ear::test_signals::{Noise, hop_samples, run, signal};
use auralis_dsp::chain::Adaptive;

const RATE: f64 = 48_000.0;
const HOP: usize = 2048;

/// Dull pink noise at about -30 dBFS: programme that wants highs and level.
fn dull(seconds: usize) -> Vec<f32> {
    let (mut noise, mut low) = (Noise::new(4), 0.0_f32);
    signal(seconds * 48_000, |_| {
        low += 0.1 * (noise.pink() - low);
        0.3 * low
    })
}

#[test]
fn the_same_hops_give_the_same_decisions_after_a_reset_too() {
    let settings = AnalysisSettings::default();
    let audio = dull(6);
    let mut analyst = Analyst::new(settings.mode, RATE, 2, HOP);
    let first = run(&mut analyst, &audio, &audio, HOP, &settings);
    analyst.reset();
    let again = run(&mut analyst, &audio, &audio, HOP, &settings);
    for (hop, (got, expected)) in again.iter().zip(&first).enumerate() {
        assert_eq!(got, expected, "hop {hop}");
    }
}

#[test]
fn a_dull_quiet_programme_gets_highs_and_level_within_the_ranges() {
    let settings = AnalysisSettings {
        eq_amount: 1.0,
        eq_speed_s: 1.0,
        target: Target::Balanced,
        ..AnalysisSettings::default()
    };
    let audio = dull(60);
    let decisions = run(
        &mut Analyst::new(settings.mode, RATE, 2, HOP),
        &audio,
        &audio,
        HOP,
        &settings,
    );
    let last = decisions[decisions.len() - 1];
    assert!(last.eq_db[21] > 3.0, "highs: {:?}", last.eq_db);
    assert!(
        last.loudness_gain_db > 5.0,
        "level: {} dB",
        last.loudness_gain_db
    );
    for (hop, decision) in decisions.iter().enumerate() {
        for (band, gain) in decision.eq_db.iter().enumerate() {
            assert!(
                gain.abs() <= settings.eq_range_db,
                "hop {hop}, band {band}: {gain} dB"
            );
        }
    }
}

#[test]
fn in_silence_nothing_moves() {
    let settings = AnalysisSettings::default();
    let mut analyst = Analyst::new(settings.mode, RATE, 2, HOP);
    let silence = vec![0.0; 4 * 48_000];
    for decision in run(&mut analyst, &silence, &silence, HOP, &settings) {
        // The gain that songs want on average; nothing else is known.
        let expected = Adaptive {
            loudness_gain_db: 1.0,
            ..Adaptive::NEUTRAL
        };
        assert_eq!(decision, expected);
    }
    let audio = dull(8);
    let learned = run(&mut analyst, &audio, &audio, HOP, &settings);
    let expected = learned[learned.len() - 1].eq_db;
    // The momentary window of 400 ms still holds programme for ten hops.
    for (hop, decision) in run(&mut analyst, &silence, &silence, HOP, &settings)
        .iter()
        .enumerate()
        .skip(15)
    {
        for (band, (got, want)) in decision.eq_db.iter().zip(expected).enumerate() {
            assert!(
                (got - want).abs() < 0.3,
                "hop {hop}, band {band}: {got}, was {want}"
            );
        }
    }
}

#[test]
fn any_rate_layout_and_level_gives_finite_decisions() {
    for (rate, channels) in [(8_000.0, 1), (22_050.0, 2), (192_000.0, 1), (768_000.0, 2)] {
        let hop = hop_samples(rate);
        let mut analyst = Analyst::new(AdaptMode::Learn, rate, channels, hop);
        let mut noise = Noise::new(6);
        for level in [1e3, 1e-3, 1e-38, 0.0] {
            for _ in 0..20 {
                let audio = signal(hop, |_| level * noise.white());
                let signals = vec![&audio[..]; channels];
                let hop = Hop {
                    input: &signals,
                    output: &signals,
                    loudness_gain_db: 0.0,
                    again: false,
                };
                let measures = analyst.measure(&hop);
                let d = analyst.hop(&hop, &measures, &AnalysisSettings::default());
                let numbers = [
                    d.threshold_offset_db,
                    d.ratio_offset,
                    d.loudness_gain_db,
                    d.matched_gain_db,
                ];
                assert!(
                    numbers.iter().chain(&d.eq_db).all(|x| x.is_finite()),
                    "{rate} Hz at {level}: {d:?}"
                );
            }
        }
    }
}

#[test]
fn what_is_pending_goes_away_as_the_song_goes_on_and_only_learning_has_it() {
    let audio = dull(60);
    let pending = |mode, seconds: usize| {
        let settings = AnalysisSettings {
            mode,
            eq_amount: 1.0,
            target: Target::Balanced,
            ..AnalysisSettings::default()
        };
        let mut analyst = Analyst::new(mode, RATE, 2, HOP);
        let heard = &audio[..seconds * 48_000];
        run(&mut analyst, heard, heard, HOP, &settings);
        analyst.view(&settings).pending
    };
    let early = pending(AdaptMode::Learn, 3);
    assert!(early.eq_db > 0.5 && early.loudness_db > 1.0, "{early:?}");
    let late = pending(AdaptMode::Learn, 60);
    // The EQ follows, with its time constant of 6 s, what is believed more and more.
    assert!(late.eq_db < 0.5 * early.eq_db, "{late:?} after {early:?}");
    assert!(late.loudness_db.abs() < 0.3, "{late:?}");
    for mode in [AdaptMode::Hold, AdaptMode::Follow] {
        assert_eq!(pending(mode, 3), Pending::default(), "{mode:?}");
    }
}
