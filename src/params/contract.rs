//! The contract's table of parameters, read from the project's own copy.
//!
//! States are checked against it before they are loaded, the command line lists it, and a test
//! holds the plug-in to it.

use std::sync::LazyLock;

/// What a parameter is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A number between `min` and `max`.
    Float {
        /// Smallest value.
        min: f32,
        /// Largest value.
        max: f32,
        /// Value of a new instance.
        default: f32,
    },
    /// A switch with its default.
    Bool(bool),
    /// A choice with the name of its default.
    Enum(String),
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Stable id.
    pub id: String,
    /// Name shown by hosts.
    pub name: String,
    /// Group shown by hosts.
    pub group: String,
    /// Range and default.
    pub kind: Kind,
    /// Unit, empty for none.
    pub unit: String,
}

/// All parameters in their order, the 25 band gains spelled out.
pub static TABLE: LazyLock<Vec<Row>> = LazyLock::new(|| {
    include_str!("parameters.csv")
        .lines()
        .skip(1)
        .flat_map(expand)
        .collect()
});

/// The rows that one line of the table stands for.
fn expand(line: &str) -> Vec<Row> {
    let row = parse(line);
    if row.id != "eq_band_01" {
        return vec![row];
    }
    (1..=crate::dsp::bands::BANDS)
        .map(|band| Row {
            id: format!("eq_band_{band:02}"),
            name: format!("EQ Band {band}"),
            ..row.clone()
        })
        .collect()
}

/// One line of the table as it stands. The file is part of the build, so a fault in it is a bug.
fn parse(line: &str) -> Row {
    let cells: Vec<&str> = line.splitn(9, ',').collect();
    let number = |i: usize| -> f32 { cells[i].parse().expect("a number in parameters.csv") };
    let kind = match cells[3] {
        "float" => Kind::Float {
            min: number(4),
            max: number(5),
            default: number(6),
        },
        "bool" => Kind::Bool(cells[6] == "on"),
        _ => Kind::Enum(cells[6].to_owned()),
    };
    Row {
        id: cells[0].to_owned(),
        name: cells[1].to_owned(),
        group: cells[2].to_owned(),
        kind,
        unit: cells[7].to_owned(),
    }
}
