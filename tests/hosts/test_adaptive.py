"""The adaptive side: the same every time, on target, and every control of it heard."""

import numpy as np
import pyloudnorm

import signals as s
from host import Host
from test_processors import CHANGES, assert_heard

RATE = 48000
# Parameters that no render through this host can show: the rollback switch must not be heard, and
# there is neither a captured reference nor a sidechain signal here.
SILENT = {"engine", "ref_blend", "comp_sc_external"}
# A value each, and settings under which the adaptation has something to do.
ADAPTING = {
    "eq_amount": (100, {}),
    "eq_range": (1, dict(eq_amount=100)),
    "eq_speed": (0.5, {}),
    "target": ("Speech", dict(eq_amount=100)),
    "comp_adapt": (0, dict(comp_adapt=100)),
    "loud_on": ("Off", {}),
    "loud_target": (-20, {}),
    "loud_range": (1, {}),
    "adapt_mode": ("Follow", {}),
    # What is locked stays where a new instance begins.
    "eq_lock": ("On", dict(eq_amount=100)),
    "comp_lock": ("On", dict(comp_adapt=100)),
    "loud_lock": ("On", {}),
}


def loudness(x, rate=RATE):
    return float(pyloudnorm.Meter(rate).integrated_loudness(x.T.astype(np.float64)))


def at_loudness(x, lufs):
    return (x * s.from_db(lufs - loudness(x))).astype(np.float32)


def test_bounces_are_bit_identical(bundle):
    x = at_loudness(s.music(40, RATE), -20)
    host = Host(bundle)
    first = host.render(x, block=512)
    for what, again in (
        ("the second bounce", host.render(x, block=512)),
        ("blocks of 509", host.render(x, block=509)),
        ("another instance, blocks of 2048", Host(bundle).render(x, block=2048)),
    ):
        difference = s.first_difference(again, first)
        assert difference is None, f"{what}: {difference}"


def lands(bundle, source_lufs, target, seconds=60, **settings):
    x = at_loudness(s.music(seconds, RATE), source_lufs)
    y = Host(bundle, loud_target=target, **settings).render(x)
    got = loudness(y[:, 30 * RATE :])
    peak = s.true_peak_db(y)
    print(f"{source_lufs} to {target}: {got:.2f} LUFS from second 30 on, true peak {peak:.2f} dBTP")
    # Issue: within 1 LU from second 30 on, true peak at most 0.1 dB over the ceiling of -1.
    assert abs(got - target) < 1.0, f"{source_lufs} to {target}: got {got:.2f} LUFS"
    assert peak <= -0.9, f"{source_lufs} to {target}: true peak {peak:.3f} dBTP"


def test_loudness_lands_on_target(bundle):
    lands(bundle, -24, -14, adapt_mode="Follow")


def test_loudness_lands_on_other_targets(bundle):
    lands(bundle, -18, -14, seconds=45, adapt_mode="Follow")
    lands(bundle, -14, -18, seconds=45, adapt_mode="Follow")
    lands(bundle, -24, -14, seconds=45, loud_range=24, adapt_mode="Follow")


def test_a_first_pass_in_learn_lands_near_the_target(bundle):
    for source_lufs in (-18, -14, -10):
        x = at_loudness(s.music(90, RATE), source_lufs)
        got = loudness(Host(bundle).render(x))
        print(f"{source_lufs} LUFS: {got:.2f} LUFS")
        # 1.5 LU are promised of a song's first pass, all of it counted.
        assert abs(got + 14) < 1.5, f"{source_lufs} LUFS: got {got:.2f} LUFS"


def test_every_parameter_is_tried(bundle):
    untried = set(Host(bundle).parameters) - set(CHANGES) - set(ADAPTING) - SILENT
    assert not untried, sorted(untried)


def test_every_adaptive_parameter_is_heard(bundle):
    assert_heard(bundle, at_loudness(s.music(12, RATE), -24), ADAPTING)


def test_adaptive_gains_stay_in_range(bundle):
    """A programme without treble must not get more of it than the range allows."""
    x = s.music(16, RATE)
    spectrum = np.fft.rfft(x, axis=1)
    spectrum[:, np.fft.rfftfreq(x.shape[1], 1 / RATE) > 3000] *= s.from_db(-30)
    dull = np.fft.irfft(spectrum, x.shape[1], axis=1).astype(np.float32)
    settings = dict(
        comp_on="Off", loud_on="Off", lim_on="Off", eq_amount=100, eq_range=6, eq_speed=0.5, adapt_mode="Follow"
    )
    y = Host(bundle, **settings).render(dull)
    end = slice(12 * RATE, None)
    frequencies = np.fft.rfftfreq(4 * RATE, 1 / RATE)
    power_in, power_out = (np.sum(np.abs(np.fft.rfft(v[:, end], axis=1)) ** 2, axis=0) for v in (dull, y))
    for low, high in ((200, 300), (770, 920), (2320, 2700), (5300, 6400), (9500, 12000)):
        inside = (frequencies >= low) & (frequencies < high)
        got = float(10 * np.log10(np.sum(power_out[inside]) / np.sum(power_in[inside])))
        # 0.5 dB as for manual gains.
        assert abs(got) < 6.5, f"{low}..{high} Hz: {got:.2f} dB with a range of 6 dB"
