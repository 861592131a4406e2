//! The demo: one piece mastered as `auralis render` does, and the same decision held by the built plug-in.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, Value, json};

use crate::audio_file::{self, Audio};
use crate::tools::clap_host::{HostedPlugin, RenderOptions, Rendered};
use crate::tools::demo_piece::demo_piece;
use crate::tools::listen::{Moment, listen};
use crate::tools::measure::{Measurement, measure};
use crate::tools::output::{document, print, print_json, tell};
use crate::tools::render::{self, Finished};
use crate::tools::report::{self, Report, Series};
use crate::tools::table;
use crate::tools::wav;
use auralis_engine::ear::content::profiles::{level_free, profile};
use auralis_engine::ear::settings::AnalysisSettings;
use auralis_engine::ear::target::Target;
use auralis_engine::params::Choices;

/// Block sizes of the plug-in's bounce, varying as those of some hosts do.
const BLOCK_SIZES: [usize; 4] = [512, 64, 1024, 333];
/// Where the gain at the start is read, in seconds.
const START_S: f64 = 0.5;

/// What the demo works on.
#[derive(Debug, Clone)]
pub struct DemoOptions {
    /// The file to master; without one, a piece is synthesised.
    pub file: Option<PathBuf>,
    /// The built `.clap`.
    pub plugin: PathBuf,
    /// Where the results go.
    pub output: PathBuf,
    /// One JSON document on standard output instead of the table.
    pub json: bool,
}

/// What the demo has made.
struct Made {
    before: Audio,
    after: Audio,
    /// The master as `auralis render` tells of it.
    master: Finished,
    /// The bounce of the plug-in that holds the same decision.
    bounce: Rendered,
    measured: [Measurement; 2],
    /// What the level did over time.
    gain: Series,
}

/// Runs the demo and prints what it does.
///
/// # Errors
/// When the file or the plug-in cannot be read, or the results not be written.
pub fn run(options: &DemoOptions) -> Result<()> {
    let before = source(options)?.finite().into_owned();
    let mut plugin = HostedPlugin::load(&options.plugin)?;
    let output = &options.output;
    std::fs::create_dir_all(output)
        .with_context(|| format!("cannot make the directory {}", output.display()))?;
    let [old, new] = ["before.wav", "after.wav"].map(|name| output.join(name));
    wav::write_wav(&old, &before)?;
    let (master, state) = render::master_floats(&old, &new)?;
    let after = audio_file::read(&new)?;
    plugin.load_state(&framed(&state))?;
    let bounce = bounce(&mut plugin, &before)?;
    let measuring = spinner("measuring");
    let made = Made {
        measured: [measure(&before)?, measure(&after)?],
        gain: report::level_change(&before, &after),
        before,
        after,
        master,
        bounce,
    };
    measuring.finish_and_clear();
    made.tell(options)
}

/// A state as the framework's hosts keep it: its length, then JSON.
fn framed(json: &[u8]) -> Vec<u8> {
    [&(json.len() as u64).to_le_bytes()[..], json].concat()
}

impl Made {
    /// Draws the report and prints the figures.
    fn tell(&self, options: &DemoOptions) -> Result<()> {
        let [old, new] = &self.measured;
        let mastered = &self.master.mastered;
        let target_db = level_free(mastered.view.target_db);
        let held = mastered.learned.as_ref();
        let eq_db = held.map_or(mastered.view.adaptive_db, |l| l.adaptive.eq_db);
        let report = Report {
            title: &title(options.file.as_deref()),
            before: old,
            after: new,
            target_db: Some(&target_db),
            eq_db: Some(&eq_db),
            gains_caption: "Gain over time",
            gains: std::slice::from_ref(&self.gain),
        };
        report::write_png(&options.output.join("report.png"), &report)?;
        if options.json {
            return print_json(&self.to_json());
        }
        let table = table::before_after(old, new, Some(&target_db));
        let (gains, speed) = (self.gains_line(), self.speed_lines());
        print(format!("{table}\n{gains}{speed}{}", result_lines(options)))
    }

    /// Whether the plug-in's bounce is the master, sample for sample.
    fn is_same(&self) -> bool {
        self.bounce.audio == self.after
    }

    /// Gain over the median around the start, and that at the end, in dB, where there is sound.
    fn gains_db(&self) -> Option<[f64; 2]> {
        let points = &self.gain.points;
        let start = points.iter().find(|point| point.0 >= START_S)?;
        Some([start.1, points.last()?.1])
    }

