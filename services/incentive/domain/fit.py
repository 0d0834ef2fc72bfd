"""Course fit: how well a course suits a person, in points that anybody can add up (facts 15, 104, 105, 115, 127).

Advice only: nobody is refused a course because of it. What to think of before buying is said in advice.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.incentive.domain.catalogue import EDUCATION, SCHOOLING, Course
from services.incentive.domain.wishes import NO_WISH, Wish, names

WEIGHTS: Mapping[str, int] = {
    "WISH": 35,  # people finish what they asked for; the study heard most that classes met no interest (127)
    "OCCUPATION": 25,  # the trade itself and not only its field: mismatch is what the programme is to reduce (15, 105)
    "LEVEL": 20,  # a class above or below what one knows is the study's second complaint (104)
    "WORK": 10,  # work status is coarse: it says which fields help most people in that position, not this one
    "PRICE": 10,  # money left over buys a second course; price against hours was complained of (115)
}
"""Part of the score -> its most points, 100 together. Order and sizes were set by this project."""

DEAR_RUPIAH_PER_HOUR = 60_000
"""Above this a course is dear for its length; set by this project."""

OWN_LEVEL: Mapping[str, int] = {
    "NONE": 0,
    "SD": 1,
    "SMP": 1,
    "SMA": 2,
    "SMK": 2,
    "DIPLOMA": 4,
    "S1": 6,
    "S2": 8,
    "S3": 9,
}
"""Schooling -> level of the national qualifications framework (KKNI, Perpres 8/2012 art. 5); a diploma of two years."""

HELPS: Mapping[str, frozenset[str]] = {
    "MICRO_SMALL_BUSINESS": frozenset({"BUSINESS", "FOOD", "CRAFT", "BEAUTY", "FARMING", "DESIGN"}),
    "NON_WAGE_WORKER": frozenset({"TECHNICAL", "BEAUTY", "FOOD", "CRAFT", "FARMING", "BUSINESS"}),
    "JOB_SEEKER": frozenset({"CAREER", "OFFICE", "SERVICE", "TECHNOLOGY", "LANGUAGE", "CARE"}),
    "LAID_OFF": frozenset({"CAREER", "OFFICE", "SERVICE", "TECHNICAL", "BUSINESS", "TECHNOLOGY"}),
    "FURLOUGHED": frozenset({"OFFICE", "SERVICE", "TECHNICAL", "LANGUAGE", "TECHNOLOGY", "BUSINESS"}),
    "WORKER_NEEDING_SKILLS": frozenset({"OFFICE", "SERVICE", "TECHNICAL", "LANGUAGE", "TECHNOLOGY", "DESIGN"}),
}
"""Work status -> topics that help most in that position; set by this project, and worth only little for that reason."""

NEARNESS = (0, 8, 40, 72, 100)
"""Per cent of the points by how many leading digits two KBJI codes share: 4 the same occupation, 2 the same group."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """What we know of a person who looks for a course. Unknown things are empty and cost nothing but the middle."""

    balance_rupiah: int
    education: str = ""
    work_status: str = ""
    wish: Wish = NO_WISH
    interests: tuple[str, ...] = ()
    """Topics that the person chose on the page."""

    @property
    def topics(self) -> frozenset[str]:
        return self.wish.topics | frozenset(self.interests)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the score: a code of WEIGHTS, its points of `most`, and why."""

    code: str
    points: int
    most: int
    sentence: str


def weigh(course: Course, buyer: Buyer) -> tuple[Part, ...]:
    """The parts of a course's score for a person, one per code of WEIGHTS and in its order."""
    found = {
        "WISH": _wish(course, buyer),
        "OCCUPATION": _occupation(course, buyer.wish),
        "LEVEL": _level(course, buyer.education),
        "WORK": _work(course, buyer.work_status),
        "PRICE": _price_points(course, buyer.balance_rupiah),
    }
    return tuple(_part(code, most, *found[code]) for code, most in WEIGHTS.items())


def _part(code: str, most: int, per_cent: int, sentence: str) -> Part:
    return Part(code, round(most * per_cent / 100), most, sentence)


