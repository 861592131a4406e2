//! One look at a song's file: what the ear decides about the whole of it, for the plug-in to hold.
//!
//! The same as `auralis render` does with a file, but for the file that comes of it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use anyhow::{Context, Result, ensure};

use crate::audio_file;
use crate::audio_file::song::FileSong;
use auralis_engine::Memory;
use auralis_engine::ear::findings::Finding;
use auralis_engine::ear::learned::Learned;
use auralis_engine::master::{self, Event, Format, Order};

/// Decoded audio that is kept from pass to pass, in bytes: six minutes of stereo at 48 kHz.
const MOST_KEPT_BYTES: usize = 1 << 27;

/// How far a look at a file is.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Look {
    /// Nobody has asked for one.
    #[default]
    None,
    /// The file with this name is being heard, in this pass, up to this time in seconds.
    Hears {
        /// The file's name.
        name: String,
        /// Passes so far, the one under way with them.
        pass: usize,
        /// Heard in this pass, in seconds.
        seconds: f64,
    },
    /// It was decided, which the memory holds; the mode is not `Hold` yet.
    Decided,
    /// Why there is no decision.
    Failed(String),
}

#[derive(Debug, Default)]
struct State {
    look: Look,
    /// What is told of the file that was heard last.
    findings: Arc<[Finding]>,
    /// Number of the last request: what comes of an older one is not wanted any more.
    request: u32,
}

/// Where a look is asked for, followed and taken; clones share it. Not for the audio thread.
#[derive(Debug, Clone, Default)]
pub struct SongLook(Arc<Mutex<State>>);

impl SongLook {
    /// How far it is.
    pub fn get(&self) -> Look {
        self.lock().look.clone()
    }

    /// Whether a file is being heard.
    pub fn is_hearing(&self) -> bool {
        matches!(self.lock().look, Look::Hears { .. })
    }

    /// What is told of the file that was heard last; nothing before one was.
    pub fn findings(&self) -> Arc<[Finding]> {
        self.lock().findings.clone()
    }

    /// Gives up what is being heard, or dismisses what came of it.
    pub fn dismiss(&self) {
        let mut state = self.lock();
        state.request = state.request.wrapping_add(1);
        state.look = Look::None;
    }

    /// Whether a decision has come since this was last asked.
    pub fn take_decided(&self) -> bool {
        let mut state = self.lock();
        let is_decided = state.look == Look::Decided;
        if is_decided {
            state.look = Look::None;
        }
        is_decided
    }

    /// Looks at a file on a thread of its own, which ends with the last handle. A look under way is given
    /// up for it. What is decided takes the place of what `memory` holds.
    pub fn start(&self, path: PathBuf, order: Order, memory: Memory) {
        let request = {
            let mut state = self.lock();
            state.request = state.request.wrapping_add(1);
            state.look = Look::Hears {
                name: name_of(&path),
                pass: 1,
                seconds: 0.0,
            };
            state.request
        };
        let theirs = Asked {
            look: Arc::downgrade(&self.0),
            request,
        };
        let thread = std::thread::Builder::new().name("auralis-song".to_owned());
        let spawned = thread.spawn(move || {
            let outcome = theirs.decide(&path, &order);
            theirs.finish(&path, outcome, &memory);
        });
        if spawned.is_err() {
            let text = "The system gives no thread to read a file.";
            self.lock().look = Look::Failed(text.to_owned());
        }
    }

    /// Says why there was none.
    pub fn fail(&self, text: String) {
        self.lock().look = Look::Failed(text);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A look that was asked for, as its thread has it.
struct Asked {
    /// Gone with the instance: a file need not be heard to its end for nobody.
    look: Weak<Mutex<State>>,
    request: u32,
}

impl Asked {
    /// Does something with the state, if anybody still waits for this look.
    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> Option<T> {
        let look = SongLook(self.look.upgrade()?);
        let mut state = look.lock();
        (state.request == self.request).then(|| work(&mut state))
    }

    fn decide(&self, path: &Path, order: &Order) -> Result<Learned> {
        let about = audio_file::about(path)?;
        let format = Format {
            sample_rate: f64::from(about.sample_rate),
            channels: about.channels,
        };
        let mut song = FileSong::new(path, MOST_KEPT_BYTES);
        let mut passes = 0;
        let mastered = master::master(&mut song, format, order, &mut |event| {
            match event {
                Event::Listens | Event::Renders => passes += 1,
                Event::Progress(frames) => {
                    let seconds = frames as f64 / format.sample_rate;
                    self.note(passes, seconds)?;
                }
                Event::Decided(heard, _) => {
                    self.with(|state| state.findings = heard.findings.as_slice().into());
                }
                Event::Rehearses | Event::Audio(_) | Event::Frame(_) => {}
            }
            Ok(())
        })?;
        ensure!(order.is_decided_once(), "Follow decides nothing to hold");
        let learned = mastered.learned;
        learned.context("nothing of it is loud enough to be heard")
    }

    /// Notes how far it is; an error when nobody waits any more.
    fn note(&self, passes: usize, heard_s: f64) -> Result<()> {
        let noted = self.with(|state| {
            if let Look::Hears { pass, seconds, .. } = &mut state.look {
                *pass = passes;
                *seconds = heard_s;
            }
        });
        noted.context("given up")
    }

    fn finish(&self, path: &Path, outcome: Result<Learned>, memory: &Memory) {
        self.with(|state| {
            state.look = match outcome {
                Ok(learned) => {
                    memory.replace(Some(learned));
                    Look::Decided
                }
                Err(error) => Look::Failed(format!("{}: {error:#}.", name_of(path))),
            };
        });
    }
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}
