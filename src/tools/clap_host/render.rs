//! Rendering a whole piece in one call.

use anyhow::{Result, ensure};

use super::params::{Change, ParamEvent};
use super::plugin::HostedPlugin;
use super::session::{ActivateOptions, Done, Run};
use crate::audio_file::Audio;

/// How a piece is rendered.
#[derive(Debug, Clone, PartialEq)]
pub struct RenderOptions {
    /// Block sizes in frames, taken in turn.
    pub block_sizes: Vec<usize>,
    /// Longest block that the plug-in is told of; the longest of `block_sizes` when that is more.
    pub max_block: usize,
    /// A bounce, which need not keep up with real time.
    pub offline: bool,
    /// Audio for the sidechain input; without it the port carries silence.
    pub sidechain: Option<Audio>,
    /// Whether the sidechain's port is there at all; some hosts leave it out.
    pub sidechain_connected: bool,
    /// Parameter changes on the way, in any order.
    pub events: Vec<ParamEvent>,
    /// Feeds silence for the reported latency and drops as many frames from the start, so that the
    /// output lies exactly on the input.
    pub latency_compensated: bool,
    /// Hands blocks over at this many times real time; as fast as possible without.
    pub pace: Option<f64>,
}

impl Default for RenderOptions {
    fn default() -> Self {
        Self {
            block_sizes: vec![512],
            max_block: 0,
            offline: true,
            sidechain: None,
            sidechain_connected: true,
            events: Vec::new(),
            latency_compensated: true,
            pace: None,
        }
    }
}

/// A rendered piece.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// The output, as long as the input.
    pub audio: Audio,
    /// The latency that the plug-in reported at the end.
    pub latency_samples: usize,
    /// How often the plug-in was restarted at its own request, on activation or on the way.
    pub restarts: usize,
    /// Blocks processed.
    pub blocks: usize,
    /// Time spent in the plug-in's `process`, in seconds.
    pub seconds: f64,
    /// The largest share of its deadline that a block took (1 = as long as the block lasts).
    pub worst_load: f64,
}

impl Rendered {
    /// How many times faster than real time the plug-in ran.
    pub fn realtime_factor(&self) -> f64 {
        self.audio.seconds() / self.seconds.max(1e-9)
    }
}

impl HostedPlugin {
    /// Renders a piece from activation to deactivation.
    ///
    /// # Errors
    /// When the plug-in has no layout for it, refuses, or fails.
    pub fn render(&mut self, audio: &Audio, options: &RenderOptions) -> Result<Rendered> {
        self.render_with(audio, options, &mut |_| ())
    }

    /// Like [`render`](Self::render), and calls `progress` with the share that is done, from 0 to 1.
    ///
    /// # Errors
    /// When the plug-in has no layout for it, refuses, or fails.
    pub fn render_with(
        &mut self,
        audio: &Audio,
        options: &RenderOptions,
        progress: &mut dyn FnMut(f64),
    ) -> Result<Rendered> {
        let changes = self.changes(&options.events)?;
        let largest = options.block_sizes.iter().copied().max().unwrap_or(0);
        let mut session = self.activate(&ActivateOptions {
            sample_rate: audio.sample_rate,
            channels: audio.channels.len(),
            max_block: options.max_block.max(largest),
            offline: options.offline,
        })?;
        let sidechain = options.sidechain.as_ref();
        let run = Run {
            input: &audio.channels,
            sidechain: sidechain.map_or(&[], |s| &s.channels),
            sidechain_connected: options.sidechain_connected,
            block_sizes: &options.block_sizes,
            changes: &changes,
            pace: options.pace,
        };
        let mut done = Done::default();
        let latency_samples = loop {
            let latency = session.latency_samples();
            let extra = if options.latency_compensated {
                latency
            } else {
                0
            };
            let end = audio.frames() + extra;
            if done.frames >= end {
                break latency;
            }
            let share = |frames: usize| frames as f64 / end as f64;
            session.run(&run, end, &mut done, &mut |frames| progress(share(frames)))?;
            session.settle()?;
        };
        let skip = if options.latency_compensated {
            latency_samples
        } else {
            0
        };
        ensure!(
            done.output.len() == audio.channels.len(),
            "channels got lost"
        );
        let cut = |channel: &Vec<f32>| channel[skip..skip + audio.frames()].to_vec();
        progress(1.0);
        Ok(Rendered {
            audio: Audio {
                sample_rate: audio.sample_rate,
                channels: done.output.iter().map(cut).collect(),
            },
            latency_samples,
            restarts: session.restarts(),
            blocks: done.blocks,
            seconds: done.seconds,
            worst_load: done.worst_load,
        })
    }

    /// The events in the order of their frames.
    fn changes(&mut self, events: &[ParamEvent]) -> Result<Vec<Change>> {
        let changes: Result<Vec<Change>> = events.iter().map(|e| self.resolve(e)).collect();
        let mut changes = changes?;
        changes.sort_by_key(|change| change.frame);
        Ok(changes)
    }
}
