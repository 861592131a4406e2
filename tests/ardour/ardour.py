"""The built VST3 in Ardour: sessions of one stereo and one mono track, bounced without a screen.

    python3 ardour.py target/bundled/Auralis.vst3 [WORD_OF_A_TEST_NAME ...]
    python3 ardour.py --check      whether it can run here

Ardour says that it bounces in the blocks only, never in `setupProcessing`, and does not switch the
plug-in off for it. The last line counts. Exit code 77: Ardour is missing here.
"""

import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import waves

HERE = Path(__file__).resolve().parent
SCANNER = Path("/usr/lib/ardour7/ardour-vst3-scanner")
TOOLS = ["ardour7-lua", "ardour7-export"]
NOT_RUN = 77

SECONDS = 10
# Ardour's tools crash or hang now and then, also without any plug-in. What they wrote before may be
# whole or not: of 100 exports without a plug-in five had a wrong sample in every cycle, and all five
# ended in a crash. So only what ended well counts. A run takes three seconds.
ATTEMPTS = 12
TIMEOUT_S = 60
# Ardour's ports resample for varispeed, 16 samples late. On a busy machine an export now and then takes them for
# connected to the sound card when it counts what to leave out at the start, and loses its first 16 samples.
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<Ardour><Config><Option name="port-resampler-quality" value="0"/></Config></Ardour>
"""
# Ardour counts time in parts of a second that all sample rates divide.
TICKS = 282_240_000


class Ardour:
    """Ardour with settings, caches and plug-ins of its own."""

    def __init__(self, root, bundle):
        self.root = root
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")}
        self.env.update(HOME=str(root), LD_LIBRARY_PATH="/usr/lib/ardour7")
        settings = root / ".config/ardour7/config"
        settings.parent.mkdir(parents=True)
        settings.write_text(SETTINGS, encoding="utf-8")
        installed = root / ".vst3" / bundle.name
        shutil.copytree(bundle, installed)
        scan = self.run([str(SCANNER), "-f", "-v", str(installed)])
        found = re.search(r'VST3Info uid="(\w+)"', scan.stdout)
        assert found, f"the scanner finds no plug-in:\n{scan.stdout}"
        self.plugin = found[1]
        for cached in root.rglob("*.v3i"):
            cached.touch()  # the scanner makes it as old as the plug-in, to the second: too old

    def run(self, command):
        return subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=TIMEOUT_S,
            env=self.env,
            cwd=self.root,
        )

    def persist(self, command, is_done):
        """Runs a tool until it is done: it may crash on the way."""
        for _ in range(ATTEMPTS):
            try:
                result = self.run(command)
            except subprocess.TimeoutExpired:
                output = f"no end after {TIMEOUT_S} s"
                continue
            if is_done(result):
                return
            output = f"exit code {result.returncode}\n{result.stdout}"
        raise AssertionError(f"{command[0]} failed {ATTEMPTS} times; the last time: {output}")

    def lua(self, session, channels=0, play_seconds=0):
        """Makes a session (of a track with some channels) or opens it, plays it, saves it."""
        words = {
            "FOLDER": session.folder,
            "NAME": session.name,
            "PLUGIN": self.plugin,
            "CHANNELS": channels,
            "PLAY_SECONDS": play_seconds,
        }
        text = (HERE / "session.lua").read_text(encoding="utf-8")
        for word, value in words.items():
            text = re.sub(rf"\b{word}\b", str(value), text)
        script = self.root / "script.lua"
        script.write_text(text, encoding="utf-8")

        def is_done(result):
            done = "session saved" in result.stdout
            if not done and channels:
                shutil.rmtree(session.folder, ignore_errors=True)
            return done

        self.persist(["ardour7-lua", str(script)], is_done)


class Session:
    """A session of one track that carries the programme through the plug-in."""

    def __init__(self, ardour, name, channels):
        self.ardour, self.name = ardour, name
        self.folder = ardour.root / name
        self.file = self.folder / f"{name}.ardour"
        ardour.lua(self, channels=channels)
        self.add_programme(channels)

    def add_programme(self, channels):
        """Writes the programme's files, and a region of them into the track's playlist."""
        audio = waves.programme(SECONDS)[:channels]
        files = self.folder / "interchange" / self.name / "audiofiles"
        sources, names = "", "LR"
        for index, samples in enumerate(audio):
            file = f"programme%{names[index]}.wav" if channels > 1 else "programme.wav"
            waves.write_mono(files / file, samples)
            sources += (
                f'<Source name="{file}" take-id="" type="audio" flags="" id="{90001 + index}" '
                f'natural-position="a0" channel="0" gain="1"/>'
            )
        end = f"a{SECONDS * TICKS}"
        of_sources = " ".join(
            f'source-{i}="{90001 + i}" master-source-{i}="{90001 + i}"' for i in range(channels)
        )
        region = (
            f'<Region name="programme.1" id="91000" type="audio" {of_sources} '
            f'channels="{channels}" muted="0" opaque="1" locked="0" automatic="0" whole-file="0" '
            f'hidden="0" position-locked="0" start="a0" length="{end}@a0" sync-position="a0" '
            'stretch="1" shift="1" layering-index="0" envelope-active="0" default-fade-in="0" '
            'default-fade-out="0" fade-in-active="0" fade-out-active="0" scale-amplitude="1" '
            'first-edit="nothing"/>'
        )
        location = (
            f'<Locations><Location id="92000" name="session" start="a0" end="{end}" '
            'flags="IsSessionRange" locked="0"/></Locations>'
        )
        text = self.file.read_text(encoding="utf-8")
        for pattern, new in [
            (r"<Sources\s*/>", f"<Sources>{sources}</Sources>"),
            (r"<Locations\s*/>", location),
            (r'(<Playlist [^>]*name="Programme"[^>]*)/>', rf"\1>{region}</Playlist>"),
        ]:
            text, count = re.subn(pattern, new, text)
            assert count == 1, f"the session file has {count} places for {pattern}"
        self.file.write_text(text, encoding="utf-8")

    def bounce(self):
        """The samples of a bounce, in a process that opens the session anew."""
        out = self.ardour.root / "bounce.wav"
        out.unlink(missing_ok=True)
        command = ["ardour7-export", "-b", "float", "-o", str(out), str(self.folder), self.name]
        self.ardour.persist(command, lambda result: result.returncode == 0 and out.exists())
        samples = waves.read_floats(out)
        expected = 2 * SECONDS * waves.RATE
        assert len(samples) >= expected, f"a bounce of {len(samples)} samples, not {expected}"
        peak = max(map(abs, samples))
        assert math.isfinite(peak) and 0.1 < peak < 1, f"the bounce peaks at {peak}"
        return samples


def assert_identical(got, expected, what):
    assert len(got) == len(expected), f"{what}: {len(got)} samples, expected {len(expected)}"
    if got.tobytes() != expected.tobytes():
        pairs = zip(got, expected)
        index = next(i for i, (a, b) in enumerate(pairs) if a != b)
        error = sum((a - b) ** 2 for a, b in zip(got, expected))
        power = sum(b * b for b in expected)
        raise AssertionError(
            f"{what}: sample {index} got {got[index]}, expected {expected[index]}; "
            f"{10 * math.log10(error / power):.1f} dB"
        )


def bounces_repeat(ardour, channels):
    """Two bounces are the same; so are two after playing, which use what was learned; and so is
    one of the session opened and saved once more."""
    session = Session(ardour, f"channels{channels}", channels)
    first = session.bounce()
    assert_identical(session.bounce(), first, "the second bounce")
    ardour.lua(session, play_seconds=SECONDS - 1)
    taught = session.bounce()
    assert taught != first, "playing taught the plug-in nothing"
    assert_identical(session.bounce(), taught, "the second bounce after playing")
    ardour.lua(session)
    assert_identical(session.bounce(), taught, "opened and saved once more")


TESTS = {
    "stereo_bounces_repeat": lambda ardour: bounces_repeat(ardour, 2),
    "mono_bounces_repeat": lambda ardour: bounces_repeat(ardour, 1),
}


def missing():
    """What of Ardour is not installed here."""
    tools = [tool for tool in TOOLS if shutil.which(tool) is None]
    return tools + [str(path) for path in [SCANNER] if not path.exists()]


def main(args):
    if not args:
        print(__doc__)
        return 2
    if missing():
        print(f"{', '.join(missing())} missing (Debian's package ardour has them)")
        return NOT_RUN
    if args[0] == "--check":
        return 0
    bundle, words = Path(args[0]).resolve(), args[1:]
    if not bundle.exists():
        print(f"error: no bundle at '{bundle}'")
        return 2
    names = [name for name in TESTS if not words or any(word in name for word in words)]
    failed = 0
    for name in names:
        with tempfile.TemporaryDirectory(prefix="auralis-ardour-") as root:
            try:
                TESTS[name](Ardour(Path(root), bundle))
                print(f"{name} ... ok", flush=True)
            except (AssertionError, subprocess.TimeoutExpired) as error:
                failed += 1
                print(f"{name} ... FAILED\n    {error}", flush=True)
    print(f"{len(names) - failed} passed, {failed} failed")
    return 1 if failed or not names else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
