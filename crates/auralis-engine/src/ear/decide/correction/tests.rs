use crate::ear::decide::correction::*;
use crate::ear::settings::AdaptMode;

fn full() -> AnalysisSettings {
    AnalysisSettings {
        mode: AdaptMode::Follow,
        eq_amount: 1.0,
        eq_range_db: 12.0,
        ..AnalysisSettings::default()
    }
}

#[test]
fn speed_is_a_time_constant_and_zero_is_reached() {
    for eq_speed_s in [0.5, 2.0, 30.0] {
        let settings = AnalysisSettings {
            eq_speed_s,
            ..full()
        };
        let mut correction = Correction::<BANDS>::new(0.04);
        for _ in 0..(eq_speed_s / 0.04).round() as usize {
            correction.approach(&[6.0; BANDS], &settings);
        }
        let got = correction.reported_db()[7];
        // A report may be a step of 0.1 dB old; 63.2 % of 6 dB.
        assert!((got - 3.79).abs() < 0.11, "{eq_speed_s} s: {got} dB");
        for _ in 0..(12.0 * eq_speed_s / 0.04) as usize {
            correction.approach(&[0.0; BANDS], &settings);
        }
        assert_eq!(correction.reported_db(), [0.0; BANDS], "{eq_speed_s} s");
    }
}
