//! `auralis.Processor`: the plug-in's processor for blocks.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::arrays::{self, Audio};
use crate::errors::refused;
use crate::settings::Settings;
use crate::{master, reference, report, song};
use auralis_engine::ear::learned::Learned;
use auralis_engine::ear::{AdaptMode, Reference};
use auralis_engine::master::{Format, Order};
use auralis_engine::params::Values;
use auralis_engine::{Knowledge, ProcessorSettings, Stream};

/// Everything of a processor.
struct State {
    engine: auralis_engine::Processor,
    values: Values,
    format: Format,
    reference: Option<Reference>,
    /// The decision that is held, if one is; about a song of which nothing passed the gate it is none.
    held: Option<Option<Learned>>,
}

impl State {
    /// What the engine works with: nothing adaptive moves while a decision is held.
    fn settings(&self) -> ProcessorSettings {
        let mut settings = self.values.settings();
        if self.held.is_some() {
            settings.analysis.mode = AdaptMode::Hold;
        }
        settings
    }

    /// Holds a decision from the next block on, which is the first of a song; or none.
    fn hold(&mut self, held: Option<Option<Learned>>) {
        self.held = held;
        let learned = self.held.clone().flatten();
        self.engine = engine(self.format, &self.settings(), learned, &self.reference);
    }

    fn process(&mut self, block: &mut Audio) {
        let settings = self.settings();
        let engine = &mut self.engine;
        engine.process(&mut block.channels_mut(), None, &settings, |_| ());
    }
}

/// The engine before the first block.
fn engine(
    format: Format,
    settings: &ProcessorSettings,
    learned: Option<Learned>,
    reference: &Option<Reference>,
) -> auralis_engine::Processor {
    let knowledge = Knowledge::default();
    knowledge.reference.replace(reference.clone());
    knowledge.memory.replace(learned);
    let stream = Stream {
        sample_rate: format.sample_rate,
        channels: format.channels,
        offline: true,
    };
    auralis_engine::Processor::new(stream, settings, knowledge, Arc::new(|_| false))
}

/// Masters blocks as the plug-in does in a bounce: it adapts as it hears (`adapt_mode`), or holds one
/// decision about the song.
///
/// sample_rate: in Hz, 8000 to 768000.
/// channels: 1 or 2.
/// reference: as that of `master`.
/// settings: any of `parameters()`.
///
/// The output lags by `latency` samples: feed as many zeros at the end, and leave out as many at the
/// start. It does not depend on how the audio is cut into blocks. One processor is for one stream;
/// threads that share it take turns.
#[pyclass(module = "auralis", frozen)]
pub struct Processor(Mutex<State>);

impl Processor {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with the state. Without the GIL: another thread may hold the lock for long.
    fn with<T: Send>(&self, py: Python<'_>, work: impl FnOnce(&mut State) -> T + Send) -> T {
        py.detach(|| work(&mut self.lock()))
    }
}

#[pymethods]
impl Processor {
    #[new]
    #[pyo3(signature = (sample_rate, channels, *, reference=None, **settings))]
    fn new(
        sample_rate: &Bound<'_, PyAny>,
        channels: &Bound<'_, PyAny>,
        reference: Option<&Bound<'_, PyAny>>,
        settings: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let count = channels.extract().ok().filter(|n| (1..=2).contains(n));
        let count =
            count.ok_or_else(|| refused("channels", format!("{channels} is neither 1 nor 2")))?;
        let format = arrays::format(sample_rate, count)?;
        let mut values = Values::default();
        let settings = Settings::read(settings)?;
        settings.apply(&mut values)?;
        let reference = reference::read(reference, format.sample_rate, &settings, &mut values)?;
        let engine = engine(format, &values.settings(), None, &reference);
        Ok(Self(Mutex::new(State {
            engine,
            values,
            format,
            reference,
            held: None,
        })))
    }

    /// Processes the next block, of any length and of shape (channels, frames), or (frames,) with one
    /// channel. Returns as many frames, of the same shape and dtype: those of `latency` samples ago.
    fn process<'py>(&self, block: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = block.py();
        let mut block = Audio::read("block", block)?;
        self.with(py, |state| {
            let (got, wanted) = (block.channel_count(), state.format.channels);
            if got != wanted {
                return Err(refused(
                    "block",
                    format!("its channels are {got}, those of the processor {wanted}"),
                ));
            }
            state.process(&mut block);
            Ok(())
        })?;
        block.into_array(py)
    }

    /// Samples by which the output lags; only `eq_phase` changes it.
    #[getter]
    fn latency(&self, py: Python<'_>) -> usize {
        self.with(py, |state| state.engine.latency_samples())
    }

    /// Forgets the audio so far: the next block is the first of a song. A held decision stays.
    fn reset(&self, py: Python<'_>) {
        self.with(py, |state| state.engine.reset());
    }

    /// Changes settings from the next block on; those it does not name stay. None is changed when one of
    /// them is refused.
    #[pyo3(signature = (**settings))]
    fn set(&self, py: Python<'_>, settings: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
        let settings = Settings::read(settings)?;
        self.with(py, |state| settings.apply(&mut state.values))
    }

    /// Decides about a whole song, as `master` does with the same settings, and holds the decision: the
    /// next block is the first of the song, and the blocks are the master, `latency` samples late.
    ///
    /// audio: of shape (channels, frames), at this sample rate. Returns the report of `master`.
    fn decide<'py>(&self, audio: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = audio.py();
        let song = master::whole(audio)?;
        let report = self.with(py, |state| {
            let (got, wanted) = (song.channel_count(), state.format.channels);
            if got != wanted {
                return Err(refused(
                    "audio",
                    format!("its channels are {got}, those of the processor {wanted}"),
                ));
            }
            let order = Order {
                settings: state.values.settings(),
                reference: state.reference.clone(),
            };
            if !order.is_decided_once() {
                return Err(refused(
                    "adapt_mode",
                    "Follow makes no decision about a song",
                ));
            }
            let mut output = song.silence_like();
            let made = song::master(&song, state.format, &order, &mut output)?;
            state.hold(Some(made.mastered.learned.clone()));
            Ok(report::mastered(&made, state.format, &order))
        })?;
        report::dict(py, &report)
    }

    /// The decision that is held, as JSON text (`report["learned"]` of `master` and of `decide`), or None.
    /// Setting it makes the next block the first of a song; while it is set nothing adaptive moves,
    /// whatever `adapt_mode` says. None adapts again.
    #[getter]
    fn learned(&self, py: Python<'_>) -> Option<String> {
        self.with(py, |state| {
            let learned = state.held.as_ref()?.as_ref()?;
            Some(report::text(learned))
        })
    }

    #[setter]
    fn set_learned(&self, py: Python<'_>, learned: Option<&str>) -> PyResult<()> {
        let learned = learned.map(read_learned).transpose()?;
        self.with(py, |state| state.hold(learned.map(Some)));
        Ok(())
    }
}

/// A decision out of its text.
fn read_learned(text: &str) -> PyResult<Learned> {
    let learned: Learned = serde_json::from_str(text)
        .map_err(|error| refused("learned", format!("it is no decision of a report: {error}")))?;
    if !learned.is_plausible() {
        return Err(refused("learned", "no song can have taught this"));
    }
    Ok(learned)
}
