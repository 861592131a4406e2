//! The building blocks of the demo piece: sine, saw, envelopes, filters.

use super::SAMPLE_RATE_HZ;

/// Frames a second.
pub const FS: f64 = SAMPLE_RATE_HZ as f64;

/// Frequency ratio of a semitone, `2^(1/12)`.
const SEMITONE: f64 = 1.059_463_094_359_295_3;

/// Frequency of a MIDI note in Hz, by whole steps from A4.
pub fn note_hz(note: i32) -> f64 {
    let steps = note - 69;
    let ratio = (0..steps.abs()).fold(1.0, |ratio, _| ratio * SEMITONE);
    if steps < 0 {
        440.0 / ratio
    } else {
        440.0 * ratio
    }
}

/// Sine of a phase in turns, by its Taylor series: within 1e-8, and alike on every machine.
pub fn sine(turns: f64) -> f64 {
    let turns = turns - turns.floor();
    // sin(x) of the quarter turn around 0 that the phase folds onto
    let folded = match turns {
        t if t < 0.25 => t,
        t if t < 0.75 => 0.5 - t,
        t => t - 1.0,
    };
    let x = folded * std::f64::consts::TAU;
    let x2 = x * x;
    let term = |sum: f64, n: f64| 1.0 - sum * x2 / ((2.0 * n) * (2.0 * n + 1.0));
    x * [6.0, 5.0, 4.0, 3.0, 2.0, 1.0].into_iter().fold(1.0, term)
}

/// A sawtooth with a rounded edge (polyBLEP), its phase in turns, `step` the phase a sample.
pub fn saw(turns: f64, step: f64) -> f64 {
    let t = turns - turns.floor();
    let edge = if t < step {
        let x = t / step;
        2.0 * x - x * x - 1.0
    } else if t > 1.0 - step {
        let x = (t - 1.0) / step;
        x * x + 2.0 * x + 1.0
    } else {
        0.0
    };
    2.0 * t - 1.0 - edge
}

/// An exponential decay from 1, with its time constant in seconds.
pub struct Decay {
    value: f64,
    factor: f64,
}

impl Decay {
    /// A decay that starts now.
    pub fn new(seconds: f64) -> Self {
        Self {
            value: 1.0,
            factor: 1.0 - 1.0 / (seconds * FS),
        }
    }

    /// The value now, moving one sample on.
    pub fn next(&mut self) -> f64 {
        let value = self.value;
        self.value *= self.factor;
        value
    }
}

/// Gain of a note with linear attack and release, all times in seconds.
pub fn swell(time: f64, length: f64, attack: f64, release: f64) -> f64 {
    let rising = time / attack;
    let falling = (length - time) / release;
    rising.min(falling).clamp(0.0, 1.0)
}

/// A one-pole low-pass (trapezoidal).
pub struct LowPass {
    gain: f64,
    state: f64,
}

impl LowPass {
    /// A low-pass with its corner in Hz, far below the Nyquist frequency.
    pub fn new(hz: f64) -> Self {
        let w = std::f64::consts::PI * hz / FS;
        Self {
            gain: w / (1.0 + w),
            state: 0.0,
        }
    }

    /// Filters one sample.
    pub fn next(&mut self, input: f64) -> f64 {
        let v = (input - self.state) * self.gain;
        let output = v + self.state;
        self.state = output + v;
        output
    }
}

/// A broad peak or dip: a state-variable band-pass added to the signal.
pub struct Peak {
    w: f64,
    damping: f64,
    boost: f64,
    band: f64,
    low: f64,
}

impl Peak {
    /// A peak of `db` decibels about an octave and a half wide.
    pub fn new(hz: f64, db: f64) -> Self {
        Self {
            w: std::f64::consts::PI * hz / FS,
            damping: 1.0,
            // ten to the power of db/20, by whole decibels
            boost: (0..db as u32).fold(1.0, |gain, _| gain * 1.122_018_454_301_963_3) - 1.0,
            band: 0.0,
            low: 0.0,
        }
    }

    /// Filters one sample (trapezoidal state-variable filter).
    pub fn next(&mut self, input: f64) -> f64 {
        let denominator = 1.0 + self.w * (self.w + self.damping);
        let high = (input - self.low - (self.w + self.damping) * self.band) / denominator;
        let band = self.band + self.w * high;
        let low = self.low + self.w * band;
        self.band = band + self.w * high;
        self.low = low + self.w * band;
        input + self.boost * self.damping * band
    }
}
