//! What a run tells: its progress while it works, a table or a document at its end.

pub mod json;
pub mod progress;
pub mod summary;
