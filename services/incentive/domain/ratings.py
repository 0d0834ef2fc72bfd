"""What participants thought of a course: the ratings of our own reviews, shown only where nobody can be picked out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

FEWEST = 5
"""Fewer reviews than this are not shown: one would know whose they are."""


@dataclass(frozen=True, slots=True)
class CourseRating:
    """All ratings of one course, added up."""

    collection: ClassVar[str] = "course_ratings"

    course_code: str
    count: int = 0
    total: int = 0

    @property
    def id(self) -> str:
        return self.course_code

    @property
    def shown(self) -> str:
        """`4,3 dari 5 menurut 12 peserta`, or nothing while there are too few. Half a tenth is rounded up."""
        if self.count < FEWEST:
            return ""
        tenths = (20 * self.total + self.count) // (2 * self.count)
        return f"{tenths // 10},{tenths % 10} dari 5 menurut {self.count} peserta"


def rated(known: CourseRating | None, course_code: str, rating: int) -> CourseRating:
    """One more rating from 1 to 5."""
    before = known or CourseRating(course_code)
    return CourseRating(course_code, before.count + 1, before.total + rating)
