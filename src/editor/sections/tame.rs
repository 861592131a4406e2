//! Tame's section.

use egui::{Align2, pos2};

use super::{Dial, HEAD, PAD, Section};
use crate::editor::theme;
use crate::params::AuralisParams;
use crate::shared::Meters;
use auralis_engine::params::ParamId;

/// The suppressor of resonances.
pub fn tame(section: Section, params: &AuralisParams, meters: &Meters) {
    let help = "Switches Tame: it cuts resonances, what stands out of the programme's own spectrum and stays \
                where it is.";
    let mut section = section.power_below(params.switch(ParamId::TameOn), help);
    let knobs: [Dial; 6] = [
        (
            "Depth",
            params.number(ParamId::TameDepth),
            "Share of what stands out that is cut.",
            None,
        ),
        (
            "Sharpness",
            params.number(ParamId::TameSharpness),
            "How narrow a peak must be to count.",
            None,
        ),
        (
            "Speed",
            params.number(ParamId::TameSpeed),
            "Time constant of cut and release. How long a peak must have stood follows it: 2.6 s at 40 ms, at \
             once below 7 ms. Slow spares notes.",
            None,
        ),
        (
            "Low",
            params.number(ParamId::TameLow),
            "It works from here.",
            None,
        ),
        (
            "High",
            params.number(ParamId::TameHigh),
            "It works up to here.",
            None,
        ),
        (
            "Link",
            params.number(ParamId::TameLink),
            "How much the channels share their cuts.",
            None,
        ),
    ];
    section.knobs(3, &knobs);
    let cut_db = meters.tame_cut_db.get();
    if section.lively && cut_db > 0.05 {
        let at = pos2(
            section.rect.right() - PAD,
            section.rect.top() + 0.5 * HEAD + 1.0,
        );
        let (text, font) = (format!("-{cut_db:.1} dB"), theme::font(11.0));
        let painter = section.ui.painter();
        painter.text(at, Align2::RIGHT_CENTER, text, font, theme::TEXT);
    }
}
