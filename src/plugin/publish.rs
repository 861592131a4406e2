//! From the processor to the panel's meters.

use std::sync::Arc;

use crate::shared::{LoudnessMeters, Meters, Picture, Shared};
use auralis_dsp::chain::FrameReport;
use auralis_engine::session::Publish;
use auralis_engine::{Processor, Stream};

/// Writes one frame's report; wait-free, for the audio thread.
pub fn frame(meters: &Meters, report: &FrameReport) {
    for (meter, peak) in meters.input_peak.iter().zip(report.input_peak) {
        meter.raise(peak);
    }
    for (meter, peak) in meters.output_peak.iter().zip(report.output_peak) {
        meter.raise(peak);
    }
    meters
        .compressor_reduction_db
        .raise(report.compressor_reduction_db);
    meters
        .limiter_reduction_db
        .raise(report.limiter_reduction_db);
    meters.tame_cut_db.set(report.tame_cut_db);
    meters.set_adaptive(&report.adaptive);
    meters.threshold_db.set(report.threshold_db);
    meters.ratio.set(report.ratio);
}

/// Writes a new latency; wait-free.
#[allow(clippy::cast_precision_loss)] // thousands of samples
pub fn latency(meters: &Meters, samples: usize) {
    meters.latency_samples.set(samples as f32);
}

/// Writes what an activation has settled.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // for display
pub fn activation(shared: &Shared, stream: &Stream, processor: &Processor) {
    shared.meters.channels.set(stream.channels as f32);
    shared.meters.sample_rate.set(stream.sample_rate as f32);
    latency(&shared.meters, processor.latency_samples());
}

/// What the analysis calls after each hop, on its own thread: it draws for an open panel only.
pub fn to_panel(shared: Arc<Shared>) -> Publish {
    Arc::new(move |draw| {
        if !shared.is_watched() {
            return false;
        }
        let (view, applied) = draw();
        loudness(&shared.meters.input_loudness, view.input_loudness);
        loudness(&shared.meters.output_loudness, view.output_loudness);
        *shared.picture() = Picture {
            view,
            applied: Some(applied),
        };
        true
    })
}

/// Momentary, short-term and integrated loudness in LUFS.
fn loudness(meters: &LoudnessMeters, [momentary, short_term, integrated]: [f32; 3]) {
    meters.momentary.set(momentary);
    meters.short_term.set(short_term);
    meters.integrated.set(integrated);
}
