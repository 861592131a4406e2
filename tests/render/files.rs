//! The files themselves: dither, tags, formats, and what other programs make of them.

use std::path::Path;

use auralis::audio_file::{Audio, about, read};
use auralis::tools::audio_out::dither::Quantizer;
use auralis::tools::audio_out::{Container, Depth, FileKind, Shape};
use auralis_dsp::signals::noise;
use lofty::config::WriteOptions;
use lofty::file::TaggedFileExt;
use lofty::picture::{MimeType, Picture, PictureType};
use lofty::tag::{Accessor, ItemKey, Tag, TagExt, TagType};

use super::fixtures::sine;
use super::signals::piece;
use super::{folder, put, render};

/// What is added by rounding a constant between two integers, in LSB.
fn errors_lsb(value_lsb: f64, bits: u16, seed: u64) -> Vec<f64> {
    let scale = 2_f64.powi(i32::from(bits) - 1);
    let block = vec![vec![(value_lsb / scale) as f32; 200_000]];
    let mut quantizer = Quantizer::new(bits, 1, seed);
    let exact = f64::from(block[0][0]) * scale;
    let rounded = &quantizer.quantize(&block)[0];
    rounded.iter().map(|x| f64::from(*x) - exact).collect()
}

#[test]
fn dither_is_triangular_of_two_lsb_and_as_loud_whatever_the_signal_is() {
    let moments = |errors: &[f64]| {
        let count = errors.len() as f64;
        let mean = errors.iter().sum::<f64>() / count;
        (
            mean,
            errors.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / count,
        )
    };
    for bits in [16, 24] {
        for value in [0.25, 0.5, 100.37, -77.9] {
            let errors = errors_lsb(value, bits, 9);
            let (mean, power) = moments(&errors);
            // Rounding with TPDF noise: no bias, and 1/4 LSB^2 (1/12 of rounding, 2/12 of the noise)
            // at any value. 200,000 samples are within 1 % of that.
            assert!(mean.abs() < 0.005, "{bits} bits, {value}: mean {mean}");
            assert!(
                (power - 0.25).abs() < 0.005,
                "{bits} bits, {value}: power {power}"
            );
            let largest = errors.iter().fold(0.0_f64, |most, e| most.max(e.abs()));
            assert!(largest <= 1.5, "{bits} bits, {value}: {largest} LSB");
        }
    }
}

#[test]
fn dither_is_white_and_another_in_every_channel_and_file() {
    let errors = [errors_lsb(0.3, 16, 1), errors_lsb(0.3, 16, 2)];
    let product = |a: &[f64], b: &[f64]| -> f64 {
        let sum: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
        sum / a.len() as f64 / 0.25
    };
    // Of 200,000 independent samples: 0.0022 is one standard deviation.
    for lag in 1..20 {
        let own = product(&errors[0], &errors[0][lag..]);
        assert!(own.abs() < 0.012, "correlation {own} at a lag of {lag}");
    }
    let others = product(&errors[0], &errors[1]);
    assert!(others.abs() < 0.012, "correlation {others} between seeds");
    let mut quantizer = Quantizer::new(16, 2, 1);
    let both = quantizer
        .quantize(&vec![vec![0.3 / 32_768.0; 1000]; 2])
        .to_vec();
    assert_ne!(both[0], both[1], "channels");
}

#[test]
fn no_sample_goes_over_full_scale_and_silence_stays_silent() {
    let mut quantizer = Quantizer::new(16, 1, 4);
    for value in [1.0, -1.0, 7.0, -7.0, 0.999_99, f32::MAX, f32::MIN] {
        for x in &quantizer.quantize(&[vec![value, 0.1]])[0] {
            assert!((-32_768..=32_767).contains(x), "{value}: {x}");
        }
    }
    assert_eq!(quantizer.quantize(&[vec![0.0; 100]])[0], [0; 100]);
}

#[test]
fn every_kind_of_file_that_can_be_read_is_mastered() {
    let here = folder("kinds");
    let data = Path::new("tests/data");
    let kinds = ["aiff", "flac", "ogg", "mp3", "m4a"].map(|kind| data.join(format!("tone.{kind}")));
    let alac = data.join("tone_alac.m4a");
    for file in kinds.iter().chain([&alac]) {
        let source = read(file).unwrap();
        let run = render(&[file], &here, &["--json", "--overwrite"]);
        // A quarter of a second is too short for a loudness.
        let name = file.file_name().unwrap().to_str().unwrap();
        assert_eq!(run.ended(0).file(name)["frames"], source.frames(), "{name}");
        let master = read(&here.join(name).with_extension("wav")).unwrap();
        assert_eq!(master.frames(), source.frames(), "{name}");
        assert_eq!(master.sample_rate, source.sample_rate, "{name}");
    }
}

#[test]
fn a_file_tells_what_it_is_before_it_is_played() {
    for (name, format, bits, channels) in [
        ("tone.aiff", "aiff", Some(24), 1),
        ("tone.flac", "flac", Some(16), 2),
        ("tone.mp3", "mp3", None, 2),
        ("tone_alac.m4a", "isomp4", None, 1),
    ] {
        let about = about(&Path::new("tests/data").join(name)).unwrap();
        assert_eq!((about.format, about.channels), (format, channels), "{name}");
        assert_eq!(about.sample_rate, 44_100, "{name}");
        assert!(
            bits.is_none() || about.bits == bits,
            "{name}: {:?} bits",
            about.bits
        );
        assert_eq!(about.frames, Some(11_025), "{name}");
    }
}

