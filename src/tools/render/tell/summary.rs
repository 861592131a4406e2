//! What came of a run, as a table for the terminal.

use auralis_engine::master::{Heard, Levels};

use crate::tools::table::new_table;

use crate::tools::render::album::Album;
use crate::tools::render::{Done, Outcome};

/// One row a file that was mastered or would be; nothing when there is none.
pub fn of(done: &Done<'_>) -> String {
    let header = [
        "master",
        "LUFS before",
        "after",
        "LU off",
        "dBTP before",
        "after",
        "limiter dB",
        "speed",
    ];
    let mut table = new_table(&header, 1..8);
    let mut rows = 0;
    for (job, outcome) in &done.results {
        if let Some(cells) = row(outcome) {
            let name = job.output.display().to_string();
            table.add_row(std::iter::once(name).chain(cells));
            rows += 1;
        }
    }
    if rows == 0 {
        return String::new();
    }
    let album = done.album.map_or(String::new(), album);
    format!("{table}\n{album}")
}

/// A line about the whole of an album.
fn album(album: &Album) -> String {
    let (heard, written) = (album.heard.levels.integrated_lufs, album.written_lufs);
    let text = |lufs: Option<f64>| lufs.map_or(String::from("silent"), |l| format!("{l:.2} LUFS"));
    let after = match album.renders {
        0 => String::new(),
        _ => format!(", after: {}", text(written)),
    };
    format!("album: {}{after}\n", text(heard))
}

/// What follows the name.
fn row(outcome: &Outcome) -> Option<[String; 7]> {
    match outcome {
        Outcome::Finished(finished, _) => {
            let mastered = &finished.mastered;
            let heard = mastered.heard.as_ref();
            let after = &finished.written;
            Some([
                heard.map_or(String::new(), |heard| loudness(&heard.levels)),
                loudness(after),
                finished
                    .miss_lu
                    .map_or(String::new(), |miss| format!("{miss:+.2}")),
                heard.map_or(String::new(), |heard| peak(&heard.levels)),
                peak(after),
                format!("{:.1}", mastered.rendered.limiter_reduction_db),
                format!("{:.0}x", finished.realtime_factor()),
            ])
        }
        Outcome::Planned(_, decided) => {
            let heard = decided.as_ref().map(|decided| &decided.0);
            let reach = decided.as_ref().map(|decided| &decided.2);
            let target = reach.and_then(|reach| reach.target_lufs);
            let limiting = reach.map(|reach| format!("{:.1}", reach.limiting_db));
            Some([
                heard.map_or(String::new(), |heard: &Heard| loudness(&heard.levels)),
                target.map_or(String::new(), |target| format!("{target:.1} wanted")),
                String::new(),
                heard.map_or(String::new(), |heard| peak(&heard.levels)),
                String::new(),
                limiting.unwrap_or_default(),
                String::from("not written"),
            ])
        }
        Outcome::Failed(_) => None,
    }
}

fn loudness(levels: &Levels) -> String {
    match levels.integrated_lufs {
        Some(lufs) => format!("{lufs:.2}"),
        None => String::from("silent"),
    }
}

fn peak(levels: &Levels) -> String {
    format!("{:.2}", levels.true_peak_dbtp)
}
