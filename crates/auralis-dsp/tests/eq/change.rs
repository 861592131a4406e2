//! A change of kernel, as it is heard.

use crate::*;

/// Kernels that follow each other: alike for mid and side, or not.
fn pairs(phase: EqPhase, rate: f64) -> [[Box<Kernel>; 2]; 4] {
    let alike = |step| kernel(uneven(step), phase, rate);
    let apart = |steps| divided(steps, phase, rate);
    [
        [alike(0.9), alike(1.7)],
        [alike(0.9), apart([1.7, 1.2])],
        [apart([0.9, 0.4]), alike(1.7)],
        [apart([0.9, 0.4]), apart([1.7, 1.2])],
    ]
}

/// What an EQ makes of audio when it gets a second kernel with frame `at`; and what it makes of it
/// with either alone.
fn change(
    audio: &Audio,
    [from, to]: [&Kernel; 2],
    at: usize,
    rate: f64,
    way: Implementation,
) -> [Audio; 3] {
    let mut eq = FftEq::new(rate, audio.len(), Box::new(from.clone()));
    let changed = play(audio, |index, frame| {
        if index == at {
            eq.load(Box::new(to.clone()));
        }
        eq.process(frame, true, way);
    });
    let [from, to] = [from, to].map(|kernel| equalise(audio, kernel, rate, way));
    [changed, from, to]
}

/// Fails where a change of kernel is not a straight way from one output to the other.
fn assert_straight([got, from, to]: [&[f32]; 3], rate: f64, what: &str) {
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

#[test]
fn a_change_of_kernel_goes_from_one_to_the_other_without_a_step() {
    for rate in RATES {
        let len = samples(0.3, rate);
        let audio = vec![noise(3, len), noise(4, len)];
        for phase in PHASES {
            for (number, pair) in pairs(phase, rate).iter().enumerate() {
                let pair = [&*pair[0], &*pair[1]];
                for (way, at) in ways().into_iter().flat_map(|way| [(way, 50), (way, 53)]) {
                    let [got, from, to] = change(&audio, pair, at, rate, way);
                    for channel in 0..2 {
                        let what = format!(
                            "{rate} Hz, {phase:?}, pair {number}, {}, frame {at}, channel {channel}",
                            name(way)
                        );
                        let parts = [&got, &from, &to].map(|audio| &audio[channel][..]);
                        assert_straight(parts, rate, &what);
                    }
                }
            }
        }
    }
}

#[test]
fn a_change_of_kernel_lets_nothing_be_heard_early() {
    for phase in PHASES {
        let rate = 48_000.0;
        let sizes = EqSizes::new(phase, rate);
        let start = latency(phase, rate) - sizes.group_delay;
        for (number, pair) in pairs(phase, rate).iter().enumerate() {
            let pair = [&*pair[0], &*pair[1]];
            for way in ways() {
                // An impulse anywhere in a change that begins with frame 50.
                for at in [3100, 3300, 3700, 4100] {
                    let len = 4 * sizes.taps + at;
                    let audio = vec![impulse(1.0, at, len), vec![0.0; len]];
                    let got = &change(&audio, pair, 50, rate, way)[0];
                    let what = format!("{phase:?}, pair {number}, {}, impulse at {at}", name(way));
                    for got in got {
                        for part in [&got[..at + start], &got[at + start + sizes.taps..]] {
                            // The design allows -80 dB; f32 transforms reach -130 dB.
                            let db = to_db(peak(part).into());
                            assert!(db < -110.0, "{what}: {db} dB outside of the response");
                        }
                    }
                }
            }
        }
    }
}
