//! A timer of the main run loop, by Core Foundation.
#![allow(unsafe_code)] // calls into the system
#![allow(non_upper_case_globals)] // the system's names

use std::ffi::{c_double, c_long, c_void};
use std::sync::Weak;

use vst3::ComRef;
use vst3::Steinberg::FUnknown;

use super::PERIOD_MS;
use crate::door::vst3::instance::Instance;

/// `CFRunLoopTimerContext`.
#[repr(C)]
struct Context {
    version: c_long,
    info: *mut c_void,
    retain: Option<unsafe extern "C" fn(*const c_void) -> *const c_void>,
    release: Option<unsafe extern "C" fn(*const c_void)>,
    describe: Option<unsafe extern "C" fn(*const c_void) -> *const c_void>,
}

type Callback = unsafe extern "C" fn(timer: *mut c_void, info: *mut c_void);

#[link(name = "CoreFoundation", kind = "framework")]
unsafe extern "C" {
    static kCFRunLoopCommonModes: *const c_void;
    fn CFAbsoluteTimeGetCurrent() -> c_double;
    fn CFRunLoopGetMain() -> *mut c_void;
    fn CFRunLoopAddTimer(run_loop: *mut c_void, timer: *mut c_void, mode: *const c_void);
    fn CFRunLoopTimerCreate(
        allocator: *const c_void,
        first: c_double,
        interval_s: c_double,
        flags: usize,
        order: c_long,
        callback: Callback,
        context: *mut Context,
    ) -> *mut c_void;
    fn CFRunLoopTimerInvalidate(timer: *mut c_void);
    fn CFRelease(object: *const c_void);
}

unsafe extern "C" fn tick(_timer: *mut c_void, info: *mut c_void) {
    // SAFETY: the context's `info` is the box of `start`, alive until the timer releases it.
    let instance = unsafe { info.cast::<Weak<Instance>>().as_ref() };
    if let Some(instance) = instance.and_then(Weak::upgrade) {
        instance.pump();
    }
}

unsafe extern "C" fn release(info: *const c_void) {
    // SAFETY: the box of `start`, which the timer gives up here.
    drop(unsafe { Box::from_raw(info.cast_mut().cast::<Weak<Instance>>()) });
}

/// A running timer, ended when dropped.
pub struct Ticker(*mut c_void);

// SAFETY: timers of the main run loop may be ended on any thread.
unsafe impl Send for Ticker {}

impl Ticker {
    /// Starts a timer for `instance`; nothing of the host is needed.
    pub fn start(_: Option<ComRef<FUnknown>>, instance: Weak<Instance>) -> Option<Self> {
        let seconds = c_double::from(PERIOD_MS) / 1000.0;
        let mut context = Context {
            version: 0,
            info: Box::into_raw(Box::new(instance)).cast(),
            retain: None,
            release: Some(release),
            describe: None,
        };
        // SAFETY: the arguments are as Core Foundation documents them; it copies the context.
        unsafe {
            let first = CFAbsoluteTimeGetCurrent() + seconds;
            let timer = CFRunLoopTimerCreate(
                std::ptr::null(),
                first,
                seconds,
                0,
                0,
                tick,
                &raw mut context,
            );
            if timer.is_null() {
                release(context.info);
                return None;
            }
            CFRunLoopAddTimer(CFRunLoopGetMain(), timer, kCFRunLoopCommonModes);
            Some(Self(timer))
        }
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        // SAFETY: the timer of `start`, of which this is the only owner.
        unsafe {
            CFRunLoopTimerInvalidate(self.0);
            CFRelease(self.0);
        }
    }
}
