//! Keeps a slip of a decoder inside: its panic becomes `None`, and nothing of it is printed.
//!
//! Hostile headers do bring the decoders to panic in builds with overflow checks, so this is not
//! for the sake of form.

use std::cell::Cell;
use std::panic::{UnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// Whether this thread is inside [`caught`].
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Makes the process's panic hook pass over panics inside [`caught`].
static HOOK: Once = Once::new();

/// Runs `work`; `None` when it panicked.
pub fn caught<T>(work: impl FnOnce() -> T + UnwindSafe) -> Option<T> {
    HOOK.call_once(|| {
        let print = take_hook();
        set_hook(Box::new(move |panic| {
            if !INSIDE.get() {
                print(panic);
            }
        }));
    });
    INSIDE.set(true);
    let result = catch_unwind(work);
    INSIDE.set(false);
    result.ok()
}
