#!/usr/bin/env python3
"""Measures when the EQ sounds in each of its phases, and writes docs/EQ_PHASE.md.

    cargo xtask bundle auralis --release
    python3 -m venv target/ear/venv && target/ear/venv/bin/pip install -r tests/ear/requirements.txt
    target/ear/venv/bin/python tests/phase/phase.py

A click goes through the built plug-in in pedalboard, a JUCE host. `--bundle` takes another VST3. Takes a minute; the
exit status tells whether the default phase keeps what the page says of it.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/hosts"))

import responses as r  # noqa: E402
from host import Host, table  # noqa: E402
from page import write_page  # noqa: E402

BUNDLE = ROOT / "target/bundled/Auralis.vst3"
RATES = (44100, 48000, 96000)


def latencies(bundle):
    """Samples of the whole plug-in by phase and rate."""
    found = {}
    for phase in r.PHASES:
        host = Host(bundle, eq_phase=phase)
        for rate in RATES:
            host.render(np.zeros((2, rate // 4), dtype=np.float32), rate)
            found[phase, rate] = host.latency_samples
    return found


def verdict(measured):
    """What the default must keep: nothing heard before a click, no group delay that is heard."""
    heard = {}
    for (name, gain), phases in measured.items():
        mixed = phases["Mixed"]
        if name in r.BASS and max(mixed["before"][0] + 30, mixed["before"][1] + 60) > 0:
            heard[name, gain] = mixed["before"]
        # Nobody sets neighbours 24 dB apart.
        limit = 2 if (name, gain) == (r.APART, 12) else 1
        if mixed["of_heard"][0] > limit or mixed["off"] > 0.1:
            heard[name, gain] = mixed["of_heard"], mixed["off"]
    return heard


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, default=BUNDLE)
    bundle = parser.parse_args().bundle
    responses = {case: {phase: r.response(bundle, phase, *case) for phase in r.PHASES} for case in r.CASES}
    measured = {case: r.measured(phases) for case, phases in responses.items()}
    default = next(row.default for row in table() if row.id == "eq_phase")
    write_page(ROOT / "docs/EQ_PHASE.md", responses, measured, latencies(bundle), default)
    heard = verdict(measured)
    print(f"{len(measured)} curves; heard in Mixed: {heard or 'none'}")
    sys.exit(bool(heard))


if __name__ == "__main__":
    main()
