"""One-time codes at incentive's door, for all that spends or changes.

Times here are the machine's own, given with the command: programme time may run faster than people type.
A wrong try must be on disk, so it is a decision and no refusal (mission.md, Who may do what).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.contracts.base import Sealed
from shared.contracts.decision import Decision
from shared.security.one_time_codes import OneTimeCode

Purpose = Literal["purchase", "review", "survey", "payout_account"]


@dataclass(frozen=True, slots=True)
class IssueCode:
    """`digest` is the keyed hash of the code; `sealed` travels to notification, which brings it to the person."""

    applicant_id: str
    purpose: Purpose
    digest: str
    sealed: Sealed
    at: datetime


@dataclass(frozen=True, slots=True)
class TryCode:
    """Somebody typed a code; `digest` is its keyed hash."""

    applicant_id: str
    purpose: Purpose
    digest: str
    at: datetime


def attempt(code: OneTimeCode | None, command: TryCode) -> Decision:
    """Replies {right}: a right code is spent, a wrong one costs a try; one that is over costs nothing."""
    if code is None or not code.open(command.at):
        return Decision(reply={"right": False})
    right, left = code.tried(command.digest)
    return Decision(changes=(left,), reply={"right": right})
