use crate::ear::content::genre::*;

/// Time between two learnings, in seconds.
const STEP_S: f64 = 0.04;

/// Features of a textbook example of a kind.
fn typical(target: Target) -> Features {
    let (_, habit) = KINDS[KINDS.iter().position(|(kind, _)| *kind == target).unwrap()];
    let habit = habit.unwrap();
    Features {
        crest_db: profile(target).crest_db,
        flatness: 10.0_f32.powf(habit.flatness_db / 10.0),
        tempo_strength: habit.beat,
        tempo_bpm: if habit.beat > 0.5 { 95.0 } else { 0.0 },
        speech: if target == Target::Speech { 0.8 } else { 0.0 },
        ..Features::default()
    }
}

/// The weights after `seconds` of a programme with the spectrum of `tone`.
fn weights_after(seconds: f64, features: &Features, tone: Target) -> Vec<(Target, f32)> {
    let mut genre = Genre::new(STEP_S);
    for _ in 0..(seconds / STEP_S) as usize {
        genre.hear(features, &profile(tone).bands_db, 25);
    }
    genre.weights()
}

#[test]
fn a_textbook_example_of_a_kind_is_recognised() {
    for (target, habit) in KINDS {
        let features = match target {
            // It differs by its tempo.
            Target::Electronic => Features {
                tempo_bpm: 128.0,
                ..typical(target)
            },
            _ if habit.is_none() => continue,
            _ => typical(target),
        };
        let weights = weights_after(60.0, &features, target);
        assert_eq!(weights[0].0, target, "{weights:?}");
    }
}

#[test]
fn what_fits_nothing_is_balanced() {
    // Noise with a strong beat and a spectrum that rises: no kind of music.
    let features = Features {
        flatness: 0.5,
        tempo_strength: 0.9,
        crest_db: 25.0,
        ..Features::default()
    };
    let mut genre = Genre::new(STEP_S);
    let rising = std::array::from_fn(|band| -60.0 + 2.0 * band as f32);
    (0..1500).for_each(|_| genre.hear(&features, &rising, 25));
    let weights = genre.weights();
    assert!(
        weights[0].0 == Target::Balanced && weights[0].1 > 0.9,
        "{weights:?}"
    );
}

#[test]
fn the_weights_move_slowly_and_sum_to_one() {
    let classical = typical(Target::Classical);
    let mut before = 1.0;
    for seconds in [0.0, 1.0, 4.0, 8.0, 30.0] {
        let weights = weights_after(seconds, &classical, Target::Classical);
        let sum: f32 = weights.iter().map(|(_, weight)| weight).sum();
        // A division of at most ten f32.
        assert!((sum - 1.0).abs() < 1e-5, "{seconds} s: {sum}");
        let of_balanced = weights
            .iter()
            .find(|(target, _)| *target == Target::Balanced);
        let balanced = of_balanced.map_or(0.0, |(_, weight)| *weight);
        assert!(balanced <= before, "{seconds} s: {balanced} after {before}");
        // Nothing was heard: all is Balanced; after one time constant of 8 s about 1/e of it is.
        let expected = (-seconds / WEIGHTS_S).exp() as f32;
        assert!(
            (balanced - expected).abs() < 0.15,
            "{seconds} s: {balanced}, expected {expected}"
        );
        before = balanced;
    }
}

#[test]
fn the_reason_names_tone_dynamics_and_beat() {
    let features = Features {
        tempo_bpm: 128.0,
        crest_db: 8.0,
        ..typical(Target::Pop)
    };
    let pop = profile(Target::Pop);
    let bright = std::array::from_fn(|band| pop.bands_db[band] + 0.5 * band as f32);
    let words = describe(&features, &pop, &bright);
    assert_eq!(words, "bright, dense, 128 BPM, usually at -9 LUFS");
}
