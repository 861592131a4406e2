//! One file while it is mastered: what is played, where it goes, and what has been said about it.

use std::cell::RefCell;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use auralis_engine::master::{
    self, Decision, Event, Format, Heard, LevelMeter, Levels, Mastered, Reach, Rehearsal, Rendered,
    Song,
};

use crate::audio_file::{About, FileSong, about};
use crate::tools::audio_out::{Draft, Shape, Tags};
use crate::tools::logging;

use super::cancel;
use super::pass::Pass;
use super::plan::Job;
use super::report::{self, Trace};
use super::request::Request;
use super::tell::progress::{FileProgress, Progress};
use super::verdict::Verdict;

/// Audio that is kept between the passes over a song, in bytes: 4 minutes of stereo at 48 kHz.
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
        // What the header promises is no firm length in every format.
        let shape = Shape {
            frames: None,
            ..shape
        };
        let name = job.input.file_name().unwrap_or_default().to_string_lossy();
        let progress = progress.file(&name, about.sample_rate, about.seconds());
        Ok(Self {
            job,
            request,
            song: FileSong::new(&job.input, kept_bytes),
            pass: Pass::new(&job.input, request.kind, shape, progress),
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

    /// Plays the file once more, for the rehearsal of an album.
    ///
    /// # Errors
    /// When it cannot be played to its end.
    pub fn rehearse(&mut self, rehearsal: &mut Rehearsal) -> Result<()> {
        self.pass.on(Event::Rehearses)?;
        let (pass, mut frames) = (&mut self.pass, 0);
        self.song.play(&mut |block| {
            rehearsal.take(block);
            frames += block[0].len() as u64;
            pass.on(Event::Progress(frames))
        })
    }

    /// Plays the file to an ear that hears others as well.
    ///
    /// # Errors
    /// When it cannot be played to its end.
    pub fn play(&mut self, hear: &mut dyn FnMut(&[&[f32]]) -> Result<()>) -> Result<()> {
        self.pass.on(Event::Listens)?;
        let (pass, mut frames) = (&mut self.pass, 0);
        pass.begin_song();
        self.song.play(&mut |block| {
            hear(block)?;
            pass.hear(block);
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
        let about = &self.about;
        let trace = || Trace::new(about.sample_rate, about.channels, about.seconds());
        self.pass.trace = self.request.report.then(trace);
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
        let pass = RefCell::new(&mut self.pass);
        pass.borrow_mut().begin_song();
        let mut song = Tapped {
            song: &mut self.song,
            tap: Some(&mut |block: &[&[f32]]| pass.borrow_mut().hear(block)),
        };
        let mut happens = |event: Event<'_>| pass.borrow_mut().on(event);
        master::master(&mut song, format, order, &mut happens)
    }

    /// Renders with a decision that others have made; `hear` is told what is rendered.
    ///
    /// # Errors
    /// As [`master`](Self::master).
    pub fn render(
        &mut self,
        decision: &Decision,
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
        master::render(&mut self.song, format, order, Some(decision), &mut on)
    }

    /// Ends the file and verifies what was written.
    ///
    /// # Errors
    /// When the file cannot be written or read again, or is not as long as its source.
    pub fn verify(&mut self) -> Result<Levels> {
        self.pass.close()?;
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

    /// The drafts of what goes beside the master: the decision, the report.
    fn beside(
        &mut self,
        mastered: &Mastered,
        written: &Levels,
        verdict: &Verdict,
    ) -> Result<Vec<Draft>> {
        let mut drafts = Vec::new();
        if self.request.save_decision {
            let state = self.request.held(mastered.learned.as_ref());
            let place = self.job.beside("auralis.json");
            let draft = Draft::new(&place, self.request.may_replace)?;
            draft.write(&serde_json::to_vec_pretty(&state)?)?;
            drafts.push(draft);
        }
        if let Some(trace) = self.pass.trace.take() {
            let done = (mastered, written, verdict);
            drafts.extend(report::drafts(self.job, self.request, trace, done)?);
        }
        Ok(drafts)
    }

    /// Gives the master its name.
    ///
    /// # Errors
    /// When it cannot have it.
    pub fn keep(
        mut self,
        mastered: Mastered,
        written: Levels,
        verdict: &Verdict,
    ) -> Result<Finished> {
        let draft = self.pass.draft.take().context("nothing was rendered")?;
        let beside = self.beside(&mastered, &written, verdict)?;
        draft.keep()?;
        beside.into_iter().try_for_each(Draft::keep)?;
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

/// Hears a block: one slice a channel.
type Tap<'a> = &'a mut dyn FnMut(&[&[f32]]);

/// A song whose first pass is heard by another as well.
struct Tapped<'a> {
    song: &'a mut FileSong,
    tap: Option<Tap<'a>>,
}

impl Song for Tapped<'_> {
    type Error = anyhow::Error;

    fn play(&mut self, hear: &mut dyn FnMut(&[&[f32]]) -> Result<()>) -> Result<()> {
        let Some(tap) = self.tap.take() else {
            return self.song.play(hear);
        };
        self.song.play(&mut |block| {
            tap(block);
            hear(block)
        })
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
