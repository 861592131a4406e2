//! Where the host plays, block by block: tells a jump or a loop from going on.

use nice_plug::prelude::Transport;

/// Positions this near to the expected one, in samples, are no jump: hosts count in seconds, and
/// less than a frame cannot smear two places together.
const SAME_PLACE_SAMPLES: i64 = 64;

/// Follows the position of the transport.
#[derive(Debug, Default)]
pub struct Playhead {
    /// Where the next block is if playback goes on, in samples.
    expected: Option<i64>,
}

impl Playhead {
    /// Takes the transport of a block of `samples`; true when it is at another place than the end
    /// of the last one played. A host that tells no position in time never jumps.
    pub fn has_jumped(&mut self, transport: &Transport, samples: usize) -> bool {
        if !transport.playing {
            return false;
        }
        let Some(position) = position(transport) else {
            return false;
        };
        let end = position.saturating_add(i64::try_from(samples).unwrap_or(i64::MAX));
        let expected = self.expected.replace(end);
        expected.is_some_and(|expected| expected.abs_diff(position) > SAME_PLACE_SAMPLES as u64)
    }
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
    fn only_another_place_is_a_jump() {
        let mut playhead = Playhead::default();
        let cases = [
            (at(true, Some(1000), None), false, "the first block"),
            (at(true, Some(1512), None), false, "the next"),
            (at(false, Some(0), None), false, "stopped"),
            (at(true, Some(2024), None), false, "where it stopped"),
            (at(true, None, Some(2536.4 / 48_000.0)), false, "in seconds"),
            (at(true, Some(1000), None), true, "a loop"),
            (at(true, None, None), false, "no position"),
            (at(false, Some(90_000), None), false, "moved while stopped"),
            (at(true, Some(90_000), None), true, "started elsewhere"),
        ];
        for (i, (transport, jumped, what)) in cases.iter().enumerate() {
            assert_eq!(playhead.has_jumped(transport, 512), *jumped, "{i}: {what}");
        }
    }
}
