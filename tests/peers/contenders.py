"""The programs that are compared: each a generator of the commands that make one master, which is sent what
each command took and said, and returns a note."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg

TARGET_LUFS, CEILING_DBTP = -14.0, -1.0
FFMPEG = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-hide_banner", "-nostats", "-y"]
MATCHERING = """
import sys, matchering
target, reference, result = sys.argv[1:]
results = [matchering.Result(result, "FLOAT", use_limiter=True, normalize=True)]
matchering.process(target=target, reference=reference, results=results)
"""


@dataclass
class Job:
    """A piece to master."""

    binary: Path
    source: Path
    rate: int
    # Another piece, whose tone and level matchering takes.
    reference: Path
    folder: Path

    @property
    def result(self):
        return self.folder / self.source.name


def auralis(*settings):
    """`auralis render` with these parameters beside the target's."""

    def commands(job):
        command = [str(job.binary), "render", str(job.source), "-o", str(job.folder), "--json"]
        command += ["--bits", "32f", "--lufs", str(TARGET_LUFS), "--set", f"lim_ceiling={CEILING_DBTP}"]
        for setting in settings:
            command += ["--set", setting]
        took = yield command
        file = json.loads(took["stdout"])["files"][0]
        words = f"{file['renders']} passes, limiter up to {file['limiter_reduction_db'] or 0:.1f} dB"
        return "; ".join([words, *file["warnings"], *file["errors"]])

    return commands


def matchering(job):
    yield [sys.executable, "-c", MATCHERING, str(job.source), str(job.reference), str(job.result)]
    return f"reference: {job.reference.stem}"


def loudnorm(job):
    """In one pass: the gain follows the programme."""
    took = yield loudnorm_command(job, "")
    return said_by_loudnorm(took)["normalization_type"]


def loudnorm_twice(job):
    """A pass that measures, and one with a constant gain where loudnorm allows it."""
    measure = [*FFMPEG, "-i", str(job.source), "-af", loudnorm_filter(""), "-f", "null", "-"]
    said = said_by_loudnorm((yield measure))
    keys = {"I": "i", "TP": "tp", "LRA": "lra", "thresh": "thresh"}
    measured = "".join(f":measured_{key}={said['input_' + name]}" for key, name in keys.items())
    took = yield loudnorm_command(job, f"{measured}:offset={said['target_offset']}:linear=true")
    return said_by_loudnorm(took)["normalization_type"]


def loudnorm_filter(more):
    return f"loudnorm=I={TARGET_LUFS}:TP={CEILING_DBTP}:LRA=20{more}:print_format=json"


def loudnorm_command(job, more):
    # It works at 192 kHz where it follows, and would write that.
    output = ["-ar", str(job.rate), "-c:a", "pcm_f32le", str(job.result)]
    return [*FFMPEG, "-i", str(job.source), "-af", loudnorm_filter(more), *output]


def said_by_loudnorm(took):
    text = took["stderr"]
    return json.loads(text[text.rindex("{") : text.rindex("}") + 1])


CONTENDERS = {
    "Auralis": auralis(),
    "Auralis, no compressor": auralis("comp_on=off"),
    # What is left of the difference: the limiter, the equaliser, or nothing but the gain.
    "Auralis, gain and limiter": auralis("comp_on=off", "eq_on=off"),
    "Auralis, gain and EQ": auralis("comp_on=off", "lim_on=off"),
    "Auralis, gain alone": auralis("comp_on=off", "eq_on=off", "lim_on=off"),
    "matchering": matchering,
    "loudnorm, two passes": loudnorm_twice,
    "loudnorm, one pass": loudnorm,
}
