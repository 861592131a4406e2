//! The document of a run: `"schema": "auralis.render/1"`, described in docs/JSON.md.

use auralis_engine::ear::learned::Learned;
use auralis_engine::ear::view::View;
use auralis_engine::master::{Heard, Reach};
use serde_json::{Value, json};

use crate::audio_file::About;
use crate::tools::listen::profiles_json;
use crate::tools::output;
use crate::tools::render::album::Album;
use crate::tools::render::plan::Job;
use crate::tools::render::request::Request;
use crate::tools::render::track::Finished;
use crate::tools::render::verdict::Verdict;
use crate::tools::render::{Done, Outcome, reason};

/// The document of a run.
pub fn document(request: &Request, done: &Done<'_>) -> Value {
    let changed = request.changed().into_iter();
    let settings: serde_json::Map<String, Value> = changed
        .map(|(id, text)| (id.to_owned(), text.into()))
        .collect();
    let results = done.results.iter();
    let files = results.map(|(job, outcome)| file(request, job, outcome));
    let refused = done.refused.iter().map(|refused| {
        json!({
            "input": refused.input.to_string_lossy(),
            "status": "refused",
            "error": refused.reason,
        })
    });
    let skipped = done.skipped.iter().map(|job| {
        json!({
            "input": job.input.to_string_lossy(),
            "output": job.output.to_string_lossy(),
            "status": "skipped",
        })
    });
    let fields = json!({
        "settings": settings,
        "reference": request.order.reference.as_ref().map(|reference| reference.name()),
        "kind": request.kind.to_string(),
        "album": done.album.map(|album| album_json(request, album)),
        "files": files.chain(skipped).chain(refused).collect::<Vec<_>>(),
    });
    output::document("auralis.render/1", fields)
}

/// What all files of an album have in common.
fn album_json(request: &Request, album: &Album) -> Value {
    json!({
        "heard": heard_json(&album.heard),
        "reach": reach_json(&album.decision.reach()),
        "decision": album.decision.learned().map(decision_json),
        "target_lufs": request.order.target_lufs(),
        "integrated_lufs": album.written_lufs,
        "limiter_reduction_db": album.limiter_reduction_db,
        "renders": album.renders,
        "errors": album.verdict.missed,
    })
}

fn file(request: &Request, job: &Job, outcome: &Outcome) -> Value {
    let mut file = match outcome {
        Outcome::Finished(finished, verdict) => finished_json(request, finished, verdict),
        Outcome::Planned(about, None) => source(about, None),
        Outcome::Planned(about, Some(decided)) => {
            let (heard, decision, reach) = &**decided;
            let mut file = source(about, Some(heard.levels.frames));
            file["heard"] = heard_json(heard);
            file["reach"] = reach_json(reach);
            file["decision"] = decision.learned().map_or(Value::Null, decision_json);
            file
        }
        Outcome::Failed(error) => json!({ "error": reason(&job.input, error) }),
    };
    file["input"] = job.input.to_string_lossy().into();
    file["output"] = job.output.to_string_lossy().into();
    file["status"] = match outcome {
        Outcome::Finished(_, verdict) if !verdict.missed.is_empty() => "missed",
        Outcome::Finished(..) => "rendered",
        Outcome::Planned(..) => "planned",
        Outcome::Failed(_) => "failed",
    }
    .into();
    file
}

/// A file by what it is.
fn source(about: &About, frames: Option<u64>) -> Value {
    let frames = frames.or(about.frames);
    json!({
        "format": about.format,
        "codec": about.codec,
        "bits": about.bits,
        "sample_rate_hz": about.sample_rate,
        "channels": about.channels,
        "frames": frames,
        "seconds": frames.map(|frames| frames as f64 / f64::from(about.sample_rate)),
    })
}

fn finished_json(request: &Request, finished: &Finished, verdict: &Verdict) -> Value {
    let mastered = &finished.mastered;
    let mut file = source(&finished.about, Some(finished.written.frames));
    let learned = mastered.learned.as_ref();
    let rendered = &mastered.rendered;
    let fields = json!({
        "non_finite": finished.non_finite,
        "heard": mastered.heard.as_ref().map(heard_json),
        "decision": learned.map(decision_json),
        "written": finished.written,
        "target_lufs": request.order.target_lufs(),
        "miss_lu": finished.miss_lu,
        "compressor_reduction_db": rendered.compressor_reduction_db,
        "limiter_reduction_db": rendered.limiter_reduction_db,
        "limited": rendered.limited,
        "renders": mastered.renders,
        "elapsed_s": finished.elapsed_s,
        "realtime_factor": finished.realtime_factor(),
        "warnings": verdict.odd,
        "errors": verdict.missed,
    });
    if let (Value::Object(file), Value::Object(fields)) = (&mut file, fields) {
        file.extend(fields);
    }
    file
}

fn heard_json(heard: &Heard) -> Value {
    let View { reason, .. } = &heard.view;
    let mut levels = json!(heard.levels);
    levels["reason"] = reason.as_str().into();
    levels["profiles"] = profiles_json(&heard.view).into();
    levels["findings"] = json!(heard.findings);
    levels
}

fn reach_json(reach: &Reach) -> Value {
    json!({
        "target_lufs": reach.target_lufs,
        "needed_db": reach.needed_db,
        "range_db": reach.range_db,
        "limiting_db": reach.limiting_db,
        "in_range": reach.is_in_range(),
    })
}

/// What is held.
fn decision_json(learned: &Learned) -> Value {
    let adaptive = &learned.adaptive;
    json!({
        "loudness_gain_db": adaptive.loudness_gain_db,
        "makeup_gain_db": adaptive.makeup_gain_db,
        "threshold_offset_db": adaptive.threshold_offset_db,
        "ratio_offset": adaptive.ratio_offset,
        "eq_db": adaptive.eq_db,
        "eq_side_db": adaptive.eq_side_db,
        "eq_low_db": adaptive.eq_low_db,
    })
}
