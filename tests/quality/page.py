"""Writes docs/QUALITY.md."""

from contenders import OURS
from frontier import ALWAYS_DB
from plot import plot
from tame import WAYS
from verdict import at_drive, behind, interpolated, lost, verdict
from words import PAGE

TARGETS_LUFS = (-10, -8)


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def number(value, digits=1):
    return "" if value is None else f"{value:.{digits}f}"


def quality(point):
    """Likeness and noise to mask."""
    return f"{point['zimtohrli']:.3f} / {point['nmr_db']:.1f}"


def at_a_drive(point):
    """Loudness and quality, lost transients."""
    return [f"{point['lufs']:.2f} / {quality(point)}", number(point["transient_loss_db"])]


def at_a_loudness(points, lufs):
    """Drive and quality."""
    point = interpolated(points, lufs)
    return "not reached" if point is None else f"{point['drive_db']:.1f} / {quality(point)}"


def of_excerpt(curves):
    header = [""]
    for drive_db in ALWAYS_DB:
        header += [f"+{drive_db} dB: LUFS / Zimtohrli / NMR", "onsets"]
    header += [f"{lufs} LUFS: drive / Zimtohrli / NMR" for lufs in TARGETS_LUFS]
    rows = []
    for name, points in curves.items():
        cells = [cell for drive_db in ALWAYS_DB for cell in at_a_drive(at_drive(points, drive_db))]
        rows.append([name, *cells, *(at_a_loudness(points, lufs) for lufs in TARGETS_LUFS)])
    return table(header, rows)


def summary(found, rows):
    """Where ours stands, an excerpt a row."""
    told = []
    for row in rows:
        curves = found[row["id"]]
        most, whom = lost(curves)
        cells = [row["style"], f"{most:+.2f} ({whom})"]
        for drive_db in ALWAYS_DB:
            case = behind(curves, drive_db)
            cells.append("none is as good" if case is None else f"{case[0]:+.2f} ({case[1]})")
        told.append(cells)
    header = ["excerpt", "most that a peer is louder at equal quality, LU"]
    header += [f"loudest peer of no worse quality at +{drive_db} dB, LU" for drive_db in ALWAYS_DB]
    return table(header, told)


def of_tones(told):
    header = ["", "60 Hz + 3 kHz, dB", "50 Hz 3 dB over, dB", "50 Hz 6 dB over, dB", "pumping, dB"]
    header += ["after a click, dB", "after a burst, dB", "hostile, over the ceiling, dB"]
    header += ["x real time"]
    rows = []
    for name, t in told.items():
        keys = ("intermodulation_db", "bass_3_db", "bass_6_db", "pumping_db")
        levels = [number(t[key]) for key in keys] + [number(t[key]) for key in ("click_db", "burst_db")]
        over = f"{t['true_over_db']:+.2f} ({t['sample_over_db']:+.2f})"
        rows.append([name, *levels, over, number(t["speed"], 0)])
    return table(header, rows)


def overs(found):
    """How far each came out above the ceiling at most, on music, before that was set right."""
    names = list(next(iter(found.values())))
    worst = {name: max(p["over_db"] for curves in found.values() for p in curves[name]) for name in names}
    return table(["", "dB over the ceiling at most"], [[name, f"{over:+.3f}"] for name, over in worst.items()])


def spread(values):
    """Mean, least and most."""
    return f"{sum(values) / len(values):.1f} ({max(values):.1f} to {min(values):.1f})"


def of_tame(told):
    if told is None:
        return "This build has no Tame."
    rows = []
    for piece, ways in told.items():
        for way in WAYS:
            cells = [spread([c[key] for c in ways[way]]) for key in ("early_db", "late_db")]
            rows.append([piece, way, *cells, number(max(c["rest_db"] for c in ways[way]), 2)])
    header = ["", "settings", "50 to 250 ms after it begins, dB", "settled, dB", "the rest moves by at most, dB"]
    clean = [[piece, number(ways["clean_rms_db"], 2)] for piece, ways in told.items()]
    return table(header, rows) + "\n\n" + table(["no resonance added", "cut at default depth, dB RMS"], clean)


def of_clipper(told):
    if told is None:
        return "This build has no clipper."
    ours, plain = told
    return f"The strongest line that is no harmonic lies at {ours:.1f} dB; clipped plainly, at {plain:.1f} dB."


def of_chain(told):
    header = ["", "x real time", "true peak over the ceiling at most, dB", "loudness of the excerpts, LUFS"]
    return table(header, [[n, number(t["speed"], 0), f"{t['over_db']:+.3f}", t["lufs"]] for n, t in told.items()])


def of_compressor(told):
    return table(["compressor alone", "pumping, dB"], [[name, number(moved)] for name, moved in told.items()])


def sources(rows):
    header = ["excerpt", "title", "by", "licence", "package"]
    return table(header, [[r["style"], r["title"], r["artist"], r["licence"], r["package"]] for r in rows])


def write_page(told, rows, docs):
    """The page and its pictures."""
    found = told["curves"]
    plot(found, rows, docs / "quality")
    parts = [f"### {row['style'].capitalize()}: {row['title']}\n\n{of_excerpt(found[row['id']])}" for row in rows]
    page = PAGE.format(
        verdict=verdict(found)[1],
        summary=summary(found, rows),
        tones=of_tones(told["tones"]),
        overs=overs(found),
        tame=of_tame(told["tame"]),
        clipper=of_clipper(told["clipper"]),
        chain=of_chain(told["chain"]),
        compressor=of_compressor(told["compressor"]),
        excerpts="\n\n".join(parts),
        sources=sources(rows),
        missing=", ".join(told["missing"]) or "none",
        ours=OURS,
    )
    (docs / "QUALITY.md").write_text(page, encoding="utf-8")
