//! Whole ways through the panel, in a host that does what the panel asks for.
#![allow(unsafe_code)] // the framework's interface

use std::sync::Arc;

use egui::{Rect, pos2, vec2};
use nice_plug::context::PluginApi;
use nice_plug::context::gui::{GuiContext, GuiContextInner};
use nice_plug::params::internals::ParamPtr;
use nice_plug::plugin::PluginState;

use super::*;
use auralis_dsp::chain::Adaptive;
use auralis_engine::ear::AdaptMode;

pub struct Host;

impl GuiContextInner for Host {
    fn plugin_api(&self) -> PluginApi {
        PluginApi::Clap
    }

    unsafe fn raw_begin_set_parameter(&self, _: ParamPtr) {}

    unsafe fn raw_set_parameter_normalized(&self, param: ParamPtr, normalized: f32) {
        // SAFETY: the panel, which holds the parameters, is alive.
        unsafe { param._internal_set_normalized_value(normalized) };
    }

    unsafe fn raw_end_set_parameter(&self, _: ParamPtr) {}

    fn get_state(&self) -> PluginState {
        unimplemented!("no test asks for it")
    }

    fn set_state(&self, _: PluginState) {}

    fn request_restart(&self) {}
}

/// A panel in a host, and its window.
pub struct Desktop {
    pub panel: Panel,
    pub window: Window,
    clicks: usize,
}

impl Desktop {
    pub fn new(size: egui::Vec2) -> Self {
        let mut panel = panel();
        panel.writer.open(GuiContext::new(Arc::new(Host)));
        let mut window = Window::new(size);
        window.frame(&mut panel, vec![]);
        Self {
            panel,
            window,
            clicks: 0,
        }
    }

    /// Clicks at a text that is this, or begins with it.
    pub fn click(&mut self, text: &str) {
        let texts = &self.window.texts;
        let found = texts.iter().find(|(shown, _)| shown == text);
        let found = found.or_else(|| texts.iter().find(|(shown, _)| shown.starts_with(text)));
        let at = found.unwrap_or_else(|| panic!("no {text:?}: {texts:?}")).1;
        self.window.click(&mut self.panel, at.center());
        self.window.frame(&mut self.panel, vec![]);
        self.clicks += 1;
    }

    pub fn value(&self, param: ParamId) -> f32 {
        self.panel.params.values().get(param)
    }
}

#[test]
fn a_newcomer_holds_a_master_at_the_destination_with_three_clicks() {
    let mut desktop = Desktop::new(SIZE);
    desktop.click("Easy");
    desktop.click("Broadcast -23");
    // The song plays.
    desktop.click("Hold");
    assert_eq!(desktop.clicks, 3);
    assert_eq!(desktop.value(ParamId::LoudTarget), -23.0);
    let mode: AdaptMode = desktop.panel.params.values().choice(ParamId::AdaptMode);
    assert_eq!(mode, AdaptMode::Hold);
    desktop.click("Streaming -14");
    assert_eq!(desktop.value(ParamId::LoudTarget), -14.0);
    (0..3).for_each(|_| desktop.click("Undo"));
    let values = desktop.panel.params.values();
    assert_eq!(values, Default::default(), "everything is undone");
}

#[test]
fn a_destination_leaves_the_sound_as_it_is() {
    let mut desktop = Desktop::new(SIZE);
    desktop.click("Easy");
    desktop.click("Warm");
    desktop.click("Podcast -16");
    let mut expected = auralis_engine::params::Values::default();
    for (id, text) in [
        ("target", "Warm"),
        ("loud_target", "-16"),
        ("loud_range", "24"),
    ] {
        expected.set_text(id, text).unwrap();
    }
    assert_eq!(desktop.panel.params.values(), expected);
}

#[test]
fn a_suggestion_is_applied_when_it_is_clicked_and_undone() {
    let mut desktop = Desktop::new(SIZE);
    let name = format!("auralis-walk-{}.wav", std::process::id());
    let path = std::env::temp_dir().join(name);
    write_tone_with_dc(&path);
    learn_from(&mut desktop.window, &mut desktop.panel, &path);
    let look = desktop.panel.params.persisted.look.clone();
    wait_until("decision", || look.get() == Look::Decided);
    std::fs::remove_file(&path).expect("it was written");
    (0..2).for_each(|_| desktop.window.frame(&mut desktop.panel, vec![]));
    let mode: AdaptMode = desktop.panel.params.values().choice(ParamId::AdaptMode);
    assert_eq!(mode, AdaptMode::Hold, "what was decided is held");
    desktop.click("1 finding");
    desktop.click("Set Input HPF to 5");
    assert_eq!(desktop.value(ParamId::InputHpf), 5.0);
    desktop.window.click(&mut desktop.panel, pos2(400.0, 700.0)); // closes the list
    desktop.window.frame(&mut desktop.panel, vec![]);
    desktop.click("Undo");
    assert_eq!(desktop.value(ParamId::InputHpf), 0.0);
}

