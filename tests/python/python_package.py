"""Tests of the Python package `auralis`, installed from its wheel, beside the command line.

    python python_package.py target/debug/auralis [WORD_OF_A_TEST_NAME ...]

The last line counts.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "hosts"))

import runner  # noqa: E402

import test_arrays  # noqa: E402
import test_command_line  # noqa: E402
import test_errors  # noqa: E402
import test_master  # noqa: E402
import test_pages  # noqa: E402
import test_processor  # noqa: E402
import test_threads  # noqa: E402

MODULES = [
    test_arrays,
    test_errors,
    test_master,
    test_processor,
    test_threads,
    test_command_line,
    test_pages,
]
NEEDS_BINARY = [test_command_line, test_pages]


def tests():
    return {
        name: (test, module in NEEDS_BINARY)
        for module in MODULES
        for name, test in vars(module).items()
        if name.startswith("test_") and callable(test)
    }


def main(args):
    if not args:
        print(__doc__)
        return 2
    binary, words = Path(args[0]).resolve(), args[1:]
    if not binary.exists():
        print(f"error: no program at '{binary}'")
        return 2
    if words[:1] == ["--one"]:
        test, needs_binary = tests()[words[1]]
        return runner.run_one(test, *([binary] if needs_binary else []))
    names = [n for n in tests() if not words or any(w in n for w in words)]
    return runner.run_all(Path(__file__).resolve(), binary, names)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
