//! A reference out of an audio file.

use std::ops::ControlFlow;
use std::path::Path;

use auralis_engine::ear::Reference;
use auralis_engine::ear::reference::ReferenceCapture;
use auralis_engine::reference::slot::Reading;
use auralis_engine::timing::Timing;

use crate::audio_file::{self, Block};

/// Reads a file from its beginning to its end or until nobody waits for it any more, which takes a
/// while: not for a thread that draws. The reference gets the file's name.
pub fn read(reading: Reading, path: &Path) {
    let outcome = capture(path, &|| reading.is_wanted());
    reading.finish(outcome.map(|reference| reference.in_file(path)));
}

/// The reference of a file, named like it, if it is wanted to the end.
///
/// # Errors
/// Why there is none.
pub fn capture(path: &Path, is_wanted: &dyn Fn() -> bool) -> Result<Reference, String> {
    let mut heard = Heard::default();
    let mut hear = |block: Block<'_>| {
        heard.push(block);
        if is_wanted() {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    };
    audio_file::decode(path, &mut hear).map_err(|error| format!("{error:#}."))?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    heard.reference(&name)
}

/// Blocks of any length, heard in hops.
#[derive(Default)]
struct Heard {
    /// From the first block on.
    capture: Option<ReferenceCapture>,
    hop_samples: usize,
    /// What is less than a hop yet, a vector a channel.
    rest: Vec<Vec<f32>>,
}

impl Heard {
    fn push(&mut self, block: Block<'_>) {
        let capture = self.capture.get_or_insert_with(|| {
            let sample_rate = f64::from(block.sample_rate);
            self.hop_samples = Timing::new(sample_rate).hop_samples;
            self.rest = vec![Vec::new(); block.channels.len()];
            ReferenceCapture::new(sample_rate, block.channels.len(), self.hop_samples)
        });
        for (rest, new) in self.rest.iter_mut().zip(block.channels) {
            rest.extend_from_slice(new);
        }
        let mut done = 0;
        while self.rest.iter().all(|c| c.len() - done >= self.hop_samples) {
            let hop = done..done + self.hop_samples;
            let channels: Vec<&[f32]> = self.rest.iter().map(|c| &c[hop.clone()]).collect();
            capture.push(&channels);
            done = hop.end;
        }
        for rest in &mut self.rest {
            rest.drain(..done);
        }
    }

    fn reference(&self, name: &str) -> Result<Reference, String> {
        let seconds = self.capture.as_ref().map_or(0.0, ReferenceCapture::seconds);
        let reference = self.capture.as_ref().and_then(|c| c.finish(name));
        reference.ok_or_else(|| format!("{name} has {seconds:.1} s of sound; it takes 3 s."))
    }
}
