"""Cases that people must look at: two different members of staff settle each (first eye proposes, second decides)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Literal

from shared.contracts.base import Sealed
from shared.contracts.decision import Refused

Kind = Literal["IDENTITY", "SHARED_ACCOUNT", "RING", "OBJECTION"]
Answer = Literal["confirm", "reject"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the first eye thinks. `reason` is written by staff and shown to staff only."""

    answer: Answer
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReviewCase:
    """One question for staff. `applicant_ids` are shown side by side; the first is the one it is about."""

    collection: ClassVar[str] = "review_cases"

    case_id: str
    kind: Kind
    applicant_ids: tuple[str, ...]
    reasons: tuple[str, ...]
    opened_at: datetime
    state: Literal["open", "proposed", "settled"] = "open"
    proposal: Proposal | None = None
    settled_by: str | None = None
    settled_at: datetime | None = None
    note: Sealed | None = None
    """What a person wrote in an objection, sealed by the door."""

    @property
    def id(self) -> str:
        return self.case_id


@dataclass(frozen=True, slots=True)
class ProposeAnswer:
    """The first eye's opinion on a case; `reason` is for staff."""

    case_id: str
    answer: Answer
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class SendBack:
    case_id: str
    by: str


def identity_case(applicant_id: str) -> str:
    """A person has one identity case at a time, so its id can be known without looking."""
    return f"identity-{applicant_id}"


def propose(case: ReviewCase | None, *, answer: Answer, reason: str, by: str, now: datetime) -> ReviewCase:
    """The first eye. Raises Refused CASE_UNKNOWN, CASE_SETTLED."""
    return replace(_unsettled(case), state="proposed", proposal=Proposal(answer, reason, by, now))


def settle(case: ReviewCase | None, *, by: str, now: datetime) -> ReviewCase:
    """The second eye agrees. Raises Refused CASE_UNKNOWN, CASE_SETTLED, PROPOSAL_MISSING, SAME_EYES."""
    found = _unsettled(case)
    if found.proposal is None:
        raise Refused("PROPOSAL_MISSING")
    if found.proposal.by == by:
        raise Refused("SAME_EYES")
    return replace(found, state="settled", settled_by=by, settled_at=now)


def send_back(case: ReviewCase | None, *, by: str) -> ReviewCase:
    """The second eye disagrees: the case is open again. Raises like `settle`."""
    found = _unsettled(case)
    if found.proposal is None:
        raise Refused("PROPOSAL_MISSING")
    if found.proposal.by == by:
        raise Refused("SAME_EYES")
    return replace(found, state="open", proposal=None)


def close_without_answer(case: ReviewCase | None, now: datetime) -> tuple[ReviewCase, ...]:
    """The question went away by itself (data corrected, person withdrew): nothing left to decide."""
    if case is None or case.state == "settled":
        return ()
    return (replace(case, state="settled", settled_at=now),)


def _unsettled(case: ReviewCase | None) -> ReviewCase:
    if case is None:
        raise Refused("CASE_UNKNOWN")
    if case.state == "settled":
        raise Refused("CASE_SETTLED")
    return case
