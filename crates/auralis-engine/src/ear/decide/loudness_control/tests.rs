use crate::ear::decide::loudness_control::*;
use crate::ear::meters::gated_mean::{energy_to_lufs, lufs_to_energy};

const STEP_S: f64 = 2048.0 / 48_000.0;

/// Feeds programme of a loudness for some seconds; the gain goes around the loop.
fn play(
    control: &mut LoudnessControl,
    lufs: f64,
    seconds: f64,
    settings: &AnalysisSettings,
) -> Vec<f64> {
    let mut outputs = Vec::new();
    for _ in 0..(seconds / STEP_S) as usize {
        let gain_db = control.gain_db();
        let output = lufs_to_energy(lufs + f64::from(gain_db));
        control.step(
            [lufs_to_energy(lufs), output],
            gain_db,
            lufs > -60.0,
            settings,
        );
        outputs.push(output);
    }
    outputs
}

#[test]
fn steady_programme_lands_on_the_target_without_overshoot() {
    for lufs in [-24.0, -8.0] {
        let settings = AnalysisSettings::default();
        let mut control = LoudnessControl::new(STEP_S);
        let outputs = play(&mut control, lufs, 40.0, &settings);
        let from = (3.0 / STEP_S) as usize;
        let mean = outputs[from..].iter().sum::<f64>() / (outputs.len() - from) as f64;
        let landed = energy_to_lufs(mean);
        assert!(
            (landed + 14.0).abs() < 0.5,
            "{lufs} LUFS landed on {landed}"
        );
        let extreme = outputs.iter().fold(-14.0, |worst: f64, e| {
            let loud = energy_to_lufs(*e);
            if lufs < -14.0 {
                worst.max(loud)
            } else {
                worst.min(loud)
            }
        });
        assert!(
            (extreme + 14.0).abs() < 0.2,
            "{lufs}: overshoot to {extreme}"
        );
    }
}

#[test]
fn swelling_programme_lands_on_the_target_and_a_fade_stays_one() {
    for change_lu in [10.0, -10.0] {
        let mut control = LoudnessControl::new(STEP_S);
        let (mut mean, mut outputs) = (GatedMean::new(), Vec::new());
        for second in 0..75 {
            let lufs = -18.0 + change_lu * (f64::from(second) / 75.0 - 0.5);
            outputs = play(&mut control, lufs, 1.0, &AnalysisSettings::default());
            outputs.iter().for_each(|energy| mean.push(*energy));
        }
        let (landed, end) = (mean.lufs().unwrap(), energy_to_lufs(outputs[0]));
        if change_lu > 0.0 {
            // Half a dB as promised, and a little for the swell that goes on to the last second.
            assert!((landed + 14.0).abs() < 0.6, "{change_lu} LU: {landed}");
        } else {
            // The mean of the past minute is 4 LU over the end.
            assert!(end < -17.0, "{change_lu} LU: ends at {end}");
        }
    }
}

#[test]
fn the_gain_never_rises_in_silence_and_stays_in_its_range() {
    let settings = AnalysisSettings::default();
    let mut control = LoudnessControl::new(STEP_S);
    play(&mut control, -100.0, 5.0, &settings);
    assert_eq!(control.gain_db(), 0.0, "nothing was heard");
    play(&mut control, -40.0, 20.0, &settings);
    let before = control.gain_db();
    assert!(before <= settings.loud_range_db, "{before}");
    play(&mut control, -100.0, 30.0, &settings);
    assert_eq!(control.gain_db(), before, "moved in silence");
}

#[test]
fn switched_off_it_glides_to_unity() {
    let mut settings = AnalysisSettings::default();
    let mut control = LoudnessControl::new(STEP_S);
    play(&mut control, -24.0, 20.0, &settings);
    settings.loud_on = false;
    play(&mut control, -24.0, 60.0, &settings);
    assert_eq!(control.gain_db(), 0.0);
}

#[test]
fn another_target_is_not_held_to_the_past() {
    let mut settings = AnalysisSettings::default();
    let mut control = LoudnessControl::new(STEP_S);
    play(&mut control, -18.0, 60.0, &settings);
    settings.loud_target_lufs = -20.0;
    let outputs = play(&mut control, -18.0, 30.0, &settings);
    let end = energy_to_lufs(outputs[outputs.len() - 1]);
    // What was 6 dB louder for a minute, as it was to be, is not made up for: it would take 4.5 dB.
    // Half a dB and a little: the last dB of the way down belongs to the new past.
    assert!((end + 20.0).abs() < 0.6, "ends at {end}");
}

#[test]
fn what_the_processors_take_late_is_given_back_over_the_whole() {
    let settings = AnalysisSettings::default();
    let mut control = LoudnessControl::new(STEP_S);
    let mut mean = GatedMean::new();
    for second in 0..90 {
        // 6 dB for 3 s of every 12: what is taken is measured over 6 s.
        let taken_db = if second % 12 < 3 { 6.0 } else { 0.0 };
        for _ in 0..(1.0 / STEP_S) as usize {
            let gain_db = control.gain_db() + control.makeup_db();
            let output = lufs_to_energy(-20.0 + f64::from(gain_db) - taken_db);
            control.step([lufs_to_energy(-20.0), output], gain_db, true, &settings);
            mean.push(output);
        }
    }
    let landed = mean.lufs().unwrap();
    // Without it the whole is 0.35 LU too loud; what is taken last is not given back yet.
    assert!((landed + 14.0).abs() < 0.1, "{landed}");
}
