"""The package beside the command line: the same engine, bit for bit."""

import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile

import auralis
import signals as s
from same import assert_near, assert_same


def run(binary, *args):
    command = [str(binary), *map(str, args)]
    ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=250)
    assert ran.returncode == 0, f"{command}: exit status {ran.returncode}: {ran.stderr}"
    return ran.stdout


def write(path, audio, rate):
    soundfile.write(path, audio.T, rate, subtype="FLOAT")
    return path


def rendered(binary, audio, rate, *args):
    """What `auralis render` writes of the audio, as it was before any rounding."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        song = write(folder / "song.wav", audio, rate)
        run(binary, "render", song, "-o", folder / "out", "--format", "wav", "--bits", "32f", *args)
        got, got_rate = soundfile.read(folder / "out" / "song.wav", dtype="float32", always_2d=True)
        assert got_rate == rate, f"{got_rate} Hz, expected {rate}"
        return np.ascontiguousarray(got.T)


def test_a_master_is_what_render_writes(binary):
    for channels, rate in ((2, 48000), (1, 44100)):
        audio = s.music(10.0, rate)[:channels]
        # One that can be reached: a target that is missed is an error there.
        mastered, _ = auralis.master(audio, rate, -20)
        assert_same(mastered, rendered(binary, audio, rate, "--lufs=-20"), f"{channels} channels, {rate} Hz")


def test_settings_mean_there_what_they_mean_here(binary):
    audio = s.music(10.0, 44100)
    mastered, _ = auralis.master(audio, 44100, -16, target="Jazz", lim_ceiling=-2.5, comp_on=False)
    args = ["--lufs=-16", "--set", "target=Jazz", "--set", "lim_ceiling=-2.5", "--set", "comp_on=off"]
    assert_same(mastered, rendered(binary, audio, 44100, *args), " ".join(args))


def test_follow_is_the_same_there(binary):
    audio = s.music(10.0, 48000)
    mastered, _ = auralis.master(audio, 48000, adapt_mode="Follow")
    assert_same(mastered, rendered(binary, audio, 48000, "--follow"), "--follow")


def test_a_reference_is_the_same_there(binary):
    audio, reference = s.music(10.0, 48000), s.noise(5.0, 44100, -20.0)
    mastered, _ = auralis.master(audio, 48000, reference=(reference, 44100))
    with tempfile.TemporaryDirectory() as folder:
        file = write(Path(folder) / "reference.wav", reference, 44100)
        assert_same(mastered, rendered(binary, audio, 48000, "--reference", file), "--reference")


def test_the_parameters_are_those_it_lists(binary):
    rows = json.loads(run(binary, "params", "--json"))["parameters"]
    got = auralis.parameters()
    assert len(got) == len(rows), f"{len(got)} parameters, {len(rows)} listed"
    for ours, theirs in zip(got, rows):
        assert ours == theirs, f"{ours} beside {theirs}"


def test_the_analysis_is_the_one_it_prints(binary):
    audio = s.music(10.0, 48000)
    with tempfile.TemporaryDirectory() as folder:
        song = write(Path(folder) / "song.wav", audio, 48000)
        theirs = json.loads(run(binary, "analyze", "--json", song))["files"][0]
    ours = auralis.analyze(audio, 48000)
    for key in ("seconds", "sample_rate_hz", "channels", "reason", "profiles", "features", "findings"):
        assert ours[key] == theirs[key], f"{key}: {ours[key]} beside {theirs[key]}"
    # Two meters, each within what EBU Tech 3341 allows: 0.1 LU, and -0.4 to +0.2 dB of true peak.
    for key, tolerance in (("integrated_lufs", 0.2), ("sample_peak_db", 1e-4), ("true_peak_dbtp", 0.6)):
        assert_near(ours["measurement"][key], theirs["measurement"][key], tolerance, key)


def test_the_version_is_the_same(binary):
    assert run(binary, "--version").split()[-1] == auralis.__version__
