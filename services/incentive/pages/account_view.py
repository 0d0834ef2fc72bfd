"""What the bank said of a payout account, line by line, and what its holder can do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from services.incentive.domain.participant import Account, AccountCheck
from shared.web.pages import rupiah


class Remark(NamedTuple):
    """One thing that was checked."""

    name: str
    holds: bool
    todo: str = ""


def remarks(account: Account) -> Sequence[Remark]:
    """Empty until the bank has answered."""
    shared = Remark(
        "Hanya Anda yang memakainya",
        not account.shared,
        ""
        if not account.shared
        else "Orang lain menyambungkan rekening yang sama. Petugas memeriksanya; pembayaran menunggu.",
    )
    return (*_said(account.check, account.kind), shared) if account.check else ((shared,) if account.shared else ())


def _said(check: AccountCheck, kind: str) -> Sequence[Remark]:
    if not check.active and not check.nik_matches:
        return (Remark("Rekening aktif", False, "Bank tidak mengenal nomor ini, atau rekeningnya tidak aktif."),)
    lines = [
        ("Rekening aktif", check.active, "Aktifkan kembali di bank, atau ganti ke rekening lain atas nama sendiri."),
        ("NIK pemilik sama dengan NIK Anda", check.nik_matches, "Sambungkan rekening atas NIK Anda sendiri."),
        ("Nama pemilik sama dengan nama Anda", check.name_matches, "Perbaiki nama di bank sesuai KTP."),
    ]
    if kind == "wallet":
        lines.append(("Identitas sudah diverifikasi penuh", check.identity_checked, "Tingkatkan akun di aplikasinya."))
    return (*(Remark(name, holds, "" if holds else todo) for name, holds, todo in lines), *_room(check))


def _room(check: AccountCheck) -> Sequence[Remark]:
    if check.room_rupiah is None:
        return ()
    todo = "" if check.room_rupiah else "Pakai atau pindahkan saldo, lalu minta pemeriksaan ulang."
    return (Remark(f"Masih dapat menerima {rupiah(check.room_rupiah)}", check.room_rupiah > 0, todo),)
