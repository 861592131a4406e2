//! The ear: hops of the programme in, decisions out.
//!
//! It knows [`auralis_dsp`] and nothing else: no framework, no file, no thread. One [`Analyst`] hears
//! hops of a fixed number of samples and answers each with a [`Adaptive`](auralis_dsp::chain::Adaptive) record, a pure function of the
//! hops and settings since its last reset: the same hops give the same decisions bit for bit, so that
//! a bounce equals an undisturbed playback.
//!
//! The path of a hop through the rooms: [`spectrum`] says what a hop is by itself; [`meters`] are the
//! loudness and the levels over time, which open the gate; [`content`] describes the programme and
//! weighs the profiles, which a captured [`reference`](mod@reference) may bend; [`decide`] turns
//! target and measurement into numbers for the audio thread. [`recognition`] tells by a song's
//! [`timeline`] which song is on. What outlives the programme's end is
//! [`learned`], what people look at is the [`view`], with a [`desk`] of meters.

pub mod analyst;
pub mod average;
pub mod content;
pub mod decide;
pub mod desk;
pub mod findings;
pub mod learned;
pub mod meters;
pub mod recognition;
pub mod recordings;
pub mod reference;
pub mod settings;
pub mod spectrum;
pub mod target;
#[cfg(test)]
mod test_signals;
pub mod timeline;
pub mod view;

pub use analyst::{Analyst, Hop};
pub use reference::Reference;
pub use settings::{AdaptMode, AnalysisSettings};
pub use target::Target;
pub use view::View;
