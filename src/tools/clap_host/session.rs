//! An active plug-in: an audio thread processes blocks, the main thread serves its requests.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clack_host::prelude::*;

use super::buffers::Buffers;
use super::handlers::{Host, Requests};
use super::params::{Change, ParamEvent};
use super::plugin::HostedPlugin;

/// Restarts in a row after which a plug-in will never come to rest.
const MAX_RESTARTS: usize = 16;

/// How often the main thread looks for requests while audio runs.
const POLL: Duration = Duration::from_millis(2);

/// How a plug-in is activated.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivateOptions {
    /// Frames a second.
    pub sample_rate: u32,
    /// Channels of the main ports.
    pub channels: usize,
    /// Longest block.
    pub max_block: usize,
    /// A bounce, which need not keep up with real time.
    pub offline: bool,
}

/// An active plug-in. It is deactivated when dropped.
pub struct Session<'p> {
    plugin: &'p mut HostedPlugin,
    options: ActivateOptions,
    audio: AudioSide,
    restarts: usize,
    queue: Vec<Change>,
}

/// What the audio thread works with.
struct AudioSide {
    processor: Option<PluginAudioProcessor<Host>>,
    buffers: Buffers,
    /// Frames processed since activation.
    steady_time: u64,
}

/// A run of blocks.
pub(super) struct Run<'a> {
    pub input: &'a [Vec<f32>],
    pub sidechain: &'a [Vec<f32>],
    /// Whether the host passes the sidechain's port at all.
    pub sidechain_connected: bool,
    /// Block sizes, taken in turn.
    pub block_sizes: &'a [usize],
    /// Parameter changes in the order of their frames.
    pub changes: &'a [Change],
    /// Times real time at which blocks are handed over, as fast as possible without.
    pub pace: Option<f64>,
}

/// How far a run has come.
#[derive(Default)]
pub(super) struct Done {
    pub output: Vec<Vec<f32>>,
    pub frames: usize,
    pub blocks: usize,
    changes: usize,
    /// Time spent in the plug-in's `process`.
    pub seconds: f64,
    /// The longest share of its deadline that a block took.
    pub worst_load: f64,
}

impl HostedPlugin {
    /// Activates the plug-in, as often as it asks to be restarted.
    ///
    /// # Errors
    /// When the plug-in has no such layout, refuses, or never comes to rest.
    pub fn activate(&mut self, options: &ActivateOptions) -> Result<Session<'_>> {
        ensure!(options.max_block > 0, "blocks need at least one frame");
        self.select_layout(options.channels)?;
        self.set_offline(options.offline)?;
        let buffers = Buffers::new(&self.ports()?, options.max_block);
        let mut session = Session {
            plugin: self,
            options: options.clone(),
            audio: AudioSide {
                processor: None,
                buffers,
                steady_time: 0,
            },
            restarts: 0,
            queue: Vec::new(),
        };
        session.start()?;
        session.settle()?;
        Ok(session)
    }
}

