"""Shapes, dtypes and memory layouts of what goes in and comes out."""

import numpy as np

import auralis
import signals as s
from same import assert_same

RATE = 48000


def song():
    return s.music(6.0, RATE)


def test_the_result_looks_like_the_audio():
    stereo = song()
    for audio in (stereo, stereo.astype(np.float64), stereo[:1], stereo[0], stereo[0].astype(np.float64)):
        mastered, report = auralis.master(audio, RATE)
        assert mastered.shape == audio.shape, f"{mastered.shape} of {audio.shape}"
        assert mastered.dtype == audio.dtype, f"{mastered.dtype} of {audio.dtype}"
        assert report["channels"] == (audio.shape[0] if audio.ndim == 2 else 1)
        assert report["before"]["frames"] == report["after"]["frames"] == audio.shape[-1]


def test_a_flat_array_is_one_channel():
    mono = song()[0]
    flat, _ = auralis.master(mono, RATE)
    one, _ = auralis.master(mono[np.newaxis], RATE)
    assert_same(flat[np.newaxis], one, "(frames,) beside (1, frames)")


def test_doubles_are_worked_on_as_floats():
    audio = song()
    single, _ = auralis.master(audio, RATE)
    double, _ = auralis.master(audio.astype(np.float64), RATE)
    assert_same(double, single.astype(np.float64), "float64 beside float32")


def crooked(audio):
    """The same samples at an address that no float has."""
    raw = np.zeros(audio.nbytes + 1, np.uint8)
    view = raw[1:].view(audio.dtype).reshape(audio.shape)
    view[:] = audio
    assert not view.flags.aligned
    return view


def read_only(audio):
    audio = audio.copy()
    audio.flags.writeable = False
    return audio


def test_every_layout_in_memory_is_the_same_audio():
    audio = song()
    expected, _ = auralis.master(audio, RATE)
    layouts = {
        "Fortran order": np.asfortranarray(audio),
        "frames first, transposed": np.ascontiguousarray(audio.T).T,
        "every second": np.repeat(audio, 2, axis=1)[:, ::2],
        "backwards": np.ascontiguousarray(audio[::-1, ::-1])[::-1, ::-1],
        "the other byte order": audio.astype(audio.dtype.newbyteorder()),
        "not aligned": crooked(audio),
        "read only": read_only(audio),
    }
    for name, layout in layouts.items():
        mastered, _ = auralis.master(layout, RATE)
        assert_same(mastered, expected, name)


def test_the_audio_is_left_as_it_was():
    audio = song()
    before = audio.copy()
    auralis.master(audio, RATE)
    auralis.Processor(RATE, 2).process(audio)
    assert_same(audio, before, "the argument after the call")


def test_what_is_not_finite_counts_as_silence_and_is_counted():
    audio = song()
    audio[0, 1000], audio[1, 2000], audio[1, 2001] = np.nan, np.inf, -np.inf
    silenced = np.nan_to_num(audio, nan=0.0, posinf=0.0, neginf=0.0)
    mastered, report = auralis.master(audio, RATE)
    assert report["before"]["non_finite"] == 3, report["before"]
    assert report["after"]["non_finite"] == 0 and np.isfinite(mastered).all()
    expected, _ = auralis.master(silenced, RATE)
    assert_same(mastered, expected, "beside zeros in their place")
