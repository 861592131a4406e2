use crate::ear::decide::loudness_control::*;
use crate::ear::meters::gated_mean::lufs_to_energy;

const STEP_S: f64 = 2048.0 / 48_000.0;

/// Settings of a mode.
fn in_mode(mode: AdaptMode) -> AnalysisSettings {
    AnalysisSettings {
        mode,
        ..AnalysisSettings::default()
    }
}

/// Feeds programme of a loudness for some seconds; the gain goes around the loop. The loudness of the
/// output after each step, in LUFS.
fn play(
    control: &mut LoudnessControl,
    lufs: f64,
    seconds: f64,
    settings: &AnalysisSettings,
) -> Vec<f64> {
    let mut outputs = Vec::new();
    for _ in 0..(seconds / STEP_S) as usize {
        let gain_db = control.gain_db(settings);
        let out_lufs = lufs + f64::from(gain_db);
        let energies = [lufs, out_lufs].map(lufs_to_energy);
        let hearing = if lufs > -60.0 {
            Hearing::New
        } else {
            Hearing::Nothing
        };
        control.step(energies, gain_db, Some(lufs as f32), hearing, settings);
        outputs.push(out_lufs);
    }
    outputs
}

/// The largest of the values from a time in seconds on.
fn largest(outputs: &[f64], from_s: f64) -> f64 {
    let from = (from_s / STEP_S) as usize;
    outputs[from..].iter().copied().fold(f64::MIN, f64::max)
}

#[test]
fn a_steady_song_is_learned_without_overshoot() {
    let settings = in_mode(AdaptMode::Learn);
    for lufs in [-24.0, -18.0, -8.0] {
        let mut control = LoudnessControl::new(STEP_S, AdaptMode::Learn);
        let outputs = play(&mut control, lufs, 240.0, &settings);
        let end = outputs[outputs.len() - 1];
        // The deficit that is still believed after four minutes.
        assert!((end + 14.0).abs() < 0.6, "{lufs} LUFS ends at {end}");
        let over = largest(&outputs, 2.0) + 14.0;
        assert!(over < 0.5, "{lufs} LUFS: {over} LU over the target");
    }
}

#[test]
fn a_programme_that_is_followed_never_overshoots_by_more_than_three() {
    let settings = in_mode(AdaptMode::Follow);
    for (first, second) in [
        (-24.0, -12.0),
        (-12.0, -24.0),
        (-30.0, -9.0),
        (-18.0, -14.0),
    ] {
        let mut control = LoudnessControl::new(STEP_S, AdaptMode::Follow);
        let start = play(&mut control, first, 30.0, &settings);
        let over = largest(&start, 0.5) + 14.0;
        assert!(over < 3.0, "{first} LUFS starts {over} LU over the target");
        let after = play(&mut control, second, 30.0, &settings);
        // A second on; before that it takes the momentary window to know.
        for (from_s, most) in [(0.5, 4.1), (1.0, 3.0)] {
            let over = largest(&after, from_s) + 14.0;
            assert!(
                over < most,
                "{first} to {second}: {over} LU over the target"
            );
        }
        let ten = after[(10.0 / STEP_S) as usize];
        assert!(
            (ten + 14.0).abs() < 1.5,
            "{first} to {second}: {ten} after 10 s"
        );
    }
}

#[test]
fn the_gain_never_rises_in_silence_and_stays_in_its_range() {
    for mode in [AdaptMode::Learn, AdaptMode::Follow] {
        let settings = in_mode(mode);
        let mut control = LoudnessControl::new(STEP_S, mode);
        let start = control.gain_db(&settings);
        play(&mut control, -100.0, 5.0, &settings);
        assert_eq!(
            control.gain_db(&settings),
            start,
            "{mode:?}: nothing was heard"
        );
        play(&mut control, -40.0, 300.0, &settings);
        let before = control.gain_db(&settings);
        assert!(before <= settings.loud_range_db, "{mode:?}: {before}");
        play(&mut control, -100.0, 30.0, &settings);
        assert_eq!(
            control.gain_db(&settings),
            before,
            "{mode:?}: moved in silence"
        );
    }
}

#[test]
fn switched_off_it_glides_to_unity() {
    let mut settings = in_mode(AdaptMode::Learn);
    let mut control = LoudnessControl::new(STEP_S, AdaptMode::Learn);
    play(&mut control, -24.0, 60.0, &settings);
    settings.loud_on = false;
    play(&mut control, -24.0, 10.0, &settings);
    assert_eq!(control.gain_db(&settings), 0.0);
}

#[test]
fn another_target_is_met_at_once() {
    for mode in [AdaptMode::Learn, AdaptMode::Follow] {
        let mut settings = in_mode(mode);
        let mut control = LoudnessControl::new(STEP_S, mode);
        let before = play(&mut control, -18.0, 60.0, &settings);
        settings.loud_target_lufs = -9.0;
        let outputs = play(&mut control, -18.0, 3.0, &settings);
        let change = outputs[outputs.len() - 1] - before[before.len() - 1];
        // What was learned of the song in these 3 s is a tenth of it.
        assert!((change - 5.0).abs() < 0.3, "{mode:?}: {change} LU");
    }
}

#[test]
fn what_the_processors_take_is_given_back() {
    let settings = in_mode(AdaptMode::Learn);
    let mut control = LoudnessControl::new(STEP_S, AdaptMode::Learn);
    for _ in 0..(60.0 / STEP_S) as usize {
        let level_db = control.gain_db(&settings);
        let gain_db = level_db + control.makeup_db();
        let output = lufs_to_energy(-16.0 + f64::from(gain_db) - 3.0);
        let energies = [lufs_to_energy(-16.0), output];
        control.step(energies, gain_db, Some(-16.0), Hearing::New, &settings);
    }
    let makeup_db = control.makeup_db();
    // The last thousandths of the way.
    assert!(
        (makeup_db - 3.0).abs() < 0.02,
        "{makeup_db} dB for a loss of 3"
    );
}

#[test]
fn what_is_heard_again_moves_nothing() {
    let settings = in_mode(AdaptMode::Learn);
    let mut control = LoudnessControl::new(STEP_S, AdaptMode::Learn);
    play(&mut control, -18.0, 120.0, &settings);
    play(&mut control, -100.0, 1.0, &settings);
    let before = control.learned();
    for _ in 0..2000 {
        let energies = [lufs_to_energy(-30.0); 2];
        control.step(energies, 0.0, Some(-30.0), Hearing::Again, &settings);
    }
    let after = control.learned();
    assert_eq!(after.input_lufs, before.input_lufs);
    assert_eq!(after.loudest_lufs, before.loudest_lufs);
}
