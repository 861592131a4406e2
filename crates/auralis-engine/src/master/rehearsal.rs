//! What a song becomes, told from some of its seconds: a decision is corrected by them before the whole
//! is rendered, which then lands where it should the first time as a rule.
//!
//! In `Hold` every second is processed alike, so a second that was drawn sounds here as it will in the
//! master once the processors have forgotten what was before it. It is given the second before it to do so.

use std::collections::BTreeMap;
use std::convert::Infallible;

use crate::ear::meters::loudness::LoudnessMeter;

use super::decision::Decision;
use super::excerpts::Excerpts;
use super::listener::Heard;
use super::renderer::Renderer;
use super::{Event, Format, Order};

/// The first correction is by one of so many seconds.
const COARSE: usize = 4;
/// Most times that all of them are rendered.
const MOST_RENDERS: usize = 3;
/// A correction of less is as good as it gets: how the limiter answers is known well enough, in LU.
const SMALL_STEP_LU: f64 = 0.15;
/// How near the seconds are brought to the target, in LU.
const TOLERANCE_LU: f64 = 0.01;

/// Gathers seconds of a song, then corrects a decision by them.
#[derive(Debug)]
pub struct Rehearsal {
    format: Format,
    /// Samples of a second, in whole segments of the loudness meter.
    second: usize,
    excerpts: Excerpts,
    /// The seconds to gather, in the order of time, and the stratum of those that were drawn; the others
    /// are there for the one behind them.
    wanted: Vec<(usize, Option<usize>)>,
    /// One vector a channel: of the seconds gathered so far, one behind the other.
    audio: Vec<Vec<f32>>,
    /// Frames that were played so far.
    played: usize,
}

impl Rehearsal {
    /// Of a song that was heard.
    pub fn of(heard: &Heard, format: Format) -> Self {
        let excerpts = Excerpts::of(heard.second_energies.clone());
        let drawn = excerpts.drawn();
        let mut wanted: BTreeMap<usize, Option<usize>> = drawn
            .iter()
            .enumerate()
            .map(|(stratum, second)| (*second, Some(stratum)))
            .collect();
        for second in drawn {
            if let Some(before) = second.checked_sub(1) {
                wanted.entry(before).or_default();
            }
        }
        Self {
            format,
            second: LoudnessMeter::new(format.sample_rate).second_samples(),
            excerpts,
            wanted: wanted.into_iter().collect(),
            audio: vec![Vec::new(); format.channels.clamp(1, 2)],
            played: 0,
        }
    }

    /// Takes the next block of the song: one slice a channel, all of one length.
    pub fn take(&mut self, block: &[&[f32]]) {
        let length = block.first().map_or(0, |channel| channel.len());
        let mut at = 0;
        while at < length {
            let now = self.played + at;
            let second = now / self.second;
            let end = length.min(at + (second + 1) * self.second - now);
            if self
                .wanted
                .binary_search_by_key(&second, |wanted| wanted.0)
                .is_ok()
            {
                for (audio, channel) in self.audio.iter_mut().zip(block) {
                    audio.extend_from_slice(&channel[at..end]);
                }
            }
            at = end;
        }
        self.played += length;
    }

    /// Corrects the decision until the song would land on its target, as far as its seconds tell: coarsely by
    /// some of them, then by all, once more where that was a large step.
    pub fn correct(&self, order: &Order, heard: &Heard, decision: &mut Decision) {
        self.correct_by(COARSE, order, heard, decision);
        // Another choice of seconds comes next.
        decision.forget_results();
        for _ in 0..MOST_RENDERS {
            let miss_lu = self.correct_by(1, order, heard, decision);
            if miss_lu.is_none_or(|miss| miss.abs() < SMALL_STEP_LU) {
                break;
            }
        }
        // Then the whole.
        decision.forget_results();
    }

    /// Corrects the decision by one of so many seconds; by what they missed the target, in LU.
    fn correct_by(
        &self,
        one_of: usize,
        order: &Order,
        heard: &Heard,
        decision: &mut Decision,
    ) -> Option<f64> {
        let (results, limited) = self.render(order, decision, one_of);
        let gain_lu = self.excerpts.gain_lu(&results)?;
        let result_lufs = heard.levels.integrated_lufs? + gain_lu;
        decision.correct_by(Some(result_lufs), limited, TOLERANCE_LU);
        Some(result_lufs - decision.goal_lufs()?)
    }

    /// K-weighted mean squares of one of so many seconds that were drawn, rendered, by stratum; and the
    /// share of the frames in which the limiter worked.
    fn render(&self, order: &Order, decision: &Decision, one_of: usize) -> (Vec<Option<f64>>, f32) {
        let is_chosen = |stratum: Option<usize>| stratum.is_some_and(|s| s % one_of == one_of / 2);
        let played: Vec<usize> = (0..self.wanted.len())
            .filter(|at| {
                let (second, stratum) = self.wanted[*at];
                let next = self.wanted.get(at + 1);
                let leads_in = next.is_some_and(|next| next.0 == second + 1 && is_chosen(next.1));
                is_chosen(stratum) || leads_in
            })
            .collect();
        let mut renderer = Renderer::new(self.format, order, Some(decision));
        let mut happens = |_: Event<'_>| Ok::<(), Infallible>(());
        for at in &played {
            let part = at * self.second..(at + 1) * self.second;
            let audio: Vec<&[f32]> = self.audio.iter().map(|c| &c[part.clone()]).collect();
            let Ok(()) = renderer.render(&audio, &mut happens);
        }
        let Ok(rendered) = renderer.finish(&mut happens);
        let mut results = vec![None; self.excerpts.drawn().len()];
        for (at, energy) in played.into_iter().zip(rendered.second_energies) {
            if let Some(stratum) = self.wanted[at]
                .1
                .filter(|stratum| is_chosen(Some(*stratum)))
            {
                results[stratum] = Some(f64::from(energy));
            }
        }
        (results, rendered.limited)
    }
}
