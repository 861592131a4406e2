//! What a run shows while it works: bars for all and for each file, or plain lines where standard
//! error is no terminal.

use std::fmt::Write;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressState, ProgressStyle};

use crate::tools::logging;
use crate::tools::output::tell;

/// Passes over a file that are counted on: one that listens, two that render, one that verifies.
/// More of them do not count, fewer are made up for at the end.
const PASSES: u64 = 4;

/// The display of a run.
#[derive(Debug)]
pub struct Progress {
    bars: Option<Bars>,
    is_quiet: bool,
    files: usize,
    ended: AtomicUsize,
}

#[derive(Debug)]
struct Bars {
    multi: MultiProgress,
    all: ProgressBar,
}

/// The display of one file. Its units are milliseconds of the song.
#[derive(Debug)]
pub struct FileProgress<'a> {
    run: &'a Progress,
    bar: Option<ProgressBar>,
    sample_rate: u64,
    /// Milliseconds that the bar of all counts for this file, and those counted so far.
    counted: [u64; 2],
    at_ms: u64,
}

impl Progress {
    /// For so many files, of so many seconds together as far as they tell.
    pub fn new(files: usize, seconds: f64, is_quiet: bool) -> Self {
        // A log between bars that move would tear both.
        let is_shown = !is_quiet && !logging::is_on() && std::io::stderr().is_terminal();
        Self {
            bars: is_shown.then(|| Bars::new(files, milliseconds(seconds) * PASSES)),
            is_quiet,
            files,
            ended: AtomicUsize::new(0),
        }
    }

    /// Begins with a file of so many seconds, if it tells.
    pub fn file(&self, name: &str, sample_rate: u32, seconds: Option<f64>) -> FileProgress<'_> {
        let length_ms = seconds.map_or(0, milliseconds);
        FileProgress {
            run: self,
            bar: self.bars.as_ref().map(|bars| bars.file(name, length_ms)),
            sample_rate: sample_rate.into(),
            counted: [length_ms * PASSES, 0],
            at_ms: 0,
        }
    }

    /// A line on standard error, above the bars.
    pub fn say(&self, line: &str) {
        match &self.bars {
            Some(bars) => bars.multi.suspend(|| tell(line)),
            None => tell(line),
        }
    }

    /// Takes the bars away.
    pub fn finish(&self) {
        if let Some(bars) = &self.bars {
            bars.all.finish_and_clear();
        }
    }
}

impl Bars {
    fn new(files: usize, length_ms: u64) -> Self {
        let multi = MultiProgress::new();
        let bar = ProgressBar::new(length_ms).with_style(style(PASSES));
        let all = multi.add(bar.with_prefix(format!("{files} files")));
        all.enable_steady_tick(Duration::from_millis(250));
        Self { multi, all }
    }

    fn file(&self, name: &str, length_ms: u64) -> ProgressBar {
        let bar = ProgressBar::new(length_ms).with_style(style(1));
        let bar = bar.with_prefix(name.to_owned());
        self.multi.insert_before(&self.all, bar)
    }
}

/// A bar that counts a song so many times, with its speed in times real time and the time that is left.
fn style(passes: u64) -> ProgressStyle {
    let template = "{prefix:24!} {msg:12!} {bar:30} {percent:>3} % {speed:>6} {eta:>4} left";
    let style = ProgressStyle::with_template(template);
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    let of_second = 1000.0 * passes as f64;
    let speed = move |state: &ProgressState, out: &mut dyn Write| {
        // What cannot be shown is left out.
        let _ = write!(out, "{:.0}x", state.per_sec() / of_second);
    };
    style.with_key("speed", speed)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates
fn milliseconds(seconds: f64) -> u64 {
    (1000.0 * seconds) as u64
}

impl FileProgress<'_> {
    /// Begins another pass over the file.
    pub fn pass(&mut self, name: &'static str) {
        self.at_ms = 0;
        if let Some(bar) = &self.bar {
            bar.set_message(name);
            bar.reset();
        }
    }

    /// So many frames of the pass are done.
    pub fn at(&mut self, frames: u64) {
        let ms = 1000 * frames / self.sample_rate.max(1);
        let new_ms = ms.saturating_sub(self.at_ms);
        self.at_ms = ms;
        if let Some(bar) = &self.bar {
            bar.set_position(ms);
            self.count(new_ms);
        }
    }

    /// Counts towards all, at most what is counted on.
    fn count(&mut self, ms: u64) {
        let [most, done] = self.counted;
        let ms = ms.min(most - done);
        self.counted[1] += ms;
        if let Some(bars) = &self.run.bars {
            bars.all.inc(ms);
        }
    }

    /// The file is done; a line tells where there are no bars.
    pub fn finish(mut self, line: &str) {
        self.count(u64::MAX);
        let ended = 1 + self.run.ended.fetch_add(1, Ordering::Relaxed);
        match self.bar.take() {
            Some(bar) => bar.finish_and_clear(),
            None if self.run.is_quiet => {}
            None => tell(format!("{ended}/{} {line}", self.run.files)),
        }
    }

    /// A line on standard error, above the bars.
    pub fn say(&self, line: &str) {
        self.run.say(line);
    }
}

impl Drop for FileProgress<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
