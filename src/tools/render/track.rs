//! One file while it is mastered: what is played, where it goes, and what has been said about it.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use auralis_engine::master::{
    self, Decision, Event, Format, Heard, LevelMeter, Levels, Mastered, Reach, Rendered, Song,
};

use crate::audio_file::{About, FileSong, about};
use crate::tools::audio_out::{Draft, Encoder, FileKind, Shape, Tags};
use crate::tools::logging;

use super::cancel;
use super::plan::Job;
use super::progress::{FileProgress, Progress};
use super::request::Request;

/// Decoded audio that is kept between the passes over a song, in bytes: 4 minutes of stereo at 48 kHz.
pub const MOST_KEPT_BYTES: usize = 96 << 20;

/// A file that is being mastered.
pub struct Track<'a> {
    job: &'a Job,
    request: &'a Request,
    about: About,
    song: FileSong,
    pass: Pass<'a>,
    started: Instant,
}

/// A finished master, under its own name.
#[derive(Debug)]
pub struct Finished {
    /// The file that was mastered.
    pub about: About,
    /// What was decided and rendered.
    pub mastered: Mastered,
    /// What was written.
    pub written: Levels,
    /// How far it lies from its target, in LU.
    pub miss_lu: Option<f64>,
    /// Samples of the file that were not finite.
    pub non_finite: u64,
    /// Time that it took, in seconds.
    pub elapsed_s: f64,
}

impl<'a> Track<'a> {
    /// Opens a file; nothing is written yet.
    ///
    /// # Errors
    /// When it is no file to be mastered, or its master cannot be held by the kind of file asked for.
    pub fn open(
        job: &'a Job,
        request: &'a Request,
        progress: &'a Progress,
        kept_bytes: usize,
    ) -> Result<Self> {
        let about = about(&job.input)?;
        let shape = Shape {
            sample_rate: about.sample_rate,
            channels: about.channels,
            frames: about.frames,
        };
        request.kind.check(shape)?;
        let name = job.input.file_name().unwrap_or_default().to_string_lossy();
        let progress = progress.file(&name, about.sample_rate, about.seconds());
        Ok(Self {
            job,
            request,
            song: FileSong::new(&job.input, kept_bytes),
            pass: Pass {
                kind: request.kind,
                shape: Shape {
                    frames: None,
                    ..shape
                },
                tags: Tags::default(),
                draft: None,
                encoder: None,
                progress,
                name: &job.input,
            },
            about,
            started: Instant::now(),
        })
    }

    /// What the file is.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// How the engine takes it.
    pub fn format(&self) -> Format {
        Format {
            sample_rate: self.about.sample_rate.into(),
            channels: self.about.channels,
        }
    }

    /// Plays the file to an ear that hears others as well.
    ///
    /// # Errors
    /// When it cannot be played to its end.
    pub fn play(&mut self, hear: &mut dyn FnMut(&[&[f32]]) -> Result<()>) -> Result<()> {
        self.pass.on(Event::Listens)?;
        let (pass, mut frames) = (&mut self.pass, 0);
        self.song.play(&mut |block| {
            hear(block)?;
            frames += block[0].len() as u64;
            pass.on(Event::Progress(frames))
        })?;
        pass.shape.frames = Some(frames);
        pass.kind.check(pass.shape)
    }

    /// Takes note of what is decided about it, and tells what stands in the way.
    ///
    /// # Errors
    /// When the master cannot be held by the kind of file asked for.
    pub fn decided(&mut self, heard: &Heard, reach: &Reach) -> Result<()> {
        self.pass.decided(heard, reach)
    }

    /// Makes the draft of the master, with the tags of the file.
    ///
    /// # Errors
    /// When there cannot be one.
    pub fn begin(&mut self) -> Result<()> {
        self.pass.tags = Tags::read(&self.job.input).unwrap_or_else(|error| {
            self.pass.warn(&format!(
                "its tags cannot be read and are left out: {error:#}"
            ));
            Tags::default()
        });
        self.pass.draft = Some(Draft::new(&self.job.output, self.request.may_replace)?);
        Ok(())
    }

    /// Hears the whole file.
    ///
    /// # Errors
    /// When it cannot be played to its end.
    pub fn listen(&mut self) -> Result<Heard> {
        let (format, order) = (self.format(), &self.request.order);
        let pass = &mut self.pass;
        master::listen(&mut self.song, format, order, &mut |event| pass.on(event))
    }

    /// Hears, decides and renders.
    ///
    /// # Errors
    /// When the file cannot be played, or its master not be written.
    pub fn master(&mut self) -> Result<Mastered> {
        let (format, order) = (self.format(), &self.request.order);
        let pass = &mut self.pass;
        let mastered = master::master(&mut self.song, format, order, &mut |event| pass.on(event))?;
        pass.close()?;
        Ok(mastered)
    }

