//! An X display of one's own, for what opens windows.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};

/// Large enough for a panel at twice its usual size.
const SCREEN: &str = "2600x1900x24";
/// What a host's toolkit asks the desktop for.
const SETTINGS: &str = "Net/ThemeName \"Default\"\n";

/// A display without a screen. Dropped, it ends, and with it what draws there.
pub struct Display {
    name: String,
    children: Vec<Child>,
}

impl Display {
    /// Starts one, with a window manager and a desktop's settings where `with_desktop` says so.
    ///
    /// # Errors
    /// When a program is missing or does not start.
    pub fn start(folder: &Path, with_desktop: bool) -> Result<Self> {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", SCREEN])
            .args(["-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("could not start Xvfb")?;
        let output = server.stdout.take().context("Xvfb has no output")?;
        let mut display = Self {
            name: String::new(),
            children: vec![server],
        };
        let mut number = String::new();
        BufReader::new(output).read_line(&mut number)?;
        ensure!(!number.trim().is_empty(), "Xvfb gives no display");
        display.name = format!(":{}", number.trim());
        if with_desktop {
            let settings = folder.join("xsettings");
            std::fs::create_dir_all(folder)?;
            std::fs::write(&settings, SETTINGS)?;
            display.run(Command::new("openbox"))?;
            let mut daemon = Command::new("xsettingsd");
            daemon.arg("-c").arg(settings);
            display.run(daemon)?;
        }
        Ok(display)
    }

    /// Its name, for `DISPLAY`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs a program on it until it ends.
    fn run(&mut self, mut command: Command) -> Result<()> {
        let child = command
            .env("DISPLAY", &self.name)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("could not start {:?}", command.get_program()))?;
        self.children.push(child);
        Ok(())
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        for child in self.children.iter_mut().rev() {
            // One that has ended by itself needs no end.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// What of the programs is missing here.
pub fn missing(with_desktop: bool) -> Vec<&'static str> {
    let desktop: &[&str] = if with_desktop {
        &["openbox", "xsettingsd"]
    } else {
        &[]
    };
    let all = std::iter::once(&"Xvfb").chain(desktop);
    all.copied()
        .filter(|program| !is_installed(program))
        .collect()
}

/// Whether a program is on the search path.
fn is_installed(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths).any(|folder| folder.join(program).is_file())
}
