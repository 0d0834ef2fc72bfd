"""Lists change: whoever registered with a NIK that comes or goes is looked at again, also after being accepted.

Before that anybody may ask what would change (`foreseen`): the same rules, and nothing is kept.

Source: paper facts 20-27, domain notes R8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.registration.domain.applicant import Applicant
from services.registration.domain.eligibility import Household, Known, rescreen
from services.registration.domain.lists import Edition, ListBook, ListEntry, Listing, codes_of, entered
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


@dataclass(frozen=True, slots=True)
class ScreenAgain:
    """A NIK stands no longer on a list: an edition without it counts now."""

    nik_index: str
    rules: RuleSet
    rulebook: Mapping[str, RuleSet]


def rules_for(applicant: Applicant | None, command: PutOnList | ScreenAgain) -> RuleSet:
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


def screen_again(
    listing: Listing | None,
    book: ListBook | None,
    applicant: Applicant | None,
    household: Household | None,
    command: ScreenAgain,
    now: datetime,
) -> Decision:
    """Re-screen the holder of a NIK that left a list; reply {rescreened: whether anything changed for them}."""
    facts = Known(listing, book, household)
    again = rescreen(applicant, facts, rules_for(applicant, command), now) if applicant else None
    changed, events = again or (None, ())
    return Decision(changes=(changed,) if changed else (), events=events, reply={"rescreened": bool(events)})


def gone(listing: Listing, before: ListBook | None, after: ListBook) -> bool:
    """Whether a NIK stood on a list and does no longer, now that its new edition counts."""
    return bool(codes_of(listing, before) - codes_of(listing, after))


@dataclass(frozen=True, slots=True)
class Change:
    """What a list would do to one person. Reasons are codes; None = fulfils every condition."""

    applicant_id: str
    stage: str
    before: str | None
    after: str | None


def foreseen(
    applicant: Applicant,
    listing: Listing | None,
    book: ListBook,
    household: Household | None,
    rules: RuleSet,
    now: datetime,
) -> Change | None:
    """The change that a list would bring, by the very rule that will bring it; None when there is none."""
    again = rescreen(applicant, Known(listing, book, household), rules, now)
    if again is None or not again[1]:
        return None
    changed, _ = again
    before = applicant.verdict.reason if applicant.verdict else None
    return Change(applicant.applicant_id, applicant.stage, before, changed.verdict.reason if changed.verdict else None)


def as_if_complete(book: ListBook | None, codes: tuple[str, ...], edition: Edition) -> ListBook:
    """The book as it would be with this edition of each code, numbered after the one that counts now."""
    current = dict(book.current) if book else {}
    for code in codes:
        last = current[code].number if code in current else 0
        current[code] = replace(edition, number=last + 1)
    return ListBook(current, {})
