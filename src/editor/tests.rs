//! The panel without a window: egui runs, nothing is painted.

use std::collections::BTreeSet;

use egui::{Event, Key, RawInput, Rect, pos2, vec2};

use super::*;
use crate::song_file::Look;
use auralis_dsp::eq::design::Curve;
use auralis_dsp::options::EqPhase;
use auralis_engine::ear::target::Target;
use auralis_engine::params::TABLE;
use auralis_engine::reference::slot::CaptureSource;

mod habits;
mod steps;
mod walks;

/// A window that nobody sees.
struct Window {
    ctx: egui::Context,
    size: egui::Vec2,
    time: f64,
    /// The texts of the last frame, and where they stand.
    texts: Vec<(String, Rect)>,
}

impl Window {
    fn new(size: egui::Vec2) -> Self {
        let ctx = egui::Context::default();
        theme::apply(&ctx);
        Self {
            ctx,
            size,
            time: 0.0,
            texts: Vec::new(),
        }
    }

    /// Draws a frame in which this happens.
    fn frame(&mut self, panel: &mut Panel, events: Vec<Event>) {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), self.size)),
            time: Some(self.time),
            events,
            ..RawInput::default()
        };
        self.time += 0.03;
        let mut output = self.ctx.run_ui(input, |ui| {
            panel.advance(ui.ctx());
            panel.draw(ui);
        });
        // Nobody paints: egui wants to be told that the textures are dropped on purpose.
        output.textures_delta.clear();
        self.texts.clear();
        for clipped in output.shapes {
            if let egui::Shape::Text(text) = clipped.shape {
                let place = text.visual_bounding_rect();
                self.texts.push((text.galley.text().to_owned(), place));
            }
        }
    }

    /// Types a text and presses the enter key.
    fn enter(&mut self, panel: &mut Panel, text: &str) {
        self.frame(panel, vec![Event::Text(text.to_owned())]);
        self.key(panel, Key::Enter, egui::Modifiers::NONE);
    }

    /// Presses a key.
    fn key(&mut self, panel: &mut Panel, key: Key, modifiers: egui::Modifiers) {
        let event = Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers,
        };
        self.frame(panel, vec![event]);
    }

    /// Where a text that contains this stands.
    fn place_of(&self, text: &str) -> Option<egui::Pos2> {
        let found = self.texts.iter().find(|(shown, _)| shown.contains(text))?;
        Some(found.1.center())
    }

    /// Clicks what shows exactly this text, once it is drawn.
    fn press(&mut self, panel: &mut Panel, text: &str) {
        (0..2).for_each(|_| self.frame(panel, vec![]));
        let shown = self.texts.iter().find(|(shown, _)| shown == text);
        let place = shown.map(|(_, rect)| rect.center());
        let place = place.unwrap_or_else(|| panic!("{text:?} is not shown: {:?}", self.texts));
        self.click(panel, place);
    }

    /// Clicks at a place, a frame for each step.
    fn click(&mut self, panel: &mut Panel, pos: egui::Pos2) {
        self.click_with(panel, pos, egui::PointerButton::Primary);
    }

    /// Clicks with a button, a frame for each step.
    fn click_with(&mut self, panel: &mut Panel, pos: egui::Pos2, button: egui::PointerButton) {
        let button = |pressed| Event::PointerButton {
            pos,
            button,
            pressed,
            modifiers: egui::Modifiers::NONE,
        };
        for event in [Event::PointerMoved(pos), button(true), button(false)] {
            self.frame(panel, vec![event]);
        }
    }
}

/// Draws frames of `size` and returns the names of the parameters that had a control.
fn frames(panel: &mut Panel, size: egui::Vec2) -> BTreeSet<String> {
    let mut window = Window::new(size);
    (0..3).for_each(|_| window.frame(panel, vec![]));
    panel.writer.shown.borrow().iter().cloned().collect()
}

fn panel() -> Panel {
    Panel::new(AuralisParams::shared(), Shared::new())
}

