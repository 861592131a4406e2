//! The state of the built plug-in: what comes back, and what a bad one leaves alone.

use auralis_engine::ear::reference::ReferenceCapture;

use super::common::{noise, residual_db};
use super::{assert_same, blocks, music, plugin};

#[test]
#[ignore = "needs the bundle: cargo xtask test"]
fn a_state_comes_back_and_a_bad_one_changes_nothing() {
    let mut saved = plugin(&[
        ("Comp Ratio", "7:1"),
        ("Target", "Jazz"),
        ("EQ Band 3", "-4 dB"),
    ]);
    let state = saved.save_state().unwrap();
    let mut other = plugin(&[]);
    other.load_state(&state).unwrap();
    for name in ["Comp Ratio", "Target", "EQ Band 3"] {
        assert_eq!(
            other.text(name).unwrap(),
            saved.text(name).unwrap(),
            "{name}"
        );
    }
    let json = String::from_utf8(state[8..].to_vec()).unwrap();
    let framed = |json: String| [&(json.len() as u64).to_le_bytes()[..], json.as_bytes()].concat();
    let bad: [(&str, Vec<u8>); 4] = [
        (
            "random bytes",
            noise(9, 64)
                .iter()
                .map(|x| (x * 127.0) as i8 as u8)
                .collect(),
        ),
        ("truncated", state[..state.len() / 2].to_vec()),
        (
            "newer",
            framed(json.replace("\"0.1.0\"", "\"9.0.0\"").replace("7.0", "3.0")),
        ),
        (
            "another plug-in",
            framed(
                json.replace("org.auralis.auralis", "com.other.thing")
                    .replace("7.0", "3.0"),
            ),
        ),
    ];
    for (what, bytes) in bad {
        let _ = other.load_state(&bytes);
        assert_eq!(other.text("Comp Ratio").unwrap(), "7.00:1", "{what}");
        assert_eq!(other.text("Target").unwrap(), "Jazz", "{what}");
    }
    let wild = json.replace(
        "\"comp_threshold\":{\"f32\":-20.0}",
        "\"comp_threshold\":{\"f32\":1e30}",
    );
    other.load_state(&framed(wild)).unwrap();
    assert_eq!(
        other.text("Comp Threshold").unwrap(),
        "0.00 dB",
        "values are clamped to the range"
    );
}

/// A state of the host in JSON, with this reference in it.
fn with_reference(state: &[u8], reference: &str) -> Vec<u8> {
    let mut json: serde_json::Value = serde_json::from_slice(&state[8..]).unwrap();
    json["fields"]["reference"] = reference.into();
    let json = json.to_string();
    [&(json.len() as u64).to_le_bytes()[..], json.as_bytes()].concat()
}

#[test]
#[ignore = "needs the bundle: cargo xtask test"]
fn a_reference_comes_back_with_the_state_and_a_bounce_to_it_repeats() {
    let dull: Vec<f32> = noise(3, 240_000)
        .iter()
        .scan(0.0, |low, x| {
            *low += 0.1 * (0.3 * x - *low);
            Some(*low)
        })
        .collect();
    let mut capture = ReferenceCapture::new(48_000.0, 1, 2048);
    dull.chunks_exact(2048).for_each(|hop| capture.push(&[hop]));
    let reference = serde_json::to_string(&capture.finish("Dull").unwrap()).unwrap();
    let mut first = plugin(&[("Reference Blend", "100 %")]);
    let state = with_reference(&first.save_state().unwrap(), &reference);
    first.load_state(&state).unwrap();
    let saved = first.save_state().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&saved[8..]).unwrap();
    assert_eq!(json["fields"]["reference"], reference);
    let input = music(48_000, 6.0);
    let expected = first.render(&input, &blocks(&[512])).unwrap();
    let mut other = plugin(&[]);
    other.load_state(&saved).unwrap();
    let again = other.render(&input, &blocks(&[64, 1000, 7])).unwrap();
    assert_same(&again.audio, &expected.audio, "another instance");
    // A damaged one leaves the one in use, and so the sound.
    let damaged = with_reference(&saved, &reference[..reference.len() / 2]);
    other.load_state(&damaged).unwrap();
    let again = other.render(&input, &blocks(&[512])).unwrap();
    assert_same(&again.audio, &expected.audio, "after a damaged reference");
    other.load_state(&with_reference(&saved, "null")).unwrap();
    let plain = other.render(&input, &blocks(&[512])).unwrap();
    let residual = residual_db(&plain.audio.channels[0], &expected.audio.channels[0], 0, 0);
    // Far above what rounding or another kernel crossfade leaves: the tone is another one.
    assert!(
        residual > -40.0,
        "the reference moves nothing: {residual} dB"
    );
}
