"""Answers people write in their own words, as the codes that are counted. In doubt: refused, never guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from services.registration.domain.plain_text import word_key
from shared.contracts.decision import Refused
from shared.contracts.registration_terms import AgeBand, Sex

EDUCATION: Mapping[str, str] = {
    "NONE": "tidak sekolah|tidak tamat sd|belum sekolah|tidak bersekolah|tidak ada",
    "SD": "sd|sekolah dasar|mi|paket a|sd sederajat|tamat sd",
    "SMP": "smp|sltp|mts|paket b|smp sederajat|sekolah menengah pertama|tamat smp",
    "SMA": "sma|slta|ma|paket c|sma sederajat|sekolah menengah atas|tamat sma|sma smk|slta sederajat|smu"
    "|sma smk sederajat",
    "SMK": "smk|stm|smea|smk sederajat|sekolah menengah kejuruan|tamat smk",
    "DIPLOMA": "diploma|d1|d2|d3|d4|d i|d ii|d iii|d iv|diploma i|diploma ii|diploma iii|diploma iv|akademi|diii|div",
    "S1": "s1|s 1|sarjana|strata 1|strata i|strata satu|diploma iv s1",
    "S2": "s2|s 2|magister|strata 2|strata ii|pascasarjana",
    "S3": "s3|s 3|doktor|strata 3|strata iii",
}
"""Code -> ways it is written, as `word_key` gives them."""

_WORK_STATUS: tuple[tuple[str, str], ...] = (
    ("LAID_OFF", r"\b(phk|di ?phk|ter ?phk|diberhentikan|pemutusan hubungan kerja|laid off)\b"),
    ("FURLOUGHED", r"\b(di ?rumahkan|furloughed)\b"),
    ("MICRO_SMALL_BUSINESS", r"\b(umkm|ukm|usaha (mikro|kecil)|pelaku usaha|pedagang|micro small business)\b"),
    ("NON_WAGE_WORKER", r"\b(bukan penerima upah|pekerja (lepas|harian|mandiri|bebas)|freelance|non wage worker)\b"),
    ("NON_WAGE_WORKER", r"\b(wiraswasta|wirausaha|petani|nelayan|pengemudi|ojek|ojol)\b"),
    ("JOB_SEEKER", r"\b(pencari kerja|mencari kerja|(belum|tidak) (be)?kerja|menganggur|pengangguran|job seeker)\b"),
    ("JOB_SEEKER", r"\b(fresh ?graduate|lulusan baru|ibu rumah tangga|mengurus rumah tangga)\b"),
    ("WORKER_NEEDING_SKILLS", r"\b(pekerja|buruh|karyawan|karyawati|pegawai swasta|worker needing skills|bekerja)\b"),
)
"""Tried in this order: `buruh yang dirumahkan` is furloughed and not merely a worker."""

_SEX: Mapping[str, Sex] = {
    **dict.fromkeys(("m", "l", "lk", "laki laki", "pria", "laki"), "M"),
    **dict.fromkeys(("f", "p", "pr", "perempuan", "wanita"), "F"),
}
_YES = frozenset({"ya", "y", "yes", "true", "1", "terdampak"})
_NO = frozenset({"tidak", "t", "no", "n", "false", "0", "tidak terdampak", "bukan"})
_HEARD: tuple[tuple[str, str], ...] = (
    ("FRIENDS", r"teman|keluarga|tetangga|mulut|friend|saudara"),
    ("OFFICE", r"dinas|disnaker|kantor|office|kelurahan|kecamatan"),
    ("WHATSAPP", r"whatsapp|\bwa\b"),
    ("FACEBOOK", r"facebook|\bfb\b"),
    ("INSTAGRAM", r"instagram|\big\b"),
    ("FLYER", r"flyer|brosur|selebaran|spanduk|poster"),
    ("PRESS", r"televisi|\btv\b|radio|koran|berita|press"),
    ("INTERNET", r"internet|google|situs|web"),
)
_WRITTEN = {way: code for code, ways in EDUCATION.items() for way in (code.lower(), *ways.split("|"))}
_BANDS: tuple[tuple[int, AgeBand], ...] = ((25, "18-24"), (35, "25-34"), (45, "35-44"), (55, "45-54"), (65, "55-64"))


def education(text: str) -> str:
    """Code of EDUCATION, else Refused EDUCATION_UNKNOWN."""
    code = _WRITTEN.get(word_key(text))
    if code is None:
        raise Refused("EDUCATION_UNKNOWN")
    return code


def work_status(text: str) -> str:
    """Code of a target group of the rule file (or another work status), else Refused WORK_STATUS_UNKNOWN."""
    written = word_key(text)
    for code, pattern in _WORK_STATUS:
        if re.search(pattern, written):
            return code
    if re.search(r"\b(pelajar|mahasiswa|siswa|pns|asn|tni|polri|pensiunan|other|lainnya)\b", written):
        return "OTHER"
    raise Refused("WORK_STATUS_UNKNOWN")


def sex(text: str) -> Sex:
    """M or F, else Refused SEX_UNKNOWN."""
    code = _SEX.get(word_key(text))
    if code is None:
        raise Refused("SEX_UNKNOWN")
    return code


def yes_or_no(text: str) -> bool:
    """Refused YES_OR_NO when it is neither."""
    written = word_key(text)
    if written in _YES or written in _NO:
        return written in _YES
    raise Refused("YES_OR_NO")


def heard_from(text: str) -> str:
    """How a person heard of the programme; OTHER when it is none of the known ways. Source: paper fact 74."""
    written = word_key(text)
    return next((code for code, pattern in _HEARD if re.search(pattern, written)), "OTHER")


def group(text: str) -> str | None:
    """Category of people counted apart: FORMER_MIGRANT_WORKER (paper facts 42 and 44), or None."""
    written = word_key(text)
    migrant = re.search(r"\b(pekerja migran|pmi|tki|migrant)\b", written)
    return "FORMER_MIGRANT_WORKER" if migrant else None


def age_band(age_years: int) -> AgeBand:
    """Band of completed years; below 25 is the first one, since nobody under 18 is registered."""
    return next((band for limit, band in _BANDS if age_years < limit), "65+")
