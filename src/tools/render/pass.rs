//! What happens to a file in the passes over it: what is rendered goes into the draft, what is to be
//! shown to the report and to the user.

use std::path::Path;

use anyhow::{Context, Result};
use auralis_engine::master::{Event, Heard, Reach};

use crate::tools::audio_out::{Container, Draft, Encoder, FileKind, Shape, Tags};
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
    /// Most of what is rendered that is kept in memory, in bytes.
    most_kept_bytes: usize,
    to: Destination,
}

/// Where what is rendered goes.
enum Destination {
    Nowhere,
    /// Into memory until the pass turns out to be the last: a first one is corrected as a rule, and to
    /// encode a FLAC costs more than to render it.
    Memory(Vec<Vec<Vec<f32>>>),
    File(Encoder),
}

impl<'a> Pass<'a> {
    /// Of a file with this name; nothing is written yet.
    pub fn new(
        name: &'a Path,
        kind: FileKind,
        shape: Shape,
        progress: FileProgress<'a>,
        most_kept_bytes: usize,
    ) -> Self {
        Self {
            kind,
            shape,
            tags: Tags::default(),
            draft: None,
            trace: None,
            progress,
            name,
            most_kept_bytes,
            to: Destination::Nowhere,
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
            Event::Renders { before } => {
                self.step("rendering");
                self.begin(before)?;
            }
            Event::Progress(frames) => {
                cancel::check()?;
                self.progress.at(frames);
            }
            Event::Audio(block) => {
                if let Some(trace) = &mut self.trace {
                    trace.after(block);
                }
                match &mut self.to {
                    Destination::Nowhere => {}
                    Destination::Memory(kept) => {
                        kept.push(block.iter().map(|channel| channel.to_vec()).collect());
                    }
                    Destination::File(encoder) => encoder.take(block)?,
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

    /// Begins the master anew, after so many passes.
    fn begin(&mut self, before: usize) -> Result<()> {
        if let Some(trace) = &mut self.trace {
            trace.begin_after();
        }
        // The encoder of an earlier pass lets go of the file first.
        self.to = Destination::Nowhere;
        if self.draft.is_none() {
            return Ok(());
        }
        let frame_bytes = size_of::<f32>() * self.shape.channels;
        let most_frames = (self.most_kept_bytes / frame_bytes) as u64;
        let is_short = self
            .shape
            .frames
            .is_some_and(|frames| frames <= most_frames);
        let is_costly = self.kind.container == Container::Flac;
        self.to = match before == 0 && is_costly && is_short {
            true => Destination::Memory(Vec::new()),
            false => Destination::File(self.encoder()?),
        };
        Ok(())
    }

    /// An encoder of the draft, from its start.
    fn encoder(&self) -> Result<Encoder> {
        let draft = self.draft.as_ref().context("there is no draft")?;
        let (file, seed) = (draft.begin()?, seed(self.name));
        Encoder::start(self.kind.begin(file, self.shape, &self.tags, seed)?)
    }

    /// Ends the draft, after the last pass.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn close(&mut self) -> Result<()> {
        match std::mem::replace(&mut self.to, Destination::Nowhere) {
            Destination::Nowhere => Ok(()),
            Destination::File(encoder) => encoder.finish(),
            Destination::Memory(kept) => {
                let mut encoder = self.encoder()?;
                for block in kept {
                    cancel::check()?;
                    encoder.give(block)?;
                }
                encoder.finish()
            }
        }
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
