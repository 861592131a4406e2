"""Runs one command and prints what it took, as JSON: timed.py COMMAND...

A process of its own, and without numpy: what a child is said to have held in memory at most counts what its
parent held when it started it.
"""

import json
import resource
import subprocess
import sys
import time


def main(command):
    started = time.monotonic()
    run = subprocess.run(command, capture_output=True)
    wall = time.monotonic() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = {
        "status": run.returncode,
        "stdout": run.stdout.decode(errors="replace"),
        "stderr": run.stderr.decode(errors="replace"),
        "wall_s": wall,
        "cpu_s": used.ru_utime + used.ru_stime,
        # The kernel of Linux counts kilobytes.
        "peak_mb": used.ru_maxrss / 1000,
    }
    print(json.dumps(took))


if __name__ == "__main__":
    main(sys.argv[1:])
