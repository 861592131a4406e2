//! What a user of the panel would notice of its window.

use std::time::Duration;

use x11rb::protocol::xproto::Window;

use crate::host::{Host, Opening};
use crate::plugin::Manners;
use crate::screen::Screen;

/// The size of a new panel, in points.
const USUAL: (u32, u32) = (1200, 840);
/// The same at a scale of 2, in pixels.
const DOUBLE: (u32, u32) = (2400, 1680);

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Open files of this process.
pub fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Threads of this process.
fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

#[test]
fn the_first_window_draws_however_late_it_is_shown() {
    let Some(screen) = Screen::open() else { return };
    for wait in [0, 30, 300] {
        let mut host = Host::new(&screen);
        host.open(Opening {
            wait: ms(wait),
            ..Opening::default()
        });
        host.wait_for(&format!("picture after {wait} ms"), Host::is_drawn);
    }
}

#[test]
fn the_first_window_draws_though_sizes_change_before_it_is_shown() {
    let Some(screen) = Screen::open() else { return };
    let mut host = Host::new(&screen);
    host.play(0.1);
    host.open(Opening {
        wait: ms(100),
        scale: Some(1.5),
    });
    host.wait_for("picture", Host::is_drawn);
}

#[test]
fn twenty_windows_draw_and_leave_nothing_behind() {
    let Some(screen) = Screen::open() else { return };
    let mut host = Host::new(&screen);
    let mut left = Vec::new();
    for _ in 0..20 {
        host.open_drawn();
        host.close();
        host.pump(ms(50));
        left.push((descriptors(), threads()));
    }
    // The first loads the drivers, which stay.
    let (first, last) = (left[2], left[19]);
    assert!(
        last.0 <= first.0 && last.1 <= first.1,
        "descriptors and threads: {left:?}"
    );
}

#[test]
fn the_systems_scale_is_known_before_the_window_is_open() {
    let Some(screen) = Screen::open() else { return };
    screen.set_dpi(Some(192));
    let mut host = Host::new(&screen);
    assert_eq!(host.panel_size(), DOUBLE, "before the first window");
    for _ in 0..2 {
        let panel = host.open_drawn();
        assert_eq!(screen.size(panel), DOUBLE);
        assert_eq!(host.panel_size(), DOUBLE);
        host.close();
    }
    screen.set_dpi(None);
}

#[test]
fn the_hosts_scale_holds_from_the_first_window_on() {
    let Some(screen) = Screen::open() else { return };
    let mut host = Host::new(&screen);
    for opening in 0..4 {
        let panel = host.open(Opening {
            wait: ms(20),
            scale: Some(2.0),
        });
        host.wait_for("picture", Host::is_drawn);
        assert_eq!(host.panel_size(), DOUBLE, "opening {opening}");
        assert_eq!(screen.size(panel), DOUBLE, "opening {opening}");
        host.close();
    }
}

/// Drags the corner of the panel by this many pixels.
fn drag_corner(screen: &Screen, host: &mut Host, panel: Window, by: (i16, i16)) {
    let (width, height) = screen.size(panel);
    let (x, y) = (width as i16 - 5, height as i16 - 5);
    screen.point((x, y));
    host.pump(ms(150));
    screen.button(true);
    host.pump(ms(150));
    for step in 1..=4 {
        screen.point((x + by.0 * step / 4, y + by.1 * step / 4));
        host.pump(ms(100));
    }
    screen.button(false);
    host.pump(ms(300));
}

#[test]
fn the_size_is_kept_with_the_project() {
    let Some(screen) = Screen::open() else { return };
    let mut host = Host::new(&screen);
    let panel = host.open_drawn();
    drag_corner(&screen, &mut host, panel, (120, 80));
    let size = screen.size(panel);
    assert_eq!(size, (USUAL.0 + 120, USUAL.1 + 80));
    host.close();
    let state = host.save();
    drop(host);

    let mut other = Host::new(&screen);
    assert_eq!(other.panel_size(), USUAL);
    other.load(&state);
    assert_eq!(other.panel_size(), size);
    let panel = other.open_drawn();
    assert_eq!(screen.size(panel), size);
}

#[test]
fn the_panel_takes_the_size_that_the_host_gives() {
    let Some(screen) = Screen::open() else { return };
    let mut host = Host::new(&screen);
    let panel = host.open_drawn();
    for size in [(1400, 900), (1050, 700)] {
        host.resize(size);
        host.pump(ms(1500));
        assert_eq!(screen.size(panel), size);
        assert_eq!(host.panel_size(), size);
    }
    host.close();
    assert_eq!(host.panel_size(), (1050, 700), "for the next window");
}

