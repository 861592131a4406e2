//! A block of audio: cut where events are and at the room's size, each piece checked and safe.
#![allow(unsafe_code)] // the C ABI: the host's block, and ours for the plug-in

use std::ptr::null;

use clap_sys::plugin::clap_plugin;
use clap_sys::process::{
    CLAP_PROCESS_CONTINUE, CLAP_PROCESS_ERROR, clap_process, clap_process_status,
};

use crate::door::clap::block::audio::{self, CHUNK, Ports};
use crate::door::clap::block::events::{Event, Reader};
use crate::door::clap::block::outgoing::{self, Outgoing};
use crate::door::clap::block::transport::Transport;
use crate::door::clap::guard::{Desk, Guard};
use crate::door::clap::lifecycle::Stage;

/// The plug-in's `process`.
pub unsafe extern "C" fn process(
    plugin: *const clap_plugin,
    block: *const clap_process,
) -> clap_process_status {
    // SAFETY: a host passes the plug-in it was given.
    let guard = unsafe { Guard::of(plugin) };
    let (Some(guard), false) = (guard, block.is_null()) else {
        return CLAP_PROCESS_ERROR;
    };
    // SAFETY: not null; a host passes a block that is valid until this returns.
    unsafe {
        let block = block.read_unaligned();
        let status = guard.process(&block);
        if status == CLAP_PROCESS_ERROR {
            let is_believed = guard.believes(block.frames_count);
            let frames = if is_believed {
                block.frames_count
            } else {
                guard.max_frames()
            };
            audio::silence(&block, frames as usize);
        }
        status
    }
}

impl Guard {
    /// Processes a block, or refuses it with an error.
    ///
    /// # Safety
    ///
    /// What `block` points to is as it says, or null.
    unsafe fn process(&self, block: &clap_process) -> clap_process_status {
        if self.lifecycle.stage() != Stage::Processing || !self.believes(block.frames_count) {
            return CLAP_PROCESS_ERROR;
        }
        // SAFETY: as the caller promises.
        let Ok(ports) = (unsafe { Ports::of(block, self.channels()) }) else {
            return CLAP_PROCESS_ERROR;
        };
        let Some(mut desk) = self.try_desk() else {
            return CLAP_PROCESS_ERROR;
        };
        self.host.hold();
        let mut run = Run {
            guard: self,
            block,
            ports,
            transport: Transport::default(),
            // SAFETY: as the caller promises.
            outgoing: unsafe { Outgoing::new(block.out_events) },
        };
        // SAFETY: as the caller promises.
        let status = unsafe { run.all(&mut desk) };
        // From here on the host may be called, and may call back.
        drop(desk);
        self.host.release();
        self.look_at_latency();
        status
    }
}

/// A block on its way through.
struct Run<'a> {
    guard: &'a Guard,
    block: &'a clap_process,
    ports: Ports,
    transport: Transport,
    outgoing: Outgoing,
}

impl Run<'_> {
    /// # Safety
    ///
    /// See [`Guard::process`].
    unsafe fn all(&mut self, desk: &mut Desk) -> clap_process_status {
        let frames = self.block.frames_count;
        if !self.block.transport.is_null() {
            // SAFETY: not null; valid as the caller promises.
            let told = unsafe { self.block.transport.read_unaligned() };
            self.transport.tell(told, 0);
        }
        // SAFETY: as the caller promises.
        let mut reader = unsafe { Reader::new(self.block.in_events, frames, &self.guard.ranges) };
        if frames == 0 {
            self.guard.take_events(&mut reader, desk, &self.outgoing);
            return CLAP_PROCESS_CONTINUE;
        }
        let mut status = CLAP_PROCESS_CONTINUE;
        let mut at = 0;
        while at < frames && status != CLAP_PROCESS_ERROR {
            self.outgoing.move_to(at);
            self.gather(&mut reader, desk, at);
            let end = frames.min(at.saturating_add(CHUNK as u32));
            let end = reader.next_time().map_or(end, |time| end.min(time));
            // SAFETY: as the caller promises; `at..end` is inside the block and fits the room.
            status = unsafe { self.piece(desk, at, end - at) };
            at = end;
        }
        status
    }

    /// Lists the events of frame `at`.
    fn gather(&mut self, reader: &mut Reader, desk: &mut Desk, at: u32) {
        desk.due.clear();
        while let Some(event) = reader.take_due(at) {
            match event {
                Event::Transport(told) => self.transport.tell(told, at),
                event => desk.due.push(event),
            }
        }
    }

    /// Processes `frames` frames from frame `at` on, with the listed events before the first.
    ///
    /// # Safety
    ///
    /// See [`Guard::process`]; the frames are inside the block and at most a chunk.
    unsafe fn piece(&mut self, desk: &mut Desk, at: u32, frames: u32) -> clap_process_status {
        let (start, len) = (at as usize, frames as usize);
        // SAFETY: the block's channels hold all its frames.
        unsafe { desk.room.fill(&self.ports, start, len) };
        let line = &self.guard.line;
        line.set_sidechain(self.ports.has_sidechain());
        let channels = self.guard.channels();
        let [mut main, mut sidechain] = desk.room.pointers();
        // There is always a sidechain port: the framework reads one that is missing. The plug-in
        // knows from the line whether it is real.
        let inputs = [
            audio::buffer(&mut main, channels),
            audio::buffer(&mut sidechain, channels),
        ];
        let mut outputs = [inputs[0]];
        let incoming = desk.due.list();
        let outgoing = self.outgoing.list();
        let transport = self.transport.at(at, self.guard.sample_rate());
        let steady_time = self.block.steady_time;
        let piece = clap_process {
            steady_time: if steady_time < 0 {
                steady_time
            } else {
                steady_time.saturating_add(i64::from(at))
            },
            frames_count: frames,
            transport: transport.as_ref().map_or(null(), |transport| transport),
            audio_inputs: inputs.as_ptr(),
            audio_outputs: outputs.as_mut_ptr(),
            audio_inputs_count: inputs.len() as u32,
            audio_outputs_count: outputs.len() as u32,
            in_events: &incoming,
            out_events: outgoing::as_ptr(&outgoing),
        };
        // SAFETY: all of it is ours and valid, with the layout's ports and channels.
        let status = unsafe { self.guard.inner.process(&piece) };
        if status != CLAP_PROCESS_ERROR {
            // SAFETY: the block's channels hold all its frames.
            unsafe {
                desk.room.give(&self.ports, start, len);
                audio::clear_constant_mask(self.block);
            }
        }
        status
    }
}
