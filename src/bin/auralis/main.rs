//! The command line of Auralis.

mod cli;
mod manual;
mod params;

use std::process::ExitCode;

use anyhow::{Context, Result};
use auralis::tools::analyze::{self, AnalyzeOptions};
use auralis::tools::demo::{self, DemoOptions};
use auralis::tools::output::{print, print_json, tell};
use auralis::tools::usage::WrongUsage;
use auralis::tools::{bench, logging, presets, render};
use auralis_dsp::simd::instruction_set::InstructionSet;
use clap::{CommandFactory, Parser};

use cli::{Cli, Command};

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            tell(format!("error: {error:#}"));
            let is_usage = error.downcast_ref::<WrongUsage>().is_some();
            ExitCode::from(if is_usage { 2 } else { 1 })
        }
    }
}

fn run(cli: Cli) -> Result<ExitCode> {
    logging::start(cli.verbose)?;
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
            plot,
            overwrite,
        } => analyze::run(&AnalyzeOptions {
            files,
            threads,
            json,
            plot,
            may_replace: overwrite,
        }),
        Command::Bench {
            json,
            instruction_set,
        } => run_bench(json, instruction_set.as_deref()),
        Command::Params { json } => params::list(json),
        Command::Presets { preset, json } => presets::run(preset.as_deref(), json),
        Command::Completions { shell } => manual::completions(Cli::command(), shell),
        Command::Man {
            output: None,
            overwrite: _,
        } => manual::print_page(Cli::command()),
        Command::Man {
            output: Some(folder),
            overwrite,
        } => manual::write_pages(Cli::command(), &folder, overwrite),
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
    let report = bench::run(set, |what| tell(format!("measuring: {what}")));
    if json {
        print_json(&report.to_json())
    } else {
        print(bench::table(&report))
    }
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
