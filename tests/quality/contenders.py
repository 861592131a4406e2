"""The limiters that are compared: each makes `(output, seconds it took)` of audio and a ceiling.

All have the settings that they come with, but for the ceiling, gains that make up by themselves (off) and, where
there is one, the switch for true peaks (on). Drive is plain gain before them, the same for all.
"""

import hashlib
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Callable

import libsonare
import lv2
import numpy as np
import pedalboard
import sf_limiter
from align import advanced, latency_samples
from excerpts import ROOT

sys.path.append(str(ROOT / "tests/hosts"))

from host import Host  # noqa: E402

RATE = 48000
CEILING_DBTP = -1.0
OURS, CLIPPED, BEFORE = "Auralis", "Auralis, clipper 3 dB", "Auralis 0.1.0"
CLIP_DB = 3
LIMITER_ALONE = {"eq_on": "Off", "comp_on": "Off", "loud_on": "Off"}
TRUEPEAK = Path(__file__).with_name("truepeak")


@dataclass
class Contender:
    """A name, what runs it, and whether it can run here."""

    name: str
    run: Callable
    # What tells its version and settings: results are kept by it.
    version: str
    there: Callable = field(default=lambda: True)

    @cached_property
    def latency_samples(self):
        return latency_samples(lambda x: self.run(x, CEILING_DBTP)[0])

    def aligned(self, x):
        """(what comes out, in time with `x` and as long, seconds it took)."""
        y, took = self.run(x, CEILING_DBTP)
        return advanced(y, self.latency_samples, x.shape[1]), took


def linear(ceiling_db):
    return f"{10 ** (ceiling_db / 20):.6f}"


def plugin(bundle, **settings):
    """A bundle of Auralis with its limiter alone and, at its own defaults, these settings."""

    def run(x, ceiling_db):
        host = Host(bundle)
        host.set(**LIMITER_ALONE | {"lim_ceiling": ceiling_db} | settings)
        started = time.perf_counter()
        y = host.render(x, RATE)
        return y, time.perf_counter() - started

    return run


def lv2_plugin(uri, controls):
    """An LV2 plug-in; `controls` makes its settings of a ceiling in dB."""
    return lambda x, ceiling_db: lv2.run_filter(x, lv2.lv2_filter(uri, controls(ceiling_db)))


def dpl(true_peak):
    uri = "http://gareus.org/oss/lv2/dpl#stereo"
    return uri, lambda ceiling_db: {"threshold": ceiling_db, "truepeak": true_peak}


def lsp(**more):
    """Eight times oversampled in full, as its makers say for true peaks; without `boost`, which makes up."""
    uri = "http://lsp-plug.in/plugins/lv2/limiter_stereo"
    return uri, lambda ceiling_db: {"th": linear(ceiling_db), "boost": 0, "ovs": 20, **more}


def calf():
    uri = "http://calf.sourceforge.net/plugins/Limiter"
    return uri, lambda ceiling_db: {"limit": linear(ceiling_db), "auto_level": 0, "oversampling": 4}


def alimiter(x, ceiling_db):
    return lv2.run_filter(x, f"alimiter=limit={linear(ceiling_db)}:level=0")


def timed(process):
    def run(x, ceiling_db):
        padded = np.pad(x, ((0, 0), (0, RATE // 2))).astype(np.float32)
        started = time.perf_counter()
        y = process(padded, ceiling_db)
        return y, time.perf_counter() - started

    return run


@timed
def brickwall(x, ceiling_db):
    return pedalboard.BrickwallLimiter(ceiling_db=ceiling_db, true_peak=True)(x, RATE)


@timed
def sf(x, ceiling_db):
    return sf_limiter.limit(x, RATE, ceiling_db, true_peak=True)[0]


def sonare(processor):
    @timed
    def run(x, ceiling_db):
        done = libsonare.mastering_process_stereo(processor, x[0], x[1], RATE, {"ceilingDb": ceiling_db})
        return np.stack([done.left, done.right])

    return run


def truepeak(x, ceiling_db):
    binary = ROOT / "target/quality/truepeak/release/truepeak-run"
    with tempfile.TemporaryDirectory() as folder:
        source, result = Path(folder) / "in", Path(folder) / "out"
        source.write_bytes(x.astype("<f4").tobytes())
        command = [binary, source, result, str(ceiling_db)]
        took = float(subprocess.run(command, capture_output=True, check=True).stdout)
        return np.fromfile(result, "<f4").reshape(2, -1), took


def truepeak_there():
    """Builds it once."""
    command = ["cargo", "build", "--release", "--locked", "--quiet", "--ignore-rust-version"]
    command += ["--manifest-path", str(TRUEPEAK / "Cargo.toml"), "--target-dir", str(ROOT / "target/quality/truepeak")]
    return subprocess.run(command).returncode == 0


def digest(bundle):
    """What tells two builds apart."""
    files = sorted(path for path in Path(bundle).rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


def knows(bundle, name):
    return name in Host(bundle).parameters


def ours(bundle, before=None):
    """The plug-in as it is built, with its clipper where it has one, and an older one."""
    made = [Contender(OURS, plugin(bundle), digest(bundle))]
    if knows(bundle, "clip_amount"):
        made.append(Contender(CLIPPED, plugin(bundle, clip_amount=CLIP_DB), f"{digest(bundle)} {CLIP_DB}"))
    if before:
        made.append(Contender(BEFORE, plugin(before), digest(before)))
    return made


def of_lv2(name, made, version):
    uri, controls = made
    return Contender(name, lv2_plugin(uri, controls), f"{version} {controls(CEILING_DBTP)}", lambda: lv2.available(uri))


def peers():
    return [
        of_lv2("x42 dpl", dpl(0), "20221119"),
        of_lv2("x42 dpl, true peak", dpl(1), "20221119"),
        of_lv2("LSP", lsp(alr=0), "1.2.5"),
        of_lv2("LSP, ALR", lsp(), "1.2.5"),
        of_lv2("Calf", calf(), "0.90.3"),
        Contender("ffmpeg alimiter", alimiter, "5.1", lambda: lv2.shutil.which("ffmpeg") is not None),
        Contender("truepeak", truepeak, "0.1.1", truepeak_there),
        Contender("libsonare, true peak", sonare("maximizer.truePeakLimiter"), "1.9.1"),
        Contender("libsonare, adaptive", sonare("maximizer.adaptiveRelease"), "1.9.1"),
        Contender("sf-limiter", sf, "0.2.0"),
        Contender("pedalboard", brickwall, "0.9.26"),
    ]
