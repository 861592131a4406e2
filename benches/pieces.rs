//! Analysis of a finished piece of three minutes on one thread and on two: what `auralis analyze` does
//! once the file is decoded, and the part of it that goes over the hops side by side.
#![allow(missing_docs)]

use auralis::audio_file::Audio;
use auralis::tools::analyze::analyze;
use auralis::tools::demo_piece::demo_piece;
use auralis::tools::measure::measure_hops;
use divan::{Bencher, black_box};

const THREADS: [usize; 2] = [1, 2];

fn main() {
    divan::main();
}

/// The demo piece, six times.
fn piece() -> Audio {
    let mut piece = demo_piece();
    for channel in &mut piece.channels {
        *channel = channel.repeat(6);
    }
    piece
}

fn pool(threads: usize) -> rayon::ThreadPool {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    pool.build().expect("the system gives threads")
}

#[divan::bench(args = THREADS, sample_count = 5, sample_size = 1)]
fn whole(bencher: Bencher, threads: usize) {
    let (piece, pool) = (piece(), pool(threads));
    bencher.bench_local(|| pool.install(|| analyze(black_box(&piece)).is_ok()));
}

#[divan::bench(args = THREADS, sample_count = 5, sample_size = 4)]
fn hops(bencher: Bencher, threads: usize) {
    let (piece, pool) = (piece(), pool(threads));
    bencher.bench_local(|| {
        let (channels, rate) = (black_box(&piece.channels), piece.sample_rate);
        pool.install(|| measure_hops(channels, rate))
    });
}
