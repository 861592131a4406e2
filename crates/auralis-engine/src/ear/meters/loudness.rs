//! Momentary, short-term and integrated loudness of input and output (ITU-R BS.1770-5, EBU R 128).
//!
//! Energies are summed in segments of 10 ms; momentary is the mean of the last 40 (400 ms),
//! short-term of the last 300 (3 s), both updated every 10 ms. Integrated takes a 400 ms block every
//! 100 ms into a [`GatedMean`], and the short-term loudness as often into a [`LoudnessRange`]. All in
//! LUFS, [`SILENCE_DB`] when there is none yet. Channels count alike (front left and right, or a single
//! one); true peak is not measured here.
//!
//! The crate `ebur128` measures the same and is the reference of the tests. It is not used here
//! because two instances with a momentary and short-term query each hop take more time than the
//! rest of the plug-in: it sums all samples of the window at each query and filters each channel
//! for itself, where here both signals share one pass.

use crate::ear::meters::gated_mean::{GatedMean, energy_to_lufs};
use crate::ear::meters::k_weighting::{KWeighting, LANES};
use crate::ear::meters::loudness_range::LoudnessRange;
use auralis_dsp::basics::decibel::SILENCE_DB;

/// Segments per second.
pub const SEGMENTS_PER_S: usize = 100;
/// Segments of the momentary window.
const MOMENTARY: usize = 40;
/// Segments of the short-term window.
const SHORT_TERM: usize = 300;
/// Segments from one gating block to the next.
const BLOCK_STEP: usize = 10;

/// Loudness of one signal from the energies of its segments.
#[derive(Debug, Clone)]
pub struct SegmentMeter {
    /// The last segments, as a ring.
    energies: Vec<f64>,
    /// Where the next goes.
    next: usize,
    /// Segments until the next gating block is complete.
    until_block: usize,
    /// Segments since the start or the last gap, as far as the short-term window goes.
    filled: usize,
    gated: GatedMean,
    integrated_lufs: f32,
    range: LoudnessRange,
    range_lu: f32,
    /// Largest mean squares at the end of a gating block, over the momentary and the short-term window.
    largest: [f64; 2],
}

impl SegmentMeter {
    /// Nothing heard yet.
    pub fn new() -> Self {
        Self {
            energies: vec![0.0; SHORT_TERM],
            next: 0,
            until_block: MOMENTARY,
            filled: 0,
            gated: GatedMean::new(),
            integrated_lufs: SILENCE_DB,
            range: LoudnessRange::new(),
            range_lu: 0.0,
            largest: [0.0; 2],
        }
    }

    /// Empties the windows; the integrated loudness goes on with the next block.
    fn gap(&mut self) {
        self.energies.fill(0.0);
        self.until_block = MOMENTARY;
        self.filled = 0;
    }

    /// Takes the K-weighted mean square of the next 10 ms.
    pub fn push(&mut self, energy: f64) {
        self.energies[self.next] = energy;
        self.next = (self.next + 1) % SHORT_TERM;
        self.filled = (self.filled + 1).min(SHORT_TERM);
        self.until_block -= 1;
        if self.until_block == 0 {
            self.until_block = BLOCK_STEP;
            let momentary = self.mean_of_last(MOMENTARY);
            self.largest[0] = self.largest[0].max(momentary);
            self.gated.push(momentary);
            self.integrated_lufs = self.gated.lufs().map_or(SILENCE_DB, |lufs| lufs as f32);
            if self.filled == SHORT_TERM {
                let short_term = self.mean_of_last(SHORT_TERM);
                self.largest[1] = self.largest[1].max(short_term);
                self.range.push(short_term);
                self.range_lu = self.range.lu() as f32;
            }
        }
    }

    fn mean_of_last(&self, segments: usize) -> f64 {
        let from = (self.next + SHORT_TERM - segments) % SHORT_TERM;
        let sum: f64 = if from + segments <= SHORT_TERM {
            self.energies[from..from + segments].iter().sum()
        } else {
            let wrapped = from + segments - SHORT_TERM;
            self.energies[from..].iter().sum::<f64>() + self.energies[..wrapped].iter().sum::<f64>()
        };
        sum / segments as f64
    }