/// A tag with a picture.
fn tag(kind: TagType) -> Tag {
    let mut tag = Tag::new(kind);
    tag.set_title(String::from("Schöne Grüße"));
    tag.set_artist(String::from("Somebody"));
    tag.set_album(String::from("Eleven"));
    tag.set_track(7);
    tag.insert_text(ItemKey::ReplayGainTrackGain, String::from("-9.00 dB"));
    let picture = Picture::unchecked(
        noise(1, 5001)
            .iter()
            .map(|x| (x * 127.0) as i8 as u8)
            .collect(),
    )
    .pic_type(PictureType::CoverFront)
    .mime_type(MimeType::Png)
    .description("front");
    tag.push_picture(picture.build());
    tag
}

/// What of [`tag`] is in a file.
fn assert_tagged(path: &Path, what: &str) {
    let file = lofty::read_from_path(path).unwrap();
    let tag = file
        .primary_tag()
        .unwrap_or_else(|| panic!("{what}: no tag"));
    assert_eq!(tag.title().as_deref(), Some("Schöne Grüße"), "{what}");
    assert_eq!(tag.artist().as_deref(), Some("Somebody"), "{what}");
    assert_eq!(tag.album().as_deref(), Some("Eleven"), "{what}");
    assert_eq!(tag.track(), Some(7), "{what}");
    let gain = tag.get_string(ItemKey::ReplayGainTrackGain);
    assert_eq!(gain, None, "{what}: the gain of another loudness");
    let picture = &tag.pictures()[0];
    assert_eq!(picture.pic_type(), PictureType::CoverFront, "{what}");
    assert_eq!(picture.data().len(), 5001, "{what}: bytes of the picture");
}

#[test]
fn tags_and_artwork_are_kept_from_format_to_format() {
    let here = folder("tags");
    let sources = [
        ("tone.flac", TagType::VorbisComments),
        ("tone.mp3", TagType::Id3v2),
        ("tone_alac.m4a", TagType::Mp4Ilst),
        ("tone.ogg", TagType::VorbisComments),
        ("tone.aiff", TagType::Id3v2),
    ];
    for (name, kind) in sources {
        let file = here.join(name);
        std::fs::copy(Path::new("tests/data").join(name), &file).unwrap();
        tag(kind)
            .save_to_path(&file, WriteOptions::default())
            .unwrap();
        for format in ["wav", "flac"] {
            let options = ["--format", format, "--overwrite"];
            render(&[&file], &here.join("out"), &options).ended(0);
            let master = here.join("out").join(name).with_extension(format);
            assert_tagged(&master, &format!("{name} to {format}"));
            let frames = read(&file).unwrap().frames();
            assert_eq!(
                read(&master).unwrap().frames(),
                frames,
                "{name} to {format}"
            );
        }
    }
}

#[test]
fn a_flac_holds_what_the_wav_holds() {
    let here = folder("flac");
    for (rate, channels) in [(22_050, 1), (44_100, 2), (192_000, 2), (11_111, 1)] {
        let file = put(
            &here.join("in"),
            "piece.wav",
            &piece(rate, channels, 1.5, 11),
        );
        for bits in ["16", "24"] {
            for format in ["wav", "flac"] {
                let options = ["--format", format, "--bits", bits, "--overwrite"];
                render(&[&file], &here, &options);
            }
            let [wav, flac] = ["wav", "flac"]
                .map(|format| read(&here.join("piece").with_extension(format)).unwrap());
            super::assert_same(&flac, &wav, &format!("{rate} Hz, {bits} bits"));
        }
    }
}

#[test]
fn what_a_container_cannot_hold_is_refused_with_what_can() {
    // Ten hours of stereo at 48 kHz in 24 bits: 10.4 GB.
    let long = Shape {
        sample_rate: 48_000,
        channels: 2,
        frames: Some(36_000 * 48_000),
    };
    let check = |container, depth| FileKind { container, depth }.check(long);
    let refusal = check(Container::Wav, Depth::Int24).unwrap_err().to_string();
    assert!(
        refusal.contains("10.4 GB") && refusal.contains("--format flac"),
        "{refusal}"
    );
    assert!(check(Container::Flac, Depth::Int24).is_ok());
    let here = folder("container");
    let fast = Audio::silence(1 << 20, 1, 100);
    let mut fast = put(&here, "fast.wav", &fast);
    let run = render(&[&fast], &here.join("out"), &["--format", "flac"]).ended(1);
    // Beyond what is read at all.
    assert!(run.stderr.contains("768000 Hz"), "{}", run.stderr);
    fast = put(&here, "tone.wav", &sine(48_000, 1, 0.1, 440.0, -6.0));
    let run = render(
        &[&fast],
        &here.join("out"),
        &["--format", "flac", "--bits", "32f"],
    )
    .ended(2);
    assert!(run.stderr.contains("integers"), "{}", run.stderr);
}
