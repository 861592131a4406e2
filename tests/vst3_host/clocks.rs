//! What a thread waited for and worked, as Linux counts it.
#![allow(unsafe_code)] // system calls
#![cfg(target_os = "linux")]

use std::time::Duration;

/// Keeps this process on one core: a thread that waits for another then has to sleep, and sleeping is
/// counted.
pub fn stay_on_one_core() {
    // SAFETY: a set of zeros is an empty one, and it outlives the call.
    let result = unsafe {
        let mut cores: libc::cpu_set_t = std::mem::zeroed();
        libc::sched_getaffinity(0, size_of_val(&cores), &mut cores);
        let first = (0..1024).find(|core| libc::CPU_ISSET(*core, &cores));
        cores = std::mem::zeroed();
        libc::CPU_SET(first.unwrap_or(0), &mut cores);
        libc::sched_setaffinity(0, size_of_val(&cores), &cores)
    };
    assert_eq!(result, 0, "sched_setaffinity");
}

/// Lets all other threads of this process run only when this one sleeps.
pub fn let_others_idle() {
    // SAFETY: no arguments.
    let this = unsafe { libc::gettid() };
    for task in std::fs::read_dir("/proc/self/task").unwrap() {
        let task = task.unwrap().file_name().into_string().unwrap();
        let id: libc::pid_t = task.parse().unwrap();
        if id != this {
            let plain = libc::sched_param { sched_priority: 0 };
            // SAFETY: `plain` outlives the call; a thread that has just ended is an error.
            unsafe { libc::sched_setscheduler(id, libc::SCHED_IDLE, &plain) };
        }
    }
}

/// How often this thread has slept so far.
pub fn waits() -> u64 {
    let status = std::fs::read_to_string("/proc/thread-self/status").unwrap();
    let count = "voluntary_ctxt_switches:";
    let line = status.lines().find_map(|line| line.strip_prefix(count));
    line.unwrap().trim().parse().unwrap()
}

/// How long all other threads of this process have worked so far.
pub fn work_of_others() -> Duration {
    let read = |clock| {
        let mut time = libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        // SAFETY: `time` outlives the call.
        let result = unsafe { libc::clock_gettime(clock, &mut time) };
        assert_eq!(result, 0, "clock_gettime");
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    };
    read(libc::CLOCK_PROCESS_CPUTIME_ID).saturating_sub(read(libc::CLOCK_THREAD_CPUTIME_ID))
}
