//! Undoing, what comes by itself, and buttons that are held.

use std::sync::Arc;

use egui::pos2;
use nice_plug::context::gui::GuiContext;
use nice_plug::prelude::Param;

use super::walks::{Desktop, Host};
use super::*;
use auralis_dsp::chain::Adaptive;
use auralis_engine::ear::Reference;
use auralis_engine::ear::reference::ReferenceCapture;

/// Four seconds of noise as a reference of this name.
fn reference(name: &str) -> Reference {
    let mut capture = ReferenceCapture::new(48_000.0, 1, 2400);
    let noise = auralis_dsp::signals::noise(1, 2400 * 80);
    noise.chunks(2400).for_each(|hop| capture.push(&[hop]));
    capture.finish(name).expect("it is long enough")
}

/// The names on the shelf.
fn on_the_shelf(desktop: &Desktop) -> Vec<String> {
    let shelved = desktop.panel.params.persisted.shelf.get();
    let names = (0..crate::shelf::PLACES).filter_map(|place| shelved.at(place));
    names.map(|kept| kept.reference.name().to_owned()).collect()
}

#[test]
fn a_reference_of_the_project_is_no_step_and_one_that_comes_is() {
    let desktop = Desktop::new(SIZE);
    let kept = &desktop.panel.params.persisted;
    kept.reference.replace(Some(reference("one")));
    kept.shelf.take_up(&kept.reference);
    let with_one = kept.serialize_fields();

    let mut desktop = Desktop::new(SIZE);
    let undo_name = |desktop: &Desktop| {
        let history = desktop.panel.writer.history.borrow();
        history.undo_name().map(str::to_owned)
    };
    let kept = &desktop.panel.params.persisted;
    // A project is loaded while the panel is open; one of version 0.1.0 knows no shelf.
    for leaves_out in ["", "references"] {
        let mut fields = with_one.clone();
        fields.remove(leaves_out);
        kept.deserialize_fields(&fields);
    }
    desktop.window.frame(&mut desktop.panel, vec![]);
    assert_eq!(undo_name(&desktop), None);
    assert_eq!(on_the_shelf(&desktop), ["one"]);
    let kept = &desktop.panel.params.persisted;
    kept.reference.replace(Some(reference("two")));
    desktop.window.frame(&mut desktop.panel, vec![]);
    assert_eq!(undo_name(&desktop).as_deref(), Some("Reference"));
    for (button, expected) in [
        ("Undo", &["one"][..]),
        ("Redo", &["one", "two"]),
        ("Undo", &["one"]),
    ] {
        desktop.click(button);
        assert_eq!(on_the_shelf(&desktop), expected, "{button}");
    }
    assert_eq!(undo_name(&desktop), None, "what the project brought stays");
}

#[test]
fn a_panel_that_opens_on_a_project_with_references_has_nothing_to_undo() {
    let mut panel = panel();
    let kept = &panel.params.persisted;
    kept.reference.replace(Some(reference("one")));
    let mut window = Window::new(SIZE);
    window.frame(&mut panel, vec![]);
    assert_eq!(panel.writer.history.borrow().undo_name(), None);
}

#[test]
fn a_stroke_is_a_step_even_where_the_window_closes_in_its_middle() {
    use egui::PointerButton::{Primary, Secondary};
    let mut desktop = Desktop::new(SIZE);
    desktop.click("Draw");
    let button = |pos, button, pressed| Event::PointerButton {
        pos,
        button,
        pressed,
        modifiers: egui::Modifiers::NONE,
    };
    let (at, outside) = (pos2(400.0, 300.0), pos2(5.0, 2000.0));
    let flat = desktop.panel.params.values();
    for events in [
        vec![Event::PointerMoved(at)],
        vec![button(at, Secondary, true)],
        vec![button(at, Secondary, false)],
    ] {
        desktop.window.frame(&mut desktop.panel, events);
    }
    assert_eq!(
        desktop.panel.params.values(),
        flat,
        "the right button draws nothing"
    );
    for events in [
        vec![button(at, Primary, true)],
        vec![Event::PointerMoved(outside)],
    ] {
        desktop.window.frame(&mut desktop.panel, events);
    }
    let drawn = desktop.panel.params.values();
    let lowest = drawn.get(ParamId::eq_band(0));
    assert_eq!(
        lowest, -12.0,
        "a stroke that leaves the plot ends at its edge"
    );
    window::Content::close(&mut desktop.panel);
    desktop.panel.writer.open(GuiContext::new(Arc::new(Host)));
    desktop.window = Window::new(SIZE);
    desktop.window.frame(&mut desktop.panel, vec![]);
    desktop.click("Undo");
    assert_eq!(desktop.panel.params.values(), flat);
}

#[test]
fn a_button_whose_number_moves_under_the_finger_is_pressed() {
    use egui::PointerButton::Primary;
    let mut desktop = Desktop::new(SIZE);
    let at = desktop
        .window
        .place_of("Input +0.0 dB")
        .expect("the button");
    for (gain_db, pressed) in [(2.0, true), (2.4, false)] {
        desktop.panel.shared.meters.set_adaptive(&Adaptive {
            matched_gain_db: gain_db,
            ..Adaptive::NEUTRAL
        });
        let event = Event::PointerButton {
            pos: at,
            button: Primary,
            pressed,
            modifiers: egui::Modifiers::NONE,
        };
        let events = vec![Event::PointerMoved(at), event];
        desktop.window.frame(&mut desktop.panel, events);
    }
    assert_eq!(desktop.value(ParamId::Listen), 2.0, "the matched input");
}

