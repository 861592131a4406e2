"""Programme and WAV files, with nothing but the standard library."""

import array
import math
import random
import struct

RATE = 48_000


def programme(seconds):
    """Left and right: beats, a tone that moves, noise, about -20 dBFS. Every processor has work."""
    noise = random.Random(9)
    channels = []
    for channel in range(2):
        samples = array.array("f")
        for n in range(int(RATE * seconds)):
            t = n / RATE
            kick = 0.5 * math.sin(2 * math.pi * 55 * t) * math.exp(-9 * (2 * t % 1))
            tone = 440 + 110 * math.sin(0.5 * t) + 3 * channel
            hat = noise.uniform(-1, 1) * (0.02 + 0.2 * math.exp(-40 * (4 * t % 1)))
            samples.append(kick + 0.12 * math.sin(2 * math.pi * tone * t) + hat)
        channels.append(samples)
    return channels


def write_mono(path, samples):
    """A WAV file of 32-bit floats."""
    data = samples.tobytes()
    form = struct.pack("<HHIIHH", 3, 1, RATE, 4 * RATE, 4, 32)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form
    body += b"data" + struct.pack("<I", len(data)) + data
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)


def read_floats(path):
    """All samples of a WAV file of 32-bit floats, channel after channel in every frame."""
    file = path.read_bytes()
    at = 12
    while at + 8 <= len(file):
        name, size = file[at : at + 4], struct.unpack("<I", file[at + 4 : at + 8])[0]
        if name == b"data":
            # A header written early may say more than there is.
            data = file[at + 8 : at + 8 + size]
            return array.array("f", data[: len(data) // 4 * 4])
        at += 8 + size + size % 2
    raise AssertionError(f"{path.name} holds no audio")
