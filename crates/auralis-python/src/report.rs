//! What is told of a song and of its master, as dicts. The names, which carry the units, are those of
//! the command line's `--json` where both tell the same.

use pyo3::prelude::*;
use serde_json::{Value, json};

use crate::song::Made;
use auralis_dsp::bands::{BANDS, center_hz};
use auralis_engine::ear::learned::Learned;
use auralis_engine::ear::view::View;
use auralis_engine::master::{Decision, Format, Heard, Levels, Order, Reach};
use auralis_engine::params::Choices;

/// A report as Python's own types; what is no number (the loudness of silence) is None.
///
/// # Errors
/// When Python has no memory for it.
pub fn dict<'py>(py: Python<'py>, report: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(pythonize::pythonize(py, report)?)
}

/// The report of a master.
pub fn mastered(made: &Made, format: Format, order: &Order) -> Value {
    let (mastered, rendered) = (&made.mastered, &made.mastered.rendered);
    let mut report = song(made.before.frames, format, &mastered.view);
    let own = json!({
        "before": levels(&made.before),
        "after": levels(&made.after),
        "findings": mastered.heard.as_ref().map(|heard| &heard.findings),
        "target_lufs": order.target_lufs(),
        "miss_lu": mastered.miss_lu(order),
        "reach": made.reach.as_ref().and_then(obstacle),
        "renders": mastered.renders,
        "compressor_reduction_db": rendered.compressor_reduction_db,
        "limiter_reduction_db": rendered.limiter_reduction_db,
        "limited_share": rendered.limited,
        "decision": mastered.learned.as_ref().map(|learned| decision(learned, order)),
        "learned": mastered.learned.as_ref().map(text),
    });
    extend(&mut report, own);
    report
}

/// The report of a song that was only heard.
pub fn analyzed(heard: &Heard, decided: &Decision, format: Format, order: &Order) -> Value {
    let mut report = song(heard.levels.frames, format, &heard.view);
    let learned = heard.learned.as_ref();
    let own = json!({
        "measurement": levels(&heard.levels),
        "features": learned.map(|learned| learned.features),
        "findings": heard.findings,
        "target_lufs": order.target_lufs(),
        "reach": obstacle(&decided.reach()),
        "decision": learned.map(|learned| decision(learned, order)),
    });
    extend(&mut report, own);
    report
}

/// A decision as text, for a processor to hold.
pub fn text(learned: &Learned) -> String {
    json!(learned).to_string()
}

/// What is told of every song.
fn song(frames: u64, format: Format, view: &View) -> Value {
    let profiles = view.profiles.iter();
    let profiles =
        profiles.map(|(target, weight)| json!({"name": target.name(), "weight": weight}));
    json!({
        "seconds": frames as f64 / format.sample_rate,
        "sample_rate_hz": format.sample_rate,
        "channels": format.channels,
        "band_centers_hz": (0..BANDS).map(center_hz).collect::<Vec<_>>(),
        "bands_db": view.long_term_db,
        "target_db": view.target_db,
        "reason": view.reason,
        "profiles": profiles.collect::<Vec<_>>(),
    })
}

/// Levels as `auralis render --json` has them, and their ratio.
fn levels(levels: &Levels) -> Value {
    let mut all = json!(levels);
    let integrated = levels.integrated_lufs;
    all["plr_db"] = json!(integrated.map(|lufs| levels.true_peak_dbtp - lufs));
    all
}

/// What is held: gains, and the compressor's curve as it is used.
fn decision(learned: &Learned, order: &Order) -> Value {
    let adaptive = &learned.adaptive;
    let curve = &order.settings.chain.compressor.curve;
    json!({
        "eq_db": adaptive.eq_db,
        "eq_side_db": adaptive.eq_side_db,
        "eq_low_db": adaptive.eq_low_db,
        "threshold_db": (curve.threshold_db + adaptive.threshold_offset_db).min(0.0),
        "ratio": (curve.ratio + adaptive.ratio_offset).max(1.0),
        "loudness_gain_db": adaptive.loudness_gain_db,
        "makeup_gain_db": adaptive.makeup_gain_db,
    })
}

/// What stands between the song and its target.
fn obstacle(reach: &Reach) -> Option<String> {
    Some(reach.to_string()).filter(|text| !text.is_empty())
}

/// Adds the entries of one object to another.
fn extend(report: &mut Value, more: Value) {
    if let (Value::Object(report), Value::Object(more)) = (report, more) {
        report.extend(more);
    }
}
