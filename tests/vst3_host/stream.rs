//! A stream in memory, as hosts hand states over.
#![allow(unsafe_code)] // a COM object, called by the plug-in

use std::ffi::c_void;
use std::sync::Mutex;

use vst3::Steinberg::IBStream_::IStreamSeekMode_::{kIBSeekCur, kIBSeekEnd, kIBSeekSet};
use vst3::Steinberg::{IBStream, IBStreamTrait, kInvalidArgument, kResultOk, tresult};
use vst3::{Class, ComWrapper};

/// Bytes and a position in them.
pub struct Stream(Mutex<(Vec<u8>, usize)>);

impl Class for Stream {
    type Interfaces = (IBStream,);
}

impl Stream {
    /// A stream at the start of `bytes`.
    pub fn of(bytes: &[u8]) -> ComWrapper<Self> {
        ComWrapper::new(Self(Mutex::new((bytes.to_vec(), 0))))
    }

    /// Everything in the stream.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().0.clone()
    }
}

#[allow(clippy::cast_possible_truncation)] // blocks are far below 2 GiB
impl IBStreamTrait for Stream {
    unsafe fn read(&self, buffer: *mut c_void, count: i32, got: *mut i32) -> tresult {
        let mut stream = self.0.lock().unwrap();
        let (bytes, at) = &mut *stream;
        let rest = &bytes[(*at).min(bytes.len())..];
        let now = rest.len().min(usize::try_from(count).unwrap_or(0));
        // SAFETY: the plug-in's buffer has room for `count` bytes; `got` may be null.
        unsafe {
            std::ptr::copy_nonoverlapping(rest.as_ptr(), buffer.cast(), now);
            if let Some(got) = got.as_mut() {
                *got = now as i32;
            }
        }
        *at += now;
        kResultOk
    }

    unsafe fn write(&self, buffer: *mut c_void, count: i32, done: *mut i32) -> tresult {
        let Ok(len) = usize::try_from(count) else {
            return kInvalidArgument;
        };
        let mut stream = self.0.lock().unwrap();
        let (bytes, at) = &mut *stream;
        bytes.truncate(*at);
        // SAFETY: the plug-in's buffer holds `count` bytes; `done` may be null.
        unsafe {
            bytes.extend_from_slice(std::slice::from_raw_parts(buffer.cast::<u8>(), len));
            if let Some(done) = done.as_mut() {
                *done = count;
            }
        }
        *at = bytes.len();
        kResultOk
    }

    unsafe fn seek(&self, to: i64, mode: i32, result: *mut i64) -> tresult {
        let mut stream = self.0.lock().unwrap();
        let (bytes, at) = &mut *stream;
        let from = match u32::try_from(mode) {
            Ok(mode) if mode == kIBSeekSet as u32 => 0,
            Ok(mode) if mode == kIBSeekCur as u32 => *at as i64,
            Ok(mode) if mode == kIBSeekEnd as u32 => bytes.len() as i64,
            _ => return kInvalidArgument,
        };
        let Some(position) = from.checked_add(to).and_then(|p| usize::try_from(p).ok()) else {
            return kInvalidArgument;
        };
        *at = position;
        // SAFETY: `result` is the plug-in's, or null.
        if let Some(result) = unsafe { result.as_mut() } {
            *result = position as i64;
        }
        kResultOk
    }

    unsafe fn tell(&self, position: *mut i64) -> tresult {
        // SAFETY: `position` is the plug-in's, or null.
        match unsafe { position.as_mut() } {
            Some(position) => *position = self.0.lock().unwrap().1 as i64,
            None => return kInvalidArgument,
        }
        kResultOk
    }
}
