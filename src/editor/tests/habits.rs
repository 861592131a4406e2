//! Keys, menus, what is played, and what mono greys.

use super::*;
use crate::editor::controls::recorder::{Recorder, Step};
use egui::{Modifiers, PointerButton, vec2};
use nice_plug::prelude::Param;

/// A panel with a host that writes down what it is told, and a window of it.
fn recorded() -> (Panel, Recorder, Window) {
    let (mut panel, recorder) = (panel(), Recorder::default());
    panel.writer.open(recorder.context());
    let mut window = Window::new(SIZE);
    (0..2).for_each(|_| window.frame(&mut panel, vec![]));
    (panel, recorder, window)
}

/// The dial below a name.
fn dial(window: &Window, name: &str) -> egui::Pos2 {
    let name = window.place_of(name).unwrap_or_else(|| panic!("no {name}"));
    name + vec2(0.0, 30.0)
}

/// The values that were set since the last look.
fn set(recorder: &Recorder, seen: &mut usize) -> Vec<f32> {
    let steps = recorder.steps();
    let new = steps[*seen..].iter().filter_map(|step| match step {
        Step::Set(value) => Some(*value),
        _ => None,
    });
    let values = new.collect();
    *seen = steps.len();
    values
}

#[test]
fn a_clicked_knob_takes_the_arrows_and_leaves_the_space_bar() {
    let (mut panel, recorder, mut window) = recorded();
    let at = dial(&window, "Threshold");
    window.click(&mut panel, at);
    window.frame(&mut panel, vec![]);
    let mut seen = recorder.steps().len();
    let before = panel
        .params
        .number(ParamId::CompThreshold)
        .unmodulated_normalized_value();
    for (key, modifiers, expected) in [
        (Key::ArrowUp, Modifiers::NONE, vec![before + 0.01]),
        (Key::ArrowDown, Modifiers::SHIFT, vec![before - 0.001]),
        (Key::PageDown, Modifiers::NONE, vec![before - 0.1]),
        (Key::Home, Modifiers::NONE, vec![0.0]),
        (Key::End, Modifiers::NONE, vec![1.0]),
        (Key::Space, Modifiers::NONE, vec![]),
        // The host of this test does not move anything: the default is where it stands.
        (Key::Delete, Modifiers::NONE, vec![]),
    ] {
        window.key(&mut panel, key, modifiers);
        let got = set(&recorder, &mut seen);
        let is_near = got.len() == expected.len()
            && got
                .iter()
                .zip(&expected)
                .all(|(got, expected)| (got - expected).abs() < 1e-5);
        assert!(is_near, "{key:?}: {got:?}, expected {expected:?}");
    }
    window.key(&mut panel, Key::Escape, Modifiers::NONE);
    window.frame(&mut panel, vec![]);
    window.key(&mut panel, Key::ArrowUp, Modifiers::NONE);
    assert_eq!(set(&recorder, &mut seen), Vec::<f32>::new(), "after Escape");
}

#[test]
fn enter_opens_the_field_and_gives_the_knob_its_keys_back() {
    let (mut panel, recorder, mut window) = recorded();
    let at = dial(&window, "Threshold");
    window.click(&mut panel, at);
    window.frame(&mut panel, vec![]);
    window.key(&mut panel, Key::Enter, Modifiers::NONE);
    window.frame(&mut panel, vec![]);
    let mut seen = recorder.steps().len();
    window.enter(&mut panel, "-33");
    let wanted = panel
        .params
        .number(ParamId::CompThreshold)
        .preview_normalized(-33.0);
    assert_eq!(set(&recorder, &mut seen), [wanted]);
    (0..2).for_each(|_| window.frame(&mut panel, vec![]));
    window.key(&mut panel, Key::End, Modifiers::NONE);
    assert_eq!(set(&recorder, &mut seen), [1.0], "the knob after its field");
}

