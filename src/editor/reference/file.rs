//! A reference out of an audio file.

use std::path::Path;

use crate::analysis::ReferenceSlot;
use crate::analysis::reference::ReferenceCapture;
use crate::analysis::timing::Timing;
use crate::audio_file::{self, Audio};

/// Extensions that the dialog shows.
const EXTENSIONS: [&str; 5] = ["wav", "flac", "ogg", "oga", "mp3"];

/// Asks the user for a file and loads it, both on a thread of its own.
pub fn ask(slot: &ReferenceSlot) {
    // The dialog is made here, where macOS wants it: on the thread of the window.
    let chosen = rfd::AsyncFileDialog::new()
        .set_title("A reference for Auralis")
        .add_filter("Audio", &EXTENSIONS)
        .pick_file();
    let theirs = slot.clone();
    let thread = std::thread::Builder::new().name("auralis-reference".to_owned());
    let started = thread.spawn(move || {
        if let Some(file) = pollster::block_on(chosen) {
            load(file.path(), &theirs);
        }
    });
    if started.is_err() {
        slot.fail("The system gives no thread to read a file.");
    }
}

/// Puts the reference of a file into use; where it gives none, says why and leaves the one in use.
pub fn load(path: &Path, slot: &ReferenceSlot) {
    let audio = match audio_file::read(path) {
        Ok(audio) => audio,
        Err(error) => return slot.fail(&format!("{error:#}.")),
    };
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let capture = heard(&audio);
    match capture.finish(&name) {
        Some(reference) => slot.replace(Some(reference)),
        None => slot.fail(&format!(
            "{name} has {:.1} s of sound; a reference takes 3 s.",
            capture.seconds()
        )),
    }
}

/// The whole of a file, heard in hops.
fn heard(audio: &Audio) -> ReferenceCapture {
    let sample_rate = f64::from(audio.sample_rate);
    let hop = Timing::new(sample_rate).hop_samples;
    let mut capture = ReferenceCapture::new(sample_rate, audio.channels.len(), hop);
    for at in (0..audio.frames() / hop).map(|index| index * hop) {
        let channels: Vec<&[f32]> = audio.channels.iter().map(|c| &c[at..at + hop]).collect();
        capture.push(&channels);
    }
    capture
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A mono WAV file of 16 bits at 44.1 kHz, in a folder that the test run owns.
    fn wav(name: &str, samples: &[i16]) -> std::path::PathBuf {
        let data_len = u32::try_from(2 * samples.len()).unwrap();
        let mut bytes = Vec::new();
        bytes.extend(b"RIFF");
        bytes.extend((36 + data_len).to_le_bytes());
        bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
        bytes.extend(44_100_u32.to_le_bytes());
        bytes.extend(88_200_u32.to_le_bytes());
        bytes.extend(b"\x02\0\x10\0data");
        bytes.extend(data_len.to_le_bytes());
        bytes.extend(samples.iter().flat_map(|x| x.to_le_bytes()));
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-files");
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Seeded noise.
    fn noise(seconds: usize) -> Vec<i16> {
        let mut state = 1_u32;
        (0..seconds * 44_100)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                i16::try_from(state >> 18).unwrap() - 8192
            })
            .collect()
    }

    #[test]
    fn a_file_becomes_the_reference_under_its_name() {
        let slot = ReferenceSlot::default();
        load(&wav("A song.wav", &noise(5)), &slot);
        assert_eq!(slot.failure(), "");
        let reference = slot.current().unwrap();
        assert_eq!(reference.name(), "A song");
        // The last part of a hop and the first window are not counted.
        assert!((reference.seconds() - 5.0).abs() < 0.5, "{reference:?}");
        // White noise has the same power in every hertz: 25 bands, 10 log10 of their widths.
        let tone_db = reference.tone_db();
        let slope = tone_db[18] - tone_db[8];
        let expected = 10.0 * (900.0_f32 / 160.0).log10();
        // 160 Hz times 5 s are 800 independent powers: three sigma are 0.45 dB.
        assert!(
            (slope - expected).abs() < 0.45,
            "{slope}, expected {expected}"
        );
    }

    #[test]
    fn what_gives_none_is_named_and_the_one_in_use_stays() {
        let slot = ReferenceSlot::default();
        load(&wav("kept.wav", &noise(4)), &slot);
        let kept = slot.current();
        let cases = [
            (wav("short.wav", &noise(1)), "short has"),
            (wav("silent.wav", &vec![0; 220_500]), "silent has"),
            (wav("empty.wav", &[]), "0 frames"),
            (Path::new("Cargo.toml").to_owned(), "not audio"),
            (Path::new("no/such/file.wav").to_owned(), "no/such/file.wav"),
        ];
        for (path, expected) in cases {
            load(&path, &slot);
            let got = slot.failure();
            assert!(got.contains(expected), "{}: {got}", path.display());
            assert_eq!(slot.current(), kept, "{}", path.display());
        }
    }
}
