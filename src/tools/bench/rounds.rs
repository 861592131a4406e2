//! The whole chain through the FIFO, as a host calls it.

use std::sync::Arc;
use std::time::Instant;

use cpu_time::ProcessTime;

use super::programme::Programme;
use super::{DEADLINE_RATE, Deadline, RATE};
use auralis_dsp::FRAME;
use auralis_dsp::simd::instruction_set::InstructionSet;
use auralis_engine::knowledge::Knowledge;
use auralis_engine::{Processor, Stream};

/// Host block of the real-time factors.
const BLOCK: usize = 512;
/// Rounds of which the best counts.
const ROUNDS: usize = 20;

/// Nanoseconds of the audio thread per frame, undisturbed by the other threads.
pub fn audio_thread_ns(programme: &Programme, set: InstructionSet) -> f64 {
    let times = block_times(programme, set, RATE, BLOCK);
    per_frame_ns(times.iter().sum(), programme)
}

/// Nanoseconds of all threads per frame, in an offline bounce that waits for its analysis.
pub fn all_threads_ns(programme: &Programme, set: InstructionSet) -> f64 {
    let mut processor = processor(programme, set, RATE, true);
    let rounds = (0..ROUNDS).map(|_| {
        let mut channels = channels(programme);
        let [left, right] = &mut channels;
        let blocks = left
            .chunks_exact_mut(BLOCK)
            .zip(right.chunks_exact_mut(BLOCK));
        let start = ProcessTime::now();
        for (left, right) in blocks {
            processor.process(&mut [left, right], None, &programme.settings, |_| {});
        }
        start.elapsed().as_secs_f64()
    });
    per_frame_ns(rounds.fold(f64::INFINITY, f64::min), programme)
}

/// What host blocks of a length cost.
pub fn deadline(programme: &Programme, set: InstructionSet, block: usize) -> Deadline {
    let mut times = block_times(programme, set, DEADLINE_RATE, block);
    times.sort_by(f64::total_cmp);
    #[allow(clippy::cast_precision_loss)] // a few hundred thousand
    let (duration, count) = (block as f64 / DEADLINE_RATE, times.len() as f64);
    let share = |seconds: f64| seconds / duration;
    Deadline {
        block,
        mean_share: share(times.iter().sum::<f64>() / count),
        p999_share: share(times[times.len() - 1 - times.len() / 1000]),
        worst_share: share(times[times.len() - 1]),
    }
}

/// Seconds of each host block of the programme, in real time: the least of several rounds, since
/// what interrupts a block in one spares it in another.
fn block_times(
    programme: &Programme,
    set: InstructionSet,
    sample_rate: f64,
    block: usize,
) -> Vec<f64> {
    let mut processor = processor(programme, set, sample_rate, false);
    let mut times: Vec<f64> = Vec::new();
    for _ in 0..ROUNDS {
        processor.reset();
        let mut round = Vec::new();
        let mut channels = channels(programme);
        let [left, right] = &mut channels;
        let blocks = left
            .chunks_exact_mut(block)
            .zip(right.chunks_exact_mut(block));
        for (left, right) in blocks {
            let start = Instant::now();
            processor.process(&mut [left, right], None, &programme.settings, |_| {});
            round.push(start.elapsed().as_secs_f64());
        }
        times = if times.is_empty() {
            round
        } else {
            times.iter().zip(&round).map(|(a, b)| a.min(*b)).collect()
        };
    }
    times
}

fn processor(
    programme: &Programme,
    set: InstructionSet,
    sample_rate: f64,
    offline: bool,
) -> Processor {
    let stream = Stream {
        sample_rate,
        channels: 2,
        offline,
    };
    let mut processor = Processor::new(
        stream,
        &programme.settings,
        Knowledge::default(),
        Arc::new(|_| false),
    );
    processor.use_instruction_set(set);
    processor.reset();
    processor
}

/// The programme, a slice a channel.
fn channels(programme: &Programme) -> [Vec<f32>; 2] {
    [0, 1].map(|channel| {
        let frames = programme.frames.iter();
        frames.flat_map(|frame| frame[channel]).collect()
    })
}

/// The seconds of a whole programme, per frame in nanoseconds.
fn per_frame_ns(seconds: f64, programme: &Programme) -> f64 {
    #[allow(clippy::cast_precision_loss)] // a few thousand
    let frames = (programme.frames.len() * FRAME / BLOCK * BLOCK / FRAME) as f64;
    seconds / frames * 1e9
}
