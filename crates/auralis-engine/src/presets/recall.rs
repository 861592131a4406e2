//! What a preset is put over: the settings in use, but for what is no part of the sound, and for stages that
//! are locked.

use super::Preset;
use crate::params::{ParamId, Row, TABLE, Values};

/// What a preset changes only where it names it: how one listens, which implementation runs, the mode, the
/// locks.
const KEPT: [ParamId; 7] = [
    ParamId::Bypass,
    ParamId::Listen,
    ParamId::Engine,
    ParamId::AdaptMode,
    ParamId::EqLock,
    ParamId::CompLock,
    ParamId::LoudLock,
];
/// The locks, with the groups whose parameters they keep.
const LOCKS: [(ParamId, &[&str]); 3] = [
    (ParamId::EqLock, &["EQ", "EQ Bands"]),
    (ParamId::CompLock, &["Compressor"]),
    (ParamId::LoudLock, &["Loudness"]),
];

/// Whether the stage of a parameter is locked.
fn is_locked(row: &Row, current: &Values) -> bool {
    LOCKS
        .iter()
        .any(|(lock, groups)| current.is_on(*lock) && groups.contains(&row.group))
}

impl Preset {
    /// The settings with this preset in place of `current`: what it does not name goes back to its default,
    /// but for monitoring, engine, mode and locks, which stay; a locked stage stays as a whole.
    pub fn recalled(&self, current: &Values) -> Values {
        let mut values = Values::default();
        self.apply(&mut values);
        for row in TABLE.iter() {
            let is_named = self.values.iter().any(|(param, _)| *param == row.param);
            let is_kept = KEPT.contains(&row.param) && !is_named;
            if is_kept || is_locked(row, current) {
                values.set(row.param, current.get(row.param));
            }
        }
        values
    }

    /// A preset of the sound of these settings, to be [recalled](Self::recalled): how one listens and the
    /// rest that is kept is no part of it.
    pub fn of_sound(name: &str, description: &str, values: &Values) -> Self {
        let mut sound = *values;
        for param in KEPT {
            sound.set(param, param.row().kind.default());
        }
        Self::of(name, description, &sound)
    }
}

#[cfg(test)]
mod tests {
    use super::super::factory;
    use super::*;

    #[test]
    fn what_is_not_named_goes_to_its_default_and_monitoring_stays() {
        let mut current = Values::default();
        for (id, text) in [("bypass", "on"), ("comp_ratio", "7"), ("eq_band_03", "4")] {
            current.set_text(id, text).unwrap();
        }
        let loud = factory::named("Loud").unwrap().unwrap();
        let got = loud.recalled(&current);
        assert!(got.is_on(ParamId::Bypass), "monitoring stays");
        assert_eq!(got.get(ParamId::LoudTarget), -9.0, "what is named");
        let (band, default) = (ParamId::eq_band(2), Values::default());
        assert_eq!(got.get(band), default.get(band), "what is not named");
    }

    #[test]
    fn a_locked_stage_stays_as_a_whole() {
        let podcast = factory::named("Podcast").unwrap().unwrap();
        let mut current = Values::default();
        current.set_text("comp_ratio", "7").unwrap();
        current.set_text("eq_tilt", "1").unwrap();
        current.set_text("comp_lock", "on").unwrap();
        let got = podcast.recalled(&current);
        assert_eq!(got.get(ParamId::CompRatio), 7.0, "the compressor is locked");
        assert_eq!(got.get(ParamId::EqTilt), 0.0, "the EQ is not");
        assert_eq!(got.get(ParamId::LoudTarget), -16.0, "nor is the loudness");
    }

    #[test]
    fn the_sound_is_what_is_saved() {
        let mut values = Values::default();
        for (id, text) in [("listen", "Delta"), ("eq_lock", "on"), ("eq_tilt", "0.5")] {
            values.set_text(id, text).unwrap();
        }
        let preset = Preset::of_sound("Mine", "", &values);
        let named: Vec<_> = preset.values().iter().map(|(param, _)| *param).collect();
        assert_eq!(named, [ParamId::EqTilt]);
    }
}
