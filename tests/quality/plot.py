"""The pictures of the page: loudness against quality, an excerpt a panel."""

import matplotlib
from contenders import BEFORE, CLIPPED, OURS
from verdict import distance, noise

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

# Peers, by their place.
COLOURS = matplotlib.colormaps["tab20"]
OWN = {OURS: ("black", "-", 2.2), CLIPPED: ("black", "--", 1.4), BEFORE: ("tab:red", "-", 1.4)}


def panels(found, rows, badness, label, limits, path):
    """One curve a contender: how bad it is over loudness, better upwards."""
    figure, axes = pyplot.subplots(3, 4, figsize=(13, 9), dpi=56, layout="constrained")
    for axis, row in zip(axes.flat, rows):
        for number, (name, points) in enumerate(found[row["id"]].items()):
            colour, line, width = OWN.get(name, (COLOURS(number % 20), "-", 0.9))
            told = [point["lufs"] for point in points], [badness(point) for point in points]
            axis.plot(*told, line, color=colour, linewidth=width, marker=".", markersize=3, label=name)
        axis.set(title=row["style"], ylim=limits)
        axis.grid(alpha=0.3)
    for axis in axes[-1]:
        axis.set_xlabel("loudness, LUFS")
    for axis in axes[:, 0]:
        axis.set_ylabel(label)
    handles, labels = axes.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=7, fontsize="small")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    pyplot.close(figure)


def plot(found, rows, folder):
    panels(found, rows, distance, "log10 of 5 - Zimtohrli", (0.2, -3), folder / "zimtohrli.png")
    panels(found, rows, noise, "noise to mask, dB", (4, -35), folder / "noise_to_mask.png")
