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


if __name__ == "__main__":
    sys.exit(runner.main(__file__, __doc__, MODULES, lambda module: module in NEEDS_BINARY, sys.argv[1:]))
