"""Tests of the built VST3 bundle in a real host.

    python vst3_host.py target/bundled/Auralis.vst3 [WORD_OF_A_TEST_NAME ...]

Every test is black-box: typed parameter values and audio in, audio out. The last line counts.
"""

import sys
from pathlib import Path

import runner
import test_adaptive
import test_processors
import test_render
import test_signals
import test_transparency
import test_wrapper

MODULES = [test_signals, test_wrapper, test_transparency, test_processors, test_adaptive, test_render]


def tests():
    return {
        name: (test, module is not test_signals)
        for module in MODULES
        for name, test in vars(module).items()
        if name.startswith("test_") and callable(test)
    }


def main(args):
    if not args:
        print(__doc__)
        return 2
    bundle, words = Path(args[0]).resolve(), args[1:]
    if not bundle.exists():
        print(f"error: no bundle at '{bundle}'")
        return 2
    if words[:1] == ["--one"]:
        test, needs_bundle = tests()[words[1]]
        return runner.run_one(test, *([bundle] if needs_bundle else []))
    names = [n for n in tests() if not words or any(w in n for w in words)]
    return runner.run_all(Path(__file__).resolve(), bundle, names)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
