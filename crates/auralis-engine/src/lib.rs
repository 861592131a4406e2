//! The adaptive engine of Auralis without a plug-in framework, a window or a host.
//!
//! [`processor`] is the whole of it: audio in blocks of any length. Behind it, the [`ear`] hears and
//! decides; [`link`] says what crosses between the audio thread and an ear on other threads, and when
//! it takes effect; a [`session`] is the ear of one activation and the [`pool`] holds the threads.
//! [`master`] makes masters of whole songs with it. What outlives an activation is [`knowledge`]: the [`memory`](knowledge::memory) of what playing taught, and the
//! [`reference`](mod@reference). [`presets`] are settings as files.

pub mod ear;
pub mod knowledge;
pub mod link;
pub mod master;
pub mod params;
pub mod pool;
pub mod presets;
pub mod processor;
pub mod reference;
pub mod session;
pub mod tick;
pub mod timing;

pub use knowledge::Knowledge;
pub use knowledge::memory::Memory;
pub use processor::{Processor, ProcessorSettings};
pub use timing::Stream;
