"""Lists by NIK (officials, students, other aid, laid-off): uploaded as a sheet, everybody on them is screened anew."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, UploadFile

from services.registration import store
from services.registration.adapters.sheets import open_sheet
from services.registration.api.desk import Desk
from services.registration.api.list_preview import changes_of, summary
from services.registration.api.uploads import Upload, find_headings, received
from services.registration.domain import imports, nik, plain_text
from services.registration.domain.lists import (
    OTHER_CODES,
    CompleteEditions,
    Edition,
    ListBook,
    OpenEditions,
    open_editions,
)
from services.registration.domain.screening import PutOnList, ScreenAgain, gone
from services.registration.pages.list_view import list_names
from shared.contracts.decision import Refused
from shared.security.accounts import Staff
from shared.web.problems import Problem

_NIK = frozenset({"nik", "nomor induk kependudukan", "no nik", "no ktp"})
_CODE = frozenset({"kode", "kode daftar", "jenis", "kategori", "code"})
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class _Columns:
    nik: int
    code: int | None


@dataclass(frozen=True, slots=True)
class Told:
    """What staff say about a list. `code` is None where every row names its own."""

    code: str | None
    source: str
    as_of: date
    by: str


@dataclass(frozen=True, slots=True)
class Rows:
    """(NIK, code) of every row, each pair once, and how many rows cannot be used, by code."""

    entries: Sequence[tuple[str, str]]
    refused: Mapping[str, int]

    @property
    def received(self) -> int:
        return len(self.entries) + sum(self.refused.values())


def add_lists(router: APIRouter, desk: Desk) -> None:
    """The secretariat keeps the lists, disputes the one of laid-off workers."""
    keeper, anybody = Depends(desk.accounts.require("secretariat", "disputes")), Depends(desk.accounts.require())

    @router.post("/lists", summary="Unggah daftar menurut NIK")
    async def upload(
        file: Annotated[UploadFile, File()],
        source: Annotated[str, Form(min_length=2, max_length=200)],
        as_of: Annotated[str, Form(max_length=10)],
        code: Annotated[str | None, Form(max_length=40)] = None,
        preview: Annotated[bool, Form()] = False,
        staff: Staff = keeper,
    ) -> dict[str, Any]:
        """With `preview` nothing changes: the answer tells for whom the list would change something, and what."""
        told = told_by(staff, code, source, as_of)
        async with received(file) as taken:
            rows = await read_rows(taken, code)
        return await (foreseen if preview else take)(desk, rows, told)

    @router.get("/lists", summary="Daftar yang berlaku")
    async def current(staff: Staff = anybody) -> dict[str, Any]:
        return {"lists": await shown(desk), "fresh_days": desk.settings.list_fresh_days}


async def shown(desk: Desk) -> dict[str, dict[str, Any]]:
    """The edition of each list that counts now, with its age and whether it is out of date."""
    book = await store.list_book(desk.service.database)
    current: dict[str, dict[str, Any]] = store.as_document(book)["current"] if book else {}
    for edition in current.values():
        edition["age_days"] = (desk.today() - imports.day(str(edition["as_of"])[:10])).days
        edition["stale"] = edition["age_days"] > desk.settings.list_fresh_days
    return current


async def stale_names(desk: Desk) -> list[str]:
    """What people call the lists that are out of date."""
    names = list_names(desk.reference.rules)
    return sorted(names.get(code, code) for code, each in (await shown(desk)).items() if each["stale"])


async def alarm_stale(desk: Desk) -> list[str]:
    """Codes of the lists that are out of date; each is an alarm: people would be judged by what is no longer true."""
    stale = {code: edition for code, edition in (await shown(desk)).items() if edition["stale"]}
    for code, edition in stale.items():
        desk.service.metrics.alarm("LIST_OUT_OF_DATE", list=code, age_days=edition["age_days"])
    return sorted(stale)


def told_by(staff: Staff, code: str | None, source: str, as_of: str) -> Told:
    """Who may bring which list. Raises Problem ROLE_MISSING, Refused TEXT_FORMAT, DATE_FORMAT."""
    if code != "LAID_OFF" and "secretariat" not in staff.roles:
        raise Problem("ROLE_MISSING")
    return Told(code, plain_text.clean(source, 200), imports.day(as_of), staff.username)


async def take(desk: Desk, rows: Rows, told: Told, key: str | None = None) -> dict[str, Any]:
    """Open an edition of each of the list's codes, enter every NIK, and let the edition count.

    Who stands on it, and who stood on the edition before and does no longer, is screened again. With a `key` the same
    list sent twice is one edition. Raises Refused LIST_CODE_UNKNOWN, LIST_FROM_FUTURE, LIST_OLDER. Uploaded again
    after an interruption it begins a new edition; entries of both count until one is complete.
    """
    entries, refused = rows.entries, rows.refused
    codes, known = _codes(desk, entries)
    before = await store.list_book(desk.service.database)
    editions = await desk.execute(OpenEditions(codes, known, told.source, told.as_of, told.by), key=key)
    if key and not await _arriving(desk, editions):
        # Entering its rows again would put an older edition in the place of one that came meanwhile.
        return {"received": rows.received, "listed": len(entries), "repeated": True, "editions": dict(editions)}
    rescreened = await _all(desk, [_entry(desk, each, told, editions) for each in entries])
    await desk.execute(CompleteEditions(codes))
    after = await store.list_book(desk.service.database) or ListBook({}, {})
    left = [each.nik_index async for each in store.listings(desk.service.database) if gone(each, before, after)]
    reference = desk.reference
    rescreened += await _all(desk, [ScreenAgain(nik, reference.rules, reference.rulebook) for nik in left])
    counts = {"received": rows.received, "listed": len(entries), "left": len(left)}
    return {**counts, "refused": dict(refused), "rescreened": rescreened, "editions": dict(editions)}


async def _arriving(desk: Desk, editions: Mapping[str, int]) -> bool:
    """Whether these editions are still being read."""
    book = await store.list_book(desk.service.database)
    arriving = {code: each.number for code, each in book.arriving.items()} if book else {}
    return any(arriving.get(code) == number for code, number in editions.items())


async def foreseen(desk: Desk, rows: Rows, told: Told) -> dict[str, Any]:
    """What `take` would change, by the same rules, with nothing kept. Raises as it does."""
    entries, refused = rows.entries, rows.refused
    codes, known = _codes(desk, entries)
    now = desk.service.clock.now()
    opening = OpenEditions(codes, known, told.source, told.as_of, told.by)
    open_editions(await store.list_book(desk.service.database), opening, now)  # refuses what it would refuse
    numbers = [(desk.vault.index("nik", number), code) for number, code in entries]
    changes = await changes_of(desk, numbers, codes, Edition(0, told.source, told.as_of, told.by, now))
    counts = {"received": rows.received, "listed": len(entries)}
    return {**counts, "refused": dict(refused), "preview": True, **summary(changes)}


def _codes(desk: Desk, entries: Sequence[tuple[str, str]]) -> tuple[tuple[str, ...], frozenset[str]]:
    """The codes that a list names, and those that the rules know."""
    known = frozenset(desk.reference.rules.officials) | set(OTHER_CODES)
    return tuple(sorted({code for _, code in entries})), known


async def _all(desk: Desk, commands: Sequence[PutOnList | ScreenAgain]) -> int:
    """Decide many beside each other; for how many people something changed."""
    changed = 0
    for start in range(0, len(commands), AT_ONCE):
        replies = await asyncio.gather(*(desk.execute(each) for each in commands[start : start + AT_ONCE]))
        changed += sum(reply["rescreened"] for reply in replies)
    return changed


def _entry(desk: Desk, entry: tuple[str, str], told: Told, editions: Mapping[str, int]) -> PutOnList:
    number, code = entry
    reference = desk.reference
    index = desk.vault.index("nik", number)
    return PutOnList(index, code, told.source, told.as_of, editions[code], reference.rules, reference.rulebook)


async def read_rows(upload: Upload, code: str | None) -> Rows:
    """Raises Refused SHEET_*, HEADINGS."""
    found: dict[tuple[str, str], None] = {}
    refused: Counter[str] = Counter()
    async with open_sheet(upload.kind, upload.file) as sheet:
        columns = await find_headings(sheet, _headings)
        if columns.code is None and code is None:
            raise Refused("HEADINGS", missing="kode")
        async for row in sheet:
            try:
                found[_read(columns, row.cells, code)] = None
            except Refused as wrong:
                refused[wrong.code] += 1
    return Rows(list(found), refused)


def _headings(cells: Sequence[Any]) -> _Columns | None:
    keys = [plain_text.word_key(cell) if isinstance(cell, str) else "" for cell in cells]
    number = next((at for at, key in enumerate(keys) if key in _NIK), None)
    code = next((at for at, key in enumerate(keys) if key in _CODE), None)
    return None if number is None else _Columns(number, code)


def _read(columns: _Columns, cells: Sequence[Any], code: str | None) -> tuple[str, str]:
    number = cells[columns.nik] if columns.nik < len(cells) else None
    if not isinstance(number, str):
        raise Refused("NIK_FORMAT")
    named = cells[columns.code] if code is None and columns.code is not None and columns.code < len(cells) else code
    if not isinstance(named, str) or not named.strip():
        raise Refused("EMPTY_CELL")
    return nik.normalise(number.removeprefix("'")), named.strip().upper()
