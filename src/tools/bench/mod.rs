//! What the engine costs on this machine: `auralis bench`.
//!
//! Times are the best of several rounds, so that other work on the machine changes them little;
//! ratios are of one run.

mod programme;
mod rounds;
mod songs;
mod stages;
mod table;

use serde_json::{Value, json};

use crate::tools::output::document;
use auralis_dsp::FRAME;
use auralis_dsp::simd::instruction_set::InstructionSet;

pub use programme::Programme;
pub use songs::Songs;
pub use stages::Stage;
pub use table::table;

/// Host block lengths whose deadlines are looked at.
const BLOCKS: [usize; 4] = [32, 64, 128, 512];
/// Sample rate of the stages and of the real-time factor in Hz.
pub const RATE: f64 = 44_100.0;
/// Sample rate of the deadlines in Hz.
const DEADLINE_RATE: f64 = 48_000.0;

/// Times that the chain and the transforms are measured.
const TURNS: usize = 8;

/// What host blocks of one length cost.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    /// Samples of a block.
    pub block: usize,
    /// Mean time of a block over its duration.
    pub mean_share: f64,
    /// The same of all but one block in a thousand.
    pub p999_share: f64,
    /// The same of the longest block: one that is as long in every round.
    pub worst_share: f64,
}

/// Everything that was measured.
#[derive(Debug, Clone)]
pub struct Report {
    /// What the vectorised engine ran with.
    pub instruction_set: &'static str,
    /// Processors one by one, then the chain.
    pub stages: Vec<Stage>,
    /// Seconds of stereo audio per second of the audio thread, host blocks of 512: FIFO, engine, and
    /// what goes to the analysis and comes from it.
    pub realtime_factor: f64,
    /// The same with Tame and the clipper on and the limiter driven by 6 dB.
    pub realtime_factor_driven: f64,
    /// The same as it comes per second of all threads together, an offline bounce with all analysis.
    pub realtime_factor_with_analysis: f64,
    /// Audio thread over one forward and one inverse `realfft` per channel and block of the EQ.
    pub fft_ratio: f64,
    /// Audio thread over the transforms as the EQ runs them: complex, shared by both channels.
    pub fft_ratio_shared: f64,
    /// Shares of deadlines by host block length.
    pub deadlines: Vec<Deadline>,
    /// The longest block of 32 samples over its duration, with Tame and the clipper on and the limiter driven by 6 dB.
    pub worst_block_share_32_driven: f64,
    /// The plain loop of the decoupled envelope over the vectorised one, stereo.
    pub envelope_speedup: f64,
    /// The reference chain over the vectorised one, with the EQ off.
    pub chain_speedup_without_eq: f64,
    /// The largest ratio of silence after loud noise to the noise, of any processor.
    pub silence_ratio: f64,
    /// A whole song.
    pub songs: Songs,
}

/// Measures all; takes about a minute. `progress` is told what comes next.
pub fn run(set: InstructionSet, mut progress: impl FnMut(&str)) -> Report {
    let programme = Programme::new();
    let driven = programme.clone().driven();
    progress("stages");
    let stages = stages::all(&programme, set);
    progress("whole chain and transforms");
    // By turns, so that what slows the machine down for a while slows both sides of a ratio.
    let [
        mut real_ns,
        mut shared_ns,
        mut audio_ns,
        mut driven_ns,
        mut all_ns,
    ] = [f64::INFINITY; 5];
    for _ in 0..TURNS {
        let (real, shared) = stages::transforms();
        real_ns = real_ns.min(real);
        shared_ns = shared_ns.min(shared);
        audio_ns = audio_ns.min(rounds::audio_thread_ns(&programme, set));
        driven_ns = driven_ns.min(rounds::audio_thread_ns(&driven, set));
        all_ns = all_ns.min(rounds::all_threads_ns(&programme, set));
    }
    progress("deadlines");
    let deadlines = BLOCKS.map(|block| rounds::deadline(&programme, set, block));
    let driven_deadline = rounds::deadline(&driven, set, BLOCKS[0]);
    progress("without the EQ");
    let [plain_ns, fast_ns] = stages::chain_without_eq(&programme, set);
    progress("silence");
    let silence_ratio = stages::silence_ratio(set);
    progress("a song");
    let songs = songs::measure();
    #[allow(clippy::cast_precision_loss)] // 64
    let frame_ns = FRAME as f64 / RATE * 1e9;
    let envelope = stages.iter().find(|stage| stage.name == stages::ENVELOPE);
    Report {
        instruction_set: set.name(),
        realtime_factor: frame_ns / audio_ns,
        realtime_factor_driven: frame_ns / driven_ns,
        realtime_factor_with_analysis: frame_ns / all_ns,
        fft_ratio: audio_ns / real_ns,
        fft_ratio_shared: audio_ns / shared_ns,
        deadlines: deadlines.to_vec(),
        worst_block_share_32_driven: driven_deadline.worst_share,
        envelope_speedup: envelope.map_or(0.0, Stage::speedup),
        chain_speedup_without_eq: plain_ns / fast_ns,
        silence_ratio,
        songs,
        stages,
    }
}

impl Report {
    /// The same as one JSON document.
    pub fn to_json(&self) -> Value {
        let stages: Vec<Value> = self.stages.iter().map(Stage::to_json).collect();
        let deadlines: Vec<Value> = self.deadlines.iter().map(|d| d.to_json()).collect();
        let fields = json!({
            "instruction_set": self.instruction_set,
            "realtime_factor": self.realtime_factor,
            "realtime_factor_driven": self.realtime_factor_driven,
            "realtime_factor_with_analysis": self.realtime_factor_with_analysis,
            "fft_ratio": self.fft_ratio,
            "fft_ratio_shared": self.fft_ratio_shared,
            "worst_block_share_32": self.deadlines.first().map_or(0.0, |d| d.worst_share),
            "worst_block_share_32_driven": self.worst_block_share_32_driven,
            "envelope_speedup": self.envelope_speedup,
            "chain_speedup_without_eq": self.chain_speedup_without_eq,
            "silence_ratio": self.silence_ratio,
            "spectrum_ns_per_frame": self.songs.spectrum_ns_per_frame,
            "content_ns_per_frame": self.songs.content_ns_per_frame,
            "master_realtime_factor": self.songs.master_realtime_factor,
            "stages": stages,
            "deadlines": deadlines,
        });
        document("auralis.bench/1", fields)
    }
}

impl Deadline {
    fn to_json(self) -> Value {
        json!({
            "block": self.block,
            "mean_share": self.mean_share,
            "p999_share": self.p999_share,
            "worst_share": self.worst_share,
        })
    }
}