#[test]
fn tab_goes_through_a_section_from_left_to_right_and_top_to_bottom() {
    let (mut panel, recorder, mut window) = recorded();
    let at = dial(&window, "Threshold");
    window.click(&mut panel, at);
    window.frame(&mut panel, vec![]);
    let mut seen = recorder.steps().len();
    for id in [
        ParamId::CompRatio,
        ParamId::CompKnee,
        ParamId::CompMakeup,
        ParamId::CompAttack,
    ] {
        window.key(&mut panel, Key::Tab, Modifiers::NONE);
        window.frame(&mut panel, vec![]);
        let before = panel.params.number(id).unmodulated_normalized_value();
        window.key(&mut panel, Key::PageUp, Modifiers::NONE);
        let got = set(&recorder, &mut seen);
        let is_near = got.len() == 1 && (got[0] - before - 0.1).abs() < 1e-5;
        assert!(is_near, "{id:?}: {got:?}, {before}");
    }
}

/// Opens the menu of the threshold and clicks a line of it.
fn choose(window: &mut Window, panel: &mut Panel, name: &str, line: &str) {
    let at = dial(window, name);
    window.click_with(panel, at, PointerButton::Secondary);
    (0..2).for_each(|_| window.frame(panel, vec![]));
    let item = window.place_of(line);
    let item = item.unwrap_or_else(|| panic!("no {line:?} in {:?}", window.texts));
    window.click(panel, item);
    (0..2).for_each(|_| window.frame(panel, vec![]));
}

#[test]
fn the_menu_copies_pastes_and_opens_the_field() {
    let (mut panel, recorder, mut window) = recorded();
    let mut seen = 0;
    choose(&mut window, &mut panel, "Threshold", "Copy value");
    assert_eq!(
        recorder.steps(),
        [],
        "a copy and a right click move nothing"
    );
    // A value in dB is one of the ceiling's too, at the end of its range; it is none of a time.
    choose(&mut window, &mut panel, "Ceiling", "Paste -20.0");
    assert_eq!(set(&recorder, &mut seen), [0.0]);
    choose(&mut window, &mut panel, "Attack", "Paste -20.0");
    assert_eq!(set(&recorder, &mut seen), Vec::<f32>::new(), "no time");
    window.key(&mut panel, Key::Escape, Modifiers::NONE);
    choose(&mut window, &mut panel, "Threshold", "Enter value");
    window.enter(&mut panel, "-33");
    let wanted = panel
        .params
        .number(ParamId::CompThreshold)
        .preview_normalized(-33.0);
    assert_eq!(set(&recorder, &mut seen), [wanted]);
}

#[test]
fn the_menu_undoes_the_last_step() {
    let (mut panel, recorder, mut window) = recorded();
    let ceiling = panel.params.number(ParamId::LimCeiling);
    panel.writer.once(ceiling, 0.25);
    let before = ceiling.unmodulated_normalized_value();
    let mut seen = recorder.steps().len();
    assert_ne!(before, 0.25);
    choose(&mut window, &mut panel, "Threshold", "Undo Limiter Ceiling");
    // The host of this test has not moved it: what undoing sets is where it stands.
    assert_eq!(set(&recorder, &mut seen), Vec::<f32>::new());
    let steps = recorder.steps();
    assert_eq!(steps[steps.len() - 2..], [Step::Begin, Step::End]);
    assert_eq!(panel.writer.history.borrow().undo_name(), None);
}

#[test]
fn the_values_in_use_are_numbers_beside_what_was_set() {
    let mut panel = panel();
    let mut adaptive = auralis_dsp::chain::Adaptive::NEUTRAL;
    adaptive.threshold_offset_db = -3.4;
    adaptive.ratio_offset = 0.5;
    panel.shared.meters.set_adaptive(&adaptive);
    let mut window = Window::new(SIZE);
    window.frame(&mut panel, vec![]);
    // Beside the knob, and not in a sentence of the ear's.
    let number = |window: &Window, text: &str| {
        let mut texts = window.texts.iter();
        texts
            .find(|(shown, _)| shown.trim_end_matches(" dB") == text)
            .map(|(_, at)| at.center())
    };
    assert!(number(&window, "-23.40").is_none(), "nothing runs yet");
    panel.shared.meters.sample_rate.set(48_000.0);
    window.frame(&mut panel, vec![]);
    for (set, in_use) in [("-20.00", "-23.40"), ("2.00:1", "2.50:1")] {
        let places = [set, in_use].map(|text| number(&window, text));
        let [Some(set), Some(in_use)] = places else {
            panic!("{set}, {in_use}: {:?}", window.texts);
        };
        assert!(
            (set.x - in_use.x).abs() < 1.0 && in_use.y > set.y,
            "{set} {in_use}"
        );
    }
}

