"""The rows of masters.py as tables in Markdown; alone: masters_page.py MASTERS.csv"""

import csv
import statistics
import sys

# What a meter may read over the ceiling: half of the last digit that is printed.
PEAK_TOLERANCE_DB = 0.05


def tables(rows, ceiling_dbtp=-1.0):
    return f"{summary(rows, ceiling_dbtp)}\n\n{by_piece(rows)}"


def column(rows, name):
    return [float(row[name]) for row in rows]


def summary(rows, ceiling_dbtp):
    """A line a program: medians and worst cases over all pieces."""
    lines = [
        "| program | pieces | loudness error, median / worst | within 0.1 LU by both meters | true peak, worst | over the ceiling "
        "| contrast kept, median / least | at least 0.9 | gain, first second less last, median / worst "
        "| times real time | CPU s a minute | peak memory |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for program in dict.fromkeys(row["program"] for row in rows):
        lines.append(summary_line(program, [r for r in rows if r["program"] == program], ceiling_dbtp))
    return "\n".join(lines)


def summary_line(program, rows, ceiling_dbtp):
    error, peaks, kept = (column(rows, name) for name in ("error_lu", "true_peak_dbtp", "contrast_kept"))
    size = [abs(e) for e in error]
    # By both meters.
    size_of_both = [max(pair) for pair in zip(size, map(abs, column(rows, "ffmpeg_error_lu")))]
    drift = [first - last for first, last in zip(column(rows, "first_gain_db"), column(rows, "last_gain_db"))]
    seconds, wall, cpu = (sum(column(rows, name)) for name in ("seconds", "wall_s", "cpu_s"))
    cells = [
        program,
        len(rows),
        f"{statistics.median(size):.2f} / {max(error, key=abs):+.2f} LU",
        sum(e <= 0.1 for e in size_of_both),
        f"{max(peaks):+.2f} dBTP",
        sum(peak > ceiling_dbtp + PEAK_TOLERANCE_DB for peak in peaks),
        f"{statistics.median(kept):.2f} / {min(kept):.2f}",
        sum(k >= 0.9 for k in kept),
        f"{statistics.median(abs(d) for d in drift):.1f} / {max(drift, key=abs):+.1f} dB",
        f"{seconds / wall:.0f}",
        f"{cpu / seconds * 60:.2f}",
        f"{max(column(rows, 'peak_mb')):.0f} MB",
    ]
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def by_piece(rows):
    """A line a piece: error, true peak and contrast kept of each program."""
    programs = list(dict.fromkeys(row["program"] for row in rows))
    lines = [
        "| piece | LUFS | contrast | " + " | ".join(programs) + " |",
        "|---" * (3 + len(programs)) + "|",
    ]
    for piece in dict.fromkeys(row["piece"] for row in rows):
        made = {row["program"]: row for row in rows if row["piece"] == piece}
        first = next(iter(made.values()))
        source = [piece, f"{float(first['source_lufs']):.1f}", f"{float(first['source_contrast_lu']):.1f} LU"]
        lines.append("| " + " | ".join(source + [cell(made.get(p)) for p in programs]) + " |")
    return "\n".join(lines)


def cell(row):
    if row is None:
        return "failed"
    error, peak, kept = (float(row[name]) for name in ("error_lu", "true_peak_dbtp", "contrast_kept"))
    return f"{error:+.2f} LU, {peak:+.1f}, {kept:.2f}"


if __name__ == "__main__":
    with open(sys.argv[1], newline="", encoding="utf-8") as table:
        print(tables(list(csv.DictReader(table))))
