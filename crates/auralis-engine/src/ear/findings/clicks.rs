//! Clicks: samples that stand alone.
//!
//! Music is smooth from sample to sample, a click is not: it stands out of the prediction error
//! (S. Godsill, P. Rayner, "Digital audio restoration", 1998, chapter 5). The predictor here is a cubic
//! through the samples before, whose error is the third difference; a click of one sample of `a` gives
//! `3 a`, a jump of `a` gives `2 a`. A click is a peak of it
//!
//! - far above what lies 1 to 6 ms before and behind: a drum goes on ringing;
//! - that holds a good part of the energy of its 1.3 ms: an attack is longer;
//! - with no other of that size within 40 ms: the edges of a square wave come again;
//! - that leaves the programme as loud as it was: the beginning of a note does not.
//!
//! The figure is clicks a minute. Limit: five in the song and one a minute.

use super::finding::Finding;

/// Parts of a block that are compared; each is 1.3 ms.
const PARTS: usize = 32;
/// Parts before and behind that are the surroundings, beyond the next one.
const AROUND: usize = 4;
/// How far a click stands over the RMS of its surroundings.
const OVER_SURROUNDINGS: f32 = 20.0;
/// Least share of a part's energy in the peak alone; it is 0.45 of one sample, 0.67 of a jump.
const IN_PEAK: f32 = 0.2;
/// How far the programme's power may change across it.
const MOST_CHANGE: f32 = 4.0;
/// What another peak within 40 ms may reach of it.
const OTHERS: f32 = 0.35;
/// Smallest third difference that counts: a click of one sample at -50 dBFS.
const SMALLEST: f32 = 3.0 * 0.003;
/// Clicks that are a fault: so many in the song, and so many a minute.
const FEWEST: u32 = 5;
const FEWEST_PER_MINUTE: f64 = 1.0;

/// A part.
#[derive(Debug, Clone, Copy, Default)]
struct Part {
    /// Largest third difference.
    peak: f32,
    /// Mean square of the third difference.
    third: f32,
    /// Mean square of the first difference: of the samples, a low note would change within its wave.
    power: f32,
}

/// Parts of three blocks: the middle one is judged.
type Parts = [Part; 3 * PARTS];

/// Counts clicks.
#[derive(Debug, Clone)]
pub struct Clicks {
    channels: Vec<Channel>,
    blocks: u32,
    count: u32,
}

#[derive(Debug, Clone)]
struct Channel {
    /// Three samples, then the block.
    samples: Vec<f32>,
    parts: Parts,
}

impl Clicks {
    /// Of so many channels.
    pub fn new(channels: usize) -> Self {
        let channel = Channel {
            samples: vec![0.0; 3],
            parts: [Part::default(); 3 * PARTS],
        };
        Self {
            channels: vec![channel; channels],
            blocks: 0,
            count: 0,
        }
    }

    /// Takes a block.
    pub fn push(&mut self, block: &[&[f32]]) {
        for (channel, samples) in self.channels.iter_mut().zip(block) {
            channel.push(samples);
        }
        self.blocks += 1;
        // The first block has none before it.
        if self.blocks > 2 {
            let samples = (block[0].len() / PARTS) as f32;
            let in_any = |part: &usize| {
                let mut channels = self.channels.iter();
                channels.any(|c| is_click(&c.parts, *part, samples))
            };
            self.count += (PARTS..2 * PARTS).filter(in_any).count() as u32;
        }
    }

    /// What was found in blocks of `block_s` seconds.
    pub fn finding(&self, block_s: f64) -> Finding {
        let finding = Finding::new("clicks", "Clicks", "1/min");
        if self.blocks < 3 {
            return finding;
        }
        let minutes = f64::from(self.blocks) * block_s / 60.0;
        let text = match self.count {
            0 => String::from("no clicks"),
            1 => String::from("1 click"),
            count => format!("{count} clicks"),
        };
        let per_minute = f64::from(self.count) / minutes;
        finding
            .told(per_minute, text)
            .is_fault(self.count >= FEWEST && per_minute >= FEWEST_PER_MINUTE)
    }
}

impl Channel {
    fn push(&mut self, samples: &[f32]) {
        self.parts.copy_within(PARTS.., 0);
        let kept = self.samples.len() - 3;
        self.samples.drain(..kept);
        self.samples.extend_from_slice(samples);
        let length = samples.len() / PARTS;
        for (index, part) in self.parts[2 * PARTS..].iter_mut().enumerate() {
            *part = Part::of(&self.samples[index * length..(index + 1) * length + 3]);
        }
    }
}

impl Part {
    /// Of samples, the first three of which are those before it.
    fn of(samples: &[f32]) -> Self {
        const LANES: usize = 4;
        let (mut peaks, mut thirds, mut powers) = ([0.0_f32; LANES], [0.0; LANES], [0.0; LANES]);
        let length = samples.len() - 3;
        for at in (0..length / LANES * LANES).step_by(LANES) {
            let near = &samples[at..at + LANES + 3];
            for lane in 0..LANES {
                let first = near[lane + 3] - near[lane + 2];
                let third = near[lane + 3] - near[lane] - 3.0 * (near[lane + 2] - near[lane + 1]);
                let size = third.abs();
                peaks[lane] = if size > peaks[lane] {
                    size
                } else {
                    peaks[lane]
                };
                thirds[lane] += third * third;
                powers[lane] += first * first;
            }
        }
        Self {
            peak: peaks.into_iter().fold(0.0, f32::max),
            third: thirds.iter().sum::<f32>() / length as f32,
            power: powers.iter().sum::<f32>() / length as f32,
        }
    }
}

/// Whether a click is in a part of the middle block, whose parts have so many samples.
fn is_click(parts: &Parts, at: usize, samples: f32) -> bool {
    let part = &parts[at];
    let peak = part.peak;
    let is_top = peak >= SMALLEST && peak > parts[at - 1].peak && peak >= parts[at + 1].peak;
    if !is_top || peak * peak < IN_PEAK * samples * part.third {
        return false;
    }
    let [before, behind] = [at - 1 - AROUND..at - 1, at + 2..at + 2 + AROUND].map(|range| {
        let around = parts[range].iter();
        around.fold([0.0_f32; 2], |[third, power], part| {
            [third.max(part.third), power + part.power]
        })
    });
    let change = (before[1] / behind[1].max(1e-12)).max(behind[1] / before[1].max(1e-12));
    let others = parts[at - PARTS..at - 1]
        .iter()
        .chain(&parts[at + 2..at + PARTS]);
    let other = others.fold(0.0, |m: f32, part| m.max(part.peak));
    change < MOST_CHANGE
        && peak > OVER_SURROUNDINGS * before[0].max(behind[0]).sqrt()
        && other < OTHERS * peak
}
