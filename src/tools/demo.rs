//! The demo: one piece mastered through the built plug-in, with files, a picture and a table.

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
use crate::tools::report::{self, Report};
use crate::tools::table;
use crate::tools::wav;
use auralis_engine::ear::content::profiles::{level_free, profile};
use auralis_engine::ear::settings::AnalysisSettings;
use auralis_engine::ear::target::Target;
use auralis_engine::params::Choices;

/// Block sizes of the demo, varying as those of some hosts do.
const BLOCK_SIZES: [usize; 4] = [512, 64, 1024, 333];

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

/// Runs the demo and prints what it does.
///
/// # Errors
/// When the file or the plug-in cannot be read, or the results not be written.
pub fn run(options: &DemoOptions) -> Result<()> {
    let before = source(options)?;
    let mut plugin = HostedPlugin::load(&options.plugin)?;
    let output = &options.output;
    std::fs::create_dir_all(output)
        .with_context(|| format!("cannot make the directory {}", output.display()))?;
    let rendered = render(&mut plugin, &before)?;
    let after = &rendered.audio;
    let measuring = spinner("measuring");
    let (old, new) = (measure(&before)?, measure(after)?);
    let moments = listen(&before, after, &AnalysisSettings::default());
    let heard = &moments[moments.len() - 1].view;
    let target_db = level_free(heard.target_db);
    let gain = report::level_change(&before, after);
    measuring.finish_and_clear();

    wav::write_wav(&output.join("before.wav"), &before)?;
    wav::write_wav(&output.join("after.wav"), after)?;
    let report = Report {
        title: &title(options.file.as_deref()),
        before: &old,
        after: &new,
        target_db: Some(&target_db),
        eq_db: Some(&heard.adaptive_db),
        gains_caption: "Gain over time",
        gains: std::slice::from_ref(&gain),
    };
    report::write_png(&output.join("report.png"), &report)?;
    if options.json {
        let seconds = before.seconds();
        let document = to_json(seconds, &rendered, [&old, &new], &moments);
        println!("{}", serde_json::to_string_pretty(&document)?);
    } else {
        println!("{}", table::before_after(&old, &new, Some(&target_db)));
        print_speed(&rendered);
        print_results(options);
    }
    Ok(())
}

/// All numbers of the demo in one document.
fn to_json(
    seconds: f64,
    rendered: &Rendered,
    [before, after]: [&Measurement; 2],
    moments: &[Moment],
) -> Value {
    json!({
        "seconds": seconds,
        "realtime_factor": rendered.realtime_factor(),
        "latency_samples": rendered.latency_samples,
        "before": before.to_json(),
        "after": after.to_json(),
        "heard": moments.iter().map(Moment::to_json).collect::<Vec<_>>(),
        "targets_db": targets_db(),
    })
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
        println!("{name}: {seconds:.1} s, {layout}, {rate} Hz");
    }
    if audio.non_finite() > 0 {
        eprintln!("  {} samples are not finite", audio.non_finite());
    }
    Ok(audio)
}

/// Renders offline in varying blocks, with a progress bar.
fn render(plugin: &mut HostedPlugin, audio: &Audio) -> Result<Rendered> {
    let options = RenderOptions {
        block_sizes: BLOCK_SIZES.into(),
        ..RenderOptions::default()
    };
    let style = ProgressStyle::with_template("mastering {bar:40} {percent:>3} %  {elapsed}")?;
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

fn print_speed(rendered: &Rendered) {
    let rate = f64::from(rendered.audio.sample_rate);
    let latency = rendered.latency_samples;
    println!(
        "{:.0}x real time ({:.1} s of audio in {:.3} s), latency {latency} samples ({:.1} ms) compensated",
        rendered.realtime_factor(),
        rendered.audio.seconds(),
        rendered.seconds,
        1000.0 * latency as f64 / rate,
    );
}

fn print_results(options: &DemoOptions) {
    for name in ["before.wav", "after.wav", "report.png"] {
        println!("  {}", options.output.join(name).display());
    }
    println!("The plug-in:");
    println!("  {}", options.plugin.display());
    let vst3 = options.plugin.with_extension("vst3");
    if vst3.exists() {
        println!("  {}", vst3.display());
    }
    println!("Install it for the DAWs of this computer:");
    println!("  cargo xtask install");
}
