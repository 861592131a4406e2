//! Plays a reference instead of the result, to compare with.
//!
//! Whoever has the reference's audio writes it into a ring ([`PlaybackSlot::feed`]) ahead of the audio thread,
//! which only takes samples out: it never waits, locks or frees, and plays silence where the ring runs dry.
//! Each activation has a ring of its own. Nothing is played in a bounce: the processor leaves it out there.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use auralis_dsp::basics::smoothing::{Fade, Glide, LinearGain};
use auralis_dsp::{FRAME, Frame};
use rtrb::{Consumer, Producer, RingBuffer};

use crate::timing::Stream;

/// Seconds of audio that fit into a ring.
const RING_S: f64 = 0.25;
/// Length of the fade between result and reference, and time constant of its gain, in seconds.
const FADE_S: f64 = 0.02;

#[derive(Debug, Default)]
struct Inner {
    is_on: AtomicBool,
    /// The bits of a gain in dB.
    gain_db: AtomicU32,
    /// The writing end of the ring of the last activation.
    port: Mutex<Option<Port>>,
}

/// Where audio goes in.
#[derive(Debug)]
pub struct Port {
    /// Interleaved samples.
    ring: Producer<f32>,
    /// Frames a second.
    pub sample_rate: f64,
    /// 1 or 2.
    pub channels: usize,
}

impl Port {
    /// How many frames fit now.
    pub fn room(&self) -> usize {
        self.ring.slots() / self.channels
    }

    /// Writes a frame, one sample a channel; what does not fit is dropped.
    pub fn write(&mut self, frame: [f32; 2]) {
        if self.room() > 0 {
            for sample in &frame[..self.channels] {
                let _ = self.ring.push(*sample); // there was room
            }
        }
    }
}

/// A handle on what is played; clones share it.
#[derive(Debug, Clone, Default)]
pub struct PlaybackSlot(Arc<Inner>);

impl PlaybackSlot {
    /// Starts to play what is fed, or ends it. Wait-free.
    pub fn set_on(&self, on: bool) {
        self.0.is_on.store(on, Ordering::Release);
    }

    /// Whether it plays. Wait-free.
    pub fn is_on(&self) -> bool {
        self.0.is_on.load(Ordering::Acquire)
    }

    /// Sets the gain of what is played, in dB. Wait-free.
    pub fn set_gain_db(&self, db: f32) {
        self.0.gain_db.store(db.to_bits(), Ordering::Relaxed);
    }

    /// The gain of what is played, in dB. Wait-free.
    pub fn gain_db(&self) -> f32 {
        f32::from_bits(self.0.gain_db.load(Ordering::Relaxed))
    }

    /// Lets `write` fill the ring; none before the first activation. Not for the audio thread.
    pub fn feed<T>(&self, write: impl FnOnce(&mut Port) -> T) -> Option<T> {
        self.port().as_mut().map(write)
    }

    /// The audio thread's end for a stream; the ring of the one before is no longer fed.
    pub(crate) fn open(&self, stream: &Stream) -> PlaybackEnd {
        let channels = stream.channels;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // thousands
        let frames = (RING_S * stream.sample_rate) as usize + FRAME;
        let (ring, taken) = RingBuffer::new(frames * channels);
        *self.port() = Some(Port {
            ring,
            sample_rate: stream.sample_rate,
            channels,
        });
        PlaybackEnd {
            slot: self.clone(),
            ring: taken,
            channels,
            on: Fade::new(FADE_S, stream.sample_rate),
            gain_db: Glide::new(FADE_S, stream.sample_rate),
            gain: LinearGain::new(),
            was_dry: true,
        }
    }

    fn port(&self) -> MutexGuard<'_, Option<Port>> {
        self.0.port.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What plays on the audio thread.
#[derive(Debug)]
pub(crate) struct PlaybackEnd {
    slot: PlaybackSlot,
    ring: Consumer<f32>,
    channels: usize,
    on: Fade,
    gain_db: Glide,
    gain: LinearGain,
    /// The ring had nothing for the frame before.
    was_dry: bool,
}

impl PlaybackEnd {
    /// Puts the reference in place of `audio`, one frame a channel, while it plays; gives the peak of each
    /// channel then, linear.
    pub fn process(&mut self, audio: &mut [Frame]) -> Option<[f32; 2]> {
        let share = self.on.next(self.slot.is_on());
        if share.is(0.0) {
            return None;
        }
        let mut played = [[0.0; FRAME]; 2];
        let channels = audio.len();
        let held = self.whole_frames();
        // After silence it begins at the gain that is wanted.
        if std::mem::replace(&mut self.was_dry, held == 0) {
            self.gain_db.reset();
        }
        let wanted = (FRAME * channels).min(held);
        if let Ok(chunk) = self.ring.read_chunk(wanted) {
            for (n, sample) in chunk.into_iter().enumerate() {
                played[n % channels][n / channels] = sample;
            }
        }
        let gain_db = self.gain_db.next(self.slot.gain_db());
        let gain = self.gain.of(gain_db);
        let mut peaks = [0.0; 2];
        for ((audio, played), peak) in audio.iter_mut().zip(&mut played).zip(&mut peaks) {
            gain.apply(played);
            let result = *audio;
            *audio = *played;
            share.blend(audio, &result);
            *peak = audio.iter().fold(0.0, |peak: f32, x| peak.max(x.abs()));
        }
        if self.on.is_off() {
            self.rest();
        }
        Some(peaks)
    }

