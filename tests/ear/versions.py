"""The plug-in as it is built here, and version 0.1.0 beside it."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from host import ROOT, Host
from measures import RATE
from pedalboard.io import AudioFile

TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
BUNDLE = TARGET / "bundled/Auralis.vst3"
BINARY = TARGET / "release/auralis"
# The last commit of version 0.1.0.
BEFORE = "a1af4048d100092b6dcc4cd3aeed49bf766e27c1"
# The equaliser alone, and the compressor alone.
EQ_ONLY = {"comp_on": "Off", "lim_on": "Off", "loud_on": "Off"}
COMP_ONLY = {"eq_on": "Off", "lim_on": "Off", "loud_on": "Off"}


def bundle_before():
    """The bundle of 0.1.0, built once under target/ear from the repository's own history."""
    folder = ROOT / "target/ear/auralis-0.1.0"
    bundle = folder / "target/bundled/Auralis.vst3"
    if not bundle.exists():
        print("building 0.1.0", flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        packed = subprocess.run(["git", "archive", BEFORE], cwd=ROOT, stdout=subprocess.PIPE, check=True)
        subprocess.run(["tar", "x"], cwd=folder, input=packed.stdout, check=True)
        own = {**os.environ, "CARGO_TARGET_DIR": str(folder / "target")}
        subprocess.run(["cargo", "xtask", "bundle", "auralis", "--release"], cwd=folder, env=own, check=True)
    return bundle


def held(x, settings):
    """The plug-in with a decision about `x` as a whole, which it holds: the state that `auralis render
    --save-decision` writes, loaded into the VST3."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "song.wav", Path(folder) / "out"
        with AudioFile(str(source), "w", RATE, x.shape[0], bit_depth=32) as file:
            file.write(x)
        command = [BINARY, "render", source, "-o", out, "--bits", "32f", "-q", "--save-decision"]
        for name, value in settings.items():
            command += ["--set", f"{name}={value}"]
        # 1 is said of a master that misses what it should be, such as a loudness that nobody asked for here.
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        state = out / "song.auralis.json"
        if not state.exists():
            sys.exit(f"auralis render: {done.stderr.strip()}")
        host = Host(BUNDLE)
        host.load(state.read_bytes())
    if host.text("adapt_mode") != "Hold":
        sys.exit("a saved decision is not held")
    return host
