"""A decision about one participant while it is being written. Lives only inside a rule; the rule stays pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from services.incentive.domain.bank_days import Calendars
from services.incentive.domain.days import day_of
from services.incentive.domain.ledger import LedgerAccount, Posting, post
from services.incentive.domain.participant import Entitlement, Participant, Purchase, Survey
from services.incentive.domain.rules import RuleBook, RuleSet
from shared.contracts.base import Event
from shared.contracts.decision import Aggregate, Decision, Refused, Work


@dataclass(frozen=True, slots=True)
class DelayCause:
    """One row of delay_causes.csv: what a code means to people, who must act and what helps."""

    code: str
    meaning_id: str
    meaning_en: str
    actor: str
    actor_id: str
    remedy_id: str
    remedy_en: str


@dataclass(frozen=True, slots=True)
class Office:
    """What the office's rules and money say at the moment of a decision."""

    rules: RuleBook
    causes: tuple[DelayCause, ...]
    """In order of precedence: the first that holds is the one announced."""
    funds_short: bool = False
    calendars: Calendars = field(default_factory=dict)


@dataclass(slots=True)
class Draft:
    """Collects what a rule decides about one participant: the state after it, money moved, facts and work."""

    person: Participant
    office: Office
    now: datetime
    events: list[Event] = field(default_factory=list)
    changes: list[Aggregate] = field(default_factory=list)
    work: list[Work] = field(default_factory=list)

    @property
    def rules(self) -> RuleSet:
        return self.office.rules[self.person.rule_set]

    @property
    def today(self) -> date:
        """The WIB date of the decision."""
        return day_of(self.now)

    def set(self, **fields: Any) -> None:
        self.person = replace(self.person, **fields)

    def set_purchase(self, number: int, **fields: Any) -> Purchase:
        """Change one purchase and return it as it is now."""
        self.set(purchases=_changed(self.person.purchases, lambda each: each.number == number, fields))
        return next(each for each in self.person.purchases if each.number == number)

    def set_survey(self, number: int, **fields: Any) -> Survey:
        """Change one survey and return it as it is now."""
        self.set(surveys=_changed(self.person.surveys, lambda each: each.number == number, fields))
        return next(each for each in self.person.surveys if each.number == number)

    def set_entitlement(self, of: Entitlement, **fields: Any) -> Entitlement:
        """Change the entitlement with the kind and number of `of` and return it as it is now."""
        self.set(
            entitlements=_changed(
                self.person.entitlements, lambda each: (each.kind, each.number) == (of.kind, of.number), fields
            )
        )
        return next(e for e in self.person.entitlements if (e.kind, e.number) == (of.kind, of.number))

    def tell(self, event: Event) -> None:
        self.events.append(event)

    def add(self, state: Aggregate) -> None:
        """A state beside the participant that changes too."""
        self.changes.append(state)

    def move(self, source: LedgerAccount, target: LedgerAccount, amount_rupiah: int, step: str) -> None:
        """Move money; `step` makes the posting's id and may occur once in a participant's life. 0 moves nothing."""
        if amount_rupiah == 0:
            return
        person = self.person
        posting = Posting(f"{person.applicant_id}/{step}", person.applicant_id, source, target, amount_rupiah, self.now)
        self.set(money=post(person.money, posting))
        self.changes.append(posting)

    def holds(self, account: LedgerAccount) -> int:
        """Rupiah that stand in one of the participant's accounts."""
        return self.person.money.get(account, 0)

    def decision(self, **reply: Any) -> Decision:
        return Decision((self.person, *self.changes), tuple(self.events), tuple(self.work), reply=reply)


def _changed(rows: tuple[Any, ...], is_meant: Callable[[Any], bool], fields: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(replace(row, **fields) if is_meant(row) else row for row in rows)


def participating(person: Participant) -> Participant:
    """The participant, or Refused PARTICIPATION_ENDED."""
    if not person.active:
        raise Refused("PARTICIPATION_ENDED")
    return person
