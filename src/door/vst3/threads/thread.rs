//! Which thread is this? Asked on the audio thread, so without the standard library's handle, which
//! is allocated the first time a foreign thread asks for it.
#![allow(unsafe_code)] // one call into the system

/// A number for the thread that calls, never 0, unique among the threads that live.
pub fn current() -> usize {
    let id = number();
    debug_assert_ne!(id, 0);
    id
}

#[cfg(unix)]
fn number() -> usize {
    // SAFETY: has no preconditions; it returns the address or number of the calling thread.
    unsafe { libc::pthread_self() as usize }
}

#[cfg(windows)]
fn number() -> usize {
    unsafe extern "system" {
        fn GetCurrentThreadId() -> u32;
    }
    // SAFETY: has no preconditions, and this is its signature in kernel32.
    unsafe { GetCurrentThreadId() as usize }
}
