"""The watch over identities as the service runs it: its rules' tables, its limits, and what time brings to rings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from services.registration import store
from services.registration.domain import identity, likeness, plain_text, rings, tending, watch
from services.registration.domain.applicant import Applicant, NikClaim
from services.registration.domain.likeness import NameBlock
from services.registration.domain.review import ReviewCase
from services.registration.domain.rings import Link, Ring
from services.registration.domain.tending import Around, TendRing, case_of, next_closing, next_led
from services.registration.domain.watch import ScreenPeople, Watch
from services.registration.reference import Reference
from services.registration.settings import RegistrationSettings
from services.registration.world import peek
from shared.contracts.decision import Decision, Ref, Refused, World, ref
from shared.engine.ports import Database
from shared.engine.rules import Rule
from shared.security.vault import Vault

RINGS_AT_ONCE = 20


def watch_of(reference: Reference, vault: Vault, settings: RegistrationSettings) -> Watch:
    """Limits of the rules in force, and the office's own phones as blind indexes."""
    numbers = [settings.office_phone, settings.office_whatsapp, *settings.office_numbers.split()]
    own = frozenset(vault.index("mobile", number) for each in numbers if (number := _number(each)))
    return Watch(reference.rules, reference.rulebook, own)


def _number(text: str) -> str | None:
    try:
        return plain_text.mobile(text)
    except Refused:
        return None  # a landline, or a sentence: nobody registers with it


# ---- comparing


def _people(command: identity.RequestChecks | ScreenPeople, world: World) -> Iterable[Ref]:
    """People, then what they share and where their names stand, then the rings these lead to, over two steps."""
    refs = [ref(Applicant, each) for each in command.applicant_ids]
    if command.watch is None:
        return refs
    for each in command.applicant_ids:
        applicant = peek(world, Applicant, each)
        if applicant is not None and not applicant.screened:
            refs += _around(applicant, command.watch, world)
    return refs


def _around(applicant: Applicant, limits: Watch, world: World) -> list[Ref]:
    blocks = [ref(NameBlock, place) for place in likeness.blocks(applicant.traces.marks)]
    links = [rings.link_id(kind, index) for kind, index in watch.things(applicant, limits)]
    nodes = [applicant.applicant_id, *([applicant.ring] if applicant.ring else [])]
    led = [link.node for each in links if (link := peek(world, Link, each))]
    steps = [parent for node in (*nodes, *led) for parent in _parents(node, world)]
    return [*blocks, *(ref(Link, each) for each in links), *(ref(Ring, each) for each in (*nodes, *led, *steps))]


def _parents(node: str, world: World) -> list[str]:
    """Where a ring leads; a second step only from rings that are known without a link."""
    found = peek(world, Ring, node)
    return [found.parent] if found and found.parent else []


COMPARING = Rule(_people, lambda world, command, now: watch.check(command, world, now))
SCREENING = Rule(_people, lambda world, command, now: watch.screen(command, world, now))


# ---- tending rings


def _tend_needs(command: TendRing, world: World) -> Iterable[Ref]:
    ring = peek(world, Ring, command.ring_id)
    people = [peek(world, Applicant, each) for each in command.applicant_ids]
    return [
        ref(Ring, command.ring_id),
        ref(ReviewCase, case_of(command.ring_id)),
        *(ref(Applicant, each) for each in command.applicant_ids),
        *(ref(NikClaim, each.nik_index) for each in people if each),
        *(ref(Ring, each) for each in next_led(ring)),
        *(ref(ReviewCase, each) for each in next_closing(ring)),
    ]


def _tend(world: World, command: TendRing, now: datetime) -> Decision:
    ring = world.get(Ring, command.ring_id)
    people = [world.get(Applicant, each) for each in command.applicant_ids]
    around = Around(
        world.get(ReviewCase, case_of(command.ring_id)),
        people,
        {each.nik_index: world.get(NikClaim, each.nik_index) for each in people if each},
        [world.get(Ring, each) for each in next_led(ring)],
        [world.get(ReviewCase, each) for each in next_closing(ring)],
    )
    return tending.tend(ring, around, command, now)


TENDING = Rule(_tend_needs, _tend)


async def tend(database: Database, limits: Watch) -> Sequence[TendRing]:
    """The next part of every ring that waits; a part may have nobody in it, when only other rings are led here."""
    waiting = await store.waiting_rings(database, RINGS_AT_ONCE)
    return [
        TendRing(each.ring_id, each.cursor, each.members[each.cursor : each.cursor + tending.PART], limits)
        for each in waiting
    ]
