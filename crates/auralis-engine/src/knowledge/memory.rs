//! Where an instance keeps what it has learned, between epochs, activations and sessions.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::ear::learned::Learned;

/// What an instance has learned; clones share it. Never for the audio thread: it locks.
///
/// Real-time playing writes it, an offline bounce only reads it, so that every bounce of a session
/// starts alike. Users replace it by loading a state, and clear it by asking to learn anew.
#[derive(Debug, Clone, Default)]
pub struct Memory(Arc<Inner>);

/// Songs that are kept beside the one at hand.
pub const MOST_OTHERS: usize = 8;

/// What is known of songs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Songs {
    /// The song at hand, if anything was learned of it.
    pub at_hand: Option<Learned>,
    /// Songs put aside, the last one first.
    pub others: Vec<Learned>,
}

/// What the clones share.
#[derive(Debug, Default)]
struct Inner {
    /// Raised by every [`Memory::replace`].
    version: AtomicU32,
    songs: Mutex<Songs>,
}

impl Memory {
    /// Which replacement is in force; cheap enough to ask every hop.
    pub fn version(&self) -> u32 {
        self.0.version.load(Ordering::Acquire)
    }

    /// The version, and what was learned of the song at hand.
    pub fn recall(&self) -> (u32, Option<Learned>) {
        let (version, songs) = self.recall_songs();
        (version, songs.at_hand)
    }

    /// The version, and what is known of all songs.
    pub fn recall_songs(&self) -> (u32, Songs) {
        let songs = self.lock();
        (self.version(), songs.clone())
    }

    /// Programme that was learned of the song at hand, in seconds, and the number of songs put aside.
    pub fn learned_s(&self) -> (f32, usize) {
        let songs = self.lock();
        let seconds = songs.at_hand.as_ref().map_or(0.0, |song| song.heard_s);
        (seconds, songs.others.len())
    }

    /// Keeps what an analysis has learned, unless the memory was replaced since `version`.
    pub fn keep(&self, version: u32, songs: Songs) {
        let mut current = self.lock();
        if self.version() == version {
            *current = songs;
        }
    }

    /// Puts one song in the place of all, or nothing; an analysis at work takes it up at its next hop.
    pub fn replace(&self, learned: Option<Learned>) {
        self.replace_songs(Songs {
            at_hand: learned,
            others: Vec::new(),
        });
    }

    /// Puts other songs in their place; an analysis at work takes them up at its next hop.
    pub fn replace_songs(&self, songs: Songs) {
        let mut current = self.lock();
        *current = songs;
        self.0.version.fetch_add(1, Ordering::Release);
    }

    fn lock(&self) -> MutexGuard<'_, Songs> {
        self.0.songs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
