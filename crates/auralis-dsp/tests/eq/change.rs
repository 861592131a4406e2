//! A change of kernel, as it is heard.

use crate::*;

/// What an EQ makes of audio when it gets a second kernel with frame `at`; and what it makes of it
/// with either alone.
fn change(
    audio: &Audio,
    [from, to]: [&Kernel; 2],
    at: usize,
    rate: f64,
    way: Implementation,
) -> [Vec<f32>; 3] {
    let mut eq = FftEq::new(rate, 1, Box::new(from.clone()));
    let changed = play(audio, |index, frame| {
        if index == at {
            eq.load(Box::new(to.clone()));
        }
        eq.process(frame, true, way);
    });
    let [from, to] = [from, to].map(|kernel| equalise(audio, kernel, rate, way));
    [changed, from, to].map(|mut audio| audio.swap_remove(0))
}

#[test]
fn a_change_of_kernel_goes_from_one_to_the_other_without_a_step() {
    for rate in RATES {
        let len = samples(0.3, rate);
        let audio = vec![noise(3, len)];
        for phase in PHASES {
            let kernels = [0.9, 1.7].map(|step| kernel(uneven(step), phase, rate));
            for (way, at) in ways().into_iter().flat_map(|way| [(way, 50), (way, 53)]) {
                let what = format!("{rate} Hz, {phase:?}, {}, frame {at}", name(way));
                let pair = [&*kernels[0], &*kernels[1]];
                let [got, from, to] = change(&audio, pair, at, rate, way);
                // A change takes 21 ms, in whole partitions; noise differs enough to tell how far it is.
                let steepest = 2.0 / (0.021 * rate);
                let (mut last, mut last_at) = (0.0, 0);
                for (n, got) in got.iter().enumerate() {
                    let way_to_go = f64::from(to[n]) - f64::from(from[n]);
                    if way_to_go.abs() < 0.5 {
                        continue;
                    }
                    let come = (f64::from(*got) - f64::from(from[n])) / way_to_go;
                    let step = come - last;
                    // f32 transforms, over half of full scale at least.
                    let furthest = steepest * (n - last_at) as f64 + 1e-5;
                    assert!(
                        (-1e-5..furthest).contains(&step),
                        "{what} [{n}]: jumps from {last} to {come}"
                    );
                    (last, last_at) = (come, n);
                }
                assert_near(last, 1.0, 1e-5, &format!("{what}: the end"));
            }
        }
    }
}

#[test]
fn a_change_of_kernel_lets_nothing_be_heard_early() {
    for phase in PHASES {
        let rate = 48_000.0;
        let kernels = [0.9, 1.7].map(|step| kernel(uneven(step), phase, rate));
        let sizes = EqSizes::new(phase, rate);
        let start = latency(phase, rate) - sizes.group_delay;
        for way in ways() {
            // An impulse anywhere in a change that begins with frame 50.
            for at in [3100, 3300, 3700, 4100] {
                let audio = vec![impulse(1.0, at, 4 * sizes.taps + at)];
                let pair = [&*kernels[0], &*kernels[1]];
                let got = &change(&audio, pair, 50, rate, way)[0];
                let what = format!("{phase:?}, {}, impulse at {at}", name(way));
                for part in [&got[..at + start], &got[at + start + sizes.taps..]] {
                    // The design allows -80 dB; f32 transforms reach -130 dB.
                    let db = to_db(peak(part).into());
                    assert!(db < -110.0, "{what}: {db} dB outside of the response");
                }
            }
        }
    }
}
