//! `auralis render`: files in, masters out.
//!
//! A plan tells which file becomes which; what cannot be done is refused there, before work
//! begins. Each file is a track: heard, decided about, rendered into a draft, verified as it is on
//! the disk, and given its name. While one block is rendered, the next is decoded and the last is
//! encoded; several files are worked on at once, and none changes what comes of another. An album has one ear and one decision for all.

mod album;
mod args;
mod cancel;
mod pass;
mod plan;
mod reference;
mod report;
mod request;
mod start;
mod tell;
mod track;
mod verdict;

use std::path::Path;
use std::process::ExitCode;
use std::thread::available_parallelism;

use anyhow::{Context, Result, bail};
use auralis_engine::master::{Decision, Heard, Reach};
use rayon::prelude::*;

use crate::audio_file::{About, about};
use crate::tools::output;
use album::Album;
pub use args::RenderArgs;
use plan::{Job, Plan, Refused};
use request::Request;
use tell::progress::Progress;
use tell::{json, summary};
pub use track::Finished;
use track::{MOST_KEPT_BYTES, Track};
use verdict::Verdict;

/// What came of a job.
#[derive(Debug)]
enum Outcome {
    /// It is mastered.
    Finished(Box<Finished>, Verdict),
    /// It would be, in this way: what was heard and decided, if it is decided once.
    Planned(About, Option<Box<(Heard, Decision, Reach)>>),
    /// It could not be.
    Failed(anyhow::Error),
}

/// Masters the files and tells what came of them. A file that cannot be mastered does not keep the
/// others from being.
///
/// # Errors
/// [`WrongUsage`](crate::tools::usage::WrongUsage), and when the reference cannot be read.
pub fn run(args: &RenderArgs) -> Result<ExitCode> {
    let request = Request::of(args)?;
    let plan = Plan::of(args);
    for refused in &plan.refused {
        let (input, reason) = (refused.input.display(), &refused.reason);
        output::tell(format!("error: {input}: {reason}"));
    }
    for Job { input, output } in plan.skipped.iter().filter(|_| !args.quiet) {
        let (input, output) = (input.display(), output.display());
        output::tell(format!("skipped: {input}: {output} is there already"));
    }
    cancel::listen();
    let progress = Progress::new(plan.jobs.len(), seconds(&plan.jobs), args.quiet);
    let threads = args.jobs.or(available_parallelism().ok());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.map_or(1, usize::from));
    let pool = pool.build().context("cannot start the threads")?;
    let (outcomes, album) = pool.install(|| match args.album {
        true => {
            let (outcomes, album) = album::master(&plan.jobs, &request, &progress, args.dry_run);
            let both = plan.jobs.iter().zip(&outcomes);
            both.for_each(|(job, outcome)| tell(job, outcome, &progress));
            (outcomes, album)
        }
        false => (
            side_by_side(&plan.jobs, &request, &progress, args.dry_run),
            None,
        ),
    });
    progress.finish();
    if cancel::is_cancelled() {
        return Ok(ExitCode::from(cancel::STATUS));
    }
    let verdict = album.as_ref().map(|album| &album.verdict);
    for text in verdict.map_or(&[][..], |verdict| &verdict.missed) {
        output::tell(format!("error: album: {text}"));
    }
    let done = Done {
        results: plan.jobs.iter().zip(&outcomes).collect(),
        skipped: &plan.skipped,
        refused: &plan.refused,
        album: album.as_ref(),
    };
    if args.json {
        let document = json::document(&request, &done);
        output::print_json(&document)?;
    } else if !args.quiet {
        output::print(summary::of(&done))?;
    }
    Ok(ExitCode::from(u8::from(!done.is_well())))
}

/// What came of a run.
struct Done<'a> {
    results: Vec<(&'a Job, &'a Outcome)>,
    skipped: &'a [Job],
    refused: &'a [Refused],
    album: Option<&'a Album>,
}

impl Done<'_> {
    /// Whether all is as it was asked for.
    fn is_well(&self) -> bool {
        let album_missed = self
            .album
            .is_some_and(|album| !album.verdict.missed.is_empty());
        let all_done = self.results.iter().all(|(_, outcome)| outcome.is_done());
        all_done && self.refused.is_empty() && !album_missed
    }
}

