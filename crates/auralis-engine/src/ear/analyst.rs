//! The analysis of one programme: a hop in, a decision out.

use crate::ear::average::{Span, remembered_s};
use crate::ear::content::features::{FeatureTracker, Features, LongerWindows};
use crate::ear::content::genre::Genre;
use crate::ear::content::profiles::{Profile, profile};
use crate::ear::content::rhythm::Rhythm;
use crate::ear::decide::correction::{Correction, Tone, presence};
use crate::ear::decide::dynamics::Dynamics;
use crate::ear::decide::loudness_control::{Hearing, LoudnessControl};
use crate::ear::decide::loudness_match::LoudnessMatch;
use crate::ear::decide::low_end::low_end_db;
use crate::ear::decide::restoration::{Belief, Restoration, believed_share, fault_sd_db};
use crate::ear::decide::side::Spread;
use crate::ear::decide::wish::Wish;
use crate::ear::meters::loudness::LoudnessMeter;
use crate::ear::reference::Reference;
use crate::ear::settings::{AdaptMode, AnalysisSettings};
use crate::ear::spectrum::band_levels::{BandLevels, LONG_TERM_S};
use crate::ear::spectrum::measures::HopMeasures;
use crate::ear::spectrum::transform::Windows;
use crate::ear::target::Target;
use crate::ear::view::Pending;
use auralis_dsp::bands::{BANDS, LOW_BANDS, PerBand};
use auralis_dsp::basics::decibel::gain_to_db;
use auralis_dsp::chain::Adaptive;

mod deciding;
mod learning;
mod showing;

/// The gate is closed below this momentary loudness, in LUFS...
const GATE_LUFS: f32 = -60.0;
/// ...and this far below the integrated loudness, in LU.
const GATE_BELOW_INTEGRATED_LU: f32 = 25.0;

/// One hop of the programme; all channels have as many samples as the analyst was told.
#[derive(Debug, Clone, Copy)]
pub struct Hop<'a> {
    /// The input behind the input gain, one or two channels.
    pub input: &'a [&'a [f32]],
    /// The output of the limiter, as many channels.
    pub output: &'a [&'a [f32]],
    /// Mean of loudness and makeup gain together over the hop's output, in dB.
    pub loudness_gain_db: f32,
    /// Whether an earlier pass over the song has heard it already: in `Learn` it changes nothing.
    pub again: bool,
}

/// The analysis of one programme.
pub struct Analyst {
    hop_s: f64,
    hop_samples: usize,
    silence: Vec<f32>,
    loudness: LoudnessMeter,
    windows: Windows,
    spectrum: BandLevels,
    rhythm: Rhythm,
    features: FeatureTracker,
    genre: Genre,
    /// The spectrum of the side.
    side: BandLevels,
    /// The spectrum of the parts of the lowest band.
    low: BandLevels<LOW_BANDS>,
    restoration: Restoration,
    correction: Correction,
    /// Of the side, beyond it.
    side_correction: Correction,
    /// Of the parts of the lowest band, beyond it.
    low_correction: Correction<LOW_BANDS>,
    /// Programme heard, in seconds.
    heard_s: f64,
    dynamics: Dynamics,
    control: LoudnessControl,
    matching: LoudnessMatch,
    /// What is added to threshold and ratio.
    dynamics_offsets: [f32; 2],
    /// What the decisions are for; none before the first hop.
    wish: Option<Wish>,
    /// What `ref_blend` bends the target to.
    reference: Option<Reference>,
    listening: bool,
    /// What another pass would change.
    pending: Pending,
    hops: u64,
}

impl std::fmt::Debug for Analyst {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Analyst")
            .field("hops", &self.hops)
            .finish_non_exhaustive()
    }
}

impl Analyst {
    /// The analysis of `channels` (1 or 2) at `sample_rate` Hz in hops of `hop_samples`. To follow, averages
    /// reach back over seconds; otherwise they are of everything.
    #[allow(clippy::cast_precision_loss)] // thousands of samples
    pub fn new(mode: AdaptMode, sample_rate: f64, channels: usize, hop_samples: usize) -> Self {
        let span = match mode {
            AdaptMode::Follow => Span::Recent,
            AdaptMode::Learn | AdaptMode::Hold => Span::Whole,
        };
        let hop_s = hop_samples as f64 / sample_rate;
        let channels = channels.clamp(1, 2);
        Self {
            hop_s,
            hop_samples,
            silence: vec![0.0; hop_samples],
            loudness: LoudnessMeter::new(sample_rate),
            windows: Windows::new(sample_rate, channels, hop_samples),
            spectrum: BandLevels::new(hop_s, span),
            rhythm: Rhythm::new(),
            features: FeatureTracker::new(hop_s, span),
            genre: Genre::new(hop_s),
            side: BandLevels::new(hop_s, span),
            restoration: Restoration::new(),
            correction: Correction::new(hop_s),
            side_correction: Correction::new(hop_s),
            low: BandLevels::new(hop_s, span),
            low_correction: Correction::new(hop_s),
            heard_s: 0.0,
            dynamics: Dynamics::new(hop_s, span),
            control: LoudnessControl::new(hop_s, mode),
            matching: LoudnessMatch::default(),
            dynamics_offsets: [0.0; 2],
            wish: None,
            reference: None,
            listening: false,
            pending: Pending::default(),
            hops: 0,
        }
    }

