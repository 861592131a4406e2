"""EQ, compressor and limiter against the textbook."""

import numpy as np

import signals as s
from host import ALL_OFF, BANDS, STATIC, Host, bands

RATE = 48000
EQ_ONLY = dict(ALL_OFF, eq_on="On", eq_amount=0)
# Without the detector's high-pass, which turns the phase of what it passes: steps and levels are those of the formula.
COMPRESSOR_ONLY = dict(
    ALL_OFF, comp_on="On", comp_adapt=0, comp_auto_release="Off", comp_sc_hpf=20,
    comp_threshold=-20, comp_ratio=4, comp_knee=6,
)  # fmt: skip
PHASES = ("Linear", "Minimum", "Mixed")
LIMITER_ONLY = dict(ALL_OFF, lim_on="On")
# Where a first-order step has gone 63.2 % of its way.
TIME_CONSTANT = 1 - np.exp(-1)


def response(host, rate=RATE):
    """Impulse response of the first channel: one second, impulse in the middle."""
    x = np.zeros((2, rate), dtype=np.float32)
    x[:, rate // 2] = 1.0
    return host.render(x, rate)[0]


def band_gains(bundle, phase):
    host = Host(bundle, **dict(EQ_ONLY, eq_phase=phase))
    worst = 0.0
    for middle in range(3, 23):
        low, high = bands()[middle - 1]
        for gain in (-12, 6, 12):
            for band in range(1, BANDS + 1):
                host.set(**{f"eq_band_{band:02}": gain if abs(band - middle) <= 1 else 0})
            got = s.gain_db_at(response(host), [(low + high) / 2], RATE)[0]
            worst = max(worst, abs(got - gain))
            # Issue: within 0.5 dB at the middle centre.
            assert abs(got - gain) < 0.5, f"bands {middle - 1}..{middle + 1}: got {got:.2f} dB, expected {gain}"
    print(f"largest error {worst:.3f} dB")


def test_eq_band_gains_linear_phase(bundle):
    band_gains(bundle, "Linear")


def test_eq_band_gains_minimum_phase(bundle):
    band_gains(bundle, "Minimum")


def test_eq_band_gains_mixed_phase(bundle):
    band_gains(bundle, "Mixed")


def test_eq_tilt(bundle):
    frequencies = np.array([250, 500, 1000, 2000, 4000, 8000])
    for phase in PHASES:
        for tilt in (-1.5, 0.5, 1.5):
            host = Host(bundle, **dict(EQ_ONLY, eq_phase=phase, eq_tilt=tilt))
            got = s.gain_db_at(response(host), frequencies, RATE)
            expected = tilt * np.log2(frequencies / 1000)
            # As for band gains; the curve is drawn through the centres of the bands.
            off = np.abs(got - expected)
            assert np.max(off) < 0.5, f"{phase}, {tilt} dB/oct: got {got.round(2)}, expected {expected}"


def test_eq_phases(bundle):
    settings = dict(EQ_ONLY, eq_band_10=9, eq_band_11=9, eq_band_12=9)
    linear = response(Host(bundle, **dict(settings, eq_phase="Linear")))
    around = linear[RATE // 2 - 1000 : RATE // 2 + 1001].astype(np.float64)
    # Symmetric down to the rounding of single-precision transforms.
    off = s.rms(around - around[::-1]) / s.rms(around)
    assert s.db(off) < -100, f"Linear: not symmetric, {s.db(off):.1f} dB"
    minimum = response(Host(bundle, **dict(settings, eq_phase="Minimum")))
    early = s.db(s.rms(minimum[: RATE // 2]) / s.rms(minimum))
    # Nothing before the impulse but what a cepstrum of finite length folds back.
    assert early < -100, f"Minimum: {early:.1f} dB before the impulse"


def test_mixed_phase_lets_no_bass_be_heard_before_a_click(bundle):
    settings = dict(EQ_ONLY, eq_band_01=12, eq_band_02=12, eq_band_03=12)
    for phase, least, most in (("Linear", -42, -30), ("Mixed", -200, -70)):
        y = response(Host(bundle, **dict(settings, eq_phase=phase)))
        click = RATE // 2
        before = s.rms(y[click - RATE // 100 : click - RATE // 200]) * np.sqrt(RATE / 200)
        got = s.db(before / np.sqrt(np.sum(y.astype(np.float64) ** 2)))
        # Backward masking is sure for 5 ms; Linear is the case that shows what is measured.
        assert least < got < most, f"{phase}: {got:.1f} dB from 10 to 5 ms before a click"


def static_curve(bundle, **settings):
    """Largest error of sine steps from -50 to 0 dBFS against the formula, in dB."""
    host = Host(bundle, **dict(COMPRESSOR_ONLY, **settings))
    levels = np.arange(-50, 0.1, 2.5)
    step = int(1.5 * RATE)
    x = np.concatenate([s.sine(997, 1.5, RATE, level) for level in levels])
    y = host.render(s.stereo(x))[0]
    full = dict(COMPRESSOR_ONLY, **settings)
    numbers = [full[k] for k in ("comp_threshold", "comp_ratio", "comp_knee")]
    errors = []
    for i, level in enumerate(levels):
        settled = slice(i * step + step // 2, (i + 1) * step - 100)
        got = float(s.db(s.rms(y[settled]) / s.rms(x[settled]))) + level
        errors.append(got - float(s.soft_knee_db(level, *numbers)))
    worst = int(np.argmax(np.abs(errors)))
    print(f"{settings or 'threshold -20, 4:1, knee 6'}: largest error {errors[worst]:+.3f} dB at {levels[worst]} dBFS")
    return abs(errors[worst]), levels[worst]


def test_compressor_static_curve(bundle):
    cases = [{}, dict(comp_knee=0), dict(comp_ratio=20, comp_knee=12), dict(comp_threshold=-40, comp_ratio=2)]
    for settings in cases:
        error, level = static_curve(bundle, **settings)
        # Issue: within 0.3 dB; 0.1 dB is the aim.
        assert error < 0.3, f"{settings}: {error:.3f} dB off at {level} dBFS"


def test_compressor_times(bundle):
    for attack, release in ((10, 150), (1, 50), (50, 500), (100, 20)):
        host = Host(bundle, **dict(COMPRESSOR_ONLY, comp_knee=0, comp_attack=attack, comp_release=release))
        # A square at fs/4: its magnitude is constant, so output / input is the gain at every sample.
        begin, end = RATE // 4, RATE // 4 + int((12 * attack + 200) * RATE / 1000)
        n = end + int((12 * (attack + release) + 200) * RATE / 1000)
        level = np.full(n, s.from_db(-40.0))
        level[begin:end] = s.from_db(-5.0)
        x = s.stereo(level * np.tile([1, 1, -1, -1], n // 4 + 1)[:n])
        gain = s.db(host.render(x)[0].astype(np.float64) / x[0])
        assert abs(gain[end - 1] + 11.25) < 0.1, f"no settled reduction: {gain[end - 1]:.2f} dB"
        for what, wanted, got in (
            ("attack", attack, s.crossing_ms(gain[:end], begin, TIME_CONSTANT, RATE)),
            ("release", release, s.crossing_ms(gain, end, TIME_CONSTANT, RATE)),
        ):
            print(f"{attack}/{release} ms: {what} {got:.3f} ms")
            # DESIGN: 1 %, and one sample for the grid.
            limit = 0.01 * wanted + 1000 / RATE
            assert abs(got - wanted) < limit, f"{attack}/{release} ms: {what} is {got:.3f} ms"


def hot_signals(rate):
    """Signals that make peaks between samples; +12 dB of drive comes on top."""
    rng = np.random.default_rng(5)
    n = 2 * rate
    t = np.arange(n) / rate
    clicks = np.zeros(n)
    clicks[rng.choice(n, 60, replace=False)] = rng.choice([-1, 1], 60)
    return {
        "square": 0.7 * np.sign(np.sin(2 * np.pi * 997 * t + 0.1)),
        "fs/4 at 45 degrees": s.sine(rate / 4, 2, rate, -3, np.pi / 4),
        "clicks": clicks,
        "white noise": 0.3 * rng.standard_normal(n),
        "bursts": s.sine(5001, 2, rate) * (t % 0.1 < 0.01) * (1 - 0.9 * (t % 0.3 < 0.1)),
        "low square": 0.9 * np.sign(np.sin(2 * np.pi * 50 * t + 0.1)),
    }


def test_limiter_ceiling(bundle):
    for rate in (44100, 48000):
        for release in (dict(), dict(lim_auto_release="Off", lim_release=1)):
            host = Host(bundle, **dict(LIMITER_ONLY, lim_drive=12, **release))
            for name, x in hot_signals(rate).items():
                y = host.render(s.faded(s.stereo(x), rate), rate)
                sample = float(s.db(np.max(np.abs(y))))
                meter, ideal = s.true_peak_db(y[:1]), s.ideal_true_peak_db(y[:1])
                print(f"{rate} {name}: sample {sample:.3f}, true peak {meter:.3f} (ideal {ideal:.3f})")
                # The sample peak never passes; 1e-5 dB is the rounding of single precision.
                assert sample <= -1.0 + 1e-5, f"{rate} {name}: sample peak {sample:.5f}"
                # Issue: true peak at most 0.1 dB over. (The ideal one is only shown: no meter sees what
                # white noise has in the last percents below half the rate.)
                assert meter <= -0.9, f"{rate} {name}: true peak {meter:.3f}"
                assert sample > -6, f"{rate} {name}: only turned down, {sample:.2f}"


def test_limiter_leaves_quiet_audio_alone(bundle):
    # Loudest true peak well under the ceiling.
    x = s.music(3, RATE, peak_db=-9)
    got = s.residual_db(Host(bundle, **LIMITER_ONLY).render(x), x)
    assert got < -140, f"{got:.1f} dB"


# Fast enough to take everything that stands out.
TAMING = dict(STATIC, tame_on="On", tame_depth=100, tame_speed=4)
# For every parameter: a value that is not its default, and settings under which it must be heard.
COMPRESSING = dict(STATIC, comp_threshold=-35, comp_ratio=4, comp_auto_release="Off", lim_on="Off", eq_on="Off")
LIMITING = dict(ALL_OFF, lim_on="On", lim_drive=15, lim_auto_release="Off")
CHANGES = {
    "bypass": ("On", COMPRESSING),
    "input_gain": (3, STATIC),
    "input_hpf": (60, STATIC),
    "output_gain": (3, STATIC),
    "mix": (50, COMPRESSING),
    "listen": ("Delta", COMPRESSING),
    "eq_on": ("Off", dict(STATIC, eq_band_10=6)),
    "eq_phase": ("Minimum", dict(STATIC, eq_band_10=6)),
    "eq_tilt": (1, STATIC),
    "comp_on": ("Off", COMPRESSING),
    "comp_threshold": (-45, COMPRESSING),
    "comp_ratio": (8, COMPRESSING),
    "comp_knee": (24, COMPRESSING),
    "comp_attack": (1, COMPRESSING),
    "comp_release": (20, COMPRESSING),
    "comp_auto_release": ("On", COMPRESSING),
    "comp_detector": ("RMS", COMPRESSING),
    "comp_link": (0, COMPRESSING),
    "comp_sc_hpf": (300, COMPRESSING),
    "comp_low_split": (200, COMPRESSING),
    "comp_lookahead": (5, COMPRESSING),
    "comp_makeup": (3, COMPRESSING),
    "comp_auto_makeup": ("On", COMPRESSING),
    "comp_mix": (50, COMPRESSING),
    "width": (50, STATIC),
    "lim_on": ("Off", LIMITING),
    "lim_drive": (20, LIMITING),
    "lim_ceiling": (-3, LIMITING),
    "lim_release": (10, LIMITING),
    "lim_auto_release": ("On", LIMITING),
    "lim_true_peak": ("Off", LIMITING),
    "clip_amount": (6, LIMITING),
    "lim_link": (0, LIMITING),
    "tame_on": ("Off", TAMING),
    "tame_depth": (20, TAMING),
    "tame_sharpness": (0, TAMING),
    "tame_speed": (100, TAMING),
    "tame_low_hz": (2000, TAMING),
    "tame_high_hz": (1000, TAMING),
    "tame_link": (0, TAMING),
    **{f"eq_band_{band:02}": (6, STATIC) for band in range(1, BANDS + 1)},
}


def assert_heard(bundle, x, changes):
    """Each parameter, moved to its value under its settings, changes what comes out for `x` by more than -80 dB."""
    deaf = []
    for name, (value, settings) in changes.items():
        host = Host(bundle, **settings)
        before = host.render(x)
        host.set(**{name: value})
        got = s.residual_db(host.render(x), before)
        if got < -80:
            deaf.append(f"{name} = {value}: {got:.1f} dB")
    assert not deaf, "; ".join(deaf)


def test_every_static_parameter_is_heard(bundle):
    assert_heard(bundle, s.music(3, RATE) + s.noise(3, RATE, -50), CHANGES)


def test_both_engines_sound_the_same(bundle):
    x = s.music(3, RATE)
    settings = dict(STATIC, eq_band_10=6, comp_threshold=-30, comp_ratio=4, lim_drive=8)
    vectorized = Host(bundle, **settings).render(x)
    got = s.residual_db(Host(bundle, **dict(settings, engine="Reference")).render(x), vectorized)
    # DESIGN: around 1e-5, which is -100 dB; the processors' deviations add up.
    assert got < -90, f"{got:.1f} dB"


def test_left_and_right_are_treated_alike(bundle):
    x = s.music(3, RATE)
    settings = dict(STATIC, eq_band_10=6, comp_threshold=-30, comp_ratio=4, comp_link=30, lim_drive=8)
    for eq_on in (False, True):
        host = Host(bundle, **dict(settings, eq_on=eq_on))
        swapped, expected = host.render(x[::-1])[::-1].copy(), host.render(x)
        if eq_on:
            # Both channels share a transform, whose rounding (f32, 1024 points) is not that of the swapped one.
            residual = s.residual_db(swapped, expected)
            assert residual < -130, f"residual {residual:.1f} dB"
        else:
            difference = s.first_difference(swapped, expected)
            assert difference is None, difference
