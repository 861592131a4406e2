//! What the parts of the lowest band get beyond it, so that the bass is balanced in itself as the reference's is.
//!
//! 20 to 100 Hz is one critical band; a reference tells more of it. There are no data for recordings at large, so
//! without a reference nothing is done.

use crate::ear::average::ramp;
use crate::ear::reference::Reference;
use auralis_dsp::bands::{LOW_BANDS, PerLowBand};

/// A part this far below its band holds nothing, in dB; it counts in full from the second on.
const PRESENT_DB: [f32; 2] = [-40.0, -25.0];

/// Gains in dB of the parts beyond those of the lowest band, whose level is `band_db`. `share` of the difference to
/// the reference is made up for, at most `range_db` either way.
pub fn low_end_db(
    low_db: &PerLowBand,
    band_db: f32,
    reference: &Reference,
    share: f32,
    range_db: f32,
) -> PerLowBand {
    let Some(wanted_db) = reference.low_to_band_db() else {
        return [0.0; LOW_BANDS];
    };
    std::array::from_fn(|part| {
        let own_db = low_db[part] - band_db;
        let present = [own_db, wanted_db[part]].map(|db| ramp(db, PRESENT_DB[0], PRESENT_DB[1]));
        let more_db = share * present[0] * present[1] * (wanted_db[part] - own_db);
        more_db.clamp(-range_db, range_db)
    })
}
