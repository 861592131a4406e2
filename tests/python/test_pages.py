"""What stands in docs/CATALOGUES.md is run here, killed, and run again; the lines of the README too."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile

import auralis
import signals as s
from same import assert_near

RATE = 44100
TRACKS = ["a/first.flac", "a/second part.flac", "b/it's third.flac", "b/c/fourth.flac"]
ROOT = Path(__file__).resolve().parents[2]
# Longest time for one step of the page: many times what it takes.
TIMEOUT_S = 200


def snippets(page, language):
    """The blocks of a page in one language, in their order."""
    text = (ROOT / page).read_text()
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def catalogue(folder, seconds=10.0):
    for seed, track in enumerate(TRACKS):
        path = folder / "catalogue" / track
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, s.music(seconds, RATE, seed=seed).T, RATE, subtype="PCM_16")


def environment(binary):
    """One in which `auralis` and `python` are those under test."""
    paths = [str(binary.parent), str(Path(sys.executable).parent), os.environ["PATH"]]
    return {**os.environ, "PATH": os.pathsep.join(paths)}


def start(command, folder, binary):
    """A command in a process group of its own."""
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environment(binary),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def finish(command, folder, binary):
    """Runs a command to its end: what it said."""
    process = start(command, folder, binary)
    said, _ = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 0, f"exit status {process.returncode}:\n{said}"
    return said


def finished(folder):
    """The masters below a folder with the times of their last change."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*.wav") if not path.name.startswith(".")}


def kill_after_first(command, folder, masters, binary):
    """Kills a command and all that it started once there is a first master; those that are there."""
    process = start(command, folder, binary)
    began = time.monotonic()
    while not finished(masters):
        assert process.poll() is None, f"it ended without a master:\n{process.stdout.read()}"
        assert time.monotonic() - began < TIMEOUT_S, "no master came"
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return finished(masters)


def check_masters(folder, masters, before):
    """All tracks are there and whole, and what was there before the kill is untouched."""
    after = finished(masters)
    expected = {masters / Path(track).with_suffix(".wav") for track in TRACKS}
    assert set(after) == expected, f"got {sorted(after)}, expected {sorted(expected)}"
    assert 0 < len(before) < len(TRACKS), f"the kill left {len(before)} masters of {len(TRACKS)}"
    for path, changed in before.items():
        assert after[path] == changed, f"{path} was written again"
    for track in TRACKS:
        source = soundfile.info(folder / "catalogue" / track)
        audio, rate = soundfile.read(masters / Path(track).with_suffix(".wav"), always_2d=True)
        assert (len(audio), rate) == (source.frames, source.samplerate), f"{track}: {audio.shape} at {rate} Hz"
        lufs = auralis.analyze(np.ascontiguousarray(audio.T), rate)["measurement"]["integrated_lufs"]
        assert_near(lufs, -14.0, 0.1, track)


def test_render_resumes_after_a_kill(binary):
    masters_all, cleans, *_ = snippets("docs/CATALOGUES.md", "sh")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        catalogue(folder)
        masters = folder / "mastered" / "catalogue"
        # One at a time, so that the kill finds work that is not done on any number of cores.
        slow = masters_all.replace("--skip-existing", "--skip-existing --jobs 1")
        assert slow != masters_all, masters_all
        before = kill_after_first(["sh", "-ec", slow], folder, masters, binary)
        said = finish(["sh", "-ec", masters_all], folder, binary)
        assert said.count("skipped: ") == len(before), said
        check_masters(folder, masters, before)
        again = finished(masters)
        finish(["sh", "-ec", masters_all], folder, binary)
        assert finished(masters) == again, "a finished catalogue was rendered again"
        finish(["sh", "-ec", cleans], folder, binary)
        left = [path for path in folder.rglob(".*") if path.is_file()]
        assert not left, f"left behind: {left}"


def test_gnu_parallel_resumes_after_a_kill(binary):
    if shutil.which("parallel") is None:
        missing = "NOT RUN: GNU parallel is not installed (Debian: apt-get install parallel)"
        assert os.environ.get("CI") not in ("true", "1"), missing
        print(missing)
        return
    _, cleans, lists, masters_all = snippets("docs/CATALOGUES.md", "sh")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        catalogue(folder)
        masters = folder / "mastered" / "catalogue"
        finish(["sh", "-ec", lists], folder, binary)
        # One at a time, so that the kill finds work that is not done on any number of cores.
        slow = masters_all.replace("--jobs 100%", "--jobs 1")
        assert slow != masters_all, masters_all
        before = kill_after_first(["sh", "-ec", slow], folder, masters, binary)
        finish(["sh", "-ec", masters_all], folder, binary)
        check_masters(folder, masters, before)
        again = finished(masters)
        finish(["sh", "-ec", masters_all], folder, binary)
        assert finished(masters) == again, "a finished catalogue was rendered again"
        finish(["sh", "-ec", cleans], folder, binary)
        left = [path for path in folder.rglob(".*") if path.is_file()]
        assert not left, f"left behind: {left}"


def test_dask_resumes_after_a_kill(binary):
    (script,) = snippets("docs/CATALOGUES.md", "python")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        catalogue(folder, seconds=40.0)
        (folder / "catalogue.py").write_text(script)
        masters = folder / "mastered-in-python"
        # One at a time, for the reason above.
        slow = script.replace("Client(", "Client(n_workers=1, threads_per_worker=1, ")
        assert slow != script, script
        (folder / "slow.py").write_text(slow)
        before = kill_after_first(["python", "slow.py"], folder, masters, binary)
        said = finish(["python", "catalogue.py"], folder, binary)
        check_masters(folder, masters, before)
        lines = [line for line in said.splitlines() if line.startswith("catalogue/")]
        assert len(lines) == len(TRACKS) - len(before), said
        assert all(" -14.0 LUFS, " in line for line in lines), said


def test_the_lines_of_the_readme_master_a_song(binary):
    (lines,) = snippets("README.md", "python")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        soundfile.write(folder / "song.flac", s.music(10.0, RATE).T, RATE, subtype="PCM_16")
        said = finish(["python", "-c", lines], folder, binary)
        assert said.startswith(("-14.0", "-13.9")), said
        assert soundfile.info(folder / "master.wav").frames == 10 * RATE
