//! The VST3 format: an adapter that is a CLAP host on one side and a VST3 class on the other.
//!
//! Only this folder speaks VST3. One object is the whole plug-in as the host sees it (a "single
//! component effect"); what it keeps is in [`instance`], and its interfaces are one file each:
//! [`component`] (buses, activation, state), [`processor`] (audio), [`controller`] (parameters),
//! [`view`] (the panel's window).
//!
//! Threads. Hosts call `process` on an audio thread and the rest on their main thread. The two meet
//! in three places, none of which can hold the audio thread up: [`gate`] (who may use the plug-in's
//! audio side), the values waiting in [`params`], and the ring of [`edits`] of the panel. What the
//! plug-in wants from the main thread is kept in [`host`] and done by [`main_thread`], called by
//! [`ticker`] and by every call of the host on that thread.

mod block;
mod component;
mod controls;
mod exports;
mod factory;
mod host;
mod instance;
mod plugin;
mod state;
mod threads;
mod window;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks a mutex that only calls outside the audio thread use; a panic elsewhere does not spread.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
