//! Texts between Rust, C and the UTF-16 of VST3.
#![allow(unsafe_code)] // reads strings behind raw pointers

use std::ffi::{CStr, c_char};

/// Longest text of a host that is read, in UTF-16 units.
const LONGEST: usize = 512;

/// Copies `text` into the fixed array of a host's struct, cut to fit and ended by a zero.
pub fn copy_utf16(text: &str, to: &mut [u16]) {
    let Some(room) = to.len().checked_sub(1) else {
        return;
    };
    to.fill(0);
    for (to, unit) in to[..room].iter_mut().zip(text.encode_utf16()) {
        *to = unit;
    }
}

/// Copies `text` as UTF-8 into the fixed array of a host's struct, cut to fit and ended by a zero.
pub fn copy_utf8(text: &str, to: &mut [c_char]) {
    let Some(room) = to.len().checked_sub(1) else {
        return;
    };
    to.fill(0);
    for (to, byte) in to[..room].iter_mut().zip(text.bytes()) {
        *to = byte as c_char;
    }
}

/// The text in a fixed array of C characters; up to the end when there is no zero.
pub fn from_array(array: &[c_char]) -> String {
    let bytes: Vec<u8> = array
        .iter()
        .take_while(|c| **c != 0)
        .map(|c| *c as u8)
        .collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The text at `pointer`; empty for null.
///
/// # Safety
/// `pointer` is null or points to a string that ends with a zero.
pub unsafe fn from_c(pointer: *const c_char) -> String {
    if pointer.is_null() {
        return String::new();
    }
    // SAFETY: not null, and ended by a zero as the caller promises.
    let text = unsafe { CStr::from_ptr(pointer) };
    text.to_string_lossy().into_owned()
}

/// The UTF-16 text at `pointer`, at most [`LONGEST`] units of it; `None` for null or broken text.
///
/// # Safety
/// `pointer` is null or points to UTF-16 units that end with a zero.
pub unsafe fn from_utf16(pointer: *const u16) -> Option<String> {
    if pointer.is_null() {
        return None;
    }
    let mut units = Vec::new();
    for i in 0..LONGEST {
        // SAFETY: no zero was met before `i`, so unit `i` belongs to the text.
        let unit = unsafe { *pointer.add(i) };
        if unit == 0 {
            break;
        }
        units.push(unit);
    }
    String::from_utf16(&units).ok()
}

/// Whether a host's C string is `expected`.
///
/// # Safety
/// As for [`from_c`].
pub unsafe fn is(pointer: *const c_char, expected: *const c_char) -> bool {
    if pointer.is_null() || expected.is_null() {
        return false;
    }
    // SAFETY: neither is null; both end with a zero, one by promise, one as a constant of the API.
    unsafe { CStr::from_ptr(pointer) == CStr::from_ptr(expected) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_to_fit_and_ended() {
        let mut wide = [7_u16; 4];
        copy_utf16("Auralis", &mut wide);
        assert_eq!(wide, [65, 117, 114, 0]);
        let mut narrow = [7 as c_char; 8];
        copy_utf8("dB", &mut narrow);
        assert_eq!(from_array(&narrow), "dB");
        copy_utf16("x", &mut []);
    }

    #[test]
    fn broken_text_is_refused() {
        let lone_surrogate = [0xD800_u16, 0];
        let endless = [65_u16; LONGEST];
        // SAFETY: the first ends with a zero, the second is as long as is ever read.
        unsafe {
            assert_eq!(from_utf16(lone_surrogate.as_ptr()), None);
            assert_eq!(from_utf16(std::ptr::null()), None);
            assert_eq!(from_utf16(endless.as_ptr()).map(|t| t.len()), Some(LONGEST));
        }
    }
}