    /// K-weighted mean square over the last 400 ms.
    pub fn momentary_energy(&self) -> f64 {
        self.mean_of_last(MOMENTARY)
    }

    /// Loudness over the last 400 ms, in LUFS.
    pub fn momentary_lufs(&self) -> f32 {
        energy_to_lufs(self.momentary_energy()) as f32
    }

    /// Largest loudness over 400 ms, of one every 100 ms, in LUFS.
    pub fn max_momentary_lufs(&self) -> f64 {
        energy_to_lufs(self.largest[0])
    }

    /// Largest loudness over 3 s, of one every 100 ms, in LUFS; none before 3 s.
    pub fn max_short_term_lufs(&self) -> Option<f64> {
        (self.filled == SHORT_TERM).then(|| energy_to_lufs(self.largest[1]))
    }

    /// Loudness over the last 3 s, in LUFS.
    pub fn short_term_lufs(&self) -> f32 {
        energy_to_lufs(self.mean_of_last(SHORT_TERM)) as f32
    }

    /// The same once 3 s have been heard.
    pub fn full_short_term_lufs(&self) -> Option<f32> {
        (self.filled == SHORT_TERM).then(|| self.short_term_lufs())
    }

    /// Loudness range since the last reset, in LU.
    pub fn range_lu(&self) -> f32 {
        self.range_lu
    }

    /// Whether the momentary window is full.
    pub fn is_full_momentary(&self) -> bool {
        self.filled >= MOMENTARY
    }

    /// Gated loudness since the last reset, in LUFS; none while nothing has passed the gate.
    pub fn gated_lufs(&self) -> Option<f64> {
        self.gated.lufs()
    }

    /// The same, [`SILENCE_DB`] for none.
    pub fn integrated_lufs(&self) -> f32 {
        self.integrated_lufs
    }

    /// Momentary, short-term, integrated.
    pub fn all_lufs(&self) -> [f32; 3] {
        [
            self.momentary_lufs(),
            self.short_term_lufs(),
            self.integrated_lufs(),
        ]
    }
}

impl Default for SegmentMeter {
    fn default() -> Self {
        Self::new()
    }
}

/// Loudness of input and output, measured in one pass.
#[derive(Debug, Clone)]
pub struct LoudnessMeter {
    filter: KWeighting,
    sample_rate: f64,
    segment_samples: usize,
    /// Samples of the segment under way, and its sums of squares: input, output.
    filled: usize,
    segment_sums: [f64; 2],
    /// Mean squares of the last hop: input, output.
    hop_energies: [f64; 2],
    /// Energies of the segments that ended in the last hop: input, output.
    new_segments: [Vec<f64>; 2],
    /// Meter of the input.
    pub input: SegmentMeter,
    /// Meter of the output.
    pub output: SegmentMeter,
}

impl LoudnessMeter {
    /// Meters at `sample_rate` Hz.
    pub fn new(sample_rate: f64) -> Self {
        let segment_samples = (sample_rate / SEGMENTS_PER_S as f64).round().max(1.0) as usize;
        Self {
            filter: KWeighting::new(sample_rate),
            sample_rate,
            segment_samples,
            filled: 0,
            segment_sums: [0.0; 2],
            hop_energies: [0.0; 2],
            new_segments: [Vec::with_capacity(16), Vec::with_capacity(16)],
            input: SegmentMeter::new(),
            output: SegmentMeter::new(),
        }
    }

    /// Samples of a segment of 10 ms.
    pub fn segment_samples(&self) -> usize {
        self.segment_samples
    }

    /// Samples of a second of such segments.
    pub fn second_samples(&self) -> usize {
        SEGMENTS_PER_S * self.segment_samples
    }

    /// Forgets everything.
    pub fn reset(&mut self) {
        *self = Self::new(self.sample_rate);
    }

    /// Measures a hop: input left, right, output left, right, all of one length; a missing channel
    /// is silent.
    pub fn push(&mut self, lanes: [&[f32]; LANES]) {
        self.new_segments.iter_mut().for_each(Vec::clear);
        let length = lanes[0].len();
        let (mut at, mut hop_sums) = (0, [0.0; 2]);
        while at < length {
            let end = length.min(at + self.segment_samples - self.filled);
            let sums = self.filter.sum_of_squares(lanes.map(|lane| &lane[at..end]));
            for (signal, pair) in sums.chunks_exact(2).enumerate() {
                self.segment_sums[signal] += pair[0] + pair[1];
                hop_sums[signal] += pair[0] + pair[1];
            }
            self.filled += end - at;
            at = end;
            if self.filled == self.segment_samples {
                self.end_segment();
            }
        }
        self.hop_energies = hop_sums.map(|sum| sum / length.max(1) as f64);
        self.filter.flush_tiny();
    }

