"""Nothing is done where nothing is asked, at any rate and block size; faults of the input stay there."""

import numpy as np

import signals as s
from host import ALL_OFF, STATIC, Host

RATES = (8000, 44100, 48000, 96000, 192000)
BLOCKS = (16, 64, 509, 2048)
# Issue: residual of the switched-off chain. Single precision itself is near -150 dB.
OFF_RESIDUAL_DB = -140.0
# Issue: residual of the flat EQ, any phase.
FLAT_RESIDUAL_DB = -110.0
# Everything on and working, nothing adapting.
BUSY = dict(
    STATIC,
    eq_band_05=6, eq_band_12=-8, eq_band_20=4, eq_tilt=-0.5,
    comp_threshold=-30, comp_ratio=4, width=130, lim_drive=8,
)  # fmt: skip


def all_off_in(bundle, channels):
    host = Host(bundle, **ALL_OFF)
    for rate in RATES:
        x = s.music(1, rate)[:channels]
        for block in BLOCKS:
            y = host.render(x, rate, block)
            got = s.residual_db(y, x)
            assert got < OFF_RESIDUAL_DB, f"{rate} Hz, blocks of {block}: {got:.1f} dB"


def test_all_off_is_transparent_in_stereo(bundle):
    all_off_in(bundle, 2)


def test_all_off_is_transparent_in_mono(bundle):
    all_off_in(bundle, 1)


def test_mono_is_either_channel_of_equal_ones(bundle):
    """Nothing that is done to two equal channels needs the second one."""
    x = s.music(4, 48000)[:1]
    settings = dict(BUSY, width=100)
    mono = Host(bundle, **settings).render(x)
    both = Host(bundle, **settings).render(s.stereo(x[0]))
    assert s.residual_db(mono, x) > -40, "the chain does nothing: nothing is tested"
    for channel in both:
        got = s.residual_db(mono, channel[None])
        # Two channels go through the EQ's transform as one complex signal: single precision.
        assert got < FLAT_RESIDUAL_DB, f"{got:.1f} dB"


def test_bypass_is_transparent(bundle):
    x = s.music(2, 48000)
    got = s.residual_db(Host(bundle, **dict(BUSY, bypass="On")).render(x), x)
    assert got < OFF_RESIDUAL_DB, f"{got:.1f} dB"


def test_neutral_eq_is_flat(bundle):
    host = Host(bundle, **dict(ALL_OFF, eq_on="On", eq_amount=0))
    for phase in ("Linear", "Minimum", "Mixed"):
        for rate in (44100, 48000, 96000):
            host.set(eq_phase=phase)
            x = s.noise(2, rate)
            got = s.residual_db(host.render(x, rate), x)
            assert got < FLAT_RESIDUAL_DB, f"{phase} phase, {rate} Hz: {got:.1f} dB"


def blocks_agree(host, x, rate):
    expected = host.render(x, rate, BLOCKS[0])
    assert s.residual_db(expected, x) > -40, "the chain does nothing: nothing is tested"
    for block in BLOCKS[1:]:
        difference = s.first_difference(host.render(x, rate, block), expected)
        assert difference is None, f"{rate} Hz, blocks of {block} against {BLOCKS[0]}: {difference}"


def test_block_sizes_are_bit_identical(bundle):
    host = Host(bundle, **BUSY)
    for phase in ("Linear", "Minimum", "Mixed"):
        host.set(eq_phase=phase)
        blocks_agree(host, s.music(4, 48000), 48000)
    blocks_agree(host, s.noise(2, 44100), 44100)


def test_latency(bundle):
    # DESIGN: at 48 kHz 12 ms with Minimum, 40 ms with Linear and Mixed phase, and the same whatever else is set.
    others = [dict(), ALL_OFF, BUSY, dict(comp_lookahead=5), dict(lim_true_peak="Off", mix=50)]
    for phase, limit_ms in (("Minimum", 12), ("Mixed", 40), ("Linear", 40)):
        seen = set()
        for settings in others:
            host = Host(bundle, **dict(settings, eq_phase=phase))
            host.render(s.music(0.5, 48000))
            seen.add(host.latency_samples)
        assert len(seen) == 1, f"{phase}: {sorted(seen)}"
        got = seen.pop() / 48.0
        print(f"{phase} phase: {got:.2f} ms")
        assert 0 < got <= limit_ms, f"{phase}: {got:.2f} ms"


def test_impulse_lands_exactly(bundle):
    for phase in ("Minimum", "Linear", "Mixed"):
        for settings in (ALL_OFF, dict(ALL_OFF, eq_on="On", eq_amount=0)):
            host = Host(bundle, **dict(settings, eq_phase=phase))
            for rate in (44100, 48000, 96000):
                for position in (0, 1000):
                    x = np.zeros((2, rate), dtype=np.float32)
                    x[:, position] = 0.5
                    y = host.render(x, rate)
                    got = np.argmax(np.abs(y), axis=1).tolist()
                    assert got == [position] * 2, f"{phase}, {rate} Hz: got {got}, expected {position}"


def test_silence_stays_silent(bundle):
    y = Host(bundle).render(np.zeros((2, 5 * 48000), dtype=np.float32))
    assert np.max(np.abs(y)) == 0.0, np.max(np.abs(y))


def test_faulty_samples(bundle):
    rate = 48000
    x = s.music(4, rate)
    bad = slice(rate, rate + 480)
    for settings in (dict(), BUSY):
        host = Host(bundle, **settings)
        clean = host.render(x, rate)
        for what in (np.nan, np.inf, -np.inf, 1e30, -1e30, 1e-40):
            faulty = x.copy()
            faulty[:, bad] = what
            y = host.render(faulty, rate)
            wrong = np.argwhere(~np.isfinite(y))
            assert len(wrong) == 0, f"{what}: not finite at {wrong[0].tolist()}"
            # A second later; 1 dB leaves room for slow averages that heard the fault.
            after = slice(bad.stop + rate, None)
            got = float(s.db(s.rms(y[:, after]) / s.rms(clean[:, after])))
            assert abs(got) < 1.0, f"{what}: {got:.2f} dB off a second later"
    tiny = np.full((2, rate), 1e-40, dtype=np.float32)
    assert np.all(np.isfinite(Host(bundle).render(tiny, rate)))


def test_extreme_rates_and_short_audio(bundle):
    host = Host(bundle)
    for rate in (8000, 11025, 384000, 768000):
        y = host.render(s.noise(0.2, rate), rate)
        assert np.all(np.isfinite(y)), rate
    for samples, block in ((1, 1), (7, 1), (63, 16384), (40000, 16384)):
        y = host.render(s.noise(1, 48000)[:, :samples], 48000, block)
        assert np.all(np.isfinite(y)), (samples, block)
