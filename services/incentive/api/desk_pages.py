"""Where incentive's staff begin: numbers, each of which leads to its list; and who may act on what waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from services.incentive import delay_store, money_store, store
from services.incentive.api import (
    assisted_pages,
    batch_pages,
    catalogue_pages,
    clawback_pages,
    delay_pages,
    file_pages,
    fund_pages,
    letter_pages,
    line_pages,
    list_pages,
    openings,
    payment_pages,
    person_pages,
)
from services.incentive.api.door import Door
from services.incentive.domain.debts import DebtState
from services.incentive.domain.funds import BOOKED_WITHIN
from services.incentive.pages import desk_view
from services.incentive.pages.site import templates
from shared.security.accounts import Staff
from shared.web.staff_site import HOME, StaffSite

MOST = 200
"""Payments that are looked at one by one for the start page; more are told as `200+`."""


class Number(NamedTuple):
    """How many there are, what of, the list they stand in, who acts on it, and whether it is at its most."""

    many: int
    words: str
    place: str
    who: str
    full: bool = False


def add_desk_pages(router: APIRouter, door: Door) -> None:
    """All pages of signed-in staff."""
    site = StaffSite(f"{door.settings.root_path}{router.prefix}", door.accounts, door.execute, templates())
    for add in (
        _add_start,
        batch_pages.add_batches,
        batch_pages.add_batch_forms,
        payment_pages.add_payments,
        payment_pages.add_payment_forms,
        delay_pages.add_delays,
        delay_pages.add_forecasts,
        list_pages.add_lists,
        list_pages.add_certificate_form,
        person_pages.add_people,
        assisted_pages.add_assisted,
        assisted_pages.add_assisted_money,
        assisted_pages.add_assisted_opinions,
        catalogue_pages.add_catalogue,
        catalogue_pages.add_catalogue_forms,
        line_pages.add_lines,
        clawback_pages.add_clawbacks,
        clawback_pages.add_plan_forms,
        clawback_pages.add_receipt_forms,
        letter_pages.add_letters,
        openings.add_opening_page,
        file_pages.add_files,
        fund_pages.add_funds,
        fund_pages.add_proofs,
    ):
        add(router, door, site)


def _add_start(router: APIRouter, door: Door, site: StaffSite) -> None:
    anybody = Depends(door.accounts.require())

    @router.get(HOME, include_in_schema=False)
    async def start(staff: Staff = anybody) -> HTMLResponse:
        since = door.service.clock.now() - list_pages.CLAIM_TIME
        counts = await store.counts(door.service.database, door.today(), since)
        money = [*await _payments(door), *await _deposits(door, staff)]
        numbers = [*await _batches(door, counts), *money, *await _people(door, counts)]
        funds = await fund_pages.funds_for(door, staff)
        return site.page("desk.html", staff, "beranda", numbers=numbers, funds=funds)


async def _batches(door: Door, counts: Mapping[str, int]) -> Sequence[Number]:
    found = {state: await store.batches_in(door.service.database, state, MOST) for state in ("proposed", "sent")}
    to_check, at_bank = (len(found[state]) for state in ("proposed", "sent"))
    return (
        Number(counts["due"], "orang jatuh tempo, belum masuk daftar", "/jatuh-tempo", "Sekretariat menyusun daftar"),
        Number(
            to_check,
            "daftar menunggu orang kedua",
            "/daftar?keadaan=proposed",
            "Kepala dinas memeriksa",
            to_check == MOST,
        ),
        Number(at_bank, "daftar di bank, belum lengkap", "/daftar?keadaan=sent", "Bank menjawab", at_bank == MOST),
    )


async def _payments(door: Door) -> Sequence[Number]:
    database, now = door.service.database, door.service.clock.now()
    lines = int((await money_store.unexplained(database, now))["lines"])

    async def listed(unknown: bool, words: str, place: str, who: str) -> Number:
        people = await store.participants_in_doubt(database, unknown, "", MOST)
        return Number(len(desk_view.payments(people, now, unknown=unknown)), words, place, who, len(people) == MOST)

    return (
        await listed(True, "pembayaran tidak diketahui hasilnya", "/pembayaran", "Sekretariat, kepala dinas"),
        await listed(False, "pembayaran gagal atau kembali", "/pembayaran?apa=gagal", "Sekretariat"),
        Number(
            len(await file_pages.silent(door)),
            "berkas di bank tanpa jawaban lebih dari sehari",
            "/berkas-bank",
            "Sekretariat menanyakan",
        ),
        Number(lines, "baris rekening koran tanpa penjelasan", "/rekening-koran", "Sekretariat menjelaskan"),
    )


async def _deposits(door: Door, staff: Staff) -> Sequence[Number]:
    """For those alone who may see the list as well."""
    if not fund_pages.oversees(staff):
        return ()
    many = len(await line_pages.unbooked(door, staff))
    words = f"dana tercatat tanpa baris rekening koran lebih dari {BOOKED_WITHIN.days} hari"
    return (Number(many, words, "/rekening-koran#dana", "Sekretariat menanyakan bank"),)


async def _people(door: Door, counts: Mapping[str, int]) -> Sequence[Number]:
    late = sum([await delay_store.late_count(door.service.database, each.code) for each in delay_pages.causes(door)])
    foretold = sum(
        [await delay_store.forecast_count(door.service.database, each.code) for each in door.reference.desk.causes]
    )
    rises = await catalogue_pages.rises_lately(door)
    owing, refunded = await clawback_pages.waiting(door)
    return (
        Number(foretold, "orang akan terlambat bila tidak ditindak", "/keterlambatan#akan", "Menurut sebabnya"),
        Number(late, "orang menunggu insentif yang terlambat", "/keterlambatan", "Menurut sebabnya"),
        Number(owing, "orang harus mengembalikan bantuan", "/pengembalian", "Menurut umur"),
        Number(
            refunded,
            "orang menunggu uangnya dikembalikan kantor",
            f"/pengembalian/keadaan/{DebtState.REFUNDING}",
            "Bendahara, sekretariat",
        ),
        Number(counts["unmatched"], "orang dengan sertifikat belum cocok", "/sertifikat", "Penempatan, sekretariat"),
        Number(counts["hold"], "rekening baru diganti, masih ditahan", "/rekening", "Menunggu 72 jam"),
        Number(counts["shared"], "orang dengan rekening bersama", "/rekening?apa=bersama", "Pemeriksaan identitas"),
        Number(rises, "harga pelatihan naik tajam dalam 7 hari", "/katalog#naik", "Tanyakan ke platform"),
        Number(
            counts["refused_claims"],
            f"klaim ditolak dalam {list_pages.CLAIM_TIME.days} hari",
            f"/klaim?sejak={list_pages.LATELY}",
            "Kabari platform",
        ),
    )
