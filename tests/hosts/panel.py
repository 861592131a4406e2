#!/usr/bin/env python3
"""Opens the panel of the VST3 in a host and feeds it audio meanwhile.

    panel.py PLUGIN.vst3 [--audio FILE] [--seconds N] [--opens N] [--shot FILE.png] [--set ID=VALUE ...] [--silent]

Values are typed as in the panel: comp_ratio=4:1 target=Hip-Hop. Needs `pip install pedalboard numpy`, a
display with a window manager and an XSETTINGS daemon, and, for --shot, xdotool and ImageMagick's `import`.
Without a display of one's own:

    Xvfb :77 -screen 0 1400x1000x24 & export DISPLAY=:77
    openbox & xsettingsd -c FILE_WITH_THE_LINE_Net/ThemeName_"Default" &

The window runs on the main thread; a second thread pushes blocks through the same instance at the pace
of real time, looping the file (or pink-ish noise where no file is given).
"""

import argparse
import subprocess
import threading
import time

import numpy as np
from pedalboard.io import AudioFile

from host import Host

RATE = 48000
BLOCK = 480


def programme(path):
    """Stereo audio at RATE, as an array of channels by frames."""
    if path:
        with AudioFile(path).resampled_to(RATE) as file:
            audio = file.read(int(30 * RATE))
        return np.vstack([audio, audio])[:2] if len(audio) == 1 else audio[:2]
    rng = np.random.default_rng(1)
    white = rng.standard_normal((2, 10 * RATE))
    spectrum = np.fft.rfft(white)
    spectrum /= np.sqrt(np.maximum(np.arange(spectrum.shape[1]), 10.0))
    pink = np.fft.irfft(spectrum)
    beat = 0.3 + 0.7 * np.exp(-6.0 * (np.arange(pink.shape[1]) % (RATE // 2)) / (RATE // 2))
    return (0.25 * beat * pink / np.abs(pink).max(axis=1, keepdims=True) * 2.0).astype(np.float32)


def feed(plugin, audio, stop):
    """Plays `audio` through `plugin` in a loop until `stop`."""
    at, start, done = 0, time.monotonic(), 0
    while not stop.is_set():
        if at + BLOCK > audio.shape[1]:
            at = 0
        plugin.process(audio[:, at : at + BLOCK], RATE, buffer_size=BLOCK, reset=False)
        at, done = at + BLOCK, done + BLOCK
        time.sleep(max(0.0, start + done / RATE - time.monotonic()))


def watch(seconds, shot, close):
    """Takes the picture shortly before the time is up, then closes the window."""
    time.sleep(max(0.0, seconds - 1.0))
    if shot:
        window = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--name", "Auralis"], capture_output=True, text=True
        ).stdout.split()
        subprocess.run(["import", "-window", window[0] if window else "root", shot], check=False)
    time.sleep(1.0)
    close.set()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("plugin")
    parser.add_argument("--audio")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--opens", type=int, default=1)
    parser.add_argument("--shot")
    parser.add_argument("--set", nargs="*", default=[])
    parser.add_argument("--silent", action="store_true")
    args = parser.parse_args()
    plugin = Host(args.plugin, **dict(assignment.split("=", 1) for assignment in args.set)).plugin
    stop = threading.Event()
    player = threading.Thread(target=feed, args=(plugin, programme(args.audio), stop), daemon=True)
    if not args.silent:
        player.start()
    for opening in range(args.opens):
        close = threading.Event()
        shot = args.shot if opening == args.opens - 1 else None
        threading.Thread(target=watch, args=(args.seconds, shot, close), daemon=True).start()
        plugin.show_editor(close)
        moved = {name: str(getattr(plugin, name)) for name in plugin.parameters}
        print({k: v for k, v in moved.items() if not k.startswith("eq_band")}, flush=True)
        print({k: v for k, v in moved.items() if k.startswith("eq_band")}, flush=True)
    stop.set()
    if player.is_alive():
        player.join(2.0)


if __name__ == "__main__":
    main()
