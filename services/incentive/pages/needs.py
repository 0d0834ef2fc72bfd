"""What is still missing for an incentive: each condition, whether it holds, what to do and where.

Whether a condition holds is asked of the rules themselves (delays.py); here stand only the words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.incentive.domain.delays import TESTS
from services.incentive.domain.draft import DelayCause, Draft
from services.incentive.domain.participant import Entitlement, Participant, Purchase, PurchaseState
from shared.web.pages import day, instant


class Step(NamedTuple):
    """A button: where it leads below the participants' pages, and what it says."""

    place: str
    words: str


@dataclass(frozen=True, slots=True)
class Need:
    """One condition of a payment; `todo` says what is missing and who acts while it does not hold."""

    name: str
    holds: bool
    todo: str = ""
    step: Step | None = None


def training_needs(draft: Draft, each: Entitlement) -> Sequence[Need]:
    """The conditions of a post-training incentive, in the order of a participant's way."""
    return (*_course_needs(draft, each), *_account_needs(draft, each))


def survey_needs(draft: Draft, each: Entitlement, is_answered: bool) -> Sequence[Need]:
    """Those of a survey incentive; until it is answered `each.due_on` is the last day to do so."""
    todo = f"Isi survei ke-{each.number} paling lambat {day(each.due_on)}."
    step = Step(f"/survei/{each.number}", f"Isi survei ke-{each.number}")
    return (_need("Survei diisi", is_answered, todo, step), *_account_needs(draft, each))


def _need(name: str, holds: bool, todo: str, step: Step | None = None) -> Need:
    return Need(name, True) if holds else Need(name, False, todo, step)


def _course_needs(draft: Draft, each: Entitlement) -> Sequence[Need]:
    person = draft.person
    bought = _first(person, lambda course: course.state != PurchaseState.RELEASED)
    taken = _first(person, lambda course: course.committed_at is not None)
    finished = person.first_finished
    reviewed = _first(person, lambda course: course.reviewed_at is not None)
    return (
        _need(
            "Pelatihan dibeli",
            bought is not None,
            f"Pilih dan beli pelatihan pertama paling lambat {day(person.first_purchase_deadline)}.",
            Step("/pelatihan", "Pilih pelatihan"),
        ),
        _need("Kode ditukarkan di platform", taken is not None, _redeem(bought), _code_step(bought)),
        _need("Pelatihan selesai", finished is not None, _finish(taken)),
        _certificate_need(draft, each, finished),
        _need("Ulasan diberikan", reviewed is not None, _review(draft, finished), _review_step(finished)),
    )


def _first(person: Participant, test: Callable[[Purchase], bool]) -> Purchase | None:
    return next((course for course in person.purchases if test(course)), None)


def _redeem(bought: Purchase | None) -> str:
    if bought is None:
        return "Setelah membeli, Anda mendapat kode untuk platform pelatihan."
    return f"Masukkan kode Anda di {bought.platform} paling lambat {instant(bought.hold_until)}."


def _code_step(bought: Purchase | None) -> Step | None:
    return Step(f"/pembelian/{bought.number}", "Lihat kode saya") if bought else None


def _finish(taken: Purchase | None) -> str:
    if taken is None:
        return "Ikuti pelatihan sampai selesai; platform yang melaporkannya kepada kami."
    return f"Selesaikan {taken.course_name}. {taken.platform} yang melaporkannya; Anda tidak perlu mengirim apa pun."


def _certificate_need(draft: Draft, each: Entitlement, finished: Purchase | None) -> Need:
    name = "Sertifikat diterima dan cocok"
    if finished is None:
        return Need(name, False, "Sertifikat dikirim oleh platform setelah pelatihan selesai.")
    if TESTS["CERT_NOT_RECEIVED"](draft, each):
        return Need(name, False, f"Kami menunggu sertifikat dari {finished.platform}. Anda boleh ikut menanyakannya.")
    if TESTS["CERT_NOT_RECONCILED"](draft, each):
        return Need(name, False, "Kantor kami sedang mencocokkan nomor sertifikat Anda. Anda cukup menunggu.")
    return Need(name, True)


def _review(draft: Draft, finished: Purchase | None) -> str:
    if finished is None:
        return "Setelah pelatihan selesai, beri nilai di halaman ini."
    asked, last = f"Beri nilai untuk {finished.course_name}", finished.review_deadline
    if last is None:
        return f"{asked}."
    if draft.today > last:  # the right to the incentive does not lapse (reviews.py)
        return f"{asked}. Batasnya {day(last)} sudah lewat, tetapi ulasan Anda tetap kami terima."
    return f"{asked} paling lambat {day(last)}."


def _review_step(finished: Purchase | None) -> Step | None:
    return Step(f"/ulasan/{finished.number}", "Beri ulasan") if finished else None


ACCOUNT_CAUSES = (
    "ACCOUNT_NIK_MISMATCH",
    "ACCOUNT_NAME_MISMATCH",
    "ACCOUNT_INACTIVE",
    "WALLET_NOT_KYC",
    "WALLET_FULL",
    "PARTNER_VERIFICATION_PENDING",
)
HOLDS = ("ELIGIBILITY_REVIEW", "ACCOUNT_ON_HOLD")
"""Causes of delay that also lack before anything is late; their words are those of delay_causes.csv."""


def _account_needs(draft: Draft, each: Entitlement) -> Sequence[Need]:
    account = draft.person.account
    name = "Rekening benar menurut bank"
    if account is None:
        todo = "Sambungkan rekening atau dompet elektronik atas nama dan NIK Anda sendiri."
        linked = Need("Rekening tersambung", False, todo, Step("/rekening", "Sambungkan rekening"))
        checked = Need(name, False, "Setelah tersambung, bank memeriksa nama dan NIK pemiliknya.")
    else:
        linked, checked = Need("Rekening tersambung", True), _by_cause(name, draft, each, ACCOUNT_CAUSES)
    return (linked, checked, _by_cause("Tidak sedang ditahan", draft, each, HOLDS))


def _by_cause(name: str, draft: Draft, each: Entitlement, codes: Sequence[str]) -> Need:
    held = [cause for cause in draft.office.causes if cause.code in codes and TESTS[cause.code](draft, each)]
    if not held:
        return Need(name, True)
    cause = held[0]
    step = Step("/rekening", "Buka rekening saya") if cause.code in ACCOUNT_CAUSES else None
    return Need(name, False, f"{cause.meaning_id} {cause.remedy_id}{_until(draft, cause)}", step)


def _until(draft: Draft, cause: DelayCause) -> str:
    account = draft.person.account
    if cause.code != "ACCOUNT_ON_HOLD" or account is None or account.hold_until is None:
        return ""
    return f" Ditahan sampai {instant(account.hold_until)}."
