"""What a person is told of a participation that ended before its time, and what became of their objection to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class Revocation:
    """`appeal_deadline` is the last day (WIB) for an objection, as incentive named it (ParticipationRevoked)."""

    reason: str
    reason_text: str
    appeal_deadline: date
    answer: Literal["", "upheld", "rejected"] = ""
    """What two people decided on the objection; empty: nobody objected, or they have not decided."""
