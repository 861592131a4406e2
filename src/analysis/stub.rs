use crate::dsp::bands::PerBand;
use crate::dsp::options::*;
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AnalysisSettings {
    pub eq_on: bool,
    pub eq_amount: f32,
    pub eq_range_db: f32,
    pub eq_speed_s: f32,
    pub eq_phase: EqPhase,
    pub eq_tilt_db_per_oct: f32,
    pub manual_db: PerBand,
    pub target: Target,
    pub ref_blend: f32,
    pub comp_on: bool,
    pub comp_adapt: f32,
    pub comp_threshold_db: f32,
    pub comp_ratio: f32,
    pub loud_on: bool,
    pub loud_target_lufs: f32,
    pub loud_range_db: f32,
}
impl Default for AnalysisSettings {
    fn default() -> Self {
        Self {
            eq_on: true,
            eq_amount: 0.5,
            eq_range_db: 6.0,
            eq_speed_s: 6.0,
            eq_phase: EqPhase::Linear,
            eq_tilt_db_per_oct: 0.0,
            manual_db: [0.0; 25],
            target: Target::Auto,
            ref_blend: 0.0,
            comp_on: true,
            comp_adapt: 0.5,
            comp_threshold_db: -20.0,
            comp_ratio: 2.0,
            loud_on: true,
            loud_target_lufs: -14.0,
            loud_range_db: 12.0,
        }
    }
}
pub struct Hop<'a> {
    pub input: &'a [&'a [f32]],
    pub output: &'a [&'a [f32]],
    pub loudness_gain_db: f32,
}
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decision {
    pub adaptive_db: PerBand,
    pub threshold_offset_db: f32,
    pub ratio: f32,
    pub loudness_gain_db: f32,
    pub matched_gain_db: f32,
}
impl Decision {
    pub fn neutral(s: &AnalysisSettings) -> Self {
        Self {
            adaptive_db: [0.0; 25],
            threshold_offset_db: 0.0,
            ratio: s.comp_ratio,
            loudness_gain_db: 0.0,
            matched_gain_db: 0.0,
        }
    }
}
#[derive(Debug)]
pub struct Analyst {
    n: u64,
}
impl Analyst {
    pub fn new(_: f64, _: usize, _: usize) -> Self {
        Self { n: 0 }
    }
    pub fn reset(&mut self) {
        self.n = 0;
    }
    pub fn hop(&mut self, _h: &Hop<'_>, s: &AnalysisSettings) -> Decision {
        self.n += 1;
        Decision::neutral(s)
    }
    pub fn skip(&mut self) {}
    pub fn view(&self, _s: &AnalysisSettings) -> View {
        View {
            input_db: [0.0; 25],
            long_term_db: [0.0; 25],
            target_db: [0.0; 25],
            adaptive_db: [0.0; 25],
            profiles: vec![],
            reason: String::new(),
            listening: false,
            hops: self.n,
            input_loudness: [-200.0; 3],
            output_loudness: [-200.0; 3],
        }
    }
}
pub struct View {
    pub input_db: PerBand,
    pub long_term_db: PerBand,
    pub target_db: PerBand,
    pub adaptive_db: PerBand,
    pub profiles: Vec<(Target, f32)>,
    pub reason: String,
    pub listening: bool,
    pub hops: u64,
    pub input_loudness: [f32; 3],
    pub output_loudness: [f32; 3],
}
