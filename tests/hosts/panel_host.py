"""The panel of the built VST3 in pedalboard's window, on the display that DISPLAY names.

    python panel_host.py target/bundled/Auralis.vst3 [WORD_OF_A_TEST_NAME ...]

The display needs a window manager and an XSETTINGS daemon, which JUCE asks. The last line counts.
"""

import sys

import runner
import test_panel

if __name__ == "__main__":
    sys.exit(runner.main(__file__, __doc__, [test_panel], lambda module: True, sys.argv[1:]))
