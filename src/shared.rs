//! What crosses from the audio and analysis threads to the panel.
//!
//! The audio thread writes [`Meters`] with relaxed atomic stores and nothing else. The analysis
//! thread writes the loudness meters and, under a lock that the audio thread never takes, the
//! [`Picture`]. The panel reads both.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use atomic_float::AtomicF32;

use auralis_dsp::basics::decibel::SILENCE_DB;
use auralis_dsp::chain::Adaptive;
use auralis_dsp::chain::audition::Audition;
use auralis_dsp::eq::design::Curve;
use auralis_engine::ear::view::View;

/// One atomic number, written by one thread and read by others.
#[derive(Debug)]
pub struct Meter(AtomicF32);

impl Meter {
    /// A meter that reads `value` until it is first set.
    pub fn new(value: f32) -> Self {
        Self(AtomicF32::new(value))
    }

    /// Stores a new reading.
    pub fn set(&self, value: f32) {
        self.0.store(value, Ordering::Relaxed);
    }

    /// The last reading.
    pub fn get(&self) -> f32 {
        self.0.load(Ordering::Relaxed)
    }

    /// Raises the reading to `value` if that is more: a peak that no reader misses.
    pub fn raise(&self, value: f32) {
        if value > self.get() {
            self.set(value);
        }
    }

    /// The reading, which starts again from `rest`.
    pub fn take(&self, rest: f32) -> f32 {
        self.0.swap(rest, Ordering::Relaxed)
    }
}

/// Loudness of one signal in LUFS, [`SILENCE_DB`] when there is none yet.
#[derive(Debug)]
pub struct LoudnessMeters {
    /// Over 400 ms.
    pub momentary: Meter,
    /// Over 3 s.
    pub short_term: Meter,
    /// Since the last reset, gated.
    pub integrated: Meter,
}

impl Default for LoudnessMeters {
    fn default() -> Self {
        Self {
            momentary: Meter::new(SILENCE_DB),
            short_term: Meter::new(SILENCE_DB),
            integrated: Meter::new(SILENCE_DB),
        }
    }
}

/// What the panel's meters show.
#[derive(Debug)]
pub struct Meters {
    /// Peak of each input channel since the panel last took it, linear. Mono fills index 0 only.
    pub input_peak: [Meter; 2],
    /// Peak of each output channel since the panel last took it, linear.
    pub output_peak: [Meter; 2],
    /// Deepest gain of the compressor since the panel last took it, in dB, at most 0: stored as a
    /// reduction, so positive.
    pub compressor_reduction_db: Meter,
    /// Deepest gain reduction of the limiter since the panel last took it, in dB, positive.
    pub limiter_reduction_db: Meter,
    /// Deepest cut of Tame now, in dB, positive.
    pub tame_cut_db: Meter,
    /// The adaptive values in use, in the order of [`Adaptive::NAMES`].
    adaptive: [Meter; Adaptive::NAMES.len()],
    /// Compressor threshold in use, in dB: the parameter moved by the analysis.
    pub threshold_db: Meter,
    /// Compressor ratio in use: the parameter moved by the analysis.
    pub ratio: Meter,
    /// Loudness of the input.
    pub input_loudness: LoudnessMeters,
    /// Loudness of the output.
    pub output_loudness: LoudnessMeters,
    /// Channels of the layout in use, 1 or 2.
    pub channels: Meter,
    /// Sample rate in Hz, 0 before the first activation.
    pub sample_rate: Meter,
    /// Latency reported to the host, in samples.
    pub latency_samples: Meter,
}

impl Default for Meters {
    fn default() -> Self {
        let zero = || Meter::new(0.0);
        Self {
            input_peak: [zero(), zero()],
            output_peak: [zero(), zero()],
            compressor_reduction_db: zero(),
            limiter_reduction_db: zero(),
            tame_cut_db: zero(),
            adaptive: [(); Adaptive::NAMES.len()].map(|()| zero()),
            threshold_db: zero(),
            ratio: Meter::new(1.0),
            input_loudness: LoudnessMeters::default(),
            output_loudness: LoudnessMeters::default(),
            channels: Meter::new(2.0),
            sample_rate: zero(),
            latency_samples: zero(),
        }
    }
}

