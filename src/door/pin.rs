//! Keeps the library in memory once it is loaded.
//!
//! A thread of the host that ever ran our code calls the standard library's thread-exit hook when
//! it ends, even if the host has unloaded the plug-in by then. On Linux the linker pins the library
//! (`-z nodelete`, build.rs); on the other systems it has to pin itself.
#![allow(unsafe_code)] // calls of the system's loader

/// Pins the library that this function is in.
#[cfg(target_os = "windows")]
pub fn keep_loaded() {
    use windows_sys::Win32::System::LibraryLoader::{
        GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, GET_MODULE_HANDLE_EX_FLAG_PIN, GetModuleHandleExW,
    };
    let mut module = std::ptr::null_mut();
    let address: fn() = keep_loaded;
    // SAFETY: with FROM_ADDRESS the name is any address inside the module; `module` can be written.
    unsafe {
        GetModuleHandleExW(
            GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
            address as *const u16,
            &mut module,
        );
    }
}

/// Pins the library that this function is in.
#[cfg(target_os = "macos")]
pub fn keep_loaded() {
    let address: fn() = keep_loaded;
    // SAFETY: zeros are a valid Dl_info; dladdr fills it for an address of ours, and the path it
    // gives lives as long as the library. The handle stays open on purpose.
    unsafe {
        let mut info: libc::Dl_info = std::mem::zeroed();
        if libc::dladdr(address as *const libc::c_void, &mut info) != 0 && !info.dli_fname.is_null()
        {
            let flags = libc::RTLD_LAZY | libc::RTLD_NOLOAD | libc::RTLD_NODELETE;
            libc::dlopen(info.dli_fname, flags);
        }
    }
}

/// Nothing to do: the linker has pinned the library.
#[cfg(not(any(target_os = "windows", target_os = "macos")))]
pub fn keep_loaded() {}
