//! Calls [`Instance::pump`](crate::door::vst3::instance::Instance::pump) on the main thread from time to time,
//! by the means of each system. The audio thread only sets a bit; waking another thread would be a
//! call to the system.
//!
//! - Linux: a timer of the host's run loop, which it offers as `IRunLoop` with the context of
//!   `initialize` or with the frame of the panel's window. A host without one makes calls on the
//!   main thread, and those do the work.
//! - macOS: a timer of the main run loop.
//! - Windows: a timer of the thread's message loop.

#[cfg(target_os = "macos")]
mod macos;
#[cfg(all(unix, not(target_os = "macos")))]
mod run_loop;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "macos")]
pub use macos::Ticker;
#[cfg(all(unix, not(target_os = "macos")))]
pub use run_loop::Ticker;
#[cfg(windows)]
pub use windows::Ticker;

/// Time between two calls, in milliseconds: a frame of the panel's window.
const PERIOD_MS: u32 = 16;
