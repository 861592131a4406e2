//! A timer of the thread's message loop.
#![allow(unsafe_code)] // calls into the system
#![allow(non_snake_case)] // the system's names

use std::ffi::c_void;
use std::sync::{Mutex, Weak};

use vst3::ComRef;
use vst3::Steinberg::FUnknown;

use super::PERIOD_MS;
use crate::door::vst3::instance::Instance;
use crate::door::vst3::lock;

type Callback =
    unsafe extern "system" fn(window: *mut c_void, message: u32, timer: usize, time: u32);

#[link(name = "user32")]
unsafe extern "system" {
    fn SetTimer(window: *mut c_void, id: usize, ms: u32, callback: Option<Callback>) -> usize;
    fn KillTimer(window: *mut c_void, id: usize) -> i32;
}

/// The timers that run, by the system's numbers: its callback has no other argument.
static RUNNING: Mutex<Vec<(usize, Weak<Instance>)>> = Mutex::new(Vec::new());

unsafe extern "system" fn tick(_window: *mut c_void, _message: u32, timer: usize, _time: u32) {
    let running = lock(&RUNNING);
    let found = running.iter().find(|(id, _)| *id == timer);
    let instance = found.and_then(|(_, instance)| instance.upgrade());
    // The lock is gone when work is done: it may end timers.
    drop(running);
    if let Some(instance) = instance {
        instance.pump();
    }
}

/// A running timer, ended when dropped.
pub struct Ticker(usize);

impl Ticker {
    /// Starts a timer for `instance` on the calling thread; nothing of the host is needed.
    pub fn start(_: Option<ComRef<FUnknown>>, instance: Weak<Instance>) -> Option<Self> {
        // SAFETY: without a window the timer belongs to the calling thread, which dispatches its
        // messages; the callback has the documented form.
        let timer = unsafe { SetTimer(std::ptr::null_mut(), 0, PERIOD_MS, Some(tick)) };
        if timer == 0 {
            return None;
        }
        lock(&RUNNING).push((timer, instance));
        Some(Self(timer))
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        lock(&RUNNING).retain(|(timer, _)| *timer != self.0);
        // SAFETY: has no preconditions; on another thread it does nothing, and the callback no
        // longer finds an instance.
        unsafe { KillTimer(std::ptr::null_mut(), self.0) };
    }
}
