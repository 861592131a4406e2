//! The command line of Auralis.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use auralis::tools::analyze::{self, AnalyzeOptions};
use auralis::tools::bench;
use auralis::tools::demo::{self, DemoOptions};
use auralis::tools::render::{self, RenderArgs};
use auralis::tools::usage::WrongUsage;
use auralis_dsp::simd::instruction_set::InstructionSet;
use auralis_engine::params::{Row, TABLE};
use clap::{Parser, Subcommand};

/// Adaptive mastering from the command line.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Masters a file, or a synthesised piece, and holds the built plug-in to it
    Demo {
        /// WAV, AIFF, FLAC, OGG Vorbis, MP3 or M4A; mono or stereo
        file: Option<PathBuf>,
        /// The built plug-in
        #[arg(
            long,
            value_name = "PATH",
            default_value = "target/bundled/Auralis.clap"
        )]
        plugin: PathBuf,
        /// Where before.wav, after.wav and report.png go
        #[arg(short, long, value_name = "DIR", default_value = "target/demo")]
        output: PathBuf,
        /// One JSON document on standard output: measurements, and what Auto said every 5 s
        #[arg(long)]
        json: bool,
    },
    /// Tells what the ear makes of pieces: loudness, peaks, spectrum, features, profile, target
    Analyze {
        /// WAV, AIFF, FLAC, OGG Vorbis, MP3 or M4A; mono or stereo
        #[arg(required = true, value_name = "IN")]
        files: Vec<PathBuf>,
        /// One JSON document on standard output
        #[arg(long)]
        json: bool,
        /// Threads to use instead of all; the figures are the same
        #[arg(long, value_name = "N")]
        threads: Option<NonZeroUsize>,
    },
    Render(RenderArgs),
    /// Measures what the engine costs on this machine; takes about a minute
    Bench {
        /// One JSON document on standard output
        #[arg(long)]
        json: bool,
        /// Vector instructions to use instead of the best: SSE2, SSE4.2, AVX2, AVX-512, NEON
        #[arg(long, value_name = "NAME")]
        instruction_set: Option<String>,
    },
    /// Lists the parameters
    Params {
        /// One JSON document on standard output
        #[arg(long)]
        json: bool,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            let is_usage = error.downcast_ref::<WrongUsage>().is_some();
            ExitCode::from(if is_usage { 2 } else { 1 })
        }
    }
}

fn run(cli: Cli) -> Result<ExitCode> {
    let done = match cli.command {
        Command::Demo {
            file,
            plugin,
            output,
            json,
        } => demo::run(&DemoOptions {
            file,
            plugin,
            output,
            json,
        }),
        Command::Analyze {
            files,
            json,
            threads,
        } => analyze::run(&AnalyzeOptions {
            files,
            threads,
            json,
        }),
        Command::Bench {
            json,
            instruction_set,
        } => run_bench(json, instruction_set.as_deref()),
        Command::Params { json } => params(json),
        Command::Render(args) => return render::run(&args),
    };
    done.map(|()| ExitCode::SUCCESS)
}

/// Measures the engine.
fn run_bench(json: bool, instruction_set: Option<&str>) -> Result<()> {
    let set = match instruction_set {
        None => InstructionSet::best(),
        Some(name) => named(name)?,
    };
    let report = bench::run(set, |what| eprintln!("measuring: {what}"));
    if json {
        println!("{}", serde_json::to_string_pretty(&report.to_json())?);
    } else {
        print!("{}", bench::table(&report));
    }
    Ok(())
}

/// The instruction set of a name.
fn named(name: &str) -> Result<InstructionSet> {
    let available = InstructionSet::available();
    let names: Vec<&str> = available.iter().map(|set| set.name()).collect();
    let found = names.iter().position(|n| n.eq_ignore_ascii_case(name));
    let index = found.with_context(|| {
        let names = names.join(", ");
        format!("--instruction-set {name}: this machine has {names}")
    })?;
    Ok(available[index])
}

/// Lists the parameters.
fn params(json: bool) -> Result<()> {
    if json {
        let rows: Vec<_> = TABLE.iter().map(Row::describe).collect();
        println!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        print!("{}", auralis::tools::table::params(TABLE));
    }
    Ok(())
}
