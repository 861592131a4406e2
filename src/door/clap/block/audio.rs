//! The audio of a block: the host's ports as far as they are there, and room of our own to process
//! in.
//!
//! All inputs are read before anything is written and the processing happens in our own room, so
//! ports may share or cross their memory, and what is missing is silence.
#![allow(unsafe_code)] // the C ABI: the host's pointers to channels

use std::ptr::null_mut;

use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::process::clap_process;

/// Frames that are processed at once; longer blocks are cut. No number of the host's decides how
/// much memory is taken.
pub const CHUNK: usize = 1024;
/// Channels of the widest layout.
const MAX_CHANNELS: usize = 2;
/// Channels that an output is believed to have when it is only to be silenced.
const MAX_SILENCED: u32 = 64;

/// One port: a pointer a channel, null where there is none.
#[derive(Debug, Clone, Copy)]
struct Port {
    channels: [*mut f32; MAX_CHANNELS],
}

/// What a host may not do with a port: another number of channels, or 64-bit samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused;

/// The ports of one block.
#[derive(Debug)]
pub struct Ports {
    input: Port,
    sidechain: Port,
    output: Port,
    channels: usize,
}

impl Ports {
    /// The ports of a block in a layout with so many channels.
    ///
    /// # Safety
    ///
    /// The block's arrays hold as many ports and channels as they say, or are null.
    pub unsafe fn of(block: &clap_process, channels: usize) -> Result<Self, Refused> {
        // SAFETY: as the caller promises.
        unsafe {
            Ok(Self {
                input: Port::main(port(block, true, 0), channels)?,
                sidechain: Port::sidechain(port(block, true, 1), channels)?,
                output: Port::main(port(block, false, 0), channels)?,
                channels,
            })
        }
    }

    /// Whether any channel of a sidechain is there.
    pub fn has_sidechain(&self) -> bool {
        self.sidechain.channels.iter().any(|c| !c.is_null())
    }
}

impl Port {
    const MISSING: Self = Self {
        channels: [null_mut(); MAX_CHANNELS],
    };

    /// The main input or output: all channels or none.
    ///
    /// # Safety
    ///
    /// See [`Ports::of`].
    unsafe fn main(buffer: Option<clap_audio_buffer>, wanted: usize) -> Result<Self, Refused> {
        match buffer {
            None => Ok(Self::MISSING),
            Some(buffer) if buffer.data32.is_null() && !buffer.data64.is_null() => Err(Refused),
            Some(buffer) if buffer.data32.is_null() || buffer.channel_count == 0 => {
                Ok(Self::MISSING)
            }
            Some(buffer) if buffer.channel_count as usize != wanted => Err(Refused),
            // SAFETY: there are `wanted` pointers.
            Some(buffer) => Ok(unsafe { Self::read(&buffer, wanted) }),
        }
    }

    /// The sidechain: one channel is heard in all, of too many the first ones.
    ///
    /// # Safety
    ///
    /// See [`Ports::of`].
    unsafe fn sidechain(buffer: Option<clap_audio_buffer>, wanted: usize) -> Result<Self, Refused> {
        match buffer {
            None => Ok(Self::MISSING),
            Some(buffer) if buffer.data32.is_null() && !buffer.data64.is_null() => Err(Refused),
            Some(buffer) if buffer.data32.is_null() || buffer.channel_count == 0 => {
                Ok(Self::MISSING)
            }
            Some(buffer) => {
                let count = wanted.min(buffer.channel_count as usize);
                // SAFETY: there are at least `count` pointers.
                let mut port = unsafe { Self::read(&buffer, count) };
                if count == 1 {
                    port.channels = [port.channels[0]; MAX_CHANNELS];
                }
                Ok(port)
            }
        }
    }

    /// # Safety
    ///
    /// `data32` points to at least `count` pointers.
    unsafe fn read(buffer: &clap_audio_buffer, count: usize) -> Self {
        let mut port = Self::MISSING;
        for (index, channel) in port.channels.iter_mut().take(count).enumerate() {
            // SAFETY: as the caller promises; a host's array may be aligned to nothing.
            *channel = unsafe { buffer.data32.add(index).read_unaligned() };
        }
        port
    }
}

/// One of the host's ports.
///
/// # Safety
///
/// See [`Ports::of`].
unsafe fn port(block: &clap_process, is_input: bool, index: u32) -> Option<clap_audio_buffer> {
    let (ports, count) = if is_input {
        (block.audio_inputs, block.audio_inputs_count)
    } else {
        (block.audio_outputs.cast_const(), block.audio_outputs_count)
    };
    if ports.is_null() || index >= count {
        return None;
    }
    // SAFETY: not null and below the count.
    Some(unsafe { ports.add(index as usize).read_unaligned() })
}

