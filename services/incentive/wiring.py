"""How messages meet the domain: which states a rule reads, and that every change of a participant is followed up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.incentive.domain.accounts import mark_shared
from services.incentive.domain.bank_days import Calendars
from services.incentive.domain.draft import DelayCause, Draft, Office
from services.incentive.domain.funds import PROGRAMME, Funds
from services.incentive.domain.participant import Participant
from services.incentive.domain.rules import RuleBook
from services.incentive.domain.sequel import settle, time_passes
from shared.contracts.decision import Decision, Ref, Refused, State, World, ref
from shared.engine.rules import Rule

FUNDS = ref(Funds, PROGRAMME)
"""Read by every rule: whether funds are short may be the cause of a delay."""

Reply = Mapping[str, Any] | None
Act = Callable[[Draft, Any, World], Reply]
Who = Callable[[Any, World], str | None]
More = Callable[[Any, World], Iterable[Ref]]
Check = Callable[[Any, World], None]


def peek(world: World, kind: type[State], id: str | None) -> State | None:
    """A state inside `needs`: None while it has not been read yet, so that a look-up may lead to the next one."""
    try:
        return world.get(kind, id) if id else None
    except LookupError:
        return None


def named(message: Any, world: World) -> str | None:
    """The participant a message names itself."""
    return str(message.applicant_id)


def nothing_more(message: Any, world: World) -> Iterable[Ref]:
    return ()


def no_check(message: Any, world: World) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Desk:
    """The office's rules and causes of delay, read once at start; makes the rules of all messages."""

    rules: RuleBook
    causes: tuple[DelayCause, ...]
    calendars: Calendars = field(default_factory=dict)
    """When the banks take orders, from the folder of banks."""

    def office(self, world: World) -> Office:
        return Office(self.rules, self.causes, funds_of(world).short, self.calendars)

    def draft(self, world: World, applicant_id: str | None, now: datetime) -> Draft:
        """A draft about a participant, with everything done that time alone has caused. Raises PARTICIPANT_UNKNOWN."""
        person = world.get(Participant, applicant_id) if applicant_id else None
        if person is None:
            raise Refused("PARTICIPANT_UNKNOWN")
        draft = Draft(person, self.office(world), now)
        time_passes(draft)
        return draft

    def about(self, act: Act, *, who: Who = named, more: More = nothing_more, first: Check = no_check) -> Rule:
        """A rule about one participant: `act` changes the draft, what follows from it is added here.

        `first` may refuse before the participant is looked for.
        """

        def needs(message: Any, world: World) -> list[Ref]:
            person = who(message, world)
            return [FUNDS, *([ref(Participant, person)] if person else []), *more(message, world)]

        def decide(world: World, message: Any, now: datetime) -> Decision:
            first(message, world)
            draft = self.draft(world, who(message, world), now)
            return settle(draft, act(draft, message, world))

        return Rule(needs, decide)

    def fact(self, act: Act, *, more: More = nothing_more) -> Rule:
        """Like `about`, for facts heard: about people who were never selected there is nothing to do."""
        rule = self.about(act, more=more)

        def decide(world: World, message: Any, now: datetime) -> Decision:
            known = world.get(Participant, message.applicant_id)
            return rule.decide(world, message, now) if known else Decision()

        return Rule(rule.needs, decide)

    def sharing(self, world: World, applicant_id: str, account_index: str, shared: bool, now: datetime) -> Decision:
        """Hold or free the payments of somebody whose account others began or ceased to share."""
        draft = self.draft(world, applicant_id, now)
        draft.person = mark_shared(draft.person, account_index, shared)
        return settle(draft)


def funds_of(world: World) -> Funds:
    return world.get(Funds, PROGRAMME) or Funds()