#[test]
fn what_needs_two_channels_says_so_in_mono() {
    for (channels, says) in [(2.0, false), (1.0, true)] {
        let mut panel = panel();
        panel.shared.meters.channels.set(channels);
        let mut window = Window::new(SIZE);
        window.frame(&mut panel, vec![]);
        let at = dial(&window, "Width");
        window.frame(&mut panel, vec![Event::PointerMoved(at)]);
        (0..40).for_each(|_| window.frame(&mut panel, vec![]));
        assert!(
            window.place_of("Stereo Width: 100").is_some(),
            "{:?}",
            window.texts
        );
        let got = window.place_of("this track is mono").is_some();
        assert_eq!(got, says, "{channels} channels");
    }
}

#[test]
fn at_the_smallest_size_the_numbers_end_above_the_sections() {
    let mut panel = panel();
    let mut window = Window::new(MIN);
    window.frame(&mut panel, vec![]);
    let below = window.place_of("Stereo").expect("a section").y;
    for name in ["Short-term", "True peak", "Range (LRA)", "Input"] {
        let at = window.place_of(name).unwrap_or_else(|| panic!("no {name}"));
        assert!(
            at.y < below - 20.0,
            "{name} at {at}, the sections at {below}"
        );
    }
}

#[test]
fn the_bands_of_the_plot_are_reached_by_tab_and_have_a_menu() {
    let (mut panel, recorder, mut window) = recorded();
    let at = dial(&window, "Gain");
    window.click(&mut panel, at);
    window.frame(&mut panel, vec![]);
    // The control before the first of the sections is the last band.
    window.key(&mut panel, Key::Tab, Modifiers::SHIFT);
    window.frame(&mut panel, vec![]);
    let mut seen = recorder.steps().len();
    let before = panel.params.band(24).unmodulated_normalized_value();
    window.key(&mut panel, Key::PageUp, Modifiers::NONE);
    let got = set(&recorder, &mut seen);
    assert!(
        got.len() == 1 && (got[0] - before - 0.1).abs() < 1e-5,
        "{got:?} from {before}"
    );
    let tag = window.place_of("+0.00 dB").expect("its gain is shown");
    window.click_with(&mut panel, tag + vec2(0.0, 24.0), PointerButton::Secondary);
    (0..2).for_each(|_| window.frame(&mut panel, vec![]));
    assert!(
        window.place_of("Copy value").is_some(),
        "{:?}",
        window.texts
    );
}

#[test]
fn the_modes_take_the_arrows() {
    let (mut panel, recorder, mut window) = recorded();
    window.press(&mut panel, "Learn");
    let mut seen = recorder.steps().len();
    window.key(&mut panel, Key::ArrowRight, Modifiers::NONE);
    assert_eq!(set(&recorder, &mut seen), [0.5], "Hold");
    let at = window.place_of("Follow").expect("a mode");
    window.click_with(&mut panel, at, PointerButton::Secondary);
    (0..2).for_each(|_| window.frame(&mut panel, vec![]));
    assert!(window.place_of("Reset to").is_some(), "{:?}", window.texts);
}

#[test]
fn the_right_button_on_a_list_opens_its_menu_and_not_the_list() {
    let (mut panel, _, mut window) = recorded();
    let at = window.place_of("Auto").expect("the target");
    window.click_with(&mut panel, at, PointerButton::Secondary);
    (0..2).for_each(|_| window.frame(&mut panel, vec![]));
    assert!(window.place_of("Copy value").is_some());
    assert_eq!(window.place_of("Hip-Hop"), None, "{:?}", window.texts);
}
