//! What the panel shows, in short: enough to tell whether a new frame would differ from the last.

use crate::params::AuralisParams;
use crate::shared::{LoudnessMeters, Meter, Shared};
use crate::song_file::Look;
use auralis_dsp::basics::decibel::{SILENCE_DB, gain_to_db};
use auralis_engine::params::Values;

/// Levels below this are silence to the panel, in dBFS.
const STILL_DB: f32 = -90.0;
/// Steps of a decibel that the panel's numbers and bars can tell apart.
const STEPS_PER_DB: f32 = 10.0;

/// A look at what the panel shows.
#[derive(Debug, PartialEq)]
pub struct Glance {
    params: Values,
    /// Hops of the analysis, which stand still while it hears nothing.
    hops: Option<u64>,
    /// Levels and loudness, in steps.
    levels: [i32; 12],
    /// The adaptive values in use and the format, in steps.
    adaptive: Vec<i32>,
    look: Look,
    /// What the reference does, and how much of it was heard.
    reference: (bool, bool, i32, String),
    /// Seconds of the song and other songs kept.
    memory: (i32, usize),
    message: String,
    /// Requests by those who have changed something else.
    requests: u32,
}

impl Glance {
    /// What there is to see now.
    pub fn of(params: &AuralisParams, shared: &Shared) -> Self {
        let kept = &params.persisted;
        let (learned_s, songs) = kept.memory.learned_s();
        let slot = &kept.reference;
        let hops = {
            let picture = shared.picture();
            let view = &picture.view;
            view.listening.then_some(view.hops)
        };
        Self {
            params: params.values(),
            hops,
            levels: levels(shared),
            adaptive: adaptive(shared),
            look: kept.look.get(),
            reference: (
                slot.source().is_on(),
                slot.is_reading(),
                steps(slot.captured_s() as f32),
                slot.failure(),
            ),
            memory: (steps(learned_s), songs),
            message: kept.message(),
            requests: shared.redraws(),
        }
    }
}

/// A number in steps that can be seen; what is no number is one step.
#[allow(clippy::cast_possible_truncation)] // saturates
fn steps(value: f32) -> i32 {
    (value * STEPS_PER_DB).round() as i32
}

/// Levels, reductions and loudness.
fn levels(shared: &Shared) -> [i32; 12] {
    let meters = &shared.meters;
    let peak = |meter: &Meter| {
        let db = gain_to_db(meter.get());
        steps(if db < STILL_DB { SILENCE_DB } else { db })
    };
    let [in_left, in_right] = meters.input_peak.each_ref().map(peak);
    let [out_left, out_right] = meters.output_peak.each_ref().map(peak);
    let loudness = |meters: &LoudnessMeters| {
        [&meters.momentary, &meters.short_term, &meters.integrated].map(|m| steps(m.get()))
    };
    let [in_m, in_s, in_i] = loudness(&meters.input_loudness);
    let [out_m, out_s, out_i] = loudness(&meters.output_loudness);
    let compressor = steps(meters.compressor_reduction_db.get());
    let limiter = steps(meters.limiter_reduction_db.get());
    [
        in_left, in_right, out_left, out_right, compressor, limiter, in_m, in_s, in_i, out_m,
        out_s, out_i,
    ]
}

/// What the analysis has made of the settings, and the format.
fn adaptive(shared: &Shared) -> Vec<i32> {
    let meters = &shared.meters;
    let others = [
        &meters.threshold_db,
        &meters.ratio,
        &meters.channels,
        &meters.sample_rate,
        &meters.latency_samples,
    ];
    let adaptive = meters.adaptive();
    let scalars = adaptive.scalars().into_iter();
    scalars.chain(others.map(Meter::get)).map(steps).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_panel_shows_changes_it_and_what_nobody_sees_does_not() {
        let (params, shared) = (AuralisParams::default(), Shared::new());
        let still = Glance::of(&params, &shared);
        shared.meters.input_peak[1].set(1e-5);
        shared.meters.threshold_db.set(0.004);
        shared.picture().view.hops += 1;
        let same = Glance::of(&params, &shared);
        assert_eq!(
            still, same,
            "silence, less than a step, and hops of silence"
        );

        let changes: [(&str, &dyn Fn()); 7] = [
            ("a level", &|| shared.meters.output_peak[0].set(0.1)),
            ("a reduction", &|| {
                shared.meters.limiter_reduction_db.set(1.0)
            }),
            ("loudness", &|| {
                shared.meters.output_loudness.integrated.set(-14.0);
            }),
            ("the picture", &|| shared.picture().view.listening = true),
            ("a notice", &|| {
                params.persisted.set_notice("Read this.".to_owned())
            }),
            ("a look", &|| {
                params.persisted.look.fail("no file".to_owned())
            }),
            ("a request", &|| shared.request_redraw()),
        ];
        for (what, change) in changes {
            let before = Glance::of(&params, &shared);
            change();
            assert_ne!(before, Glance::of(&params, &shared), "{what} is not seen");
        }
    }
}
