//! The figures of the changelog; run by hand.

use std::time::{Duration, Instant};

use crate::host::{Host, Opening};
use crate::screen::Screen;
use crate::window::descriptors;

/// Processor time that this process has used, in seconds.
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat
        .rsplit_once(')')
        .unwrap()
        .1
        .split_whitespace()
        .collect();
    // utime and stime, in hundredths.
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

/// Share of a core and frames a second over a while.
fn load(screen: &Screen, host: &mut Host) -> (f64, f64) {
    const SECONDS: f64 = 8.0;
    host.pump(Duration::from_secs(2));
    screen.heard();
    let (before, start) = (cpu_s(), Instant::now());
    host.pump(Duration::from_secs_f64(SECONDS));
    let seconds = start.elapsed().as_secs_f64();
    let share = 100.0 * (cpu_s() - before) / seconds;
    (share, screen.heard().frames as f64 / seconds)
}

#[test]
#[ignore = "prints figures"]
fn black_first_windows() {
    let Some(screen) = Screen::open() else { return };
    for wait in [0, 30, 300] {
        let drawn = (0..18).filter(|_| {
            let mut host = Host::new(&screen);
            host.open(Opening {
                wait: Duration::from_millis(wait),
                ..Opening::default()
            });
            let start = Instant::now();
            while !host.is_drawn() && start.elapsed() < Duration::from_secs(4) {
                host.pump(Duration::from_millis(50));
            }
            host.is_drawn()
        });
        println!(
            "first window shown after {wait} ms: {} of 18 draw",
            drawn.count()
        );
    }
}

#[test]
#[ignore = "prints figures"]
fn descriptors_of_a_window() {
    let Some(screen) = Screen::open() else { return };
    let mut host = Host::new(&screen);
    let mut counts = Vec::new();
    for _ in 0..20 {
        host.open(Opening::default());
        host.pump(Duration::from_millis(400));
        host.close();
        host.pump(Duration::from_millis(50));
        counts.push(descriptors());
    }
    println!("descriptors after each of 20 windows: {counts:?}");
}

#[test]
#[ignore = "prints figures"]
fn processor_time() {
    let Some(screen) = Screen::open() else { return };
    let mut host = Host::new(&screen);
    screen.point((2500, 1800));
    for (what, gain) in [("silence", 0.0), ("music", 0.3)] {
        host.play(gain);
        let (without, _) = load(&screen, &mut host);
        let worst_without = host.audio().worst_us();
        let panel = host.open(Opening::default());
        screen.watch(panel);
        let (with, frames) = load(&screen, &mut host);
        let worst_with = host.audio().worst_us();
        host.close();
        println!(
            "{what}: panel {:.1} % of a core at {frames:.1} frames/s ({with:.1} with, {without:.1} without); \
             worst block {worst_with:.0} us with, {worst_without:.0} us without",
            with - without
        );
    }
}

#[test]
#[ignore = "prints figures"]
fn automation_is_seen() {
    let Some(screen) = Screen::open() else { return };
    let mut host = Host::new(&screen);
    screen.point((2500, 1800));
    host.play(0.0);
    let panel = host.open(Opening::default());
    host.pump(Duration::from_secs(5));
    screen.watch(panel);
    let id = host.id("Comp Ratio");
    let mut times = Vec::new();
    for step in 0..20 {
        host.pump(Duration::from_millis(700));
        screen.heard();
        host.audio().automate(id, f64::from(step % 5) * 0.2);
        let start = Instant::now();
        while screen.heard().frames == 0 && start.elapsed() < Duration::from_secs(1) {
            host.pump(Duration::from_millis(1));
        }
        times.push(start.elapsed().as_millis());
    }
    println!("from automation to frame, in ms: {times:?}");
}
