//! The panel without a window: egui runs, nothing is painted.

use std::collections::BTreeSet;

use egui::{RawInput, Rect, pos2, vec2};

use super::*;
use crate::dsp::options::Target;
use crate::params::contract::TABLE;

/// Draws frames of `size` and returns the names of the parameters that had a control.
fn frames(panel: &mut Panel, size: egui::Vec2) -> BTreeSet<String> {
    let ctx = egui::Context::default();
    theme::apply(&ctx);
    for frame in 0..3 {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), size)),
            time: Some(0.03 * f64::from(frame)),
            ..RawInput::default()
        };
        let mut output = ctx.run_ui(input, |ui| {
            panel.advance(ui.ctx());
            panel.draw(ui);
        });
        // Nobody paints: egui wants to be told that the textures are dropped on purpose.
        output.textures_delta.clear();
    }
    panel.writer.shown.borrow().iter().cloned().collect()
}

fn panel() -> Panel {
    Panel::new(AuralisParams::shared(), Shared::new())
}

#[test]
fn every_parameter_of_the_contract_has_a_control() {
    let shown = frames(&mut panel(), vec2(1080.0, 720.0));
    for row in TABLE.iter() {
        assert!(shown.contains(&row.name), "no control for {}", row.id);
    }
}

#[test]
fn any_size_can_be_drawn() {
    for (width, height) in [(1.0, 1.0), (200.0, 900.0), (860.0, 560.0), (3840.0, 2160.0)] {
        frames(&mut panel(), vec2(width, height));
    }
}

#[test]
fn nonsense_from_the_analysis_can_be_drawn() {
    let mut panel = panel();
    let mut view = panel.shared.view().clone();
    view.hops = 1;
    view.input_db = [f32::NAN; crate::dsp::bands::BANDS];
    view.applied_db = [f32::INFINITY; crate::dsp::bands::BANDS];
    view.profiles = vec![(Target::Pop, f32::NAN)];
    *panel.shared.view() = view;
    panel.shared.meters.input_peak[0].set(f32::NAN);
    panel.shared.meters.output_loudness.integrated.set(f32::NAN);
    *panel.params.persisted.notice.write().unwrap() = "The state was refused.".to_owned();
    frames(&mut panel, vec2(1080.0, 720.0));
}