/// Fills what is shown with the longest that there is.
fn fill(panel: &Panel) {
    let mut picture = panel.shared.picture();
    let view = &mut picture.view;
    (view.hops, view.listening) = (1, true);
    view.profiles = vec![
        (Target::Classical, 0.5),
        (Target::Electronic, 0.3),
        (Target::Balanced, 0.2),
    ];
    view.reason = "bright, balanced dynamics, wide, 128 BPM, usually at -9 LUFS".to_owned();
    view.pending.loudness_db = -11.9;
    view.desk = Some(DeskReading {
        seconds: 5999.0,
        lufs: [-11.9; 3],
        range_lu: 11.9,
        true_peak_dbtp: -11.9,
        sample_peak_dbfs: -11.9,
        plr_db: Some(11.9),
        psr_db: Some(11.9),
        correlation: Some(0.5),
        spectra_db: [Vec::new(), Vec::new()],
    });
    let mut gains_db = [0.0; auralis_dsp::bands::BANDS];
    (gains_db[10], gains_db[23]) = (-11.9, 11.9);
    picture.applied = Some(Curve::new(gains_db, EqPhase::Linear));
    let meters = &panel.shared.meters;
    meters.sample_rate.set(48_000.0);
    meters.set_adaptive(&Adaptive {
        threshold_offset_db: -38.8,
        ratio_offset: 17.9,
        loudness_gain_db: -12.0,
        makeup_gain_db: 11.9,
        ..Adaptive::NEUTRAL
    });
}

#[test]
fn at_the_smallest_size_nothing_in_the_strip_overlaps_or_is_cut() {
    let mut desktop = Desktop::new(MIN);
    fill(&desktop.panel);
    desktop.panel.ear.update([19.9, 19.9], 1.0);
    let top = 8.0 + toolbar::HEIGHT + theme::GAP;
    let strip = Rect::from_min_size(pos2(8.0, top), vec2(MIN.x - 16.0, ear::HEIGHT));
    for depth in [Depth::Desk, Depth::Easy] {
        desktop.panel.params.persisted.panel.set_depth(depth);
        for mode in ["Learn", "Hold", "Follow"] {
            desktop.click(mode);
            let texts = desktop.window.texts.iter();
            let inside: Vec<_> = texts.filter(|(_, at)| strip.intersects(*at)).collect();
            assert!(inside.len() > 15, "{depth:?}, {mode}: {inside:?}");
            for (i, (text, at)) in inside.iter().enumerate() {
                assert!(
                    strip.contains_rect(*at),
                    "{depth:?}, {mode}: {text:?} at {at:?}"
                );
                assert!(
                    !text.contains('\u{2026}'),
                    "{depth:?}, {mode}: {text:?} is cut"
                );
                for (other, there) in &inside[..i] {
                    let overlap = at.shrink(0.5).intersects(there.shrink(0.5));
                    assert!(!overlap, "{depth:?}, {mode}: {text:?} on {other:?}");
                }
            }
        }
    }
}

#[test]
fn the_easy_panel_fits_the_smallest_size() {
    let mut desktop = Desktop::new(MIN);
    desktop.click("Easy");
    desktop.window.texts.retain(|(text, _)| !text.is_empty());
    let texts = &desktop.window.texts;
    let window = Rect::from_min_size(pos2(0.0, 0.0), MIN);
    for (i, (text, at)) in texts.iter().enumerate() {
        assert!(window.contains_rect(*at), "{text:?} at {at:?}");
        if at.top() > MIN.y - 130.0 {
            for (other, there) in &texts[..i] {
                let overlap = at.shrink(0.5).intersects(there.shrink(0.5));
                assert!(!overlap, "{text:?} on {other:?}");
            }
        }
    }
    assert!(desktop.window.place_of("Ceiling").is_some(), "{texts:?}");
}

#[test]
fn no_two_controls_are_taken_for_one() {
    for (size, depth) in [(SIZE, Depth::Desk), (MIN, Depth::Desk), (SIZE, Depth::Easy)] {
        let mut desktop = Desktop::new(size);
        desktop.panel.params.persisted.panel.set_depth(depth);
        (0..2).for_each(|_| desktop.window.frame(&mut desktop.panel, vec![]));
        let clash = desktop.window.place_of("widget ID");
        assert_eq!(clash, None, "{size} {depth:?}: {:?}", desktop.window.texts);
    }
}

#[test]
fn what_tame_takes_is_heard_until_one_goes_back_to_the_master() {
    let mut panel = panel();
    let mut window = Window::new(SIZE);
    window.press(&mut panel, "Hear cut");
    assert_eq!(panel.shared.audition(), Audition::TameCut);
    window.frame(&mut panel, vec![]);
    let banner = window.place_of("You hear only what Tame takes away");
    assert!(banner.is_some(), "{:?}", window.texts);
    window.press(&mut panel, "Back to the master");
    assert_eq!(panel.shared.audition(), Audition::Off);
    // It is no parameter, so there is nothing to undo.
    assert_eq!(panel.writer.history.borrow().undo_name(), None);
}
