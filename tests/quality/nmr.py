"""Noise-to-mask ratio: how far what a process adds lies below what the ear hears at all.

After Brandenburg, "Evaluation of quality for audio encoding at low bit rates" (AES 82, 1987), in the form of the
FFT ear model of ITU-R BS.1387-1, basic version (section 2.1 of annex 2; equations as in Kabal, "An examination and
interpretation of ITU-R BS.1387", 2003): Hann windows of 2048 with half overlap, outer and middle ear, 109 bands of a
quarter of a Bark, internal noise, spreading over frequency that depends on level, smearing over time, and the
threshold 3 dB below up to 12 Bark and 0.25 dB per Bark more above. The noise is the difference of the magnitudes of
both spectra, so that a shift in phase is none.

Simpler than the standard: a full scale of 92 dB SPL always; no alignment of bands' levels over time, only one gain
of the whole (given here by the caller); bins belong to the band that their centre lies in; both channels are
averaged; frames whose reference is below -60 dBFS RMS do not count; no cognitive model behind it.
"""

import numpy as np

RATE = 48000
SIZE, HOP = 2048, 1024
# Level of a sine at full scale.
FULL_SCALE_DB_SPL = 92.0
# Quarter of a Bark, from 80 Hz to 18 kHz, by Schroeder's formula of BS.1387.
STEP_BARK = 0.25
LOW_HZ, HIGH_HZ = 80.0, 18000.0
# Frames of the reference below this are pauses.
PAUSE_DBFS = -60.0
# Power that loudness adds up with.
ADDITIVITY = 0.4
# Time constants of the smearing at 100 Hz, and at most high.
SMEAR_100_S, SMEAR_LEAST_S = 0.030, 0.008


def bark(hz):
    return 7.0 * np.arcsinh(np.asarray(hz) / 650.0)


def hertz(z):
    return 650.0 * np.sinh(np.asarray(z) / 7.0)


def ear_weight_db(hz):
    """Outer and middle ear, BS.1387 equation 7."""
    khz = np.maximum(hz, 1.0) / 1000.0
    return -2.184 * khz**-0.8 + 6.5 * np.exp(-0.6 * (khz - 3.3) ** 2) - 0.001 * khz**3.6


class Ear:
    """The tables of the model."""

    def __init__(self):
        low, high = bark(LOW_HZ), bark(HIGH_HZ)
        edges = np.minimum(low + STEP_BARK * np.arange(np.ceil((high - low) / STEP_BARK) + 1), high)
        self.centre_hz = hertz(0.5 * (edges[:-1] + edges[1:]))
        bins_hz = np.arange(SIZE // 2 + 1) * RATE / SIZE
        self.weight = 10 ** (ear_weight_db(bins_hz) / 10)
        self.grouping = self._grouping(bins_hz, hertz(edges))
        self.window = np.sqrt(8 / 3) * (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(SIZE) / SIZE))
        # A sine of full scale between bins: BS.1387's loudness scaling, with its 0.8497 for the window.
        self.gain = 10 ** (FULL_SCALE_DB_SPL / 20) / (0.8497 * SIZE / 4 * np.sqrt(8 / 3))
        self.internal = 10 ** (0.1456 * (self.centre_hz / 1000) ** -0.8)
        barks = STEP_BARK * np.arange(self.centre_hz.size)
        self.threshold_db = np.where(barks <= 12, 3.0, 0.25 * barks)
        times = SMEAR_LEAST_S + 100.0 / self.centre_hz * (SMEAR_100_S - SMEAR_LEAST_S)
        self.smear = np.exp(-HOP / RATE / times)
        # What spreading does to a flat spectrum of 0 dB, which it should leave.
        self.flat = self._spread_raw(np.ones((1, self.centre_hz.size)))

    @staticmethod
    def _grouping(bins_hz, edges_hz):
        """Shares of bins in bands, by how far a bin's width overlaps the band."""
        width = RATE / SIZE
        low, high = bins_hz - width / 2, bins_hz + width / 2
        overlap = np.minimum(high[None], edges_hz[1:, None]) - np.maximum(low[None], edges_hz[:-1, None])
        return np.clip(overlap / width, 0.0, 1.0)

    def magnitudes(self, x):
        """Weighted magnitudes of every frame, of shape (frames, bins)."""
        frames = np.lib.stride_tricks.sliding_window_view(x, SIZE)[::HOP]
        return self.gain * np.abs(np.fft.rfft(frames * self.window)) * np.sqrt(self.weight)

    def bands(self, power):
        return np.maximum(power @ self.grouping.T, 1e-12)

    def _spread_raw(self, power):
        """Spreading of BS.1387 equation 16 on, before it is made neutral."""
        bands = np.arange(self.centre_hz.size)
        level_db = 10 * np.log10(power)
        upper_db = -24 - 230 / self.centre_hz + 0.2 * level_db
        apart = STEP_BARK * (bands[:, None] - bands[None])
        # To the left 27 dB per Bark, to the right less the louder it is.
        up = np.minimum(upper_db, -0.5)[..., None, :] * np.maximum(apart, 0)
        slope_db = up + 27.0 * np.minimum(apart, 0)
        shares = 10 ** (slope_db / 10)
        shares /= shares.sum(axis=-2, keepdims=True)
        return np.sum((power[..., None, :] * shares) ** ADDITIVITY, axis=-1) ** (1 / ADDITIVITY)

    def excitation(self, power):
        """Spread over frequency, a few frames at a time for memory's sake, and smeared over time."""
        parts = np.array_split(power, max(1, len(power) // 64))
        spread = np.concatenate([self._spread_raw(part) for part in parts]) / self.flat
        held = np.zeros(spread.shape[1])
        for frame in spread:
            held = self.smear * held + (1 - self.smear) * frame
            np.maximum(frame, held, out=frame)
        return spread


EAR = Ear()


class Masked:
    """A reference: what it hides, worked out once for all that is measured beside it."""

    def __init__(self, reference):
        self.magnitudes = [EAR.magnitudes(c) for c in reference.astype(np.float64)]
        powers = [EAR.bands(magnitudes**2) + EAR.internal for magnitudes in self.magnitudes]
        self.masks = [EAR.excitation(power) / 10 ** (EAR.threshold_db / 10) for power in powers]
        frames = np.lib.stride_tricks.sliding_window_view(reference, SIZE, axis=1)[:, ::HOP]
        self.heard = np.mean(frames.astype(np.float64) ** 2, axis=2) > 10 ** (PAUSE_DBFS / 10)

    def nmr_db(self, processed):
        """Total noise-to-mask ratio of aligned stereo of the same level, in dB; 0 is the edge of hearing, less
        is better."""
        ratios = []
        for own, mask, heard, c in zip(self.magnitudes, self.masks, self.heard, processed.astype(np.float64)):
            noise = EAR.bands((own - EAR.magnitudes(c)) ** 2)
            ratios.append(np.mean(noise / mask, axis=1)[heard])
        return float(10 * np.log10(max(np.mean(np.concatenate(ratios)), 1e-10)))