def points(parts: Iterable[Part]) -> int:
    """0 to 100."""
    return sum(part.points for part in parts)


def best_first(courses: Iterable[Course], buyer: Buyer) -> list[tuple[Course, int]]:
    """Courses with their points, those that suit best first; of equal ones the cheaper first."""
    weighed = [(course, points(weigh(course, buyer))) for course in courses]
    return sorted(weighed, key=lambda each: (-each[1], each[0].price_rupiah, each[0].course_code))


def _wish(course: Course, buyer: Buyer) -> tuple[int, str]:
    """Here and below: per cent of the part's points, and why."""
    if names(buyer.wish, f"{course.course_name} {course.skkni}"):
        return 100, "Kelas ini menyebut yang Anda tulis saat mendaftar."
    if course.topic in buyer.topics:
        return 63, "Kelas ini sebidang dengan yang Anda minati."
    if not buyer.topics:
        return 35, "Kami belum tahu pelatihan apa yang Anda inginkan; pilih bidangnya di halaman pencarian."
    return 0, "Kelas ini di luar bidang yang Anda minati."


def _occupation(course: Course, wish: Wish) -> tuple[int, str]:
    if not wish.occupations:
        return 32, "Kami belum tahu pekerjaan apa yang Anda tuju."
    shared = max(_shared_digits(course.kbji, each) for each in wish.occupations)
    sentences = (
        "Pekerjaan yang disiapkan kelas ini jauh dari yang Anda tuju.",
        "Pekerjaan yang disiapkan kelas ini jauh dari yang Anda tuju.",
        "Pekerjaan yang disiapkan kelas ini masih sekelompok dengan yang Anda tuju.",
        "Pekerjaan yang disiapkan kelas ini dekat dengan yang Anda tuju.",
        "Kelas ini menyiapkan pekerjaan yang Anda tuju.",
    )
    return NEARNESS[shared], sentences[shared]


def _shared_digits(one: str, other: str) -> int:
    """How many leading digits two KBJI codes of four digits share."""
    return next((n for n in range(4) if one[n : n + 1] != other[n : n + 1] or not one[n : n + 1]), 4)


def _level(course: Course, education: str) -> tuple[int, str]:
    if education not in EDUCATION:
        return 50, "Kami belum tahu pendidikan terakhir Anda."
    lacking = EDUCATION[course.entry_education] - EDUCATION[education]
    wanted = SCHOOLING.get(course.entry_education, course.entry_education)
    if lacking > 1:
        return 0, f"Kelas ini disusun untuk lulusan {wanted} ke atas, jauh di atas pendidikan Anda."
    if lacking == 1:
        return 40, f"Kelas ini disusun untuk lulusan {wanted} ke atas, setingkat di atas pendidikan Anda."
    climb = course.kkni_level - OWN_LEVEL[education]
    if climb > 2:
        return 60, f"Pendidikan Anda cukup, tetapi jenjang KKNI {course.kkni_level} kelas ini menuntut usaha lebih."
    if climb < -2:
        return 60, "Kelas ini mungkin terlalu dasar untuk pendidikan Anda."
    return 100, "Tingkat kelas ini sesuai dengan pendidikan Anda."


def _work(course: Course, work_status: str) -> tuple[int, str]:
    if work_status not in HELPS:
        return 50, "Kami belum tahu keadaan kerja Anda."
    if course.topic in HELPS[work_status]:
        return 100, "Bidang ini sering membantu orang dengan keadaan kerja seperti Anda."
    return 30, "Bidang ini lebih jarang dipilih orang dengan keadaan kerja seperti Anda."


def _price_points(course: Course, balance_rupiah: int) -> tuple[int, str]:
    if course.price_rupiah > balance_rupiah:
        return 0, "Harganya melebihi sisa saldo pelatihan Anda."
    if course.price_rupiah > DEAR_RUPIAH_PER_HOUR * course.hours:
        return 30, "Harganya masuk dalam saldo, tetapi tinggi untuk jumlah jamnya."
    if course.price_rupiah * 2 <= balance_rupiah:
        return 100, "Harganya paling banyak setengah saldo Anda: masih cukup untuk kelas lain."
    return 70, "Harganya masuk dalam saldo Anda."
