"""Threads: the GIL is released while audio is worked on."""

import _thread
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

import auralis
import signals as s
from same import assert_same

RATE = 48000


def test_other_threads_run_while_a_song_is_mastered():
    audio = np.tile(s.music(10.0, RATE), 12)
    with ThreadPoolExecutor(1) as pool:
        ran = pool.submit(lambda: (time.monotonic(), auralis.master(audio, RATE), time.monotonic()))
        ticks = []
        while not ran.done():
            ticks.append(time.monotonic())
            time.sleep(0.001)
    began, _, ended = ran.result()
    ticks = [began] + [t for t in ticks if began < t < ended] + [ended]
    # With the GIL held there would be no tick between the beginning and the end.
    longest = max(after - before for before, after in zip(ticks, ticks[1:]))
    assert longest < 0.5 * (ended - began), f"nothing else ran for {longest:.2f} of {ended - began:.2f} s"


def test_songs_side_by_side_are_the_songs_one_by_one():
    songs = [s.music(6.0, RATE, seed=seed) for seed in range(4)]
    expected = [auralis.master(song, RATE) for song in songs]
    with ThreadPoolExecutor(4) as pool:
        got = list(pool.map(lambda song: auralis.master(song, RATE), songs))
    for index, ((audio, report), (audio_alone, report_alone)) in enumerate(zip(got, expected)):
        assert_same(audio, audio_alone, f"song {index}")
        assert report == report_alone, f"song {index}: another report"


def test_threads_that_share_a_processor_take_turns():
    processor = auralis.Processor(RATE, 2)
    audio = s.music(4.0, RATE)
    blocks = np.array_split(audio, 64, axis=1)
    with ThreadPoolExecutor(4) as pool:
        got = list(pool.map(processor.process, blocks))
    for block, result in zip(blocks, got):
        assert result.shape == block.shape and np.isfinite(result).all()


def test_ctrl_c_ends_the_work():
    # Many times the delay below to work on, were it not interrupted.
    audio = np.tile(s.music(10.0, RATE)[0], 90)
    threading.Timer(0.1, _thread.interrupt_main).start()
    try:
        auralis.master(audio, RATE)
    except KeyboardInterrupt:
        return
    raise AssertionError("the song was mastered to its end")