/// Fills `frames` frames of the main output with zeros, as far as the host's pointers allow: for
/// blocks that are not processed.
///
/// # Safety
///
/// See [`Ports::of`]; the channels hold that many samples.
pub unsafe fn silence(block: &clap_process, frames: usize) {
    // SAFETY: as the caller promises.
    let Some(output) = (unsafe { port(block, false, 0) }) else {
        return;
    };
    for index in 0..output.channel_count.min(MAX_SILENCED) as usize {
        // SAFETY: below the channel count, with `frames` samples as the caller promises; a zero is all
        // zero bytes in both widths.
        unsafe {
            if !output.data32.is_null() {
                zero(output.data32.add(index).read_unaligned(), frames);
            }
            if !output.data64.is_null() {
                zero(output.data64.add(index).read_unaligned(), frames);
            }
        }
    }
}

/// # Safety
///
/// `samples` is null or points to `frames` samples.
unsafe fn zero<T>(samples: *mut T, frames: usize) {
    if !samples.is_null() {
        // SAFETY: as the caller promises; bytes are always aligned.
        unsafe {
            samples
                .cast::<u8>()
                .write_bytes(0, frames * std::mem::size_of::<T>());
        }
    }
}

/// Tells the host that the output may be anything but constant.
///
/// # Safety
///
/// See [`Ports::of`].
pub unsafe fn clear_constant_mask(block: &clap_process) {
    if !block.audio_outputs.is_null() && block.audio_outputs_count > 0 {
        // SAFETY: there is at least one port.
        unsafe {
            let mask = &raw mut (*block.audio_outputs).constant_mask;
            mask.write_unaligned(0);
        }
    }
}

/// Room for one chunk.
#[derive(Debug)]
pub struct Room {
    main: [[f32; CHUNK]; MAX_CHANNELS],
    sidechain: [[f32; CHUNK]; MAX_CHANNELS],
}

impl Room {
    /// Silent room.
    pub fn new() -> Self {
        Self {
            main: [[0.0; CHUNK]; MAX_CHANNELS],
            sidechain: [[0.0; CHUNK]; MAX_CHANNELS],
        }
    }

    /// Takes `frames` frames of the inputs, from frame `at` of the block on.
    ///
    /// # Safety
    ///
    /// The ports' channels hold that many samples.
    pub unsafe fn fill(&mut self, ports: &Ports, at: usize, frames: usize) {
        let inputs = self.main.iter_mut().zip(ports.input.channels);
        let sidechain = self.sidechain.iter_mut().zip(ports.sidechain.channels);
        for (samples, channel) in inputs.chain(sidechain) {
            if channel.is_null() {
                for sample in samples.iter_mut().take(frames) {
                    *sample = 0.0;
                }
                continue;
            }
            let bytes = frames.min(CHUNK) * std::mem::size_of::<f32>();
            // SAFETY: as the caller promises; bytes are always aligned, and no host has the memory
            // of this room.
            unsafe {
                let from = channel.add(at).cast::<u8>();
                from.copy_to_nonoverlapping(samples.as_mut_ptr().cast(), bytes);
            }
        }
    }

    /// Gives what was processed to the output, at frame `at` of the block. Subnormals become 0: they
    /// would slow down whatever plug-in follows.
    ///
    /// # Safety
    ///
    /// See [`Room::fill`].
    pub unsafe fn give(&mut self, ports: &Ports, at: usize, frames: usize) {
        let outputs = self.main.iter_mut().zip(ports.output.channels);
        for (samples, channel) in outputs.take(ports.channels) {
            if channel.is_null() {
                continue;
            }
            for sample in samples.iter_mut().take(frames) {
                *sample = without_subnormals(*sample);
            }
            let bytes = frames.min(CHUNK) * std::mem::size_of::<f32>();
            // SAFETY: as in `fill`.
            unsafe {
                let to = channel.add(at).cast::<u8>();
                let from = samples.as_ptr().cast::<u8>();
                from.copy_to_nonoverlapping(to, bytes);
            }
        }
    }

    /// Pointers to the channels that are processed in place, and to those of the sidechain.
    pub fn pointers(&mut self) -> [[*mut f32; MAX_CHANNELS]; 2] {
        let main = self.main.each_mut().map(|channel| channel.as_mut_ptr());
        let sidechain = self
            .sidechain
            .each_mut()
            .map(|channel| channel.as_mut_ptr());
        [main, sidechain]
    }
}

/// A sample, or 0 for one so small that it has no whole precision.
fn without_subnormals(sample: f32) -> f32 {
    if sample.abs() < f32::MIN_POSITIVE {
        0.0
    } else {
        sample
    }
}

/// A port of ours: `channels` pointers to 32-bit samples.
pub fn buffer(pointers: &mut [*mut f32; MAX_CHANNELS], channels: usize) -> clap_audio_buffer {
    clap_audio_buffer {
        data32: pointers.as_mut_ptr(),
        data64: null_mut(),
        channel_count: channels.min(MAX_CHANNELS) as u32,
        latency: 0,
        constant_mask: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_subnormals_become_zero() {
        let least = f32::MIN_POSITIVE;
        for (sample, expected) in [
            (least, least),
            (-least, -least),
            (least / 2.0, 0.0),
            (-f32::from_bits(1), 0.0),
            (0.5, 0.5),
            (0.0, 0.0),
        ] {
            assert_eq!(without_subnormals(sample), expected, "{sample:e}");
        }
    }
}
