//! When the window draws: at once, at a time that is due, or when something that it shows has changed.
//!
//! The framework's own means do not fit a panel at rest. Its repaint timer draws before the window is on
//! the screen (see [`super::x11`]), and each delayed request of egui is a timer of its own there, so that
//! every movement of the pointer would leave one more chain of frames behind. Here is one clock, on a
//! thread that lives as long as the window: it looks [`LOOK`] apart whether anything has changed and wakes
//! the window only if so. The audio thread is never asked to wake anybody.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Time between two looks at what the panel shows: thirty a second.
pub const LOOK: Duration = Duration::from_millis(33);
/// Where the window is drawn by the system as soon as it is seen, nothing is drawn before that.
const WAITS_FOR_THE_FIRST_FRAME: bool = cfg!(target_os = "linux");

/// Asks the window for a frame, from any thread.
type Redraw = Box<dyn Fn() + Send>;

/// What the window and its clock share.
#[derive(Default)]
struct Times {
    redraw: Option<Redraw>,
    /// The window has drawn a frame.
    has_drawn: bool,
    /// When the next frame is due; none when only a change brings one.
    due: Option<Instant>,
    /// When the frames that nobody waits for may go on: not before the pace allows.
    free: Option<Instant>,
    is_closed: bool,
}

impl Times {
    /// A frame at `wanted` or, where that is sooner than the pace allows, as soon as it does.
    fn schedule(&mut self, wanted: Instant) -> bool {
        let wanted = self.free.map_or(wanted, |free| free.max(wanted));
        let is_sooner = self.due.is_none_or(|due| wanted < due);
        if is_sooner {
            self.due = Some(wanted);
        }
        is_sooner
    }

    /// Asks for a frame now.
    fn redraw(&mut self) {
        self.due = None;
        if let Some(redraw) = &self.redraw
            && (self.has_drawn || !WAITS_FOR_THE_FIRST_FRAME)
        {
            redraw();
        }
    }
}

