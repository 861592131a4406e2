//! What is left of an instance: in a file of its own, since it counts the threads of the process.
#![allow(missing_docs)]

mod common;

use common::*;

/// Threads of the analysis in this process.
#[cfg(target_os = "linux")]
fn analysis_threads() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let names =
        tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
    names.filter(|name| name.starts_with("auralis-")).count()
}

/// Threads of the analysis once those that were joined are out of the kernel's list: it wakes who
/// joins a thread before it takes the thread off.
#[cfg(target_os = "linux")]
fn threads_left() -> usize {
    for _ in 0..1000 {
        if analysis_threads() == 0 {
            return 0;
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    analysis_threads()
}

/// An instance that plays in real time.
#[cfg(target_os = "linux")]
fn playing() -> auralis_engine::Processor {
    let stream = auralis_engine::Stream {
        offline: false,
        ..offline(48_000.0, 2)
    };
    processor(stream, &defaults())
}

#[test]
#[cfg(target_os = "linux")]
fn sixty_four_instances_share_two_threads_and_leave_none() {
    let settings = defaults();
    for round in 0..2 {
        assert_eq!(analysis_threads(), 0, "round {round}: before");
        let mut bounce = processor(offline(48_000.0, 2), &settings);
        render(&mut bounce, &programme(48_000.0, 0.2), &settings, &[512]);
        assert_eq!(analysis_threads(), 0, "round {round}: a bounce takes none");
        let mut all: Vec<_> = (0..64).map(|_| playing()).collect();
        let audio = programme(48_000.0, 0.2);
        for processor in &mut all {
            render(processor, &audio, &settings, &[512]);
        }
        let threads = analysis_threads();
        assert!((1..=2).contains(&threads), "round {round}: {threads}");
        while all.len() > 1 {
            all.pop();
        }
        assert_eq!(analysis_threads(), threads, "round {round}: one is left");
        drop(all);
        assert_eq!(threads_left(), 0, "round {round}: after the last");
    }
}
