//! A low-pass of a lossy coder: a cliff in the mean spectrum with nothing behind it.
//!
//! Coders leave out what lies above a frequency that their bit rate sets (16 kHz for MP3 at 128 kbit/s,
//! about 20 kHz at 320: B. D'Alessandro, Y. Shi, "MP3 bit rate quality detection through frequency
//! spectrum analysis", ACM MM&Sec 2009); so do files that once had a lower rate. The cliff is where the
//! mean level of 1 kHz below a frequency exceeds that of 1 kHz above it most; it is one where that is 20
//! dB or more and nothing above comes back.
//!
//! The figure is its frequency in Hz. Limit 19.5 kHz: below it, it is audible to some, and above, a
//! master may have it for good reasons.

use auralis_dsp::basics::decibel::power_to_db;

use super::finding::Finding;

/// Where it is looked for, in Hz, and up to which share of the rate: converters have theirs above.
const FROM_HZ: f64 = 5000.0;
/// The highest place, in Hz.
const TO_HZ: f64 = 20_500.0;
/// The highest place as a share of the sample rate.
const TO_SHARE: f64 = 0.455;
/// Width of what is compared on either side, in Hz, and of the slope between, in Hz.
const SIDE_HZ: f64 = 1000.0;
/// Half of the slope itself, in Hz.
const SLOPE_HZ: f64 = 150.0;
/// Least fall, in dB.
const LEAST_FALL_DB: f64 = 20.0;
/// What is above may come back to no more than this below what was under the cliff, in dB.
const LEAST_LEFT_DB: f64 = 12.0;
/// Levels of a bin below this are nothing, in dBFS.
const NOTHING_DBFS: f64 = -125.0;
/// Limit of the fault, in Hz.
const LIMIT_HZ: f64 = 19_500.0;

/// What is known of a cliff.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cliff {
    hz: f64,
    fall_db: f64,
}

/// Looks for a cliff in mean powers of bins `bin_hz` apart.
pub fn finding(powers: &[f64], bin_hz: f64, sample_rate: f64) -> Finding {
    let finding = Finding::new("low_pass", "Low-pass of a coder", "Hz");
    let levels: Vec<f64> = powers
        .iter()
        .map(|p| power_to_db(*p).max(NOTHING_DBFS))
        .collect();
    let to_hz = TO_HZ.min(TO_SHARE * sample_rate);
    if to_hz <= FROM_HZ || levels.iter().all(|level| *level <= NOTHING_DBFS) {
        return finding;
    }
    let Some(cliff) = cliff(&levels, bin_hz, to_hz) else {
        return Finding {
            text: String::from("no cliff in the treble"),
            ..finding
        };
    };
    let Cliff { hz, fall_db } = cliff;
    let text = format!(
        "a low-pass at {hz:.0} Hz, {fall_db:.0} dB deep: it came through a lossy coder or a lower rate"
    );
    finding.told(hz, text).is_fault(hz < LIMIT_HZ)
}

/// The cliff of a spectrum in dB, if there is one.
fn cliff(levels: &[f64], bin_hz: f64, to_hz: f64) -> Option<Cliff> {
    let bins = |hz: f64| (hz / bin_hz).round() as usize;
    let (side, slope) = (bins(SIDE_HZ), bins(SLOPE_HZ).max(1));
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len().max(1) as f64;
    let below = |bin: usize| mean(&levels[bin - slope - side..bin - slope]);
    let above = |bin: usize| {
        let end = (bin + slope + side).min(levels.len());
        mean(&levels[(bin + slope).min(end - 1)..end])
    };
    let fall = |bin: &usize| below(*bin) - above(*bin);
    let places = bins(FROM_HZ)..bins(to_hz);
    let bin = places.max_by(|a, b| fall(a).total_cmp(&fall(b)))?;
    let fall_db = fall(&bin);
    let under = below(bin);
    // Single lines (a pilot, a monitor's whistle) do not count: the mean of some bins does.
    let behind = levels[(bin + slope).min(levels.len() - 1)..].chunks(slope);
    let comes_back = behind.map(mean).fold(NOTHING_DBFS, f64::max);
    let is_cliff = fall_db >= LEAST_FALL_DB && under - comes_back >= LEAST_LEFT_DB;
    is_cliff.then(|| Cliff {
        hz: half_way(levels, bin, slope, under, above(bin)) * bin_hz,
        fall_db,
    })
}

/// The last bin around a cliff that is nearer to what lies below it than to what lies above.
fn half_way(levels: &[f64], bin: usize, slope: usize, under: f64, above: f64) -> f64 {
    let end = (bin + 4 * slope).min(levels.len());
    let near = bin - 4 * slope..end;
    let is_under = |bin: &usize| levels[*bin] > 0.5 * (under + above);
    near.rev().find(is_under).unwrap_or(bin) as f64 + 0.5
}
