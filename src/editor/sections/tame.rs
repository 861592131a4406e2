//! Tame's section.

use egui::{Rect, pos2};

use super::section::{Dial, HEAD, PAD, Section};
use crate::editor::controls::hold_button;
use crate::editor::meters::MeterBridge;
use crate::editor::theme;
use crate::params::AuralisParams;
use crate::shared::Shared;
use auralis_dsp::chain::audition::Audition;
use auralis_engine::params::ParamId;

/// Width of the button that lets one hear the cut, in points.
const WIDTH: f32 = 78.0;

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
            "Time constant of cut and release. How long a peak must have stood follows it: 0.5 s at 40 ms, at \
             once below 10 ms. Slow spares notes.",
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
    section.power_below(power, help);
    deepest_cut(&section, bridge.tame_cut_db(), shared);
}

/// The deepest cut, held for a while, at the right of the title: held down, what is cut is heard alone.
fn deepest_cut(section: &Section, cut_db: f32, shared: &Shared) {
    if !section.lively {
        listen(shared, false);
        return;
    }
    let rect = section.rect;
    let place = Rect::from_min_max(
        pos2(rect.right() - PAD - WIDTH, rect.top() + 4.0),
        pos2(rect.right() - PAD, rect.top() + HEAD - 2.0),
    );
    let text = if cut_db > 0.05 {
        format!("Cut {cut_db:.1} dB")
    } else {
        String::from("No cut")
    };
    let is_heard = shared.audition() == Audition::TameCut;
    let response = hold_button(section.ui, place, ("cut", &text), is_heard, theme::ALARM);
    let is_held = response.is_pointer_button_down_on();
    listen(shared, is_held);
    if is_held {
        return;
    }
    let help = "The deepest cut of all resonances, held for a moment. Hold to hear only what Tame takes away. The \
                history shows the last minute.";
    response.on_hover_text(help);
}

/// Starts or ends listening to what Tame takes away.
fn listen(shared: &Shared, is_held: bool) {
    match (is_held, shared.audition()) {
        (true, _) => shared.set_audition(Audition::TameCut),
        (false, Audition::TameCut) => shared.set_audition(Audition::Off),
        (false, _) => {}
    }
}
