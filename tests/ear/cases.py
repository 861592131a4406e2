"""The 180 cases: what the engine's own test prints, what version 0.1.0 reached and what the data's posterior does."""

import csv
import re
import subprocess
import sys

from host import ROOT

# Published with the cases: harm and left in dB.
BEFORE = (1.78, 3.03)


def measured():
    """(amount, harm, left) of every amount, by the engine."""
    command = ["cargo", "test", "-p", "auralis-engine", "--test", "restoration", "--", "--nocapture"]
    said = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    found = re.findall(r"amount ([\d.]+): harm ([\d.]+) dB, left ([\d.]+) dB", said)
    if not found:
        sys.exit("the test of the restoration told nothing")
    return sorted(tuple(map(float, row)) for row in found)


def expected():
    """(strength in dB, harm, left) of the posterior that comes with the cases, and of doing nothing (0)."""
    path = ROOT / "crates/auralis-engine/tests/data/restore_cases_expected.csv"
    with open(path, newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["cases"] == "all"]
    strength = {"none": 0.0}
    strength |= {row["method"]: float(row["method"][10:]) for row in rows if row["method"].startswith("Gaussian s")}
    return [
        (strength[row["method"]], float(row["harm_db"]), float(row["left_db"]))
        for row in rows
        if row["method"] in strength
    ]
