//! Options: what is set is used, what is saved can be loaded, what is told is documented.

use auralis::audio_file::read;
use auralis::tools::measure::{measure, spectral_distance_db};
use serde_json::Value;

use super::signals::piece;
use super::{folder, names, put, render};

#[test]
fn what_is_set_is_used_and_told() {
    let here = folder("set");
    let file = put(&here, "in/song.wav", &piece(48_000, 2, 4.0, 3));
    let options = [
        "--set",
        "comp_ratio=3:1",
        "--set",
        "lim_ceiling=-3 dBTP",
        "--target",
        "Jazz",
        "--lufs",
        "-10",
        "--json",
    ];
    let run = render(&[&file], &here, &options);
    let document = run.document();
    assert_eq!(document["schema"], "auralis.render/1");
    for (id, text) in [
        ("comp_ratio", "3.00:1"),
        ("lim_ceiling", "-3.00 dBTP"),
        ("target", "Jazz"),
        ("loud_target", "-10.0 LUFS"),
    ] {
        assert_eq!(document["settings"][id], text, "{id}");
    }
    assert_eq!(
        document["settings"].as_object().unwrap().len(),
        4,
        "{}",
        document["settings"]
    );
    let peak = measure(&read(&here.join("song.wav")).unwrap())
        .unwrap()
        .true_peak_dbtp;
    assert!(
        (-4.0..=-2.9).contains(&peak),
        "{peak} dBTP under a ceiling of -3"
    );
}

#[test]
fn the_later_option_of_a_parameter_wins() {
    let here = folder("wins");
    let file = put(&here, "in/song.wav", &piece(48_000, 1, 1.0, 3));
    let options = [
        "--lufs",
        "-10",
        "--set",
        "loud_target=-20",
        "--json",
        "--dry-run",
    ];
    let run = render(&[&file], &here, &options).ended(0);
    assert_eq!(run.document()["settings"]["loud_target"], "-20.0 LUFS");
}

#[test]
fn a_reference_bends_the_tone_towards_it() {
    let here = folder("reference");
    let mut dull = piece(48_000, 2, 12.0, 1);
    for channel in &mut dull.channels {
        let mut last = 0.0;
        for x in channel {
            last += 0.15 * (*x - last);
            *x = last;
        }
    }
    let song = piece(48_000, 2, 12.0, 2);
    let reference = put(&here, "dull.wav", &dull);
    let file = put(&here, "in/song.wav", &song);
    let reference = reference.to_str().unwrap();
    let options = [
        "--reference",
        reference,
        "--set",
        "eq_amount=100",
        "--set",
        "eq_range=12",
        "--json",
    ];
    let run = render(&[&file], &here, &options);
    assert_eq!(run.document()["settings"]["ref_blend"], "100.0 %");
    assert_eq!(run.document()["reference"], "dull");
    let goal = measure(&dull).unwrap().spectrum;
    let distance = |audio| spectral_distance_db(&measure(audio).unwrap().spectrum, &goal);
    let (before, after) = (
        distance(&song),
        distance(&read(&here.join("song.wav")).unwrap()),
    );
    assert!(
        after < 0.9 * before,
        "{before:.2} dB apart before, {after:.2} dB after"
    );
    let options = [
        "--reference",
        reference,
        "--set",
        "ref_blend=30",
        "--json",
        "--dry-run",
    ];
    let run = render(&[&file], &here.join("dry"), &options).ended(0);
    assert_eq!(run.document()["settings"]["ref_blend"], "30.0 %");
    let run = render(&[&file], &here, &["--reference", "no such.wav"]).ended(1);
    assert!(run.stderr.contains("no such.wav"), "{}", run.stderr);
}

#[test]
fn a_saved_decision_is_a_state_that_holds_it() {
    let here = folder("decision");
    let file = put(&here, "in/song.wav", &piece(48_000, 2, 6.0, 3));
    let options = ["--save-decision", "--set", "eq_tilt=0.5", "--json"];
    let run = render(&[&file], &here, &options).ended(0);
    assert_eq!(
        names(&here),
        ["in/song.wav", "song.auralis.json", "song.wav"]
    );
    let state = std::fs::read(here.join("song.auralis.json")).unwrap();
    let refusal = auralis::params::state::refusal_of(&state, env!("CARGO_PKG_VERSION"));
    assert_eq!(refusal, None);
    let state: Value = serde_json::from_slice(&state).unwrap();
    assert_eq!(state["params"]["adapt_mode"]["i32"], 1, "Hold");
    assert_eq!(state["params"]["eq_tilt"]["f32"], 0.5);
    let learned: Value =
        serde_json::from_str(state["fields"]["learned"].as_str().unwrap()).unwrap();
    let gain = |json: &Value| json["loudness_gain_db"].as_f64().unwrap() as f32;
    let told = run.file("song.wav");
    assert_eq!(
        gain(&learned["adaptive"]),
        gain(&told["decision"]),
        "{learned}"
    );
}

