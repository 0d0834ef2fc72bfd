"""What can be bought: platforms and their courses, as the catalogue file of the day says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

EDUCATION = {"NONE": 0, "SD": 1, "SMP": 2, "SMA": 3, "SMK": 3, "DIPLOMA": 4, "S1": 5, "S2": 6, "S3": 7}
"""Schooling, as registration codes it, with its level."""
SCHOOLING = {"DIPLOMA": "diploma", "S1": "sarjana", "S2": "magister", "S3": "doktor"}
"""How it is called in a sentence, where that is not its code."""
MODES = frozenset({"online", "hybrid", "offline"})
MOST_PRICE_RUPIAH = 100_000_000
MOST_TEXT = 200
_CODE = re.compile(r"[A-Z0-9_-]{1,40}")
_NAME = re.compile(r"[A-Z][A-Z0-9_]{1,31}")
_KBJI = re.compile(r"[0-9]{1,4}")


@dataclass(frozen=True, slots=True)
class Course:
    """One course at one platform. `kbji` is the occupation group it prepares for, `kkni_level` its level 1-9.

    `certificate_prefix` begins every certificate number of the platform (fact 133: a certificate can be checked).
    """

    course_code: str
    course_name: str
    platform_code: str
    platform: str
    certificate_prefix: str
    institution: str
    price_rupiah: int
    hours: int
    mode: str
    topic: str
    kbji: str
    skkni: str
    kkni_level: int
    entry_education: str
    needs: str
    """What one must know or have before, in Indonesian; empty: nothing."""


COLUMNS = tuple(Course.__dataclass_fields__)
"""The columns of a catalogue file."""
_NUMBERS = ("price_rupiah", "hours", "kkni_level")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one row: its number (1 is the first below the heading), its course, and an Indonesian word."""

    row: int
    course_code: str
    what: str


class CatalogueWrong(Exception):
    """A row of the catalogue cannot be used; the text names the course. The service must not start."""


def read_catalogue(rows: Iterable[Mapping[str, str]]) -> dict[str, Course]:
    """Courses by code. Raises CatalogueWrong for the first row that cannot be used."""
    courses, faults = examine(rows)
    for fault in faults:
        raise CatalogueWrong(f"row {fault.row}, {fault.course_code}: {fault.what}")
    return courses


def examine(rows: Iterable[Mapping[str, str]]) -> tuple[dict[str, Course], list[Fault]]:
    """Courses by code, and every row that cannot be used."""
    courses: dict[str, Course] = {}
    faults: list[Fault] = []
    for number, row in enumerate(rows, 1):
        code = str(row.get("course_code") or "")[:40]
        try:
            course = _course(row)
        except (AttributeError, KeyError, TypeError, ValueError):
            faults.append(Fault(number, code, "kolom kurang, lebih, atau bukan angka"))
            continue
        what = "kode dua kali" if course.course_code in courses else _fault(course)
        if what:
            faults.append(Fault(number, code, what))
        else:
            courses[course.course_code] = course
    return courses, faults


def _course(row: Mapping[str, str]) -> Course:
    """Raises AttributeError, KeyError, TypeError or ValueError for a column too few, too many or of another kind."""
    values: dict[str, Any] = {name: int(row[name]) for name in _NUMBERS}
    values |= {name: row[name].strip() for name in row if name not in _NUMBERS}
    return Course(**values)


def _fault(course: Course) -> str:
    """What is out of range; empty: nothing."""
    texts = (course.course_name, course.platform, course.institution, course.topic, course.skkni, course.needs)
    checks = (
        (_CODE.fullmatch(course.course_code), "kode kelas tidak sah"),
        (_NAME.fullmatch(course.platform_code) and course.certificate_prefix, "kode platform atau awalan sertifikat"),
        (
            course.course_name and course.platform and max(map(len, texts)) <= MOST_TEXT,
            "nama kosong atau terlalu panjang",
        ),
        (0 < course.price_rupiah <= MOST_PRICE_RUPIAH, "harga di luar batas"),
        (1 <= course.hours <= 2_000, "lama kelas di luar batas"),
        (course.mode in MODES, "cara belajar tidak dikenal"),
        (_KBJI.fullmatch(course.kbji), "kode KBJI bukan angka"),
        (course.entry_education in EDUCATION and 1 <= course.kkni_level <= 9, "pendidikan atau jenjang KKNI"),
    )
    return next((what for holds, what in checks if not holds), "")
