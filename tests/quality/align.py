"""Puts what a process gives back in time with what it was given."""

import numpy as np
from scipy import fft

RATE = 48000
# Latencies looked for.
LONGEST_S = 0.5
# Frequencies whose phase tells the fraction of a sample.
PHASE_HZ = (200.0, 6000.0)
# RMS of the noise that tells a latency.
NOISE = 0.02
# A shorter delay is left: it is noise of the measurement.
LEAST_SAMPLES = 0.01


def delay_samples(x, y):
    """How far mono `y` lags `x`: whole samples by cross-correlation, the fraction by the phase of the cross
    spectrum, weighted by its power."""
    size = fft.next_fast_len(x.size + int(LONGEST_S * RATE), real=True)
    cross = fft.rfft(y, size) * np.conj(fft.rfft(x, size))
    correlation = fft.irfft(cross, size)[: int(LONGEST_S * RATE)]
    whole = int(np.argmax(correlation))
    hz = np.arange(cross.size) * RATE / size
    inside = (hz > PHASE_HZ[0]) & (hz < PHASE_HZ[1])
    turn = 2 * np.pi * hz[inside] / RATE
    left = cross[inside] * np.exp(1j * turn * whole)
    weight = np.abs(left)
    fraction = -np.sum(weight * turn * np.angle(left)) / max(np.sum(weight * turn**2), 1e-20)
    return whole + float(np.clip(fraction, -0.5, 0.5))


def advanced(y, samples, length):
    """`y` earlier by so many samples, by the ideal interpolation where they are no whole number."""
    whole = int(np.floor(samples + LEAST_SAMPLES))
    fraction = samples - whole
    if abs(fraction) > LEAST_SAMPLES:
        size = fft.next_fast_len(y.shape[1] + 4096, real=True)
        turn = 2 * np.pi * np.arange(size // 2 + 1) / size
        y = fft.irfft(fft.rfft(y, size) * np.exp(1j * turn * fraction), size)
    y = y[:, whole : whole + length]
    return np.pad(y, ((0, 0), (0, length - y.shape[1])))


def latency_samples(process):
    """Latency of `process`, by soft noise that no limiter touches."""
    noise = np.random.default_rng(2).standard_normal((2, 2 * RATE)).astype(np.float32) * NOISE
    return delay_samples(noise.sum(axis=0), process(noise).sum(axis=0))
