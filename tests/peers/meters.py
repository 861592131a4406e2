"""Loudness, true peak and contrast by pyloudnorm, ffmpeg and scipy: none of it is Auralis' own."""

import re
import subprocess

import imageio_ffmpeg
import numpy as np
import pyloudnorm
import soundfile
from scipy import signal

# Quieter than this is silence, by BS.1770.
SILENCE_LUFS = -70.0
# Windows of loudness begin so often.
STEPS_PER_S = 10
# True peak: times the rate, taps a side and phase of the Kaiser filter (flat to 0.42 of the rate), and the
# block that is interpolated at once.
FACTOR, TAPS, BLOCK = 8, 24, 1 << 18


def read(path):
    """(audio of shape (frames, channels) as float64, rate)."""
    return soundfile.read(path, always_2d=True)


def integrated_lufs(x, rate):
    return float(pyloudnorm.Meter(rate).integrated_loudness(x))


def ffmpeg_lufs(path):
    """The same by ffmpeg's ebur128, which tells thousandths beside its frames only."""
    meter = "ebur128=metadata=1,ametadata=mode=print:key=lavfi.r128.I:file=-"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-i", str(path)]
    command += ["-af", meter, "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    return float(re.findall(r"lavfi\.r128\.I=(\S+)", said)[-1])


def weighted_power(x, rate):
    """Sums over time of the K-weighted power of all channels, from the first frame on."""
    weighted = x.copy()
    for stage in pyloudnorm.Meter(rate)._filters.values():
        for channel in range(x.shape[1]):
            weighted[:, channel] = stage.apply_filter(weighted[:, channel])
    return np.concatenate([[0.0], np.cumsum(np.sum(weighted**2, axis=1))])


def windows_lufs(power, rate, seconds):
    """Loudness of every window of so many seconds, every tenth of a second; -inf is silence."""
    at = np.arange((power.size - 1) * STEPS_PER_S // rate + 1) * rate // STEPS_PER_S
    steps = round(seconds * STEPS_PER_S)
    energy = (power[at[steps:]] - power[at[:-steps]]) / (seconds * rate)
    with np.errstate(divide="ignore"):
        return -0.691 + 10 * np.log10(np.maximum(energy, 0.0))


def heard(before, after):
    """Levels before and after, of the windows that are silent in neither."""
    length = min(before.size, after.size)
    before, after = before[:length], after[:length]
    kept = (before > SILENCE_LUFS) & (after > SILENCE_LUFS)
    return before[kept], after[kept]


def contrast_lu(short_term):
    """How far the loudest twentieth of the short-term loudness lies above the softest."""
    levels = np.sort(short_term)
    twentieth = max(1, levels.size // 20)
    return float(levels[-twentieth:].mean() - levels[:twentieth].mean())


def true_peak_dbtp(x):
    """Highest inter-sample peak, by blocks, so that a song needs no memory of eight songs."""
    taps = signal.firwin(2 * TAPS * FACTOR + 1, 1.0 / FACTOR, window=("kaiser", 7.0)).astype(np.float32)
    padded = np.pad(x.astype(np.float32), ((2 * TAPS, 2 * TAPS), (0, 0)))
    peak = 0.0
    for start in range(TAPS, padded.shape[0] - TAPS, BLOCK):
        # What is within reach of a cut is looked at in the next block.
        part = padded[start - TAPS : start + BLOCK + TAPS]
        up = signal.resample_poly(part, FACTOR, 1, axis=0, window=taps)
        peak = max(peak, float(np.abs(up[FACTOR * TAPS : -FACTOR * TAPS]).max()))
    return 20 * np.log10(max(peak, 1e-10))
