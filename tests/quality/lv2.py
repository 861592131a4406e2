"""LV2 plug-ins of Debian, run offline by ffmpeg's filter `lv2`."""

import shutil
import subprocess
import time

import numpy as np

RATE = 48000
# What is played after the end, so that a latency cuts nothing.
TAIL_S = 0.5


def available(uri):
    """Whether this machine's ffmpeg runs the plug-in."""
    if not shutil.which("ffmpeg"):
        return False
    command = [*base(), "-f", "lavfi", "-i", f"anullsrc=r={RATE}:d=0.1", "-af", lv2_filter(uri, {}), "-f", "null", "-"]
    return subprocess.run(command, capture_output=True).returncode == 0


def base():
    return ["ffmpeg", "-nostdin", "-hide_banner", "-v", "error"]


def lv2_filter(uri, controls):
    # The colon of an address is escaped twice: for the filter and for the graph.
    escaped = uri.replace(":", "\\\\:")
    said = "|".join(f"{name}={value}" for name, value in controls.items())
    return f"lv2=p={escaped}" + (f":c={said}" if said else "")


def run_filter(x, words):
    """(what comes out of a filter of ffmpeg, seconds it took)."""
    padded = np.pad(x, ((0, 0), (0, int(TAIL_S * RATE)))).astype("<f4")
    form = ["-f", "f32le", "-ar", str(RATE), "-ac", "2"]
    command = [*base(), *form, "-i", "-", "-af", words, *form, "-"]
    started = time.perf_counter()
    done = subprocess.run(command, input=padded.T.tobytes(), capture_output=True, check=True)
    took = time.perf_counter() - started
    return np.frombuffer(done.stdout, "<f4").reshape(-1, 2).T, took
