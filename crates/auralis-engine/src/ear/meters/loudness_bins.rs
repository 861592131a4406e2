//! The bins of 0.1 LU in which gated loudness is counted, in bounded memory.

/// The absolute gate of ITU-R BS.1770-5 and EBU Tech 3342, in LUFS: the lower edge of the first bin.
pub const ABSOLUTE_GATE_LUFS: f64 = -70.0;
/// Width of a bin, in LU.
pub const BIN_LU: f64 = 0.1;
/// Bins: from -70 to +50 LUFS.
pub const BINS: usize = 1200;

/// Index of the bin of a loudness in LUFS; the ends take what lies beyond them.
pub fn bin_of(lufs: f64) -> usize {
    // A float-to-integer `as` saturates, so this cannot leave 0..BINS.
    (((lufs - ABSOLUTE_GATE_LUFS) / BIN_LU) as usize).min(BINS - 1)
}
