//! Runs a case in a process of its own, so that a crash of the plug-in fails that case alone, and a
//! hang ends.

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Tells the child which case it is.
const VARIABLE: &str = "AURALIS_VST3_CASE";

/// Many times what the slowest case takes on two busy cores.
const DEADLINE: Duration = Duration::from_secs(240);

/// Defines a test that runs in a child process.
macro_rules! isolated {
    ($($(#[$attribute:meta])* fn $name:ident() $body:block)+) => {$(
        $(#[$attribute])*
        #[test]
        #[ignore = "needs the bundle: cargo xtask test"]
        fn $name() {
            $crate::child::run(concat!(module_path!(), "::", stringify!($name)), || $body);
        }
    )+};
}
pub(crate) use isolated;

/// Runs `case` in this process when it is the child, else starts the child for the test at `path`.
pub fn run(path: &str, case: impl FnOnce()) {
    let name = path.split_once("::").map_or(path, |(_, name)| name);
    if std::env::var(VARIABLE).is_ok_and(|named| named == name) {
        case();
        return;
    }
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact", "--include-ignored", "--nocapture"])
        .env(VARIABLE, name)
        .current_dir(std::env::temp_dir()) // where the core file of a crash harms nobody
        .stdout(Stdio::null()) // counts that the parent prints as well
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let errors = collect(child.stderr.take());
    let status = wait(&mut child);
    let said = errors.join().unwrap();
    match status {
        Some(status) if status.success() => {}
        Some(status) => panic!("{status}\n{}", said.trim()),
        None => panic!("no end after {DEADLINE:?}\n{}", said.trim()),
    }
}

/// Reads a pipe to its end, on a thread so that the child never waits for us.
fn collect(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            pipe.read_to_end(&mut bytes).unwrap();
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// How the child ended; nothing when it had to be ended.
fn wait(child: &mut Child) -> Option<ExitStatus> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        if started.elapsed() > DEADLINE {
            child.kill().unwrap();
            child.wait().unwrap();
            return None;
        }
        thread::sleep(Duration::from_millis(10));
    }
}