    /// Another reference, or none; it outlives a reset.
    pub fn set_reference(&mut self, reference: Option<Reference>) {
        self.reference = reference;
    }

    /// Forgets the programme.
    pub fn reset(&mut self) {
        self.loudness.reset();
        self.windows.gap();
        self.spectrum.reset();
        self.rhythm.reset();
        self.features.reset();
        self.genre.reset();
        self.side.reset();
        self.correction.reset();
        self.side_correction.reset();
        self.low.reset();
        self.low_correction.reset();
        self.heard_s = 0.0;
        self.dynamics.reset();
        self.control.reset();
        self.matching = LoudnessMatch::default();
        self.dynamics_offsets = [0.0; 2];
        self.wish = None;
        self.listening = false;
        self.pending = Pending::default();
        self.hops = 0;
    }

    /// A hop was lost, or playback jumped in it: no window spans it, and what was learned stays.
    pub fn skip(&mut self) {
        self.loudness.gap();
        self.control.gap();
        self.windows.gap();
        self.spectrum.gap();
        self.side.gap();
        self.low.gap();
        self.features.gap();
        self.rhythm.gap();
        self.hops += 1;
    }

    /// Hears a hop whose input was [measured](Self::measure), and decides.
    pub fn hop(
        &mut self,
        hop: &Hop<'_>,
        measures: &HopMeasures,
        settings: &AnalysisSettings,
    ) -> Adaptive {
        self.hear(hop, measures, settings);
        self.decide(settings)
    }

    /// Measures the input of a hop, the next of the programme.
    pub fn measure(&mut self, hop: &Hop<'_>) -> HopMeasures {
        HopMeasures::next(&mut self.windows, hop.input)
    }

    /// Hears a hop whose input has been measured before. Hops of one analysis are either all measured
    /// before or none.
    pub fn hear(&mut self, hop: &Hop<'_>, measures: &HopMeasures, settings: &AnalysisSettings) {
        self.hops += 1;
        self.measure_loudness(hop);
        let momentary = self.loudness.input.momentary_lufs();
        let integrated = self.loudness.input.integrated_lufs();
        self.listening = momentary > GATE_LUFS && momentary > integrated - GATE_BELOW_INTEGRATED_LU;
        if let Some(spectrum) = &measures.spectrum {
            self.spectrum.push(&spectrum.band_power);
            self.side.push(&spectrum.side_power);
            self.low.push(&spectrum.low_power);
            self.features.hear_noise(&spectrum.band_power);
        }
        self.rhythm.push(self.loudness.new_segments());
        let learns = settings.mode != AdaptMode::Hold;
        let hearing = match (
            self.listening,
            hop.again && settings.mode == AdaptMode::Learn,
        ) {
            (false, _) => Hearing::Nothing,
            (true, true) => Hearing::Again,
            (true, false) => Hearing::New,
        };
        if learns && hearing == Hearing::New {
            self.take_in(measures, settings);
        }
        if learns && self.listening {
            let energies = [
                self.loudness.hop_input_energy(),
                self.loudness.hop_output_energy(),
            ];
            self.matching.step(self.hop_s, energies[0], energies[1]);
        }
        self.move_on(hop.loudness_gain_db, hearing, settings);
    }

    /// Loudness of input and output.
    fn measure_loudness(&mut self, hop: &Hop<'_>) {
        let silence = self.silence.as_slice();
        let [left, right] = [0, 1].map(|i| hop.input.get(i).copied().unwrap_or(silence));
        let [out_left, out_right] = [0, 1].map(|i| hop.output.get(i).copied().unwrap_or(silence));
        self.loudness.push([left, right, out_left, out_right]);
    }

    /// Hears a hop of a long silence: the windows run empty, and what is switched off goes on
    /// gliding to rest. Nothing is analysed.
    pub fn rest(&mut self, settings: &AnalysisSettings) -> Adaptive {
        self.hops += 1;
        self.loudness.push_silence(self.hop_samples);
        self.windows.gap();
        self.spectrum.gap();
        self.side.gap();
        self.low.gap();
        self.features.gap();
        self.rhythm.gap();
        self.listening = false;
        self.move_on(0.0, Hearing::Nothing, settings);
        self.decide(settings)
    }

