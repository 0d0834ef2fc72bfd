"""An office in memory whose people are compared by the table of rules, which sees only what needs name."""

from __future__ import annotations

from typing import Any, cast

from services.registration.api import sealing
from services.registration.api.commands import COMMANDS
from services.registration.domain.applicant import Applicant, NikClaim
from services.registration.domain.identity import RequestChecks, SettleCase
from services.registration.domain.likeness import Traces
from services.registration.domain.review import ProposeAnswer, ReviewCase
from services.registration.domain.tending import PART, TendRing
from services.registration.domain.watch import Watch
from shared.contracts.decision import Decision, ref
from shared.security.vault import Vault
from tests.unit.registration.builders import NOW, Rows, applicant, claim, form, index, rules
from tests.unit.registration.deciding import decide

VAULT = Vault(cast(Any, None), b"m" * 32, b"i" * 32)
WATCH = Watch(rules())
PHONE = index("phone")


def named(who: str, name: str, **changes: Any) -> Applicant:
    traces = Traces(sealing.name_marks(VAULT, form(full_name=name)))
    return applicant(who, traces=traces, wake_at=NOW, **changes)


class Office:
    """The states of an office, and its commands by the table of all."""

    def __init__(self, watch: Watch = WATCH) -> None:
        self.rows, self.watch = Rows(), watch

    def do(self, command: Any) -> Decision:
        return decide(COMMANDS[type(command)], self.rows, command)

    def take(self, *people: Applicant) -> Decision:
        for each in people:
            self.rows[ref(Applicant, each.id)] = each
            self.rows.setdefault(ref(NikClaim, each.nik_index), claim(each.id))
        return self.do(RequestChecks(tuple(each.id for each in people), self.watch))

    def share(self, count: int, first: int = 0, **changes: Any) -> Decision:
        """People with one phone."""
        people = [
            applicant(f"p{n:04}", wake_at=NOW, mobile_index=PHONE, **changes) for n in range(first, first + count)
        ]
        return self.take(*people)

    def tend(self) -> int:
        """What schedule does until no ring waits any more; how many parts."""
        parts = 0
        while waiting := [each for place, each in self.rows.items() if place.collection == "rings" and each.waiting]:
            ring = waiting[0]
            self.do(TendRing(ring.id, ring.cursor, ring.members[ring.cursor : ring.cursor + PART], self.watch))
            parts += 1
        return parts

    def person(self, who: str) -> Any:
        return self.rows[ref(Applicant, who)]

    def case(self, case_id: str) -> Any:
        return self.rows.get(ref(ReviewCase, case_id))

    def settle(self, case_id: str, answer: Any) -> Decision:
        self.do(ProposeAnswer(case_id, answer, "sudah dilihat", "andi"))
        return self.do(SettleCase(case_id, "kepala", rules()))
