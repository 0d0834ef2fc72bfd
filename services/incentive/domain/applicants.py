"""What we keep of every registered person before and after selection: what opens their page, and their schooling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from shared.contracts.base import Sealed
from shared.contracts.decision import Decision


@dataclass(frozen=True, slots=True)
class Applicant:
    """`tracking_code` (kode lacak) is compared when a person opens their page; `education` serves course advice."""

    collection: ClassVar[str] = "applicants"

    applicant_id: str
    tracking_code: Sealed
    education: str

    @property
    def id(self) -> str:
        return self.applicant_id


def remember(known: Applicant | None, *, applicant_id: str, tracking_code: Sealed | None, education: str) -> Decision:
    """A person registered or their data changed. A correction carries the code only when it is a new one."""
    code = tracking_code or (known.tracking_code if known else None)
    if code is None:
        return Decision()  # a correction of somebody whose registration we have not heard of
    return Decision(changes=(Applicant(applicant_id, code, education),))
