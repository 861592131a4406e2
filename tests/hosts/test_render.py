"""`auralis render` beside a bounce through the VST3 in a JUCE host: the same samples, bit for bit."""

import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from pedalboard.io import AudioFile

import signals as s
from host import ROOT, Host


def auralis():
    """The command line's binary: AURALIS_BINARY, which `cargo xtask test` sets, or the newest built one."""
    if "AURALIS_BINARY" in os.environ:
        return Path(os.environ["AURALIS_BINARY"])
    built = [ROOT / "target" / profile / "auralis" for profile in ("release", "debug")]
    return max((path for path in built if path.exists()), key=lambda path: path.stat().st_mtime)


def rendered(x, rate, *options):
    """(the master as floats, the saved decision or none) of `auralis render`."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "song.wav", Path(folder) / "out"
        with AudioFile(str(source), "w", rate, x.shape[0], bit_depth=32) as file:
            file.write(x)
        command = [auralis(), "render", source, "-o", out, "--bits", "32f", "-q", *options]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        with AudioFile(str(out / "song.wav")) as file:
            master = file.read(file.frames)
        decision = out / "song.auralis.json"
        return master, decision.read_bytes() if decision.exists() else None


def assert_same(y, master, what):
    assert y.shape == master.shape, f"{what}: {y.shape}, the file has {master.shape}"
    difference = s.first_difference(y, master)
    assert difference is None, f"{what}: {difference}"


def test_a_held_bounce_is_the_rendered_file(bundle):
    for rate, channels, options in (
        (48000, 2, ()),
        (44100, 1, ("--set", "eq_phase=Minimum", "--lufs", "-16")),
    ):
        x = s.music(20, rate)[:channels]
        master, state = rendered(x, rate, "--save-decision", *options)
        assert np.max(np.abs(master - x)) > 0.01, "nothing was done"
        host = Host(bundle)
        host.load(state)
        assert host.text("adapt_mode") == "Hold", host.text("adapt_mode")
        for block in (512, 333):
            y = host.render(x, rate, block)
            assert_same(y, master, f"{channels} channels at {rate} Hz, blocks of {block}")


def test_a_bounce_that_follows_is_the_rendered_file(bundle):
    x = s.music(20, 48000)
    master, _ = rendered(x, 48000, "--follow")
    y = Host(bundle, adapt_mode="Follow").render(x)
    assert_same(y, master, "Follow")
