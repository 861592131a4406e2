"""Loudness, true peak and contrast by pyloudnorm and ffmpeg: none of it is Auralis' own."""

import re
import subprocess

import imageio_ffmpeg
import numpy as np
import pyloudnorm
import soundfile

# Quieter than this is silence, by BS.1770.
SILENCE_LUFS = -70.0
# Windows of loudness begin so often.
STEPS_PER_S = 10


def read(path):
    """(audio of shape (frames, channels) as float64, rate)."""
    return soundfile.read(path, always_2d=True)


def integrated_lufs(x, rate):
    return float(pyloudnorm.Meter(rate).integrated_loudness(x))


def ffmpeg_levels(path):
    """(integrated loudness in LUFS, true peak in dBTP) by ffmpeg's ebur128. It tells thousandths beside its
    frames only, the peak's of full scale: 0.01 dB around a ceiling of -1."""
    meter = "ebur128=peak=true:metadata=1,ametadata=mode=print:file=-"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-i", str(path)]
    command += ["-af", meter, "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    lufs, peak = (float(re.findall(rf"r128\.{key}=(\S+)", said)[-1]) for key in ("I", "true_peak"))
    return lufs, 20 * np.log10(max(peak, 1e-10))


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
