//! Streams of bytes: the host's, read and written with care, and ours in memory for the framework.
#![allow(unsafe_code)] // the C ABI: the streams' functions

use std::ffi::c_void;

use clap_sys::stream::{clap_istream, clap_ostream};

/// Bytes that a state may have. Ours have some hundred thousand.
pub const MAX_STATE_BYTES: u64 = 64 << 20;
/// Bytes that are asked for at once: memory grows with what comes, not with what is announced.
const READ_AT_ONCE: usize = 1 << 16;

/// The next `len` bytes of a host's stream; none if it ends before or fails.
///
/// # Safety
///
/// `stream` is a valid stream of the host's.
pub unsafe fn read(stream: *const clap_istream, len: usize) -> Option<Vec<u8>> {
    // SAFETY: valid, as the caller promises.
    let read = unsafe { stream.read_unaligned() }.read?;
    let mut bytes = Vec::new();
    while bytes.len() < len {
        let start = bytes.len();
        bytes.resize(len.min(start + READ_AT_ONCE), 0);
        let room = bytes.get_mut(start..)?;
        // SAFETY: the stream is valid and `room` as large as said.
        let got = unsafe { read(stream, room.as_mut_ptr().cast(), room.len() as u64) };
        let got = usize::try_from(got).ok()?;
        if got == 0 || got > room.len() {
            return None;
        }
        bytes.truncate(start + got);
    }
    Some(bytes)
}

/// Writes all bytes to a host's stream; false if it takes no more or fails.
///
/// # Safety
///
/// `stream` is a valid stream of the host's.
pub unsafe fn write(stream: *const clap_ostream, mut bytes: &[u8]) -> bool {
    // SAFETY: valid, as the caller promises.
    let Some(write) = (unsafe { stream.read_unaligned() }).write else {
        return false;
    };
    while !bytes.is_empty() {
        // SAFETY: the stream is valid and `bytes` as long as said.
        let taken = unsafe { write(stream, bytes.as_ptr().cast(), bytes.len() as u64) };
        match usize::try_from(taken).ok().and_then(|n| bytes.get(n..)) {
            Some(rest) if taken > 0 => bytes = rest,
            _ => return false,
        }
    }
    true
}

/// Bytes in memory as a stream to read, valid while `bytes` lives.
pub fn reader(bytes: &mut &[u8]) -> clap_istream {
    clap_istream {
        ctx: (&raw mut *bytes).cast::<c_void>(),
        read: Some(read_memory),
    }
}

unsafe extern "C" fn read_memory(
    stream: *const clap_istream,
    buffer: *mut c_void,
    size: u64,
) -> i64 {
    // SAFETY: the framework passes the stream it was given, whose context are living bytes.
    let bytes = unsafe { stream.as_ref().and_then(|s| s.ctx.cast::<&[u8]>().as_mut()) };
    let Some(bytes) = bytes.filter(|_| !buffer.is_null()) else {
        return -1;
    };
    let wanted = usize::try_from(size).unwrap_or(usize::MAX);
    let (now, rest) = bytes.split_at(bytes.len().min(wanted));
    // SAFETY: the framework's buffer holds `size` bytes.
    unsafe {
        buffer
            .cast::<u8>()
            .copy_from_nonoverlapping(now.as_ptr(), now.len());
    }
    *bytes = rest;
    now.len() as i64
}

/// A vector as a stream to write, valid while it lives.
pub fn writer(bytes: &mut Vec<u8>) -> clap_ostream {
    clap_ostream {
        ctx: (&raw mut *bytes).cast::<c_void>(),
        write: Some(write_memory),
    }
}

unsafe extern "C" fn write_memory(
    stream: *const clap_ostream,
    buffer: *const c_void,
    size: u64,
) -> i64 {
    // SAFETY: the framework passes the stream it was given, whose context is a living vector.
    let bytes = unsafe {
        stream
            .as_ref()
            .and_then(|s| s.ctx.cast::<Vec<u8>>().as_mut())
    };
    let (Some(bytes), Ok(len), false) = (bytes, usize::try_from(size), buffer.is_null()) else {
        return -1;
    };
    // SAFETY: the framework's buffer holds `size` bytes.
    bytes.extend_from_slice(unsafe { std::slice::from_raw_parts(buffer.cast(), len) });
    i64::try_from(size).unwrap_or(-1)
}