    /// Renders with a decision that others have made; `hear` is told what is rendered.
    ///
    /// # Errors
    /// As [`master`](Self::master).
    pub fn render(
        &mut self,
        decision: &Decision,
        before: usize,
        hear: &mut dyn FnMut(&[&[f32]]) -> Result<()>,
    ) -> Result<Rendered> {
        let (format, order) = (self.format(), &self.request.order);
        let pass = &mut self.pass;
        let mut on = |event: Event<'_>| {
            if let Event::Audio(block) = &event {
                hear(block)?;
            }
            pass.on(event)
        };
        let rendered = master::render(
            &mut self.song,
            format,
            order,
            Some(decision),
            before,
            &mut on,
        )?;
        pass.close()?;
        Ok(rendered)
    }

    /// Verifies what was written; what the files beside the master need is known then.
    ///
    /// # Errors
    /// When the file cannot be read again, or is not as long as its source.
    pub fn verify(&mut self) -> Result<Levels> {
        self.pass.step("verifying");
        let draft = self.pass.draft.as_ref().context("nothing was rendered")?;
        let levels = measure(draft.path(), self.format(), &mut self.pass.progress)
            .context("the master cannot be read again")?;
        let (got, expected) = (levels.frames, self.song.frames());
        ensure!(
            got == expected,
            "the master has {got} frames, the file has {expected}"
        );
        Ok(levels)
    }

    /// The draft of the decision, where one is wanted.
    fn decision(&self, mastered: &Mastered) -> Result<Option<Draft>> {
        if !self.request.save_decision {
            return Ok(None);
        }
        let state = self.request.held(mastered.learned.as_ref());
        let place = self.job.beside("auralis.json");
        let draft = Draft::new(&place, self.request.may_replace)?;
        draft.write(&serde_json::to_vec_pretty(&state)?)?;
        Ok(Some(draft))
    }

    /// Gives the master its name.
    ///
    /// # Errors
    /// When it cannot have it.
    pub fn keep(mut self, mastered: Mastered, written: Levels) -> Result<Finished> {
        let draft = self.pass.draft.take().context("nothing was rendered")?;
        let decision = self.decision(&mastered)?;
        draft.keep()?;
        decision.map_or(Ok(()), Draft::keep)?;
        let target = self.request.order.target_lufs();
        let target = target.filter(|_| mastered.learned.is_some());
        let miss = written.integrated_lufs.zip(target);
        let finished = Finished {
            miss_lu: miss.map(|(got, target)| got - target),
            about: self.about,
            mastered,
            written,
            non_finite: self.song.non_finite(),
            elapsed_s: self.started.elapsed().as_secs_f64(),
        };
        if finished.non_finite > 0 {
            let count = finished.non_finite;
            self.pass
                .warn(&format!("{count} samples are not finite and count as 0"));
        }
        let (input, seconds) = (&self.job.input, finished.seconds());
        logging::done("mastered", input, seconds, finished.elapsed_s);
        self.pass.progress.finish(&finished.line(&self.job.output));
        Ok(finished)
    }
}

impl Finished {
    /// Seconds of audio.
    pub fn seconds(&self) -> f64 {
        self.written.frames as f64 / f64::from(self.about.sample_rate)
    }

    /// How many times faster than real time it was made.
    pub fn realtime_factor(&self) -> f64 {
        self.seconds() / self.elapsed_s.max(1e-9)
    }

    /// In one line.
    fn line(&self, output: &Path) -> String {
        let loudness = match self.written.integrated_lufs {
            Some(lufs) => format!("{lufs:.1} LUFS"),
            None => String::from("silent"),
        };
        let (peak, speed) = (self.written.true_peak_dbtp, self.realtime_factor());
        let output = output.display();
        format!("{output}: {loudness}, {peak:.1} dBTP, {speed:.0}x real time")
    }
}

/// Levels of a file, as it is on the disk.
fn measure(path: &Path, format: Format, progress: &mut FileProgress<'_>) -> Result<Levels> {
    let mut meter = LevelMeter::new(format.sample_rate, format.channels);
    let mut frames = 0;
    FileSong::new(path, 0).play(&mut |block| {
        cancel::check()?;
        meter.push(block);
        frames += block[0].len() as u64;
        progress.at(frames);
        Ok(())
    })?;
    Ok(meter.finish())
}

/// What happens to a file in a pass over it.
struct Pass<'a> {
    kind: FileKind,
    /// The frames are known once the file was heard.
    shape: Shape,
    tags: Tags,
    /// None where nothing is written.
    draft: Option<Draft>,
    encoder: Option<Encoder>,
    progress: FileProgress<'a>,
    name: &'a Path,
}

impl Pass<'_> {
    /// Takes note of what happens.
    fn on(&mut self, event: Event<'_>) -> Result<()> {
        match event {
            Event::Listens => self.step("listening"),
            Event::Decided(heard, reach) => self.decided(heard, reach)?,
            Event::Renders { .. } => {
                self.step("rendering");
                self.begin()?;
            }
            Event::Progress(frames) => {
                cancel::check()?;
                self.progress.at(frames);
            }
            Event::Audio(block) => {
                if let Some(encoder) = &mut self.encoder {
                    encoder.take(block)?;
                }
            }
            Event::Frame(_) => {}
        }
        Ok(())
    }

    /// Begins another pass.
    fn step(&mut self, name: &'static str) {
        logging::step(self.name, name);
        self.progress.pass(name);
    }

    /// Tells what stands in the way, before it is rendered.
    fn decided(&mut self, heard: &Heard, reach: &Reach) -> Result<()> {
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

    /// Begins the draft anew.
    fn begin(&mut self) -> Result<()> {
        self.encoder = None;
        let Some(draft) = &self.draft else {
            return Ok(());
        };
        let seed = seed(self.name);
        let writer = self
            .kind
            .begin(draft.begin()?, self.shape, &self.tags, seed)?;
        self.encoder = Some(Encoder::start(writer)?);
        Ok(())
    }

    /// Ends the draft.
    fn close(&mut self) -> Result<()> {
        self.encoder.take().map_or(Ok(()), Encoder::finish)
    }

    fn warn(&self, text: &str) {
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
