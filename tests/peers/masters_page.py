"""The rows of masters.py as tables in Markdown; alone: masters_page.py MASTERS.csv"""

import csv
import statistics
import sys

CEILING_DBTP = -1.0
# What a meter may read over the ceiling: half of the digit that is printed.
PEAK_TOLERANCE_DB = 0.05
# Of loudness, and of contrast with the compressor off.
ASKED_LU, ASKED_CONTRAST = 0.1, 0.9
BARE = "Auralis, no compressor"
# What tells what takes the contrast.
PARTS = ["Auralis, gain and limiter", "Auralis, gain and EQ", "Auralis, gain alone"]


def tables(rows):
    by_program = {}
    for row in rows:
        by_program.setdefault(row["program"], []).append(row)
    whole = [program for program in by_program if program not in PARTS]
    return "\n\n".join(
        [
            table(QUALITY, [quality(name, by_program[name]) for name in by_program]),
            table(COST, [cost(name, by_program[name]) for name in whole]),
            table(
                ["piece", "LUFS", "contrast", *whole],
                [by_piece(piece, made, whole) for piece, made in by_pieces(rows).items()],
            ),
            table(["piece", BARE[9:], *(part[9:] for part in PARTS)], list(little_contrast(rows))),
        ]
    )


def table(head, lines):
    lines = [head, ["---"] * len(head), *lines]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def column(rows, name):
    return [float(row[name]) for row in rows]


def by_pieces(rows):
    """The rows of a piece by program, of every piece."""
    pieces = {}
    for row in rows:
        pieces.setdefault(row["piece"], {})[row["program"]] = row
    return pieces


QUALITY = [
    "program",
    "loudness error, median / worst",
    "within 0.1 LU by ffmpeg / pyloudnorm",
    "highest true peak",
    "over -1 dBTP",
    "contrast kept, median / least",
    "0.9 or more",
    "first second's gain less the last's, median / worst",
]


def quality(program, rows):
    error, other = column(rows, "ffmpeg_error_lu"), column(rows, "error_lu")
    peaks, kept = column(rows, "true_peak_dbtp"), column(rows, "contrast_kept")
    drift = [first - last for first, last in zip(column(rows, "first_gain_db"), column(rows, "last_gain_db"))]
    near = [sum(abs(e) <= ASKED_LU for e in errors) for errors in (error, other)]
    return [
        program,
        f"{statistics.median(abs(e) for e in error):.2f} / {max(error, key=abs):+.2f} LU",
        f"{near[0]} / {near[1]} of {len(rows)}",
        f"{max(peaks):+.2f} dBTP",
        sum(peak > CEILING_DBTP + PEAK_TOLERANCE_DB for peak in peaks),
        f"{statistics.median(kept):.2f} / {min(kept):.2f}",
        sum(k >= ASKED_CONTRAST for k in kept),
        f"{statistics.median(abs(d) for d in drift):.1f} / {max(drift, key=abs):+.1f} dB",
    ]


COST = ["program", "times real time", "CPU seconds a minute of audio", "most memory"]


def cost(program, rows):
    seconds, wall, cpu = (sum(column(rows, name)) for name in ("seconds", "wall_s", "cpu_s"))
    memory = max(column(rows, "peak_mb"))
    return [program, f"{seconds / wall:.0f}", f"{cpu / seconds * 60:.2f}", f"{memory:.0f} MB"]


def by_piece(piece, made, programs):
    """Error, true peak and contrast kept of each program."""
    source = next(iter(made.values()))
    level, contrast = float(source["source_lufs"]), float(source["source_contrast_lu"])
    return [piece, f"{level:.1f}", f"{contrast:.1f} LU", *(cell(made.get(program)) for program in programs)]


def cell(row):
    if row is None:
        return "failed"
    error, peak, kept = (float(row[name]) for name in ("ffmpeg_error_lu", "true_peak_dbtp", "contrast_kept"))
    return f"{error:+.2f}, {peak:+.1f}, {kept:.2f}"


def little_contrast(rows):
    """Contrast kept by each part, of the pieces that keep too little without the compressor."""
    for piece, made in by_pieces(rows).items():
        kept = [float(made[program]["contrast_kept"]) for program in [BARE, *PARTS] if program in made]
        if kept[0] < ASKED_CONTRAST:
            yield [piece, *(f"{k:.3f}" for k in kept)]


if __name__ == "__main__":
    with open(sys.argv[1], newline="", encoding="utf-8") as file:
        print(tables(list(csv.DictReader(file))))
