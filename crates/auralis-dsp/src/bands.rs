//! The 25 critical bands (Zwicker 1961, from 20 Hz), fixed by `critical_bands.csv` beside this file.

/// Number of critical bands.
pub const BANDS: usize = 25;

/// One number a critical band, lowest band first.
pub type PerBand = [f32; BANDS];

/// Edges of the bands in Hz: band `i` spans `EDGES_HZ[i]..EDGES_HZ[i + 1]`.
pub const EDGES_HZ: [f32; BANDS + 1] = [
    20.0, 100.0, 200.0, 300.0, 400.0, 510.0, 630.0, 770.0, 920.0, 1080.0, 1270.0, 1480.0, 1720.0,
    2000.0, 2320.0, 2700.0, 3150.0, 3700.0, 4400.0, 5300.0, 6400.0, 7700.0, 9500.0, 12000.0,
    15500.0, 20000.0,
];

/// Number of parts of the lowest band.
pub const LOW_BANDS: usize = 3;

/// One number a part of the lowest band, lowest first.
pub type PerLowBand = [f32; LOW_BANDS];

/// Edges in Hz of the parts of the lowest band, where music's bass is told apart: what is below all
/// its notes but the lowest organ's, then the fundamentals of the bass from its open E at 41 Hz on and
/// of most bass drums, then those of its upper strings. Preferred numbers of ISO 3, an octave and
/// twice two thirds of one: none is narrower than what a kernel of 43 ms can resolve.
pub const LOW_EDGES_HZ: [f32; LOW_BANDS + 1] = [20.0, 40.0, 63.0, 100.0];

/// Middles of those parts in Hz: the geometric means of the edges, rounded.
pub const LOW_CENTERS_HZ: PerLowBand = [30.0, 50.0, 80.0];

/// Centre of band `index` (from 0) in Hz: the mean of its edges, as Zwicker's table has it.
///
/// # Panics
/// When `index` is not below [`BANDS`].
pub fn center_hz(index: usize) -> f32 {
    0.5 * (EDGES_HZ[index] + EDGES_HZ[index + 1])
}

/// Critical-band rate of a frequency in Bark, `26.81 / (1 + 1960/f) - 0.53` (Traunmueller 1990,
/// eq. 6). Strictly rising for every `hz > 0`, which is all that interpolation needs below 200 Hz.
pub fn bark(hz: f32) -> f32 {
    26.81 / (1.0 + 1960.0 / hz) - 0.53
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bands_are_the_contract() {
        let table = include_str!("critical_bands.csv");
        let rows: Vec<Vec<f32>> = table
            .lines()
            .skip(1)
            .map(|row| row.split(',').map(|v| v.parse().unwrap()).collect())
            .collect();
        assert_eq!(rows.len(), BANDS);
        for (i, row) in rows.iter().enumerate() {
            assert_eq!(
                (row[1], row[2]),
                (EDGES_HZ[i], EDGES_HZ[i + 1]),
                "band {}",
                i + 1
            );
        }
    }

    #[test]
    fn bark_rises_from_centre_to_centre() {
        for i in 1..BANDS {
            assert!(
                bark(center_hz(i)) > bark(center_hz(i - 1)),
                "band {}",
                i + 1
            );
        }
    }
}
