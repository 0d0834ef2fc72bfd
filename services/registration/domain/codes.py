"""One-time codes for all that changes or spends: 6 digits, 5 tries, 5 minutes, kept only as a keyed hash.

Source: mission, Who may do what; reliability notes H7. A wrong try must be on disk, so it is a decision and no
refusal: the door turns its reply into the refusal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any, ClassVar, Literal

from services.registration.domain.applicant import Applicant
from shared.contracts.base import Sealed
from shared.contracts.decision import Decision, Ref, Refused
from shared.contracts.registration import ConfirmationCodeIssued

Purpose = Literal["correction", "withdrawal", "objection", "tracking", "participation"]
"""`participation` is for acts at incentive's door, which hears ConfirmationCodeIssued and checks the code itself."""
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
    """`digest` is the keyed hash of the code; `sealed` travels to notification, which sends it."""

    applicant_id: str
    purpose: Purpose
    digest: str
    sealed: Sealed


def issue_code(applicant: Applicant | None, last: OneTimeCode | None, command: IssueCode, now: datetime) -> Decision:
    """A new code replaces the last.

    Raises Refused APPLICANT_UNKNOWN, APPLICATION_CLOSED, CODE_TOO_SOON, CODE_TOO_OFTEN.
    """
    if applicant is None:
        raise Refused("APPLICANT_UNKNOWN")
    if applicant.stage in ("withdrawn", "erased"):
        raise Refused("APPLICATION_CLOSED")
    if last and now - last.issued_at < PAUSE:
        raise Refused("CODE_TOO_SOON", seconds=int(PAUSE.total_seconds()))
    same_day = last is not None and now - last.day_began < timedelta(days=1)
    count = last.issued_today + 1 if last and same_day else 1
    if count > MOST_A_DAY:
        raise Refused("CODE_TOO_OFTEN")
    began = last.day_began if last and same_day else now
    code = OneTimeCode(code_id(command.applicant_id, command.purpose), command.digest, now, TRIES, began, count)
    told = ConfirmationCodeIssued(
        applicant_id=command.applicant_id,
        issued_at=now,
        expires_at=now + LIFE,
        purpose=command.purpose,
        code=command.sealed,
    )
    return Decision(changes=(code,), events=(told,), reply={"expires_at": (now + LIFE).isoformat()})


@dataclass(frozen=True, slots=True)
class WithCode:
    """Another command that only a right code may do. `digest` is the keyed hash of what the person typed."""

    applicant_id: str
    purpose: Purpose
    digest: str
    act: Any


def with_code(code: OneTimeCode | None, digest: str, now: datetime, act: Callable[[], Decision]) -> Decision:
    """Do `act` when the code is right; it is spent then. When it is wrong one try less is left.

    Reply {refused: CODE_WRONG, tries_left} for a wrong try; raises Refused CODE_EXPIRED when there is no code, no
    try left, or its time is over. When `act` itself is refused the code stays.
    """
    if code is None or code.tries_left == 0 or now - code.issued_at > LIFE:
        raise Refused("CODE_EXPIRED")
    if not compare_digest(code.digest, digest):
        left = replace(code, tries_left=code.tries_left - 1)
        return Decision(changes=(left,), reply={"refused": "CODE_WRONG", "tries_left": left.tries_left})
    spent = replace(code, tries_left=0)
    return act() + Decision(changes=(spent,))


def used(applicant_id: str, purpose: Purpose) -> Ref:
    """Where the code lies, for `needs`."""
    return Ref(OneTimeCode.collection, code_id(applicant_id, purpose))
