"""What a person should think of before buying a course, in plain Indonesian; a warning is kept, never a prohibition."""

from __future__ import annotations

from dataclasses import dataclass

from services.incentive.domain.catalogue import EDUCATION, SCHOOLING, Course
from services.incentive.domain.fit import DEAR_RUPIAH_PER_HOUR, Buyer
from services.incentive.domain.wishes import names


@dataclass(frozen=True, slots=True)
class Advice:
    """One remark. `warns`: think twice; otherwise it speaks for the course."""

    code: str
    warns: bool
    sentence: str


def advise(course: Course, buyer: Buyer) -> tuple[Advice, ...]:
    """Remarks on one course for one person."""
    remarks = (
        _entry_level(course, buyer.education),
        _topic(course, buyer),
        _price(course, buyer.balance_rupiah),
        _needs(course),
    )
    return tuple(remark for remark in remarks if remark)


def _entry_level(course: Course, education: str) -> Advice | None:
    if EDUCATION.get(education, EDUCATION[course.entry_education]) >= EDUCATION[course.entry_education]:
        return None
    wanted = SCHOOLING.get(course.entry_education, course.entry_education)
    return Advice(
        "ENTRY_LEVEL_ABOVE",
        True,
        f"Kelas ini disusun untuk lulusan {wanted} ke atas; pilihlah kelas dasar bila terasa sulit.",
    )


def _topic(course: Course, buyer: Buyer) -> Advice | None:
    if not buyer.topics:
        return None
    if course.topic in buyer.topics or names(buyer.wish, f"{course.course_name} {course.skkni}"):
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
