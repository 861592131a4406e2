"""The tables of the page."""


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def cell(point):
    """Loudness / Zimtohrli / noise-to-mask ratio."""
    return f"{point['lufs']:.2f} / {point['zimtohrli']:.3f} / {point['nmr_db']:.1f}"


def at_drive(points, drive_db):
    return next(point for point in points if point["drive_db"] == drive_db)


def by_drive(found):
    """Every excerpt at +6 and +10 dB."""
    names = list(next(iter(found.values())))
    parts = []
    for drive_db in (6, 10):
        rows = [[name, *(cell(at_drive(found[at][name], drive_db)) for at in found)] for name in names]
        parts.append(table([f"+{drive_db} dB", *found], rows))
    return "\n\n".join(parts)