#[test]
fn a_hidden_window_draws_when_it_is_shown_again_and_comes_to_rest() {
    let Some(screen) = Screen::open() else { return };
    let mut host = Host::new(&screen);
    screen.point((2500, 1800));
    let panel = host.open_drawn();
    host.hide_and_show();
    assert!(host.is_drawn());
    screen.watch(panel);
    host.pump(ms(1000));
    screen.heard();
    host.pump(ms(2000));
    assert_eq!(screen.heard().frames, 0);
}

#[test]
fn a_host_that_does_not_follow_gets_the_old_size_back() {
    let Some(screen) = Screen::open() else { return };
    for manners in [Manners::Lies, Manners::Refuses] {
        let mut host = Host::new(&screen).with_manners(manners);
        let panel = host.open_drawn();
        drag_corner(&screen, &mut host, panel, (200, 100));
        host.pump(ms(2500));
        assert_eq!(screen.size(panel), USUAL, "{manners:?}");
        assert!(host.is_drawn(), "{manners:?}");
    }
}

#[test]
fn nothing_is_drawn_at_rest_and_changes_are() {
    let Some(screen) = Screen::open() else { return };
    let mut host = Host::new(&screen);
    screen.point((2500, 1800));
    let panel = host.open_drawn();
    screen.watch(panel);
    host.pump(ms(1000));
    screen.heard();
    host.pump(ms(3000));
    assert_eq!(screen.heard().frames, 0, "without audio");

    host.play(0.0);
    host.pump(ms(4000));
    screen.heard();
    host.pump(ms(3000));
    assert_eq!(screen.heard().frames, 0, "with silence");
    let id = host.id("Comp Ratio");
    host.audio().automate(id, 0.9);
    host.pump(ms(500));
    assert!(screen.heard().frames > 0, "automation is not drawn");

    host.play(0.3);
    host.pump(ms(2000));
    assert!(screen.heard().frames > 5, "music is not drawn");
}

/// Keysyms.
const SPACE: u32 = 0x20;
const ESCAPE: u32 = 0xff1b;

/// Whether a space goes to the host.
fn host_gets_space(screen: &Screen, host: &mut Host) -> bool {
    screen.heard();
    screen.key(SPACE);
    host.pump(ms(200));
    screen.heard().keys > 0
}

/// Places of the panel where controls may be, from the bottom up.
fn places() -> impl Iterator<Item = (i16, i16)> {
    (0..40).flat_map(|row| [60_i16, 130, 300, 480].map(|x| (x, 820 - 6 * row)))
}

#[test]
fn keys_that_no_field_uses_go_to_the_host() {
    let Some(screen) = Screen::open() else { return };
    let mut host = Host::new(&screen);
    screen.point((2500, 1800));
    let panel = host.open_drawn();
    let (around, _) = host.windows.unwrap();
    assert!(host_gets_space(&screen, &mut host), "pointer elsewhere");
    screen.point((540, 360));
    host.pump(ms(300));
    assert!(
        host_gets_space(&screen, &mut host),
        "pointer over the panel"
    );
    screen.button(true);
    host.pump(ms(150));
    screen.button(false);
    host.pump(ms(300));
    assert_eq!(screen.focused(), around, "after a click");
    assert!(host_gets_space(&screen, &mut host), "after a click");

    // A click on a value opens a field, which takes the keyboard.
    let field = places().find(|place| {
        screen.point(*place);
        host.pump(ms(60));
        screen.button(true);
        host.pump(ms(60));
        screen.button(false);
        host.pump(ms(200));
        screen.focused() == panel
    });
    assert!(field.is_some(), "no field");
    assert!(!host_gets_space(&screen, &mut host), "a field is open");
    screen.key(ESCAPE);
    host.pump(ms(300));
    assert_eq!(screen.focused(), around, "after Escape");
    assert!(host_gets_space(&screen, &mut host), "after Escape");
}

#[test]
fn closing_in_the_middle_of_a_drag_ends_the_gesture() {
    use std::sync::atomic::Ordering::SeqCst;
    let Some(screen) = Screen::open() else { return };
    let mut host = Host::new(&screen);
    host.play(0.0);
    host.open_drawn();
    let knob = places().find(|(x, y)| {
        screen.point((*x, *y));
        host.pump(ms(60));
        screen.button(true);
        host.pump(ms(60));
        screen.point((*x, *y - 20));
        host.pump(ms(120));
        let asked = &host.plugin.asked;
        let is_held = asked.begins.load(SeqCst) > asked.ends.load(SeqCst);
        if !is_held {
            screen.button(false);
            host.pump(ms(60));
        }
        is_held
    });
    assert!(knob.is_some(), "no knob");
    host.close();
    host.pump(ms(200));
    screen.button(false);
    let asked = &host.plugin.asked;
    assert_eq!(asked.begins.load(SeqCst), asked.ends.load(SeqCst));
}
