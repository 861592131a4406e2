//! Latency: what the plug-in has, and what the host knows of it.
#![allow(unsafe_code)] // the C ABI

use std::sync::atomic::{AtomicU32, Ordering};

use clap_sys::ext::latency::clap_plugin_latency;
use clap_sys::plugin::clap_plugin;

use crate::door::clap::guard::Guard;

/// The latency that the host was told, in samples. CLAP lets it change only while the host activates
/// the plug-in, so a change at another time asks for a restart first, once.
#[derive(Debug, Default)]
pub struct Announced {
    told: AtomicU32,
    asked: AtomicU32,
}

impl Announced {
    /// Whether the host must be asked for a restart, now that the latency is this. Any thread.
    pub fn needs_restart(&self, samples: u32) -> bool {
        let is_new = self.asked.swap(samples, Ordering::AcqRel) != samples;
        is_new && self.told.load(Ordering::Acquire) != samples
    }

    /// Whether the host must be told that the latency is this; it is taken to be told.
    pub fn tell(&self, samples: u32) -> bool {
        self.asked.store(samples, Ordering::Release);
        self.told.swap(samples, Ordering::AcqRel) != samples
    }
}

/// The latency extension.
pub static TABLE: clap_plugin_latency = clap_plugin_latency { get: Some(get) };

unsafe extern "C" fn get(plugin: *const clap_plugin) -> u32 {
    // SAFETY: a host passes the plug-in it was given.
    unsafe { Guard::of(plugin) }.map_or(0, |guard| guard.inner.latency_samples())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_asks_once_and_is_told_once() {
        let announced = Announced::default();
        assert!(announced.tell(100), "the first activation");
        assert!(!announced.tell(100), "told already");
        assert!(!announced.needs_restart(100), "nothing new");
        assert!(announced.needs_restart(200), "changed while active");
        assert!(!announced.needs_restart(200), "asked already");
        assert!(!announced.needs_restart(100), "back to what the host knows");
        assert!(announced.needs_restart(200), "and changed anew");
        assert!(announced.tell(200), "told in the restart");
        assert!(!announced.needs_restart(200));
    }
}
