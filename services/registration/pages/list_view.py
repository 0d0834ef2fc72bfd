"""How staff pages call lists and verdicts, and what they say of each list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.registration.domain.lists import OTHER_CODES
from services.registration.domain.rules import RuleSet

LISTS: Mapping[str, str] = {
    "STUDENT": "Pelajar dan mahasiswa",
    "OTHER_AID": "Penerima bantuan pemerintah lain",
    "PREVIOUS_RECIPIENT": "Penerima Kartu Prakerja terdahulu",
    "LAID_OFF": "Pekerja ter-PHK dan dirumahkan",
}
VERDICTS: Mapping[str, str] = {
    "AGE_BELOW_MINIMUM": "belum cukup umur",
    "AGE_ABOVE_MAXIMUM": "melewati batas umur",
    "NOT_A_CITIZEN": "bukan warga negara",
    "IN_FORMAL_EDUCATION": "sedang sekolah atau kuliah",
    "DECLARED_OFFICIAL": "menyatakan diri pejabat",
    "OTHER_AID": "menerima bantuan lain",
    "PREVIOUS_RECIPIENT": "sudah pernah menerima",
    "OUTSIDE_TARGET_GROUPS": "di luar kelompok sasaran",
    "KK_LIMIT": "batas penerima dalam satu KK",
    "IDENTITY_NOT_CONFIRMED": "identitas tidak dapat dipastikan",
}
STAGES: Mapping[str, str] = {
    "pending": "menunggu data kependudukan",
    "questioned": "dipertanyakan",
    "ineligible": "tidak memenuhi syarat",
    "eligible": "memenuhi syarat",
    "joined": "ikut gelombang",
    "selected": "terpilih, memegang kartu",
    "revoked": "kepesertaan dicabut",
    "withdrawn": "dibatalkan sendiri",
    "erased": "data dihapus",
}


def verdict(reason: str | None, officials: Mapping[str, str]) -> str:
    """A reason code, or none, in a few words for staff. The person reads domain/reasons.py instead."""
    if reason in (None, "ELIGIBLE"):
        return "memenuhi syarat"
    kind = str(reason).removeprefix("OFFICIAL_")
    why = officials.get(kind, kind) if kind != reason else VERDICTS.get(kind, kind)
    return f"tidak memenuhi syarat: {why}"


def list_names(rules: RuleSet) -> dict[str, str]:
    """Code -> name of every list that the rules know, for a heading."""
    names = {**rules.officials, **{code: LISTS[code] for code in OTHER_CODES}}
    return {code: name[:1].upper() + name[1:] for code, name in names.items()}


def known_lists(
    rules: RuleSet, current: Mapping[str, Mapping[str, Any]], sizes: Mapping[str, int]
) -> list[dict[str, Any]]:
    """Every list that the rules know, with the edition that counts now or none; what is out of date comes first."""
    rows = [
        {
            "code": code,
            "name": name,
            "helps": code == "LAID_OFF",
            "size": sizes.get(code, 0),
            "now": current.get(code),
        }
        for code, name in list_names(rules).items()
    ]
    return sorted(rows, key=lambda row: not (row["now"] and row["now"]["stale"]))
