"""Why somebody is questioned or not eligible: each code with a sentence that says what the person can do."""

from __future__ import annotations

from shared.contracts.registration_terms import FIELD_NAMES

INELIGIBLE: dict[str, str] = {
    "AGE_BELOW_MINIMUM": "Usia Anda belum memenuhi syarat. Daftarlah kembali setelah cukup umur",
    "AGE_ABOVE_MAXIMUM": "Usia Anda melewati batas program. Tanyakan program lain di kantor kami",
    "NOT_A_CITIZEN": "Program ini untuk warga negara Indonesia. Bila Anda WNI, ajukan keberatan",
    "IN_FORMAL_EDUCATION": "Anda tercatat sedang sekolah atau kuliah. Bila sudah selesai, ajukan keberatan",
    "DECLARED_OFFICIAL": "Anda menyatakan diri sebagai pejabat atau aparatur. Bila keliru, ajukan keberatan",
    "OTHER_AID": "Anda tercatat menerima bantuan pemerintah lain. Bila tidak benar, ajukan keberatan",
    "PREVIOUS_RECIPIENT": "Anda sudah pernah menerima Kartu Prakerja; kartu diberikan sekali untuk setiap orang",
    "OUTSIDE_TARGET_GROUPS": "Status kerja Anda tidak termasuk kelompok sasaran. Bila keliru, perbaiki datanya",
    "KK_LIMIT": "Jumlah penerima dalam Kartu Keluarga Anda sudah mencapai batas. Bila keliru, ajukan keberatan",
    "IDENTITY_NOT_CONFIRMED": "Identitas Anda tidak dapat dipastikan. Ajukan keberatan dengan membawa KTP dan KK",
}
"""Reason code -> sentence without full stop. OFFICIAL_<kind> is made by `ineligible_text`."""

QUESTIONED: dict[str, str] = {
    "BIRTH_DATE_CONTRADICTS_NIK": "Tanggal lahir tidak sama dengan tanggal di dalam NIK",
    "SEX_CONTRADICTS_NIK": "Jenis kelamin tidak sama dengan yang tercatat di dalam NIK",
    "REGISTRY_MISMATCH": "Data tidak sesuai dengan data kependudukan",
    "NOT_IN_REGISTRY": "NIK belum ditemukan di data kependudukan",
    "REGISTRY_INACTIVE": "Data kependudukan Anda tidak aktif; hubungi Disdukcapil",
    "NIK_CLAIMED_TWICE": "Data sedang diperiksa petugas",
    "NEAR_DUPLICATE": "Data sedang diperiksa petugas",
    "RING_SUSPECTED": "Data sedang diperiksa petugas",
}

_FIELDS_OF: dict[str, tuple[str, ...]] = {
    "BIRTH_DATE_CONTRADICTS_NIK": ("nik", "birth_date"),
    "SEX_CONTRADICTS_NIK": ("nik", "sex"),
}
"""The fields a person should look at again, for the contradictions that the NIK itself shows."""


def ineligible_text(reason: str, officials: dict[str, str]) -> str:
    """The sentence for a reason code; `officials` names the kinds of the rule set."""
    kind = reason.removeprefix("OFFICIAL_")
    if kind != reason:
        name = officials.get(kind, "pejabat")
        return f"NIK Anda tercatat sebagai {name}. Bila tidak benar, ajukan keberatan dengan surat keterangan"
    return INELIGIBLE[reason]


def fields_of(contradictions: tuple[str, ...]) -> tuple[str, ...]:
    """The fields a person should look at again for these reason codes, each once."""
    return tuple(dict.fromkeys(field for reason in contradictions for field in _FIELDS_OF[reason]))


def field_words(fields: tuple[str, ...]) -> str:
    """`NIK, tanggal lahir`: the fields as a person calls them."""
    return ", ".join(FIELD_NAMES[field] for field in fields)