    /// A bounce begins: playing ends, and does not go on after it.
    pub fn end(&mut self) {
        self.slot.set_on(false);
        self.on.reset();
        self.rest();
    }

    /// Samples in the ring, without those of a frame that is being written: one sample taken too early would
    /// change left for right from there on.
    fn whole_frames(&self) -> usize {
        let held = self.ring.slots();
        held - held % self.channels
    }

    /// What was fed and not played is forgotten.
    fn rest(&mut self) {
        self.gain_db.reset();
        let left = self.whole_frames();
        if let Ok(chunk) = self.ring.read_chunk(left) {
            chunk.commit_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The result beside the reference.
    const RESULT: Frame = [0.5; FRAME];

    fn opened(channels: usize) -> (PlaybackSlot, PlaybackEnd) {
        let slot = PlaybackSlot::default();
        let end = slot.open(&Stream {
            sample_rate: 48_000.0,
            channels,
            offline: false,
        });
        (slot, end)
    }

    /// Feeds so many frames that count up.
    fn feed(slot: &PlaybackSlot, frames: usize) {
        slot.feed(|port| {
            for n in 0..frames {
                port.write([n as f32, -(n as f32)]);
            }
        });
    }

    fn play(end: &mut PlaybackEnd, frames: usize) -> Vec<[Frame; 2]> {
        let mut played = vec![[RESULT; 2]; frames];
        for audio in &mut played {
            end.process(audio);
        }
        played
    }

    #[test]
    fn it_plays_what_is_fed_at_its_gain_and_then_silence() {
        let (slot, mut end) = opened(2);
        assert_eq!(play(&mut end, 1), [[RESULT; 2]], "it is off");
        slot.set_gain_db(-6.0206);
        slot.set_on(true);
        // The fade takes 15 frames of the result into silence.
        play(&mut end, 15);
        feed(&slot, 3 * FRAME / 2);
        let played = play(&mut end, 2);
        for n in 0..2 * FRAME {
            let fed = if n < 3 * FRAME / 2 { n as f32 } else { 0.0 };
            for (channel, sign) in [(0, 1.0), (1, -1.0)] {
                let got = played[n / FRAME][channel][n % FRAME];
                let expected = 0.5 * sign * fed;
                // -6.0206 dB is a half within 1e-6.
                assert!(
                    (got - expected).abs() < 1e-4,
                    "[{channel}][{n}]: {got}, expected {expected}"
                );
            }
        }
    }

    #[test]
    fn what_was_not_played_is_not_heard_the_next_time() {
        let (slot, mut end) = opened(2);
        slot.set_on(true);
        play(&mut end, 15);
        feed(&slot, 100 * FRAME);
        slot.set_on(false);
        play(&mut end, 20);
        assert_eq!(
            play(&mut end, 1),
            [[RESULT; 2]],
            "the result is back, every bit of it"
        );
        slot.set_on(true);
        play(&mut end, 16);
        assert_eq!(
            play(&mut end, 1),
            [[[0.0; FRAME]; 2]],
            "nothing was fed since"
        );
    }

    #[test]
    fn a_frame_that_is_being_written_waits_and_the_sides_stay() {
        let (slot, mut end) = opened(2);
        slot.set_on(true);
        play(&mut end, 15);
        let write = |sample: f32| {
            slot.feed(|port| port.ring.push(sample).expect("there is room"));
        };
        [1.0, -1.0, 2.0].into_iter().for_each(write);
        let played = play(&mut end, 1)[0];
        assert_eq!(
            [played[0][..2].to_vec(), played[1][..2].to_vec()],
            [[1.0, 0.0], [-1.0, 0.0]],
            "its right sample is not there yet"
        );
        [-2.0, 3.0].into_iter().for_each(write);
        slot.set_on(false);
        let played = play(&mut end, 1)[0];
        assert!(played[0][0] > 1.9 && played[1][0] < -1.8, "{played:?}");
        // What rests leaves the half frame, too.
        play(&mut end, 20);
        write(-3.0);
        slot.set_on(true);
        play(&mut end, 15);
        [4.0, -4.0].into_iter().for_each(write);
        let played = play(&mut end, 1)[0];
        assert_eq!([played[0][0], played[1][0]], [4.0, -4.0]);
    }

    #[test]
    fn the_first_that_is_heard_has_the_gain_that_was_set_last() {
        let (slot, mut end) = opened(2);
        slot.set_gain_db(24.0);
        slot.set_on(true);
        play(&mut end, 15);
        slot.set_gain_db(-6.0206);
        slot.feed(|port| (0..FRAME).for_each(|_| port.write([1.0, 1.0])));
        let played = play(&mut end, 1)[0][0];
        for (n, got) in played.iter().enumerate() {
            // -6.0206 dB is a half within 1e-6.
            assert!((got - 0.5).abs() < 1e-4, "[{n}]: {got}");
        }
    }

    #[test]
    fn an_activation_has_a_ring_of_its_own_and_mono_takes_one_channel() {
        let (slot, _old) = opened(2);
        let mut end = slot.open(&Stream {
            sample_rate: 48_000.0,
            channels: 1,
            offline: false,
        });
        slot.set_on(true);
        end.process(&mut [RESULT]);
        feed(&slot, FRAME);
        for _ in 0..14 {
            end.process(&mut [RESULT]);
        }
        feed(&slot, FRAME);
        let mut audio = [RESULT];
        assert_eq!(end.process(&mut audio), Some([63.0, 0.0]), "{audio:?}");
        let room = slot.feed(|port| port.room());
        assert_eq!(room, Some(12_000 + FRAME), "all was played");
    }
}
