//! Albums: one gain and one tone, the whole on the target, the differences kept.

use auralis::audio_file::{Audio, read};
use auralis::tools::measure::measure;

use super::signals::{louder, piece};
use super::{folder, names, put, render};

fn lufs(audio: &Audio) -> f64 {
    measure(audio).unwrap().integrated_lufs
}

#[test]
fn an_album_lands_on_the_target_and_keeps_its_differences() {
    let here = folder("album");
    // A soft song between two loud ones.
    let songs: Vec<Audio> = [(0, 0.0), (1, -8.0), (2, 1.0)]
        .map(|(seed, db)| louder(&piece(44_100, 2, 9.0, seed), db))
        .to_vec();
    for (index, song) in songs.iter().enumerate() {
        put(&here.join("in"), &format!("{index}.wav"), song);
    }
    let options = [
        "--album",
        "--bits",
        "32f",
        "--set",
        "comp_on=off",
        "--set",
        "eq_on=off",
        "--set",
        "lim_on=off",
        "--lufs",
        "-18",
        "--json",
    ];
    let run = render(&[&here.join("in")], &here.join("out"), &options).ended(0);
    let masters: Vec<Audio> = (0..3)
        .map(|index| read(&here.join(format!("out/{index}.wav"))).unwrap())
        .collect();
    let mut whole = Audio::silence(44_100, 2, 0);
    for master in &masters {
        for (all, own) in whole.channels.iter_mut().zip(&master.channels) {
            all.extend_from_slice(own);
        }
    }
    let got = lufs(&whole);
    assert!((got + 18.0).abs() < 0.1, "the album has {got:.2} LUFS");
    let told = run.document()["album"]["integrated_lufs"].as_f64().unwrap();
    assert!(
        (told - got).abs() < 0.05,
        "told {told:.2}, measured {got:.2}"
    );
    let gains: Vec<f64> = songs
        .iter()
        .zip(&masters)
        .map(|(a, b)| lufs(b) - lufs(a))
        .collect();
    // One gain; the meter is that of 0.1 s steps.
    let spread = gains
        .iter()
        .fold(0.0_f64, |most, gain| most.max((gain - gains[0]).abs()));
    assert!(spread < 0.02, "gains {gains:?}");
    let decisions: Vec<_> = ["0.wav", "1.wav", "2.wav"]
        .map(|n| run.file(n)["decision"].clone())
        .to_vec();
    assert!(
        decisions
            .iter()
            .all(|d| *d == decisions[0] && d.is_object()),
        "{decisions:?}"
    );
}

#[test]
fn a_track_that_fails_leaves_the_rest_of_its_album() {
    let here = folder("album_bad");
    let input = here.join("in");
    for seed in 0..2 {
        put(&input, &format!("{seed}.wav"), &piece(44_100, 2, 4.0, seed));
    }
    put(&input, "mono.wav", &piece(44_100, 1, 4.0, 1));
    let whole = std::fs::read(input.join("1.wav")).unwrap();
    std::fs::write(input.join("cut.wav"), &whole[..whole.len() / 2]).unwrap();
    let run = render(&[&input], &here.join("out"), &["--album", "--json"]).ended(1);
    assert_eq!(names(&here.join("out")), ["0.wav", "1.wav"]);
    let errors = run.lines("error: ");
    assert_eq!(errors.len(), 2, "{}", run.stderr);
    assert!(
        errors[0].contains("cut.wav") && errors[0].contains("cut off"),
        "{}",
        errors[0]
    );
    assert!(
        errors[1].contains("mono.wav") && errors[1].contains("1 channels"),
        "{}",
        errors[1]
    );
}
