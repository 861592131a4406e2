"""Adaptive mastering: one decision per song, the engine of the Auralis plug-in.

Units are in the names: `_db _dbtp _lufs _lu _hz _s`. Lists of 25 go by critical band, from 20 Hz on; their
centres are `band_centers_hz`. What is no number (the loudness of silence) is None.
"""

from typing import Any, Dict, List, Optional, Tuple, TypedDict, TypeVar, Union, final, type_check_only

import numpy as np
import numpy.typing as npt

__all__ = ["__version__", "master", "analyze", "Processor", "parameters"]

__version__: str

_AnyAudio = Union[npt.NDArray[np.float32], npt.NDArray[np.float64]]
#: What comes out is of the dtype of what went in.
_Audio = TypeVar("_Audio", npt.NDArray[np.float32], npt.NDArray[np.float64])
#: An array at the sample rate of the song, or a pair (array, sample rate).
_Reference = Union[_AnyAudio, Tuple[_AnyAudio, float]]
#: The value of a parameter: a number, a bool, or text as it is typed in the panel.
_Setting = Union[float, bool, str]

@type_check_only
class Levels(TypedDict):
    """Levels of a signal, after ITU-R BS.1770-5 and EBU R 128; mono counts as one channel."""

    frames: int
    #: Gated; None where nothing passes the gate.
    integrated_lufs: Optional[float]
    max_momentary_lufs: Optional[float]
    #: None of less than 3 s.
    max_short_term_lufs: Optional[float]
    range_lu: float
    true_peak_dbtp: float
    sample_peak_db: float
    #: True peak over integrated loudness.
    plr_db: Optional[float]
    #: Mean of each channel, full scale 1.
    dc: List[float]
    #: Runs of three or more samples at full scale or beyond.
    clipped_runs: int
    #: Samples that were NaN or infinite; they count as 0.
    non_finite: int

@type_check_only
class Profile(TypedDict):
    """A profile and its share of the target."""

    name: str
    weight: float

@type_check_only
class Suggestion(TypedDict):
    """A setting that could help; nothing is applied by itself."""

    #: Id of the parameter.
    parameter: str
    value: float
    reason: str

@type_check_only
class Finding(TypedDict):
    """What a song has that a master should know of, see docs/FINDINGS.md."""

    id: str
    name: str
    #: None where there is nothing to be measured.
    value: Optional[float]
    unit: str
    #: Whether it lies beyond its limit.
    fault: bool
    text: str
    #: The figure of each band, None where it holds no programme; of `width` and `phase` only.
    bands: Optional[List[Optional[float]]]
    suggestions: List[Suggestion]

@type_check_only
class Decision(TypedDict):
    """What is done to the whole song."""

    #: Adaptive gain of each band; manual gains and the tilt come on top.
    eq_db: List[float]
    #: What the side gets beyond it in each band, and the parts of the lowest band (20 to 40, 63, 100 Hz) beyond it.
    eq_side_db: List[float]
    eq_low_db: List[float]
    #: The compressor's threshold and ratio (to 1) as they are used.
    threshold_db: float
    ratio: float
    loudness_gain_db: float
    #: What makes up for the loss in the processors.
    makeup_gain_db: float

@type_check_only
class _Song(TypedDict):
    seconds: float
    sample_rate_hz: float
    channels: int
    band_centers_hz: List[float]
    #: Long-term level of each band.
    bands_db: List[float]
    #: The target on the level of the song.
    target_db: List[float]
    #: The song in words: "bright, dense, 128 BPM".
    reason: str
    #: Heaviest first.
    profiles: List[Profile]

@type_check_only
class Report(_Song):
    """What `master` tells."""

    before: Levels
    after: Levels
    #: None when it followed.
    findings: Optional[List[Finding]]
    #: None when the loudness gain is off or locked.
    target_lufs: Optional[float]
    #: Loudness of the result over the target.
    miss_lu: Optional[float]
    #: Why the target cannot be reached and what would be needed, or None.
    reach: Optional[str]
    #: Passes that rendered.
    renders: int
    #: Deepest reductions.
    compressor_reduction_db: float
    limiter_reduction_db: float
    #: Share of the time in which the limiter worked, 0 to 1.
    limited_share: float
    #: None when it followed, or nothing of the song passed the gate.
    decision: Optional[Decision]
    #: The decision with what it was made from, as JSON text for `Processor.learned`.
    learned: Optional[str]

@type_check_only
class Analysis(_Song):
    """What `analyze` tells."""

    measurement: Levels
    #: Numbers by name, as `auralis analyze --json` tells them; None when nothing passed the gate.
    features: Optional[Dict[str, float]]
    findings: List[Finding]
    target_lufs: Optional[float]
    reach: Optional[str]
    #: Without the makeup gain that only a rendering tells.
    decision: Optional[Decision]

def master(
    audio: _Audio,
    sample_rate: float,
    target_lufs: Optional[Union[float, str]] = -14.0,
    *,
    reference: Optional[_Reference] = None,
    **settings: _Setting,
) -> Tuple[_Audio, Report]:
    """Masters a song: measures it, decides once, renders it held, and verifies."""

def analyze(
    audio: _AnyAudio,
    sample_rate: float,
    *,
    reference: Optional[_Reference] = None,
    **settings: _Setting,
) -> Analysis:
    """Tells what a song is like, and what `master` would decide, without rendering anything."""

def parameters() -> List[Dict[str, Any]]:
    """The parameters: id, name, group, type, unit, range or choices, default, note, automatable."""

@final
class Processor:
    """Masters blocks as the plug-in does in a bounce."""

    def __new__(
        cls,
        sample_rate: float,
        channels: int,
        *,
        reference: Optional[_Reference] = None,
        **settings: _Setting,
    ) -> Processor: ...
    @property
    def latency(self) -> int:
        """Samples by which the output lags; only `eq_phase` changes it."""

    @property
    def learned(self) -> Optional[str]:
        """The decision that is held, as JSON text, or None."""

    @learned.setter
    def learned(self, value: Optional[str]) -> None: ...
    def process(self, block: _Audio) -> _Audio:
        """Processes the next block, of any length."""

    def reset(self) -> None:
        """Forgets the audio so far; a held decision stays."""

    def set(self, **settings: _Setting) -> None:
        """Changes settings from the next block on."""

    def decide(self, audio: _AnyAudio) -> Report:
        """Decides about a whole song as `master` does, and holds the decision."""
