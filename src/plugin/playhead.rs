//! Where the host plays, block by block: tells a start, and a jump or a loop from going on.

use nice_plug::prelude::Transport;

/// Positions this near to the expected one, in samples, are no jump: hosts count in seconds, and
/// less than a frame cannot smear two places together.
const SAME_PLACE_SAMPLES: i64 = 64;

/// What a block's transport says beside that of the block before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// It goes on where it was, or stands still.
    Steady,
    /// It starts, perhaps at another place than where it stopped.
    Starts {
        /// Whether it is another place.
        elsewhere: bool,
    },
    /// It goes on at another place: a jump, or a loop.
    Jumps,
}

/// Follows the transport.
#[derive(Debug, Default)]
pub struct Playhead {
    is_playing: bool,
    /// Where the next block is if playback goes on, in samples.
    expected: Option<i64>,
}

impl Playhead {
    /// Takes the transport of a block of `samples`. A host that tells no position in time never jumps.
    pub fn follow(&mut self, transport: &Transport, samples: usize) -> Motion {
        let was_playing = std::mem::replace(&mut self.is_playing, transport.playing);
        if !transport.playing {
            return Motion::Steady;
        }
        let elsewhere = self.is_elsewhere(transport, samples);
        match (was_playing, elsewhere) {
            (false, elsewhere) => Motion::Starts { elsewhere },
            (true, true) => Motion::Jumps,
            (true, false) => Motion::Steady,
        }
    }

    /// Whether a block that plays is at another place than the end of the last one played.
    fn is_elsewhere(&mut self, transport: &Transport, samples: usize) -> bool {
        let Some(position) = position(transport) else {
            return false;
        };
        let end = position.saturating_add(i64::try_from(samples).unwrap_or(i64::MAX));
        let expected = self.expected.replace(end);
        expected.is_some_and(|expected| expected.abs_diff(position) > SAME_PLACE_SAMPLES as u64)
    }
}

/// Where in the project a block is that plays, in samples; none while it stands still.
pub fn place(transport: &Transport) -> Option<i64> {
    position(transport).filter(|_| transport.playing)
}

/// Position in samples. One that is only known in beats does not count: tempo changes bend it.
#[allow(clippy::cast_possible_truncation)] // saturates
fn position(transport: &Transport) -> Option<i64> {
    let rate = f64::from(transport.sample_rate);
    let seconds = transport.pos_seconds.map(|s| (s * rate).round() as i64);
    transport.pos_samples.or(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(playing: bool, samples: Option<i64>, seconds: Option<f64>) -> Transport {
        let mut transport = Transport::new(48_000.0);
        transport.playing = playing;
        transport.pos_samples = samples;
        transport.pos_seconds = seconds;
        transport
    }

    #[test]
    fn only_another_place_is_a_jump_and_only_a_start_starts() {
        use Motion::{Jumps, Starts, Steady};
        let mut playhead = Playhead::default();
        let (here, there) = (Starts { elsewhere: false }, Starts { elsewhere: true });
        let cases = [
            (at(true, Some(1000), None), here, "the first block"),
            (at(true, Some(1512), None), Steady, "the next"),
            (at(false, Some(0), None), Steady, "stopped"),
            (at(true, Some(2024), None), here, "where it stopped"),
            (
                at(true, None, Some(2536.4 / 48_000.0)),
                Steady,
                "in seconds",
            ),
            (at(true, Some(1000), None), Jumps, "a loop"),
            (at(true, None, None), Steady, "no position"),
            (at(false, Some(90_000), None), Steady, "moved while stopped"),
            (at(true, Some(90_000), None), there, "started elsewhere"),
        ];
        for (i, (transport, motion, what)) in cases.iter().enumerate() {
            assert_eq!(playhead.follow(transport, 512), *motion, "{i}: {what}");
        }
    }
}
