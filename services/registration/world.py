"""How rules read the world: the states that a look-up leads to, and the ones that many rules need."""

from __future__ import annotations

from services.registration.domain.applicant import Applicant
from services.registration.domain.eligibility import Household, Known
from services.registration.domain.lists import ListBook, Listing
from services.registration.domain.reinstating import wave_left
from services.registration.domain.rules import RuleSet
from services.registration.domain.waves import SeatPool, Wave, wave_id
from shared.contracts.decision import Ref, State, World, ref

BOOK = ref(ListBook, ListBook.ID)
POOL = ref(SeatPool, SeatPool.ID)


def peek(world: World, kind: type[State], id: str | None) -> State | None:
    """A state inside `needs`: None while it has not been read yet, so that it can lead to the next one."""
    try:
        return world.get(kind, id) if id else None
    except LookupError:
        return None


def judging(applicant: Applicant | None, rules: RuleSet) -> list[Ref]:
    """What a decision on this person's eligibility reads; nothing until the person was read."""
    if applicant is None:
        return []
    household = [ref(Household, applicant.kk_index)] if rules.max_per_kk is not None else []
    return [BOOK, ref(Listing, applicant.nik_index), *household]


def left_by(applicant: Applicant | None) -> list[Ref]:
    """The wave whose list a question took the person out of, for when it is answered."""
    number = wave_left(applicant)
    return [ref(Wave, wave_id(number))] if number else []


def wave_left_by(world: World, applicant: Applicant | None) -> Wave | None:
    """What `left_by` named."""
    number = wave_left(applicant)
    return world.get(Wave, wave_id(number)) if number else None


def known(world: World, applicant: Applicant, rules: RuleSet) -> Known:
    """What `judging` named."""
    household = world.get(Household, applicant.kk_index) if rules.max_per_kk is not None else None
    return Known(world.get(Listing, applicant.nik_index), world.get(ListBook, ListBook.ID), household)
