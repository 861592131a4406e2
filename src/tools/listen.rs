//! What the plug-in's analysis knows of a piece, from the same hops in this process.

use serde_json::{Value, json};

use crate::audio_file::Audio;
use auralis_engine::ear::analyst::{Analyst, Hop};
use auralis_engine::ear::settings::AnalysisSettings;
use auralis_engine::ear::target::Target;
use auralis_engine::ear::view::View;
use auralis_engine::params::Choices;
use auralis_engine::timing::Timing;

/// Time between two moments, in seconds.
const STEP_S: f64 = 5.0;

/// What is known at a moment.
#[derive(Debug, Clone)]
pub struct Moment {
    /// Time from the start, in seconds.
    pub seconds: f64,
    /// What is known.
    pub view: View,
}

impl Moment {
    /// As a JSON object: time, reason, profiles with their weights, target and gains per band.
    pub fn to_json(&self) -> Value {
        let view = &self.view;
        json!({
            "seconds": self.seconds,
            "reason": view.reason,
            "profiles": profiles_json(view),
            "target_db": view.target_db,
            "adaptive_db": view.adaptive_db,
        })
    }
}

/// The profiles in use with their weights, heaviest first.
pub fn profiles_json(view: &View) -> Vec<Value> {
    let profiles = view.profiles.iter();
    profiles
        .map(|(target, weight)| json!({"name": profile_name(*target), "weight": weight}))
        .collect()
}

/// Name of a profile, as the panel shows it.
pub fn profile_name(target: Target) -> &'static str {
    target.name()
}

/// What the analysis knows every 5 s and at the end; input and output are equally long.
pub fn listen(before: &Audio, after: &Audio, settings: &AnalysisSettings) -> Vec<Moment> {
    let sample_rate = f64::from(before.sample_rate);
    let hop = Timing::new(sample_rate).hop_samples;
    let mut analyst = Analyst::new(settings.mode, sample_rate, before.channels.len(), hop);
    let mut moments: Vec<Moment> = Vec::new();
    let hops = before.frames() / hop;
    for index in 0..hops {
        let at = index * hop;
        let [input, output] = [before, after].map(|audio| {
            let channels = audio.channels.iter();
            channels
                .map(|channel| &channel[at..at + hop])
                .collect::<Vec<_>>()
        });
        let hop = Hop {
            input: &input,
            output: &output,
            loudness_gain_db: 0.0,
            again: false,
        };
        let measures = analyst.measure(&hop);
        analyst.hear(&hop, &measures, settings);
        let seconds = (at + hop.input[0].len()) as f64 / sample_rate;
        if index + 1 == hops || seconds >= STEP_S * (moments.len() + 1) as f64 {
            moments.push(moment(&analyst, seconds, settings));
        }
    }
    if moments.is_empty() {
        moments.push(moment(&analyst, 0.0, settings));
    }
    moments
}

/// What `analyst` knows now.
fn moment(analyst: &Analyst, seconds: f64, settings: &AnalysisSettings) -> Moment {
    Moment {
        seconds,
        view: analyst.view(settings),
    }
}
