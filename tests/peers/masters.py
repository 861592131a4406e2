"""Masters made by `auralis render`, matchering and ffmpeg's loudnorm, measured by ffmpeg's and pyloudnorm's meters.

    python3 -m venv target/masters/venv
    target/masters/venv/bin/pip install -r tests/peers/requirements-masters.txt
    target/masters/venv/bin/python tests/ear/fetch.py tests/peers/masters.csv target/masters/pieces
    target/masters/venv/bin/python tests/peers/masters.py target/release/auralis target/masters/pieces

`--only Auralis`, first, measures the programs of that name anew and keeps what the last run measured of the others.
After the program come files, or folders of pieces: a file is a piece, a folder whose files are numbered (00.ogg,
01.ogg) is one too, of stems that are mixed. What is read is cut to five minutes and written once as WAV of 32-bit
floats, which all are given. Prints tables in Markdown, and writes every figure to target/masters/masters.csv. One
program runs at a time; the times include its start. Takes a quarter of an hour.
"""

import csv
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import masters_page
import meters
import soundfile
from contenders import CONTENDERS, FFMPEG, TARGET_LUFS, Job

HERE = Path(__file__).resolve().parent
WORK = HERE.parent.parent / "target" / "masters"
TABLE = WORK / "masters.csv"
LONGEST_S = 300
AUDIO = {".ogg", ".mp3", ".flac", ".wav", ".aiff", ".aif", ".m4a"}
# Which piece is matchering's reference for which.
SEED = 10
# What the others are to land on, by both meters.
TARGET = {"lufs": TARGET_LUFS, "ffmpeg_lufs": TARGET_LUFS}


def pieces(paths):
    """(name, its files) of each piece."""
    for path in paths:
        if path.is_file():
            yield path.stem, [path]
            continue
        files = sorted(p for p in path.iterdir() if p.suffix.lower() in AUDIO)
        if files and all(p.stem.isdigit() for p in files):
            yield path.name, files
        else:
            yield from ((p.stem, [p]) for p in files)
        yield from pieces(sorted(p for p in path.iterdir() if p.is_dir() and p.name != "packages"))


def convert(name, files):
    """The piece as one WAV."""
    wav = WORK / "sources" / f"{name}.wav"
    if not wav.exists():
        wav.parent.mkdir(parents=True, exist_ok=True)
        draft = wav.with_suffix(".draft.wav")
        inputs = [word for file in files for word in ("-i", str(file))]
        mix = ["-filter_complex", f"amix=inputs={len(files)}:normalize=0:duration=longest"]
        command = [*FFMPEG, *inputs, *(mix if len(files) > 1 else ["-vn"])]
        command += ["-map_metadata", "-1", "-t", str(LONGEST_S), "-c:a", "pcm_f32le", str(draft)]
        subprocess.run(command, check=True, capture_output=True)
        draft.rename(wav)
    return wav


def levels(path):
    """What the meters say of a file."""
    x, rate = meters.read(path)
    power = meters.weighted_power(x, rate)
    ffmpeg_lufs, true_peak = meters.ffmpeg_levels(path)
    return {
        "seconds": x.shape[0] / rate,
        "rate": rate,
        "lufs": meters.integrated_lufs(x, rate),
        "ffmpeg_lufs": ffmpeg_lufs,
        "true_peak": true_peak,
        "short_term": meters.windows_lufs(power, rate, 3),
        "second": meters.windows_lufs(power, rate, 1),
    }


def make(contender, job):
    """Runs the commands of a master; (wall s, CPU s, peak MB, note)."""
    shutil.rmtree(job.folder, ignore_errors=True)
    job.folder.mkdir(parents=True)
    commands, took = contender(job), None
    wall, cpu, peak = 0.0, 0.0, 0.0
    while True:
        try:
            command = commands.send(took)
        except StopIteration as end:
            return wall, cpu, peak, end.value
        timed = subprocess.run([sys.executable, HERE / "timed.py", *command], capture_output=True, check=True)
        took = json.loads(timed.stdout)
        if not job.result.exists() and took["status"]:
            raise RuntimeError(f"{command[0]}: {took['stderr'].strip()[-500:]}")
        wall, cpu, peak = wall + took["wall_s"], cpu + took["cpu_s"], max(peak, took["peak_mb"])


def row(name, job, contender, source, wanted):
    """One line of the table: a piece, mastered and measured."""
    wall, cpu, peak, note = make(CONTENDERS[contender], job)
    master = levels(job.result)
    before, after = meters.heard(source["short_term"], master["short_term"])
    contrast = meters.contrast_lu(before)
    quiet, loud = meters.heard(source["second"], master["second"])
    gain = loud - quiet
    figures = {
        "seconds": source["seconds"],
        "source_lufs": source["lufs"],
        "lufs": master["lufs"],
        "error_lu": master["lufs"] - wanted["lufs"],
        "ffmpeg_error_lu": master["ffmpeg_lufs"] - wanted["ffmpeg_lufs"],
        "true_peak_dbtp": master["true_peak"],
        "source_contrast_lu": contrast,
        "contrast_kept": meters.contrast_lu(after) / contrast,
        "first_gain_db": gain[0],
        "last_gain_db": gain[-1],
        "gain_span_db": gain.max() - gain.min(),
        "wall_s": wall,
        "cpu_s": cpu,
        "peak_mb": peak,
    }
    rounded = {key: f"{value:.3f}" for key, value in figures.items()}
    return {"piece": name, "program": contender, **rounded, "note": note}


def compare(binary, paths, programs):
    """Every piece by every one of the programs."""
    sources = {name: convert(name, files) for name, files in pieces(paths)}
    measured = {name: levels(wav) for name, wav in sources.items()}
    order = sorted(sources)
    random.Random(SEED).shuffle(order)
    references = dict(zip(order, order[1:] + order[:1]))
    rows = []
    for name, wav in sources.items():
        reference = references[name]
        for contender in programs:
            folder = WORK / "made"
            job = Job(binary, wav, measured[name]["rate"], sources[reference], folder)
            wanted = measured[reference] if contender == "matchering" else TARGET
            try:
                rows.append(row(name, job, contender, measured[name], wanted))
            except (RuntimeError, soundfile.LibsndfileError) as error:
                print(f"{name}, {contender}: {error}", file=sys.stderr)
        print(name, file=sys.stderr, flush=True)
    return rows


def keep_others(rows, programs):
    """The rows, and those of the last run of programs that did not run now; by piece and program."""
    kept = []
    if TABLE.exists():
        with open(TABLE, newline="", encoding="utf-8") as file:
            kept = [row for row in csv.DictReader(file) if row["program"] not in programs]
    places = {name: place for place, name in enumerate(CONTENDERS)}
    return sorted(rows + kept, key=lambda row: (row["piece"], places[row["program"]]))


def main(args):
    only = ""
    if args[:1] == ["--only"]:
        only, args = "".join(args[1:2]), args[2:]
    programs = [name for name in CONTENDERS if only in name]
    if len(args) < 2 or not programs:
        print(__doc__)
        return 2
    rows = compare(Path(args[0]).resolve(), [Path(path) for path in args[1:]], programs)
    if only:
        rows = keep_others(rows, programs)
    with open(TABLE, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(masters_page.tables(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
