"""Every application is compared with those that are here, before the civil registry is asked about it.

Not at the door: a 202 stays as quick as it was, one rule serves form, sheet and correction, and still no identity is
confirmed that was not compared. What is read grows neither with the city nor with a ring.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from services.registration.domain import identity, likeness, rings
from services.registration.domain.applicant import Applicant, Question
from services.registration.domain.calendar import end_of_day
from services.registration.domain.left_wave import LeftWave
from services.registration.domain.likeness import SHORT, Holder, NameBlock
from services.registration.domain.rings import Arrival, Limits, Link, LinkKind, Ring
from services.registration.domain.rules import RuleSet
from shared.contracts.base import Event
from shared.contracts.decision import Aggregate, Decision, Ref, Refused, State, World
from shared.contracts.registration import IdentityQuestioned

NEAR, RING = "NEAR_DUPLICATE", "RING_SUSPECTED"
FOR_STAFF = frozenset({NEAR, RING})
"""Questions that staff answer, not the person: they never lapse into a refusal."""
_CLOSED = ("withdrawn", "erased")


@dataclass(frozen=True, slots=True)
class Watch:
    """By which limits, and which phones are the office's own (blind indexes): they join nobody."""

    rules: RuleSet
    rulebook: Mapping[str, RuleSet] = field(default_factory=dict)
    own_phones: frozenset[str] = frozenset()

    @property
    def limits(self) -> Limits:
        return self.rules.limits

    def rules_of(self, applicant: Applicant) -> RuleSet:
        return self.rulebook.get(applicant.rule_set, self.rules)


@dataclass(frozen=True, slots=True)
class ScreenPeople:
    """Schedule: these people were not compared yet as they are now, and the registry is not asked about them."""

    applicant_ids: tuple[str, ...]
    watch: Watch


def things(applicant: Applicant, watch: Watch) -> tuple[tuple[LinkKind, str], ...]:
    """What of a person may be shared with others."""
    phone = None if applicant.mobile_index in watch.own_phones else applicant.mobile_index
    held: tuple[tuple[LinkKind, str | None], ...] = (
        ("kk", applicant.kk_index or None),
        ("mobile", phone),
        ("device", applicant.traces.device),
        ("account", applicant.account),
    )
    return tuple((kind, index) for kind, index in held if index)


def holder(applicant: Applicant) -> Holder:
    """What of a person stands in the blocks of the name."""
    return Holder(
        applicant.applicant_id,
        applicant.nik_index[:SHORT],
        applicant.kk_index[:SHORT],
        applicant.mobile_index[:SHORT] if applicant.mobile_index else None,
        applicant.profile.sex,
        applicant.profile.kecamatan,
        applicant.traces.marks,
    )


def check(command: identity.RequestChecks, world: World, now: datetime) -> Decision:
    """Compare those who wait, then ask the registry about those of whom nothing is to be asked first.

    Raises Refused NOTHING_TO_CHECK.
    """
    people = [world.get(Applicant, each) for each in command.applicant_ids]
    if command.watch is None:
        return identity.request_checks(people, now)
    due = [each for each in people if each and each.stage == "pending" and each.wake_at and each.wake_at <= now]
    screening = _Screening(world, command.watch, now)
    compared = [each if each.screened else screening.compare(each) for each in due]
    free = [each for each in compared if each and each.stage == "pending"]
    decided = screening.decision()
    if free:
        return decided + identity.request_checks(free, now)
    if not decided.changes:
        raise Refused("NOTHING_TO_CHECK")
    return decided


def screen(command: ScreenPeople, world: World, now: datetime) -> Decision:
    """Compare people whom the registry is not to be asked about now. Raises Refused NOTHING_TO_CHECK."""
    people = [world.get(Applicant, each) for each in command.applicant_ids]
    screening = _Screening(world, command.watch, now)
    for each in people:
        if each and not each.screened and each.stage not in ("pending", *_CLOSED):
            screening.compare(each)
    decided = screening.decision()
    if not decided.changes:
        raise Refused("NOTHING_TO_CHECK")
    return decided


