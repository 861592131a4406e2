//! A whole song: what the ear and a master of it cost, all threads together.

use std::convert::Infallible;

use cpu_time::ProcessTime;

use crate::tools::demo_piece::demo_piece;
use auralis_dsp::FRAME;
use auralis_engine::ear::settings::AdaptMode;
use auralis_engine::ear::{Analyst, Hop};
use auralis_engine::master::{self, Format, Hear, Order, Song};
use auralis_engine::params::Values;
use auralis_engine::timing::Timing;

/// Times of which the best counts.
const ROUNDS: usize = 5;
/// Frames that a song is played in at once.
const AT_ONCE: usize = 16_384;

/// What a song costs.
#[derive(Debug, Clone, Copy)]
pub struct Songs {
    /// Spectrum analysis, in nanoseconds per stereo frame.
    pub spectrum_ns_per_frame: f64,
    /// Loudness, content and decisions, in nanoseconds per stereo frame.
    pub content_ns_per_frame: f64,
    /// Seconds of audio that are mastered in a second of one core: heard, decided about, rendered until
    /// the loudness is right.
    pub master_realtime_factor: f64,
}

/// Times that the demo piece is played for a song of three minutes.
const REPEATS: usize = 6;

/// The demo piece in memory, again and again.
struct Piece<'a>(&'a [Vec<f32>]);

impl Song for Piece<'_> {
    type Error = Infallible;

    fn play(&mut self, hear: Hear<'_, Infallible>) -> Result<(), Infallible> {
        (0..REPEATS).try_for_each(|_| {
            let [left, right] = [0, 1].map(|channel| self.0[channel].chunks(AT_ONCE));
            left.zip(right)
                .try_for_each(|(left, right)| hear(&[left, right]))
        })
    }
}

/// Measures it on the demo piece.
pub fn measure() -> Songs {
    let piece = demo_piece();
    let format = Format {
        sample_rate: f64::from(piece.sample_rate),
        channels: 2,
    };
    #[allow(clippy::cast_precision_loss)] // half a minute
    let seconds = piece.channels[0].len() as f64 / format.sample_rate;
    let frames = seconds * format.sample_rate / FRAME as f64;
    let least = |work: &mut dyn FnMut() -> [f64; 2]| {
        let rounds = (0..ROUNDS).map(|_| work());
        rounds.fold([f64::INFINITY; 2], |least, [a, b]| {
            [least[0].min(a), least[1].min(b)]
        })
    };
    let [spectrum_s, content_s] = least(&mut || ear_s(&piece.channels, format));
    let [master_s, _] = least(&mut || [master_s(&piece.channels, format), 0.0]);
    Songs {
        spectrum_ns_per_frame: spectrum_s / frames * 1e9,
        content_ns_per_frame: content_s / frames * 1e9,
        master_realtime_factor: REPEATS as f64 * seconds / master_s,
    }
}

/// Seconds of the ear over the piece: of the spectra, and of everything else.
fn ear_s(channels: &[Vec<f32>], format: Format) -> [f64; 2] {
    let hop = Timing::new(format.sample_rate).hop_samples;
    let settings = Values::default().settings().analysis;
    let mut ear = Analyst::new(AdaptMode::Learn, format.sample_rate, format.channels, hop);
    let [left, right] = [0, 1].map(|channel| channels[channel].chunks_exact(hop));
    let mut seconds = [0.0; 2];
    for (left, right) in left.zip(right) {
        let hop = Hop {
            input: &[left, right],
            output: &[left, right],
            loudness_gain_db: 0.0,
            again: false,
        };
        let start = ProcessTime::now();
        let measures = ear.measure(&hop);
        let measured = start.elapsed();
        ear.hop(&hop, &measures, &settings);
        seconds[0] += measured.as_secs_f64();
        seconds[1] += (start.elapsed() - measured).as_secs_f64();
    }
    seconds
}

/// Seconds of a master of the piece.
fn master_s(channels: &[Vec<f32>], format: Format) -> f64 {
    let order = Order {
        settings: Values::default().settings(),
        reference: None,
    };
    let start = ProcessTime::now();
    let Ok(_) = master::master(&mut Piece(channels), format, &order, &mut |_| Ok(()));
    start.elapsed().as_secs_f64()
}
