//! Several files as one: one ear hears them all in their order, one decision is held in each, and the
//! loudness that lands on the target is that of the whole.

use anyhow::{Result, anyhow, bail};
use auralis_engine::master::{Decision, Format, Heard, Listener, MOST_RENDERS, Mastered, Rendered};
use ebur128::{EbuR128, Mode};
use rayon::prelude::*;

use super::Outcome;
use super::plan::Job;
use super::request::Request;
use super::tell::progress::Progress;
use super::track::{MOST_KEPT_BYTES, Track};
use super::verdict::Verdict;

/// What the files have in common.
#[derive(Debug)]
pub struct Album {
    /// What was heard of all of them together.
    pub heard: Heard,
    /// What was decided.
    pub decision: Decision,
    /// Integrated loudness of all masters together, in LUFS.
    pub written_lufs: Option<f64>,
    /// Deepest reduction of the limiter in any of them, in dB.
    pub limiter_reduction_db: f32,
    /// Passes that rendered.
    pub renders: usize,
    /// What is to be said about the whole.
    pub verdict: Verdict,
}

/// A file of the album, until it fails.
struct Entry<'a> {
    track: Result<Track<'a>>,
    rendered: Option<Rendered>,
    /// Of the last pass.
    meter: Option<EbuR128>,
}

/// Masters the files as one album, or tells what would be done; none when no file can be played.
pub fn master(
    jobs: &[Job],
    request: &Request,
    progress: &Progress,
    is_dry: bool,
) -> (Vec<Outcome>, Option<Album>) {
    let kept_bytes = MOST_KEPT_BYTES * rayon::current_num_threads() / jobs.len().max(1);
    let open = |job| Track::open(job, request, progress, kept_bytes);
    let mut entries: Vec<Entry> = jobs.iter().map(|job| Entry::of(open(job))).collect();
    let format = agree(&mut entries);
    let heard = format.map(|format| listen(&mut entries, format, request));
    let album = heard.map(|heard| {
        let decision = Decision::of(&heard, &request.order);
        warn(progress, &heard, &decision);
        let mut album = Album {
            heard,
            decision,
            written_lufs: None,
            limiter_reduction_db: 0.0,
            renders: 0,
            verdict: Verdict::default(),
        };
        if !is_dry {
            render(&mut entries, &mut album);
        }
        album
    });
    let entries = entries.into_par_iter().with_max_len(1);
    let outcomes = entries.map(|entry| match &album {
        Some(album) => entry.finish(album, request, is_dry),
        None => entry.finish_nothing(),
    });
    let outcomes = outcomes.collect();
    (outcomes, album.map(|album| judged(album, request)))
}

/// Refuses the files that are not of the first one's format, and says what it is.
fn agree(entries: &mut [Entry]) -> Option<Format> {
    let first = entries.iter().find_map(|entry| entry.track.as_ref().ok());
    let format = first.map(Track::format)?;
    for entry in entries {
        let own = entry.track.as_ref().map(Track::format);
        if let Some(own) = own.ok().filter(|own| *own != format) {
            let text = |f: Format| format!("{} Hz and {} channels", f.sample_rate, f.channels);
            entry.fail(anyhow!(
                "it has {}, the album before it {}",
                text(own),
                text(format)
            ));
        }
    }
    Some(format)
}

/// Hears all that can be played. One that breaks off spoils what was heard, which begins anew.
fn listen(entries: &mut [Entry], format: Format, request: &Request) -> Heard {
    'anew: loop {
        let mut listener = Listener::new(format, &request.order);
        for entry in &mut *entries {
            let Ok(track) = &mut entry.track else {
                continue;
            };
            let played = track.play(&mut |block| {
                listener.hear(block);
                Ok(())
            });
            if let Err(error) = played {
                entry.fail(error);
                continue 'anew;
            }
        }
        return listener.finish();
    }
}

/// Tells what stands in the way, before anything is rendered.
fn warn(progress: &Progress, heard: &Heard, decision: &Decision) {
    if heard.learned.is_none() {
        progress.say("warning: album: nothing in it is loud enough to decide about");
    }
    let text = decision.reach().to_string();
    if !text.is_empty() {
        progress.say(&format!("warning: album: {text}"));
    }
}