class _Screening:
    """Compares people one after the other, each with what the ones before left; lives while a decision is made."""

    def __init__(self, world: World, watch: Watch, now: datetime) -> None:
        self._world, self._watch, self._now = world, watch, now
        self._changed: dict[Ref, Aggregate] = {}
        self._events: list[Event] = []

    def _get(self, kind: type[State], id: str) -> State | None:
        changed: Any = self._changed.get(Ref(kind.collection, id))
        return changed or self._world.get(kind, id)

    def _keep(self, states: Sequence[Aggregate]) -> None:
        self._changed.update({Ref(each.collection, each.id): each for each in states})

    def decision(self) -> Decision:
        return Decision(changes=tuple(self._changed.values()), events=tuple(self._events))

    def compare(self, applicant: Applicant) -> Applicant | None:
        """The person afterwards; None when a ring is just being led elsewhere: the next round will do."""
        try:
            ring, moved = self._join(applicant)
        except LookupError:
            return None
        self._keep(moved)
        near = self._near(applicant)
        known = replace(applicant, screened=True, wake_at=_wake(applicant))
        if ring is not None and ring.state == "open":
            known = replace(known, ring=ring.ring_id)
        return self._questioned(known, near, ring)

    def _join(self, applicant: Applicant) -> tuple[Ring | None, list[Link | Ring]]:
        who = applicant.applicant_id
        nodes = [who] if self._get(Ring, who) else []
        nodes += [applicant.ring] if applicant.ring else []
        return rings.join(
            Arrival(who, applicant.nik_index, things(applicant, self._watch)),
            nodes,
            lambda id: self._get(Link, id),
            lambda id: self._get(Ring, id),
            self._watch.limits,
        )

    def _near(self, applicant: Applicant) -> tuple[str, ...]:
        """Who seems to be the same person; the blocks know this one from now on."""
        me, places = holder(applicant), likeness.blocks(applicant.traces.marks)
        found = [self._get(NameBlock, place) for place in places]
        self._keep([likeness.entered(block, place, me) for block, place in zip(found, places, strict=True)])
        return likeness.near_duplicates(me, found)

    def _questioned(self, applicant: Applicant, near: tuple[str, ...], ring: Ring | None) -> Applicant:
        """Staff are asked first: about a near duplicate in a case of its own, about a ring in the ring's."""
        if near and applicant.stage == "pending":
            rules = self._watch.rules_of(applicant)
            asked = identity.question(applicant, ("nik",), (NEAR,), rules, self._now, others=near[:20])
            self._keep(asked.changes)
            self._events.extend(asked.events)
            applicant = next(each for each in asked.changes if isinstance(each, Applicant))
        if ring is not None and ring.state == "open":
            applicant, told = held(applicant, ring, self._watch.rules_of(applicant), self._now)
            self._events.extend(told)
        self._keep([applicant])
        return applicant


def _wake(applicant: Applicant) -> datetime | None:
    """Who waits for the registry is due now; who is questioned, after the last day."""
    if applicant.stage == "pending":
        return applicant.wake_at
    return end_of_day(applicant.question.deadline) if applicant.question else None


_FIELDS = {"MOBILE_SHARED": "mobile", "DEVICE_SHARED": "mobile", "KK_SHARED": "kk_number", "CHAIN": "mobile"}
HELD = ("pending", "eligible", "joined")


def held(applicant: Applicant, ring: Ring, rules: RuleSet, now: datetime) -> tuple[Applicant, tuple[Event, ...]]:
    """A member of an open ring waits for staff. Who was questioned already is told nothing more; a card stays."""
    named = replace(applicant, ring=ring.ring_id)
    if applicant.question is not None:
        reasons = tuple(dict.fromkeys((*applicant.question.reasons, RING)))
        return replace(named, question=replace(applicant.question, reasons=reasons)), ()
    if applicant.stage not in HELD:
        return named, ()
    fields = tuple(dict.fromkeys(_FIELDS[each] for each in ring.reasons)) or ("nik",)
    asked = Question(fields, (RING,), now, rules.correction_deadline(now))
    told = IdentityQuestioned(
        applicant_id=applicant.applicant_id,
        questioned_at=now,
        fields=fields,
        reasons=asked.reasons,
        deadline=asked.deadline,
        tracking_code=applicant.personal.tracking_code,
    )
    left = LeftWave(applicant.wave, now, "IDENTITY_QUESTIONED") if applicant.wave else applicant.left
    waits = replace(named, stage="questioned", question=asked, wave=None, joined_at=None, left=left)
    return replace(waits, wake_at=end_of_day(asked.deadline)), (told,)
