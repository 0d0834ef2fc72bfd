"""The last one-time code for one purpose of one person: 6 digits, 5 tries, 5 minutes, kept only as a keyed hash.

Pure rules (mission.md, Who may do what), the same at every door that spends or changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import ClassVar

from shared.contracts.decision import Ref, Refusal, Refused

TRIES = 5
LIFE = timedelta(minutes=5)
PAUSE = timedelta(seconds=60)
"""Between two codes for one purpose: nobody's phone is flooded, and guessing cannot go on with fresh tries."""
MOST_A_DAY = 10

REFUSALS: Mapping[str, Refusal] = {
    "CODE_TOO_SOON": Refusal("conflict", "Kode baru saja dikirim. Tunggu {seconds} detik sebelum meminta kode lagi."),
    "CODE_TOO_OFTEN": Refusal(
        "closed", "Permintaan kode hari ini sudah terlalu banyak. Coba lagi besok, atau hubungi kantor kami."
    ),
}
"""Part of every service's refusals that issues codes."""


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """`issued_today` counts since `day_began`."""

    collection: ClassVar[str] = "one_time_codes"

    code_id: str
    digest: str
    issued_at: datetime
    tries_left: int
    day_began: datetime
    issued_today: int

    @property
    def id(self) -> str:
        return self.code_id

    def open(self, now: datetime) -> bool:
        return self.tries_left > 0 and now - self.issued_at <= LIFE

    def tried(self, digest: str) -> tuple[bool, OneTimeCode]:
        """Whether it was right, and what is left: a right code is spent, a wrong one costs a try."""
        right = compare_digest(self.digest, digest)
        return right, replace(self, tries_left=0 if right else self.tries_left - 1)


def code_of(applicant_id: str, purpose: str) -> Ref:
    """Where the code lies, for `needs`."""
    return Ref(OneTimeCode.collection, f"{applicant_id}/{purpose}")


def issued(last: OneTimeCode | None, place: Ref, digest: str, now: datetime) -> OneTimeCode:
    """A new code replaces the last. Raises Refused CODE_TOO_SOON, CODE_TOO_OFTEN."""
    if last is None:
        return OneTimeCode(place.id, digest, now, TRIES, now, 1)
    if now - last.issued_at < PAUSE:
        raise Refused("CODE_TOO_SOON", seconds=int(PAUSE.total_seconds()))
    if now - last.day_began >= timedelta(days=1):
        return OneTimeCode(place.id, digest, now, TRIES, now, 1)
    if last.issued_today >= MOST_A_DAY:
        raise Refused("CODE_TOO_OFTEN")
    return replace(last, digest=digest, issued_at=now, tries_left=TRIES, issued_today=last.issued_today + 1)