    /// A hop was lost: no window spans it.
    pub fn gap(&mut self) {
        self.filter = KWeighting::new(self.sample_rate);
        self.filled = 0;
        self.segment_sums = [0.0; 2];
        self.new_segments.iter_mut().for_each(Vec::clear);
        self.input.gap();
        self.output.gap();
    }

    /// Measures `samples` of digital silence after a silence that the filters have rung out in.
    pub fn push_silence(&mut self, samples: usize) {
        self.new_segments.iter_mut().for_each(Vec::clear);
        self.hop_energies = [0.0; 2];
        let filled = self.filled + samples;
        for _ in 0..filled / self.segment_samples {
            self.end_segment();
        }
        self.filled = filled % self.segment_samples;
    }

    fn end_segment(&mut self) {
        let [input, output] = self
            .segment_sums
            .map(|sum| sum / self.segment_samples as f64);
        self.input.push(input);
        self.output.push(output);
        self.new_segments[0].push(input);
        self.new_segments[1].push(output);
        self.filled = 0;
        self.segment_sums = [0.0; 2];
    }

    /// K-weighted mean square of the input in the last hop.
    pub fn hop_input_energy(&self) -> f64 {
        self.hop_energies[0]
    }

    /// K-weighted mean square of the output in the last hop.
    pub fn hop_output_energy(&self) -> f64 {
        self.hop_energies[1]
    }

    /// K-weighted mean squares of the input, of each segment of 10 ms that ended in the last hop.
    pub fn new_segments(&self) -> &[f64] {
        &self.new_segments[0]
    }

    /// The same of the output.
    pub fn new_output_segments(&self) -> &[f64] {
        &self.new_segments[1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ear::test_signals::{Noise, hop_samples};
    use ebur128::{EbuR128, Mode};

    /// Both meters on noise whose level steps; ours must agree with the reference crate.
    fn compare(sample_rate: u32, stereo: bool) {
        let hop = hop_samples(f64::from(sample_rate));
        let mut ours = LoudnessMeter::new(f64::from(sample_rate));
        let channels = if stereo { 2 } else { 1 };
        let mut reference = EbuR128::new(
            channels,
            sample_rate,
            Mode::M | Mode::S | Mode::I | Mode::HISTOGRAM,
        )
        .unwrap();
        let mut noise = Noise::new(7);
        let silence = vec![0.0; hop];
        for n in 0..240 {
            let level = [0.3, 0.05, 0.15, 0.001][n / 20 % 4];
            let left: Vec<f32> = (0..hop).map(|_| level * noise.white()).collect();
            let right: Vec<f32> = if stereo {
                left.iter().map(|v| 0.5 * v).collect()
            } else {
                silence.clone()
            };
            ours.push([&silence, &silence, &left, &right]);
            let planar: Vec<&[f32]> = [&left[..], &right[..]]
                .into_iter()
                .take(channels as usize)
                .collect();
            reference.add_frames_planar_f32(&planar).unwrap();
        }
        let expected = [
            reference.loudness_momentary().unwrap(),
            reference.loudness_shortterm().unwrap(),
            reference.loudness_global().unwrap(),
        ];
        for (i, (got, expected)) in ours.output.all_lufs().into_iter().zip(expected).enumerate() {
            // 0.1 LU is what EBU Tech 3341 allows a meter; the 10 ms grid of M is well within it.
            let error = f64::from(got) - expected;
            assert!(
                error.abs() < 0.1,
                "{sample_rate} Hz, value {i}: {got}, expected {expected}"
            );
        }
        assert_eq!(ours.input.all_lufs(), [SILENCE_DB; 3], "the silent signal");
    }

    #[test]
    fn agrees_with_the_reference_meter() {
        compare(48_000, true);
        compare(44_100, false);
        compare(8_000, true);
        compare(192_000, true);
    }
}