#[test]
fn quiet_says_nothing_and_a_pipe_gets_plain_lines() {
    let here = folder("quiet");
    let file = put(&here, "in/song.wav", &piece(48_000, 1, 2.0, 3));
    let run = render(&[&file], &here, &["-q"]).ended(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    let run = render(&[&file], &here, &["--overwrite"]).ended(0);
    assert!(
        run.stdout.contains("song.wav") && run.stdout.contains("LUFS"),
        "{}",
        run.stdout
    );
    assert!(
        run.stderr.starts_with("1/1 ") && run.stderr.lines().count() == 1,
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains('\u{1b}'), "escape codes in a pipe");
}

#[test]
fn a_report_is_a_picture_and_a_page_that_needs_no_other_file() {
    let here = folder("report");
    let file = put(&here, "in/<song>.wav", &piece(48_000, 2, 6.0, 3));
    let options = ["--report", "--set", "comp_ratio=3"];
    render(&[&file], &here, &options).ended(0);
    assert_eq!(
        names(&here),
        ["<song>.html", "<song>.png", "<song>.wav", "in/<song>.wav"]
    );
    let png = std::fs::read(here.join("<song>.png")).unwrap();
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let html = std::fs::read_to_string(here.join("<song>.html")).unwrap();
    let encoded = data_encoding::BASE64.encode(&png);
    for part in [
        "<h1>&lt;song&gt;.wav</h1>",
        "comp_ratio",
        "3.00:1",
        "Loudness gain",
        &encoded,
    ] {
        assert!(html.contains(part), "no {:.40} in the page", part);
    }
    for outside in ["http", "src=\"/", "<script", "<link"] {
        assert!(!html.contains(outside), "{outside} in the page");
    }
    // Nothing of it is overwritten either.
    std::fs::remove_file(here.join("<song>.wav")).unwrap();
    let run = render(&[&file], &here, &options).ended(1);
    assert!(run.stderr.contains("is there already"), "{}", run.stderr);
}

#[test]
fn a_preset_is_where_the_options_start_from() {
    let here = folder("preset");
    let file = put(&here, "in/song.wav", &piece(48_000, 1, 2.0, 3));
    let options = ["--save-decision", "--target", "Jazz", "--set", "width=80"];
    render(&[&file], &here, &options).ended(0);
    let preset = here.join("song.auralis.json");
    let preset = preset.to_str().unwrap();
    let options = [
        "--preset",
        preset,
        "--set",
        "width=90",
        "--dry-run",
        "--overwrite",
        "--json",
    ];
    let settings = render(&[&file], &here, &options).ended(0).document()["settings"].clone();
    assert_eq!(settings["target"], "Jazz");
    assert_eq!(settings["width"], "90.0 %");
    assert_eq!(settings.as_object().unwrap().len(), 2, "{settings}");
    let named = ["--preset", "NAME", "--dry-run", "--overwrite", "--json"];
    let preset = auralis_engine::presets::factory::all().unwrap().remove(0);
    let own = here.join("own.json");
    std::fs::write(&own, preset.to_json()).unwrap();
    for name in [preset.name(), own.to_str().unwrap()] {
        let mut options = named;
        options[1] = name;
        let run = render(&[&file], &here, &options);
        let settings = run.document()["settings"].clone();
        for (param, value) in preset.values() {
            let row = param.row();
            if (value - row.kind.default()).abs() > 0.0 {
                assert_eq!(settings[row.id], param.print(*value), "{name}: {}", row.id);
            }
        }
    }
    let run = render(&[&file], &here, &["--preset", "Polka"]).ended(2);
    assert!(
        run.stderr.contains("Polka") && run.stderr.contains(preset.name()),
        "{}",
        run.stderr
    );
    std::fs::write(here.join("bad.json"), "{}").unwrap();
    let bad = here.join("bad.json");
    let run = render(&[&file], &here, &["--preset", bad.to_str().unwrap()]).ended(1);
    assert!(
        run.stderr.contains("bad.json") && run.stderr.lines().count() == 1,
        "{}",
        run.stderr
    );
}

/// The names of all fields in a document.
fn fields(json: &Value, all: &mut Vec<String>) {
    match json {
        Value::Object(object) => object.iter().for_each(|(name, value)| {
            all.push(name.clone());
            // What is in there are ids of parameters.
            if name != "settings" {
                fields(value, all);
            }
        }),
        Value::Array(array) => array.iter().for_each(|value| fields(value, all)),
        _ => {}
    }
}

#[test]
fn every_field_of_the_document_is_described() {
    let here = folder("documented");
    let file = put(&here, "in/song.wav", &piece(48_000, 1, 2.0, 3));
    let missing = here.join("missing.wav");
    let mut all = Vec::new();
    for options in [&["--album"][..], &["--dry-run"], &["--set", "width=90"]] {
        let options = [options, &["--json", "--overwrite"]].concat();
        let run = render(&[&file, &missing], &here.join("out"), &options).ended(1);
        fields(&run.document(), &mut all);
    }
    let page = std::fs::read_to_string("docs/JSON.md").unwrap();
    for name in all {
        assert!(
            page.contains(&format!("`{name}`")),
            "docs/JSON.md says nothing of {name}"
        );
    }
}
