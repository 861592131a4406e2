"""What `auralis analyze` says of synthesised and of real audio, beside what other people's tools say.

    python peers.py target/debug/auralis [WORD_OF_A_TEST_NAME ...]

librosa and scipy for spectra and rhythm, pyloudnorm and ffmpeg's ebur128 for loudness, numpy for what
is a line of it. The real piece is Kevin MacLeod's Vibe Ace (CC BY 3.0), which an old librosa on PyPI
carries. The last line counts.
"""

import csv
import functools
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

# librosa's compiled functions, for this process alone: two that write them to one folder at the same
# time leave some that crash every process after them (numba 0.68). Before librosa, which reads it.
COMPILED = tempfile.TemporaryDirectory(prefix="auralis-numba-")
os.environ["NUMBA_CACHE_DIR"] = COMPILED.name

import imageio_ffmpeg  # noqa: E402
import librosa  # noqa: E402
import numpy as np  # noqa: E402
import pyloudnorm  # noqa: E402
import soundfile  # noqa: E402
from scipy import signal  # noqa: E402

TESTS = Path(__file__).resolve().parent.parent
sys.path += [str(TESTS / "hosts"), str(TESTS / "ear")]

import fetch  # noqa: E402
import runner  # noqa: E402
import signals as s  # noqa: E402

RATE = 48000
# The analysis' hop and window at 44.1 and 48 kHz.
HOP, WINDOW = 2048, 4096
# Lossless up to 24 bits, which is what the files below hold.
SUBTYPE = "PCM_24"


def bursts(seconds=20.0, per_second=2.0):
    """Decaying bursts of noise at an even pace: 120 a minute."""
    x = s.noise(seconds, RATE, -12.0, seed=3, channels=1)[0]
    t = np.arange(x.size) / RATE
    return s.stereo(x * (np.exp(-(t % (1 / per_second)) / 0.03) + 0.001))


def clipped():
    """Music, driven 9 dB into the rails."""
    return np.clip(s.music(20.0, RATE, seed=5, peak_db=9.0), -1.0, 32767 / 32768)


