"""Lists by NIK as pages for staff: what counts now, whom a new list would change, and only then the confirmation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse

from services.registration import store
from services.registration.api import list_parcel, lists
from services.registration.api.desk import Desk
from services.registration.api.masks import shown as masked
from services.registration.api.staff_site import StaffSite
from services.registration.api.uploads import received
from services.registration.domain.lists import codes_of
from services.registration.domain.refusals import REFUSALS
from services.registration.pages.list_view import STAGES, known_lists, verdict
from shared.security.accounts import Staff
from shared.web.problems import Problem

PLACE = "/daftar-nik"
PEOPLE = 50
"""People shown by name in a preview; all are counted."""
Source = Annotated[str, Form(min_length=2, max_length=200)]
Day = Annotated[str, Form(max_length=10)]
Code = Annotated[str, Form(max_length=40)]
DONE = {
    "diterapkan": "Daftar sudah diterapkan. Setiap orang yang terkena diperiksa ulang dan diberi tahu.",
    "sudah": "Daftar ini sudah diterapkan sebelumnya. Tidak ada yang berubah lagi.",
}
OVER = "Pratinjau ini sudah lewat satu jam atau tidak utuh. Tidak ada yang berubah; unggah lagi daftarnya."


def add_list_pages(router: APIRouter, desk: Desk, site: StaffSite) -> None:
    """Everybody of the office sees the lists; those who keep them also the form."""
    anybody, sizes = Depends(desk.accounts.require()), _Sizes(desk)

    @router.get(PLACE, include_in_schema=False)
    async def current(staff: Staff = anybody, selesai: str = "") -> HTMLResponse:
        rows = known_lists(desk.reference.rules, await lists.shown(desk), await sizes.now())
        return site.page(
            "lists.html",
            staff,
            "daftar",
            notice=DONE.get(selesai, ""),
            lists=rows,
            mine=[each for each in rows if _keeps(staff, each["code"])],
            all_codes=_keeps(staff, ""),
            fresh_days=desk.settings.list_fresh_days,
            today=desk.today(),
        )


def _keeps(staff: Staff, code: str) -> bool:
    """As `lists.told_by` has it: the secretariat every list, disputes the one of laid-off workers."""
    return "secretariat" in staff.roles or (code == "LAID_OFF" and "disputes" in staff.roles)


def add_list_forms(router: APIRouter, desk: Desk, site: StaffSite) -> None:
    """First a preview, which changes nothing; then the confirmation of exactly that list."""
    keeper = Depends(site.acting("secretariat", "disputes"))

    @router.post(f"{PLACE}/pratinjau", include_in_schema=False)
    async def preview(
        file: Annotated[UploadFile, File()], source: Source, as_of: Day, code: Code = "", staff: Staff = keeper
    ) -> HTMLResponse:
        told = lists.told_by(staff, code or None, source, as_of)
        async with received(file) as taken:
            rows = await lists.read_rows(taken, told.code)
        found = await lists.foreseen(desk, rows, told)
        parcel = list_parcel.pack(desk, rows, told.code, told.source, as_of)
        return site.page(
            "list_preview.html",
            staff,
            "daftar",
            told=told,
            found=found,
            codes=sorted({code for _, code in rows.entries}),
            refused=[(REFUSALS[code].sentence, count) for code, count in sorted(rows.refused.items())],
            counts=_counts(desk, found["counts"]),
            people=await _people(desk, found["people"][:PEOPLE]),
            stages=STAGES,
            parcel=parcel,
        )

    @router.post(f"{PLACE}/terapkan", include_in_schema=False)
    async def confirm(parcel: Annotated[str, Form()], staff: Staff = keeper) -> RedirectResponse:
        opened = list_parcel.unpack(desk, parcel)
        if opened is None:
            raise Problem("PREVIEW_OVER", status=409, sentence=OVER)
        told = lists.told_by(staff, opened.code, opened.source, opened.as_of)
        report = await lists.take(desk, opened.rows, told, f"daftar-nik/{opened.id}")
        return site.to(f"{PLACE}?selesai={'sudah' if 'repeated' in report else 'diterapkan'}")


def _counts(desk: Desk, counts: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """Before, after and how many, the most first."""
    officials = desk.reference.rules.officials
    rows = []
    for change, count in counts.items():
        before, _, after = change.partition(" -> ")
        rows.append((verdict(before, officials), verdict(after, officials), count))
    return sorted(rows, key=lambda row: -row[2])


async def _people(desk: Desk, changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Masked: a name, the ends of the NIK, and what would change."""
    officials = desk.reference.rules.officials
    found = await store.applicants(desk.service.database, [each["applicant_id"] for each in changes])
    known = {each["applicant_id"]: each for each in await masked(desk, found)}
    return [
        {
            **known[change["applicant_id"]],
            "before": verdict(change["before"], officials),
            "after": verdict(change["after"], officials),
        }
        for change in changes
        if change["applicant_id"] in known
    ]


class _Sizes:
    """How many NIKs stand on each list. Counted once per set of editions: it means reading every entry."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._label = desk, ""
        self._counts: Mapping[str, int] = {}

    async def now(self) -> Mapping[str, int]:
        database = self._desk.service.database
        book = await store.list_book(database)
        if book is None:
            return {}
        if book.arriving or self._label != book.label():
            found: Counter[str] = Counter()
            async for listing in store.listings(database):
                found.update(codes_of(listing, book))
            self._counts, self._label = found, "" if book.arriving else book.label()
        return self._counts
