//! What lies at the bottom: a constant offset, infrasonic energy, and how much of the low end is mono.
//!
//! - *Offset*: the mean of each channel, linear; the figure is the larger one. Limit 0.002: 54 dB below
//!   full scale, where it begins to cost headroom and to click at edits.
//! - *Infrasonic*: power from 3 Hz, above what an offset leaks, to 20 Hz, the lower end of hearing (ISO
//!   226:2023 begins there), over that of the whole, in dB. Limit -20 dB, a hundredth, and -60 dBFS.
//! - *Low end*: share of the power below 120 Hz that is in the mid, in %; vinyl and one woofer ask for
//!   it (the crossover of subwoofers after ITU-R BS.775 is 120 Hz). Limit 45 %: two channels that
//!   have nothing in common give 50 %, orchestras and halls come near to that, and what is below cancels.

use auralis_dsp::basics::decibel::power_to_db;

use super::decimator::Decimator;
use super::finding::Finding;
use super::hum::Hum;
use super::stereo_spectrum::StereoSpectrum;

/// Samples of a window at the low rate, about 1.4 s.
const WINDOW: usize = 2048;
/// Samples from window to window.
const HOP: usize = WINDOW / 2;
/// Samples of the low rate in each block.
pub const LOW_PER_BLOCK: usize = 64;
/// What is infrasonic, in Hz.
const INFRASONIC_HZ: [f64; 2] = [3.0, 20.0];
/// What is the low end, in Hz.
const LOW_END_HZ: [f64; 2] = [20.0, 120.0];
/// Largest offset that is none, linear.
const MOST_OFFSET: f64 = 2e-3;
/// Most infrasonic power, in dB over the whole...
const MOST_INFRASONIC_DB: f64 = -20.0;
/// ...and in dBFS.
const AUDIBLE_INFRASONIC_DBFS: f64 = -60.0;
/// Least share of the low end in the mid.
const LEAST_MONO_SHARE: f64 = 0.45;
/// A low end this far below the whole holds no programme, in dB.
const LEAST_LOW_END_DB: f64 = -40.0;

/// The low end of a song.
#[derive(Debug, Clone)]
pub struct LowEnd {
    low_rate: f64,
    decimators: Vec<Decimator>,
    /// What is not analysed yet, a channel each.
    low: Vec<Vec<f32>>,
    spectrum: StereoSpectrum,
    hum: Hum,
    windows: u32,
    /// Power from 3 to 20 Hz, and from 20 to 120 Hz with the product of left and right there.
    sums: [f64; 3],
    /// Sums of samples a channel, and of squares of all.
    offsets: Vec<f64>,
    squares: f64,
    samples: f64,
}

impl LowEnd {
    /// The low end of `channels` in blocks of `block_samples`.
    pub fn new(sample_rate: f64, channels: usize, block_samples: usize) -> Self {
        let factor = block_samples / LOW_PER_BLOCK;
        let low_rate = sample_rate / factor as f64;
        Self {
            low_rate,
            decimators: vec![Decimator::new(factor); channels],
            low: vec![Vec::with_capacity(2 * WINDOW); channels],
            spectrum: StereoSpectrum::new(WINDOW),
            hum: Hum::new(low_rate / WINDOW as f64, 0.22 * low_rate),
            windows: 0,
            sums: [0.0; 3],
            offsets: vec![0.0; channels],
            squares: 0.0,
            samples: 0.0,
        }
    }

    /// Takes a block, whose channels have this power together.
    pub fn push(&mut self, block: &[&[f32]], power: f64) {
        let length = block[0].len() as f64;
        self.samples += length;
        self.squares += power * length;
        for (sum, channel) in self.offsets.iter_mut().zip(block) {
            let (chunks, rest) = channel.as_chunks::<16>();
            let mut lanes = [0.0_f32; 16];
            for chunk in chunks {
                for (lane, x) in lanes.iter_mut().zip(chunk) {
                    *lane += x;
                }
            }
            let parts = lanes.iter().chain(rest);
            *sum += parts.map(|x| f64::from(*x)).sum::<f64>();
        }
        let channels = self.decimators.iter_mut().zip(&mut self.low);
        for ((decimator, low), channel) in channels.zip(block) {
            decimator.push(channel, low);
        }
        if self.low[0].len() >= WINDOW {
            self.analyse();
        }
    }