impl Meters {
    /// Stores the adaptive values in use; those of the EQ are in the picture.
    pub fn set_adaptive(&self, adaptive: &Adaptive) {
        for (meter, value) in self.adaptive.iter().zip(adaptive.scalars()) {
            meter.set(value);
        }
    }

    /// The adaptive values in use, but for the EQ's.
    pub fn adaptive(&self) -> Adaptive {
        let mut adaptive = Adaptive::NEUTRAL;
        for (name, meter) in Adaptive::NAMES.iter().zip(&self.adaptive) {
            if let Some(value) = adaptive.scalar_mut(name) {
                *value = meter.get();
            }
        }
        adaptive
    }
}

/// What the analysis last decided, for the panel to draw.
#[derive(Debug, Clone, Default)]
pub struct Picture {
    /// What it knows.
    pub view: View,
    /// What the EQ plays, manual and tilt and adaptive; none before the first hop.
    pub applied: Option<Curve>,
}

/// Everything the panel reads; one a plug-in instance.
#[derive(Debug, Default)]
pub struct Shared {
    /// Written by the audio and the analysis threads.
    pub meters: Meters,
    /// Written by the analysis thread; never touched by the audio thread.
    picture: Mutex<Picture>,
    /// Whether a panel is open.
    watched: AtomicBool,
    /// How often a new frame was asked for.
    redraws: AtomicU32,
    /// Written by the panel, read by the audio thread.
    audition: AuditionCell,
}

/// An [`Audition`] that one thread writes and another reads, in one number: both edges of a band, or
/// one of two that are none.
#[derive(Debug, Default)]
struct AuditionCell(AtomicU64);

impl AuditionCell {
    const OFF: u64 = 0;
    const TAME_CUT: u64 = u64::MAX;

    fn set(&self, audition: Audition) {
        let code = match audition {
            Audition::Off => Self::OFF,
            Audition::TameCut => Self::TAME_CUT,
            Audition::Band { low_hz, high_hz } => {
                u64::from(low_hz.to_bits()) << 32 | u64::from(high_hz.to_bits())
            }
        };
        self.0.store(code, Ordering::Relaxed);
    }

    #[allow(clippy::cast_possible_truncation)] // its halves
    fn get(&self) -> Audition {
        match self.0.load(Ordering::Relaxed) {
            Self::OFF => Audition::Off,
            Self::TAME_CUT => Audition::TameCut,
            edges => Audition::Band {
                low_hz: f32::from_bits((edges >> 32) as u32),
                high_hz: f32::from_bits(edges as u32),
            },
        }
    }
}

impl Shared {
    /// A fresh one behind an `Arc`.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// A panel opens, or closes.
    pub fn set_watched(&self, watched: bool) {
        self.watched.store(watched, Ordering::Release);
    }

    /// Whether a panel is open: nobody else reads the picture.
    pub fn is_watched(&self) -> bool {
        self.watched.load(Ordering::Acquire)
    }

    /// Something has changed that the panel shows and that none of its meters tells: an open panel is
    /// drawn anew soon. Wait-free, for any thread.
    pub fn request_redraw(&self) {
        self.redraws.fetch_add(1, Ordering::Relaxed);
    }

    /// How often [`Shared::request_redraw`] was called.
    pub fn redraws(&self) -> u32 {
        self.redraws.load(Ordering::Relaxed)
    }

    /// Lets the user hear something else than the result for a moment. It ends with the panel.
    pub fn set_audition(&self, audition: Audition) {
        self.audition.set(audition);
    }

    /// What is to be heard instead of the result. Wait-free.
    pub fn audition(&self) -> Audition {
        self.audition.get()
    }

    /// The last picture, locked. Not for the audio thread.
    pub fn picture(&self) -> MutexGuard<'_, Picture> {
        self.picture
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_auditioned_arrives_as_it_was_sent() {
        let shared = Shared::default();
        assert_eq!(shared.audition(), Audition::Off);
        let band = Audition::Band {
            low_hz: 20.0,
            high_hz: 100.25,
        };
        for audition in [band, Audition::TameCut, Audition::Off] {
            shared.set_audition(audition);
            assert_eq!(shared.audition(), audition);
        }
    }
}
