//! Playing and bouncing a piece, each with one `setupProcessing`.

use vst3::Steinberg::kResultOk;

use super::block::{Block, Bus, Buses, Mode, Transport};
use super::calls::{Direction, Setup};
use super::changes::Change;
use super::common::Audio;
use super::instance::Instance;

/// What the host does with the sidechain.
#[derive(Clone, Debug, PartialEq)]
pub enum Sidechain {
    /// Inactive, its buffers there and silent.
    Silent,
    /// Inactive, with null channel pointers.
    NullChannels,
    /// Inactive, with no array of channels.
    NullArray,
    /// Inactive, without channels.
    NoChannels,
    /// The host passes the main input only.
    Missing,
    /// Active, with this audio.
    Audio(Audio),
}

/// How a piece is played.
#[derive(Clone, Debug)]
pub struct Run {
    /// What `setupProcessing` says.
    pub setup: Mode,
    /// What every block says.
    pub mode: Mode,
    /// Samples a second.
    pub rate: f64,
    /// Block sizes in samples, in turn.
    pub blocks: Vec<usize>,
    /// The sidechain.
    pub sidechain: Sidechain,
    /// Parameter changes; the offset counts from the start of the piece.
    pub changes: Vec<Change>,
}

impl Run {
    /// As bounces are made.
    pub fn offline() -> Self {
        Self {
            setup: Mode::Offline,
            mode: Mode::Offline,
            rate: 48_000.0,
            blocks: vec![512],
            sidechain: Sidechain::Silent,
            changes: Vec::new(),
        }
    }

    /// As a DAW plays.
    pub fn real_time() -> Self {
        Self {
            setup: Mode::RealTime,
            mode: Mode::RealTime,
            ..Self::offline()
        }
    }

    /// With a sidechain.
    pub fn with(sidechain: Sidechain) -> Self {
        Self {
            sidechain,
            ..Self::offline()
        }
    }

    /// In blocks of these sizes.
    pub fn in_blocks(blocks: &[usize]) -> Self {
        Self {
            blocks: blocks.to_vec(),
            ..Self::offline()
        }
    }
}

impl Instance {
    /// Plays or bounces a piece: set up once, switched on, played from position 0, switched off.
    /// The output is as long as the input and still late by the latency.
    pub fn render(&self, audio: &Audio, run: &Run) -> Audio {
        self.start(run);
        let out = self.play(audio, run);
        self.stop();
        out
    }

    /// From inactive to processing, in the order of the standard.
    pub fn start(&self, run: &Run) {
        let setup = Setup {
            mode: run.setup,
            rate: run.rate,
            block: i32::try_from(run.blocks.iter().copied().max().unwrap()).unwrap(),
            wide: false,
        };
        assert_eq!(self.setup(&setup), kResultOk, "setupProcessing");
        self.activate_bus(Direction::Input, 0, true);
        self.activate_bus(Direction::Output, 0, true);
        let connected = matches!(run.sidechain, Sidechain::Audio(_));
        self.activate_bus(Direction::Input, 1, connected);
        assert_eq!(self.set_active(true), kResultOk, "setActive");
        self.set_processing(true);
    }

    /// From processing to inactive.
    pub fn stop(&self) {
        self.set_processing(false);
        self.set_active(false);
    }

    /// Plays a piece from position 0.
    pub fn play(&self, audio: &Audio, run: &Run) -> Audio {
        self.blocks(audio, run, true)
    }

    /// Processes silence with the transport at rest at position 0.
    pub fn idle(&self, channels: usize, samples: usize, run: &Run) {
        self.blocks(&vec![vec![0.0; samples]; channels], run, false);
    }

    fn blocks(&self, audio: &Audio, run: &Run, playing: bool) -> Audio {
        let mut out: Audio = vec![Vec::new(); audio.len()];
        let (mut at, mut sizes) = (0, run.blocks.iter().cycle());
        while at < audio[0].len() {
            let size = (*sizes.next().unwrap()).min(audio[0].len() - at);
            let mut block = run.block(audio, at, size, playing);
            let queued = self.take_queued();
            block.changes.get_or_insert_default().splice(0..0, queued);
            let result = self.process(&mut block);
            assert_eq!(result, kResultOk, "process at sample {at}");
            for (all, new) in out.iter_mut().zip(block.output()) {
                all.extend_from_slice(new);
            }
            at += size;
        }
        out
    }
}

impl Run {
    /// The block of `size` samples at `at`.
    pub fn block(&self, audio: &Audio, at: usize, size: usize, playing: bool) -> Block {
        let cut = |audio: &Audio| -> Audio {
            audio
                .iter()
                .map(|channel| channel[at..at + size].to_vec())
                .collect()
        };
        let count = audio.len();
        let mut inputs = vec![Bus::Channels(cut(audio))];
        inputs.extend(match &self.sidechain {
            Sidechain::Silent => Some(Bus::silent(count, size)),
            Sidechain::NullChannels => Some(Bus::NullChannels(count)),
            Sidechain::NullArray => Some(Bus::NullArray(count)),
            Sidechain::NoChannels => Some(Bus::NullArray(0)),
            Sidechain::Missing => None,
            Sidechain::Audio(sidechain) => Some(Bus::Channels(cut(sidechain))),
        });
        let here = |change: &&Change| {
            usize::try_from(change.offset).is_ok_and(|n| (at..at + size).contains(&n))
        };
        let start = i32::try_from(at).unwrap();
        let moved = |change: &Change| Change {
            offset: change.offset - start,
            ..*change
        };
        let transport = Transport {
            playing,
            position: if playing { i64::from(start) } else { 0 },
            rate: self.rate,
        };
        Block {
            mode: self.mode,
            samples: i32::try_from(size).unwrap(),
            wide: false,
            inputs: Buses::Given(inputs),
            outputs: Buses::Given(vec![Bus::silent(count, size)]),
            transport: Some(transport),
            changes: Some(self.changes.iter().filter(here).map(moved).collect()),
        }
    }
}
