"""Every consumer reads what the producer says: each reaction takes the stored sample, first and second time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pytest

from services.incentive import reactions as incentive
from services.incentive.reference import read_reference as incentive_reference
from services.incentive.settings import IncentiveSettings
from services.notification import reactions as notification
from services.notification.reference import read_reference as notification_reference
from services.notification.settings import NotificationSettings
from services.registration import reactions as registration
from services.reporting import app as reporting
from shared.contracts import BY_NAME, EVENTS
from shared.contracts.base import Event
from shared.contracts.decision import Decision, Ref, Refused, State
from shared.engine.marks import hear
from shared.engine.projector import Projection
from shared.engine.rules import Rule
from tests.contract.events.heard import SAMPLES, name_of, record

REACTIONS: Mapping[str, Mapping[type[Event], Rule]] = {
    "registration": registration.REACTIONS,
    "incentive": incentive.reactions(incentive_reference(IncentiveSettings().data_directory).desk),
    "notification": notification.reactions(notification_reference(NotificationSettings().messages_directory)),
}
SOURCES: Mapping[str, Sequence[str]] = {
    "registration": registration.SOURCES,
    "incentive": incentive.SOURCES,
    "notification": notification.SOURCES,
}
HEARD = [(service, event) for service, table in REACTIONS.items() for event in table]


class Known:
    """A world that holds what was decided so far, and nothing else: an absent state is ordinary."""

    def __init__(self) -> None:
        self.states: dict[Ref, Any] = {}

    def get(self, kind: type[State], id: str) -> State | None:
        found: State | None = self.states.get(Ref(kind.collection, id))
        return found

    def take(self, decision: Decision) -> None:
        for state in decision.changes:
            self.states[Ref(state.collection, state.id)] = state
        for removed in decision.removed:
            self.states.pop(removed, None)


@pytest.mark.parametrize(("service", "event"), HEARD, ids=[f"{s}-{e.type_name()}" for s, e in HEARD])
def test_a_reaction_takes_the_stored_sample(service: str, event: type[Event]) -> None:
    table = REACTIONS[service]
    heard = hear(record(event.type_name()), {kind.type_name(): kind for kind in table})
    assert heard.fault is None
    assert isinstance(heard.event, event)
    world = Known()
    for _ in range(2):
        world.take(_decided(table[event], world, heard.event, heard.time))


def _decided(rule: Rule, world: Known, event: Event, now: datetime) -> Decision:
    list(rule.needs(event, world))
    try:
        return rule.decide(world, event, now)
    except Refused:
        return Decision()  # refused in a reaction: counted and journalled as ignored


@pytest.mark.parametrize("path", SAMPLES, ids=name_of)
def test_reporting_takes_every_stored_sample(path: Any) -> None:
    heard = hear(record(name_of(path)), BY_NAME)
    assert heard.fault is None
    reporting.apply(Projection(), heard)


@pytest.mark.parametrize(("service", "event"), HEARD, ids=[f"{s}-{e.type_name()}" for s, e in HEARD])
def test_a_service_listens_where_its_reactions_come_from(service: str, event: type[Event]) -> None:
    assert event.source in SOURCES[service]
    assert event.source != service


def test_every_event_is_heard_by_somebody() -> None:
    """Reporting may hear all; this says that its table is the whole of `EVENTS`."""
    assert set(BY_NAME.values()) == set(EVENTS)
    assert set(reporting.SOURCES) == {event.source for event in EVENTS} - {"each"}
