"""A NIK is put on a list: whoever registered with it is looked at again at once, also after being accepted.

Source: paper facts 20-27, domain notes R8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from services.registration.domain.applicant import Applicant
from services.registration.domain.eligibility import Household, Known, rescreen
from services.registration.domain.lists import ListBook, ListEntry, Listing, entered
from services.registration.domain.rules import RuleSet
from shared.contracts.decision import Decision


@dataclass(frozen=True, slots=True)
class PutOnList:
    """One row of an uploaded list; `edition` is the number that opening it gave to its code."""

    nik_index: str
    code: str
    source: str
    as_of: date
    edition: int
    rules: RuleSet
    """The rule set of today."""
    rulebook: Mapping[str, RuleSet]


def rules_for(applicant: Applicant | None, command: PutOnList) -> RuleSet:
    """The rule set under which a person came in."""
    return command.rulebook.get(applicant.rule_set, command.rules) if applicant else command.rules


def put_on_list(
    listing: Listing | None,
    book: ListBook | None,
    applicant: Applicant | None,
    household: Household | None,
    command: PutOnList,
    now: datetime,
) -> Decision:
    """Keep the entry and re-screen the holder of the NIK; reply {rescreened: whether anything changed for them}."""
    entry = ListEntry(command.code, command.source, command.as_of, command.edition)
    grown = entered(listing, command.nik_index, entry)
    facts = Known(grown, book, household)
    again = rescreen(applicant, facts, rules_for(applicant, command), now) if applicant else None
    if again is None:
        return Decision(changes=(grown,), reply={"rescreened": False})
    changed, events = again
    return Decision(changes=(grown, changed), events=events, reply={"rescreened": bool(events)})
