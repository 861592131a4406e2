//! States of the plug-in: what they bring back, and what a damaged one leaves alone.
#![allow(missing_docs)]

#[path = "../crates/auralis-engine/tests/common/mod.rs"]
mod common;

use std::collections::BTreeMap;

use auralis::params::panel_size::PanelSize;
use auralis::params::{AuralisParams, state};
use common::*;
use nice_plug::prelude::{Params, PluginState};

/// Loads a state of this version whose `field` holds this JSON, or that has no such field.
fn load_with(params: &AuralisParams, field: &str, json: Option<String>) {
    let mut fields = params.serialize_fields();
    match json {
        Some(json) => fields.insert(field.to_owned(), json),
        None => fields.remove(field),
    };
    let mut state = PluginState {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        params: BTreeMap::new(),
        fields,
    };
    state::filter(&mut state, env!("CARGO_PKG_VERSION"));
    params.deserialize_fields(&state.fields);
}

#[test]
fn a_state_brings_it_back_and_a_damaged_one_is_dropped_with_a_notice() {
    let saved = AuralisParams::default();
    let known = learned(&taught(40));
    saved.persisted.memory.replace(Some(known.clone()));
    let json = saved.serialize_fields()["learned"].clone();
    let opened = AuralisParams::default();
    let notice = || opened.persisted.notice.read().unwrap().clone();
    load_with(&opened, "learned", Some(json.clone()));
    assert_eq!(learned(&opened.persisted.memory), known, "through {json}");
    assert_eq!(notice(), "");
    let digits = json.split("\"loud_db\":").nth(1).unwrap();
    let loud = digits.split(',').next().unwrap();
    for (what, bad) in [
        ("text", "hello".to_owned()),
        ("cut", json[..json.len() / 2].to_owned()),
        ("another thing", "[1, 2, 3]".to_owned()),
        ("infinite", json.replace(loud, "1e300")),
        (
            "an infinite feature",
            json.replace("\"crest_db\":", "\"crest_db\":1e99,\"was\":"),
        ),
        ("absurd", json.replace(loud, "5000.0")),
        ("missing", json.replace("\"loud_db\"", "\"loud\"")),
        ("deep", "[".repeat(100_000)),
    ] {
        load_with(&opened, "learned", Some(json.clone()));
        load_with(&opened, "learned", Some(bad));
        assert_eq!(opened.persisted.memory.recall().1, None, "{what}");
        assert!(!notice().is_empty(), "{what}: no notice");
    }
    load_with(&opened, "learned", Some(json));
    load_with(&opened, "learned", None);
    assert_eq!(opened.persisted.memory.recall().1, None, "an old state");
    assert_eq!(notice(), "");
}

#[test]
fn a_state_brings_the_reference_back_and_a_damaged_one_leaves_the_one_in_use() {
    let saved = AuralisParams::default();
    let known = captured(&dull_noise(3, 6.0, 0.3));
    saved.persisted.reference.replace(Some(known.clone()));
    let json = saved.serialize_fields()["reference"].clone();
    let opened = AuralisParams::default();
    let (slot, notice) = (&opened.persisted.reference, || {
        opened.persisted.notice.read().unwrap().clone()
    });
    load_with(&opened, "reference", Some(json.clone()));
    assert_eq!(slot.current().as_ref(), Some(&known), "through {json}");
    assert_eq!(notice(), "");
    let loudness = format!("{:?}", known.loudness_lufs());
    for (what, bad) in [
        ("text", "hello".to_owned()),
        ("cut", json[..json.len() / 2].to_owned()),
        ("another thing", "[1, 2, 3]".to_owned()),
        ("infinite", json.replace(&loudness, "1e300")),
        ("absurd", json.replace(&loudness, "5000.0")),
        ("missing", json.replace("\"mid_db\"", "\"mid\"")),
        (
            "a band less",
            json.replace("\"mid_db\":[", "\"mid_db\":[],\"x\":["),
        ),
        ("two lines", json.replace("captured", "two\\nlines")),
        ("deep", "[".repeat(100_000)),
    ] {
        assert_ne!(bad, json, "{what} is the good one");
        load_with(&opened, "reference", Some(json.clone()));
        let edition = slot.edition();
        load_with(&opened, "reference", Some(bad));
        assert_eq!(slot.current().as_ref(), Some(&known), "{what}");
        assert_eq!(slot.edition(), edition, "{what}: nothing changed");
        assert!(notice().contains("reference is damaged"), "{what}");
    }
    load_with(&opened, "reference", None);
    assert_eq!(slot.current(), None, "an old state");
    assert_eq!(notice(), "");
}

#[test]
fn a_state_brings_the_panels_size_back_and_a_damaged_one_leaves_it() {
    let saved = AuralisParams::default();
    assert!(
        !saved.serialize_fields().contains_key("panel"),
        "as it comes"
    );
    let size = PanelSize {
        width: 1300.0,
        height: 800.0,
        zoom: 1.25,
    };
    saved.persisted.panel.set(size);
    let json = saved.serialize_fields()["panel"].clone();
    let params = AuralisParams::default();
    load_with(&params, "panel", Some(json));
    assert_eq!(params.persisted.panel.get(), Some(size));
    for damaged in [
        "",
        "null",
        "{}",
        r#"{"width":1e9,"height":800.0,"zoom":1.0}"#,
    ] {
        load_with(&params, "panel", Some(damaged.to_owned()));
        assert_eq!(params.persisted.panel.get(), Some(size), "{damaged}");
    }
    load_with(&params, "panel", None);
    assert_eq!(params.persisted.panel.get(), Some(size), "a state of 0.1.0");
}