    /// Takes a window.
    fn analyse(&mut self) {
        let windows: Vec<&[f32]> = self.low.iter().map(|low| &low[..WINDOW]).collect();
        self.spectrum.analyse(&windows);
        self.low.iter_mut().for_each(|low| drop(low.drain(..HOP)));
        let bin_hz = self.low_rate / WINDOW as f64;
        let bins = |[low, high]: [f64; 2]| (low / bin_hz).ceil() as usize..(high / bin_hz) as usize;
        let sum = |range: std::ops::Range<usize>, part: usize| {
            let bins = self.spectrum.bins[range].iter();
            bins.map(|bin| f64::from(bin[part])).sum::<f64>()
        };
        self.sums[0] += sum(bins(INFRASONIC_HZ), 0);
        self.sums[1] += sum(bins(LOW_END_HZ), 0);
        self.sums[2] += sum(bins(LOW_END_HZ), 1);
        self.hum.push(&self.spectrum.bins);
        self.windows += 1;
    }

    /// Mean power of all channels together.
    pub fn power(&self) -> f64 {
        self.squares / self.samples.max(1.0)
    }

    /// Side over mid in dB below 120 Hz; none where there is no low end.
    pub fn side_over_mid_db(&self) -> Option<f64> {
        let [_, power, product] = self.sums;
        let windows = f64::from(self.windows.max(1));
        let is_there = power_to_db(power / windows) > power_to_db(self.power()) + LEAST_LOW_END_DB;
        let [mid, side] = [power + 2.0 * product, power - 2.0 * product];
        (is_there && self.windows > 0).then(|| power_to_db(side) - power_to_db(mid))
    }

    /// The offset.
    pub fn offset(&self) -> Finding {
        let finding = Finding::new("dc", "Offset (DC)", "");
        if self.samples == 0.0 {
            return finding;
        }
        let means = self.offsets.iter().map(|sum| sum / self.samples);
        let largest = means.fold(0.0, |largest: f64, mean| {
            if mean.abs() > largest.abs() {
                mean
            } else {
                largest
            }
        });
        // The mean of a short piece without an offset is not 0: four times what noise of its power has.
        let by_chance = 4.0 * (self.power() / self.samples).sqrt();
        let fault = largest.abs() > MOST_OFFSET + by_chance;
        let text = if fault {
            format!("a constant offset of {largest:+.4}")
        } else {
            String::from("no offset")
        };
        let reason = "a high-pass far below the programme takes the offset away";
        finding
            .told(largest, text)
            .is_fault(fault)
            .suggest("input_hpf", 5.0, reason)
    }

    /// The infrasonic energy.
    pub fn infrasonic(&self) -> Finding {
        let finding = Finding::new("infrasonic", "Infrasonic energy (3 to 20 Hz)", "dB");
        if self.windows == 0 || self.power() <= 0.0 {
            return finding;
        }
        let level_dbfs = power_to_db(self.sums[0] / f64::from(self.windows));
        let over_all_db = level_dbfs - power_to_db(self.power());
        let fault = over_all_db > MOST_INFRASONIC_DB && level_dbfs > AUDIBLE_INFRASONIC_DBFS;
        let text = if fault {
            format!(
                "{level_dbfs:.0} dBFS lie below 20 Hz, {:.0} dB under the whole",
                -over_all_db
            )
        } else {
            String::from("little below 20 Hz")
        };
        let reason = "nobody hears it, and it takes headroom and moves compressor and limiter";
        finding
            .told(over_all_db, text)
            .is_fault(fault)
            .suggest("input_hpf", 20.0, reason)
    }

    /// The hum.
    pub fn hum(&self) -> Finding {
        self.hum.finding(power_to_db(self.power()))
    }

    /// How much of the low end is mono.
    pub fn mono_share(&self) -> Finding {
        let finding = Finding::new("low_end", "Low end in mono (below 120 Hz)", "%");
        let Some(side_db) = self.side_over_mid_db() else {
            return finding;
        };
        let share = 1.0 / (1.0 + 10.0_f64.powf(0.1 * side_db));
        let fault = share < LEAST_MONO_SHARE;
        let text = match fault {
            true => format!(
                "{:.0} % of the low end differ between the channels",
                100.0 * (1.0 - share)
            ),
            false => format!("{:.0} % of the low end are in both channels", 100.0 * share),
        };
        finding.told(100.0 * share, text).is_fault(fault)
    }
}
