//! A reference out of an array.

use pyo3::prelude::*;

use crate::arrays::{self, Audio};
use crate::errors::refused;
use crate::settings::Settings;
use auralis_engine::ear::Reference;
use auralis_engine::ear::reference::ReferenceCapture;
use auralis_engine::master::Format;
use auralis_engine::params::{ParamId, Values};
use auralis_engine::timing::Timing;

/// What a reference is called in reports.
const NAME: &str = "reference";

/// The reference of an array, of the sample rate of the song, or of a pair (array, sample rate).
/// Where the caller did not say how much of it to take, all of it is.
///
/// # Errors
/// When it is neither, or holds less than 3 s of sound.
pub fn read(
    given: Option<&Bound<'_, PyAny>>,
    sample_rate: f64,
    settings: &Settings,
    values: &mut Values,
) -> PyResult<Option<Reference>> {
    let Some(given) = given else {
        return Ok(None);
    };
    let pair: Option<(Bound<'_, PyAny>, Bound<'_, PyAny>)> = given.extract().ok();
    let (audio, format) = if let Some((audio, rate)) = pair {
        let audio = Audio::read(NAME, &audio)?;
        let format = arrays::format(&rate, audio.channel_count());
        (
            audio,
            format.map_err(|error| refused(NAME, error.value(given.py())))?,
        )
    } else {
        let audio = Audio::read(NAME, given)?;
        let channels = audio.channel_count();
        (
            audio,
            Format {
                sample_rate,
                channels,
            },
        )
    };
    if !settings.has(ParamId::RefBlend) {
        values.set(ParamId::RefBlend, 100.0);
    }
    given.py().detach(|| capture(&audio, format)).map(Some)
}

/// Hears a recording hop by hop.
fn capture(audio: &Audio, format: Format) -> PyResult<Reference> {
    let hop = Timing::new(format.sample_rate).hop_samples;
    let mut capture = ReferenceCapture::new(format.sample_rate, format.channels, hop);
    for index in 0..audio.frames() / hop {
        let part = index * hop..(index + 1) * hop;
        let channels: Vec<&[f32]> = audio.channels().iter().map(|c| &c[part.clone()]).collect();
        capture.push(&channels);
    }
    let seconds = capture.seconds();
    capture
        .finish(NAME)
        .ok_or_else(|| refused(NAME, format!("{seconds:.1} s of sound; it takes 3 s")))
}
