//! Before and after, as a table for the terminal.

use comfy_table::{CellAlignment, Table, presets::UTF8_FULL_CONDENSED};

use crate::dsp::bands::PerBand;
use crate::dsp::decibel::SILENCE_DB;
use crate::params::contract::{Kind, Row};
use crate::tools::measure::{Measurement, Spectrum, spectral_distance_db};

/// The table of two measurements; `target_db` is a level-free curve per critical band.
pub fn before_after(
    before: &Measurement,
    after: &Measurement,
    target_db: Option<&PerBand>,
) -> String {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    table.set_header(["", "before", "after", "change", "unit"]);
    let mut row = |name: &str, unit: &str, value: &dyn Fn(&Measurement) -> f64| {
        let (old, new) = (value(before), value(after));
        let change = if old > SILENCE_DB.into() && new > SILENCE_DB.into() {
            format!("{:+.2}", new - old)
        } else {
            String::new()
        };
        table.add_row([name, &number(old), &number(new), &change, unit]);
    };
    row("Integrated loudness", "LUFS", &|m| m.integrated_lufs);
    row("Loudness range (LRA)", "LU", &|m| m.range_lu);
    row("True peak", "dBTP", &|m| m.true_peak_dbtp);
    row("Sample peak", "dBFS", &|m| m.sample_peak_db);
    row("RMS", "dBFS", &|m| m.rms_db);
    row("Crest factor", "dB", &|m| m.crest_db);
    match target_db.map(Spectrum::from_curve) {
        Some(target) => row("Spectral distance to the target", "dB", &|m| {
            spectral_distance_db(&m.spectrum, &target).into()
        }),
        None => {
            let moved = spectral_distance_db(&before.spectrum, &after.spectrum);
            let moved = number(moved.into());
            table.add_row(["Spectral distance to before", "", &moved, "", "dB"]);
        }
    }
    for column in 1..4 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string()
}

/// A value with two decimals, or words for silence.
fn number(value: f64) -> String {
    if value <= SILENCE_DB.into() {
        "silence".to_owned()
    } else {
        format!("{value:.2}")
    }
}

/// The parameters of the contract as a table.
pub fn params(rows: &[Row]) -> String {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    table.set_header(["id", "name", "group", "range", "default", "unit"]);
    for row in rows {
        let (range, default) = match &row.kind {
            Kind::Float { min, max, default } => (format!("{min} .. {max}"), default.to_string()),
            Kind::Bool(default) => (
                "off, on".to_owned(),
                if *default { "on" } else { "off" }.to_owned(),
            ),
            Kind::Enum(default) => ("choice".to_owned(), default.clone()),
        };
        table.add_row([&row.id, &row.name, &row.group, &range, &default, &row.unit]);
    }
    format!("{table}\n")
}
