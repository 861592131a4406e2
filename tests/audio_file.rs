//! Audio files: what is read comes back, what is damaged is refused with a cause.
#![cfg(feature = "cli")] // writes WAV

mod files;

use std::path::Path;

use auralis::audio_file::{Audio, SAMPLE_RATES_HZ, read};
use auralis::tools::wav::write_wav;
use auralis_dsp::signals::Noise;
use files::{directory, sine};

/// A 16-bit WAV with a header that says what the arguments say.
fn wav_bytes(channels: u16, rate: u32, promised_bytes: u32, data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(b"RIFF");
    bytes.extend((36 + promised_bytes).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16_u32.to_le_bytes());
    bytes.extend(1_u16.to_le_bytes());
    bytes.extend(channels.to_le_bytes());
    bytes.extend(rate.to_le_bytes());
    bytes.extend((rate.wrapping_mul(u32::from(channels) * 2)).to_le_bytes());
    bytes.extend((channels * 2).to_le_bytes());
    bytes.extend(16_u16.to_le_bytes());
    bytes.extend(b"data");
    bytes.extend(promised_bytes.to_le_bytes());
    bytes.extend(data);
    bytes
}

/// What `read` says to a file of these bytes.
fn complaint(name: &str, bytes: &[u8]) -> String {
    let path = directory("bad").join(name);
    std::fs::write(&path, bytes).unwrap();
    let error = read(&path).expect_err(name);
    let text = format!("{error:#}");
    assert!(text.contains(name), "{name}: no path in \"{text}\"");
    text
}

/// Bytes that repeat from run to run.
fn noise_bytes(count: usize, seed: u32) -> Vec<u8> {
    let mut noise = Noise::new(seed);
    (0..count).map(|_| noise.below(256) as u8).collect()
}

#[test]
fn bad_files_are_refused_with_a_reason() {
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty.wav", vec![], "empty"),
        (
            "text.wav",
            b"this is no audio at all\n".repeat(40),
            "not audio",
        ),
        ("random.flac", noise_bytes(5000, 1), "not audio"),
        ("no_frames.wav", wav_bytes(2, 44_100, 0, &[]), "0 frames"),
        (
            "nine.wav",
            wav_bytes(9, 44_100, 1800, &[1; 1800]),
            "9 channels",
        ),
        ("slow.wav", wav_bytes(2, 4_000, 400, &[1; 400]), "4000 Hz"),
        (
            "fast.wav",
            wav_bytes(2, 1_000_000, 400, &[1; 400]),
            "1000000 Hz",
        ),
        (
            "cut.wav",
            wav_bytes(2, 44_100, 4000, &[1; 1000]),
            "promises 1000 frames",
        ),
    ];
    for (name, bytes, reason) in cases {
        let text = complaint(name, &bytes);
        assert!(
            text.contains(reason),
            "{name}: no \"{reason}\" in \"{text}\""
        );
    }
    let missing = directory("bad").join("missing.wav");
    assert!(format!("{:#}", read(&missing).unwrap_err()).contains("missing.wav"));
    let text = format!("{:#}", read(&directory("bad")).unwrap_err());
    assert!(text.contains("directory"), "{text}");
}

#[test]
fn a_cut_flac_is_refused() {
    let whole = std::fs::read("tests/data/tone.flac").unwrap();
    let text = complaint("cut.flac", &whole[..whole.len() - 1000]);
    assert!(text.contains("cut off"), "{text}");
}

/// A whole file of each format; what has to be written is in a test's own directory.
fn whole_files(own: &str) -> Vec<(&'static str, Vec<u8>)> {
    let path = directory(own).join("whole.wav");
    write_wav(&path, &sine(44_100, 2, 0.02, 997.0, -6.0)).unwrap();
    let file = |name: &str| std::fs::read(format!("tests/data/tone.{name}")).unwrap();
    let wav = std::fs::read(&path).unwrap();
    let others = ["flac", "ogg", "mp3", "aiff", "m4a"].map(|name| (name, file(name)));
    std::iter::once(("wav", wav)).chain(others).collect()
}

/// What `read` says to these bytes: sane audio, or an error that names the file and its cause.
fn answer(own: &str, bytes: &[u8], what: &str) -> Result<Audio, String> {
    let path = directory(own).join("damaged");
    std::fs::write(&path, bytes).unwrap();
    match read(&path) {
        Ok(audio) => {
            let frames = audio.frames();
            let is_equally_long = audio.channels.iter().all(|c| c.len() == frames);
            assert!(
                is_equally_long && matches!(audio.channels.len(), 1 | 2),
                "{what}: channels of {:?} frames",
                audio.channels.iter().map(Vec::len).collect::<Vec<_>>()
            );
            assert!(SAMPLE_RATES_HZ.contains(&audio.sample_rate), "{what}");
            Ok(audio)
        }
        Err(error) => {
            let text = format!("{error:#}");
            let cause = text.strip_prefix(&format!("cannot read {}: ", path.display()));
            let cause = cause.unwrap_or_else(|| panic!("{what}: no path in \"{text}\""));
            assert!(cause.len() > 10, "{what}: no cause in \"{text}\"");
            Err(cause.to_string())
        }
    }
}

