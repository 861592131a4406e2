//! `IPlugView`: the panel as the host's window sees it.
#![allow(unsafe_code)] // implements interfaces of the API

use std::ffi::c_void;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, Mutex, Weak};

use vst3::Steinberg::IPlugViewContentScaleSupport_::ScaleFactor;
use vst3::Steinberg::{
    FIDString, FUnknown, IPlugFrame, IPlugView, IPlugViewContentScaleSupport,
    IPlugViewContentScaleSupportTrait, IPlugViewTrait, TBool, ViewRect, char16, int16,
    kInvalidArgument, kNotImplemented, kResultFalse, kResultOk, tresult,
};
use vst3::{Class, ComRef, ComWrapper};

use crate::door::vst3::controls::text;
use crate::door::vst3::instance::Instance;
use crate::door::vst3::lock;

/// The windows of this system, in VST3's words.
#[cfg(target_os = "windows")]
use vst3::Steinberg::kPlatformTypeHWND as PLATFORM;
/// The windows of this system, in VST3's words.
#[cfg(target_os = "macos")]
use vst3::Steinberg::kPlatformTypeNSView as PLATFORM;
/// The windows of this system, in VST3's words.
#[cfg(not(any(target_os = "windows", target_os = "macos")))]
use vst3::Steinberg::kPlatformTypeX11EmbedWindowID as PLATFORM;

/// A view. Hosts may keep it longer than the plug-in.
pub struct View {
    instance: Weak<Instance>,
    /// The interface that the host has of this very object.
    this: AtomicPtr<IPlugView>,
    /// What the host has said before the window was there.
    scale: Mutex<Option<f64>>,
    frame: Mutex<Option<vst3::ComPtr<IPlugFrame>>>,
    /// The window that is open is this view's.
    is_attached: std::sync::atomic::AtomicBool,
}

impl Class for View {
    type Interfaces = (IPlugView, IPlugViewContentScaleSupport);
}

impl View {
    /// A view for `instance`, with one reference, which is the host's; null when there is no panel.
    pub fn create(instance: &Arc<Instance>) -> *mut IPlugView {
        if !instance.panel.exists(instance) {
            return std::ptr::null_mut();
        }
        let view = ComWrapper::new(Self {
            instance: Arc::downgrade(instance),
            this: AtomicPtr::default(),
            scale: Mutex::new(None),
            frame: Mutex::new(None),
            is_attached: false.into(),
        });
        let Some(pointer) = view.to_com_ptr::<IPlugView>() else {
            return std::ptr::null_mut();
        };
        view.this.store(pointer.as_ptr(), Ordering::Release);
        pointer.into_raw()
    }

    /// Closes this view's window.
    fn detach(&self) -> bool {
        let was_attached = self.is_attached.swap(false, Ordering::AcqRel);
        if let Some(instance) = self.instance.upgrade()
            && was_attached
        {
            instance.panel.set_place(std::ptr::null_mut(), None);
            instance.panel.close(&instance);
        }
        was_attached
    }

    fn is_attached(&self) -> bool {
        self.is_attached.load(Ordering::Acquire)
    }

    /// The instance, if this view's window is open.
    fn open(&self) -> Option<Arc<Instance>> {
        let instance = self.instance.upgrade()?;
        (self.is_attached() && instance.panel.is_open()).then_some(instance)
    }
}

impl Drop for View {
    fn drop(&mut self) {
        self.detach();
    }
}

/// Width and height of a host's rectangle; `None` for an empty one.
fn size_of_rect(rect: &ViewRect) -> Option<(u32, u32)> {
    let width = rect.right.checked_sub(rect.left)?;
    let height = rect.bottom.checked_sub(rect.top)?;
    let size = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    (size.0 > 0 && size.1 > 0).then_some(size)
}

/// Gives `rect` another size in its place.
fn set_size_of_rect(rect: &mut ViewRect, size: (u32, u32)) {
    let length = |pixels: u32| i32::try_from(pixels).unwrap_or(i32::MAX);
    rect.right = rect.left.saturating_add(length(size.0));
    rect.bottom = rect.top.saturating_add(length(size.1));
}

impl IPlugViewTrait for View {
    unsafe fn isPlatformTypeSupported(&self, kind: FIDString) -> tresult {
        // SAFETY: null or a C string, as the API has it.
        match unsafe { text::is(kind, PLATFORM) } {
            true => kResultOk,
            false => kResultFalse,
        }
    }

