//! The equaliser.

use egui::{Rect, vec2};

use super::section::{Dial, Section};
use crate::editor::controls::segments;
use crate::params::AuralisParams;
use crate::shared::Meters;
use auralis_engine::params::ParamId;

/// The adaptive EQ; its target is chosen above the spectrum.
pub fn eq(section: Section, params: &AuralisParams, meters: &Meters) {
    let help = "Switches the equaliser, adaptive and manual.";
    let mut section = section.power(params.switch(ParamId::EqOn), help);
    let dials = [
        Dial::new(
            "Amount",
            params.number(ParamId::EqAmount),
            "Share of the correction towards the target that is applied.",
        ),
        Dial::new(
            "Range",
            params.number(ParamId::EqRange),
            "Largest adaptive gain of a band, up or down.",
        ),
        Dial::new(
            "Speed",
            params.number(ParamId::EqSpeed),
            "Time constant with which the EQ follows the programme.",
        ),
        Dial::new(
            "Tilt",
            params.number(ParamId::EqTilt),
            "Tilts the whole spectrum about 1 kHz.",
        ),
    ];
    section.knobs(3, &dials);
    let rate = meters.sample_rate.get();
    if rate > 0.0 {
        let body = section.body();
        let size = vec2(body.width() / 3.0, 0.5 * body.height());
        let place = Rect::from_min_size(body.max - size, size);
        let ms = 1000.0 * meters.latency_samples.get() / rate;
        section.note(place, ["Latency", &format!("{ms:.1} ms")]);
    }
    let help = "Linear: no phase distortion, most latency. Minimum: least latency. Mixed: minimum in the bass, \
                linear above, so that bass is not heard before a click. Nothing else changes the latency.";
    let at = section.switch(0.0, 1.0, 1.0);
    segments(
        section.ui,
        at,
        section.writer,
        params.choice(ParamId::EqPhase),
        help,
    );
}
