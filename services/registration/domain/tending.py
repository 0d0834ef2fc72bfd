"""What an open ring, or a decision on it, means for its members: part by part, by a cursor that schedule moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.registration.domain import identity, review
from services.registration.domain.applicant import Applicant, NikClaim
from services.registration.domain.review import ReviewCase
from services.registration.domain.rings import Ring, RingState
from services.registration.domain.watch import RING, Watch, held
from shared.contracts.decision import Decision, Refused

PART = 100
"""Members of one decision: person, claim and fact of each stay far below 500."""
MOST_SHOWN = 50
"""People whom a case names; the ring names all."""
LED_AT_ONCE = 200
CLOSED_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class TendRing:
    """Schedule: the next members of a ring, beginning at `first`."""

    ring_id: str
    first: int
    applicant_ids: tuple[str, ...]
    watch: Watch


@dataclass(frozen=True, slots=True)
class Around:
    """What else a part of a ring reads."""

    case: ReviewCase | None = None
    people: Sequence[Applicant | None] = ()
    claims: Mapping[str, NikClaim | None] | None = None
    """By blind index of the NIK."""
    led: Sequence[Ring | None] = ()
    """Rings that are to lead here."""
    ended: Sequence[ReviewCase | None] = ()
    """Cases that this one continues."""


def case_of(ring_id: str) -> str:
    return f"ring-{ring_id}"


def ring_of(case_id: str) -> str:
    return case_id.removeprefix(case_of(""))


def next_led(ring: Ring | None) -> tuple[str, ...]:
    return ring.moving[:LED_AT_ONCE] if ring else ()


def next_closing(ring: Ring | None) -> tuple[str, ...]:
    return tuple(case_of(each) for each in ring.closing[:CLOSED_AT_ONCE]) if ring else ()


def tend(ring: Ring | None, around: Around, command: TendRing, now: datetime) -> Decision:
    """Hold, release or reject the next members; open or extend the one case of an open ring.

    Raises Refused NOTHING_TO_CHECK when it is not this part's turn.
    """
    if ring is None or not ring.waiting or ring.cursor != command.first:
        raise Refused("NOTHING_TO_CHECK")
    if ring.members[ring.cursor : ring.cursor + PART] != command.applicant_ids:
        raise Refused("NOTHING_TO_CHECK")
    decided = Decision()
    for person in around.people:
        if person is not None:
            decided += _member(person, ring, around, command.watch, now)
    moved = replace(
        ring,
        cursor=ring.cursor + len(command.applicant_ids),
        moving=ring.moving[LED_AT_ONCE:],
        closing=ring.closing[CLOSED_AT_ONCE:],
    )
    waiting = moved.cursor < len(moved.members) or bool(moved.moving) or bool(moved.closing)
    led = [replace(each, parent=ring.ring_id) for each in around.led if each and each.ring_id != ring.ring_id]
    ended = [closed for each in around.ended for closed in review.close_without_answer(each, now)]
    case = _case(moved, around.case, now)
    return decided + Decision(changes=(replace(moved, waiting=waiting), *led, *ended, *case))


def _case(ring: Ring, case: ReviewCase | None, now: datetime) -> tuple[ReviewCase, ...]:
    """One case per ring; a settled one opens again, an open one names who came since and keeps its proposal."""
    if ring.state != "open":
        return ()
    shown = ring.members[:MOST_SHOWN]
    if case is None or case.state == "settled":
        return (ReviewCase(case_of(ring.ring_id), "RING", shown, ring.reasons, now),)
    return (replace(case, applicant_ids=shown, reasons=ring.reasons),)


def _member(applicant: Applicant, ring: Ring, around: Around, watch: Watch, now: datetime) -> Decision:
    rules = watch.rules_of(applicant)
    if ring.state == "open":
        waits, told = held(applicant, ring, rules, now)
        return Decision(changes=(waits,), events=told) if waits != applicant else Decision()
    asked = applicant.question
    if asked is None or RING not in asked.reasons:
        return Decision()
    if ring.state == "cleared":
        return _released(applicant, now)
    claim = (around.claims or {}).get(applicant.nik_index)
    return identity.reject(applicant, claim, rules, now)


def _released(applicant: Applicant, now: datetime) -> Decision:
    """Other questions stay; without one the registry is asked as if nothing had been."""
    asked = applicant.question
    assert asked is not None
    left = tuple(each for each in asked.reasons if each != RING)
    if left:
        return Decision(changes=(replace(applicant, ring=None, question=replace(asked, reasons=left)),))
    free = replace(applicant, ring=None, stage="pending", question=None, verdict=None, confirmed_at=None, wake_at=now)
    return Decision(changes=(free,))


def decide_ring(ring: Ring | None, case: ReviewCase | None, *, by: str, now: datetime) -> Decision:
    """The second eye agrees with the proposal on a ring: its members are told part by part. Raises as `settle`."""
    settled = review.settle(case, by=by, now=now)
    if ring is None or settled.proposal is None:
        raise Refused("CASE_SETTLED")
    state: RingState = "cleared" if settled.proposal.answer == "confirm" else "rejected"
    decided = replace(ring, state=state, cursor=0, waiting=True, cleared_at=len(ring.members))
    return Decision(changes=(settled, decided))