#[derive(Default)]
struct Shared {
    times: Mutex<Times>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Times> {
        self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks an open window for frames; clones ask the same window. Not for the audio thread.
#[derive(Clone, Default)]
pub struct Wake(Arc<Shared>);

impl Wake {
    /// A window opens, which `redraw` asks for a frame.
    pub fn open(&self, redraw: impl Fn() + Send + 'static) {
        *self.0.lock() = Times {
            redraw: Some(Box::new(redraw)),
            ..Times::default()
        };
    }

    /// The window begins a frame: what was due is served by it. The next that nobody waits for comes no
    /// sooner than after `pace`.
    pub fn frame_begins(&self, pace: Duration) {
        let mut times = self.0.lock();
        times.has_drawn = true;
        times.due = None;
        times.free = Instant::now().checked_add(pace);
    }

    /// Asks for a frame now.
    pub fn now(&self) {
        self.0.lock().redraw();
    }

    /// Asks for a frame in a while, unless one is due before.
    pub fn after(&self, delay: Duration) {
        let mut times = self.0.lock();
        if delay.is_zero() {
            times.redraw();
            return;
        }
        let Some(wanted) = Instant::now().checked_add(delay) else {
            return;
        };
        if times.schedule(wanted) {
            drop(times);
            self.0.changed.notify_one();
        }
    }

    /// Starts the clock of the open window; `has_changed` says whether what the panel shows is other than
    /// at the last look. Without a thread the panel follows the pointer only.
    pub fn start(&self, has_changed: impl FnMut() -> bool + Send + 'static) -> Clock {
        let wake = self.clone();
        let thread = std::thread::Builder::new().name("auralis-panel".to_owned());
        let thread = thread.spawn(move || wake.run(has_changed)).ok();
        Clock {
            wake: self.clone(),
            thread,
        }
    }

    /// The clock's thread.
    fn run(&self, mut has_changed: impl FnMut() -> bool) {
        let mut next_look = Instant::now() + LOOK;
        loop {
            let now = Instant::now();
            let looks = now >= next_look;
            if looks {
                next_look = now + LOOK;
            }
            // Unlocked: it takes the locks of others, who may ask for a frame while they hold them.
            let changed = looks && has_changed();
            let mut times = self.0.lock();
            if times.is_closed {
                return;
            }
            if changed {
                times.schedule(now);
            }
            if times.due.is_some_and(|due| due <= now) {
                times.redraw();
            }
            let until = times.due.map_or(next_look, |due| due.min(next_look));
            let wait = until.saturating_duration_since(Instant::now());
            let _woken = self.0.changed.wait_timeout(times, wait);
        }
    }
}

/// The clock of an open window, which ends with this.
pub struct Clock {
    wake: Wake,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Clock {
    fn drop(&mut self) {
        {
            let mut times = self.wake.0.lock();
            times.is_closed = true;
            times.redraw = None;
        }
        self.wake.0.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            // A thread that has panicked is an ended one.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

    /// An open window that counts its frames; the first one is drawn.
    fn window(wake: &Wake) -> Arc<AtomicUsize> {
        let frames = Arc::new(AtomicUsize::new(0));
        let theirs = frames.clone();
        wake.open(move || {
            theirs.fetch_add(1, SeqCst);
        });
        wake.frame_begins(Duration::ZERO);
        frames
    }

    fn wait_for(what: &str, done: impl Fn() -> bool) {
        let start = Instant::now();
        while !done() {
            assert!(start.elapsed() < Duration::from_secs(10), "no {what}");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn nothing_is_drawn_before_the_window_has_drawn_by_itself() {
        let wake = Wake::default();
        let frames = window(&wake);
        wake.open({
            let frames = frames.clone();
            move || {
                frames.fetch_add(1, SeqCst);
            }
        });
        wake.now();
        wake.after(Duration::ZERO);
        assert_eq!(
            frames.load(SeqCst),
            usize::from(!WAITS_FOR_THE_FIRST_FRAME) * 2
        );
        wake.frame_begins(Duration::ZERO);
        let before = frames.load(SeqCst);
        wake.now();
        assert_eq!(frames.load(SeqCst), before + 1);
    }

    #[test]
    fn a_change_wakes_and_rest_does_not() {
        let wake = Wake::default();
        let frames = window(&wake);
        let (looks, changes) = (
            Arc::new(AtomicUsize::new(0)),
            Arc::new(AtomicBool::new(false)),
        );
        let clock = {
            let (looks, changes) = (looks.clone(), changes.clone());
            wake.start(move || {
                looks.fetch_add(1, SeqCst);
                changes.swap(false, SeqCst)
            })
        };
        wait_for("look", || looks.load(SeqCst) > 3);
        assert_eq!(frames.load(SeqCst), 0, "drawn at rest");
        changes.store(true, SeqCst);
        wait_for("frame", || frames.load(SeqCst) > 0);
        drop(clock);
        let ended = looks.load(SeqCst);
        std::thread::sleep(2 * LOOK);
        assert_eq!(looks.load(SeqCst), ended, "the clock goes on");
        wake.now();
        assert_eq!(frames.load(SeqCst), 1, "a closed window is asked");
    }

    #[test]
    fn nothing_comes_sooner_than_the_pace_allows_but_what_is_wanted_now() {
        let wake = Wake::default();
        let frames = window(&wake);
        let _clock = wake.start(|| true);
        wake.frame_begins(Duration::from_secs(600));
        wake.after(Duration::from_millis(1));
        std::thread::sleep(3 * LOOK);
        assert_eq!(frames.load(SeqCst), 0);
        wake.after(Duration::ZERO);
        assert_eq!(frames.load(SeqCst), 1);
    }

    #[test]
    fn the_earliest_request_stands_and_brings_one_frame() {
        let wake = Wake::default();
        let frames = window(&wake);
        let _clock = wake.start(|| false);
        for ms in [600_000, 20, 600_000, 40] {
            wake.after(Duration::from_millis(ms));
        }
        wait_for("frame", || frames.load(SeqCst) > 0);
        std::thread::sleep(2 * LOOK);
        assert_eq!(frames.load(SeqCst), 1);
    }
}
