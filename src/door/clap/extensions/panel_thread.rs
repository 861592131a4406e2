//! Which thread the panel belongs to.
//!
//! The framework's window may only be touched by the thread that made it: elsewhere it panics. So
//! whoever may touch it enters here first, and a host that calls from another thread is refused.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

/// Who has the panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    Nobody,
    /// A thread that is in a call now.
    Visitor(ThreadId),
    /// The thread that opened the window.
    Window(ThreadId),
}

/// The panel's thread. Not for the audio thread.
#[derive(Debug)]
pub struct PanelThread(Mutex<Owner>);

/// The right to touch the panel, until it is dropped.
#[derive(Debug)]
pub struct Visit<'a> {
    panel: &'a PanelThread,
    /// False for a call inside another one of the same thread.
    is_outermost: bool,
}

impl PanelThread {
    /// A panel without a window.
    pub fn new() -> Self {
        Self(Mutex::new(Owner::Nobody))
    }

    /// Lets this thread touch the panel unless another one has it.
    pub fn enter(&self) -> Option<Visit<'_>> {
        let me = thread::current().id();
        let mut owner = self.owner();
        let is_outermost = *owner == Owner::Nobody;
        if is_outermost {
            *owner = Owner::Visitor(me);
        }
        let is_mine = [Owner::Visitor(me), Owner::Window(me)].contains(&*owner);
        // Not `then_some`: a visit that is dropped takes the lock that is held here.
        is_mine.then(|| Visit {
            panel: self,
            is_outermost,
        })
    }

    /// Like [`PanelThread::enter`], and only with a window open.
    pub fn enter_window(&self) -> Option<Visit<'_>> {
        let visit = self.enter()?;
        self.is_open().then_some(visit)
    }

    /// Whether there is a window.
    pub fn is_open(&self) -> bool {
        matches!(*self.owner(), Owner::Window(_))
    }

    fn owner(&self) -> MutexGuard<'_, Owner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Visit<'_> {
    /// The window is open from here on: it belongs to this thread.
    pub fn opened(&self) {
        *self.panel.owner() = Owner::Window(thread::current().id());
    }

    /// The window is closed: anyone may come after this visit.
    pub fn closed(&mut self) {
        *self.panel.owner() = Owner::Visitor(thread::current().id());
        self.is_outermost = true;
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        let mut owner = self.panel.owner();
        if self.is_outermost && matches!(*owner, Owner::Visitor(_)) {
            *owner = Owner::Nobody;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn another_enters(panel: &PanelThread) -> bool {
        thread::scope(|scope| scope.spawn(|| panel.enter().is_some()).join()).is_ok_and(|x| x)
    }

    #[test]
    fn one_thread_at_a_time_and_the_windows_own_while_it_is_open() {
        let panel = PanelThread::new();
        assert!(panel.enter_window().is_none(), "no window yet");
        {
            let visit = panel.enter().expect("nobody has it");
            assert!(panel.enter().is_some(), "a call inside a call");
            assert!(!another_enters(&panel), "while this one is in");
            visit.opened();
        }
        assert!(!another_enters(&panel), "the window is this thread's");
        panel.enter_window().expect("its own").closed();
        assert!(!panel.is_open());
        assert!(another_enters(&panel), "free again");
    }
}