/// Renders all files with one decision, and corrects it until all together land on the target.
fn render(entries: &mut [Entry], album: &mut Album) {
    for entry in &mut *entries {
        if let Ok(track) = &mut entry.track
            && let Err(error) = track.begin()
        {
            entry.fail(error);
        }
    }
    loop {
        let (decision, before) = (&album.decision, album.renders);
        entries.par_iter_mut().with_max_len(1).for_each(|entry| {
            entry.render(decision, before);
        });
        album.renders += 1;
        album.written_lufs = loudness_lufs(entries);
        album.limiter_reduction_db = deepest_db(entries);
        let is_last = album.renders == MOST_RENDERS;
        let limited = limited(entries);
        if is_last || !album.decision.correct_by(album.written_lufs, limited) {
            break;
        }
    }
}

/// Integrated loudness of all files together: gated over the blocks of them all.
fn loudness_lufs(entries: &[Entry]) -> Option<f64> {
    let meters = entries.iter().filter_map(|entry| entry.meter.as_ref());
    let lufs = EbuR128::loudness_global_multiple(meters).ok()?;
    lufs.is_finite().then_some(lufs)
}

/// Share of all frames in which the limiter worked.
fn limited(entries: &[Entry]) -> f32 {
    let rendered = entries.iter().filter_map(|entry| entry.rendered.as_ref());
    let (limited, frames) = rendered.fold((0.0, 0.0), |(limited, frames), rendered| {
        let own = rendered.levels.frames as f32;
        (limited + own * rendered.limited, frames + own)
    });
    limited / frames.max(1.0)
}

/// Deepest reduction of the limiter in any of them, in dB.
fn deepest_db(entries: &[Entry]) -> f32 {
    let rendered = entries.iter().filter_map(|entry| entry.rendered.as_ref());
    rendered.fold(0.0, |db, rendered| db.max(rendered.limiter_reduction_db))
}

/// The album with what is to be said about it.
fn judged(mut album: Album, request: &Request) -> Album {
    let target = request.order.target_lufs();
    let target = target.filter(|_| album.heard.learned.is_some());
    if let Some((target, got)) = target.zip(album.written_lufs) {
        let reach = album.decision.reach();
        let limiter_db = album.limiter_reduction_db;
        album.verdict.loudness(got, target, &reach, limiter_db);
    }
    album
}

impl<'a> Entry<'a> {
    fn of(track: Result<Track<'a>>) -> Self {
        Self {
            track,
            rendered: None,
            meter: None,
        }
    }

    fn fail(&mut self, error: anyhow::Error) {
        self.track = Err(error);
        self.rendered = None;
        self.meter = None;
    }

    /// Renders the file, unless it has failed.
    fn render(&mut self, decision: &Decision, before: usize) {
        let Ok(track) = &mut self.track else {
            return;
        };
        match render_metered(track, decision, before) {
            Ok((rendered, meter)) => {
                self.rendered = Some(rendered);
                self.meter = Some(meter);
            }
            Err(error) => self.fail(error),
        }
    }

    /// Verifies the master and gives it its name.
    fn finish(self, album: &Album, request: &Request, is_dry: bool) -> Outcome {
        let finished = self.track.and_then(|mut track| {
            if is_dry {
                return Ok(Outcome::Planned(track.about().clone(), None));
            }
            let Some(rendered) = self.rendered else {
                bail!("it was not rendered");
            };
            let written = track.verify()?;
            let verdict = Verdict::of_part(&request.order, &written);
            let mastered = Mastered {
                heard: None,
                learned: album.decision.learned().cloned(),
                rendered,
                renders: album.renders,
                view: album.heard.view.clone(),
            };
            let finished = track.keep(mastered, written, &verdict)?;
            Ok(Outcome::Finished(Box::new(finished), verdict))
        });
        finished.unwrap_or_else(Outcome::Failed)
    }

    /// What became of a file of an album of which none can be played.
    fn finish_nothing(self) -> Outcome {
        match self.track {
            Ok(track) => Outcome::Planned(track.about().clone(), None),
            Err(error) => Outcome::Failed(error),
        }
    }
}

/// Renders a file, and measures its share of the loudness of all.
fn render_metered(
    track: &mut Track<'_>,
    decision: &Decision,
    before: usize,
) -> Result<(Rendered, EbuR128)> {
    let format = track.format();
    let channels = u32::try_from(format.channels)?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // whole numbers of Hz
    let mut meter = EbuR128::new(channels, format.sample_rate as u32, Mode::I)?;
    let rendered = track.render(decision, before, &mut |block| {
        Ok(meter.add_frames_planar_f32(block)?)
    })?;
    Ok((rendered, meter))
}
