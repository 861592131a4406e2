//! The tools of the command line: files, the demo piece, measurements.
#![cfg(feature = "cli")]

use std::path::{Path, PathBuf};

use auralis::audio_file::{Audio, SAMPLE_RATES_HZ, read};
use auralis::tools::demo_piece::demo_piece;
use auralis::tools::listen::listen;
use auralis::tools::measure::{Spectrum, measure, spectral_distance_db};
use auralis::tools::report::{Report, level_change, write_png};
use auralis::tools::wav::write_wav;
use auralis_dsp::bands::{BANDS, PerBand, center_hz};
use auralis_dsp::signals::Noise;
use auralis_engine::ear::settings::AnalysisSettings;

/// A directory of this test run for one test's files.
fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&path).unwrap();
    path
}

/// A sine at `peak_db` dBFS in every channel.
fn sine(sample_rate: u32, channels: usize, seconds: f64, hz: f64, peak_db: f64) -> Audio {
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
    let others = ["flac", "ogg", "mp3"].map(|name| (name, file(name)));
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
            if matches!(name, "wav" | "flac") {
                let cause = answer.expect_err(&what);
                assert!(cause.contains("cut off"), "{what}: {cause}");
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

#[test]
fn the_demo_piece_is_quiet_dull_and_always_the_same() {
    let piece = demo_piece();
    assert_eq!(
        piece,
        demo_piece(),
        "the demo piece changes from run to run"
    );
    assert!((piece.seconds() - 30.0).abs() < 0.01);
    assert_eq!((piece.sample_rate, piece.channels.len()), (44_100, 2));
    let m = measure(&piece).unwrap();
    assert!(
        (m.integrated_lufs + 26.0).abs() < 0.5,
        "{} LUFS",
        m.integrated_lufs
    );
    assert!(
        (m.sample_peak_db + 10.0).abs() < 1.5,
        "{} dBFS",
        m.sample_peak_db
    );
    // music falls by some 5 dB an octave; this one must be far duller, and muddy
    let level = |band: usize| m.spectrum.level_db[band];
    assert!(
        level(2) - level(20) > 30.0,
        "only {} dB dull",
        level(2) - level(20)
    );
    assert!(level(2) > level(5) + 6.0, "no mud");
}

#[test]
fn a_sine_reads_its_loudness() {
    for rate in [44_100, 48_000, 192_000] {
        let m = measure(&sine(rate, 2, 20.0, 997.0, -23.0)).unwrap();
        // EBU Tech 3341 allows 0.1 LU
        assert!(
            (m.integrated_lufs + 23.0).abs() < 0.1,
            "{rate} Hz: {}",
            m.integrated_lufs
        );
        assert!(
            (m.sample_peak_db + 23.0).abs() < 0.01,
            "{rate} Hz: {}",
            m.sample_peak_db
        );
        assert!(
            (m.true_peak_dbtp + 23.0).abs() < 0.2,
            "{rate} Hz: {}",
            m.true_peak_dbtp
        );
        assert!(
            (m.crest_db - 3.01).abs() < 0.01,
            "{rate} Hz: {}",
            m.crest_db
        );
        assert!(m.range_lu < 0.1, "{rate} Hz: {}", m.range_lu);
        let last = m.loudness.last().unwrap();
        assert!((last.momentary_lufs + 23.0).abs() < 0.1);
        assert!((last.short_term_lufs + 23.0).abs() < 0.1);
    }
}

#[test]
fn the_spectrum_finds_the_band_of_a_sine() {
    for rate in [44_100, 96_000] {
        for band in 1..BANDS - 1 {
            let tone = sine(rate, 1, 1.0, f64::from(center_hz(band)), -20.0);
            let levels = measure(&tone).unwrap().spectrum.level_db;
            let loudest = (0..BANDS).max_by(|&a, &b| levels[a].total_cmp(&levels[b]));
            assert_eq!(loudest, Some(band), "{rate} Hz");
        }
    }
}

#[test]
fn spectral_distance_is_a_distance_free_of_level() {
    let a: PerBand = std::array::from_fn(|i| i as f32 * -2.0);
    let mut b = a.map(|db| db + 7.0);
    let (sa, sb) = (Spectrum::from_curve(&a), Spectrum::from_curve(&b));
    assert!(
        spectral_distance_db(&sa, &sb) < 1e-5,
        "a level is no distance"
    );
    b[4] += 5.0;
    let sb = Spectrum::from_curve(&b);
    // one of 25 bands off by d: RMS of the difference without its mean is d * sqrt(24) / 25
    let expected = 5.0 * 24_f32.sqrt() / 25.0;
    assert!((spectral_distance_db(&sa, &sb) - expected).abs() < 1e-4);
    assert_eq!(
        spectral_distance_db(&sa, &sb),
        spectral_distance_db(&sb, &sa)
    );
    // a band without programme does not count
    let piece = measure(&sine(16_000, 1, 2.0, 500.0, -10.0))
        .unwrap()
        .spectrum;
    assert!(
        !piece.has_programme[BANDS - 1],
        "a band above 8 kHz at 16 kHz"
    );
    assert!(spectral_distance_db(&piece, &sa).is_finite());
}

#[test]
fn silence_and_bad_samples_are_measured_and_drawn() {
    let silence = Audio::silence(48_000, 1, 100);
    let mut wild = sine(48_000, 1, 0.5, 1000.0, 0.0);
    wild.channels[0][7] = f32::INFINITY;
    wild.channels[0][9] = f32::NAN;
    let (old, new) = (measure(&silence).unwrap(), measure(&wild).unwrap());
    assert!(new.rms_db.is_finite() && new.integrated_lufs.is_finite());
    let path = directory("report").join("report.png");
    let report = Report {
        title: "silence",
        before: &old,
        after: &new,
        target_db: Some(&[0.0; BANDS]),
        eq_db: None,
        gain: &level_change(&silence, &wild),
    };
    write_png(&path, &report).unwrap();
    assert!(std::fs::metadata(&path).unwrap().len() > 1000);
    assert!(write_png(Path::new("/no/such/place/report.png"), &report).is_err());
}

#[test]
fn listening_tells_every_five_seconds_what_auto_thinks() {
    let piece = demo_piece();
    let moments = listen(&piece, &piece, &AnalysisSettings::default());
    let last = moments.len() - 1;
    for (index, moment) in moments.iter().enumerate() {
        let json = moment.to_json();
        // A hop of 43 ms at most after the mark; the last moment is the end of the piece.
        let late = moment.seconds - 5.0 * (index + 1) as f64;
        assert!(
            index == last || (0.0..0.05).contains(&late),
            "{late} s late"
        );
        let weights = json["profiles"].as_array().unwrap().iter();
        let sum: f64 = weights.map(|p| p["weight"].as_f64().unwrap()).sum();
        // A division of at most ten f32.
        assert!(
            (sum - 1.0).abs() < 1e-5,
            "moment {index}: weights sum to {sum}"
        );
        assert!(json["reason"].as_str().unwrap().contains("LUFS"), "{json}");
        assert_eq!(json["target_db"].as_array().unwrap().len(), BANDS);
    }
    assert!(
        piece.seconds() - moments[last].seconds < 0.05,
        "{last} moments"
    );
}