/// Draws frames of `size` and fails where a parameter has no control.
fn assert_whole(panel: &mut Panel, size: egui::Vec2) {
    let shown = frames(panel, size);
    for row in TABLE.iter() {
        assert!(shown.contains(row.name), "{size}: none for {}", row.id);
    }
}

#[test]
fn every_parameter_of_the_contract_has_a_control_at_any_size() {
    for (width, height) in [(1.0, 1.0), (200.0, 900.0), (860.0, 560.0), (3840.0, 2160.0)] {
        assert_whole(&mut panel(), vec2(width, height));
    }
}

#[test]
fn nonsense_from_the_analysis_can_be_drawn() {
    let mut panel = panel();
    let mut picture = panel.shared.picture().clone();
    picture.view.hops = 1;
    picture.view.input_db = [f32::NAN; auralis_dsp::bands::BANDS];
    picture.view.profiles = vec![(Target::Pop, f32::NAN)];
    let mut applied = Curve::new([f32::INFINITY; auralis_dsp::bands::BANDS], EqPhase::Linear);
    applied.side = Some([f32::NAN; auralis_dsp::bands::BANDS].into());
    picture.applied = Some(applied);
    *panel.shared.picture() = picture;
    panel.shared.meters.input_peak[0].set(f32::NAN);
    panel.shared.meters.output_loudness.integrated.set(f32::NAN);
    let text = "The state was refused.".to_owned();
    panel.params.persisted.set_notice(text);
    assert_whole(&mut panel, vec2(1080.0, 720.0));
}

/// Waits for what a thread does by itself.
fn wait_until(what: &str, done: impl Fn() -> bool) {
    let start = std::time::Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(10), "no {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_typed_path_is_read_and_what_is_wrong_with_it_is_shown_until_it_is_known() {
    let mut panel = panel();
    let slot = panel.params.persisted.reference.clone();
    let mut window = Window::new(SIZE);
    window.frame(&mut panel, vec![]);
    window.press(&mut panel, "Load file...");
    window.frame(&mut panel, vec![]);
    window.enter(&mut panel, "/no/such song.wav");
    wait_until("failure", || !slot.failure().is_empty());
    assert!(slot.failure().contains("/no/such song.wav"));
    window.frame(&mut panel, vec![]);
    window.press(&mut panel, "OK");
    assert_eq!(slot.failure(), "");
}

#[test]
fn the_buttons_learn_discard_and_stop() {
    let mut panel = panel();
    let slot = panel.params.persisted.reference.clone();
    let mut window = Window::new(SIZE);
    window.frame(&mut panel, vec![]);
    for (from, end, expected, ended) in [
        (
            "From the sidechain",
            "Discard",
            CaptureSource::Sidechain,
            CaptureSource::Discard,
        ),
        (
            "From the input",
            "Keep",
            CaptureSource::Input,
            CaptureSource::Off,
        ),
    ] {
        window.press(&mut panel, "Learn...");
        window.press(&mut panel, from);
        assert_eq!(slot.source(), expected);
        window.press(&mut panel, end);
        assert_eq!(slot.source(), ended);
        if ended == CaptureSource::Off {
            slot.dismiss();
        }
    }
    let reading = slot.start_reading();
    window.press(&mut panel, "Stop reading");
    assert!(!slot.is_reading() && !reading.is_wanted());
}

/// Types a path into what the button of the song's file opens.
fn learn_from(window: &mut Window, panel: &mut Panel, path: &std::path::Path) {
    let button = window.place_of("Learn file").expect("the button");
    window.click(panel, button);
    window.frame(panel, vec![]);
    window.enter(panel, &path.display().to_string());
}

