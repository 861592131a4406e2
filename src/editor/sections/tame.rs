//! Tame's section.

use egui::{Align2, Sense, pos2};

use super::section::{Dial, HEAD, PAD, Section};
use crate::editor::controls::lamp_button;
use crate::editor::meters::MeterBridge;
use crate::editor::theme;
use crate::params::AuralisParams;
use crate::shared::Shared;
use auralis_dsp::chain::audition::Audition;
use auralis_engine::params::ParamId;

/// The suppressor of resonances.
pub fn tame(section: Section, params: &AuralisParams, (shared, bridge): (&Shared, &MeterBridge)) {
    let help = "Switches Tame: it cuts resonances, what stands out of the programme's own spectrum and stays \
                where it is.";
    let power = params.switch(ParamId::TameOn);
    let mut section = section.switched_by(power);
    let dials = [
        Dial::new(
            "Depth",
            params.number(ParamId::TameDepth),
            "Share of what stands out that is cut.",
        ),
        Dial::new(
            "Sharpness",
            params.number(ParamId::TameSharpness),
            "How narrow a peak must be to count.",
        ),
        Dial::new(
            "Speed",
            params.number(ParamId::TameSpeed),
            "Time constant of cut and release. How long a peak must stand follows it: a second or two at 40 ms, \
             some 50 ms at 4 ms. Slow spares notes.",
        ),
        Dial::new(
            "Low",
            params.number(ParamId::TameLow),
            "It works from here.",
        ),
        Dial::new(
            "High",
            params.number(ParamId::TameHigh),
            "It works up to here.",
        ),
        Dial::new(
            "Link",
            params.number(ParamId::TameLink),
            "How much the channels share their cuts.",
        )
        .stereo(&shared.meters),
    ];
    section.knobs(3, &dials);
    section.power_at(section.switch(0.0, 2.0, 1.2), power, help);
    hear_cut(&section, shared);
    deepest_cut(&section, bridge.tame_cut_db());
}

/// The deepest cut, held for a while, at the right of the title.
fn deepest_cut(section: &Section, cut_db: f32) {
    let rect = section.rect;
    if !section.lively || cut_db <= 0.05 {
        return;
    }
    let at = pos2(rect.right() - PAD - 3.0, rect.top() + 0.5 * HEAD + 1.0);
    let (text, font) = (
        format!("Cut {cut_db:.1} dB"),
        theme::font(theme::LABEL_SIZE),
    );
    let painter = section.ui.painter();
    let place = painter.text(at, Align2::RIGHT_CENTER, text, font, theme::ACCENT);
    let id = section.ui.scope_id().with("tame cut");
    let help =
        "The deepest cut of all resonances, held for a moment. The history shows the last minute.";
    section
        .ui
        .interact(place, id, Sense::empty())
        .on_hover_text(help);
}

/// The button that lets one hear what is taken away.
fn hear_cut(section: &Section, shared: &Shared) {
    let lit = shared.audition() == Audition::TameCut;
    let at = section.switch(1.2, 2.0, 0.8);
    let help =
        "Lets you hear only what Tame takes away. Click again for the master. Never in a bounce.";
    let response = lamp_button(section.ui, at, "Hear cut", lit, theme::TARGET).on_hover_text(help);
    if response.clicked() {
        shared.set_audition(if lit {
            Audition::Off
        } else {
            Audition::TameCut
        });
    }
}
