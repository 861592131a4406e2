//! What the compressor did in a frame, for meters.

use crate::basics::decibel::SILENCE_DB;

/// Where a band stands: what its detector hears, and what it takes away.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OperatingPoint {
    /// Highest level that the detector heard in the frame, in dB.
    pub level_db: f32,
    /// Deepest reduction of the frame in dB, >= 0.
    pub reduction_db: f32,
}

impl OperatingPoint {
    /// Of silence.
    pub const REST: Self = Self {
        level_db: SILENCE_DB,
        reduction_db: 0.0,
    };
}

/// What both bands did in a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CompressorReport {
    /// Of everything, or of the high band.
    pub main: OperatingPoint,
    /// Of the low band; at rest without one.
    pub low: OperatingPoint,
}

impl CompressorReport {
    /// Of a compressor that does nothing.
    pub const REST: Self = Self {
        main: OperatingPoint::REST,
        low: OperatingPoint::REST,
    };

    /// Deepest reduction of both bands in dB, >= 0.
    pub fn reduction_db(&self) -> f32 {
        self.main.reduction_db.max(self.low.reduction_db)
    }
}
