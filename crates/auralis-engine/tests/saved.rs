//! What was learned, as states keep it: by name, safe to load, old forms too.
#![allow(missing_docs)]

mod common;

use auralis_engine::ear::learned::Learned;
use common::*;
use serde_json::{Value, json};

fn read(value: Value) -> Option<Learned> {
    serde_json::from_str(&value.to_string()).ok()
}

/// The form of version 0.1.0: gains in three places, weights of the profiles as a list.
fn as_0_1_0(value: &Value) -> Value {
    const PROFILES: [&str; 12] = [
        "balanced",
        "warm",
        "bright",
        "pop",
        "rock",
        "electronic",
        "hip_hop",
        "jazz",
        "classical",
        "acoustic",
        "ambient",
        "speech",
    ];
    let mut old = value.clone();
    let adaptive = &value["adaptive"];
    old["profiles"] = PROFILES
        .map(|id| value["profiles"][id].clone())
        .into_iter()
        .collect();
    old["matched_gain_db"] = adaptive["matched_gain_db"].clone();
    old["loudness"]["gain_db"] = adaptive["loudness_gain_db"].clone();
    old["loudness"]["makeup_db"] = adaptive["makeup_gain_db"].clone();
    old.as_object_mut().unwrap().remove("adaptive");
    old
}

#[test]
fn a_state_of_0_1_0_brings_back_what_it_had_learned() {
    let known = learned(&taught(60));
    let old = read(as_0_1_0(&json!(known))).expect("the old form is read");
    let mut expected = known;
    // These two follow from the rest: 0.1.0 did not keep them.
    expected.adaptive.threshold_offset_db = 0.0;
    expected.adaptive.ratio_offset = 0.0;
    // Profiles that came later have no weight in it.
    expected.profiles[12..].fill(0.0);
    assert_eq!(old, expected);
    assert!(old.is_plausible());
}

#[test]
fn profiles_and_values_that_came_or_went_spoil_nothing_else() {
    let known = learned(&taught(60));
    let mut value = json!(known);
    value["profiles"]["polka"] = json!(0.2);
    value["profiles"].as_object_mut().unwrap().remove("rock");
    value["adaptive"]["width_offset"] = json!(0.5);
    value["features"]["sparkle"] = json!(1.0);
    value["features"]
        .as_object_mut()
        .unwrap()
        .remove("flatness");
    let got = read(value).expect("it is read");
    assert!(got.is_plausible());
    assert_eq!(got.adaptive, known.adaptive);
    assert_eq!(got.long_term_db, known.long_term_db);
}

#[test]
fn every_number_is_checked() {
    let known = json!(learned(&taught(60)));
    let mut checked = 0;
    let mut paths = Vec::new();
    numbers(&known, String::new(), &mut paths);
    for path in &paths {
        for wild in [1e9, -1e9] {
            let mut value = known.clone();
            *value.pointer_mut(path).unwrap() = json!(wild);
            let got = read(value);
            // Hours of programme are many seconds.
            let may_be = path == "/heard_s" && wild > 0.0;
            let sound = got.as_ref().is_some_and(Learned::is_plausible);
            assert_eq!(sound, may_be, "{path} = {wild}");
            checked += 1;
        }
    }
    assert!(
        checked > 150,
        "only {checked} numbers found: the test looks in the wrong place"
    );
}

/// Pointers to all numbers in a value.
fn numbers(value: &Value, at: String, paths: &mut Vec<String>) {
    match value {
        Value::Number(_) => paths.push(at),
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                numbers(item, format!("{at}/{i}"), paths);
            }
        }
        Value::Object(fields) => {
            for (name, item) in fields {
                numbers(item, format!("{at}/{name}"), paths);
            }
        }
        _ => {}
    }
}
