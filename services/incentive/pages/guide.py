"""How a redeem code is used at each platform, step by step: the office's own words, in a file that it may change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from services.incentive.domain.catalogue import Course
from services.incentive.domain.participant import Purchase

Guides = Mapping[str, Sequence[str]]
"""Platform code -> steps; `{course}` and `{institution}` stand for the names of the course and of who gives it."""

_SIGN = re.compile(r"\{(course|institution|platform)\}")
ELSEWHERE: Sequence[str] = (
    "Buka aplikasi atau situs {platform} dan masuk dengan akun Anda di sana.",
    "Cari {course}.",
    "Pilih menu penukaran kode Prakerja dan ketik kode di atas.",
    "Ikuti pelatihannya sampai selesai.",
)
"""For a platform that has no guide of its own yet."""


def steps(guides: Guides, purchase: Purchase, course: Course | None) -> list[str]:
    """The steps for one purchase; a course that left the catalogue may have no institution any more."""
    names = {
        "course": purchase.course_name,
        "institution": course.institution if course else purchase.platform,
        "platform": purchase.platform,
    }
    # In one pass, so that a name with braces is not read again; and a brace that stands for itself does no harm.
    return [_SIGN.sub(lambda sign: names[sign[1]], step) for step in guides.get(purchase.platform_code, ELSEWHERE)]
