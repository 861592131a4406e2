//! `auralis.master` and `auralis.analyze`.

use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::arrays::{self, Audio};
use crate::errors::refused;
use crate::settings::{Settings, typed};
use crate::{reference, report, song};
use auralis_engine::master::Order;
use auralis_engine::params::{ParamId, Values};

/// What `target_lufs` says itself.
const SAID_BY_TARGET: [ParamId; 2] = [ParamId::LoudTarget, ParamId::LoudOn];

/// `target_lufs`.
pub enum TargetLufs {
    /// As it would be typed.
    Typed(String),
    /// None: the loudness gain is off.
    Off,
}

impl TargetLufs {
    /// What streaming services play at.
    fn usual() -> Self {
        Self::Typed(String::from("-14"))
    }

    /// Sets the loudness to land on.
    fn apply(&self, values: &mut Values) -> PyResult<()> {
        match self {
            Self::Typed(text) => {
                let set = values.set_text(ParamId::LoudTarget.row().id, text);
                set.map_err(|error| refused("target_lufs", error))
            }
            Self::Off => {
                values.set(ParamId::LoudOn, 0.0);
                Ok(())
            }
        }
    }
}

impl<'py> FromPyObject<'_, 'py> for TargetLufs {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if value.is_none() {
            return Ok(Self::Off);
        }
        typed("target_lufs", "it", &value).map(Self::Typed)
    }
}

/// Masters a song: measures it, decides once, renders it held, and verifies.
///
/// audio: the whole song, float32 or float64 of shape (channels, frames) or (frames,), at least one
///     frame. NaN and infinities count as 0; `report["before"]["non_finite"]` counts them.
/// sample_rate: in Hz, 8000 to 768000.
/// target_lufs: integrated loudness to land on, -36 to -6; None leaves the loudness as it is.
/// reference: a recording whose tone is the target, an array at the same sample rate or a pair
///     (array, sample_rate), of at least 3 s. `ref_blend` says how much of it, 100 (%) if not given.
/// settings: any of `parameters()` but loud_target and loud_on, which target_lufs says.
///     adapt_mode="Follow" makes one pass without a decision, for speech and streams.
///
/// Returns (audio, report): the master, of the shape and dtype of the audio and aligned to it, and a
/// dict, see `Report` in the stubs. Raises ValueError, which names the argument.
#[pyfunction]
#[pyo3(
    signature = (audio, sample_rate, target_lufs=TargetLufs::usual(), *, reference=None, **settings),
    text_signature = "(audio, sample_rate, target_lufs=-14.0, *, reference=None, **settings)"
)]
pub fn master<'py>(
    py: Python<'py>,
    audio: &Bound<'py, PyAny>,
    sample_rate: &Bound<'py, PyAny>,
    target_lufs: TargetLufs,
    reference: Option<&Bound<'py, PyAny>>,
    settings: Option<&Bound<'py, PyDict>>,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let song = whole(audio)?;
    let format = arrays::format(sample_rate, song.channel_count())?;
    let mut values = Values::default();
    target_lufs.apply(&mut values)?;
    let settings = Settings::read(settings)?;
    if let Some(param) = SAID_BY_TARGET.iter().find(|param| settings.has(**param)) {
        let id = param.row().id;
        return Err(refused("settings", format!("{id} is said by target_lufs")));
    }
    settings.apply(&mut values)?;
    let reference = reference::read(reference, format.sample_rate, &settings, &mut values)?;
    let order = Order {
        settings: values.settings(),
        reference,
    };
    let mut output = song.silence_like();
    let made = py.detach(|| song::master(&song, format, &order, &mut output))?;
    let report = report::mastered(&made, format, &order);
    Ok((output.into_array(py)?, report::dict(py, &report)?))
}

/// Tells what a song is like, and what `master` would decide, without rendering anything.
///
/// audio, sample_rate, reference: as those of `master`.
/// settings: any of `parameters()`; loud_target (LUFS) and loud_on are the target of the loudness.
///
/// Returns a dict, see `Analysis` in the stubs. Raises ValueError, which names the argument.
#[pyfunction]
#[pyo3(signature = (audio, sample_rate, *, reference=None, **settings))]
pub fn analyze<'py>(
    py: Python<'py>,
    audio: &Bound<'py, PyAny>,
    sample_rate: &Bound<'py, PyAny>,
    reference: Option<&Bound<'py, PyAny>>,
    settings: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let song = whole(audio)?;
    let format = arrays::format(sample_rate, song.channel_count())?;
    let mut values = Values::default();
    let settings = Settings::read(settings)?;
    settings.apply(&mut values)?;
    let reference = reference::read(reference, format.sample_rate, &settings, &mut values)?;
    let order = Order {
        settings: values.settings(),
        reference,
    };
    let (heard, decision) = py.detach(|| song::listen(&song, format, &order))?;
    report::dict(py, &report::analyzed(&heard, &decision, format, &order))
}

/// A song, of which something must be there.
pub fn whole(audio: &Bound<'_, PyAny>) -> PyResult<Audio> {
    let song = Audio::read("audio", audio)?;
    if song.frames() == 0 {
        return Err(refused("audio", "it has no frames"));
    }
    Ok(song)
}
