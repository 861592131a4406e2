//! The table of parameters is the contract's, and the page of the documentation is the table's.
#![allow(missing_docs)]

use auralis_dsp::bands::BANDS;
use auralis_engine::params::{Kind, Row, TABLE, values::wanted};

/// The contract's table, the project's own copy.
const CONTRACT: &str = include_str!("data/parameters.csv");

/// The contract's lines as cells, the 25 band gains spelled out.
fn contract() -> Vec<Vec<String>> {
    let cells = |line: &str| line.splitn(9, ',').map(str::to_owned).collect::<Vec<_>>();
    let spelled_out = |row: Vec<String>| {
        let count = if row[0] == "eq_band_01" { BANDS } else { 1 };
        (1..=count).map(move |band| {
            let mut row = row.clone();
            if count > 1 {
                row[0] = format!("eq_band_{band:02}");
                row[1] = format!("EQ Band {band}");
            }
            row
        })
    };
    CONTRACT
        .lines()
        .skip(1)
        .map(cells)
        .flat_map(spelled_out)
        .collect()
}

/// A row as the contract writes it: id, name, group, kind, min, max, default, unit.
fn as_contract(row: &Row) -> Vec<String> {
    let kind = match row.kind {
        Kind::Float {
            min,
            max,
            default,
            unit,
            ..
        } => [
            "float".to_owned(),
            min.to_string(),
            max.to_string(),
            default.to_string(),
            unit.suffix().trim().to_owned(),
        ],
        Kind::Switch { default } => {
            let default = if default { "on" } else { "off" };
            ["bool", "off", "on", default, ""].map(str::to_owned)
        }
        Kind::Choice { default, names, .. } => {
            ["enum", "", "", names[default], ""].map(str::to_owned)
        }
    };
    let head = [row.id, row.name, row.group].map(str::to_owned);
    [&head[..], &kind[..]].concat()
}

#[test]
fn ids_names_groups_ranges_defaults_and_units_are_the_contract() {
    let contract = contract();
    assert_eq!(TABLE.len(), contract.len(), "rows");
    for (row, expected) in TABLE.iter().zip(&contract) {
        assert_eq!(as_contract(row), expected[..8], "{}", row.id);
    }
}

#[test]
fn the_names_of_choices_are_the_contract() {
    for (row, expected) in TABLE.iter().zip(&contract()) {
        if let Kind::Choice { names, ids, .. } = row.kind {
            let note = expected[8].split(';').next().unwrap_or_default();
            let listed: Vec<&str> = note.split('|').map(str::trim).collect();
            assert_eq!(names, listed, "{}", row.id);
            assert_eq!(ids.len(), names.len(), "{}", row.id);
        }
    }
}

#[test]
fn only_the_rollback_switch_and_the_mode_are_kept_from_automation() {
    for row in TABLE {
        let is_kept = ["engine", "adapt_mode"].contains(&row.id);
        assert_eq!(row.kind.is_automatable(), !is_kept, "{}", row.id);
    }
}

/// The page of the documentation, made from the table.
fn page() -> String {
    let mut page = String::from(
        "# The parameters\n\nMade from the table in `crates/auralis-engine/src/params/table.rs`; \
         `AURALIS_WRITE_DOCS=1 cargo test -p auralis-engine --test contract` writes it anew.\n\n\
         | id | name | group | values | default | note |\n|---|---|---|---|---|---|\n",
    );
    for row in TABLE {
        let (values, default) = (wanted(row.param), row.param.print(row.kind.default()));
        let Row {
            id,
            name,
            group,
            note,
            ..
        } = row;
        page += &format!("| `{id}` | {name} | {group} | {values} | {default} | {note} |\n");
    }
    page
}

#[test]
fn the_page_of_the_documentation_is_made_from_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/PARAMETERS.md");
    if std::env::var_os("AURALIS_WRITE_DOCS").is_some() {
        std::fs::write(path, page()).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap();
    for (number, (got, expected)) in written.lines().zip(page().lines()).enumerate() {
        assert_eq!(got, expected, "docs/PARAMETERS.md:{}", number + 1);
    }
    assert_eq!(written.lines().count(), page().lines().count(), "lines");
}
