"""Course fit: what a person should know before buying, in plain Indonesian (facts 15, 104, 105, 115, 127).

Advice only: nobody is refused a course because of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.incentive.domain.catalogue import EDUCATION, Course

DEAR_RUPIAH_PER_HOUR = 60_000
"""Above this a course is dear for its length; set by this project."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One remark. `warns`: think twice; otherwise it speaks for the course."""

    code: str
    warns: bool
    sentence: str


def advise(course: Course, *, education: str, interests: tuple[str, ...], balance_rupiah: int) -> tuple[Advice, ...]:
    """Remarks on one course for one person. `education` is one of EDUCATION, interests are topics of the catalogue."""
    remarks = (
        _entry_level(course, education),
        _topic(course, interests),
        _price(course, balance_rupiah),
        _needs(course),
    )
    return tuple(remark for remark in remarks if remark)


def _entry_level(course: Course, education: str) -> Advice | None:
    if EDUCATION.get(education, EDUCATION[course.entry_education]) >= EDUCATION[course.entry_education]:
        return None
    return Advice(
        "ENTRY_LEVEL_ABOVE",
        True,
        f"Kelas ini disusun untuk lulusan {course.entry_education} ke atas; pilihlah kelas dasar bila terasa sulit.",
    )


def _topic(course: Course, interests: tuple[str, ...]) -> Advice | None:
    if not interests:
        return None
    if course.topic in interests:
        return Advice("FITS_INTEREST", False, "Kelas ini sesuai dengan bidang yang Anda minati.")
    return Advice("OTHER_TOPIC", True, "Kelas ini di luar bidang yang Anda minati.")


def _price(course: Course, balance_rupiah: int) -> Advice | None:
    if course.price_rupiah > balance_rupiah:
        return Advice("PRICE_ABOVE_BALANCE", True, "Harga kelas ini melebihi sisa saldo pelatihan Anda.")
    if course.price_rupiah > DEAR_RUPIAH_PER_HOUR * course.hours:
        return Advice(
            "DEAR_FOR_LENGTH", True, "Harga kelas ini tinggi untuk jumlah jamnya; bandingkan dengan kelas lain."
        )
    return None


def _needs(course: Course) -> Advice | None:
    return Advice("NEEDS", True, f"Yang perlu Anda miliki lebih dahulu: {course.needs}.") if course.needs else None
