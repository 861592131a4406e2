//! What the tests that write files share.
#![allow(dead_code)] // each test file uses its part

use std::path::{Path, PathBuf};

use auralis::audio_file::Audio;

/// A directory of this test run for one test's files.
pub fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&path).unwrap();
    path
}

/// A sine at `peak_db` dBFS in every channel.
pub fn sine(sample_rate: u32, channels: usize, seconds: f64, hz: f64, peak_db: f64) -> Audio {
    let frames = (seconds * f64::from(sample_rate)) as usize;
    let gain = 10_f64.powf(peak_db / 20.0);
    let turn = std::f64::consts::TAU * hz / f64::from(sample_rate);
    let samples: Vec<f32> = (0..frames)
        .map(|i| (gain * (turn * i as f64).sin()) as f32)
        .collect();
    Audio {
        sample_rate,
        channels: vec![samples; channels],
    }
}
