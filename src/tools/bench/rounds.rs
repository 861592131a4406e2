//! The whole chain through the FIFO, as a host calls it.

use cpu_time::{ProcessTime, ThreadTime};

use super::programme::Programme;
use super::{DEADLINE_RATE, Deadline, RATE};
use crate::dsp::FRAME;
use crate::dsp::instruction_set::InstructionSet;
use crate::processor::{Processor, ProcessorSettings, Stream};

/// Host block of the real-time factors.
const BLOCK: usize = 512;
/// Rounds of which the best counts.
const ROUNDS: usize = 20;

/// Nanoseconds of the audio thread per frame.
pub fn audio_thread_ns(programme: &Programme, set: InstructionSet) -> f64 {
    let mut processor = processor(programme, set, RATE, false);
    best_per_frame_ns(programme, |channels| {
        let start = ThreadTime::now();
        play(&mut processor, channels, &programme.settings, BLOCK, None);
        start.elapsed().as_secs_f64()
    })
}

/// Nanoseconds of all threads per frame, in an offline bounce that waits for its analysis.
pub fn all_threads_ns(programme: &Programme, set: InstructionSet) -> f64 {
    let mut processor = processor(programme, set, RATE, true);
    best_per_frame_ns(programme, |channels| {
        let start = ProcessTime::now();
        play(&mut processor, channels, &programme.settings, BLOCK, None);
        start.elapsed().as_secs_f64()
    })
}

/// What host blocks of a length cost: of each block of the programme, the least of several rounds.
pub fn deadline(programme: &Programme, set: InstructionSet, block: usize) -> Deadline {
    let mut processor = processor(programme, set, DEADLINE_RATE, false);
    let settings = &programme.settings;
    let mut times: Vec<f64> = Vec::new();
    for _ in 0..ROUNDS {
        processor.reset();
        let mut round = Vec::with_capacity(times.len());
        let times_of_round = Some(&mut round);
        play(
            &mut processor,
            &mut channels(programme),
            settings,
            block,
            times_of_round,
        );
        // What interrupts a block in one round spares it in another.
        times = match times.is_empty() {
            true => round,
            false => times.iter().zip(&round).map(|(a, b)| a.min(*b)).collect(),
        };
    }
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
    let mut processor = Processor::new(stream, &programme.settings, Box::new(|_, _| {}));
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

/// Plays all in host blocks of one length; `times` is told the seconds of each.
fn play(
    processor: &mut Processor,
    channels: &mut [Vec<f32>; 2],
    settings: &ProcessorSettings,
    block: usize,
    mut times: Option<&mut Vec<f64>>,
) {
    let [left, right] = channels;
    let blocks = left
        .chunks_exact_mut(block)
        .zip(right.chunks_exact_mut(block));
    for (left, right) in blocks {
        let start = times.as_ref().map(|_| ThreadTime::now());
        processor.process(&mut [left, right], None, settings, |_| {});
        if let (Some(times), Some(start)) = (&mut times, start) {
            times.push(start.elapsed().as_secs_f64());
        }
    }
}

/// The least seconds of several rounds through the programme, per frame in nanoseconds.
fn best_per_frame_ns(
    programme: &Programme,
    mut round: impl FnMut(&mut [Vec<f32>; 2]) -> f64,
) -> f64 {
    let rounds = (0..ROUNDS).map(|_| round(&mut channels(programme)));
    let best = rounds.fold(f64::INFINITY, f64::min);
    #[allow(clippy::cast_precision_loss)] // a few thousand
    let frames = (programme.frames.len() * FRAME / BLOCK * BLOCK / FRAME) as f64;
    best / frames * 1e9
}
