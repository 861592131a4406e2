//! Numpy arrays in and out.
//!
//! What comes in is copied: nobody can change it while it is worked on without the GIL.

use numpy::ndarray::Array2;
use numpy::{
    Element, IntoPyArray, PyArray1, PyArrayDescrMethods, PyReadonlyArrayDyn, PyUntypedArray,
    PyUntypedArrayMethods,
};
use pyo3::prelude::*;
use pyo3::types::IntoPyDict;

use crate::errors::refused;
use auralis_engine::master::Format;

/// Sample rates that the engine works at, in Hz.
const SAMPLE_RATES_HZ: std::ops::RangeInclusive<f64> = 8_000.0..=768_000.0;

/// How an array looked, for the result to look the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    /// Shape (frames,) instead of (channels, frames).
    is_flat: bool,
    /// float64 instead of float32.
    is_double: bool,
}

/// Mono or stereo audio: one channel behind the other.
#[derive(Debug, Clone)]
pub struct Audio {
    samples: Vec<f32>,
    channels: usize,
    look: Look,
}

impl Audio {
    /// Copies an array, which may be of any strides.
    ///
    /// # Errors
    /// When it is no array of floats, or not of 1 or 2 channels. `argument` is its name.
    pub fn read(argument: &str, object: &Bound<'_, PyAny>) -> PyResult<Self> {
        let array = object.cast::<PyUntypedArray>().map_err(|_| {
            let name = object.get_type().name();
            let name = name.map_or_else(|_| String::from("object"), |name| name.to_string());
            refused(
                argument,
                format!("'{name}' is no numpy array of float32 or float64"),
            )
        })?;
        let (is_flat, channels) = channels_of(argument, array.shape())?;
        let is_double = is_double(argument, array)?;
        let samples = if is_double {
            copy::<f64>(array, "float64")?
                .into_iter()
                .map(|x| x as f32)
                .collect()
        } else {
            copy::<f32>(array, "float32")?
        };
        let look = Look { is_flat, is_double };
        Ok(Self {
            samples,
            channels,
            look,
        })
    }

    /// Silence that looks like this.
    pub fn silence_like(&self) -> Self {
        Self {
            samples: vec![0.0; self.samples.len()],
            ..*self
        }
    }

    /// Its channels: 1 or 2.
    pub fn channel_count(&self) -> usize {
        self.channels
    }

    /// Its frames.
    pub fn frames(&self) -> usize {
        self.samples.len() / self.channels
    }

    /// One slice a channel.
    pub fn channels(&self) -> Vec<&[f32]> {
        let frames = self.frames();
        let channel = |i| &self.samples[i * frames..(i + 1) * frames];
        (0..self.channels).map(channel).collect()
    }

    /// The same, to be written.
    pub fn channels_mut(&mut self) -> Vec<&mut [f32]> {
        match self.frames() {
            0 => self.samples.chunks_mut(1).collect(),
            frames => self.samples.chunks_mut(frames).collect(),
        }
    }

    /// An array of the look that this was read with.
    ///
    /// # Errors
    /// When numpy has no memory for it.
    pub fn into_array(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        if self.look.is_double {
            let samples = self.samples.iter().copied().map(f64::from).collect();
            shaped(py, samples, self.channels, self.look.is_flat)
        } else {
            shaped(py, self.samples, self.channels, self.look.is_flat)
        }
    }
}

/// The format of audio of this sample rate.
///
/// # Errors
/// When it is no number, or none that the engine works at.
pub fn format(sample_rate: &Bound<'_, PyAny>, channels: usize) -> PyResult<Format> {
    let number: Option<f64> = sample_rate.extract().ok();
    let accepted = number.filter(|rate| SAMPLE_RATES_HZ.contains(rate));
    let (low, high) = (SAMPLE_RATES_HZ.start(), SAMPLE_RATES_HZ.end());
    let sample_rate = accepted.ok_or_else(|| {
        let why = format!("{sample_rate} is no number of Hz from {low} to {high}");
        refused("sample_rate", why)
    })?;
    Ok(Format {
        sample_rate,
        channels,
    })
}

/// Whether a shape is flat, and its channels.
fn channels_of(argument: &str, shape: &[usize]) -> PyResult<(bool, usize)> {
    match shape {
        [_] => Ok((true, 1)),
        [channels @ (1 | 2), _] => Ok((false, *channels)),
        [channels, frames] => Err(refused(
            argument,
            format!(
                "{channels} channels, mono and stereo only (its shape is ({channels}, {frames}); \
                 it takes (channels, frames))"
            ),
        )),
        _ => Err(refused(
            argument,
            format!(
                "{} dimensions; its shape must be (channels, frames) or (frames,)",
                shape.len()
            ),
        )),
    }
}

/// Whether the samples are float64; they are float32 else.
fn is_double(argument: &str, array: &Bound<'_, PyUntypedArray>) -> PyResult<bool> {
    let dtype = array.dtype();
    match (dtype.kind(), dtype.itemsize()) {
        (b'f', 4) => Ok(false),
        (b'f', 8) => Ok(true),
        _ => Err(refused(
            argument,
            format!("its dtype is {dtype}; it takes float32 or float64 with full scale 1"),
        )),
    }
}

/// The samples in order. Numpy itself turns strides, foreign byte orders and crooked addresses.
fn copy<T: Element + Copy>(array: &Bound<'_, PyUntypedArray>, dtype: &str) -> PyResult<Vec<T>> {
    let py = array.py();
    let wanted = [("dtype", dtype), ("requirements", "CA")].into_py_dict(py)?;
    let require = py.import("numpy")?.getattr("require")?;
    let array = require.call((array,), Some(&wanted))?;
    let array: PyReadonlyArrayDyn<'_, T> = array.extract()?;
    Ok(array.as_slice()?.to_vec())
}

/// An array of these samples without another copy.
fn shaped<T: Element>(
    py: Python<'_>,
    samples: Vec<T>,
    channels: usize,
    is_flat: bool,
) -> PyResult<Bound<'_, PyAny>> {
    if is_flat {
        return Ok(PyArray1::from_vec(py, samples).into_any());
    }
    let shape = (channels, samples.len() / channels);
    let array = Array2::from_shape_vec(shape, samples).map_err(|e| refused("audio", e))?;
    Ok(array.into_pyarray(py).into_any())
}
