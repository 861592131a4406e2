//! Every factory preset is what it says, and every broken text is refused by name.

use super::{Preset, PresetError, factory};
use crate::ear::Target;
use crate::params::{ParamId, TABLE, Values};

/// A preset with these values.
fn with(values: &str) -> String {
    format!(r#"{{"auralis_preset": 1, "name": "Mine", "values": {{{values}}}}}"#)
}

#[test]
fn the_factory_presets_are_whole_and_distinct() {
    let presets = factory::all().unwrap();
    assert_eq!(presets.len(), 16);
    for (index, preset) in presets.iter().enumerate() {
        let name = preset.name();
        assert!(!preset.description().is_empty(), "{name}: no description");
        assert!(!preset.values().is_empty(), "{name} sets nothing");
        let twin = presets[..index].iter().find(|other| {
            other.name().eq_ignore_ascii_case(name) || other.values() == preset.values()
        });
        assert_eq!(twin, None, "{name} is another one again");
        for (param, value) in preset.values() {
            let (row, (min, max)) = (param.row(), param.row().kind.range());
            let is_inside = (min..=max).contains(value);
            assert!(is_inside, "{name}: {} {value}, {min} to {max}", row.id);
        }
        let again = Preset::parse(&preset.to_json());
        assert_eq!(again.as_ref(), Ok(preset), "{name}, there and back");
        let found = factory::named(&name.to_uppercase());
        assert_eq!(found, Ok(Some(preset.clone())), "by its name");
    }
    assert_eq!(factory::named("Polka"), Ok(None));
}

#[test]
fn the_destinations_are_as_loud_as_they_say() {
    for (name, lufs, most_dbtp) in [
        ("Streaming", -14.0, -1.0),
        ("Loud", -9.0, -1.0),
        ("Broadcast", -23.0, -1.0),
        ("Cinema", -27.0, -2.0),
        ("Podcast", -16.0, -1.0),
        ("Audiobook", -19.0, -3.0),
    ] {
        let mut values = Values::default();
        let preset = factory::named(name).unwrap().unwrap();
        preset.apply(&mut values);
        assert_eq!(values.get(ParamId::LoudTarget), lufs, "{name}: LUFS");
        assert_eq!(values.get(ParamId::LimCeiling), most_dbtp, "{name}: dBTP");
    }
}

#[test]
fn texts_numbers_and_switches_are_read_and_the_rest_stays() {
    let text =
        with(r#""comp_ratio": "3:1", "lim_ceiling": -2.5, "eq_on": false, "target": "jazz""#);
    let preset = Preset::parse(&format!("\u{feff}{text}")).unwrap();
    let mut values = Values::default();
    values.set(ParamId::Width, 120.0);
    preset.apply(&mut values);
    let mut expected = Values::default();
    expected.set(ParamId::Width, 120.0);
    expected.set(ParamId::CompRatio, 3.0);
    expected.set(ParamId::LimCeiling, -2.5);
    expected.set(ParamId::EqOn, 0.0);
    expected.set(ParamId::Target, 8.0);
    assert_eq!(values, expected);
    assert_eq!(values.choice::<Target>(ParamId::Target), Target::Jazz);
    assert_eq!((preset.name(), preset.description()), ("Mine", ""));
}

#[test]
fn what_is_changed_becomes_a_preset_to_the_last_bit() {
    let mut values = Values::default();
    for (index, row) in TABLE.iter().enumerate() {
        let (min, max) = row.kind.range();
        values.set(row.param, min + (max - min) * (0.37 + 0.003 * index as f32));
    }
    let text = Preset::of("All", "of it", &values).to_json();
    let mut back = Values::default();
    Preset::parse(&text).unwrap().apply(&mut back);
    for row in TABLE {
        let (got, expected) = (back.get(row.param), values.get(row.param));
        assert_eq!(
            got.to_bits(),
            expected.to_bits(),
            "{}: {got} {expected}",
            row.id
        );
    }
    let nothing = Preset::of("None", "", &Values::default());
    assert_eq!(nothing.values(), []);
}

#[test]
fn what_is_broken_is_named() {
    let whole = factory::all().unwrap()[0].to_json();
    let cut = whole[..whole.len() / 2].to_owned();
    for (text, expected) in [
        (String::new(), "cut off"),
        (cut, "cut off"),
        (String::from("RIFF\u{1}WAVE"), "line 1, column 1"),
        (
            String::from("{\n  \"auralis_preset\": 1,\n  name\n}"),
            "line 3",
        ),
        (whole + "more", "no JSON"),
        (String::from("[1, 2]"), "no preset of Auralis"),
        (String::from(r#"{"params": {}}"#), "\"auralis_preset\""),
        (
            String::from(r#"{"auralis_preset": 2, "news": 1}"#),
            "version 2",
        ),
        (String::from(r#"{"auralis_preset": "1"}"#), "version \"1\""),
        (
            String::from(r#"{"auralis_preset": 1, "values": {}}"#),
            "\"name\" is missing",
        ),
        (
            String::from(r#"{"auralis_preset": 1, "name": " ", "values": {}}"#),
            "\"name\"",
        ),
        (
            String::from(r#"{"auralis_preset": 1, "name": 3, "values": {}}"#),
            "\"name\" is no text",
        ),
        (
            String::from(r#"{"auralis_preset": 1, "name": "A"}"#),
            "\"values\" are missing",
        ),
        (
            String::from(r#"{"auralis_preset": 1, "name": "A", "values": []}"#),
            "\"values\"",
        ),
        (
            String::from(r#"{"auralis_preset": 1, "name": "A", "vlaues": {}}"#),
            "\"vlaues\"",
        ),
        (with(r#""volume": 3"#), "'volume'"),
        (with(r#""lim_ceiling": 3"#), "-12.00 dBTP to 0.00 dBTP"),
        (with(r#""lim_ceiling": 1e99"#), "'lim_ceiling'"),
        (
            with(r#""target": "Polka""#),
            "'Polka' is no value of 'target'",
        ),
        (with(r#""target": 3"#), "Hip-Hop"),
        (with(r#""eq_on": "maybe""#), "on or off"),
        (with(r#""comp_ratio": true"#), "'comp_ratio'"),
        (with(r#""comp_ratio": null"#), "'comp_ratio'"),
        (with(r#""comp_ratio": [2]"#), "'comp_ratio'"),
    ] {
        let said = match Preset::parse(&text) {
            Ok(preset) => panic!("{text:?} was read as {preset:?}"),
            Err(error) => error.to_string(),
        };
        assert!(
            said.contains(expected),
            "{text:?}: {said:?}, no {expected:?}"
        );
        assert!(!said.contains('\n'), "more than a line: {said:?}");
    }
    let later = Preset::parse(r#"{"auralis_preset": 7}"#);
    assert_eq!(later, Err(PresetError::Version(String::from("7"))));
}
