//! Analysis: hops of the programme in, decisions out.
//!
//! The layer knows [`crate::dsp`] and nothing else of ours: no framework, no file. One [`Analyst`]
//! hears hops of a fixed number of samples and answers each with a [`Decision`], a pure function of
//! the hops and settings since its last reset: the same hops give the same decisions bit for bit,
//! so that a bounce equals an undisturbed playback.
//!
//! The path of a hop: what it says by itself is [measured](measures), by a [`transform`] above all;
//! [`loudness`] (K-weighted, gated) opens the gate; [`spectrum`] averages power per critical band;
//! [`features`] and [`rhythm`] describe the content; [`genre`] turns the
//! description into weights of the [`profiles`], which a captured [`reference`](mod@reference) may bend; [`correction`], [`dynamics`] and
//! [`loudness_control`] turn target and measurement into numbers for the audio thread.
//!
//! [`link`] says what crosses between the threads and when it takes effect, a [`session`] answers
//! for one instance, and the [`pool`] holds the threads. What was [`learned`] outlives a session in
//! the [`memory`] of its instance.

pub mod analyst;
pub mod arrivals;
pub mod average;
mod bins;
pub mod correction;
pub mod curve;
pub mod dynamics;
pub mod features;
pub mod gated_mean;
pub mod genre;
pub mod k_weighting;
pub mod knowledge;
pub mod landing;
pub mod learned;
pub mod level_range;
pub mod levels;
pub mod link;
pub mod loudness;
mod loudness_bins;
pub mod loudness_control;
pub mod loudness_match;
pub mod loudness_range;
pub mod measures;
pub mod memory;
pub mod noise_floor;
pub mod onsets;
pub mod peaks;
pub mod pool;
pub mod profiles;
pub mod reference;
pub mod rhythm;
pub mod session;
pub mod settings;
pub mod spectrum;
pub mod tempo_votes;
#[cfg(test)]
mod test_signals;
pub mod timing;
pub mod tone;
pub mod transform;
pub mod view;

pub use analyst::{Analyst, Decision, Hop};
pub use knowledge::Knowledge;
pub use memory::Memory;
pub use reference::{Reference, ReferenceSlot};
pub use session::manual_curve;
pub use settings::AnalysisSettings;
pub use view::View;
