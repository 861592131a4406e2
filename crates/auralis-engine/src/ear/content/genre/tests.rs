use crate::ear::content::genre::*;
use crate::ear::content::kinds::MEASURED_KINDS;
use auralis_dsp::bands::BANDS;

/// Time between two learnings, in seconds.
const STEP_S: f64 = 0.04;

/// Features of a textbook example of a kind.
fn typical(target: Target) -> Features {
    Features {
        crest_db: profile(target).crest_db,
        flatness: if target == Target::Speech {
            0.001
        } else {
            0.02
        },
        tempo_strength: if target == Target::Speech { 0.15 } else { 0.4 },
        onset_rate_hz: 3.0,
        speech: if target == Target::Speech { 0.8 } else { 0.0 },
        ..Features::default()
    }
}

/// What is made of `seconds` of a programme with the spectrum of `tone`.
fn heard(seconds: f64, features: &Features, tone: &PerBand) -> Genre {
    let mut genre = Genre::new(STEP_S);
    for hop in 1..=(seconds / STEP_S) as usize {
        genre.hear(features, tone, BANDS, hop as f64 * STEP_S);
    }
    genre
}

#[test]
fn a_textbook_example_of_a_kind_is_recognised() {
    for target in MEASURED_KINDS.into_iter().chain([Target::Speech]) {
        let weights = heard(60.0, &typical(target), &profile(target).bands_db).weights();
        assert_eq!(weights[0].0, target, "{weights:?}");
    }
}

#[test]
fn the_measured_kinds_stand_where_their_weights_go() {
    let kinds = &KINDS[FIRST_MEASURED..AMBIENT];
    assert_eq!(kinds, MEASURED_KINDS);
    assert_eq!(
        [KINDS[BALANCED], KINDS[AMBIENT], KINDS[SPEECH]],
        [Target::Balanced, Target::Ambient, Target::Speech]
    );
}

#[test]
fn what_fits_nothing_is_balanced() {
    let rising = std::array::from_fn(|band| -60.0 + 3.0 * band as f32);
    let weights = heard(60.0, &typical(Target::Pop), &rising).weights();
    assert!(
        weights[0].0 == Target::Balanced && weights[0].1 > 0.9,
        "{weights:?}"
    );
}

#[test]
fn one_band_alone_is_of_no_kind() {
    let sine = std::array::from_fn(|band| if band == 8 { -20.0 } else { -150.0 });
    let weights = heard(60.0, &typical(Target::Pop), &sine).weights();
    assert_eq!(weights, [(Target::Balanced, 1.0)]);
}

#[test]
fn stillness_is_at_most_half_ambient() {
    let still = Features {
        onset_rate_hz: 0.0,
        tempo_strength: 0.0,
        crest_db: 10.0,
        ..typical(Target::Ambient)
    };
    let tone = profile(Target::Ambient).bands_db;
    let weights = heard(60.0, &still, &tone).weights();
    let of_ambient = weights.iter().find(|(kind, _)| *kind == Target::Ambient);
    let weight = of_ambient.map_or(0.0, |(_, weight)| *weight);
    assert!((0.4..=0.5).contains(&weight), "{weights:?}");
    let beating = Features {
        tempo_strength: 0.5,
        ..still
    };
    let weights = heard(60.0, &beating, &tone).weights();
    assert!(
        weights.iter().all(|(kind, _)| *kind != Target::Ambient),
        "with a beat: {weights:?}"
    );
}

#[test]
fn the_weights_move_slowly_and_sum_to_one() {
    let tone = profile(Target::Classical).bands_db;
    let mut before = 1.0;
    for seconds in [0.0, 1.0, 4.0, 8.0, 30.0] {
        let genre = heard(seconds, &typical(Target::Classical), &tone);
        let weights = genre.weights();
        let sum: f32 = weights.iter().map(|(_, weight)| weight).sum();
        // Sums of at most ten f32.
        assert!((sum - 1.0).abs() < 1e-5, "{seconds} s: {sum}");
        let balanced = genre.weights[BALANCED];
        assert!(balanced <= before, "{seconds} s: {balanced} after {before}");
        // Nothing was heard: all is Balanced; after one time constant of 8 s about 1/e of it is.
        let expected = (-seconds / WEIGHTS_S).exp() as f32;
        assert!(
            (balanced - expected).abs() < 0.05,
            "{seconds} s: {balanced}, expected {expected}"
        );
        before = balanced;
    }
}

#[test]
fn speech_bends_the_tone_and_music_does_not() {
    let speech = profile(Target::Speech).bands_db;
    let all = profile(Target::Balanced).bands_db;
    for (kind, expected) in [(Target::Speech, speech), (Target::Jazz, all)] {
        let tone_db = heard(90.0, &typical(kind), &profile(kind).bands_db).tone_db();
        for band in 0..BANDS {
            let off = tone_db[band] - expected[band];
            // What is left of other weights, of differences of up to 20 dB.
            assert!(off.abs() < 0.5, "{kind:?}, band {band}: {off} dB off");
        }
    }
}
