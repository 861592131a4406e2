//! What the programme is: features, rhythm, and the profiles that fit it.

pub mod features;
pub mod genre;
pub mod onsets;
pub mod profiles;
pub mod rhythm;
pub mod tempo_votes;
