//! Memory that starts on a cache line, so that no vector of eight samples lies across two.

use aligned_vec::{AVec, ConstAlign};

/// Bytes of a cache line.
const LINE: usize = 64;

/// A fixed number of values.
pub type Buffer<T> = AVec<T, ConstAlign<LINE>>;

/// `len` times the default.
pub fn zeros<T: Default + Clone>(len: usize) -> Buffer<T> {
    let mut buffer = AVec::with_capacity(LINE, len);
    buffer.resize(len, T::default());
    buffer
}
