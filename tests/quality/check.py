#!/usr/bin/env python3
"""The measurements of this folder, held against what is known: check.py

Each must read right what is right, and tell what is wrong. The last line counts.
"""

import sys
import traceback

import numpy as np
import tame
from align import advanced, delay_samples
from contenders import Contender
from nmr import Masked
from scipy import signal
from scoring import RATE, scores, transient_loss_db, true_peak_db
from tones import bass_distortion_db, intermodulation_db, pumping_db, recovery_db


def noise(seconds=4.0, level=0.1, seed=1):
    return level * np.random.default_rng(seed).standard_normal((2, int(seconds * RATE)))


def limiter(run):
    """Something to measure, that takes no time."""
    return Contender("", lambda x, _: (run(x), 0.0), "")


def near(got, expected, tolerance):
    assert abs(got - expected) <= tolerance, f"got {got}, expected {expected} within {tolerance}"


def test_true_peak():
    # A quarter of the rate at 45 degrees: its samples say 3 dB less.
    tone = np.sin(np.pi / 2 * np.arange(RATE) + np.pi / 4) * signal.windows.tukey(RATE, 0.1)
    near(true_peak_db(np.stack([tone, 0 * tone])), 0.0, 0.01)


def test_delays_and_their_fractions():
    x = noise()
    for delay in (0.0, 64.0, 253.82, 17.5):
        y = advanced(np.pad(x, ((0, 0), (300, 300))), 300 - delay, x.shape[1])
        near(delay_samples(x.sum(axis=0), y.sum(axis=0)), delay, 0.02)


def test_noise_to_mask_follows_the_noise():
    x = signal.lfilter([1.0], [1, -0.9], noise())
    masked = Masked(x)
    assert masked.nmr_db(x) < -90, "the same has no noise"
    levels = [masked.nmr_db(x + noise(level=level, seed=2)) for level in (1e-4, 1e-3)]
    # 20 dB more noise; the difference of magnitudes is linear in it while it is small.
    near(levels[1] - levels[0], 20.0, 1.0)


def test_noise_under_a_loud_neighbour_is_masked():
    x = noise()
    band = signal.butter(4, (900, 1100), "bandpass", fs=RATE, output="sos")
    far = signal.butter(4, (5000, 6000), "bandpass", fs=RATE, output="sos")
    music, added = signal.sosfilt(band, x), noise(level=0.003, seed=2)
    masked = Masked(music)
    inside, outside = (masked.nmr_db(music + signal.sosfilt(sos, added)) for sos in (band, far))
    assert inside < outside - 20, (inside, outside)


def test_scores_of_the_same():
    x = noise().astype(np.float32)
    told = scores(x, 2 * x, Masked(x))
    near(told["zimtohrli"], 5.0, 0.01)
    assert told["nmr_db"] < -90, told


def test_lost_onsets():
    x = 0.1 * noise()
    x[:, RATE // 2 :: RATE // 4] += 0.5
    near(transient_loss_db(x, np.clip(x, -0.25, 0.25)), 6.0, 2.0)
    near(transient_loss_db(x, x), 0.0, 1e-9)


def test_tones_through_a_wire_and_a_clipper():
    wire, clipper = limiter(lambda x: x), limiter(lambda x: np.clip(x, -0.891, 0.891))
    for measure in (intermodulation_db, lambda c: bass_distortion_db(c, 6)):
        assert measure(wire) < -100, measure(wire)
        assert measure(clipper) > -25, measure(clipper)
    near(pumping_db(wire), 0.0, 0.01)
    near(recovery_db(wire, 7, 1.0, 0.4), 0.0, 0.01)


class Cut:
    """A bell of -9 dB, 30 ms late."""

    def __init__(self, hz):
        self.hz = hz

    def render(self, x, _rate):
        kept = tame.GAIN_DB, tame.STARTS_S
        tame.GAIN_DB, tame.STARTS_S = -9.0, tuple(start_s + 0.03 for start_s in kept[1])
        y = tame.bell(x, self.hz)
        tame.GAIN_DB, tame.STARTS_S = kept
        return y


def test_a_cut_of_a_resonance():
    hz, made = 2000.0, tame.only_tame
    tame.only_tame = lambda _bundle, **_settings: Cut(hz)
    told = tame.resonance(None, noise(14), hz, {})
    tame.only_tame = made
    # Less than 9: the sides of the bell are in it.
    near(told["early_db"], -6.9, 0.7)
    near(told["late_db"], -6.9, 0.7)
    near(told["rest_db"], 0.0, 0.05)


def test_aliases():
    tone = np.sin(2 * np.pi * 5000 * np.arange(RATE) / RATE)
    assert tame.worst_alias_db(tone) < -150, "a tone has none"
    # The fifth harmonic of a symmetric clipper folds down to 23 kHz.
    near(tame.worst_alias_db(np.clip(tone, -0.5, 0.5)), -27.0, 4.0)


def main():
    tests = [test for name, test in globals().items() if name.startswith("test_")]
    failed = 0
    for test in tests:
        try:
            test()
            print("ok", test.__name__)
        except AssertionError:
            failed += 1
            print("FAILED", test.__name__, traceback.format_exc())
    print(f"{len(tests) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
