"""What the tests compare with."""

import numpy as np

# Everything that changes a sample, off.
NEUTRAL = {"eq_on": False, "comp_on": False, "lim_on": False}


def assert_same(got, expected, what):
    """Bit for bit: shape, dtype and every sample."""
    assert got.shape == expected.shape, f"{what}: shape {got.shape}, expected {expected.shape}"
    assert got.dtype == expected.dtype, f"{what}: dtype {got.dtype}, expected {expected.dtype}"
    if not np.array_equal(got, expected):
        index = tuple(int(i) for i in np.argwhere(got != expected)[0])
        raise AssertionError(f"{what}: {index}: got {got[index]}, expected {expected[index]}")


def assert_near(got, expected, tolerance, what):
    assert abs(got - expected) <= tolerance, f"{what}: got {got}, expected {expected} +- {tolerance}"
