//! Sibilance: how loud the hissing moments are beside the voice.
//!
//! A window hisses where 5.3 to 9.5 kHz, where the energy of "s" lies (Fant, "Acoustic theory of speech
//! production", 1960), hold more power than 300 Hz to 3.7 kHz. The figure is the level of 5.3 to 9.5 kHz
//! that a tenth of these windows exceeds, over the mean level of 300 Hz to 3.7 kHz in the song, in dB.
//! What hisses may be a hi-hat as well; the ear minds it as much. Limit -4 dB.

use auralis_dsp::basics::decibel::power_to_db;

use super::finding::Finding;
use super::histogram::Histogram;
use super::stereo::Bands;

/// Bands of a hiss, and of a voice.
const HISS: std::ops::Range<usize> = 19..22;
/// Bands of a voice.
const VOICE: std::ops::Range<usize> = 3..17;
/// Ids of the bands of a hiss.
const HISS_GAINS: [&str; 3] = ["eq_band_20", "eq_band_21", "eq_band_22"];
/// Share of the hissing windows that the figure is exceeded by.
const LOUD_SHARE: f64 = 0.9;
/// Least share of windows that must hiss.
const LEAST_SHARE: f64 = 0.004;
/// Most of it, in dB.
const MOST_DB: f64 = -4.0;
/// The deepest cut that is suggested, in dB.
const DEEPEST_DB: f64 = 4.0;
/// Windows below this have no programme, mean square.
const SILENT: f64 = 1e-8;

/// Follows the hissing moments.
#[derive(Debug, Clone)]
pub struct Sibilance {
    hisses: Histogram,
    voice: f64,
    windows: u32,
}

impl Sibilance {
    /// Of nothing yet.
    pub fn new() -> Self {
        Self {
            hisses: Histogram::new(),
            voice: 0.0,
            windows: 0,
        }
    }

    /// Takes the bands of a window.
    pub fn push(&mut self, bands: &Bands) {
        let sum = |range: std::ops::Range<usize>| bands[range].iter().map(|b| b[0]).sum::<f64>();
        let (hiss, voice) = (sum(HISS), sum(VOICE));
        if hiss + voice < SILENT {
            return;
        }
        self.windows += 1;
        self.voice += voice;
        if hiss > voice {
            self.hisses.push(hiss);
        }
    }

    /// What was found.
    pub fn finding(&self) -> Finding {
        let finding = Finding::new("sibilance", "Sibilance (5.3 to 9.5 kHz)", "dB");
        let share = f64::from(self.hisses.total()) / f64::from(self.windows.max(1));
        if self.windows == 0 {
            return finding;
        }
        let loud = self
            .hisses
            .percentile_db(LOUD_SHARE)
            .filter(|_| share >= LEAST_SHARE);
        let Some(loud_db) = loud else {
            return Finding {
                text: String::from("nothing hisses"),
                ..finding
            };
        };
        let over_voice_db = loud_db - power_to_db(self.voice / f64::from(self.windows));
        let fault = over_voice_db > MOST_DB;
        let text = match fault {
            true => format!("hisses reach {over_voice_db:+.0} dB of the voice"),
            false => format!("hisses stay {:.0} dB under the voice", -over_voice_db),
        };
        let cut_db = (over_voice_db - MOST_DB).clamp(1.0, DEEPEST_DB).round();
        let finding = finding.told(over_voice_db, text).is_fault(fault);
        HISS_GAINS.iter().fold(finding, |finding, id| {
            finding.suggest(
                id,
                -cut_db as f32,
                "softens what hisses between 5.3 and 9.5 kHz",
            )
        })
    }
}
