//! The parameters as hosts see and move them.

pub mod controller;
pub mod edits;
pub mod params;
pub mod text;
pub mod units;
