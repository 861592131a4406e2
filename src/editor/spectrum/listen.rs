//! The rail below the plot: a band that is held there is heard alone.

use egui::{Align2, CursorIcon, Painter, Rect, Sense, Ui, pos2, vec2};

use super::super::scale::Scale;
use super::super::theme;
use super::frequency;
use crate::shared::Shared;
use auralis_dsp::bands::{BANDS, EDGES_HZ};
use auralis_dsp::chain::audition::Audition;

/// Height of the rail, in points.
const HEIGHT: f32 = 20.0;
/// Height of the mark of a band, in points.
const MARK: f32 = 3.0;

/// Draws the rail, and lets the user listen.
pub fn show(ui: &Ui, scale: &Scale, shared: &Shared) {
    let plot = scale.plot;
    let rail = Rect::from_min_size(plot.left_bottom(), vec2(plot.width(), HEIGHT));
    let response = ui
        .interact(rail, ui.scope_id().with("rail"), Sense::CLICK | Sense::DRAG)
        .on_hover_cursor(CursorIcon::PointingHand);
    let is_held = response.is_pointer_button_down_on();
    let pointer = response
        .interact_pointer_pos()
        .or_else(|| response.hover_pos());
    let band = pointer.map(|at| band_at(scale.hz(at.x)));
    for (index, edges) in EDGES_HZ.windows(2).enumerate() {
        let lit = band == Some(index);
        mark(ui.painter(), scale, [edges[0], edges[1]], lit);
    }
    let held = band.filter(|_| is_held);
    listen(shared, held);
    match (band, held) {
        (_, Some(band)) => told(ui.painter(), scale, band),
        (Some(band), None) => {
            let help = format!("Hold to hear {} alone.", range(band));
            response.on_hover_text(help);
        }
        (None, None) => {}
    }
}

/// Starts, moves or ends listening to a band.
fn listen(shared: &Shared, band: Option<usize>) {
    let wanted = match (band, shared.audition()) {
        (Some(band), _) => Audition::Band {
            low_hz: EDGES_HZ[band],
            high_hz: EDGES_HZ[band + 1],
        },
        (None, Audition::Band { .. }) => Audition::Off,
        (None, other) => other,
    };
    shared.set_audition(wanted);
}

/// The band that a frequency lies in.
pub fn band_at(hz: f32) -> usize {
    let upper = EDGES_HZ[1..BANDS].iter();
    upper.take_while(|edge| hz >= **edge).count()
}

/// From where to where a band reaches, in words.
fn range(band: usize) -> String {
    format!(
        "{} to {}",
        frequency(EDGES_HZ[band]),
        frequency(EDGES_HZ[band + 1])
    )
}

/// The mark of a band.
fn mark(painter: &Painter, scale: &Scale, edges_hz: [f32; 2], lit: bool) {
    let [left, right] = edges_hz.map(|hz| scale.x(hz));
    let top = scale.plot.bottom() + 1.0;
    let bar = Rect::from_min_max(pos2(left + 1.0, top), pos2(right - 1.0, top + MARK));
    let color = if lit { theme::OUTPUT } else { theme::LINE };
    painter.rect_filled(bar, 1.0, color);
}

/// Shows which band is heard: the layout stays as it is under the pointer.
fn told(painter: &Painter, scale: &Scale, band: usize) {
    let plot = scale.plot;
    let [left, right] = [band, band + 1].map(|edge| scale.x(EDGES_HZ[edge]));
    let column = Rect::from_x_y_ranges(left..=right, plot.y_range());
    painter.rect_filled(column, 0.0, theme::faded(theme::OUTPUT, 0.18));
    let text = format!("You hear {} alone", range(band));
    let galley = painter.layout_no_wrap(text, theme::font(13.0), theme::TEXT);
    let place = Align2::CENTER_TOP.anchor_size(
        plot.center_top() + vec2(0.0, 6.0),
        galley.size() + vec2(16.0, 8.0),
    );
    painter.rect_filled(place, theme::ROUNDING, theme::BACKGROUND);
    painter.rect_filled(place, theme::ROUNDING, theme::faded(theme::ALARM, 0.30));
    painter.galley(place.min + vec2(8.0, 4.0), galley, theme::TEXT);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_is_found_by_any_frequency_in_it() {
        for band in 0..BANDS {
            for hz in [EDGES_HZ[band], 0.999 * EDGES_HZ[band + 1]] {
                assert_eq!(band_at(hz), band, "{hz} Hz");
            }
        }
        assert_eq!(band_at(0.0), 0);
        assert_eq!(band_at(1e6), BANDS - 1);
    }

    #[test]
    fn listening_to_a_band_ends_and_leaves_what_else_is_auditioned() {
        let shared = Shared::default();
        listen(&shared, Some(3));
        let expected = Audition::Band {
            low_hz: EDGES_HZ[3],
            high_hz: EDGES_HZ[4],
        };
        assert_eq!(shared.audition(), expected);
        listen(&shared, None);
        assert_eq!(shared.audition(), Audition::Off);
        shared.set_audition(Audition::TameCut);
        listen(&shared, None);
        assert_eq!(shared.audition(), Audition::TameCut);
    }
}
