"""The review queue as pages for staff: people side by side, the first eye's proposal, the second's decision."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from services.registration import store
from services.registration.api.bodies import Key
from services.registration.api.desk import Desk
from services.registration.api.reviews import (
    PAGE,
    case_row,
    evidence,
    known_case,
    settle,
)
from services.registration.api.staff_site import StaffSite
from services.registration.domain import plain_text
from services.registration.domain.review import Answer, ProposeAnswer, SendBack
from shared.security.accounts import Role, Staff

PLACE = "/pemeriksaan"
FIRST_EYE: tuple[Role, ...] = ("placement", "disputes")
SECOND_EYE: Role = "approver"
Reason = Annotated[str, Form(min_length=3, max_length=300)]

KINDS = {
    "IDENTITY": "Identitas",
    "RING": "Kelompok pendaftaran yang saling berbagi",
    "SHARED_ACCOUNT": "Satu rekening untuk beberapa orang",
    "OBJECTION": "Keberatan",
}
REASONS = {
    "NEAR_DUPLICATE": "Mungkin orang yang sama dengan NIK lain",
    "NIK_CLAIMED_TWICE": "NIK didaftarkan dua kali",
    "REGISTRY_MISMATCH": "Tidak sesuai dengan data kependudukan",
    "NOT_IN_REGISTRY": "Tidak ditemukan di data kependudukan",
    "REGISTRY_INACTIVE": "Data kependudukan tidak aktif",
    "BIRTH_DATE_CONTRADICTS_NIK": "Tanggal lahir berbeda dengan NIK",
    "SEX_CONTRADICTS_NIK": "Jenis kelamin berbeda dengan NIK",
    "MOBILE_SHARED": "Satu nomor ponsel untuk banyak NIK",
    "DEVICE_SHARED": "Satu perangkat untuk banyak NIK",
    "KK_SHARED": "Satu KK untuk banyak pendaftar",
    "CHAIN": "Rantai panjang: ponsel, perangkat, KK, atau rekening bersambung",
    "ACCOUNT_SHARED": "Satu rekening untuk beberapa orang",
}
FIELDS = {
    "full_name": "Nama",
    "nik": "NIK",
    "kk_number": "Nomor KK",
    "birth_date": "Tanggal lahir",
    "sex": "Jenis kelamin",
    "mobile": "Ponsel",
    "email": "E-mail",
    "domicile": "Alamat",
    "kecamatan": "Kecamatan",
}
REGISTRY = {"match": "sesuai", "mismatch": "tidak sesuai", "not_found": "tidak ditemukan", "inactive": "tidak aktif"}
SEXES = {"F": "perempuan", "M": "laki-laki"}
DEGREES = {"equal": "sama", "near": "mirip", "different": "berbeda", "unknown": "tidak diketahui"}
STATES = {"open": "menunggu usulan", "proposed": "menunggu keputusan kedua", "settled": "selesai"}
ANSWERS = {"confirm": "Terima: identitas benar", "reject": "Tolak: identitas tidak dapat dipastikan"}
WORDS = {"kinds": KINDS, "reasons": REASONS, "degrees": DEGREES, "states": STATES, "answers": ANSWERS}


def add_review_pages(router: APIRouter, desk: Desk, site: StaffSite) -> None:
    """Everybody of the office reads."""
    anybody = Depends(desk.accounts.require())

    @router.get(PLACE, include_in_schema=False)
    async def queue(page_no: Annotated[int, Query(ge=0, le=200)] = 0, staff: Staff = anybody) -> HTMLResponse:
        cases = [case_row(each) for each in await store.open_cases(desk.service.database, page_no * PAGE, PAGE)]
        return site.page("reviews.html", staff, "pemeriksaan", cases=cases, page_no=page_no, most=PAGE, **WORDS)

    @router.get(f"{PLACE}/{{case_id}}", include_in_schema=False)
    async def one(case_id: Key, staff: Staff = anybody) -> HTMLResponse:
        case = await evidence(desk, await known_case(desk, case_id))
        may = {"first": bool(set(FIRST_EYE) & set(staff.roles)), "second": SECOND_EYE in staff.roles}
        names = {"fields": FIELDS, "places": desk.reference.places.names, "sexes": SEXES, "registry": REGISTRY}
        return site.page("review.html", staff, "pemeriksaan", case=case, may=may, **names, **WORDS)


def add_review_forms(router: APIRouter, desk: Desk, site: StaffSite) -> None:
    """The first eye proposes with a reason; another person agrees, or sends the case back."""
    first, second = Depends(site.acting(*FIRST_EYE)), Depends(site.acting(SECOND_EYE))

    @router.post(f"{PLACE}/{{case_id}}/usulan", include_in_schema=False)
    async def propose(
        case_id: Key, answer: Annotated[Answer, Form()], reason: Reason, staff: Staff = first
    ) -> RedirectResponse:
        await desk.execute(ProposeAnswer(case_id, answer, plain_text.clean(reason, 300), staff.username))
        return site.to(PLACE)

    @router.post(f"{PLACE}/{{case_id}}/setuju", include_in_schema=False)
    async def approve(case_id: Key, staff: Staff = second) -> RedirectResponse:
        await settle(desk, case_id, staff.username)
        return site.to(PLACE)

    @router.post(f"{PLACE}/{{case_id}}/kembalikan", include_in_schema=False)
    async def send_back(case_id: Key, staff: Staff = second) -> RedirectResponse:
        await desk.execute(SendBack(case_id, staff.username))
        return site.to(PLACE)