#[test]
fn one_look_at_a_songs_file_is_decided_and_kept_and_a_bad_one_is_told() {
    let mut panel = panel();
    let look = panel.params.persisted.look.clone();
    let memory = panel.params.persisted.memory.clone();
    let mut window = Window::new(SIZE);
    window.frame(&mut panel, vec![]);
    learn_from(&mut window, &mut panel, "/no/such song.wav".as_ref());
    wait_until("failure", || matches!(look.get(), Look::Failed(_)));
    let Look::Failed(why) = look.get() else {
        unreachable!()
    };
    assert!(why.contains("such song.wav"), "{why}");
    assert_eq!(memory.recall().1, None, "nothing learned");

    let tone = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tone.ogg");
    learn_from(&mut window, &mut panel, &tone);
    wait_until("decision", || look.get() == Look::Decided);
    window.frame(&mut panel, vec![]);
    // The file is too short for a loudness, and long enough for the rest.
    let learned = memory.recall().1.expect("what was decided is kept");
    assert!(
        learned.adaptive.threshold_offset_db != 0.0,
        "{:?}",
        learned.adaptive
    );
    assert_eq!(look.get(), Look::None, "taken");
}

/// Four seconds of a tone that stands off zero, as a WAV of 16 bits.
fn write_tone_with_dc(path: &std::path::Path) {
    let rate = 48_000_u32;
    let samples = (0..4 * rate).flat_map(|i| {
        let tone = 0.3 * (std::f32::consts::TAU * 440.0 * i as f32 / rate as f32).sin();
        let value = ((tone + 0.1) * 32767.0) as i16;
        [value, value].into_iter().flat_map(i16::to_le_bytes)
    });
    let samples: Vec<u8> = samples.collect();
    let size = samples.len() as u32;
    let mut bytes = Vec::new();
    for part in [b"RIFF", &(36 + size).to_le_bytes(), b"WAVE", b"fmt "] {
        bytes.extend_from_slice(part);
    }
    // PCM, two channels, four bytes a frame.
    bytes.extend([16, 0, 0, 0, 1, 0, 2, 0]);
    bytes.extend(rate.to_le_bytes());
    bytes.extend((4 * rate).to_le_bytes());
    bytes.extend([4, 0, 16, 0]);
    bytes.extend(b"data");
    bytes.extend(size.to_le_bytes());
    bytes.extend(samples);
    std::fs::write(path, bytes).expect("a file in the folder for temporary ones");
}

#[test]
fn what_was_found_in_the_songs_file_is_offered_and_not_applied() {
    let mut panel = panel();
    let look = panel.params.persisted.look.clone();
    let mut window = Window::new(SIZE);
    window.frame(&mut panel, vec![]);
    assert_eq!(window.place_of("finding"), None, "nothing was heard yet");
    let path = std::env::temp_dir().join(format!("auralis-dc-{}.wav", std::process::id()));
    write_tone_with_dc(&path);
    learn_from(&mut window, &mut panel, &path);
    wait_until("decision", || look.get() == Look::Decided);
    std::fs::remove_file(&path).expect("it was written");
    (0..2).for_each(|_| window.frame(&mut panel, vec![]));
    let button = window.place_of("finding");
    window.click(
        &mut panel,
        button.unwrap_or_else(|| panic!("no button: {:?}", look.findings())),
    );
    (0..2).for_each(|_| window.frame(&mut panel, vec![]));
    let offer = "Set Input HPF to 5";
    assert!(window.place_of(offer).is_some(), "{:?}", window.texts);
    let hpf = panel
        .params
        .number(auralis_engine::params::ParamId::InputHpf);
    assert_eq!(hpf.value(), 0.0, "nothing is applied by itself");
    // The tone has -11.1 LUFS (two channels, -10.5 dBFS peak), and -14 LUFS are asked for: that is what the input is
    // turned down by where it is heard in place of the master. Blocks and the tolerance of a decision.
    let learned = panel.params.persisted.memory.recall().1.expect("kept");
    let got = learned.adaptive.matched_gain_db;
    assert!((got + 2.9).abs() < 0.3, "{got} dB");
}

#[test]
fn the_presets_open_with_those_of_auralis() {
    let mut panel = panel();
    let mut window = Window::new(SIZE);
    window.frame(&mut panel, vec![]);
    let button = window.place_of("Presets").expect("the button");
    window.click(&mut panel, button);
    (0..2).for_each(|_| window.frame(&mut panel, vec![]));
    for name in ["Streaming", "Vinyl", "Podcast", "Save"] {
        assert!(
            window.place_of(name).is_some(),
            "{name}: {:?}",
            window.texts
        );
    }
}
