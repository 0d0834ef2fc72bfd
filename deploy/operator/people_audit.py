"""Invariants about people (reliability.md I4, I5, I10): applications and their NIK, messages, draws."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from deploy.operator.findings import Violation, missing, pages, violations
from deploy.operator.journal_audit import said
from services.notification.domain.messages import message_id
from services.registration.domain import draw
from shared.engine.ports import Database, Document

REGISTRATION, NOTIFICATION = "registration", "notification"
HOLDING = {"eligible", "joined", "selected"}
"""Stages at which a person must be the one holder of the NIK."""
CLAIMING = HOLDING | {"pending", "questioned"}
"""Stages at which a person holds the NIK or stands in the shadow of its holder."""
DRAWN = ("announcing", "done")


async def one_applicant_per_application(database: Database) -> list[Violation]:
    """Every application that was accepted is one applicant, and there is no applicant without one."""
    before = await database.count("applicants")
    accepted = 0
    lost: list[str] = []
    async for keys in said(database, "ApplicantRegistered"):
        accepted += len(keys)
        lost += await missing(database, "applicants", keys) if keys else []
    after = await database.count("applicants")
    found = violations("APPLICANT", REGISTRATION, "accepted and not there", lost)
    # Counted before and after, since people register while we look.
    if not before <= accepted <= after:
        found.append(Violation("APPLICANT", REGISTRATION, f"{accepted} were accepted, {after} applicants are there"))
    return found


async def one_claim_per_applicant(database: Database) -> list[Violation]:
    """A living application has exactly one NIK claim, and whoever may get a card is the one holder."""
    unclaimed: list[str] = []
    async for people in pages(database, "applicants", fields=("stage", "nik_index")):
        living = [person for person in people if person["stage"] in CLAIMING]
        claims = await _claims(database, [person["nik_index"] for person in living])
        unclaimed += [p["_id"] for p in living if not _is_claimed(p, claims.get(p["nik_index"]))]
    return violations("NIK_CLAIM", REGISTRATION, "has no NIK claim of its own", unclaimed)


async def one_holder_per_claim(database: Database) -> list[Violation]:
    """Whoever holds a NIK is an applicant with that NIK. Claims are named by the holder, never by the index."""
    astray: list[str] = []
    async for claims in pages(database, "nik_claims", fields=("holder",)):
        holders = {claim["holder"]: claim["_id"] for claim in claims if claim["holder"]}
        where = {"_id": {"$in": list(holders)}}
        found = await database.find("applicants", where, fields=("nik_index",))
        known = {person["_id"]: person["nik_index"] for person in found}
        astray += [holder for holder, index in holders.items() if known.get(holder) != index]
    return violations("NIK_CLAIM", REGISTRATION, "holds a NIK that is not in the application", astray)


async def _claims(database: Database, indexes: list[str]) -> dict[str, Document]:
    found = await database.find("nik_claims", {"_id": {"$in": list(dict.fromkeys(indexes))}})
    return {claim["_id"]: claim for claim in found}


def _is_claimed(person: Document, claim: Document | None) -> bool:
    if claim is None:
        return False
    if claim["holder"] == person["_id"]:
        return True
    shadows = {shadow["applicant_id"] for shadow in claim["shadows"]}
    return person["stage"] not in HOLDING and person["_id"] in shadows


async def draws_within_quota(database: Database) -> list[Violation]:
    """Selected people are never more than seats, and everybody of the frozen list is selected or is not."""
    found: list[Violation] = []
    for wave in await database.find("waves", {"state": {"$in": list(DRAWN)}}, sort=[("_id", 1)], limit=500):
        found += [Violation("DRAW", REGISTRATION, what, 1, (wave["_id"],)) for what in await _faults(database, wave)]
    return found


async def _faults(database: Database, wave: Document) -> list[str]:
    lines, rows, selected, doubled = 0, 0, 0, 0
    roots: list[bytes] = []
    async for chunk in _chunks(database, "frozen_lists", wave):
        lines += len(chunk["lines"])
        roots.append(draw.root([draw.leaf(line) for line in chunk["lines"]]))
    last: tuple[bytes, str] = (b"", "")
    key = bytes.fromhex(wave["seed"])
    async for chunk in _chunks(database, "draw_results", wave):
        for row in chunk["rows"]:
            rows, selected = rows + 1, selected + row["selected"]
            # Results lie in the order of the tickets: a person who stands there twice breaks it.
            place = (draw.ticket(key, row["applicant_id"]), row["applicant_id"])
            doubled += place <= last
            last = place
    checks = {
        f"{selected} are selected for {wave['quota']} seats": selected > wave["quota"],
        f"{rows} have a result, {lines} stand in the frozen list": rows != lines,
        f"results name {selected} selected, the wave {wave['selected']}": selected != wave["selected"],
        f"{doubled} results are out of the order of the draw": doubled > 0,
        "the frozen list is not the one that was committed to": draw.root(roots).hex() != wave["root"],
    }
    return [what for what, wrong in checks.items() if wrong]


async def _chunks(database: Database, collection: str, wave: Document) -> AsyncIterator[Document]:
    """Parts of one wave in their order: their ids begin with the wave's."""
    async for page in pages(database, collection, after=f"{wave['_id']}/", until=f"{wave['_id']}0", size=20):
        for chunk in page:
            yield chunk


async def messages_unique(database: Database) -> list[Violation]:
    """One message per fact, person and channel: the id is made of these, so two of them would be one document.
    Checked is that every id is, and that no more were said to be sent than are."""
    before = await _sent(database)
    told = sum([len(keys) async for keys in said(database, "MessageSent")])
    after = await _sent(database)
    foreign: list[str] = []
    async for page in pages(database, "messages", fields=("cause", "applicant_id", "audience", "channel")):
        foreign += [message["_id"] for message in page if message["_id"] != _derived(message)]
    found = violations("MESSAGE", NOTIFICATION, "is not named after its fact, person and channel", foreign)
    if not before <= told <= after:
        found.append(Violation("MESSAGE", NOTIFICATION, f"{told} were said to be sent, {after} are"))
    return found


async def _sent(database: Database) -> int:
    return await database.count("messages", {"state": "sent"})


def _derived(message: Document) -> Any:
    return message_id(message["cause"], message["applicant_id"], message["audience"], message["channel"])
