"""What a caller does wrong is a ValueError that begins with the name of the argument."""

import numpy as np

import auralis

RATE = 48000
AUDIO = np.zeros((2, 4800), np.float32)


def processor(**settings):
    return auralis.Processor(RATE, 2, **settings)


def learn(text):
    processor().learned = text


CASES = [
    (lambda: auralis.master(np.zeros((6, 100)), RATE), "audio: 6 channels, mono and stereo only"),
    (lambda: auralis.master(AUDIO.T, RATE), "audio: 4800 channels, mono and stereo only (its shape is (4800, 2)"),
    (lambda: auralis.master(np.zeros((0, 9)), RATE), "audio: 0 channels"),
    (lambda: auralis.master(np.zeros((2, 0)), RATE), "audio: it has no frames"),
    (lambda: auralis.master(np.zeros(0), RATE), "audio: it has no frames"),
    (lambda: auralis.master(np.float32(1.0), RATE), "audio: 'float32' is no numpy array"),
    (lambda: auralis.master(np.zeros(()), RATE), "audio: 0 dimensions"),
    (lambda: auralis.master(np.zeros((1, 2, 9)), RATE), "audio: 3 dimensions"),
    (lambda: auralis.master([0.0, 0.1], RATE), "audio: 'list' is no numpy array"),
    (lambda: auralis.master(None, RATE), "audio: 'NoneType' is no numpy array"),
    (lambda: auralis.master(np.zeros((2, 9), np.int16), RATE), "audio: its dtype is int16"),
    (lambda: auralis.master(np.zeros((2, 9), complex), RATE), "audio: its dtype is complex128"),
    (lambda: auralis.master(np.zeros((2, 9), np.float16), RATE), "audio: its dtype is float16"),
    (lambda: auralis.master(np.array([["a", "b"]]), RATE), "audio: its dtype is <U1"),
    (lambda: auralis.master(np.array([[None]]), RATE), "audio: its dtype is object"),
    (lambda: auralis.master(AUDIO, 0), "sample_rate: 0 is no number of Hz from 8000 to 768000"),
    (lambda: auralis.master(AUDIO, -48000), "sample_rate: -48000 is no"),
    (lambda: auralis.master(AUDIO, float("nan")), "sample_rate: nan is no"),
    (lambda: auralis.master(AUDIO, 1e12), "sample_rate: 1000000000000.0 is no"),
    (lambda: auralis.master(AUDIO, "48k"), "sample_rate: 48k is no"),
    (lambda: auralis.master(AUDIO, None), "sample_rate: None is no"),
    (lambda: auralis.master(AUDIO, RATE, -3), "target_lufs: '-3' is no value of 'loud_target'"),
    (lambda: auralis.master(AUDIO, RATE, float("nan")), "target_lufs: 'NaN' is no value"),
    (lambda: auralis.master(AUDIO, RATE, "loud"), "target_lufs: 'loud' is no value"),
    (lambda: auralis.master(AUDIO, RATE, [1]), "target_lufs: it is [1]; it takes a number"),
    (lambda: auralis.master(AUDIO, RATE, volume=1), "settings: there is no parameter 'volume'"),
    (lambda: auralis.master(AUDIO, RATE, target="Polka"), "settings: 'Polka' is no value of 'target': it takes Auto"),
    (lambda: auralis.master(AUDIO, RATE, lim_ceiling=1), "settings: '1' is no value of 'lim_ceiling'"),
    (lambda: auralis.master(AUDIO, RATE, lim_ceiling=True), "settings: 'on' is no value of 'lim_ceiling'"),
    (lambda: auralis.master(AUDIO, RATE, eq_on=0.5), "settings: '0.5' is no value of 'eq_on': it takes on or off"),
    (lambda: auralis.master(AUDIO, RATE, eq_on=None), "settings: eq_on is None; it takes a number, a bool or a text"),
    (lambda: auralis.master(AUDIO, RATE, loud_target=-9), "settings: loud_target is said by target_lufs"),
    (lambda: auralis.master(AUDIO, RATE, loud_on=False), "settings: loud_on is said by target_lufs"),
    (lambda: auralis.master(AUDIO, RATE, reference=3), "reference: 'int' is no numpy array"),
    (lambda: auralis.master(AUDIO, RATE, reference=AUDIO), "reference: 0.0 s of sound; it takes 3 s"),
    (lambda: auralis.master(AUDIO, RATE, reference=(AUDIO, 1)), "reference: sample_rate: 1 is no"),
    (lambda: auralis.analyze(AUDIO, RATE, volume=1), "settings: there is no parameter 'volume'"),
    (lambda: auralis.analyze(np.zeros((3, 9)), RATE), "audio: 3 channels"),
    (lambda: auralis.Processor(RATE, 6), "channels: 6 is neither 1 nor 2"),
    (lambda: auralis.Processor(RATE, "two"), "channels: two is neither 1 nor 2"),
    (lambda: auralis.Processor(1, 2), "sample_rate: 1 is no"),
    (lambda: processor(volume=1), "settings: there is no parameter 'volume'"),
    (lambda: processor().set(volume=1), "settings: there is no parameter 'volume'"),
    (lambda: processor().process(AUDIO[0]), "block: its channels are 1, those of the processor 2"),
    (lambda: processor().process(AUDIO.tolist()), "block: 'list' is no numpy array"),
    (lambda: processor().decide(AUDIO[:1]), "audio: its channels are 1, those of the processor 2"),
    (lambda: processor().decide(AUDIO[:, :0]), "audio: it has no frames"),
    (lambda: processor(adapt_mode="Follow").decide(AUDIO), "adapt_mode: Follow makes no decision"),
    (lambda: learn("{"), "learned: it is no decision of a report: EOF"),
    (lambda: learn("{}"), "learned: it is no decision of a report: missing field"),
]


def test_every_wrong_call_names_its_argument():
    for index, (call, expected) in enumerate(CASES):
        try:
            call()
        except ValueError as error:
            got = str(error)
            assert got.startswith(expected), f"case {index}: got {got!r}, expected {expected!r}"
            assert "\n" not in got, f"case {index}: more than a line: {got!r}"
        else:
            raise AssertionError(f"case {index}: not refused, expected {expected!r}")


def test_a_decision_that_no_song_teaches_is_refused():
    song = np.random.default_rng(5).normal(0.0, 0.1, (2, 5 * RATE))
    report = auralis.master(song, RATE)[1]
    processor().learned = report["learned"]
    damaged = report["learned"].replace('"heard_s":', '"heard_s":-')
    assert damaged != report["learned"]
    try:
        learn(damaged)
    except ValueError as error:
        assert str(error) == "learned: no song can have taught this", error
    else:
        raise AssertionError("a song of negative length was believed")


def test_what_raises_in_a_conversion_is_no_crash():
    class Raises:
        def __float__(self):
            raise RuntimeError("no number today")

    for call in (lambda: auralis.master(AUDIO, Raises()), lambda: auralis.master(AUDIO, RATE, width=Raises())):
        try:
            call()
        except ValueError as error:
            assert str(error).split(":")[0] in ("sample_rate", "settings"), error
        else:
            raise AssertionError("not refused")
