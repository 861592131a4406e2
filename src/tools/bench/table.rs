//! The report for the terminal.

use comfy_table::{CellAlignment, Table, presets::UTF8_FULL_CONDENSED};

use super::{Report, Stage};

/// What was measured, as tables with a line on each figure.
pub fn table(report: &Report) -> String {
    let mut stages = new_table(["stage", "vectorised", "reference", "speedup"]);
    for stage in &report.stages {
        stages.add_row([
            stage.name.to_owned(),
            format!("{:.0} ns", stage.ns_per_frame),
            format!("{:.0} ns", stage.ns_per_frame_reference),
            format!("{:.1}x", Stage::speedup(stage)),
        ]);
    }
    let mut deadlines = new_table(["host block at 48 kHz", "mean", "99.9 %", "longest"]);
    for deadline in &report.deadlines {
        let percent = |share: f64| format!("{:.2} %", 100.0 * share);
        deadlines.add_row([
            deadline.block.to_string(),
            percent(deadline.mean_share),
            percent(deadline.p999_share),
            percent(deadline.worst_share),
        ]);
    }
    let mut figures = new_table(["figure", "value"]);
    let rows = [
        ("audio thread, times real time", report.realtime_factor),
        (
            "the same with Tame, clipper and 6 dB of drive",
            report.realtime_factor_driven,
        ),
        (
            "longest block of 32 with those, % of its deadline",
            100.0 * report.worst_block_share_32_driven,
        ),
        (
            "all threads with analysis, times real time",
            report.realtime_factor_with_analysis,
        ),
        (
            "audio thread over the EQ's real transforms",
            report.fft_ratio,
        ),
        (
            "audio thread over its transforms, shared by channels",
            report.fft_ratio_shared,
        ),
        ("envelope, speedup", report.envelope_speedup),
        ("chain without EQ, speedup", report.chain_speedup_without_eq),
        ("silence over noise, worst processor", report.silence_ratio),
        (
            "a song, spectra: ns per frame",
            report.songs.spectrum_ns_per_frame,
        ),
        (
            "a song, loudness and content: ns per frame",
            report.songs.content_ns_per_frame,
        ),
        (
            "a master, all passes, times real time",
            report.songs.master_realtime_factor,
        ),
    ];
    for (name, value) in rows {
        figures.add_row([name.to_owned(), format!("{value:.2}")]);
    }
    format!(
        "Vectorised with {}. Stereo, 44.1 kHz, frames of 64; music, everything on.\n{stages}\nShares of a block's deadline:\n{deadlines}\n{figures}\n",
        report.instruction_set
    )
}

fn new_table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    table.set_header(header);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
