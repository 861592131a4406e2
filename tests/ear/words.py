"""The words of the page."""

from tone import BEFORE, CASE, FIRST, HELD, WIDE

WAYS = {
    HELD: "Auralis, held",
    WIDE: "Auralis, held, range 12 dB",
    FIRST: "Auralis, first pass in `Learn`",
    BEFORE: "0.1.0",
}

KINDS = {
    CASE: "of the 180 cases",
    "tilt": "drawn: a tilt",
    "bells": "drawn: bells",
    "shelf": "drawn: a shelf",
    "all": "drawn: all of these",
}

PAGE = """\
# What the ear does to real music

The adaptive EQ should undo what is wrong with a balance and leave alone what is right. This page measures both, beside
version 0.1.0. `tests/ear/ear.py` fetches the music, runs both versions and writes this page; nothing here is edited by hand.

> {verdict}

- **Harm**: what the EQ does to a piece as it is: the change of its long-term spectrum in the 25 critical bands, level-free,
  root mean square over the bands, in dB. A finished recording should keep its tone, so less is better.
- **Left**: the same of piece, fault and EQ together, beside the piece as it was. Less is better.
- A **fault** is a smooth EQ of 2 to 6 dB RMS: a tilt, bells, a shelf, or all of them.

Harm and left pull against each other. Doing nothing does no harm and leaves the fault.

## 180 cases

120 spectra of recordings and 60 of free music, a fault each, computed by the engine (`crates/auralis-engine/tests/restoration.rs`).
`EQ Amount` is how strongly it corrects; 50 % is the default.

{cases}

## Real pieces

{count} pieces that nothing was chosen by, through the built VST3 in a JUCE host. Amount 50 %, range 6 dB, EQ alone. Each has four faults
out of the 180 cases, and two that `tests/ear/faults.py` draws by seed (a tilt; one to three bells anywhere from 60 Hz to 12 kHz; a shelf;
all of these). The first 90 s at 48 kHz; bands without programme do not count. Each cell: mean, median, worst.

- *Held*: the decision that `auralis render` makes about the whole piece, loaded into the VST3 and held. It is what `Learn`
  has arrived at when it has heard the piece.
- *First pass*: a bounce in `Learn` that knows nothing yet, from second 15 on.
- *0.1.0*: a bounce, from second 15 on. It always followed.

{real}

![What is left of faults, harm, and a fault by its bands](ear/faults.png)

{kinds}

{known_count} pieces more that the page of 0.1.0 or [COMPARISON.md](COMPARISON.md) measured before, the same way:

{known}

## Two parts of one piece

The EQ of a song should not depend on which part of it was heard. The first three parts of 30 s of each of the {count} pieces,
decided about one by one at amount 50 %; the difference of the gains, RMS over bands. Held gains are read off the answer to an impulse, 0.1.0's
off the spectra of a part's last 10 s.

{parts}

## Compressor

The compressor alone, by default and without makeup, on all {count} + {known_count} pieces. Means over the pieces, from second 15 on;
*most* is the piece that is compressed most. LRA is EBU Tech 3342. Contrast is how far the loudest twentieth of windows of
3 s lies above the softest.

{compressor}

## A voice

The EQ alone while it follows a reading: how fast its fastest band moves, in dB per second, over windows of half a second.

{voice}

## What this can tell

- The faults are synthetic and smooth. A resonance of one note, or a fault in one channel, is not among them.
- A piece "as it is" counts as right. Some of this music is dark, thin or made for a game's loop, so a part of the harm may be
  an improvement, and nobody has listened here.
- "Seen before" is about this project: the pieces marked *no* were taken from their packages before anything was measured, and no
  constant was fitted to them. The covariances come from tables of other recordings, whose reconstruction was learnt on 149
  pieces of free game music. Which ones is not known, so some of these may be among them.
- The means and covariances are of released recordings: they say what is usual, not what is preferred. Below 100 Hz they are one band, and above 9.5 kHz
  mostly extrapolated ([their sources](../crates/auralis-engine/data/recordings/README.md)).
- It is game music, by small studios and hobbyists. There is hardly a voice in it.

## The pieces

Left is the mean over the piece's faults.

{every}
"""
