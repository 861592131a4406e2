//! The latency of the built plug-in: what is reported, and where the audio comes out.

use auralis::tools::clap_host::{ParamEvent, RenderOptions};

use super::{ALL_OFF, music, plugin};

#[test]
#[ignore = "needs the bundle: cargo xtask test"]
fn the_latency_is_reported_once_and_anew_only_with_the_phase() {
    let mut plugin = plugin(&ALL_OFF);
    let mixed = plugin
        .render(&music(48_000, 1.0), &RenderOptions::default())
        .unwrap();
    let settled = plugin.latency_changes();
    for (name, text) in [
        ("Comp Lookahead", "5 ms"),
        ("Limiter True Peak", "Off"),
        ("EQ On", "On"),
    ] {
        plugin.set_text(name, text).unwrap();
        let out = plugin
            .render(&music(48_000, 0.5), &RenderOptions::default())
            .unwrap();
        assert_eq!(out.latency_samples, mixed.latency_samples, "{name}");
    }
    assert_eq!(
        plugin.latency_changes(),
        settled,
        "reported without a change"
    );
    let mut last = 0;
    for (phase, most) in [("Minimum", 576), ("Mixed", 1920), ("Linear", 1920)] {
        plugin.set_text("EQ Phase", phase).unwrap();
        let out = plugin
            .render(&music(48_000, 0.5), &RenderOptions::default())
            .unwrap();
        let got = out.latency_samples;
        assert!(last < got && got <= most, "{phase}: {got} samples");
        last = got;
    }
}

#[test]
#[ignore = "needs the bundle: cargo xtask test"]
fn a_change_of_phase_under_way_ends_aligned_again() {
    let input = music(48_000, 6.0);
    let options = RenderOptions {
        events: vec![ParamEvent::text(96_000, "EQ Phase", "Minimum")],
        ..RenderOptions::default()
    };
    let mut plugin = plugin(&ALL_OFF);
    let out = plugin.render(&input, &options).unwrap();
    let latency = plugin.latency_samples();
    assert!(latency <= 576, "still {latency} samples");
    // The host compensates the latency of the start, or the new one if it has switched on anew.
    let early = (out.latency_samples as usize).saturating_sub(latency);
    let last = 4 * 48_000..5 * 48_000;
    let (got, input) = (&out.audio.channels[0], &input.channels[0]);
    let is_late_by = |n: usize| got[last.clone()] == input[last.start + n..last.end + n];
    assert!(is_late_by(early) || is_late_by(0), "not aligned, {early}");
}