    unsafe fn attached(&self, parent: *mut c_void, kind: FIDString) -> tresult {
        // SAFETY: null or a C string, as the API has it.
        if parent.is_null() || !unsafe { text::is(kind, PLATFORM) } {
            return kInvalidArgument;
        }
        let Some(instance) = self.instance.upgrade() else {
            return kResultFalse;
        };
        let panel = &instance.panel;
        let before = panel.size(&instance);
        let scale = *lock(&self.scale);
        if !panel.open(&instance, parent, scale) {
            return kResultFalse;
        }
        self.is_attached.store(true, Ordering::Release);
        let frame = lock(&self.frame).clone();
        panel.set_place(self.this.load(Ordering::Acquire), frame);
        // The host has made room for the size that it was told; the scale may have changed it.
        let now = panel.size(&instance);
        if now != before
            && let Some(size) = now
        {
            panel.ask_for(size);
        }
        instance.pump();
        kResultOk
    }

    unsafe fn removed(&self) -> tresult {
        match self.detach() {
            true => kResultOk,
            false => kResultFalse,
        }
    }

    unsafe fn onWheel(&self, _distance: f32) -> tresult {
        kNotImplemented
    }

    unsafe fn onKeyDown(&self, _key: char16, _code: int16, _modifiers: int16) -> tresult {
        kResultFalse
    }

    unsafe fn onKeyUp(&self, _key: char16, _code: int16, _modifiers: int16) -> tresult {
        kResultFalse
    }

    unsafe fn getSize(&self, size: *mut ViewRect) -> tresult {
        // SAFETY: null or a rectangle to write into.
        let Some(rect) = (unsafe { size.as_mut() }) else {
            return kInvalidArgument;
        };
        let Some(instance) = self.instance.upgrade() else {
            return kResultFalse;
        };
        let Some(size) = instance.panel.size(&instance) else {
            return kResultFalse;
        };
        (rect.left, rect.top) = (0, 0);
        set_size_of_rect(rect, size);
        kResultOk
    }

    unsafe fn onSize(&self, new_size: *mut ViewRect) -> tresult {
        // SAFETY: null or a rectangle.
        let Some(size) = (unsafe { new_size.as_ref() }).and_then(size_of_rect) else {
            return kInvalidArgument;
        };
        match self.open() {
            Some(instance) if instance.panel.set_size(&instance, size) => kResultOk,
            _ => kResultFalse,
        }
    }

    unsafe fn onFocus(&self, _state: TBool) -> tresult {
        kNotImplemented
    }

    unsafe fn setFrame(&self, frame: *mut IPlugFrame) -> tresult {
        // SAFETY: null or an object of the host.
        let frame = unsafe { ComRef::from_raw(frame) };
        let old = std::mem::replace(&mut *lock(&self.frame), frame.map(|f| f.to_com_ptr()));
        drop(old);
        let Some(instance) = self.instance.upgrade() else {
            return kResultFalse;
        };
        if let Some(frame) = frame {
            instance.tick_by(Some(frame.upcast::<FUnknown>()));
        }
        if self.is_attached() {
            let this = self.this.load(Ordering::Acquire);
            instance
                .panel
                .set_place(this, frame.map(|f| f.to_com_ptr()));
        }
        instance.pump();
        kResultOk
    }

    unsafe fn canResize(&self) -> tresult {
        match self.instance.upgrade() {
            Some(instance) if instance.panel.can_resize(&instance) => kResultOk,
            _ => kResultFalse,
        }
    }

    unsafe fn checkSizeConstraint(&self, rect: *mut ViewRect) -> tresult {
        // SAFETY: null or a rectangle to read and write.
        let Some(rect) = (unsafe { rect.as_mut() }) else {
            return kInvalidArgument;
        };
        let (Some(wanted), Some(instance)) = (size_of_rect(rect), self.open()) else {
            return kResultFalse;
        };
        let Some(size) = instance.panel.adjusted(&instance, wanted) else {
            return kResultFalse;
        };
        set_size_of_rect(rect, size);
        kResultOk
    }
}

impl IPlugViewContentScaleSupportTrait for View {
    unsafe fn setContentScaleFactor(&self, factor: ScaleFactor) -> tresult {
        if !factor.is_finite() || factor <= 0.0 {
            return kInvalidArgument;
        }
        let scale = f64::from(factor);
        *lock(&self.scale) = Some(scale);
        match self.open() {
            Some(instance) if !instance.panel.set_scale(&instance, scale) => kResultFalse,
            _ => kResultOk,
        }
    }
}
