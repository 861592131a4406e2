//! One instance of the plug-in, from creation to the last release.
#![allow(unsafe_code)] // calls into the plug-in

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use vst3::Steinberg::Vst::{
    IAudioProcessor, IComponent, IComponentHandler, IComponentTrait, IEditController,
    IEditControllerTrait, IHostApplication,
};
use vst3::Steinberg::{FUnknown, IBStream, IPluginBaseTrait, kResultOk};
use vst3::{ComPtr, ComWrapper};

use super::changes::Change;
use super::daw::Daw;
use super::module;
use super::stream::Stream;

/// An instance and the host that it knows.
pub struct Instance {
    pub component: ComPtr<IComponent>,
    pub processor: ComPtr<IAudioProcessor>,
    pub controller: ComPtr<IEditController>,
    /// The host's side.
    pub daw: ComWrapper<Daw>,
    /// Changes made by the user that no block has carried yet.
    pub(super) queued: Mutex<Vec<Change>>,
    /// Whether `initialize` was called last, and not `terminate`.
    is_initialized: AtomicBool,
}

// SAFETY: the standard names functions for the main thread and for the audio thread; the cases call
// each on its own.
unsafe impl Send for Instance {}
// SAFETY: as above.
unsafe impl Sync for Instance {}

impl Instance {
    /// An instance as DAWs make one: initialised, with a component handler, its controller told
    /// the component's state.
    pub fn new() -> Self {
        let instance = Self::without_handler();
        instance.connect_handler();
        let stream = Stream::of(&[]);
        let pointer = stream.as_com_ref::<IBStream>().unwrap().as_ptr();
        // SAFETY: live objects.
        unsafe {
            assert_eq!(instance.component.getState(pointer), kResultOk, "getState");
            let bytes = Stream::of(&stream.bytes());
            let pointer = bytes.as_com_ref::<IBStream>().unwrap().as_ptr();
            instance.controller.setComponentState(pointer);
        }
        instance
    }

    /// An initialised instance that was given no component handler yet.
    pub fn without_handler() -> Self {
        let instance = Self::created();
        assert_eq!(instance.initialize(), kResultOk, "initialize");
        instance
    }

    /// A fresh object, before `initialize`.
    pub fn created() -> Self {
        let factory = module::factory();
        let class = module::class_id(&factory);
        let component = module::create(&factory, &class).expect("no instance");
        Self {
            processor: component.cast().expect("no audio processor"),
            controller: component.cast().expect("no edit controller"),
            component,
            daw: Daw::new(),
            queued: Mutex::default(),
            is_initialized: AtomicBool::new(false),
        }
    }

    /// `initialize` with the host application.
    pub fn initialize(&self) -> i32 {
        let host = self.daw.as_com_ref::<IHostApplication>().unwrap();
        // SAFETY: live objects.
        let result = unsafe { self.component.initialize(host.as_ptr().cast::<FUnknown>()) };
        self.is_initialized.store(true, Ordering::SeqCst);
        result
    }

    /// `terminate`.
    pub fn terminate(&self) -> i32 {
        self.is_initialized.store(false, Ordering::SeqCst);
        // SAFETY: a live object.
        unsafe { self.component.terminate() }
    }

    /// Gives the controller its component handler.
    pub fn connect_handler(&self) {
        let handler = self.daw.as_com_ref::<IComponentHandler>().unwrap();
        // SAFETY: live objects.
        let result = unsafe { self.controller.setComponentHandler(handler.as_ptr()) };
        assert_eq!(result, kResultOk, "setComponentHandler");
    }

    /// Takes the component handler away.
    pub fn disconnect_handler(&self) {
        // SAFETY: a live object; null takes the handler away.
        unsafe { self.controller.setComponentHandler(std::ptr::null_mut()) };
    }

    /// The end without `terminate`, as a host does that is in a hurry.
    pub fn release_without_terminate(self) {
        self.is_initialized.store(false, Ordering::SeqCst);
    }

    /// The state as a project file stores it.
    pub fn state(&self) -> Vec<u8> {
        let stream = Stream::of(&[]);
        let pointer = stream.as_com_ref::<IBStream>().unwrap().as_ptr();
        // SAFETY: live objects.
        let result = unsafe { self.component.getState(pointer) };
        assert_eq!(result, kResultOk, "getState");
        stream.bytes()
    }

    /// Loads a state; the component's answer. The controller is told as well, as DAWs do.
    pub fn load(&self, state: &[u8]) -> i32 {
        let [for_component, for_controller] = [Stream::of(state), Stream::of(state)];
        let pointer =
            |stream: &ComWrapper<Stream>| stream.as_com_ref::<IBStream>().unwrap().as_ptr();
        // SAFETY: live objects.
        unsafe {
            let result = self.component.setState(pointer(&for_component));
            self.controller.setComponentState(pointer(&for_controller));
            result
        }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        if self.is_initialized.load(Ordering::SeqCst) {
            self.stop();
            self.disconnect_handler();
            self.terminate();
        }
    }
}
