"""Writes the page and its plot."""

import matplotlib
import numpy as np
import responses as r

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

PLOTTED = ("1 to 3", 12), ("4 to 8", 12)
INTRODUCTION = """# The phase of the EQ

Written by `tests/phase/phase.py`, which sends a click through the built plug-in in a host (everything else off, 48 kHz).
Nothing here is edited by hand.

A filter that changes a gain takes time for it, the more the narrower it is in Hz. *Linear* takes half of that before a
sound and half after it, the same at every frequency: a click is announced. *Minimum* takes all of it after the sound,
some frequencies later than others. *Mixed* is minimum phase in the bass and linear phase above it (half and half in
decibels at 300 Hz, all from 600 Hz on), its linear part no longer than 5.3 ms to either side. All three have
the same gains.

**{default} is the default.** What is asked of it:

- Nothing is heard before a click. A loud sound masks what comes up to 5 ms before it (H. Fastl, E. Zwicker,
  "Psychoacoustics", 3rd ed. 2007, chapter 4). From 10 to 5 ms before it Linear announces bands 1 to 3 at +12 dB by
  {linear:.0f} dB, Mixed by {mixed:.0f} dB; earlier than 5.3 ms its linear part has ended. Within 5 ms it has
  what Linear has above the bass.
- No group delay that is heard. From 500 Hz on, 3.2, 2, 1, 1.5 and 2 ms are just heard at 0.5, 1, 2, 4 and 8 kHz
  (J. Blauert, P. Laws, J. Acoust. Soc. Am. 63(5) 1978). *Of what is heard* is the largest share of that.
  Beyond it of these bands: Minimum in {over_minimum}. Mixed in {over_mixed}.
- Latency below 40 ms at 48 kHz.

Linear is for what must add up with its source in phase, Minimum for playing through it.

![Before the click, and by frequency](phase/phase.png)
"""


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def decibels(value):
    return f"{value:.0f}" if value > r.FLOOR_DB else "none"


def introduction(measured, default):
    """The page's head, with the figures that it tells."""

    def over(phase):
        heard = [f"{n} ({g:+} dB)" for (n, g), found in measured.items() if found[phase]["of_heard"][0] > 1]
        return "; ".join(heard) or "none"

    bass = measured[PLOTTED[0]]
    return INTRODUCTION.format(
        default=default,
        linear=bass["Linear"]["before"][1],
        mixed=bass["Mixed"]["before"][1],
        over_minimum=over("Minimum"),
        over_mixed=over("Mixed"),
    )


def before(measured):
    header = ["Bands", "Gain", *(f"{p}, {far} to {near} ms" for p in ("Linear", "Mixed") for near, far in r.WINDOWS)]
    rows = []
    for (name, gain), phases in measured.items():
        cells = [decibels(x) for p in ("Linear", "Mixed") for x in phases[p]["before"]]
        rows.append([name, f"{gain:+} dB", *cells])
    return table(header, rows)


def delays(measured):
    regions = [f"{low} to {high} Hz" for low, high in r.REGIONS]
    header = ["Bands", "Gain", "Phase", *regions, "Of what is heard", "Gains differ by"]
    rows = []
    for (name, gain), phases in measured.items():
        for phase in ("Minimum", "Mixed"):
            found = phases[phase]
            cells = [f"{ms:.2f} ms ({hz:.0f})" if ms >= 0.005 else "0" for ms, hz in found["delay"]]
            share, hz = found["of_heard"]
            off = f"{found['off']:.3f} dB"
            rows.append([name, f"{gain:+} dB", phase, *cells, f"{100 * share:.0f} % ({hz:.0f} Hz)", off])
    return table(header, rows)


def latency(latencies):
    rates = sorted({rate for _, rate in latencies})
    rows = []
    for phase in r.PHASES:
        counts = [latencies[phase, rate] for rate in rates]
        rows.append([phase, *(f"{n} ({1000 * n / rate:.1f} ms)" for n, rate in zip(counts, rates))])
    return table(["Phase", *(f"{rate / 1000:g} kHz" for rate in rates)], rows)


def plot(responses, path):
    """What comes when, of a boosted bass; and group delay over frequency, of the bass and of the middle."""
    figure, axes = pyplot.subplots(1, 3, figsize=(11, 3.4), dpi=72, layout="constrained")
    ms = (np.arange(r.RATE) - r.RATE // 2) * 1000 / r.RATE
    for phase in r.PHASES:
        y = np.abs(responses[PLOTTED[0]][phase])
        axes[0].plot(ms, 20 * np.log10(np.maximum(y, 1e-7) / y.max()), label=phase, linewidth=0.8)
        for place, case in zip(axes[1:], PLOTTED):
            hz, _, delay = r.spectrum(responses[case][phase])
            place.semilogx(hz[1:], delay[1:], label=phase)
    axes[0].set(xlim=(-25, 25), ylim=(-120, 2), xlabel="ms", ylabel="dB", title="Bands 1 to 3 at +12 dB, a click")
    for place, (name, gain) in zip(axes[1:], PLOTTED):
        place.semilogx(r.HEARD[0], r.HEARD[1], "k:", label="just heard")
        title = f"Group delay, bands {name} at {gain:+} dB"
        place.set(xlim=(20, 20000), ylim=(-2, 4), xlabel="Hz", ylabel="ms", title=title)
    for place in axes:
        place.grid(alpha=0.3)
        place.legend(fontsize="small", loc="upper right")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    pyplot.close(figure)


def write_page(path, responses, measured, latencies, default):
    plot(responses, path.parent / "phase/phase.png")
    parts = [
        introduction(measured, default),
        "## Before a click\n\nEnergy before the click in dB of all that comes of it, by how long before. Minimum has none, and\n"
        "*none* is below -110 dB, what single precision leaves.\n\n" + before(measured) + "\n",
        "## Group delay\n\nLargest distance from the latency either way, and at which frequency. Linear has none. *Gains differ by*: from\n"
        "those of Linear, 20 Hz to 20 kHz.\n\n" + delays(measured) + "\n",
        "## Latency\n\nOf the whole plug-in, in samples, whatever else is set.\n\n" + latency(latencies),
    ]
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")