def noisy():
    """Tones that stop half of the time over noise of -60 dBFS in each channel."""
    x = s.stereo(s.sine(1000.0, 30.0, RATE, -10.0))
    x[:, (np.arange(x.shape[1]) // (RATE // 2)) % 2 == 1] = 0.0
    return x + s.noise(30.0, RATE, -60.0, seed=9)


def fetch_real():
    """Where Vibe Ace lies, fetched if it is not there. Called before the tests start, which run two at
    a time."""
    pieces = fetch.read_table(TESTS / "ear" / "pieces.csv")
    piece = next(piece for piece in pieces if piece["id"] == "vibe-ace")
    return fetch.fetch_piece(piece, TESTS.parent / "target" / "peers")


@functools.cache
def real():
    """Vibe Ace: (audio, rate)."""
    x, rate = soundfile.read(next(fetch_real().glob("*.ogg")), always_2d=True)
    return np.ascontiguousarray(x.T.astype(np.float32)), rate


def analyse(binary, x, rate=RATE):
    """(the analysis, the audio as the file holds it, what ffmpeg says of it)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "audio.wav"
        soundfile.write(path, x.T, rate, subtype=SUBTYPE)
        command = [str(binary), "analyze", "--json", str(path)]
        output = subprocess.run(command, capture_output=True, check=True).stdout
        held, _ = soundfile.read(path, always_2d=True)
        return json.loads(output)["files"][0], held.T, ffmpeg_ebur128(path)


def ffmpeg_ebur128(path):
    """Integrated loudness, loudness range and true peak as ffmpeg says."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostats", "-i", str(path)]
    command += ["-af", "ebur128=peak=true", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, check=True).stderr.decode()
    summary = said[said.rindex("Summary:") :]
    keys = {"integrated_lufs": "I", "range_lu": "LRA", "true_peak_dbtp": "Peak"}
    return {
        name: float(re.search(rf"\b{key}:\s+(-?[\d.]+)", summary)[1]) for name, key in keys.items()
    }


def near(name, got, expected, tolerance, unit=""):
    """Prints both; fails when they differ by more than the tolerance."""
    print(f"{name}: {got:.3f}, expected {expected:.3f} within {tolerance} {unit}")
    assert abs(got - expected) <= tolerance, f"{name}: {got} {unit}, expected {expected}"


def power_spectrogram(x):
    """Power of each bin and window, both channels together, as librosa's STFT has it."""
    return sum(np.abs(librosa.stft(c, n_fft=WINDOW, hop_length=HOP, center=False)) ** 2 for c in x)


def check_loudness(binary, x, rate):
    got, x, ffmpeg = analyse(binary, x, rate)
    got = got["measurement"]
    meter = pyloudnorm.Meter(rate)
    # The tolerance of EBU Tech 3341 for a meter; pyloudnorm's filters are the same up to rounding.
    near("integrated, pyloudnorm", got["integrated_lufs"], meter.integrated_loudness(x.T), 0.1, "LU")
    near("integrated, ffmpeg", got["integrated_lufs"], ffmpeg["integrated_lufs"], 0.1, "LU")
    # Tech 3342 allows 1 LU; blocks start at other samples.
    near("loudness range, ffmpeg", got["range_lu"], ffmpeg["range_lu"], 0.3, "LU")
    # Two meters of fourfold interpolation, one of them with one decimal; EBU Tech 3341 lets both read
    # 0.4 dB too little.
    near("true peak, ffmpeg", got["true_peak_dbtp"], ffmpeg["true_peak_dbtp"], 0.2, "dB")
    near("true peak, scipy 8x", got["true_peak_dbtp"], s.true_peak_db(x, factor=8), 0.4, "dB")
    near("sample peak, numpy", got["sample_peak_db"], s.db(np.abs(x).max()), 0.001, "dB")
    near("RMS, numpy", got["rms_db"], s.db(s.rms(x)), 0.001, "dB")


def test_loudness_of_synthesised_music(binary):
    check_loudness(binary, s.music(40.0, RATE), RATE)


def test_loudness_of_real_music(binary):
    check_loudness(binary, *real())


def check_spectrum(binary, x, rate):
    got, x, _ = analyse(binary, x, rate)
    f, power = got["features"], power_spectrogram(x)
    hz = librosa.fft_frequencies(sr=rate, n_fft=WINDOW)
    heard = power.sum(axis=0) > 0
    band = (hz >= 20) & (hz <= 20000)
    magnitude = np.sqrt(power[band][:, heard])
    centroid = librosa.feature.spectral_centroid(S=magnitude, freq=hz[band], sr=rate).mean()
    # The ear leaves windows out that lie far below the rest.
    near("centroid, librosa", f["centroid_hz"], centroid, 0.03 * centroid, "Hz")
    rolloff = librosa.feature.spectral_rolloff(
        S=power[band][:, heard], freq=hz[band], sr=rate, roll_percent=0.85
    ).mean()
    # Two bins, at low frequencies.
    near("roll-off, librosa", f["rolloff_hz"], rolloff, 25 + 0.02 * rolloff, "Hz")
    middle = (hz >= 100) & (hz <= 10000)
    flatness = librosa.feature.spectral_flatness(S=power[middle][:, heard], power=1.0).mean()
    near("flatness, librosa", f["flatness"], flatness, 0.02 + 0.05 * flatness)
    check_bands(got, x, rate)


def check_bands(got, x, rate):
    """The level of each critical band beside Welch's method in scipy."""
    frequencies, power = signal.welch(x, rate, nperseg=16384, detrend=False, scaling="density")
    power = power.sum(axis=0) * frequencies[1]
    edges = [float(row["low_hz"]) for row in bands()] + [float(bands()[-1]["high_hz"])]
    for index, (low, high) in enumerate(zip(edges, edges[1:])):
        inside = (frequencies >= low) & (frequencies < high)
        expected = 10 * np.log10(max(power[inside].sum(), 1e-20))
        if 1 <= index <= 22 and expected > -70:
            # Beside a loud band: the ear's window of 4096 samples spreads a tone at the edge over
            # 40 Hz, the one here over 10.
            near(f"band {index + 1}, scipy", got["bands_db"][index], expected, 1.5, "dB")


@functools.cache
def bands():
    with open(TESTS.parent / "crates" / "auralis-dsp" / "src" / "critical_bands.csv", newline="") as file:
        return list(csv.DictReader(file))


def test_spectrum_of_synthesised_music(binary):
    check_spectrum(binary, s.music(30.0, RATE, seed=11), RATE)


def test_spectrum_of_noise(binary):
    check_spectrum(binary, s.noise(20.0, RATE, -20.0, seed=2), RATE)


def test_spectrum_of_real_music(binary):
    check_spectrum(binary, *real())


def check_levels(binary, x, rate):
    got, x, _ = analyse(binary, x, rate)
    f = got["features"]
    left, right = x[0], x[-1]
    near("correlation, numpy", f["correlation"], np.corrcoef(left, right)[0, 1], 0.01)
    width = s.db(s.rms(left - right)) - s.db(s.rms(left + right))
    near("side over mid, numpy", f["side_db"], width, 0.2, "dB")
    hops = np.abs(x[:, : x.shape[1] // HOP * HOP]).max(axis=0).reshape(-1, HOP).max(axis=1)
    quiet, loud = np.percentile(s.db(hops[hops > 0]), [10, 90])
    # Half a dB a bin of the histogram, at both ends; the ear leaves pauses out.
    near("dynamic range, numpy", f["dynamic_range_db"], loud - quiet, 1.0, "dB")
    loudness = pyloudnorm.Meter(rate).integrated_loudness(x.T)
    plr = s.true_peak_db(x, factor=8) - loudness
    near("PLR, scipy and pyloudnorm", got["measurement"]["plr_db"], plr, 0.3, "dB")
    psr, crest = psr_and_crest(x, rate)
    # The ear looks every hop, this every tenth of a second, and the ear leaves pauses out.
    near("PSR, pyloudnorm", f["psr_db"], psr, 0.5, "dB")
    near("crest factor, numpy", f["crest_db"], crest, 0.5, "dB")


def psr_and_crest(x, rate):
    """Means over windows of 3 s: sample peak over short-term loudness, and over the RMS of the louder
    channel."""
    meter = pyloudnorm.Meter(rate)
    weighted = x.T.copy()
    for stage in meter._filters.values():
        for channel in range(weighted.shape[1]):
            weighted[:, channel] = stage.apply_filter(weighted[:, channel])
    step = rate // 10
    starts = range(0, x.shape[1] - 3 * rate + 1, step)
    psr, crest = [], []
    for at in starts:
        part = slice(at, at + 3 * rate)
        peak = s.db(np.abs(x[:, part]).max())
        energy = np.mean(weighted[part] ** 2, axis=0).sum()
        psr.append(peak - (-0.691 + 10 * np.log10(energy)))
        crest.append(peak - 10 * np.log10(np.mean(x[:, part] ** 2, axis=1).max()))
    return np.mean(psr), np.mean(crest)


def test_levels_of_synthesised_music(binary):
    check_levels(binary, s.music(40.0, RATE, seed=3), RATE)


def test_levels_of_real_music(binary):
    check_levels(binary, *real())


def test_onsets_and_tempo_of_bursts(binary):
    got, x, _ = analyse(binary, bursts())
    mono = x.mean(axis=0).astype(np.float32)
    onsets = librosa.onset.onset_detect(y=mono, sr=RATE, units="time")
    # The first burst has nothing before it.
    near("onsets, librosa", got["features"]["onset_rate_hz"], len(onsets) / 20.0, 0.2, "1/s")
    check_tempo(got, mono, RATE)


def test_tempo_of_synthesised_music(binary):
    # The real piece swings: meters of tempo do not agree on it.
    got, x, _ = analyse(binary, s.music(30.0, RATE))
    check_tempo(got, x.mean(axis=0).astype(np.float32), RATE)


def check_tempo(got, mono, rate):
    """Half and double are the textbook ambiguity of tempo meters."""
    tempo = float(librosa.feature.tempo(y=mono, sr=rate)[0])
    octave = 2.0 ** np.round(np.log2(tempo / got["features"]["tempo_bpm"]))
    # librosa's grid is 4 % at 120 BPM.
    near("tempo, librosa", octave * got["features"]["tempo_bpm"], tempo, 0.04 * tempo, "BPM")


def test_clipping_is_found_where_it_is(binary):
    got, x, _ = analyse(binary, clipped())
    expected = sum(runs(channel) for channel in x) / (x.shape[1] / RATE)
    # Runs across two hops are left out, and those that grow out of the rail bit by bit.
    per_second = got["features"]["clipped_runs_per_s"]
    near("clipped runs, numpy", per_second, expected, 0.1 * expected, "1/s")
    clean, _, _ = analyse(binary, 0.3 * clipped())
    assert clean["features"]["clipped_runs_per_s"] == 0, "far below full scale it is a sound"


def runs(channel, least=3):
    """Runs of `least` or more samples at the rail."""
    rail = np.abs(channel) >= 0.999
    edges = np.flatnonzero(np.diff(np.concatenate([[0], rail.astype(int), [0]])))
    return int(np.sum(edges[1::2] - edges[::2] >= least))


def test_noise_floor_between_tones(binary):
    got, _, _ = analyse(binary, noisy())
    # -60 dBFS in each of two channels, less 0.8 dB above 20 kHz; the tenth percentile of narrow bands
    # lies up to 3 dB low, that of the wide ones a few tenths.
    near("noise floor", got["features"]["noise_floor_db"], -57.8, 1.0, "dB")


def tests():
    return {name: test for name, test in globals().items() if name.startswith("test_")}


def main(args):
    if not args:
        print(__doc__)
        return 2
    binary, words = Path(args[0]).resolve(), args[1:]
    if words[:1] == ["--one"]:
        return runner.run_one(tests()[words[1]], binary)
    names = [name for name in tests() if not words or any(word in name for word in words)]
    fetch_real()
    return runner.run_all(Path(__file__).resolve(), binary, names)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