#[test]
fn damaged_files_are_refused_with_a_cause_or_read_as_sane_audio() {
    let (mut refused, mut heard, mut caught) = (0, 0, 0);
    for (kind, (name, whole)) in whole_files("damaged").iter().enumerate() {
        let most = 4 * answer("damaged", whole, name).unwrap().frames();
        for round in 0..120_u32 {
            let mut bytes = whole.clone();
            let places = noise_bytes(8, round * 7 + kind as u32);
            for pair in places.chunks_exact(2) {
                // mostly in the header, where the lengths and counts are
                let place = usize::from(pair[0]) % bytes.len().min(200);
                bytes[place] = pair[1];
            }
            bytes.truncate(bytes.len() - (round as usize * 13) % (bytes.len() / 2));
            let what = format!("{name}, round {round}");
            match answer("damaged", &bytes, &what) {
                Ok(audio) => {
                    // Half as many channels of half as many bits, at most.
                    let frames = audio.frames();
                    assert!((1..=most).contains(&frames), "{what}: {frames} frames");
                    heard += 1;
                }
                Err(cause) => {
                    caught += usize::from(cause.contains("the decoder gives up"));
                    refused += 1;
                }
            }
        }
    }
    assert!(
        refused > 100 && heard > 50,
        "{refused} refused, {heard} read: the damage tests one side only"
    );
    // With overflow checks the decoders do panic; without one of those nothing shows that panics are
    // caught.
    assert!(
        caught > 0 || !cfg!(debug_assertions),
        "no decoder panicked in {refused} refused files"
    );
}

#[test]
fn a_cut_file_is_refused_where_its_format_tells_and_else_shorter() {
    for (name, whole) in whole_files("cut") {
        let frames = answer("cut", &whole, name).unwrap().frames();
        for share in [0.8, 0.9, 0.95] {
            let what = format!("{share} of a {name}");
            let part = &whole[..(whole.len() as f64 * share) as usize];
            let answer = answer("cut", part, &what);
            // An M4A has its index at its end, or the header that promises.
            if matches!(name, "wav" | "flac" | "aiff" | "m4a") {
                let cause = answer.expect_err(&what);
                let is_told =
                    cause.contains("cut off") || (name == "m4a" && cause.contains("not audio"));
                assert!(is_told, "{what}: {cause}");
            } else {
                // This OGG has all of its audio in its last page.
                let held = answer.map_or(0, |audio| audio.frames());
                let least = usize::from(name == "mp3");
                assert!((least..frames).contains(&held), "{what}: {held} frames");
            }
        }
    }
}

#[test]
fn compressed_formats_decode() {
    // ffmpeg's sine has a peak of 1/8, 3 dB less when spread to two channels; lossy codecs move it
    // by a few tenths of a dB.
    let both = 0.125 * std::f32::consts::FRAC_1_SQRT_2;
    let files = [
        ("tone.flac", 2, both),
        ("tone.ogg", 1, 0.125),
        ("tone.mp3", 2, both),
        ("tone.aiff", 1, 0.125),
        ("tone.m4a", 1, 0.125),
        ("tone_alac.m4a", 1, 0.125),
    ];
    for (name, channels, expected) in files {
        let audio = read(&Path::new("tests/data").join(name)).unwrap();
        assert_eq!(audio.sample_rate, 44_100, "{name}");
        assert_eq!(audio.channels.len(), channels, "{name}");
        let frames = audio.frames();
        assert!(
            (11_025..=11_025 + 2400).contains(&frames),
            "{name}: {frames} frames"
        );
        let middle = &audio.channels[0][3000..9000];
        let peak = middle.iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
        assert!((peak / expected - 1.0).abs() < 0.08, "{name}: peak {peak}");
    }
}

#[test]
fn wav_comes_back_bit_for_bit() {
    let path = directory("round_trip").join("tone.wav");
    for (rate, channels) in [(8_000, 1), (44_100, 2), (768_000, 2)] {
        let mut audio = sine(rate, channels, 0.1, 440.0, 6.0);
        audio.channels[0][3] = f32::NAN;
        write_wav(&path, &audio).unwrap();
        let back = read(&path).unwrap();
        assert_eq!(back.non_finite(), 1, "at {rate} Hz");
        let bits = |audio: &Audio| -> Vec<u32> {
            audio
                .channels
                .iter()
                .flatten()
                .map(|x| x.to_bits())
                .collect()
        };
        assert_eq!(bits(&back), bits(&audio), "at {rate} Hz");
    }
    assert!(write_wav(&directory("round_trip"), &sine(44_100, 1, 0.1, 440.0, 0.0)).is_err());
}
