"""A small test runner: every test in a process of its own, so that a crash of the plug-in fails one
test and not the run, and two of them at a time."""

import subprocess
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# Longest time for one test: many times what the slowest takes on two cores.
TIMEOUT_S = 300


def tests_of(modules):
    """(test, its module) by name."""
    return {
        name: (test, module)
        for module in modules
        for name, test in vars(module).items()
        if name.startswith("test_") and callable(test)
    }


def main(script, usage, modules, takes_subject, args):
    """Runs the tests whose name has one of the words in `args[1:]`, or all of them. `args[0]` is the path
    of what is tested, which tests of modules that `takes_subject` are called with."""
    if not args:
        print(usage)
        return 2
    subject, words, tests = Path(args[0]).resolve(), args[1:], tests_of(modules)
    if not subject.exists():
        print(f"error: nothing at '{subject}'")
        return 2
    if words[:1] == ["--one"]:
        test, module = tests[words[1]]
        return run_one(test, *([subject] if takes_subject(module) else []))
    names = [n for n in tests if not words or any(w in n for w in words)]
    return run_all(Path(script).resolve(), subject, names)


def run_one(test, *args):
    """Runs one test in this process; the exit code tells how it went."""
    try:
        test(*args)
    except AssertionError as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        print(f"{frame.name}:{frame.lineno}: {error or frame.line}")
        return 1
    except Exception:
        traceback.print_exc(file=sys.stdout)
        return 1
    return 0


def in_child(script, subject, name):
    """(ok, output, seconds) of the test `name`, run by calling the script again."""
    started = time.monotonic()
    command = [sys.executable, "-u", str(script), str(subject), "--one", name]
    try:
        child = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT_S
        )
        output, code = child.stdout.decode(errors="replace").strip(), child.returncode
    except subprocess.TimeoutExpired as error:
        output, code = (error.stdout or b"").decode(errors="replace").strip(), None
    if code is None:
        output += f"\nno end after {TIMEOUT_S} s"
    elif code not in (0, 1):
        output += f"\nthe host crashed (exit code {code})"
    return code == 0, output.strip(), time.monotonic() - started


def run_all(script, subject, names):
    """Runs the tests on a bundle or a program, prints a line for each and the counts; returns the exit code."""
    failed = 0
    with ThreadPoolExecutor(max_workers=2) as pool:
        jobs = [pool.submit(in_child, script, subject, name) for name in names]
        for name, job in zip(names, jobs):
            ok, output, seconds = job.result()
            failed += not ok
            print(f"{name} ... {'ok' if ok else 'FAILED'} ({seconds:.1f} s)")
            for line in output.splitlines():
                print(f"    {line}")
    print(f"{len(names) - failed} passed, {failed} failed")
    return 1 if failed or not names else 0
