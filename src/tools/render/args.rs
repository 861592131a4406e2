//! What the command takes.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

use crate::tools::audio_out::{Container, Depth};

/// Masters files: each is measured as a whole, decided about once, rendered and verified.
#[derive(Debug, Clone, Args)]
pub struct RenderArgs {
    /// Files, folders (with what is below them) and patterns: WAV, AIFF, FLAC, OGG Vorbis, MP3 and
    /// M4A; mono or stereo
    #[arg(required = true, value_name = "IN")]
    pub inputs: Vec<PathBuf>,
    /// Where the masters go; the tree below a folder is kept
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,
    /// What is written
    #[arg(long, value_enum, default_value_t)]
    pub format: Container,
    /// Bits of a sample; 32f are floats
    #[arg(long, value_enum, default_value_t)]
    pub bits: Depth,
    /// Sets a parameter, as in the panel: --set comp_ratio=3 (`auralis params` lists them)
    #[arg(long = "set", value_name = "ID=VALUE")]
    pub sets: Vec<String>,
    /// Starts from a preset: a file, or one of `auralis presets` by its name. A state of the plug-in
    /// will do too, such as the NAME.auralis.json of --save-decision. The other options change it
    #[arg(long, value_name = "FILE|NAME")]
    pub preset: Option<PathBuf>,
    /// The tonal target, such as Rock
    #[arg(long, value_name = "NAME")]
    pub target: Option<String>,
    /// The loudness to land on, in LUFS; "reference" is that of --reference
    #[arg(long, value_name = "LUFS|reference", allow_negative_numbers = true)]
    pub lufs: Option<String>,
    /// A recording whose tone and width are matched, instead of a target unless
    /// ref_blend is set; --set eq_amount=100 --set eq_range=12 goes all the way. Several
    /// are mixed, with weights if told: --reference a.wav=2 --reference b.wav
    #[arg(long = "reference", value_name = "FILE[=WEIGHT]")]
    pub references: Vec<String>,
    /// One gain and one tone for all files together: the differences between them stay
    #[arg(long, conflicts_with = "follow")]
    pub album: bool,
    /// Adapts all the time, as for a stream, instead of deciding once
    #[arg(long)]
    pub follow: bool,
    /// Tells what would be decided and written, and writes nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Replaces files that are there already
    #[arg(long)]
    pub overwrite: bool,
    /// Leaves files alone whose master is there already: a run that was stopped goes on
    #[arg(long, conflicts_with_all = ["overwrite", "album"])]
    pub skip_existing: bool,
    /// Files at once; as many as there are cores unless told. The results are the same
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// Writes NAME.html and NAME.png beside each master: what was heard, decided and done
    #[arg(long)]
    pub report: bool,
    /// Writes NAME.auralis.json beside each master: a state of the plug-in that holds the decision
    #[arg(long, conflicts_with = "follow")]
    pub save_decision: bool,
    /// One JSON document on standard output
    #[arg(long)]
    pub json: bool,
    /// Only problems are told
    #[arg(short, long)]
    pub quiet: bool,
}
