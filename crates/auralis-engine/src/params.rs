//! The parameters without a framework: one [`table`] with ids, ranges, defaults, units and notes;
//! [`text`] prints and parses their values; [`values`] holds one of each, and [`settings`] makes plain
//! numbers for the processor of them.
//!
//! The plug-in's parameters, the command line, `docs/PARAMETERS.md` and the checks of a saved state
//! are made from the table: a new parameter is a row there, its use in [`settings`] and its control in
//! the panel.

pub mod choices;
pub mod describe;
pub mod settings;
pub mod table;
pub mod text;
pub mod values;

pub use choices::Choices;
pub use table::{Kind, ParamId, Row, Scale, TABLE, Unit};
pub use values::Values;
