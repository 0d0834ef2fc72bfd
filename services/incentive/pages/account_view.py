"""What the bank said of a payout account, line by line, and what its holder can do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from services.incentive.domain.account import Account, AccountCheck
from services.incentive.pages.desk_words import STAFF_REMEDIES
from shared.web.pages import rupiah

STAFF_NAMES: Mapping[str, str] = {
    "ELIGIBILITY_REVIEW": "Hanya peserta ini yang memakainya",
    "ACCOUNT_NIK_MISMATCH": "NIK pemilik sama dengan NIK peserta",
    "ACCOUNT_NAME_MISMATCH": "Nama pemilik sama dengan nama peserta",
}
"""What was checked, said to staff, where the holder is spoken to otherwise."""


class Remark(NamedTuple):
    """One thing that was checked, and the cause of delay that it is when it does not hold."""

    cause: str
    name: str
    holds: bool
    todo: str = ""


def remarks(account: Account) -> Sequence[Remark]:
    """Said to the holder. Empty until the bank has answered."""
    shared = Remark(
        "ELIGIBILITY_REVIEW",
        "Hanya Anda yang memakainya",
        not account.shared,
        ""
        if not account.shared
        else "Orang lain menyambungkan rekening yang sama. Petugas memeriksanya; pembayaran menunggu.",
    )
    return (*_said(account.check, account.kind), shared) if account.check else ((shared,) if account.shared else ())


def staff_remarks(account: Account) -> Sequence[Remark]:
    """The same said to staff, with what the office can do."""
    return [
        each._replace(name=STAFF_NAMES.get(each.cause, each.name), todo=STAFF_REMEDIES[each.cause] if each.todo else "")
        for each in remarks(account)
    ]


def _said(check: AccountCheck, kind: str) -> Sequence[Remark]:
    nik, name = "NIK pemilik sama dengan NIK Anda", "Nama pemilik sama dengan nama Anda"
    again = (
        "Bank tidak mengenal nomor ini, atau rekeningnya tidak aktif. Periksa nomornya, aktifkan kembali di bank, "
        "atau ganti ke rekening lain atas nama sendiri."
    )
    lines = [
        Remark("ACCOUNT_INACTIVE", "Rekening aktif", check.active, again),
        Remark("ACCOUNT_NIK_MISMATCH", nik, check.nik_matches, "Sambungkan rekening atas NIK Anda sendiri."),
        Remark("ACCOUNT_NAME_MISMATCH", name, check.name_matches, "Perbaiki nama di bank sesuai KTP."),
    ]
    if kind == "wallet":
        full, todo = "Identitas sudah diverifikasi penuh", "Tingkatkan akun di aplikasinya."
        lines.append(Remark("WALLET_NOT_KYC", full, check.identity_checked, todo))
    if not check.active:  # of a number that it does not know, a bank says nothing else
        lines = [each for each in lines if not each.holds]
    return (*(each._replace(todo="") if each.holds else each for each in lines), *_room(check))


def _room(check: AccountCheck) -> Sequence[Remark]:
    if check.room_rupiah is None:
        return ()
    todo = "" if check.room_rupiah else "Pakai atau pindahkan saldo, lalu minta pemeriksaan ulang."
    return (Remark("WALLET_FULL", f"Masih dapat menerima {rupiah(check.room_rupiah)}", check.room_rupiah > 0, todo),)
