//! States: VST3's streams on one side, CLAP's on the other.
//!
//! What a project keeps for the VST3 is the bare document. In CLAP the same document comes after
//! its length (64 bits, little-endian), because CLAP's streams do not tell how much is left.
#![allow(unsafe_code)] // streams of the C interfaces

use std::ffi::c_void;

use clap_sys::stream::{clap_istream, clap_ostream};
use vst3::ComRef;
use vst3::Steinberg::{IBStream, IBStreamTrait};

/// Largest state that is read, in bytes; larger ones are taken for damaged.
const LARGEST: usize = 64 << 20;
/// Bytes read at a time.
const CHUNK: usize = 64 << 10;
/// Bytes of CLAP's length.
const LENGTH: usize = size_of::<u64>();

/// The document in what CLAP has saved.
pub fn from_clap(saved: &[u8]) -> Option<&[u8]> {
    let (length, document) = saved.split_first_chunk::<LENGTH>()?;
    (u64::from_le_bytes(*length) == document.len() as u64).then_some(document)
}

/// A document as CLAP loads it.
pub fn to_clap(document: &[u8]) -> Vec<u8> {
    let length = (document.len() as u64).to_le_bytes();
    [length.as_slice(), document].concat()
}

/// All that is left in a host's stream; `None` when it fails or holds too much.
pub fn read_all(stream: ComRef<IBStream>) -> Option<Vec<u8>> {
    let mut all = Vec::new();
    let mut chunk = vec![0_u8; CHUNK];
    loop {
        let mut count = 0;
        // SAFETY: the stream lives during the call of the host, and the buffer has CHUNK bytes.
        // The result is not asked: at the end some hosts report success, some an error.
        unsafe {
            stream.read(chunk.as_mut_ptr().cast(), CHUNK as i32, &raw mut count);
        }
        let read = chunk.get(..usize::try_from(count).ok()?)?;
        if read.is_empty() {
            return Some(all);
        }
        all.extend_from_slice(read);
        if all.len() > LARGEST {
            return None;
        }
    }
}

/// Writes `bytes` into a host's stream, in as many parts as it takes; false when it fails.
pub fn write_all(stream: ComRef<IBStream>, bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while !rest.is_empty() {
        let size = rest.len().min(CHUNK);
        let mut count = 0;
        // SAFETY: the stream lives during the call of the host, which reads `size` bytes; the API
        // wants a mutable pointer but does not write through it.
        unsafe {
            let from = rest.as_ptr().cast_mut().cast();
            stream.write(from, size as i32, &raw mut count);
        }
        match usize::try_from(count) {
            Ok(written @ 1..) if written <= size => rest = &rest[written..],
            _ => return false,
        }
    }
    true
}

/// A CLAP stream that appends to `bytes`, which must outlive it.
pub fn writer(bytes: &mut Vec<u8>) -> clap_ostream {
    unsafe extern "C" fn write(stream: *const clap_ostream, from: *const c_void, size: u64) -> i64 {
        // SAFETY: the stream is ours, its context the vector that it was made of, and `from` has
        // `size` bytes.
        unsafe {
            let (Some(stream), Ok(count)) = (stream.as_ref(), usize::try_from(size)) else {
                return -1;
            };
            let Some(bytes) = stream.ctx.cast::<Vec<u8>>().as_mut() else {
                return -1;
            };
            if from.is_null() || bytes.len().saturating_add(count) > LARGEST {
                return -1;
            }
            bytes.extend_from_slice(std::slice::from_raw_parts(from.cast(), count));
            count as i64
        }
    }
    clap_ostream {
        ctx: std::ptr::from_mut(bytes).cast(),
        write: Some(write),
    }
}

/// A CLAP stream that takes from the front of `rest`, which must outlive it.
pub fn reader(rest: &mut &[u8]) -> clap_istream {
    unsafe extern "C" fn read(stream: *const clap_istream, to: *mut c_void, size: u64) -> i64 {
        // SAFETY: the stream is ours, its context the slice that it was made of, and `to` has room
        // for `size` bytes.
        unsafe {
            let Some(stream) = stream.as_ref() else {
                return -1;
            };
            let Some(rest) = stream.ctx.cast::<&[u8]>().as_mut() else {
                return -1;
            };
            if to.is_null() {
                return -1;
            }
            let count = usize::try_from(size).unwrap_or(usize::MAX).min(rest.len());
            let (now, later) = rest.split_at(count);
            now.as_ptr().copy_to_nonoverlapping(to.cast(), count);
            *rest = later;
            count as i64
        }
    }
    clap_istream {
        ctx: std::ptr::from_mut(rest).cast(),
        read: Some(read),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_comes_and_goes() {
        let document = b"{\"version\":\"0.1.0\"}";
        let clap = to_clap(document);
        assert_eq!(clap.len(), document.len() + LENGTH);
        assert_eq!(from_clap(&clap), Some(document.as_slice()));
        assert_eq!(from_clap(&clap[..clap.len() - 1]), None, "cut");
        assert_eq!(from_clap(&clap[..7]), None, "shorter than a length");
        assert_eq!(from_clap(&to_clap(b"")), Some(b"".as_slice()));
    }

    #[test]
    fn clap_streams_carry_bytes() {
        let mut bytes = Vec::new();
        let out = writer(&mut bytes);
        let text = b"0123456789";
        // SAFETY: the streams and their buffers live, and the sizes are theirs.
        unsafe {
            let write = out.write.unwrap();
            assert_eq!(write(&out, text.as_ptr().cast(), 10), 10);
            assert_eq!(write(&out, std::ptr::null(), 10), -1);
            let mut rest = text.as_slice();
            let input = reader(&mut rest);
            let read = input.read.unwrap();
            let mut got = [0_u8; 16];
            assert_eq!(read(&input, got.as_mut_ptr().cast(), 4), 4);
            assert_eq!(read(&input, got[4..].as_mut_ptr().cast(), 12), 6);
            assert_eq!(read(&input, got.as_mut_ptr().cast(), 1), 0, "at the end");
            assert_eq!(&got[..10], text);
        }
        assert_eq!(bytes, text);
    }
}
