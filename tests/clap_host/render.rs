//! `auralis render` beside a bounce through the built plug-in: the same samples, bit for bit.

use std::path::{Path, PathBuf};
use std::process::Command;

use auralis::audio_file::{Audio, read};
use auralis::tools::clap_host::HostedPlugin;
use auralis::tools::wav::write_wav;

use super::{assert_same, blocks, bundle, music, plugin};

/// Writes a piece and masters it with these options, as floats; the master, and its path.
fn rendered(name: &str, input: &Audio, options: &[&str]) -> (Audio, PathBuf) {
    let here = Path::new(env!("CARGO_TARGET_TMPDIR")).join("clap_render");
    let (file, out) = (here.join(format!("{name}.wav")), here.join("out"));
    std::fs::create_dir_all(&here).unwrap();
    write_wav(&file, input).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_auralis"));
    command.arg("render").arg(&file).arg("-o").arg(&out);
    command
        .args(["--overwrite", "-q", "--bits", "32f"])
        .args(options);
    let done = command.output().unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let master = out.join(format!("{name}.wav"));
    (read(&master).unwrap(), master)
}

/// What a host loads for a state in JSON.
fn framed(json: &[u8]) -> Vec<u8> {
    [&(json.len() as u64).to_le_bytes()[..], json].concat()
}

fn piece(sample_rate: u32, channels: usize) -> Audio {
    let mut piece = music(sample_rate, 15.0);
    piece.channels.truncate(channels);
    piece
}

#[test]
#[ignore = "needs the bundle: cargo xtask test"]
fn a_held_bounce_is_the_rendered_file() {
    for (rate, channels, options) in [
        (48_000, 2, &[][..]),
        (44_100, 1, &["--set", "eq_phase=Minimum", "--lufs", "-11"]),
        (
            96_000,
            2,
            &[
                "--set",
                "input_gain=3",
                "--set",
                "width=130",
                "--target",
                "Rock",
            ],
        ),
    ] {
        let name = format!("held_{rate}_{channels}");
        let input = piece(rate, channels);
        let options = [options, &["--save-decision"]].concat();
        let (expected, path) = rendered(&name, &input, &options);
        let state = std::fs::read(path.with_extension("auralis.json")).unwrap();
        let mut plugin = HostedPlugin::load(&bundle()).unwrap();
        plugin.load_state(&framed(&state)).unwrap();
        for sizes in [&[512][..], &[64, 1024, 333]] {
            let out = plugin.render(&input, &blocks(sizes)).unwrap();
            assert_same(&out.audio, &expected, &format!("{name}, blocks {sizes:?}"));
        }
        let was = expected.channels[0].iter().zip(&input.channels[0]);
        assert!(
            was.clone().any(|(a, b)| (a - b).abs() > 0.01),
            "{name}: nothing was done"
        );
    }
}

#[test]
#[ignore = "needs the bundle: cargo xtask test"]
fn a_bounce_that_follows_is_the_rendered_file() {
    for channels in [1, 2] {
        let name = format!("follow_{channels}");
        let input = piece(48_000, channels);
        let (expected, _) = rendered(&name, &input, &["--follow"]);
        let out = plugin(&[("Adaptation", "Follow")])
            .render(&input, &blocks(&[512]))
            .unwrap();
        assert_same(&out.audio, &expected, &name);
    }
}
