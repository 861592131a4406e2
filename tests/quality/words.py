"""The words of the page."""

PAGE = """\
# Loudness against quality

How loud a master gets before it sounds worse: {ours}' limiter and what other people's limiters do on the same machine.
`tests/quality/quality.py` makes all of it and writes this page; nothing here is edited by hand.

> {verdict}

- Every **excerpt** is 15 s at 48 kHz whose true peak lies at -1 dBTP, the ceiling, so **drive** is how far its peaks come in
  above it. It is plain gain before the limiter, the same for all.
- All hold the **same true peak** (16-fold interpolation). Where a limiter came out above, its ceiling was lowered by as much
  and it ran again; what was left over was taken off its level.
- **Zimtohrli** (its package on PyPI) compares the sum of both channels as an ear would: 5 is the same. **NMR** is the
  noise-to-mask ratio of `tests/quality/nmr.py`, after Brandenburg (1987) and ITU-R BS.1387: 0 dB is where the ear begins to
  hear it, less is better; its simplifications stand in the file. Both masters are aligned (latency by soft noise, to a
  fraction of a sample) and made as loud as the excerpt first.
- **Onsets**: how many dB the peaks of onsets stand out less, on average.
- Settings are those that each comes with, but for the ceiling, gains that make up by themselves (off) and switches for
  true peaks (on). LSP runs eight times oversampled, with and without its automatic level regulation (ALR), which is on by
  default and turns sustained sounds down. JUCE's own limiter, which pedalboard has too, makes up at least
  3.75 dB that cannot be switched off; it is left out. Not on this machine: {missing}.

A metric is no ear: both can be pleased by what a listener would not choose, so the test signals below stand beside them.

## Where it stands

Positive numbers mean that a peer is louder. At equal quality: that peer's master at +6 or +10 dB beside ours at the drive
where it is as like, and where it has as much noise, whichever is worse for us. "None is as good": no peer is as like and as free of
noise as ours at that drive, however loud.

{summary}

![Loudness against Zimtohrli](quality/zimtohrli.png)

![Loudness against noise to mask](quality/noise_to_mask.png)

## Test signals

60 Hz and 3 kHz, four to one, 6 dB over: side bands beside the 3 kHz. 50 Hz, 3 and 6 dB over: all else beside it. Pumping: how
far the gain of a soft pad moves (5th to 95th percentile) under a kick 6 dB over, 120 a minute. After a click (a fifth of a
ms, 7 dB over): gain 50 ms later; after a burst (5 kHz, 1 s, 7 dB over): 400 ms later. Less distortion asks for a slow release
and quick recovery for a fast one: what counts is to have both. Hostile: the true peak (and the
highest sample) of noise, a square, a tone at a quarter of the rate and clicks, some 10 dB over. Speed on one core, in the host that
each runs in (ffmpeg's pipe costs those that run in it something; libsonare is handed lists).

{tones}

At first, on the excerpts and over all drives:

{overs}

## Clipper

5 kHz, 6 dB into it. {clipper}

## Tame

A bell of +12 dB and Q 20 at 1, 1.7, 3 and 6 kHz, one at a time, is switched into noise and into music: gain within its width (mean, least
and most of the four), and how far any critical band of the rest, a third of an octave away and more, moves beside what Tame does to
the same without it. In music little may lie at a frequency, and then nothing rings there.

{tame}

## The whole chain

All at its defaults with a target of -9 LUFS, in a first pass of `Learn`; the tone is corrected too, so likeness is not asked for. Speed is that of a bounce, the
analysis on the same core; `auralis bench` tells the audio thread alone.

{chain}

The compressor alone, a kick at the ceiling over the soft pad:

{compressor}

## Every excerpt

{excerpts}

## The excerpts

Recordings are finished masters or stems, mixed; what has no free recording in a package is played by FluidSynth from sampled
instruments (`tests/quality/played.py`) and says so.

{sources}
"""
