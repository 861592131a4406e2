//! Stereo: width of each critical band, and what is lost in mono.
//!
//! - *Width*: level of the side `(L - R) / sqrt 2` over that of the mid `(L + R) / sqrt 2` in dB; the figure
//!   is that of the whole. 0 dB is two channels that have nothing in common. Limit 1 dB.
//! - *Phase*: loss in mono, the mean power of both channels over that of their mean `(L + R) / 2`, in dB:
//!   0 of equal channels, 3 of unrelated ones. Limit 5 dB of the whole, or a correlation below -0.3 in
//!   three bands or in bands that hold a tenth of the power. The figures of the bands are correlations, `2 Re <L R*> / (<L L*> + <R R*>)`: what phase
//!   meters show, but that a panned band reads nearer to 0.

use auralis_dsp::bands::{BANDS, EDGES_HZ};
use auralis_dsp::basics::decibel::power_to_db;

use super::finding::Finding;

/// `[left and right, their product]` of each critical band.
pub type Bands = [[f64; 2]; BANDS];

/// A band this far below the loudest holds no programme, in dB.
const PROGRAMME_DB: f64 = -30.0;
/// Widest, side over mid in dB.
const WIDEST_DB: f64 = 1.0;
/// Most that may be lost in mono, in dB.
const MOST_LOSS_DB: f64 = 5.0;
/// Least correlation of a band.
const LEAST_CORRELATION: f64 = -0.3;
/// Share of the power in opposed bands that is a fault, and the number of these bands.
const MOST_OPPOSED: f64 = 0.1;
const MOST_OPPOSED_BANDS: usize = 2;
/// Least correlation of the whole that is not an inverted channel.
const INVERTED: f64 = -0.7;
/// Where the width ends that is suggested, side over mid in dB.
const GOOD_WIDTH_DB: f64 = -3.0;
/// Figures end here, in dB.
const MOST_DB: f64 = 60.0;

/// The critical bands of a window's bins, which are `bin_hz` apart; what lies on an edge goes to the band
/// that its middle is in.
pub fn bands_of(bins: &[[f32; 2]], bin_hz: f64) -> Bands {
    let mut bands = [[0.0; 2]; BANDS];
    for (band, edges) in bands.iter_mut().zip(EDGES_HZ.windows(2)) {
        let [from, to] = [edges[0], edges[1]].map(|hz| (f64::from(hz) / bin_hz).ceil() as usize);
        for bin in &bins[from.min(bins.len())..to.min(bins.len())] {
            band[0] += f64::from(bin[0]);
            band[1] += f64::from(bin[1]);
        }
    }
    bands
}

/// Side over mid in dB of power and product.
fn side_over_mid_db([power, product]: [f64; 2]) -> f64 {
    let [mid, side] = [power + 2.0 * product, power - 2.0 * product].map(|p| p.max(0.0));
    (power_to_db(side) - power_to_db(mid)).clamp(-MOST_DB, MOST_DB)
}

/// Correlation of power and product, -1 to 1.
fn correlation([power, product]: [f64; 2]) -> f64 {
    (2.0 * product / power.max(1e-30)).clamp(-1.0, 1.0)
}

/// A figure of each band that holds programme.
fn of_bands(bands: &Bands, figure: impl Fn([f64; 2]) -> f64) -> Vec<Option<f64>> {
    let loudest = bands
        .iter()
        .fold(0.0, |loudest: f64, band| loudest.max(band[0]));
    let floor = loudest * 10.0_f64.powf(0.1 * PROGRAMME_DB);
    let holds = |band: &[f64; 2]| band[0] > floor.max(1e-14);
    bands
        .iter()
        .map(|band| holds(band).then(|| figure(*band)))
        .collect()
}

/// Of all bands together.
fn whole(bands: &Bands) -> [f64; 2] {
    bands
        .iter()
        .fold([0.0; 2], |sum, band| [sum[0] + band[0], sum[1] + band[1]])
}

/// The `width` that brings a side that is this wide to a good one.
fn suggested_width(side_db: f64) -> f32 {
    (100.0 * 10.0_f64.powf(0.05 * (GOOD_WIDTH_DB - side_db)))
        .clamp(20.0, 100.0)
        .round() as f32
}

/// How wide it is.
pub fn width(bands: &Bands) -> Finding {
    let finding = Finding::new("width", "Stereo width, side over mid", "dB");
    let whole = whole(bands);
    if whole[0] <= 1e-14 {
        return finding;
    }
    let side_db = side_over_mid_db(whole);
    let fault = side_db > WIDEST_DB && correlation(whole) > INVERTED;
    let text = match side_db {
        _ if fault => String::from("more side than middle"),
        db if db <= -MOST_DB => String::from("mono"),
        db if db < -20.0 => String::from("narrow"),
        _ => String::from("a middle with sides"),
    };
    let reason = "brings the sides under the middle";
    let mut finding = finding.told(side_db, text).is_fault(fault);
    finding.bands = Some(of_bands(bands, side_over_mid_db));
    finding.suggest("width", suggested_width(side_db), reason)
}

/// What is lost in mono.
pub fn phase(bands: &Bands) -> Finding {
    let finding = Finding::new("phase", "Loss in mono", "dB");
    let whole = whole(bands);
    if whole[0] <= 1e-14 {
        return finding;
    }
    let together = correlation(whole);
    let loss_db = -power_to_db(0.5 * (1.0 + together)).clamp(-MOST_DB, 0.0);
    let correlations = of_bands(bands, correlation);
    let opposed = correlations.iter().enumerate();
    let opposed: Vec<usize> = opposed
        .filter_map(|(band, c)| c.filter(|c| *c < LEAST_CORRELATION).map(|_| band))
        .collect();
    let opposed_power: f64 = opposed.iter().map(|band| bands[*band][0]).sum();
    let is_opposed = opposed_power > MOST_OPPOSED * whole[0] || opposed.len() > MOST_OPPOSED_BANDS;
    let fault = loss_db > MOST_LOSS_DB || is_opposed;
    let text = if together < INVERTED {
        String::from("one channel is inverted against the other: no setting helps, the source does")
    } else if let (true, Some(first), Some(last)) = (is_opposed, opposed.first(), opposed.last()) {
        let [low, high] = [EDGES_HZ[*first], EDGES_HZ[last + 1]];
        format!("channels against each other between {low:.0} and {high:.0} Hz")
    } else if fault {
        format!("{loss_db:.1} dB are lost in mono")
    } else {
        String::from("sound in mono")
    };
    let side_db = side_over_mid_db(whole);
    let mut finding = finding.told(loss_db, text).is_fault(fault);
    finding.bands = Some(correlations);
    if together < INVERTED || side_db <= GOOD_WIDTH_DB {
        return finding;
    }
    finding.suggest(
        "width",
        suggested_width(side_db),
        "less side, less that is lost in mono",
    )
}
