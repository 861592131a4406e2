"""The panel as a user of a host built with JUCE sees it."""

import threading
import time

import mss
import numpy as np

import panel
from host import Host

# The panel has its size, 1200 by 840, and the host's frame around it.
LEAST_SIZE = (1200, 840)
# One that is drawn has hundreds of colours, the display without it a few.
LEAST_COLOURS = 100
PATIENCE_S = 60


def picture():
    """The whole display, as an array of rows by columns by (red, green, blue)."""
    with mss.mss() as screen:
        shot = np.array(screen.grab(screen.monitors[0]))
    return shot[:, :, 2::-1]


def colours(image):
    flat = image.reshape(-1, 3).astype(np.uint32)
    return len(np.unique(flat[:, 0] << 16 | flat[:, 1] << 8 | flat[:, 2]))


def part_that_differs(one, other):
    """Height and width of the smallest rectangle around all that differs."""
    rows, columns = np.nonzero((one != other).any(axis=2))
    if len(rows) == 0:
        return 0, 0
    return np.ptp(rows) + 1, np.ptp(columns) + 1


def wait_for(what, done):
    end = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < end, f"no {what} within {PATIENCE_S} s"
        time.sleep(0.2)


def look(empty, close, seen):
    """Watches one opening of the window, then closes it."""
    try:
        wait_for("picture", lambda: colours(picture()) > LEAST_COLOURS)
        time.sleep(1.0)
        drawn = picture()
        height, width = part_that_differs(drawn, empty)
        assert (width, height) >= LEAST_SIZE and height >= LEAST_SIZE[1], f"{width} by {height} are drawn"
        wait_for("motion with music", lambda: part_that_differs(drawn, picture()) != (0, 0))
        seen.append(colours(drawn))
    except AssertionError as error:
        seen.append(error)
    finally:
        close.set()


def test_the_panel_opens_draws_and_moves_again_and_again(bundle):
    plugin = Host(bundle).plugin
    stop = threading.Event()
    args = (plugin, panel.programme(None), stop)
    player = threading.Thread(target=panel.feed, args=args, daemon=True)
    player.start()
    empty = picture()
    for opening in range(3):
        close, seen = threading.Event(), []
        watcher = threading.Thread(target=look, args=(empty, close, seen), daemon=True)
        watcher.start()
        plugin.show_editor(close)
        watcher.join(PATIENCE_S)
        assert seen, f"opening {opening}: the window was closed by itself"
        assert not isinstance(seen[0], AssertionError), f"opening {opening}: {seen[0]}"
    stop.set()
    player.join(2.0)
