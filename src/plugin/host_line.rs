//! What the door tells the plug-in beside the framework, without a lock on the audio thread.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, RwLock};

thread_local! {
    /// The line of the instance that this thread is about to create.
    static PARKED: Cell<Option<Arc<HostLine>>> = const { Cell::new(None) };
}

/// One instance's line from its host.
///
/// The framework makes the plug-in by `Default::default()`, so the line cannot be handed over: the
/// door parks it on the creating thread and the plug-in takes it from there.
#[derive(Debug, Default)]
pub struct HostLine {
    offline: AtomicBool,
    sidechain: AtomicBool,
    notice: OnceLock<Arc<RwLock<String>>>,
}

impl HostLine {
    /// A new line, waiting on this thread for the next instance.
    pub fn park() -> Arc<Self> {
        let line = Arc::new(Self::default());
        PARKED.set(Some(line.clone()));
        line
    }

    /// The line that waits on this thread; none when no door creates the instance.
    pub fn take_parked() -> Option<Arc<Self>> {
        PARKED.take()
    }

    /// Whether the host renders offline, as it last said. Any thread, at any time.
    pub fn set_offline(&self, offline: bool) {
        self.offline.store(offline, Ordering::Release);
    }

    /// Whether the host renders offline.
    pub fn is_offline(&self) -> bool {
        self.offline.load(Ordering::Acquire)
    }

    /// Whether a sidechain is connected in the block at hand; said before each block.
    pub fn set_sidechain(&self, connected: bool) {
        self.sidechain.store(connected, Ordering::Release);
    }

    /// Whether a sidechain is connected in the block at hand.
    pub fn has_sidechain(&self) -> bool {
        self.sidechain.load(Ordering::Acquire)
    }

    /// Where [`HostLine::notify`] writes; the first place stays.
    pub fn show_notices_in(&self, notice: Arc<RwLock<String>>) {
        self.notice.get_or_init(|| notice);
    }

    /// Leaves a message for the panel. Not for the audio thread.
    pub fn notify(&self, text: String) {
        if let Some(notice) = self.notice.get()
            && let Ok(mut notice) = notice.write()
        {
            *notice = text;
        }
    }
}
