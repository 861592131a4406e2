"""What `master` and `analyze` do and tell."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyloudnorm

import auralis
import signals as s
from same import NEUTRAL, assert_near, assert_same

RATE = 48000
# What the issue of verified loudness promises, in LU; pyloudnorm adds 0.05 of its own (its filters).
LOUDNESS_LU = 0.1 + 0.05


def song(seconds=12.0, rate=RATE, peak_db=-6.0):
    return s.music(seconds, rate, peak_db=peak_db)


def test_it_lands_on_the_target_and_says_so():
    audio = song()
    for target in (-20, -16.5, "-14 LUFS"):
        mastered, report = auralis.master(audio, RATE, target)
        lufs = float(str(target).split()[0])
        measured = pyloudnorm.Meter(RATE).integrated_loudness(mastered.T.astype(np.float64))
        assert_near(measured, lufs, LOUDNESS_LU, f"pyloudnorm, target {target}")
        assert_near(report["after"]["integrated_lufs"], lufs, 0.1, f"the report, target {target}")
        assert report["target_lufs"] == lufs and abs(report["miss_lu"]) <= 0.1, report["miss_lu"]
        assert report["after"]["true_peak_dbtp"] <= -1.0 + 0.01, report["after"]
        assert report["reach"] is None, report["reach"]


def test_the_report_tells_what_analyze_tells_of_both():
    audio = song()
    mastered, report = auralis.master(audio, RATE)
    before, after = auralis.analyze(audio, RATE), auralis.analyze(mastered, RATE)
    assert report["before"] == before["measurement"]
    for key, expected in after["measurement"].items():
        got = report["after"][key]
        # The sums of an offset depend on how the audio was cut, by their last bits.
        same = np.allclose(got, expected, rtol=0, atol=1e-6) if key.startswith("dc") else got == expected
        assert same, f"{key}: {got} beside {expected}"
    for key in ("seconds", "sample_rate_hz", "channels", "bands_db", "target_db", "reason", "profiles", "findings"):
        assert report[key] == before[key], f"{key}: {report[key]} beside {before[key]}"
    told = {k: v for k, v in report["decision"].items() if k != "makeup_gain_db"}
    decided = {k: v for k, v in before["decision"].items() if k != "makeup_gain_db"}
    assert told == decided, f"{told} beside {decided}"


def test_a_target_out_of_reach_is_told_with_what_it_takes():
    audio = song(peak_db=-40.0)
    _, report = auralis.master(audio, RATE, -9)
    assert "cannot be reached" in report["reach"] and "loud_range=" in report["reach"], report["reach"]
    assert_near(report["decision"]["loudness_gain_db"], 12.0, 1e-6, "the whole range")
    assert report["miss_lu"] < -1.0, report["miss_lu"]


def test_without_a_target_the_loudness_gain_is_off():
    audio = song()
    mastered, report = auralis.master(audio, RATE, None, **NEUTRAL)
    assert_same(mastered, audio, "everything off")
    assert report["target_lufs"] is None and report["miss_lu"] is None
    assert report["decision"]["loudness_gain_db"] == 0.0, report["decision"]


def test_settings_mean_the_same_as_numbers_bools_and_text():
    audio = song(5.0)
    spellings = [
        {"lim_ceiling": -3, "comp_on": False, "target": "Jazz"},
        {"lim_ceiling": "-3 dBTP", "comp_on": "off", "target": "jazz"},
        {"lim_ceiling": np.float32(-3), "comp_on": np.bool_(False), "target": "JAZZ"},
        {"lim_ceiling": -3.0, "comp_on": 0, "target": "Jazz"},
    ]
    expected, _ = auralis.master(audio, RATE, **spellings[0])
    plain, _ = auralis.master(audio, RATE)
    assert not np.array_equal(expected, plain), "the settings do nothing"
    for settings in spellings[1:]:
        assert_same(auralis.master(audio, RATE, **settings)[0], expected, str(settings))


def test_a_reference_bends_the_tone():
    audio = song()
    # 12 dB more above 3 kHz, at another sample rate.
    spectrum = np.fft.rfft(s.noise(8.0, 44100, -25.0, seed=2))
    spectrum[:, int(8.0 * 3000) :] *= 4.0
    bright = np.fft.irfft(spectrum).astype(np.float32)
    _, plain = auralis.master(audio, RATE, eq_amount=100)
    _, none = auralis.master(audio, RATE, eq_amount=100, reference=(bright, 44100), ref_blend=0)
    _, all_of_it = auralis.master(audio, RATE, eq_amount=100, reference=(bright, 44100))
    assert none["decision"] == plain["decision"], "no share of the reference"
    lifted = np.subtract(all_of_it["decision"]["eq_db"], plain["decision"]["eq_db"])
    assert lifted[18:22].mean() > 1.0 + lifted[3:8].mean(), f"lifted by {lifted}"


def test_silence_and_next_to_nothing_come_back():
    for audio in (np.zeros((2, RATE), np.float32), np.zeros(1, np.float32), song(0.05), song()[:, 5000:5001]):
        mastered, report = auralis.master(audio, RATE)
        assert mastered.shape == audio.shape and np.isfinite(mastered).all()
        if not audio.any():
            assert not mastered.any() and report["decision"] is None and report["learned"] is None
            assert report["before"]["integrated_lufs"] is None, report["before"]


def test_a_constant_is_no_music():
    audio = np.full((2, 5 * RATE), 0.25, np.float32)
    mastered, report = auralis.master(audio, RATE)
    assert np.isfinite(mastered).all()
    assert_near(report["before"]["dc"][0], 0.25, 1e-6, "its mean")


def test_follow_makes_one_pass_and_no_decision():
    audio = song()
    mastered, report = auralis.master(audio, RATE, adapt_mode="Follow")
    assert report["decision"] is None and report["renders"] == 1 and report["learned"] is None
    held, _ = auralis.master(audio, RATE)
    assert not np.array_equal(mastered, held), "Follow does what Learn does"
    assert report["before"] == auralis.analyze(audio, RATE)["measurement"]


def test_any_rate_of_a_daw():
    for rate in (8000, 44100, 96000, 192000.0):
        mastered, report = auralis.master(song(4.0, int(rate)), rate, -18)
        assert_near(report["after"]["integrated_lufs"], -18.0, 0.1, f"{rate} Hz")
        assert report["sample_rate_hz"] == rate


def test_the_stubs_are_those_of_the_module():
    allowed = Path(__file__).with_name("stubtest_allowed.txt")
    command = [sys.executable, "-m", "mypy.stubtest", "auralis", "--concise", "--allowlist", str(allowed)]
    checked = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=200)
    assert checked.returncode == 0, checked.stdout
