//! The factory: what the library holds, and instances of it.
#![allow(unsafe_code)] // implements interfaces of the API

use std::ffi::{c_char, c_void};

use vst3::Steinberg::PClassInfo_::ClassCardinality_::kManyInstances;
use vst3::Steinberg::PFactoryInfo_::FactoryFlags_::kUnicode;
use vst3::Steinberg::Vst::ComponentFlags_::kSimpleModeSupported;
use vst3::Steinberg::{
    FIDString, FUnknown, IPluginFactory, IPluginFactory2, IPluginFactory2Trait, IPluginFactory3,
    IPluginFactory3Trait, IPluginFactoryTrait, PClassInfo, PClassInfo2, PClassInfoW, PFactoryInfo,
    TUID, int32, kInvalidArgument, kOutOfMemory, kResultOk, tresult,
};
use vst3::{Class, ComWrapper};

use crate::door::vst3::component::Effect;
use crate::door::vst3::controls::text::{copy_utf8, copy_utf16, from_c};
use crate::door::vst3::instance::Instance;
use crate::door::vst3::plugin;

/// The id of the class, for ever: projects find the plug-in by it.
const CLASS: TUID = class_id(*b"AuralisMasterFx1");
/// What hosts sort the plug-in by.
const SUBCATEGORIES: &str = "Fx|Dynamics|EQ|Mastering";
/// The category of all audio plug-ins.
const CATEGORY: &str = "Audio Module Class";
/// The version of the API that the interfaces are of.
const SDK_VERSION: &str = "VST 3.6.14";

/// The bytes of a class id as this system's hosts compare them: on Windows the first fields are
/// numbers with their low byte first, so that a project is understood on all systems.
const fn class_id(id: [u8; 16]) -> TUID {
    const ORDER: [usize; 16] = if cfg!(windows) {
        [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
    } else {
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
    };
    let mut bytes: TUID = [0; 16];
    let mut i = 0;
    while i < 16 {
        bytes[i] = id[ORDER[i]] as c_char;
        i += 1;
    }
    bytes
}

/// Name, vendor, version and web page of the plug-in.
struct About {
    name: String,
    vendor: String,
    version: String,
    url: String,
}

/// The factory of the library's one class.
pub struct Factory(About);

impl Class for Factory {
    type Interfaces = (IPluginFactory, IPluginFactory2, IPluginFactory3);
}

impl Factory {
    /// A factory; `None` when the library has no plug-in.
    pub fn new() -> Option<ComWrapper<Self>> {
        let descriptor = plugin::descriptor()?;
        // SAFETY: the texts of a descriptor are null or end with a zero.
        let about = unsafe {
            About {
                name: from_c(descriptor.name),
                vendor: from_c(descriptor.vendor),
                version: from_c(descriptor.version),
                url: from_c(descriptor.url),
            }
        };
        Some(ComWrapper::new(Self(about)))
    }
}

/// The struct behind `info` when `index` is that of the one class.
///
/// # Safety
/// `info` is null or a struct to write into.
unsafe fn of_class<'a, T>(index: int32, info: *mut T) -> Option<&'a mut T> {
    // SAFETY: as the caller promises.
    unsafe { info.as_mut() }.filter(|_| index == 0)
}

#[allow(clippy::unnecessary_cast)] // the type of the API's constants differs between systems
impl IPluginFactoryTrait for Factory {
    unsafe fn getFactoryInfo(&self, info: *mut PFactoryInfo) -> tresult {
        // SAFETY: null or a struct to write into.
        let Some(info) = (unsafe { info.as_mut() }) else {
            return kInvalidArgument;
        };
        copy_utf8(&self.0.vendor, &mut info.vendor);
        copy_utf8(&self.0.url, &mut info.url);
        copy_utf8("", &mut info.email);
        info.flags = kUnicode as int32;
        kResultOk
    }

    unsafe fn countClasses(&self) -> int32 {
        1
    }

    unsafe fn getClassInfo(&self, index: int32, info: *mut PClassInfo) -> tresult {
        // SAFETY: null or a struct to write into.
        let Some(info) = (unsafe { of_class(index, info) }) else {
            return kInvalidArgument;
        };
        info.cid = CLASS;
        info.cardinality = kManyInstances as int32;
        copy_utf8(CATEGORY, &mut info.category);
        copy_utf8(&self.0.name, &mut info.name);
        kResultOk
    }

    unsafe fn createInstance(
        &self,
        class: FIDString,
        interface: FIDString,
        object: *mut *mut c_void,
    ) -> tresult {
        if class.is_null() || interface.is_null() || object.is_null() {
            return kInvalidArgument;
        }
        // SAFETY: ids are arrays of 16 bytes, and `object` is a pointer to write into.
        let class = unsafe {
            *object = std::ptr::null_mut();
            *class.cast::<TUID>()
        };
        if class != CLASS {
            return kInvalidArgument;
        }
        let Some(instance) = Instance::new() else {
            return kOutOfMemory;
        };
        let effect = ComWrapper::new(Effect(instance));
        let Some(unknown) = effect.as_com_ref::<FUnknown>() else {
            return kInvalidArgument;
        };
        let this = unknown.as_ptr();
        // SAFETY: the object lives until the end of this function, and with the host's reference,
        // if it has the interface, beyond.
        unsafe { ((*(*this).vtbl).queryInterface)(this, interface.cast::<TUID>(), object) }
    }
}

#[allow(clippy::unnecessary_cast)] // the type of the API's constants differs between systems
impl IPluginFactory2Trait for Factory {
    unsafe fn getClassInfo2(&self, index: int32, info: *mut PClassInfo2) -> tresult {
        // SAFETY: null or a struct to write into.
        let Some(info) = (unsafe { of_class(index, info) }) else {
            return kInvalidArgument;
        };
        info.cid = CLASS;
        info.cardinality = kManyInstances as int32;
        info.classFlags = kSimpleModeSupported as u32;
        copy_utf8(CATEGORY, &mut info.category);
        copy_utf8(&self.0.name, &mut info.name);
        copy_utf8(SUBCATEGORIES, &mut info.subCategories);
        copy_utf8(&self.0.vendor, &mut info.vendor);
        copy_utf8(&self.0.version, &mut info.version);
        copy_utf8(SDK_VERSION, &mut info.sdkVersion);
        kResultOk
    }
}

#[allow(clippy::unnecessary_cast)] // the type of the API's constants differs between systems
impl IPluginFactory3Trait for Factory {
    unsafe fn getClassInfoUnicode(&self, index: int32, info: *mut PClassInfoW) -> tresult {
        // SAFETY: null or a struct to write into.
        let Some(info) = (unsafe { of_class(index, info) }) else {
            return kInvalidArgument;
        };
        info.cid = CLASS;
        info.cardinality = kManyInstances as int32;
        info.classFlags = kSimpleModeSupported as u32;
        copy_utf8(CATEGORY, &mut info.category);
        copy_utf16(&self.0.name, &mut info.name);
        copy_utf8(SUBCATEGORIES, &mut info.subCategories);
        copy_utf16(&self.0.vendor, &mut info.vendor);
        copy_utf16(&self.0.version, &mut info.version);
        copy_utf16(SDK_VERSION, &mut info.sdkVersion);
        kResultOk
    }

    unsafe fn setHostContext(&self, _context: *mut FUnknown) -> tresult {
        kResultOk
    }
}
