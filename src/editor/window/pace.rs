//! How often the window draws what nobody waits for: thirty times a second where a frame costs little.
//!
//! Where the processor has to paint, a frame costs some 10 ms of it, and the sound is worth more than that
//! the meters are smooth. So the pace follows what a frame costs the window's thread.

use std::time::Duration;

#[cfg(target_os = "linux")]
use cpu_time::ThreadTime;

use super::wake::LOOK;

/// Time between frames over what one costs the window's thread. A software renderer works on threads of its
/// own for half as long again to twice as long: all of them together take some 30 % of a core at most.
const PAUSE: u32 = 12;
/// The longest time between frames.
const SLOWEST: Duration = Duration::from_millis(100);

/// What frames cost.
#[derive(Debug, Default)]
pub struct Pace {
    /// Processor time of the window's thread when the last frame began. Elsewhere that thread is the
    /// host's, whose own work would count.
    #[cfg(target_os = "linux")]
    begun: Option<Duration>,
    /// Mean cost of a frame.
    cost: Duration,
}

impl Pace {
    /// A frame begins; gives the time to the next.
    pub fn frame_begins(&mut self) -> Duration {
        #[cfg(target_os = "linux")]
        {
            let now = ThreadTime::now().as_duration();
            if let Some(begun) = self.begun.replace(now) {
                self.count(now.saturating_sub(begun));
            }
        }
        self.pause()
    }

    /// A frame has cost this much.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    fn count(&mut self, cost: Duration) {
        // The first frames load fonts and compile shaders: one is no more than twice the mean.
        let most = 2 * self.cost.max(LOOK / PAUSE);
        self.cost = (7 * self.cost + cost.min(most)) / 8;
    }

    /// The time to the next frame.
    fn pause(&self) -> Duration {
        (PAUSE * self.cost).clamp(LOOK, SLOWEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cheap_frames_come_thirty_times_a_second_and_dear_ones_less_often() {
        for (cost_ms, expected_ms) in [(0, 33), (2, 33), (6, 72), (200, 100)] {
            let mut pace = Pace::default();
            (0..100).for_each(|_| pace.count(Duration::from_millis(cost_ms)));
            let got = pace.pause().as_millis();
            // A hundred frames come within a thousandth of the mean.
            assert!(
                got.abs_diff(expected_ms) <= 1,
                "{cost_ms} ms: {got}, not {expected_ms}"
            );
        }
    }

    #[test]
    fn one_dear_frame_does_not_slow_the_panel_down() {
        let mut pace = Pace::default();
        (0..100).for_each(|_| pace.count(Duration::from_millis(2)));
        pace.count(Duration::from_secs(2));
        assert_eq!(pace.pause(), LOOK);
    }
}
