"""The plug-in as pedalboard (a JUCE host) shows it, and its table of parameters."""

import csv
import json
import re
import struct
from pathlib import Path

import numpy as np
from pedalboard import VST3Plugin

ROOT = Path(__file__).resolve().parents[2]
BANDS = 25


class Row:
    """One parameter of the contract."""

    def __init__(self, cells):
        self.id, self.name, self.kind, self.unit = (cells[k] for k in ("id", "name", "kind", "unit"))
        self.default = cells["default"]
        self.min, self.max = cells["min"], cells["max"]
        # The note of a choice begins with its values: "A | B | C; more words".
        self.choices = [c.strip() for c in cells["note"].split(";")[0].split("|")]


def table():
    """All rows of the contract, the 25 bands spelled out."""
    rows = []
    with open(ROOT / "crates/auralis-engine/tests/data/parameters.csv", newline="", encoding="utf-8") as file:
        # The last column may hold commas.
        header = next(file).strip().split(",")
        for line in file:
            cells = dict(zip(header, line.rstrip("\n").split(",", 8)))
            numbers = range(1, BANDS + 1) if cells["id"] == "eq_band_01" else [None]
            for number in numbers:
                row = Row(cells)
                if number:
                    row.id, row.name = f"eq_band_{number:02}", f"EQ Band {number}"
                rows.append(row)
    return rows


def bands():
    """(low, high) of every critical band in Hz."""
    with open(ROOT / "crates/auralis-dsp/src/critical_bands.csv", newline="", encoding="utf-8") as file:
        return [(float(r["low_hz"]), float(r["high_hz"])) for r in csv.DictReader(file)]


# Everything that processes off, everything that adapts still.
ALL_OFF = {"eq_on": "Off", "comp_on": "Off", "lim_on": "Off", "loud_on": "Off"}
STATIC = {"eq_amount": 0, "comp_adapt": 0, "loud_on": "Off"}


class Host:
    """One instance of the plug-in. Parameters are set by id and in plain text, as typed."""

    def __init__(self, bundle, **settings):
        self.plugin = VST3Plugin(str(bundle))
        by_name = {p.name: p for p in self.plugin._parameters}
        self.parameters = {row.id: by_name[row.name] for row in table() if row.name in by_name}
        self.set(**settings)

    def set(self, **settings):
        for name, value in settings.items():
            raw = self.parameters[name].get_raw_value_for_text(str(value))
            assert 0.0 <= raw <= 1.0, f"{name}: the text {value!r} became {raw}"
            self.parameters[name].raw_value = raw

    def text(self, name):
        return self.parameters[name].string_value

    def render(self, x, rate=48000, block=512):
        """An offline bounce from reset, latency compensated; parameters are settled before it."""
        silence = np.zeros((x.shape[0], 4096), dtype=np.float32)
        self.plugin.process(silence, rate, block)
        y = self.plugin.process(np.ascontiguousarray(x, dtype=np.float32), rate, block)
        assert y.shape == x.shape, f"shape: got {y.shape}, expected {x.shape}"
        return y

    @property
    def latency_samples(self):
        return self.plugin.reported_latency_samples

    def state(self):
        """The plug-in's own state (a JSON document) out of the host's wrapping."""
        return json.loads(unwrap(self.plugin.raw_state))

    def load(self, payload):
        """Loads `payload` (bytes) as the plug-in's own state."""
        self.plugin.raw_state = wrap(payload)


# JUCE's base 64: its own alphabet, lowest bits first, after the number of bytes and a full stop.
ALPHABET = ".ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+"


def unwrap(raw_state):
    found = re.search(rb"<IComponent>(\d+)\.([^<]*)<", raw_state)
    size, text = int(found[1]), found[2].decode()
    bits = sum(ALPHABET.index(c) << (6 * i) for i, c in enumerate(text))
    return bits.to_bytes((6 * len(text) + 7) // 8, "little")[:size]


def wrap(payload):
    bits = int.from_bytes(payload, "little")
    digits = (8 * len(payload) + 5) // 6
    text = "".join(ALPHABET[(bits >> (6 * i)) & 63] for i in range(digits))
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?> <VST3PluginState>'
        f"<IComponent>{len(payload)}.{text}</IComponent>"
        "<IEditController>0.</IEditController></VST3PluginState>"
    ).encode()
    # JUCE's binary XML: magic number, length, text, a zero.
    return struct.pack("<II", 0x21324356, len(xml)) + xml + b"\0"
