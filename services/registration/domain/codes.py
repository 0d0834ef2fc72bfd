"""One-time codes at registration's door: who gets one, and acts that only a right code may do.

Source: mission, Who may do what; reliability notes H7. A wrong try must be on disk, so it is a decision and no
refusal: the door turns its reply into the refusal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from services.registration.domain.applicant import Applicant
from shared.contracts.base import Sealed
from shared.contracts.decision import Decision, Refused
from shared.contracts.registration import ConfirmationCodeIssued
from shared.security.one_time_codes import LIFE, OneTimeCode, code_of, issued

Purpose = Literal["correction", "withdrawal", "objection", "tracking", "participation"]
"""`participation` is for acts at incentive's door, which hears ConfirmationCodeIssued and checks the code itself."""


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
    code = issued(last, code_of(command.applicant_id, command.purpose), command.digest, now)
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
    if code is None or not code.open(now):
        raise Refused("CODE_EXPIRED")
    right, left = code.tried(digest)
    if not right:
        return Decision(changes=(left,), reply={"refused": "CODE_WRONG", "tries_left": left.tries_left})
    return act() + Decision(changes=(left,))
