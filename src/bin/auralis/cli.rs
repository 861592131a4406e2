//! What can be asked for.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use auralis::tools::render::RenderArgs;
use clap::{ArgAction, Parser, Subcommand};
use clap_complete::Shell;

/// Adaptive mastering from the command line.
#[derive(Parser)]
#[command(version)]
pub struct Cli {
    /// Tells time, speed and memory of each file on standard error; -vv its steps too
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
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
        /// Draws each piece as DIR/NAME.png: its spectrum, its target, its loudness over time
        #[arg(long, value_name = "DIR")]
        plot: Option<PathBuf>,
        /// Replaces pictures that are there already
        #[arg(long, requires = "plot")]
        overwrite: bool,
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
    /// Lists the presets, or tells what one of them sets
    Presets {
        /// One of the list, in any case, or a file
        #[arg(value_name = "FILE|NAME")]
        preset: Option<PathBuf>,
        /// JSON on standard output; of one preset, the file that --preset takes
        #[arg(long)]
        json: bool,
    },
    /// Prints the completions of a shell
    Completions {
        /// Whose
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Prints the man page, or writes all of them
    Man {
        /// Where they go: auralis.1, auralis-render.1 and so on
        #[arg(short, long, value_name = "DIR")]
        output: Option<PathBuf>,
        /// Replaces pages that are there already
        #[arg(long, requires = "output")]
        overwrite: bool,
    },
}
