//! Runs the crate `truepeak`'s offline limiter on raw stereo audio: `truepeak-run IN OUT CEILING_DBTP`.
//!
//! Files hold little-endian f32, all of the left channel and then all of the right, at 48 kHz. Prints the
//! seconds that limiting took.

use std::sync::atomic::AtomicBool;
use std::time::Instant;

use truepeak::{Config, limit};

const RATE_HZ: u32 = 48_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().collect();
    let [_, input, output, ceiling_dbtp] = args.as_slice() else {
        return Err("truepeak-run IN OUT CEILING_DBTP".into());
    };
    let samples: Vec<f32> = std::fs::read(input)?
        .chunks_exact(4)
        .map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
        .collect();
    let (left, right) = samples.split_at(samples.len() / 2);
    let config = Config { ceiling_dbtp: ceiling_dbtp.parse()?, ..Config::default() };
    let started = Instant::now();
    let limited = limit(&[left, right], RATE_HZ, &config, &AtomicBool::new(false), &mut |_| {})?;
    println!("{}", started.elapsed().as_secs_f64());
    let bytes: Vec<u8> = limited.channels.concat().iter().flat_map(|sample| sample.to_le_bytes()).collect();
    std::fs::write(output, bytes)?;
    Ok(())
}
