"""What the adaptive equaliser does to a piece: as it is, and with seeded faults."""

import itertools

import faults
import measures as m
from host import Host
from versions import BUNDLE, EQ_ONLY, held

# Faults of each piece: so many of the 180 cases, so far apart, and so many drawn ones.
CASES, CASES_APART, DRAWN = 4, 45, 2
# What kind a case's fault is of.
CASE = "case"
PART_S = 30
# What adapts as it goes is measured from here on: 0.1.0 starts flat, with a time constant of 6 s.
SETTLED_S = 15
# Where a part's gains have arrived in 0.1.0: its last seconds.
ARRIVED_S = 10
# Each way of working: the whole song heard, then held; at twice the range; its first pass; 0.1.0's bounce.
HELD, WIDE, FIRST, BEFORE = "held", "held, 12 dB", "first pass", "0.1.0"


def masters(x, before):
    """(the output, from which second on it counts) by each way of working."""
    wide = {**EQ_ONLY, "eq_range": 12}
    return {
        HELD: (held(x, EQ_ONLY).render(x), 0),
        WIDE: (held(x, wide).render(x), 0),
        FIRST: (Host(BUNDLE, **EQ_ONLY).render(x), SETTLED_S),
        BEFORE: (Host(before, **EQ_ONLY).render(x), SETTLED_S),
    }


def differences(x, original, counts, before):
    """(difference of the outputs from the original in dB per band, its size) by each way of working."""
    found = {}
    for way, (y, start) in masters(x, before).items():
        levels = [m.band_levels_db(part[:, start * m.RATE :]) for part in (y, original)]
        difference = levels[0] - levels[1]
        found[way] = {"bands": m.level_free(difference, counts).tolist(), "rms": m.rms_db(difference, counts)}
    return found


def faults_of(number):
    """(kind, curve) of each fault of a piece; `number` tells pieces apart."""
    for place in range(CASES):
        yield CASE, faults.of_case(number % CASES_APART + place * CASES_APART)
    for seed in range(DRAWN * number, DRAWN * (number + 1)):
        yield faults.drawn(seed)


def experiment(x, number, before):
    """Harm, and what is left of faults."""
    spectrum = m.band_levels_db(x)
    counts = m.programme(spectrum)
    result = {"counts": counts.tolist(), "harm": differences(x, x, counts, before), "faults": []}
    for kind, curve in faults_of(number):
        y = faults.disturbed(x, curve)
        fault = m.band_levels_db(y) - spectrum
        result["faults"].append(
            {
                "kind": kind,
                "bands": m.level_free(fault, counts).tolist(),
                "rms": m.rms_db(fault, counts),
                "left": differences(y, x, counts, before),
            }
        )
    return result


def part_gains(x, before):
    """The gains of a part, held and of 0.1.0."""
    y = Host(before, **EQ_ONLY).render(x)
    end = -ARRIVED_S * m.RATE
    follows = m.band_levels_db(y[:, end:]) - m.band_levels_db(x[:, end:])
    return {HELD: m.response_db(held(x, EQ_ONLY).render), BEFORE: follows}


def stability(x, before):
    """What the gains of any two parts of 30 s differ by, and the spectra."""
    size = PART_S * m.RATE
    parts = [x[:, at : at + size] for at in range(0, x.shape[1] - size + 1, size)]
    spectra = [m.band_levels_db(part) for part in parts]
    gains = [part_gains(part, before) for part in parts]
    found = []
    for a, b in itertools.combinations(range(len(parts)), 2):
        counts = m.programme(spectra[a]) & m.programme(spectra[b])
        differ = {way: m.rms_db(gains[a][way] - gains[b][way], counts) for way in (HELD, BEFORE)}
        found.append({**differ, "spectra": m.rms_db(spectra[a] - spectra[b], counts)})
    return found
