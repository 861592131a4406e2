//! What the plug-in sees of the host: its name, the component handler, and the run loop.
#![allow(unsafe_code)] // a COM object, called by the plug-in

use std::ffi::c_void;
use std::sync::Mutex;
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use vst3::Steinberg::Linux::{
    FileDescriptor, IEventHandler, IEventHandlerTrait, IRunLoop, IRunLoopTrait, ITimerHandler,
    ITimerHandlerTrait, TimerInterval,
};
use vst3::Steinberg::Vst::{
    IComponentHandler, IComponentHandlerTrait, IHostApplication, IHostApplicationTrait, ParamID,
    String128,
};
use vst3::Steinberg::{TUID, kInvalidArgument, kNotImplemented, kResultOk, tresult};
use vst3::{Class, ComPtr, ComRef, ComWrapper};

/// What the host does when the plug-in asks for a restart.
type OnRestart = Box<dyn Fn(i32) + Send>;

/// A timer of the plug-in.
struct Timer {
    handler: ComPtr<ITimerHandler>,
    every: Duration,
    due: Instant,
}

/// The host. The thread that makes it is the main thread.
pub struct Daw {
    main: ThreadId,
    restarts: Mutex<Vec<(i32, ThreadId)>>,
    on_restart: Mutex<Option<OnRestart>>,
    timers: Mutex<Vec<Timer>>,
    files: Mutex<Vec<(ComPtr<IEventHandler>, FileDescriptor)>>,
}

impl Class for Daw {
    type Interfaces = (IHostApplication, IComponentHandler, IRunLoop);
}

// SAFETY: the plug-in's handlers are only called on the main thread, in `pump`.
unsafe impl Send for Daw {}
// SAFETY: as above; everything else is behind a mutex.
unsafe impl Sync for Daw {}

impl Daw {
    /// A host whose main thread is this one.
    pub fn new() -> ComWrapper<Self> {
        ComWrapper::new(Self {
            main: thread::current().id(),
            restarts: Mutex::default(),
            on_restart: Mutex::default(),
            timers: Mutex::default(),
            files: Mutex::default(),
        })
    }

    /// From now on a restart that the plug-in asks for calls this.
    pub fn on_restart(&self, then: impl Fn(i32) + Send + 'static) {
        *self.on_restart.lock().unwrap() = Some(Box::new(then));
    }

    /// The flags of all restarts asked for on the main thread, and how many came on others.
    pub fn restarts(&self) -> (Vec<i32>, usize) {
        let restarts = self.restarts.lock().unwrap();
        let on_main = restarts.iter().filter(|(_, thread)| *thread == self.main);
        let flags: Vec<i32> = on_main.map(|(flags, _)| *flags).collect();
        let elsewhere = restarts.len() - flags.len();
        (flags, elsewhere)
    }

    /// One turn of the run loop, on the main thread.
    pub fn pump(&self) {
        assert_eq!(
            thread::current().id(),
            self.main,
            "pumped on another thread"
        );
        let now = Instant::now();
        let mut due = Vec::new();
        for timer in self.timers.lock().unwrap().iter_mut() {
            if timer.due <= now {
                timer.due = now + timer.every;
                due.push(timer.handler.clone());
            }
        }
        let files = self.files.lock().unwrap().clone();
        let readable = files.into_iter().filter(|(_, file)| is_readable(*file));
        // SAFETY: registered handlers live until they are unregistered; we hold references.
        unsafe {
            due.iter().for_each(|timer| timer.onTimer());
            readable.for_each(|(handler, file)| handler.onFDIsSet(file));
        }
    }
}

/// Whether reading from the descriptor would not wait.
#[cfg(unix)]
fn is_readable(file: FileDescriptor) -> bool {
    let mut poll = libc::pollfd {
        fd: file,
        events: libc::POLLIN,
        revents: 0,
    };
    // SAFETY: one descriptor, and it outlives the call, which does not wait.
    unsafe { libc::poll(&mut poll, 1, 0) > 0 }
}

/// Other systems have no run loop of file descriptors.
#[cfg(not(unix))]
fn is_readable(_: FileDescriptor) -> bool {
    false
}

impl IHostApplicationTrait for Daw {
    unsafe fn getName(&self, name: *mut String128) -> tresult {
        // SAFETY: the plug-in's own variable, or null.
        let Some(name) = (unsafe { name.as_mut() }) else {
            return kInvalidArgument;
        };
        name.fill(0);
        name.iter_mut()
            .zip("Test DAW".encode_utf16())
            .for_each(|(to, c)| *to = c as _);
        kResultOk
    }

    unsafe fn createInstance(&self, _: *mut TUID, _: *mut TUID, _: *mut *mut c_void) -> tresult {
        kNotImplemented
    }
}

impl IComponentHandlerTrait for Daw {
    unsafe fn beginEdit(&self, _: ParamID) -> tresult {
        kResultOk
    }

    unsafe fn performEdit(&self, _: ParamID, _: f64) -> tresult {
        kResultOk
    }

    unsafe fn endEdit(&self, _: ParamID) -> tresult {
        kResultOk
    }

    unsafe fn restartComponent(&self, flags: i32) -> tresult {
        let here = thread::current().id();
        self.restarts.lock().unwrap().push((flags, here));
        if let Some(then) = &*self.on_restart.lock().unwrap() {
            then(flags);
        }
        kResultOk
    }
}

impl IRunLoopTrait for Daw {
    unsafe fn registerEventHandler(
        &self,
        handler: *mut IEventHandler,
        file: FileDescriptor,
    ) -> tresult {
        // SAFETY: the plug-in's live object, or null.
        let Some(handler) = (unsafe { ComRef::from_raw(handler) }) else {
            return kInvalidArgument;
        };
        self.files
            .lock()
            .unwrap()
            .push((handler.to_com_ptr(), file));
        kResultOk
    }

    unsafe fn unregisterEventHandler(&self, handler: *mut IEventHandler) -> tresult {
        self.files
            .lock()
            .unwrap()
            .retain(|(known, _)| known.as_ptr() != handler);
        kResultOk
    }

    unsafe fn registerTimer(&self, handler: *mut ITimerHandler, every: TimerInterval) -> tresult {
        // SAFETY: the plug-in's live object, or null.
        let Some(handler) = (unsafe { ComRef::from_raw(handler) }) else {
            return kInvalidArgument;
        };
        let every = Duration::from_millis(every);
        self.timers.lock().unwrap().push(Timer {
            handler: handler.to_com_ptr(),
            every,
            due: Instant::now() + every,
        });
        kResultOk
    }

    unsafe fn unregisterTimer(&self, handler: *mut ITimerHandler) -> tresult {
        self.timers
            .lock()
            .unwrap()
            .retain(|timer| timer.handler.as_ptr() != handler);
        kResultOk
    }
}
