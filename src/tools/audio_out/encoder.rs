//! A file that is written on a thread of its own while the next blocks are rendered.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use anyhow::{Result, anyhow};

use super::AudioWriter;

/// Blocks that may wait to be written.
const WAITING: usize = 16;

/// Samples, `[channel][frame]`.
pub type Samples = Vec<Vec<f32>>;

/// The end that is fed. Dropped without [`finish`](Self::finish), it lets go of the file as it is.
#[derive(Debug)]
pub struct Encoder {
    /// None once it has ended.
    blocks: Option<SyncSender<Samples>>,
    spare: Receiver<Samples>,
    thread: Option<JoinHandle<Result<Option<Whole>>>>,
}

/// A file whose end has come.
struct Whole(Box<dyn AudioWriter>);

impl Encoder {
    /// Starts the thread.
    ///
    /// # Errors
    /// When there can be none.
    pub fn start(writer: Box<dyn AudioWriter>) -> Result<Self> {
        let (blocks, waiting) = sync_channel(WAITING);
        let (give_back, spare) = sync_channel(WAITING);
        let thread = thread::Builder::new().name("encoder".into());
        let thread = thread.spawn(move || write_all(writer, &waiting, &give_back))?;
        Ok(Self {
            blocks: Some(blocks),
            spare,
            thread: Some(thread),
        })
    }

    /// Takes a block: one slice a channel.
    ///
    /// # Errors
    /// When an earlier one could not be written.
    pub fn take(&mut self, block: &[&[f32]]) -> Result<()> {
        let mut own = self.spare.try_recv().unwrap_or_default();
        own.resize_with(block.len(), Vec::new);
        for (own, channel) in own.iter_mut().zip(block) {
            own.clear();
            own.extend_from_slice(channel);
        }
        self.give(own)
    }

    /// Takes a block, one vector a channel, for good.
    ///
    /// # Errors
    /// When an earlier one could not be written.
    pub fn give(&mut self, block: Samples) -> Result<()> {
        let sent = self.blocks.as_ref().map(|blocks| blocks.send(block));
        match sent {
            Some(Ok(())) => Ok(()),
            _ => self.ended().and(Err(anyhow!("the file was closed"))),
        }
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// When something could not be written.
    pub fn finish(mut self) -> Result<()> {
        match self.ended()? {
            Some(Whole(writer)) => writer.finish(),
            None => Err(anyhow!("the file was closed")),
        }
    }

    /// Waits for the thread, which writes what it was given.
    fn ended(&mut self) -> Result<Option<Whole>> {
        self.blocks = None;
        let Some(thread) = self.thread.take() else {
            return Ok(None);
        };
        let ended = thread.join();
        ended.unwrap_or_else(|_| Err(anyhow!("the encoder failed")))
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // Nobody waits for a file that is not finished: what became of it does not matter.
        let _ = self.ended();
    }
}

/// Writes what comes until no more does.
fn write_all(
    mut writer: Box<dyn AudioWriter>,
    waiting: &Receiver<Samples>,
    give_back: &SyncSender<Samples>,
) -> Result<Option<Whole>> {
    for block in waiting {
        writer.write(&block)?;
        // The renderer may have ended, or have enough of them.
        let _ = give_back.try_send(block);
    }
    Ok(Some(Whole(writer)))
}
