"""What we keep of every registered person before and after selection: what opens their page, and their schooling.

Registration tells the tracking code sealed. A participant types it and nothing else, so its blind index is made at
the door of every participant (schedule.py) and kept beside the rest; the code itself still decides who comes in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from services.incentive.domain.participant import Participant
from shared.contracts.base import Sealed
from shared.contracts.decision import Decision


@dataclass(frozen=True, slots=True)
class Applicant:
    """`tracking_code` (kode lacak) is compared when a person opens their page; all below it serves course advice."""

    collection: ClassVar[str] = "applicants"

    applicant_id: str
    tracking_code: Sealed
    education: str
    work_status: str = ""
    desired_training: Sealed | None = None

    @property
    def id(self) -> str:
        return self.applicant_id


def remember(known: Applicant | None, told: Applicant) -> Decision:
    """A person registered or their data changed."""
    return Decision() if told == known else Decision(changes=(told,))


NO_CODE = "-"
"""Instead of an index: no code opens this participation (an erased person has no key any more)."""


@dataclass(frozen=True, slots=True)
class IndexCode:
    """The tracking code of a participant was opened: `index` is its blind index, or NO_CODE where none can be read."""

    applicant_id: str
    tracking_code: Sealed | None
    index: str


def index_code(person: Participant | None, applicant: Applicant | None, command: IndexCode) -> Decision:
    """Keep the index, unless the code is another one by now: then it is looked at again."""
    known = applicant.tracking_code if applicant else None
    if person is None or person.tracking_index or known != command.tracking_code:
        return Decision()
    return Decision(changes=(replace(person, tracking_index=command.index),))