impl Session<'_> {
    /// The latency that the plug-in reports, in samples.
    pub fn latency_samples(&mut self) -> usize {
        self.plugin.latency_samples()
    }

    /// How often the plug-in was restarted at its own request.
    pub fn restarts(&self) -> usize {
        self.restarts
    }

    /// Tells the active plug-in whether what follows is a bounce, as hosts do that switch nothing off
    /// for it.
    ///
    /// # Errors
    /// When the plug-in refuses.
    pub fn set_offline(&mut self, offline: bool) -> Result<()> {
        self.plugin.set_offline(offline)?;
        self.settle()
    }

    /// Changes a parameter at the start of the next block (`frame` is an offset into it).
    ///
    /// # Errors
    /// When there is no such parameter, or the plug-in does not understand the text.
    pub fn set(&mut self, event: &ParamEvent) -> Result<()> {
        let change = self.plugin.resolve(event)?;
        self.queue.push(change);
        self.queue.sort_by_key(|change| change.frame);
        Ok(())
    }

    /// The value of a parameter as the plug-in prints it.
    ///
    /// # Errors
    /// When there is no such parameter.
    pub fn text(&mut self, name: &str) -> Result<String> {
        self.plugin.text(name)
    }

    /// Processes one block, `[channel][frame]`, with a silent sidechain, and serves the plug-in's
    /// requests after it.
    ///
    /// # Errors
    /// When the block is longer than agreed, or the plug-in fails.
    pub fn process(&mut self, input: &[Vec<f32>]) -> Result<Vec<Vec<f32>>> {
        self.process_with_sidechain(input, &[])
    }

    /// Processes one block with a sidechain.
    ///
    /// # Errors
    /// When the block is longer than agreed, or the plug-in fails.
    pub fn process_with_sidechain(
        &mut self,
        input: &[Vec<f32>],
        sidechain: &[Vec<f32>],
    ) -> Result<Vec<Vec<f32>>> {
        let frames = input.first().map_or(0, Vec::len);
        let changes = std::mem::take(&mut self.queue);
        let run = Run {
            input,
            sidechain,
            sidechain_connected: true,
            block_sizes: &[frames],
            changes: &changes,
            pace: None,
        };
        let mut done = Done::default();
        self.run(&run, frames, &mut done, &mut |_| ())?;
        self.settle()?;
        Ok(done.output)
    }

    /// Clears the plug-in's audio state, as a host does when playback jumps.
    pub fn reset(&mut self) {
        if let Some(processor) = self.audio.processor.as_mut() {
            thread::scope(|scope| {
                scope.spawn(|| processor.reset());
            });
        }
    }

    /// Starts processing and serves what the plug-in asks for at once.
    fn start(&mut self) -> Result<()> {
        let config = PluginAudioConfiguration {
            sample_rate: f64::from(self.options.sample_rate),
            min_frames_count: 1,
            max_frames_count: u32::try_from(self.options.max_block)?,
        };
        let stopped = self.plugin.instance.activate(|_, _| (), config);
        let stopped = stopped.context("the plug-in cannot be activated")?;
        let mut processor = PluginAudioProcessor::from(stopped);
        let started = thread::scope(|scope| {
            let start = || processor.start_processing().map(|_| ());
            scope.spawn(start).join()
        });
        self.audio.processor = Some(processor);
        self.audio.steady_time = 0;
        started.expect("starting does not panic")?;
        self.plugin.serve_callbacks();
        Ok(())
    }

    /// Stops and deactivates.
    fn stop(&mut self) {
        if let Some(processor) = self.audio.processor.take() {
            let stopped = thread::scope(|scope| scope.spawn(|| processor.into_stopped()).join());
            let stopped = stopped.expect("stopping does not panic");
            self.plugin.instance.deactivate(stopped);
            self.plugin.serve_callbacks();
        }
    }

    /// Restarts the plug-in for as long as it asks for it.
    pub(super) fn settle(&mut self) -> Result<()> {
        self.plugin.serve_callbacks();
        for _ in 0..MAX_RESTARTS {
            let instance = &self.plugin.instance;
            if !instance.access_shared_handler(Requests::take_restart) {
                return Ok(());
            }
            self.restarts += 1;
            self.stop();
            self.start()?;
        }
        anyhow::bail!("the plug-in asks for one restart after the other")
    }

    /// Processes up to frame `end` of a run, or until the plug-in asks for a restart.
    pub(super) fn run(
        &mut self,
        run: &Run,
        end: usize,
        done: &mut Done,
        progress: &mut dyn FnMut(usize),
    ) -> Result<()> {
        let sizes = run.block_sizes;
        let fits = !sizes.is_empty()
            && sizes
                .iter()
                .all(|n| (1..=self.options.max_block).contains(n));
        ensure!(
            fits,
            "blocks of {sizes:?} frames do not fit into 1..={}",
            self.options.max_block
        );
        let (audio, plugin) = (&mut self.audio, &mut *self.plugin);
        let rate = f64::from(self.options.sample_rate);
        let frames = AtomicUsize::new(done.frames);
        let main_thread = thread::current();
        thread::scope(|scope| {
            let worker = scope.spawn(|| {
                let result = audio.run(run, end, done, rate, &frames);
                main_thread.unpark();
                result
            });
            while !worker.is_finished() {
                thread::park_timeout(POLL);
                plugin.serve_callbacks();
                progress(frames.load(Ordering::Relaxed));
            }
            let result = worker.join();
            result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        self.stop();
    }
}

impl AudioSide {
    /// The audio thread.
    fn run(
        &mut self,
        run: &Run,
        end: usize,
        done: &mut Done,
        rate: f64,
        frames: &AtomicUsize,
    ) -> Result<()> {
        let begin = (Instant::now(), done.frames);
        while done.frames < end && !self.restart_is_due() {
            if let Some(pace) = run.pace {
                let due = (done.frames - begin.1) as f64 / (rate * pace);
                thread::sleep(Duration::from_secs_f64(due).saturating_sub(begin.0.elapsed()));
            }
            let size = run.block_sizes[done.blocks % run.block_sizes.len()];
            let size = size.min(end - done.frames);
            let seconds = self.block(run, done, size)?;
            done.seconds += seconds;
            done.worst_load = done.worst_load.max(seconds * rate / size as f64);
            done.blocks += 1;
            done.frames += size;
            frames.store(done.frames, Ordering::Relaxed);
        }
        Ok(())
    }

    fn restart_is_due(&self) -> bool {
        let processor = self.processor.as_ref();
        processor.is_some_and(|p| p.access_shared_handler(Requests::restart_is_due))
    }

    /// Processes one block and returns the seconds that the plug-in took.
    fn block(&mut self, run: &Run, done: &mut Done, size: usize) -> Result<f64> {
        self.buffers.fill(0, run.input, done.frames, size);
        self.buffers.fill(1, run.sidechain, done.frames, size);
        let mut events = EventBuffer::new();
        while let Some(change) = run.changes.get(done.changes) {
            if change.frame >= done.frames + size {
                break;
            }
            events.push(&change.event(change.frame.saturating_sub(done.frames)));
            done.changes += 1;
        }
        let connected = if run.sidechain_connected { 2 } else { 1 };
        let processor = self
            .processor
            .as_mut()
            .context("the plug-in is not active")?;
        let processor = processor.as_started_mut()?;
        let (inputs, mut outputs) = self.buffers.block(size, connected);
        let before = Instant::now();
        processor.process(
            &inputs,
            &mut outputs,
            &events.as_input(),
            &mut OutputEvents::void(),
            Some(self.steady_time),
            None,
        )?;
        let seconds = before.elapsed().as_secs_f64();
        self.steady_time += size as u64;
        let output = self.buffers.output();
        done.output.resize(output.len(), Vec::new());
        for (all, new) in done.output.iter_mut().zip(output) {
            all.extend_from_slice(&new[..size]);
        }
        Ok(seconds)
    }
}
