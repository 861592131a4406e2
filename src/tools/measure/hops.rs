//! Measures of every hop of a piece, several hops at once.

use std::borrow::Cow;

use rayon::prelude::*;

use auralis_engine::ear::spectrum::measures::HopMeasures;
use auralis_engine::ear::spectrum::transform::Transform;
use auralis_engine::timing::Timing;

/// Fewest and most hops that a thread takes on at once: so many that its copy of the transform is
/// cheap, so few that no thread waits long for the last of another.
const HOPS_AT_ONCE: [usize; 2] = [32, 64];

/// Measures of each whole hop of equally long channels of finite samples, in order.
///
/// A piece shorter than two hops is filled up with silence, so that there is a spectrum. A hop says
/// the same whatever was measured before it, so the result is the same bit for bit on any number of
/// threads.
pub fn measure_hops(channels: &[Vec<f32>], sample_rate: u32) -> Vec<HopMeasures> {
    let sample_rate = f64::from(sample_rate);
    let hop = Timing::new(sample_rate).hop_samples;
    let channels = &*filled(channels, 2 * hop);
    let hops = channels.first().map_or(0, Vec::len) / hop;
    let transform = Transform::new(sample_rate, channels.len(), hop);
    (0..hops)
        .into_par_iter()
        .with_min_len(HOPS_AT_ONCE[0])
        .with_max_len(HOPS_AT_ONCE[1])
        .map_init(
            || transform.clone(),
            |transform, index| {
                let before = index
                    .checked_sub(1)
                    .map(|before| part(channels, before, hop));
                HopMeasures::at(transform, before.as_deref(), &part(channels, index, hop))
            },
        )
        .collect()
}

/// The hop of this index of each channel.
fn part(channels: &[Vec<f32>], index: usize, hop: usize) -> Vec<&[f32]> {
    let channels = channels.iter();
    channels
        .map(|c| &c[index * hop..(index + 1) * hop])
        .collect()
}

/// The channels, filled up with silence if they are shorter than `frames`.
fn filled(channels: &[Vec<f32>], frames: usize) -> Cow<'_, [Vec<f32>]> {
    if channels.iter().all(|channel| channel.len() >= frames) {
        return Cow::Borrowed(channels);
    }
    let mut filled = channels.to_vec();
    filled
        .iter_mut()
        .for_each(|channel| channel.resize(frames, 0.0));
    Cow::Owned(filled)
}