impl Outcome {
    /// Whether it is as it was asked for.
    fn is_done(&self) -> bool {
        match self {
            Self::Finished(_, verdict) => verdict.missed.is_empty(),
            Self::Planned(..) => true,
            Self::Failed(_) => false,
        }
    }
}

/// Length of the files together, as far as they tell.
fn seconds(jobs: &[Job]) -> f64 {
    let abouts = jobs.iter().filter_map(|job| about(&job.input).ok());
    abouts.filter_map(|about| about.seconds()).sum()
}

/// Does the jobs, as many at once as there are threads.
fn side_by_side(
    jobs: &[Job],
    request: &Request,
    progress: &Progress,
    is_dry: bool,
) -> Vec<Outcome> {
    let jobs = jobs.par_iter().with_max_len(1);
    let outcomes = jobs.map(|job| {
        let done = cancel::check().and_then(|()| match is_dry {
            true => plan_one(job, request, progress),
            false => master_one(job, request, progress),
        });
        let outcome = done.unwrap_or_else(Outcome::Failed);
        tell(job, &outcome, progress);
        outcome
    });
    outcomes.collect()
}

/// Tells what is wrong with what came of a job.
fn tell(job: &Job, outcome: &Outcome, progress: &Progress) {
    let input = job.input.display();
    match outcome {
        Outcome::Finished(_, verdict) => {
            for text in &verdict.odd {
                progress.say(&format!("warning: {input}: {text}"));
            }
            for text in &verdict.missed {
                progress.say(&format!("error: {input}: {text}"));
            }
        }
        Outcome::Failed(error) if !cancel::is_cancelled() => {
            progress.say(&format!("error: {input}: {}", reason(&job.input, error)));
        }
        _ => {}
    }
}

/// Why something failed, without the name of the file in front.
fn reason(input: &Path, error: &anyhow::Error) -> String {
    let text = format!("{error:#}");
    let known = format!("cannot read {}: ", input.display());
    text.strip_prefix(&known)
        .map_or(text.clone(), str::to_owned)
}

/// Masters one file into another of floats, which is replaced if it is there, with everything at its
/// default; what came of it, and a state of the plug-in that holds the decision.
///
/// # Errors
/// When it cannot be mastered.
pub fn master_floats(input: &Path, output: &Path) -> Result<(Finished, Vec<u8>)> {
    let job = Job {
        input: input.to_owned(),
        output: output.to_owned(),
    };
    let request = Request::floats();
    let progress = Progress::new(1, seconds(std::slice::from_ref(&job)), false);
    let outcome = master_one(&job, &request, &progress)?;
    progress.finish();
    let Outcome::Finished(finished, _) = outcome else {
        bail!("nothing was rendered");
    };
    let state = request.held(finished.mastered.learned.as_ref());
    Ok((*finished, serde_json::to_vec(&state)?))
}

/// Masters a file.
fn master_one(job: &Job, request: &Request, progress: &Progress) -> Result<Outcome> {
    let mut track = Track::open(job, request, progress, MOST_KEPT_BYTES)?;
    track.begin()?;
    let mastered = track.master()?;
    let written = track.verify()?;
    let verdict = Verdict::of(&request.order, &mastered, &written);
    let finished = track.keep(mastered, written, &verdict)?;
    Ok(Outcome::Finished(Box::new(finished), verdict))
}

/// Tells what would be done with a file.
fn plan_one(job: &Job, request: &Request, progress: &Progress) -> Result<Outcome> {
    let mut track = Track::open(job, request, progress, 0)?;
    let about = track.about().clone();
    if !request.order.is_decided_once() {
        return Ok(Outcome::Planned(about, None));
    }
    let heard = track.listen()?;
    let decision = Decision::of(&heard, &request.order);
    let reach = decision.reach();
    track.decided(&heard, &reach)?;
    Ok(Outcome::Planned(
        about,
        Some(Box::new((heard, decision, reach))),
    ))
}