    /// All numbers of the demo in one document.
    fn to_json(&self) -> Value {
        let moments = listen(&self.before, &self.after, &AnalysisSettings::default());
        let gains_db = self.gains_db();
        let fields = json!({
            "seconds": self.before.seconds(),
            "realtime_factor": self.bounce.realtime_factor(),
            "render_realtime_factor": self.master.realtime_factor(),
            "latency_samples": self.bounce.latency_samples,
            "plugin_equals_render": self.is_same(),
            "gain_at_start_db": gains_db.map(|gains| gains[0]),
            "gain_at_end_db": gains_db.map(|gains| gains[1]),
            "before": self.measured[0].to_json(),
            "after": self.measured[1].to_json(),
            "heard": moments.iter().map(Moment::to_json).collect::<Vec<_>>(),
            "targets_db": targets_db(),
        });
        document("auralis.demo/1", fields)
    }

    /// What the level did, in a line, where there is sound.
    fn gains_line(&self) -> String {
        self.gains_db().map_or(String::new(), |[start, end]| {
            format!(
                "Gain at second {START_S}: {start:+.1} dB, at the end: {end:+.1} dB from the median of the piece\n"
            )
        })
    }

    /// How fast it went, and whether the plug-in does the same.
    fn speed_lines(&self) -> String {
        let bounce = &self.bounce;
        let rate = f64::from(self.before.sample_rate);
        let same = if self.is_same() {
            "the same, sample for sample"
        } else {
            "NOT the same samples"
        };
        format!(
            "{:.0}x real time: measured, decided, rendered {} times, verified\n\
             The plug-in with the same decision in Hold: {same}; {:.0}x real time, latency {} samples ({:.1} ms) compensated\n",
            self.master.realtime_factor(),
            self.master.mastered.renders,
            bounce.realtime_factor(),
            bounce.latency_samples,
            1000.0 * bounce.latency_samples as f64 / rate,
        )
    }
}

/// The spectrum of every profile by its name.
fn targets_db() -> Map<String, Value> {
    let name = |target: Target| target.name();
    let targets = Target::PROFILES.map(|target| (target, profile(target).bands_db));
    let named = targets.map(|(target, bands_db)| (name(target).to_owned(), json!(bands_db)));
    named.into_iter().collect()
}

/// The piece to master.
fn source(options: &DemoOptions) -> Result<Audio> {
    let file = options.file.as_deref();
    let audio = match file {
        Some(path) => audio_file::read(path)?,
        None => demo_piece(),
    };
    let name = file.map_or("demo piece".into(), |path| path.display().to_string());
    let layout = if audio.channels.len() == 1 {
        "mono"
    } else {
        "stereo"
    };
    let (seconds, rate) = (audio.seconds(), audio.sample_rate);
    if !options.json {
        print(format!("{name}: {seconds:.1} s, {layout}, {rate} Hz\n"))?;
    }
    if audio.non_finite() > 0 {
        tell(format!("  {} samples are not finite", audio.non_finite()));
    }
    Ok(audio)
}

/// Bounces through the plug-in in varying blocks, with a progress bar.
fn bounce(plugin: &mut HostedPlugin, audio: &Audio) -> Result<Rendered> {
    let options = RenderOptions {
        block_sizes: BLOCK_SIZES.into(),
        ..RenderOptions::default()
    };
    let style = ProgressStyle::with_template("bouncing {bar:40} {percent:>3} %  {elapsed}")?;
    let bar = ProgressBar::new(1000).with_style(style);
    let rendered = plugin.render_with(audio, &options, &mut |share| {
        bar.set_position((share * 1000.0) as u64);
    });
    bar.finish_and_clear();
    rendered
}

/// Shows that something goes on.
fn spinner(what: &'static str) -> ProgressBar {
    let spinner = ProgressBar::new_spinner().with_message(what);
    spinner.enable_steady_tick(Duration::from_millis(100));
    spinner
}

/// Heading of the report.
fn title(file: Option<&Path>) -> String {
    let name = file.and_then(Path::file_name);
    let name = name.map_or("demo piece".into(), |name| {
        name.to_string_lossy().into_owned()
    });
    format!("Auralis: {name}")
}

/// What was made, and what is to be done with it.
fn result_lines(options: &DemoOptions) -> String {
    let made = ["before.wav", "after.wav", "report.png"].map(|name| options.output.join(name));
    let vst3 = options.plugin.with_extension("vst3");
    let plugins = std::iter::once(&options.plugin).chain(vst3.exists().then_some(&vst3));
    let line = |path: &PathBuf| format!("  {}\n", path.display());
    let made: String = made.iter().map(line).collect();
    let plugins: String = plugins.map(line).collect();
    format!(
        "{made}The plug-in:\n{plugins}Install it for the DAWs of this computer:\n  cargo xtask install\n"
    )
}
