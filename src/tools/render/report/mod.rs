//! The report of a master: a picture of what was done, and a page that holds it with what was heard,
//! decided and written.

mod html;
mod trace;

use anyhow::Result;

use crate::tools::audio_out::Draft;
use crate::tools::measure::Measurement;
use crate::tools::report::{Report, Series, png};
use auralis_dsp::bands::PerBand;
use auralis_engine::ear::content::profiles::level_free;
use auralis_engine::ear::view::View;
use auralis_engine::master::{Levels, Mastered};

use super::plan::Job;
use super::request::Request;
use super::verdict::Verdict;
use html::Page;
pub use trace::Trace;

/// The drafts of a report, the picture and the page.
///
/// # Errors
/// When they cannot be drawn or written.
pub fn drafts(
    job: &Job,
    request: &Request,
    trace: Trace,
    (mastered, written, verdict): (&Mastered, &Levels, &Verdict),
) -> Result<[Draft; 2]> {
    let before = mastered
        .heard
        .as_ref()
        .map_or(written, |heard| &heard.levels);
    let (measured, reductions) = trace.finish(before, written);
    let title = job.input.file_name().unwrap_or_default().to_string_lossy();
    let picture = picture(&title, &measured, &reductions, mastered)?;
    let page = Page {
        title: &title,
        request,
        mastered,
        verdict,
        measured: &measured,
        picture: &picture,
    };
    let write = |extension, bytes: &[u8]| {
        let draft = Draft::new(&job.beside(extension), request.may_replace)?;
        draft.write(bytes).map(|()| draft)
    };
    Ok([
        write("png", &picture)?,
        write("html", page.html().as_bytes())?,
    ])
}

/// The picture as a PNG.
fn picture(
    title: &str,
    [before, after]: &[Measurement; 2],
    reductions: &[Series],
    mastered: &Mastered,
) -> Result<Vec<u8>> {
    let target_db = level_free(mastered.view.target_db);
    png(&Report {
        title: &format!("Auralis: {title}"),
        before,
        after,
        target_db: (!mastered.view.profiles.is_empty()).then_some(&target_db),
        eq_db: Some(eq_db(mastered)),
        gains_caption: "Gain of compressor and limiter over time (the lowest of each moment)",
        gains: reductions,
    })
}

/// The adaptive gains of the EQ: those that were held, or the last ones of a master that followed.
fn eq_db(mastered: &Mastered) -> &PerBand {
    let View { adaptive_db, .. } = &mastered.view;
    let held = mastered.learned.as_ref();
    held.map_or(adaptive_db, |learned| &learned.adaptive.eq_db)
}
