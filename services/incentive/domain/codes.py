"""One-time codes for all that spends or changes: 6 digits, 5 tries, 5 minutes, kept only as a keyed hash.

Times here are the machine's own, given with the command: programme time may run faster than people type.
A wrong try must be on disk, so it is a decision and no refusal (mission.md, Who may do what).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import ClassVar, Literal

from shared.contracts.base import Sealed
from shared.contracts.decision import Decision, Refused

Purpose = Literal["purchase", "review", "survey", "payout_account"]
TRIES = 5
LIFE = timedelta(minutes=5)
PAUSE = timedelta(seconds=60)
"""Between two codes for one purpose: nobody's phone is flooded, and guessing cannot go on with fresh tries."""
MOST_A_DAY = 10


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """The last code for one purpose of one person. `issued_today` counts since `day_began`."""

    collection: ClassVar[str] = "one_time_codes"

    code_id: str
    digest: str
    issued_at: datetime
    tries_left: int
    day_began: datetime
    issued_today: int

    @property
    def id(self) -> str:
        return self.code_id


def code_id(applicant_id: str, purpose: Purpose) -> str:
    return f"{applicant_id}/{purpose}"


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


def issue(last: OneTimeCode | None, command: IssueCode) -> OneTimeCode:
    """A new code replaces the last. Raises CODE_TOO_SOON, CODE_TOO_OFTEN."""
    if last and command.at - last.issued_at < PAUSE:
        raise Refused("CODE_TOO_SOON", seconds=int(PAUSE.total_seconds()))
    same_day = last is not None and command.at - last.day_began < timedelta(days=1)
    count = last.issued_today + 1 if last and same_day else 1
    if count > MOST_A_DAY:
        raise Refused("CODE_TOO_OFTEN")
    began = last.day_began if last and same_day else command.at
    return OneTimeCode(code_id(command.applicant_id, command.purpose), command.digest, command.at, TRIES, began, count)


def attempt(code: OneTimeCode | None, command: TryCode) -> Decision:
    """Replies {right}: a right code is spent, a wrong one costs a try; one that is over costs nothing."""
    if code is None or code.tries_left == 0 or command.at - code.issued_at > LIFE:
        return Decision(reply={"right": False})
    right = compare_digest(code.digest, command.digest)
    left = replace(code, tries_left=0 if right else code.tries_left - 1)
    return Decision(changes=(left,), reply={"right": right})
