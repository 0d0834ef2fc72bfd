"""What can be bought: platforms and their courses, as the catalogue file of the day says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

EDUCATION = {"NONE": 0, "SD": 1, "SMP": 2, "SMA": 3, "SMK": 3, "DIPLOMA": 4, "S1": 5, "S2": 6, "S3": 7}
"""Schooling, as registration codes it, with its level."""


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


class CatalogueWrong(Exception):
    """A row of the catalogue cannot be used; the text names the course. The service must not start."""


def read_catalogue(rows: Iterable[Mapping[str, str]]) -> dict[str, Course]:
    """Courses by code. Raises CatalogueWrong for a doubled code, a bad number or an unknown level."""
    courses: dict[str, Course] = {}
    for row in rows:
        course = _course(row)
        if course.course_code in courses:
            raise CatalogueWrong(f"{course.course_code} stands twice in the catalogue")
        courses[course.course_code] = course
    return courses


def _course(row: Mapping[str, str]) -> Course:
    texts = {name: row[name] for name in row if name not in ("price_rupiah", "hours", "kkni_level")}
    try:
        course = Course(
            price_rupiah=int(row["price_rupiah"]), hours=int(row["hours"]), kkni_level=int(row["kkni_level"]), **texts
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CatalogueWrong(f"{row.get('course_code')}: a column is missing or not a number") from error
    if course.price_rupiah <= 0 or course.entry_education not in EDUCATION or not 1 <= course.kkni_level <= 9:
        raise CatalogueWrong(f"{course.course_code}: price, entry education or KKNI level is out of range")
    return course
