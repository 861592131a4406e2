//! Imports point one way: each layer may only name those before it.
#![allow(missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};

/// The layers in order, each with what it must never name besides the layers after it.
const LAYERS: [(&str, &[&str]); 9] = [
    ("audio_file", &["nice_plug", "egui"]),
    ("dsp", &["nice_plug", "egui"]),
    ("analysis", &["nice_plug", "egui"]),
    ("processor", &["nice_plug", "egui"]),
    ("params", &["egui"]),
    ("shared", &["nice_plug", "egui"]),
    ("editor", &[]),
    ("plugin", &["egui"]),
    ("door", &["egui"]),
];

fn sources(layer: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = vec![root.join(format!("{layer}.rs"))];
    let mut folders = vec![root.join(layer)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path)
            } else {
                found.push(path)
            }
        }
    }
    found.retain(|path| path.extension().is_some_and(|e| e == "rs") && path.exists());
    found
}

#[test]
fn no_layer_names_a_later_one() {
    let mut files = 0;
    for (index, (layer, foreign)) in LAYERS.iter().enumerate() {
        let later = LAYERS[index + 1..]
            .iter()
            .map(|(name, _)| format!("crate::{name}"));
        let forbidden: Vec<String> = later
            .chain(foreign.iter().map(|f| (*f).to_owned()))
            .collect();
        for path in sources(layer) {
            files += 1;
            let text = fs::read_to_string(&path).unwrap();
            for (number, line) in text.lines().enumerate() {
                let code = line.split("//").next().unwrap_or_default();
                for name in &forbidden {
                    assert!(
                        !code.contains(name),
                        "{}:{}: {layer} names {name}",
                        path.display(),
                        number + 1
                    );
                }
            }
        }
    }
    assert!(
        files > 20,
        "only {files} sources found: the test looks in the wrong place"
    );
}