#[test]
fn another_reference_that_is_used_instead_is_the_one_that_plays() {
    let mut desktop = Desktop::new(SIZE);
    let tone = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tone.ogg");
    let folder = tempfile::tempdir().unwrap();
    let files = ["one", "two"].map(|name| {
        let path = folder.path().join(name);
        std::fs::copy(&tone, &path).expect("a copy");
        path
    });
    let kept = &desktop.panel.params.persisted;
    for (name, path) in ["one", "two"].into_iter().zip(&files) {
        kept.reference.replace(Some(reference(name).in_file(path)));
        kept.shelf.take_up(&kept.reference);
    }
    desktop.window.frame(&mut desktop.panel, vec![]);
    desktop.click("Play");
    assert!(desktop.panel.player.plays(&files[1]));
    desktop.click("1  one");
    assert!(desktop.panel.player.plays(&files[0]));
    assert!(desktop.window.place_of("the reference one").is_some());
    // Nothing that is used can be played.
    let kept = &desktop.panel.params.persisted;
    kept.reference.replace(None);
    (0..2).for_each(|_| desktop.window.frame(&mut desktop.panel, vec![]));
    assert!(!desktop.panel.player.is_on());
    assert_eq!(kept_failure(&desktop), "");
}

/// What went wrong with a reference.
fn kept_failure(desktop: &Desktop) -> String {
    desktop.panel.params.persisted.reference.failure()
}

#[test]
fn what_is_cut_off_at_the_smallest_size_is_told_in_full() {
    let mut desktop = Desktop::new(MIN);
    let hint = "None yet.";
    let at = desktop.window.place_of(hint).expect("the hint");
    let events = vec![Event::PointerMoved(at)];
    desktop.window.frame(&mut desktop.panel, events);
    (0..40).for_each(|_| desktop.window.frame(&mut desktop.panel, vec![]));
    let texts = desktop.window.texts.iter();
    let hints = texts.filter(|(text, _)| text.starts_with(hint)).count();
    assert_eq!(hints, 2, "the line and its tooltip");
}

#[test]
fn the_plots_labels_lie_below_its_buttons() {
    for size in [MIN, SIZE] {
        let mut desktop = Desktop::new(size);
        desktop.window.frame(&mut desktop.panel, vec![]);
        let texts = &desktop.window.texts;
        let at = |text: &str| {
            let found = texts.iter().find(|(shown, _)| shown == text);
            found.unwrap_or_else(|| panic!("no {text}: {texts:?}")).1
        };
        // The button is 18 points high.
        let bottom = at("\u{b1}15 dB").center().y + 9.0;
        let top = at("+15").top();
        assert!(
            top > bottom,
            "{size}: the label at {top}, the button to {bottom}"
        );
    }
}

#[test]
fn what_was_copied_from_one_side_to_the_other_is_undone() {
    let mut desktop = Desktop::new(SIZE);
    let tilt = |desktop: &Desktop, db: f32| {
        let param = desktop.panel.params.number(ParamId::EqTilt);
        desktop
            .panel
            .writer
            .once(param, param.preview_normalized(db));
    };
    tilt(&desktop, 1.0);
    desktop.click("B");
    tilt(&desktop, -1.0);
    desktop.click("B to A");
    desktop.click("Undo");
    desktop.click("A");
    assert_eq!(desktop.value(ParamId::EqTilt), 1.0);
    // All the way back, and forth again.
    (0..4).for_each(|_| desktop.click("Undo"));
    assert_eq!(desktop.panel.params.values(), Default::default());
    (0..3).for_each(|_| desktop.click("Redo"));
    assert_eq!(desktop.value(ParamId::EqTilt), -1.0);
    desktop.click("A");
    assert_eq!(desktop.value(ParamId::EqTilt), 1.0);
}

#[test]
fn at_the_smallest_size_banner_and_notice_leave_room_for_the_plot() {
    let mut desktop = Desktop::new(MIN);
    let heights = |desktop: &Desktop| {
        let texts = &desktop.window.texts;
        let at = |text: &str| {
            let found = texts.iter().find(|(shown, _)| shown == text);
            found.unwrap_or_else(|| panic!("no {text}: {texts:?}")).1
        };
        // The labels of the level axis' ends.
        at("-84").center().y - at("-12").center().y
    };
    let bypass = desktop.panel.params.switch(ParamId::Bypass);
    desktop.panel.writer.once(bypass, 1.0);
    let notice = "The state was refused.".to_owned();
    desktop.panel.params.persisted.set_notice(notice);
    (0..2).for_each(|_| desktop.window.frame(&mut desktop.panel, vec![]));
    let height = heights(&desktop);
    // Six labels of 9 points.
    assert!(height > 6.0 * 12.0, "{height} points");
}
