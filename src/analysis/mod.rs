//! Analysis.
mod stub;
pub use stub::*;
pub mod link;
pub mod pool;
pub mod session;
pub use session::manual_curve;
pub mod curve {
    use crate::dsp::bands::center_hz;
    pub fn tilt_db(band: usize, t: f32) -> f32 {
        t * (center_hz(band) / 1000.0).log2()
    }
}