    /// Takes the hop into everything that is averaged.
    fn take_in(&mut self, measures: &HopMeasures, settings: &AnalysisSettings) {
        self.dynamics.hear(gain_to_db(measures.levels.peak));
        if measures.spectrum.is_none() {
            return;
        }
        self.spectrum.accumulate();
        self.side.accumulate();
        self.low.accumulate();
        self.heard_s += self.hop_s;
        let longer = LongerWindows {
            rhythm: &self.rhythm,
            loudness: &self.loudness.input,
            range_db: self.dynamics.percentiles().map_or(0.0, |p| p.range_db()),
        };
        self.features.hear(measures, &longer);
        let long_term_db = self.spectrum.long_term_db();
        let (usable, heard_s) = (self.usable_bands(), self.held_s(settings));
        self.genre
            .hear(self.features.features(), &long_term_db, usable, heard_s);
    }

    /// Bands below the Nyquist frequency.
    fn usable_bands(&self) -> usize {
        self.windows.transform().usable_bands()
    }

    /// What the programme is like; nothing before [`Analyst::has_learned`].
    pub fn features(&self) -> &Features {
        self.features.features()
    }

    /// Whether anything has passed the gate.
    pub fn has_learned(&self) -> bool {
        self.spectrum.has_learned()
    }

    /// Profiles in use, with weights that sum to 1.
    fn weights(&self, target: Target) -> Vec<(Target, f32)> {
        match target {
            Target::Auto => self.genre.weights(),
            chosen => vec![(chosen, 1.0)],
        }
    }

    /// The profile in use.
    fn profile(&self, target: Target) -> Profile {
        match target {
            Target::Auto => self.genre.profile(),
            chosen => profile(chosen),
        }
    }

    /// The tone to reach: that of the target, bent to the reference by its share.
    fn target_db(&self, settings: &AnalysisSettings) -> PerBand {
        self.bent_db(settings, settings.ref_blend)
    }

    /// The target's tone with this share of the reference.
    fn bent_db(&self, settings: &AnalysisSettings, share: f32) -> PerBand {
        let tone_db = match settings.target {
            Target::Auto => self.genre.tone_db(),
            chosen => profile(chosen).bands_db,
        };
        match &self.reference {
            Some(reference) if share > 0.0 => reference.blended_db(&tone_db, share),
            _ => tone_db,
        }
    }

    /// The gains that undo what is believed to be a fault of the tone, and what the side gets beyond them, after
    /// this much of the song in seconds.
    fn wanted_db(&mut self, heard_s: f64, settings: &AnalysisSettings) -> Tone {
        if !self.spectrum.has_learned() || !settings.wants_correction() {
            return Tone::FLAT;
        }
        let measured_db = self.spectrum.long_term_db();
        let usable = self.usable_bands();
        let mut present = presence(&measured_db);
        present[usable..].fill(0.0);
        let belief = Belief {
            is_of_a_kind: !matches!(settings.target, Target::Auto | Target::Balanced),
            reference_share: self.reference.as_ref().map_or([0.0; BANDS], |reference| {
                reference.held().map(|held| held * settings.ref_blend)
            }),
            fault_sd_db: fault_sd_db(settings.eq_amount),
            heard_s,
            present,
        };
        let target_db = self.target_db(settings);
        let range = settings.eq_range_db;
        let gains_db = self.restoration.gains_db(&target_db, &measured_db, belief);
        let mut tone = Tone {
            all_db: gains_db,
            ..Tone::FLAT
        };
        if let Some(reference) = &self.reference {
            #[allow(clippy::cast_possible_truncation)] // a share
            let believed = believed_share(belief.fault_sd_db, heard_s) as f32;
            let share = believed * settings.ref_blend;
            let levels_db = (&measured_db, &self.side.long_term_db());
            let spread = Spread::of(levels_db, reference, share, range);
            tone.side_db = spread.side_db;
            tone.all_db = std::array::from_fn(|band| gains_db[band] + spread.both_db[band]);
            let low_db = self.low.long_term_db();
            tone.low_db = low_end_db(&low_db, measured_db[0], reference, share, range);
        }
        tone.all_db = tone.all_db.map(|db| db.clamp(-range, range));
        tone
    }

    /// How much of the song the long-term spectrum holds, in seconds.
    fn held_s(&self, settings: &AnalysisSettings) -> f64 {
        match settings.mode {
            AdaptMode::Follow => remembered_s(self.heard_s, LONG_TERM_S),
            AdaptMode::Learn | AdaptMode::Hold => self.heard_s,
        }
    }

    /// K-weighted mean squares of the segments of 10 ms that ended in the last hop of the output.
    pub fn output_segments(&self) -> &[f64] {
        self.loudness.new_output_segments()
    }

    /// K-weighted mean square of the last hop's input.
    pub fn hop_energy(&self) -> f64 {
        self.loudness.hop_input_energy()
    }

    /// Loudness of the last 400 ms of input, in LUFS.
    pub fn momentary_lufs(&self) -> f32 {
        self.loudness.input.momentary_lufs()
    }
}

#[cfg(test)]
mod tests;
