//! Drawing over the bands: the manual gains follow the pointer.

use egui::{CursorIcon, Pos2, Sense, Ui};

use super::super::controls::Writer;
use super::super::history::Change;
use super::super::scale::Scale;
use super::listen::band_at;
use crate::params::AuralisParams;
use auralis_dsp::bands::{BANDS, PerBand, center_hz};
use auralis_engine::params::ParamId;

/// Largest manual gain either way, in dB.
const MOST_DB: f32 = 12.0;
/// What is drawn this close to the line of 0 dB is 0 dB.
const ZERO_DB: f32 = 0.15;

/// A stroke of the pointer.
#[derive(Clone, Copy)]
struct Stroke {
    /// Gains before it, in dB.
    before: PerBand,
    /// Where the pointer was last.
    last: Pos2,
}

/// Lets the user draw in the plot. A stroke is one step to undo.
pub fn show(ui: &Ui, scale: &Scale, params: &AuralisParams, writer: &Writer) {
    let id = ui.scope_id().with("draw");
    let response = ui
        .interact(scale.plot, id, Sense::CLICK | Sense::DRAG)
        .on_hover_cursor(CursorIcon::Crosshair);
    let stroke: Option<Stroke> = ui.data(|data| data.get_temp(id));
    let held = response
        .interact_pointer_pos()
        .filter(|_| response.is_pointer_button_down_on());
    match (stroke, held) {
        (stroke, Some(now)) => {
            let mut stroke = stroke.unwrap_or_else(|| Stroke {
                before: params.band_gains_db(),
                last: now,
            });
            for (band, db) in drawn(scale, stroke.last, now) {
                let param = ParamId::eq_band(band);
                writer.put(params, param, params.normalized(param, db));
            }
            stroke.last = now;
            ui.data_mut(|data| data.insert_temp(id, stroke));
        }
        (Some(stroke), None) => {
            remember(&stroke.before, params, writer);
            ui.data_mut(|data| data.remove::<Stroke>(id));
        }
        (None, None) => {}
    }
}

/// What the pointer draws on its way: band and gain in dB of each band whose centre it passes, and of the one that
/// it ends in.
fn drawn(scale: &Scale, from: Pos2, to: Pos2) -> Vec<(usize, f32)> {
    let last = band_at(scale.hz(to.x));
    let gain = |y: f32| {
        let db = scale.gain_db_at(y).clamp(-MOST_DB, MOST_DB);
        if db.abs() < ZERO_DB { 0.0 } else { db }
    };
    let mut passed: Vec<(usize, f32)> = (0..BANDS)
        .filter(|band| *band != last)
        .filter_map(|band| {
            let share = (scale.x(center_hz(band)) - from.x) / (to.x - from.x);
            let is_passed = (0.0..=1.0).contains(&share);
            is_passed.then(|| (band, gain(from.y + share * (to.y - from.y))))
        })
        .collect();
    passed.push((last, gain(to.y)));
    passed
}

/// One step to undo for all that a stroke has changed.
fn remember(before: &PerBand, params: &AuralisParams, writer: &Writer) {
    let now = params.band_gains_db();
    let moves: Vec<_> = (0..BANDS)
        .filter(|band| before[*band] != now[*band])
        .map(|band| {
            let param = ParamId::eq_band(band);
            let ends = [before[band], now[band]].map(|db| params.normalized(param, db));
            (param, ends[0], ends[1])
        })
        .collect();
    if !moves.is_empty() {
        writer.did("Draw the bands", Change::Params(moves));
    }
}

#[cfg(test)]
mod tests {
    use egui::{Rect, pos2};

    use super::*;

    #[test]
    fn a_fast_stroke_leaves_no_band_out() {
        let scale = Scale {
            plot: Rect::from_min_max(pos2(40.0, 10.0), pos2(840.0, 310.0)),
            gain_db: 15.0,
        };
        // From -6 dB in band 3 to +6 dB in band 12 between two frames.
        let from = pos2(scale.x(center_hz(3)), scale.gain_y(-6.0));
        let to = pos2(scale.x(center_hz(12)), scale.gain_y(6.0));
        let mut got = drawn(&scale, from, to);
        got.sort_by_key(|(band, _)| *band);
        let bands: Vec<usize> = got.iter().map(|(band, _)| *band).collect();
        assert_eq!(bands, (3..=12).collect::<Vec<_>>());
        for pair in got.windows(2) {
            assert!(pair[1].1 > pair[0].1, "{got:?}");
        }
        // Rounding of positions.
        assert!(
            (got[0].1 + 6.0).abs() < 1e-3 && (got[9].1 - 6.0).abs() < 1e-3,
            "{got:?}"
        );
    }

    #[test]
    fn a_point_sets_its_band_within_the_range_and_snaps_to_zero() {
        let scale = Scale {
            plot: Rect::from_min_max(pos2(40.0, 10.0), pos2(840.0, 310.0)),
            gain_db: 24.0,
        };
        for (db, expected) in [(20.0, 12.0), (-20.0, -12.0), (0.1, 0.0)] {
            let at = pos2(scale.x(1100.0), scale.gain_y(db));
            assert_eq!(drawn(&scale, at, at), [(band_at(1100.0), expected)]);
        }
    }
}
