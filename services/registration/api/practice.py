"""Practice (paper fact 122): staff go a citizen's way to learn its steps, in a town of their own that nobody else sees.

The pages, the checks, the commands and their rules are the real ones. Only what they decide is kept here in memory and
nowhere else: no journal, no event, no message, no key in the vault. A restart of the service forgets it.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from services.registration import store
from services.registration.api.commands import COMMANDS
from services.registration.api.desk import Desk
from services.registration.api.sealing import code_digest
from services.registration.domain.applicant import Applicant, NikClaim
from services.registration.domain.codes import IssueCode, Purpose
from services.registration.domain.eligibility import Known
from services.registration.domain.identity import RegistryAnswer, registry_answered
from services.registration.domain.strata import strata_of_rules
from services.registration.domain.waves import Wave
from services.registration.reference import Reference
from shared.contracts.base import Sealed
from shared.contracts.decision import Aggregate, Decision, Ref, State
from shared.engine.ports import Clock, Document, Where
from shared.engine.states import States
from shared.security.vault import Vault

WAVE, QUOTA = 1, 100
MOST_TOWNS = 20
"""Members of staff who practise at the same time; the office has seven."""
MOST_STATES = 500


class Town:
    """One person's practice: the states by where they lie, and an open wave."""

    def __init__(self, reference: Reference, clock: Clock) -> None:
        self.clock, self.database = clock, self
        self._reference, self._states = reference, States(store.AGGREGATES)
        self._kept: OrderedDict[Ref, Aggregate] = OrderedDict()
        self._answers: dict[str, tuple[str, Mapping[str, Any]]] = {}
        self._keep(Decision(changes=(self._wave(),)))

    def _wave(self) -> Wave:
        now, rules = self.clock.now(), self._reference.rules
        opened, closes, strata = now - timedelta(days=1), now + timedelta(days=7), strata_of_rules(rules, QUOTA)
        return Wave(WAVE, "open", QUOTA, opened, closes, strata, rules.rule_set, "latihan")

    # ---- as a service

    async def execute(
        self, command: Any, *, key: str | None = None, digest: str = "", trace: str = ""
    ) -> Mapping[str, Any]:
        """Decide by the real rule; raises Refused as it does. The same key gets the first answer again."""
        if key in self._answers and self._answers[key][0] == digest:
            return self._answers[key][1]
        now = self.clock.now()
        decision = COMMANDS[type(command)].decide(self, command, now)
        self._keep(decision)
        for state in decision.changes:
            if isinstance(state, Applicant) and state.stage == "pending":
                self._confirm(state)
        if key:
            self._answers[key] = digest, decision.reply
        return decision.reply

    def _confirm(self, applicant: Applicant) -> None:
        """The civil registry of this town knows everybody, and answers at once."""
        claim = self.get(NikClaim, applicant.nik_index)
        answer, rules = RegistryAnswer("match"), self._reference.rules_of(applicant.rule_set)
        now = self.clock.now()
        self._keep(registry_answered(applicant, claim, Known(), answer, applicant.revision, rules, now))

    def _keep(self, decision: Decision) -> None:
        for gone in decision.removed:
            self._kept.pop(gone, None)
        for state in decision.changes:
            self._kept[Ref(state.collection, state.id)] = state
        while len(self._kept) > MOST_STATES:
            self._kept.popitem(last=False)

    # ---- as the world of a rule, and as the database of a query

    def get(self, kind: type[State] | str, id: str) -> Any:
        """A state by its kind (for rules), or its document by the collection's name (for queries)."""
        if not isinstance(kind, str):
            return self._kept.get(Ref(kind.collection, id))
        return self._document(kind, id)

    async def _document(self, collection: str, id: str) -> Document | None:
        found = self._kept.get(Ref(collection, id))
        return self._states.document(found) if found else None

    async def find(self, collection: str, where: Where | None = None, **options: Any) -> list[Document]:
        """Documents that fit; only equality and `$in`, which is all that the citizens' pages ask."""
        states = [state for ref, state in self._kept.items() if ref.collection == collection]
        documents = [self._states.document(state) for state in states]
        return [found for found in documents if all(_fits(found.get(name), ask) for name, ask in (where or {}).items())]


def _fits(value: Any, asked: Any) -> bool:
    return value in asked.get("$in", ()) if isinstance(asked, Mapping) else value == asked


@dataclass(frozen=True, slots=True)
class PracticeDesk(Desk):
    """A desk in a practice town. The last code is kept, since nobody is sent one."""

    last_code: list[str] | None = None

    async def new_code(self, applicant_id: str, purpose: Purpose) -> Mapping[str, Any]:
        code = f"{secrets.randbelow(1_000_000):06d}"
        digest = code_digest(self.vault, applicant_id, purpose, code)
        reply = await self.execute(IssueCode(applicant_id, purpose, digest, Sealed("")))
        if self.last_code is not None:
            self.last_code[:] = [code]
        return reply


class Towns:
    """The practice desk of each member of staff, made when they begin."""

    def __init__(self, real: Desk) -> None:
        self._real = real
        self._desks: OrderedDict[str, PracticeDesk] = OrderedDict()

    def desk(self, username: str) -> PracticeDesk:
        if username not in self._desks:
            self._desks[username] = self._new()
        self._desks.move_to_end(username)
        while len(self._desks) > MOST_TOWNS:
            self._desks.popitem(last=False)
        return self._desks[username]

    def again(self, username: str) -> None:
        """Forget everything and begin anew."""
        self._desks.pop(username, None)

    def _new(self) -> PracticeDesk:
        real = self._real
        town = cast(Any, Town(real.reference, real.service.clock))
        vault = Vault(town, secrets.token_bytes(32), secrets.token_bytes(32))
        return PracticeDesk(town, vault, real.accounts, real.settings, real.reference, None, [])


def sent_code(desk: Desk) -> Sequence[str]:
    """The last code that this town's telephone was sent."""
    return (desk.last_code or ()) if isinstance(desk, PracticeDesk) else ()
