"""What is kept of a wave's list in which a person stood and stands no more, without having asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class LeftWave:
    """A list in which the person stood, and what took them out of it; gone with the next joining."""

    wave: int
    at: datetime
    reason: Literal["WAVE_CANCELLED", "IDENTITY_QUESTIONED", "LIST_FROZEN"]
    text: str = ""
    """What the office told everybody of a cancellation."""
