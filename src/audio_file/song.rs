//! A file as a song that can be played again and again.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

use anyhow::{Result, anyhow};
use auralis_engine::master::Song;

use super::{Block, decode};

/// Frames that are handed over at once: so many that the hand-over costs nothing.
const AT_ONCE: usize = 16_384;
/// Blocks that may wait: so many that neither side stands still for a hiccup of the other.
const WAITING: usize = 8;

/// Samples, `[channel][frame]`, all finite.
type Samples = Vec<Vec<f32>>;

/// A file that is decoded on a thread of its own while its listener works, at most a few blocks
/// ahead. Samples that are not finite are played as 0.
#[derive(Debug)]
pub struct FileSong {
    path: PathBuf,
    most_kept_bytes: usize,
    kept: Kept,
    non_finite: u64,
    frames: u64,
}

/// What is kept of earlier passes.
#[derive(Debug)]
enum Kept {
    /// It has not been played to its end yet.
    Nothing,
    /// All of it.
    All(Vec<Samples>),
    /// It is too long.
    TooLong,
}

impl FileSong {
    /// A file to play; nothing is read yet. Its decoded audio is kept for the passes after the first
    /// if it is no more than this.
    pub fn new(path: &Path, most_kept_bytes: usize) -> Self {
        Self {
            path: path.to_owned(),
            most_kept_bytes,
            kept: Kept::Nothing,
            non_finite: 0,
            frames: 0,
        }
    }

    /// Samples of the last pass that were NaN or infinite.
    pub fn non_finite(&self) -> u64 {
        self.non_finite
    }

    /// Frames of the last pass.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Plays what is decoded meanwhile.
    fn play_decoded(&mut self, hear: Hear<'_>) -> Result<()> {
        let (blocks, decoded) = sync_channel(WAITING);
        let (give_back, spare) = channel();
        let mut keeper = Keeper::new(&self.kept, self.most_kept_bytes);
        let path = &self.path;
        let (played, non_finite) = thread::scope(|scope| {
            let decoding = scope.spawn(move || decode_into(path, blocks, spare));
            let played = hear_all(decoded, &give_back, &mut keeper, &mut self.frames, hear);
            let ended = decoding.join();
            let ended = ended.unwrap_or_else(|_| Err(anyhow!("the decoder's thread failed")));
            match played {
                Ok(()) => ended.map(|non_finite| (Ok(()), non_finite)),
                error => Ok((error, 0)),
            }
        })?;
        played?;
        self.non_finite = non_finite;
        self.kept = keeper.into_kept();
        Ok(())
    }
}

/// Takes a block: one slice a channel.
type Hear<'a> = &'a mut dyn FnMut(&[&[f32]]) -> Result<()>;

impl Song for FileSong {
    type Error = anyhow::Error;

    fn play(&mut self, hear: Hear<'_>) -> Result<()> {
        self.frames = 0;
        let Kept::All(blocks) = &self.kept else {
            return self.play_decoded(hear);
        };
        for block in blocks {
            self.frames += block[0].len() as u64;
            hear(&slices(block))?;
        }
        Ok(())
    }
}

/// Hears what arrives until the decoder has no more.
fn hear_all(
    decoded: Receiver<Samples>,
    give_back: &Sender<Samples>,
    keeper: &mut Keeper,
    frames: &mut u64,
    hear: Hear<'_>,
) -> Result<()> {
    for block in decoded {
        *frames += block[0].len() as u64;
        hear(&slices(&block))?;
        if let Some(block) = keeper.keep(block) {
            // The decoder may have ended.
            let _ = give_back.send(block);
        }
    }
    Ok(())
}

fn slices(block: &Samples) -> Vec<&[f32]> {
    block.iter().map(Vec::as_slice).collect()
}

/// Gathers the blocks of a first pass while they are few.
struct Keeper {
    blocks: Option<Vec<Samples>>,
    bytes: usize,
    most_bytes: usize,
}

impl Keeper {
    fn new(kept: &Kept, most_bytes: usize) -> Self {
        Self {
            blocks: matches!(kept, Kept::Nothing).then(Vec::new),
            bytes: 0,
            most_bytes,
        }
    }

    /// Keeps a block, or gives it back.
    fn keep(&mut self, block: Samples) -> Option<Samples> {
        self.bytes += size_of::<f32>() * block.iter().map(Vec::len).sum::<usize>();
        if self.bytes > self.most_bytes {
            self.blocks = None;
        }
        match &mut self.blocks {
            Some(blocks) => {
                blocks.push(block);
                None
            }
            None => Some(block),
        }
    }

    fn into_kept(self) -> Kept {
        self.blocks.map_or(Kept::TooLong, Kept::All)
    }
}

/// Decodes a file into blocks that are handed over; the number of samples that were not finite.
fn decode_into(path: &Path, blocks: SyncSender<Samples>, spare: Receiver<Samples>) -> Result<u64> {
    let mut gathered = Samples::new();
    let mut non_finite = 0;
    decode(path, &mut |block| {
        non_finite += gather(&mut gathered, block);
        if gathered[0].len() < AT_ONCE {
            return ControlFlow::Continue(());
        }
        let mut next = spare.try_recv().unwrap_or_default();
        next.iter_mut().for_each(Vec::clear);
        match blocks.send(std::mem::replace(&mut gathered, next)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    })?;
    if gathered.first().is_some_and(|channel| !channel.is_empty()) {
        // The listener may have had enough.
        let _ = blocks.send(gathered);
    }
    Ok(non_finite)
}

/// Appends a block with 0 for what is not finite; how many samples that were.
fn gather(gathered: &mut Samples, block: Block<'_>) -> u64 {
    gathered.resize_with(block.channels.len(), || {
        Vec::with_capacity(AT_ONCE + AT_ONCE / 4)
    });
    let mut non_finite = 0;
    for (all, new) in gathered.iter_mut().zip(block.channels) {
        let from = all.len();
        all.extend_from_slice(new);
        for sample in all[from..].iter_mut().filter(|sample| !sample.is_finite()) {
            *sample = 0.0;
            non_finite += 1;
        }
    }
    non_finite
}
