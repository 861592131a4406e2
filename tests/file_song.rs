//! A file as a song: the same in every pass, whether it is kept or decoded again.
#![cfg(feature = "cli")] // writes WAV

mod files;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use auralis::audio_file::{Audio, FileSong, read};
use auralis::tools::wav::write_wav;
use auralis_dsp::signals::noise;
use auralis_engine::master::Song;
use files::directory;

/// Writes noise of so many frames on two channels.
fn put(name: &str, frames: usize) -> (PathBuf, Audio) {
    let path = directory("song").join(name);
    let audio = Audio {
        sample_rate: 48_000,
        channels: vec![noise(1, frames), noise(2, frames)],
    };
    write_wav(&path, &audio).unwrap();
    (path, audio)
}

/// What a pass plays, and the number of its blocks.
fn played(song: &mut FileSong) -> (Vec<Vec<f32>>, usize) {
    let (mut channels, mut blocks) = (vec![Vec::new(); 2], 0);
    song.play(&mut |block| {
        blocks += 1;
        let lengths: Vec<usize> = block.iter().map(|channel| channel.len()).collect();
        assert!(
            lengths[0] > 0 && lengths[0] == lengths[1],
            "block of {lengths:?}"
        );
        for (all, new) in channels.iter_mut().zip(block) {
            all.extend_from_slice(new);
        }
        Ok(())
    })
    .unwrap();
    (channels, blocks)
}

#[test]
fn every_pass_plays_the_same_kept_or_not() {
    let (path, audio) = put("same.wav", 300_001);
    for most_kept_bytes in [0, 1_000_000, usize::MAX] {
        let mut song = FileSong::new(&path, most_kept_bytes);
        let (first, blocks) = played(&mut song);
        assert!(blocks > 10, "{blocks} blocks: all of it at once");
        assert!(
            first == audio.channels,
            "{most_kept_bytes} bytes: another song"
        );
        for pass in 2..4 {
            assert!(
                played(&mut song).0 == first,
                "pass {pass}, {most_kept_bytes} bytes"
            );
            assert_eq!(song.frames(), 300_001, "pass {pass}");
        }
    }
}

#[test]
fn a_listener_who_has_enough_ends_a_pass_and_the_next_one_is_whole() {
    let (path, audio) = put("enough.wav", 600_000);
    let mut song = FileSong::new(&path, usize::MAX);
    let mut heard = 0;
    let stopped: Result<()> = song.play(&mut |block| {
        heard += block[0].len();
        if heard > 50_000 {
            bail!("enough");
        }
        Ok(())
    });
    assert_eq!(stopped.unwrap_err().to_string(), "enough");
    assert!(heard < 100_000, "{heard} frames");
    assert!(
        played(&mut song).0 == audio.channels,
        "the next pass is not whole"
    );
}

#[test]
fn what_is_not_finite_is_played_as_nothing_and_counted() {
    let (path, mut audio) = put("finite.wav", 100_000);
    audio.channels[0][7] = f32::NAN;
    audio.channels[1][90_000..90_010].fill(f32::NEG_INFINITY);
    write_wav(&path, &audio).unwrap();
    let mut song = FileSong::new(&path, 0);
    assert!(played(&mut song).0 == audio.finite().channels);
    assert_eq!(song.non_finite(), 11);
    assert_eq!(read(&path).unwrap().non_finite(), 11, "the file as it is");
}

#[test]
fn a_file_that_breaks_off_is_an_error_of_the_pass() {
    let (path, _) = put("whole.wav", 100_000);
    let cut = path.with_file_name("cut.wav");
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    for (file, reason) in [
        (cut.as_path(), "cut off"),
        (Path::new("missing.wav"), "missing.wav"),
    ] {
        let error = FileSong::new(file, 0).play(&mut |_| Ok(())).unwrap_err();
        assert!(format!("{error:#}").contains(reason), "{error:#}");
    }
}
