"""Blocks: the same processor as in a DAW."""

import numpy as np

import auralis
import signals as s
from same import NEUTRAL, assert_same

RATE = 48000


def song(channels=2, seconds=8.0):
    return s.music(seconds, RATE)[:channels]


def in_blocks(processor, audio, length):
    """What the processor makes of the audio and of silence as long as its latency, without what it
    says before its latency has passed."""
    latency = processor.latency
    silence = np.zeros(audio.shape[:-1] + (latency,), audio.dtype)
    padded = np.concatenate([audio, silence], axis=-1)
    ends = range(0, padded.shape[-1], length)
    blocks = [processor.process(padded[..., at : at + length]) for at in ends]
    return np.concatenate(blocks, axis=-1)[..., latency:]


def test_a_held_decision_is_the_master_bit_for_bit():
    for channels in (1, 2):
        audio = song(channels)
        for settings in ({}, {"eq_phase": "Minimum", "target": "Rock", "lim_ceiling": -2}):
            expected, told = auralis.master(audio, RATE, -14, **settings)
            for length in (1009, 4096, audio.shape[1] * 2):
                processor = auralis.Processor(RATE, channels, loud_target=-14, **settings)
                report = processor.decide(audio)
                assert report == told, f"{channels} channels, {settings}: another report"
                got = in_blocks(processor, audio, length)
                assert_same(got, expected, f"{channels} channels, {settings}, blocks of {length}")


def test_a_decision_goes_from_one_processor_to_another_as_text():
    audio = song()
    expected, report = auralis.master(audio, RATE)
    processor = auralis.Processor(RATE, 2)
    assert processor.learned is None
    processor.learned = report["learned"]
    assert processor.learned == report["learned"]
    assert_same(in_blocks(processor, audio, 512), expected, "the first time")
    processor.reset()
    assert_same(in_blocks(processor, audio, 333), expected, "again after a reset")
    processor.learned = None
    adapting = auralis.Processor(RATE, 2)
    assert_same(in_blocks(processor, audio, 512), in_blocks(adapting, audio, 512), "without a decision")


def test_a_decision_about_silence_is_held_too():
    audio = np.zeros((2, RATE), np.float32)
    processor = auralis.Processor(RATE, 2)
    assert processor.decide(audio)["decision"] is None
    assert processor.learned is None
    assert not in_blocks(processor, audio, 512).any()


def test_it_does_not_depend_on_the_blocks():
    audio = song()
    expected = in_blocks(auralis.Processor(RATE, 2), audio, audio.shape[1])
    for length in (997, 64, 8192):
        got = in_blocks(auralis.Processor(RATE, 2), audio, length)
        assert_same(got, expected, f"blocks of {length}")


def test_with_everything_off_it_is_a_delay_of_its_latency():
    latencies = set()
    for phase in ("Linear", "Minimum", "Mixed"):
        processor = auralis.Processor(RATE, 2, loud_on=False, eq_phase=phase, **NEUTRAL)
        latencies.add(processor.latency)
        audio = song()
        assert_same(in_blocks(processor, audio, 480), audio, f"{phase} phase")
    assert len(latencies) == 3, f"three phases lag by {latencies}"


def test_an_empty_block_is_one():
    processor = auralis.Processor(RATE, 1)
    for block in (np.zeros(0, np.float32), np.zeros((1, 0))):
        got = processor.process(block)
        assert got.shape == block.shape and got.dtype == block.dtype, got
    audio = song(1)[0]
    assert processor.process(audio[:100]).shape == (100,)
    assert processor.process(audio[np.newaxis, :100]).shape == (1, 100)


def test_settings_change_from_the_next_block_on():
    processor = auralis.Processor(RATE, 2, loud_on=False, **NEUTRAL)
    audio = song()
    half = audio.shape[1] // 2
    first = processor.process(audio[:, :half])
    processor.set(output_gain=-20)
    second = processor.process(audio[:, half:])
    gain_db = s.db(s.rms(second[:, RATE:]) / s.rms(audio[:, half + RATE :]))
    assert abs(gain_db + 20.0) < 1.0, f"{gain_db} dB, expected -20"
    latency = processor.latency
    assert_same(first[:, latency:], audio[:, : half - latency], "before the change")


def test_settings_are_all_taken_or_none():
    audio = song()
    processor, untouched = (auralis.Processor(RATE, 2, **NEUTRAL) for _ in range(2))
    try:
        processor.set(output_gain=-20, volume=11)
    except ValueError:
        pass
    else:
        raise AssertionError("an unknown setting was taken")
    assert_same(in_blocks(processor, audio, 4096), in_blocks(untouched, audio, 4096), "after a refusal")
