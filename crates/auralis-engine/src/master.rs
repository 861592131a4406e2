//! A master of a whole song: measured, decided once, rendered held, verified.
//!
//! The song is played several times from its start, so that no more of it than a block is ever in
//! memory. The first pass only [listens](Listener); the [`Decision`] is the target minus what was
//! heard. Every further pass [renders](Renderer) it in `Hold`, where nothing adaptive moves, measures
//! the result and, while the loudness is more than [`TOLERANCE_LU`] off, corrects the gain by what is
//! missing. What the last pass played is the master: it equals a bounce of the plug-in that holds the
//! same decision, sample for sample.
//!
//! With `Follow` as the mode there is one pass and no decision.

pub mod decision;
pub mod levels;
pub mod listener;
pub mod renderer;

use crate::ear::settings::AdaptMode;
use crate::ear::view::View;
use crate::ear::{Reference, learned::Learned};
use crate::processor::ProcessorSettings;
use auralis_dsp::chain::FrameReport;
pub use decision::{Decision, Reach};
pub use levels::{LevelMeter, Levels};
pub use listener::{Heard, Listener};
pub use renderer::{Rendered, Renderer};

/// Farthest that a verified loudness may lie from its target, in LU: what is promised is 0.1, and another
/// meter reads another hundredth.
pub const TOLERANCE_LU: f64 = 0.08;
/// Most passes that render: where the limiter takes nearly all of a correction, more do not help.
pub const MOST_RENDERS: usize = 4;

/// How the song's audio comes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Format {
    /// Sample rate in Hz.
    pub sample_rate: f64,
    /// 1 or 2.
    pub channels: usize,
}

/// What a master is made with.
#[derive(Debug, Clone)]
pub struct Order {
    /// The parameters. The mode says whether the master is decided once or follows.
    pub settings: ProcessorSettings,
    /// What `ref_blend` bends the target to.
    pub reference: Option<Reference>,
}

impl Order {
    /// Whether one decision is made for the whole song.
    pub fn is_decided_once(&self) -> bool {
        self.settings.analysis.mode != AdaptMode::Follow
    }

    /// The loudness to land on in LUFS; none when the loudness gain is off or locked.
    pub fn target_lufs(&self) -> Option<f64> {
        let settings = &self.settings.analysis;
        let is_aimed = settings.loud_on && !settings.locks.loudness;
        is_aimed.then(|| f64::from(settings.loud_target_lufs))
    }
}

/// What takes a song block by block: one slice a channel, all of one length.
pub type Hear<'a, E> = &'a mut dyn FnMut(&[&[f32]]) -> Result<(), E>;

/// Plays a song from its start to its end, in blocks of any length, as often as it is asked.
pub trait Song {
    /// Why it could not be played, or why its listener had enough.
    type Error;

    /// Plays it.
    ///
    /// # Errors
    /// When it cannot be played to its end, or `hear` fails.
    fn play(&mut self, hear: Hear<'_, Self::Error>) -> Result<(), Self::Error>;
}

/// What happens while a master is made.
#[derive(Debug)]
pub enum Event<'a> {
    /// The song is about to be listened to.
    Listens,
    /// It has been heard and decided about; what is said before it is rendered.
    Decided(&'a Heard, &'a Reach),
    /// It is about to be rendered, from the start: what an earlier pass played counts no more.
    Renders {
        /// Passes that have rendered before.
        before: usize,
    },
    /// Frames of the song that were taken in this pass so far.
    Progress(u64),
    /// The next samples of the master: one slice a channel, aligned to the song.
    Audio(&'a [&'a [f32]]),
    /// What 64 samples of the chain did.
    Frame(&'a FrameReport),
}

/// A finished master.
#[derive(Debug, Clone)]
pub struct Mastered {
    /// The song, as it was heard; none when it followed.
    pub heard: Option<Heard>,
    /// The decision that was held, for a state of the plug-in; none when it followed, or nothing of the
    /// song passed the gate.
    pub learned: Option<Learned>,
    /// The result.
    pub rendered: Rendered,
    /// Passes that rendered.
    pub renders: usize,
    /// What the ear knew at the end.
    pub view: View,
}

impl Mastered {
    /// How far the loudness lies from the target in LU; none where there is no target or no loudness.
    pub fn miss_lu(&self, order: &Order) -> Option<f64> {
        self.learned.as_ref()?;
        Some(self.rendered.levels.integrated_lufs? - order.target_lufs()?)
    }
}

/// Makes a master. `happens` is told everything; an error of its ends the work.
///
/// # Errors
/// Those of the song and of `happens`.
pub fn master<S: Song>(
    song: &mut S,
    format: Format,
    order: &Order,
    happens: &mut dyn FnMut(Event<'_>) -> Result<(), S::Error>,
) -> Result<Mastered, S::Error> {
    if !order.is_decided_once() {
        let rendered = render(song, format, order, None, 0, happens)?;
        return Ok(Mastered {
            heard: None,
            learned: None,
            view: rendered.view.clone(),
            rendered,
            renders: 1,
        });
    }
    let heard = listen(song, format, order, happens)?;
    let mut decision = Decision::of(&heard, order);
    happens(Event::Decided(&heard, &decision.reach()))?;
    let mut renders = 0;
    let rendered = loop {
        let rendered = render(song, format, order, Some(&decision), renders, happens)?;
        renders += 1;
        if renders == MOST_RENDERS || !decision.correct(&rendered) {
            break rendered;
        }
    };
    Ok(Mastered {
        view: heard.view.clone(),
        heard: Some(heard),
        learned: decision.into_learned(),
        rendered,
        renders,
    })
}

/// The pass that only listens.
///
/// # Errors
/// Those of the song and of `happens`.
pub fn listen<S: Song>(
    song: &mut S,
    format: Format,
    order: &Order,
    happens: &mut dyn FnMut(Event<'_>) -> Result<(), S::Error>,
) -> Result<Heard, S::Error> {
    happens(Event::Listens)?;
    let mut listener = Listener::new(format, order);
    let mut frames = 0;
    song.play(&mut |block| {
        listener.hear(block);
        frames += length(block);
        happens(Event::Progress(frames))
    })?;
    Ok(listener.finish())
}

/// A pass that renders, held where there is a decision.
///
/// # Errors
/// Those of the song and of `happens`.
pub fn render<S: Song>(
    song: &mut S,
    format: Format,
    order: &Order,
    decision: Option<&Decision>,
    before: usize,
    happens: &mut dyn FnMut(Event<'_>) -> Result<(), S::Error>,
) -> Result<Rendered, S::Error> {
    happens(Event::Renders { before })?;
    let mut renderer = Renderer::new(format, order, decision);
    let mut frames = 0;
    song.play(&mut |block| {
        renderer.render(block, happens)?;
        frames += length(block);
        happens(Event::Progress(frames))
    })?;
    renderer.finish(happens)
}

fn length(block: &[&[f32]]) -> u64 {
    block.first().map_or(0, |channel| channel.len() as u64)
}
