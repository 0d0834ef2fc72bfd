"""Whom a list would change, before anything changes: the same rules, with nothing kept (R8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from services.registration import store
from services.registration.api.desk import Desk
from services.registration.domain.applicant import Applicant
from services.registration.domain.lists import Edition, ListBook, ListEntry, Listing, entered
from services.registration.domain.screening import Change, as_if_complete, foreseen, gone

AT_ONCE = 100
MOST_SHOWN = 1000
"""People named in an answer; all are counted."""


async def changes_of(
    desk: Desk, entries: Sequence[tuple[str, str]], codes: tuple[str, ...], edition: Edition
) -> list[Change]:
    """What a list of (NIK's blind index, code) would change, for those on it and for those who are on it no longer."""
    before = await store.list_book(desk.service.database)
    after = as_if_complete(before, codes, edition)
    listings = {
        each.nik_index: each async for each in store.listings(desk.service.database) if gone(each, before, after)
    }
    listings |= await _entered(desk, entries, after)
    indexes = list(listings)
    found = []
    for start in range(0, len(indexes), AT_ONCE):
        part = {index: listings[index] for index in indexes[start : start + AT_ONCE]}
        found += await _changes(desk, part, after, edition.at)
    return found


async def _entered(desk: Desk, entries: Sequence[tuple[str, str]], after: ListBook) -> dict[str, Listing]:
    """Every NIK of the list with its entries as they would be."""
    indexes = list(dict.fromkeys(index for index, _ in entries))
    listings: dict[str, Listing] = {}
    for start in range(0, len(indexes), AT_ONCE):
        known = await store.listings_of(desk.service.database, indexes[start : start + AT_ONCE])
        listings |= {each.nik_index: each for each in known}
    for index, code in entries:
        edition = after.current[code]
        entry = ListEntry(code, edition.source, edition.as_of, edition.number)
        listings[index] = entered(listings.get(index), index, entry)
    return {index: listings[index] for index in indexes}


async def _changes(desk: Desk, listings: Mapping[str, Listing], after: ListBook, now: datetime) -> list[Change]:
    claims = await store.nik_claims(desk.service.database, list(listings))
    holders = {claim.holder: claim.nik_index for claim in claims if claim.holder}
    people = await store.applicants(desk.service.database, list(holders))
    found = [await _change(desk, each, listings[holders[each.applicant_id]], after, now) for each in people]
    return [change for change in found if change]


async def _change(desk: Desk, person: Applicant, listing: Listing, after: ListBook, now: datetime) -> Change | None:
    rules = desk.reference.rulebook.get(person.rule_set, desk.reference.rules)
    limited = rules.max_per_kk is not None
    household = await store.household(desk.service.database, person.kk_index) if limited else None
    return foreseen(person, listing, after, household, rules, now)


def summary(changes: Sequence[Change]) -> dict[str, Any]:
    """Counts of all, `before -> after` by reason, and who they are."""
    counts = Counter(f"{change.before or 'ELIGIBLE'} -> {change.after or 'ELIGIBLE'}" for change in changes)
    people = [asdict(change) for change in changes[:MOST_SHOWN]]
    return {"would_change": len(changes), "counts": dict(counts), "people": people}
