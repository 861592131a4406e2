"""Tests of the built VST3 bundle in a real host.

    python vst3_host.py target/bundled/Auralis.vst3 [WORD_OF_A_TEST_NAME ...]

Every test is black-box: typed parameter values and audio in, audio out. The last line counts.
"""

import sys

import runner
import test_adaptive
import test_processors
import test_render
import test_signals
import test_transparency
import test_wrapper

MODULES = [test_signals, test_wrapper, test_transparency, test_processors, test_adaptive, test_render]


if __name__ == "__main__":
    sys.exit(runner.main(__file__, __doc__, MODULES, lambda module: module is not test_signals, sys.argv[1:]))
