//! What happens to a file in the passes over it: what is rendered goes into the draft, what is to be
//! shown to the report and to the user.

use std::path::Path;

use anyhow::Result;
use auralis_engine::master::{Event, Heard, Reach};

use crate::tools::audio_out::{Draft, Encoder, FileKind, Shape, Tags};
use crate::tools::logging;

use super::cancel;
use super::report::Trace;
use super::tell::progress::FileProgress;

/// What happens to a file in a pass over it.
pub struct Pass<'a> {
    /// What is written.
    pub kind: FileKind,
    /// The frames are known once the file was heard.
    pub shape: Shape,
    /// What is written with the audio.
    pub tags: Tags,
    /// None where nothing is written.
    pub draft: Option<Draft>,
    /// What the report shows, where one is wanted.
    pub trace: Option<Trace>,
    /// What the user sees of it.
    pub progress: FileProgress<'a>,
    name: &'a Path,
    /// Of what is being rendered; none before, and where nothing is written.
    encoder: Option<Encoder>,
}

impl<'a> Pass<'a> {
    /// Of a file with this name; nothing is written yet.
    pub fn new(name: &'a Path, kind: FileKind, shape: Shape, progress: FileProgress<'a>) -> Self {
        Self {
            kind,
            shape,
            tags: Tags::default(),
            draft: None,
            trace: None,
            progress,
            name,
            encoder: None,
        }
    }

    /// Takes note of what happens.
    ///
    /// # Errors
    /// When the work is to end, or what is rendered cannot be written.
    pub fn on(&mut self, event: Event<'_>) -> Result<()> {
        match event {
            Event::Listens => self.step("listening"),
            Event::Decided(heard, reach) => self.decided(heard, reach)?,
            Event::Rehearses => self.step("rehearsing"),
            Event::Renders => {
                self.step("rendering");
                self.begin()?;
            }
            Event::Progress(frames) => {
                cancel::check()?;
                self.progress.at(frames);
            }
            Event::Audio(block) => {
                if let Some(trace) = &mut self.trace {
                    trace.after(block);
                }
                if let Some(encoder) = &mut self.encoder {
                    encoder.take(block)?;
                }
            }
            Event::Frame(report) => {
                if let Some(trace) = &mut self.trace {
                    trace.frame(report);
                }
            }
        }
        Ok(())
    }

    /// Begins another pass.
    pub fn step(&mut self, name: &'static str) {
        logging::step(self.name, name);
        self.progress.pass(name);
    }

    /// Tells what stands in the way, before it is rendered.
    ///
    /// # Errors
    /// When the master cannot be held by the kind of file asked for.
    pub fn decided(&mut self, heard: &Heard, reach: &Reach) -> Result<()> {
        self.shape.frames = Some(heard.levels.frames);
        self.kind.check(self.shape)?;
        if heard.learned.is_none() {
            self.warn("nothing in it is loud enough to decide about: no gain, no correction");
        }
        let text = reach.to_string();
        if !text.is_empty() {
            self.warn(&text);
        }
        Ok(())
    }

    /// The song is about to be played for the first time.
    pub fn begin_song(&mut self) {
        if let Some(trace) = &mut self.trace {
            trace.begin_before();
        }
    }

    /// The song, the first time.
    pub fn hear(&mut self, block: &[&[f32]]) {
        if let Some(trace) = &mut self.trace {
            trace.before(block);
        }
    }

    /// Begins the master anew.
    fn begin(&mut self) -> Result<()> {
        if let Some(trace) = &mut self.trace {
            trace.begin_after();
        }
        // The encoder of an earlier pass lets go of the file first.
        self.encoder = None;
        if let Some(draft) = &self.draft {
            let (file, seed) = (draft.begin()?, seed(self.name));
            let writer = self.kind.begin(file, self.shape, &self.tags, seed)?;
            self.encoder = Some(Encoder::start(writer)?);
        }
        Ok(())
    }

    /// Ends the draft, after the last pass.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn close(&mut self) -> Result<()> {
        self.encoder.take().map_or(Ok(()), Encoder::finish)
    }

    /// Says something about the file that is no failure.
    pub fn warn(&self, text: &str) {
        let name = self.name.display();
        self.progress.say(&format!("warning: {name}: {text}"));
    }
}

/// The seed of a file's dither: its name's (FNV-1a), so that a second run writes the same file.
fn seed(path: &Path) -> u64 {
    let name = path.file_stem().unwrap_or_default();
    let bytes = name.as_encoded_bytes().iter();
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
