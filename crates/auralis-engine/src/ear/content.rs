//! What the programme is: features, rhythm, and the profiles that fit it.

pub mod features;
pub mod genre;
pub mod kinds;
pub mod onsets;
pub mod profiles;
pub mod rhythm;
pub mod speech;
pub mod tempo_votes;
pub mod words;
