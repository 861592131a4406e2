"""The measurements themselves, held against models whose answer is known: each must pass on a right
signal and fail on a wrong one."""

import numpy as np

import signals as s

RATE = 48000


def compressor_model(level_db, attack_ms, release_ms, threshold=-20.0, ratio=4.0, knee=0.0):
    """Gain in dB of a branching compressor for a level trajectory in dB."""
    wanted = s.soft_knee_db(level_db, threshold, ratio, knee) - level_db
    attack, release = (np.exp(-1000.0 / (ms * RATE)) for ms in (attack_ms, release_ms))
    gain, state = np.empty_like(wanted), 0.0
    for i, target in enumerate(wanted):
        a = attack if target < state else release
        state = a * state + (1 - a) * target
        gain[i] = state
    return gain


def test_measuring_step_times():
    level = np.full(3 * RATE, -40.0)
    level[4800:RATE] = -5.0
    for attack, release in ((10, 50), (1, 100)):
        gain = compressor_model(level, attack, release)
        got_attack = s.crossing_ms(gain[:RATE], 4800, 1 - np.exp(-1), RATE)
        got_release = s.crossing_ms(gain, RATE, 1 - np.exp(-1), RATE)
        # The model is exact; only the interpolation between samples is not.
        assert abs(got_attack - attack) < 0.002 * attack, (got_attack, attack)
        assert abs(got_release - release) < 0.002 * release, (got_release, release)


def test_measuring_static_curve():
    # Hand-computed points for threshold -20, ratio 4, knee 6.
    for level, expected in ((-50, -50), (-23, -23), (-20, -20.5625), (-17, -19.25), (0, -15)):
        got = float(s.soft_knee_db(level, -20, 4, 6))
        assert abs(got - expected) < 1e-9, (level, got, expected)
    assert float(s.soft_knee_db(-10, -20, 4, 0)) == -17.5


def test_measuring_true_peak():
    # fs/4 at 45 degrees: the samples say 0.7071 of the true peak.
    x = s.faded(s.stereo(s.sine(RATE / 4, 0.5, RATE, 0.0, np.pi / 4)), RATE)
    assert abs(np.max(np.abs(x)) - np.sqrt(0.5)) < 1e-3
    for got in (s.true_peak_db(x), s.ideal_true_peak_db(x)):
        assert abs(got) < 0.01, got
    # A cut-out of white noise has peaks between its samples, whatever its seed.
    x = s.faded(s.noise(0.5, RATE), RATE)
    assert s.true_peak_db(x) > s.db(np.max(np.abs(x))) + 0.1


def test_measuring_residuals_and_gains():
    x = s.noise(1, RATE)
    assert s.residual_db(x, x) < -300
    assert abs(s.residual_db(x * np.float32(1.1), x) + 20) < 0.01
    assert s.residual_db(np.roll(x, 1, axis=1), x) > 0
    assert s.first_difference(x, x) is None
    assert "(0, 5)" in s.first_difference(np.where(np.arange(x.shape[1]) == 5, 0, x).astype("f4"), x)
    response = np.zeros(512)
    response[100], response[102] = 0.5, 0.5  # |cos(w)|
    got = s.gain_db_at(response, [1000, 4000, 8000], RATE)
    expected = s.db(np.cos(2 * np.pi * np.array([1000, 4000, 8000]) / RATE))
    assert np.max(np.abs(got - expected)) < 1e-9, (got, expected)


def test_signals_are_the_same_every_time():
    assert s.first_difference(s.music(2, RATE), s.music(2, RATE)) is None
    assert s.first_difference(s.music(2, RATE, seed=8), s.music(2, RATE)) is not None
