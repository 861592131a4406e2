//! What vectors need: the instruction set chosen at run time, and recursions as scans.

pub mod instruction_set;
pub mod scan;
