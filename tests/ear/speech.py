"""How fast the equaliser moves when it follows a voice."""

import measures as m
from host import Host
from tone import BEFORE
from versions import BUNDLE, EQ_ONLY, held

STILL, FOLLOW = "held", "Follow"


def movement(x, before):
    """dB per second of the fastest band: (95th percentile, fastest). What stands still tells what the measurement
    itself adds."""
    masters = {
        STILL: held(x, EQ_ONLY).render(x),
        FOLLOW: Host(BUNDLE, **EQ_ONLY, adapt_mode="Follow").render(x),
        BEFORE: Host(before, **EQ_ONLY).render(x),
    }
    return {way: m.movement_db_per_s(x, y) for way, y in masters.items()}
