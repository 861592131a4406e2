//! Measurements as tables for the terminal.

use comfy_table::{CellAlignment, Table, presets::UTF8_FULL_CONDENSED};

use crate::tools::analyze::Analysis;
use crate::tools::listen::profile_name;
use crate::tools::measure::{Measurement, Spectrum, spectral_distance_db};
use auralis_dsp::bands::{BANDS, PerBand, center_hz};
use auralis_dsp::basics::decibel::SILENCE_DB;
use auralis_engine::params::{Row, values::wanted};
use auralis_engine::presets::Preset;

/// The table of two measurements; `target_db` is a level-free curve per critical band.
pub fn before_after(
    before: &Measurement,
    after: &Measurement,
    target_db: Option<&PerBand>,
) -> String {
    let mut table = new_table(&["", "before", "after", "change", "unit"], 1..4);
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
    table.to_string()
}

/// The tables of an analysed piece: its figures, and its bands beside their target.
pub fn analysis(analysis: &Analysis) -> String {
    let profiles = analysis.view.profiles.iter();
    let profiles: Vec<String> = profiles
        .map(|(target, weight)| format!("{} {weight:.2}", profile_name(*target)))
        .collect();
    let (figures, bands, findings) = (figures(analysis), bands(analysis), findings(analysis));
    let (reason, profiles) = (&analysis.view.reason, profiles.join(", "));
    format!("{figures}\n{findings}\n{bands}\n{reason}: {profiles}\n")
}

/// Loudness, peaks and features of a piece.
fn figures(analysis: &Analysis) -> Table {
    let (m, f) = (&analysis.measurement, &analysis.features);
    let rows = [
        ("Duration", analysis.seconds, "s"),
        ("Integrated loudness", m.integrated_lufs, "LUFS"),
        ("Largest short-term loudness", m.max_short_term_lufs, "LUFS"),
        ("Largest momentary loudness", m.max_momentary_lufs, "LUFS"),
        ("Loudness range (LRA)", m.range_lu, "LU"),
        ("True peak", m.true_peak_dbtp, "dBTP"),
        ("Sample peak", m.sample_peak_db, "dBFS"),
        ("Peak to loudness ratio (PLR)", m.plr_db(), "dB"),
        (
            "Peak to short-term loudness ratio (PSR)",
            f.psr_db.into(),
            "dB",
        ),
        ("Crest factor over 3 s", f.crest_db.into(), "dB"),
        ("Dynamic range", f.dynamic_range_db.into(), "dB"),
        ("Noise floor, at most", f.noise_floor_db.into(), "dBFS"),
        ("Clipped runs", f.clipped_runs_per_s.into(), "1/s"),
        ("Correlation of left and right", f.correlation.into(), ""),
        ("Side over mid", f.side_db.into(), "dB"),
        ("Spectral centroid", f.centroid_hz.into(), "Hz"),
        ("Spectral roll-off (85 %)", f.rolloff_hz.into(), "Hz"),
        ("Spectral flatness", f.flatness.into(), ""),
        ("Share below 200 Hz", 100.0 * f64::from(f.low_share), "%"),
        (
            "Share from 200 Hz to 4.4 kHz",
            100.0 * f64::from(f.mid_share),
            "%",
        ),
        ("Share above 4.4 kHz", 100.0 * f64::from(f.high_share), "%"),
        ("Onsets", f.onset_rate_hz.into(), "1/s"),
        ("Tempo", f.tempo_bpm.into(), "BPM"),
        ("Likeness to speech", f.speech.into(), ""),
        (
            "Distance to the target",
            analysis.distance_db().into(),
            "dB",
        ),
    ];
    let mut table = new_table(&["", "value", "unit"], 1..2);
    for (name, value, unit) in rows {
        table.add_row([name, &number(value), unit]);
    }
    table
}

/// What is told of a piece beside, faults with the settings that could help.
fn findings(analysis: &Analysis) -> Table {
    let mut table = new_table(
        &["finding", "value", "unit", "", "what", "could help"],
        1..2,
    );
    for finding in &analysis.findings {
        let value = finding.value.map_or(String::new(), |v| format!("{v:.3}"));
        let help = finding.suggestions.iter();
        let help: Vec<String> = help.map(ToString::to_string).collect();
        let mark = if finding.fault { "!" } else { "" };
        let cells = [finding.name, &value, finding.unit, mark, &finding.text];
        table.add_row(cells.into_iter().chain([help.join(", ").as_str()]));
    }
    table
}

/// Level, target and their difference of each band that holds programme.
fn bands(analysis: &Analysis) -> Table {
    let view = &analysis.view;
    let mut table = new_table(
        &["band", "centre Hz", "level dB", "target dB", "to go dB"],
        0..5,
    );
    for band in 0..BANDS {
        if analysis.measurement.spectrum.has_programme[band] {
            let (level_db, target_db) = (view.long_term_db[band], view.target_db[band]);
            table.add_row([
                (band + 1).to_string(),
                format!("{:.0}", center_hz(band)),
                format!("{level_db:.1}"),
                format!("{target_db:.1}"),
                format!("{:+.1}", target_db - level_db),
            ]);
        }
    }
    table
}

/// An empty table with a header; the numbers in these columns are aligned to the right.
pub fn new_table(header: &[&str], numbers: std::ops::Range<usize>) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    table.set_header(header);
    for column in numbers {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// A value with two decimals, or words for silence.
fn number(value: f64) -> String {
    if value <= SILENCE_DB.into() {
        "silence".to_owned()
    } else {
        format!("{value:.2}")
    }
}

/// The parameters as a table.
pub fn params(rows: &[Row]) -> String {
    let header = ["id", "name", "group", "values", "default", "auto", "note"];
    let mut table = new_table(&header, 0..0);
    for row in rows {
        let default = row.param.print(row.kind.default());
        let values = wanted(row.param);
        let automatable = if row.kind.is_automatable() {
            "yes"
        } else {
            "no"
        };
        table.add_row([
            row.id,
            row.name,
            row.group,
            &values,
            &default,
            automatable,
            row.note,
        ]);
    }
    format!("{table}\nauto: whether a host may automate it\n")
}

/// What a preset sets.
pub fn preset(preset: &Preset) -> Table {
    let mut table = new_table(&["id", "name", "value", "default"], 0..0);
    for (param, value) in preset.values() {
        let row = param.row();
        let (value, default) = (param.print(*value), param.print(row.kind.default()));
        table.add_row([row.id, row.name, &value, &default]);
    }
    table
}
