"""How well the watch over identities finds what is planted in a made-up city, and what it asks of ordinary people.

    python -m tests.bench.identity [people]

The real domain functions on states in memory. Written to out/bench-identity.json.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

from services.registration import watching
from services.registration.api import sealing
from services.registration.domain.applicant import Applicant, Personal
from services.registration.domain.identity import RequestChecks
from services.registration.domain.intake import examine
from services.registration.domain.review import ReviewCase
from services.registration.domain.rings import Ring
from services.registration.domain.tending import PART, TendRing
from services.registration.domain.watch import NEAR, Watch
from services.registration.reference import Reference, read_reference
from shared.contracts.base import Sealed
from shared.contracts.decision import Decision, Ref, Refused, World
from shared.engine.rules import Rule
from shared.security.vault import Vault
from tests.bench import identity_city
from tests.bench.identity_city import Application, City

NOW = datetime(2020, 4, 3, 3, 0, tzinfo=UTC)
TOGETHER = 50
SEALED = Sealed("-")
NOBODY = Personal(SEALED, SEALED, SEALED, SEALED, SEALED, SEALED)


class Shown:
    """A world that only shows what a rule's needs have named, as the engine's does."""

    def __init__(self, rows: dict[Ref, Any]) -> None:
        self._rows, self.named = rows, set[Ref]()

    def get(self, kind: type[Any], id: str) -> Any:
        place = Ref(kind.collection, id)
        if place not in self.named:
            raise LookupError(place)
        return self._rows.get(place)


@dataclass
class Office:
    """States in memory, and the rules that change them."""

    reference: Reference
    rows: dict[Ref, Any] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    read: int = 0
    most_read: int = 0
    decisions: int = 0

    @property
    def watch(self) -> Watch:
        return Watch(self.reference.rules, self.reference.rulebook)

    def decide(self, rule: Rule, command: Any) -> int:
        """States that were read; the decision is kept. Refused changes nothing."""
        world = Shown(self.rows)
        for _ in range(4):
            world.named |= set(rule.needs(command, cast(World, world)))
        with suppress(Refused):
            self._keep(rule.decide(cast(World, world), command, NOW))
        return len(world.named)

    def _keep(self, decision: Decision) -> None:
        assert len(decision.changes) <= 500
        for state in decision.changes:
            self.rows[Ref(state.collection, state.id)] = state
            if isinstance(state, Ring):
                (self.waiting.add if state.waiting else self.waiting.discard)(state.ring_id)
        self.decisions += 1

    def take(self, people: Sequence[Applicant]) -> None:
        """Register some and compare them, then let schedule tend the rings."""
        self.rows.update({Ref(Applicant.collection, each.applicant_id): each for each in people})
        ids = tuple(each.applicant_id for each in people)
        read = self.decide(watching.COMPARING, RequestChecks(ids, self.watch)) / len(ids)
        self.read, self.most_read = self.read + round(read * len(ids)), max(self.most_read, round(read))
        while self.waiting:
            for each in sorted(self.waiting):
                ring = self.rows[Ref(Ring.collection, each)]
                part = ring.members[ring.cursor : ring.cursor + PART]
                self.decide(watching.TENDING, TendRing(each, ring.cursor, part, self.watch))

    def of(self, kind: type[Any]) -> list[Any]:
        return [state for place, state in self.rows.items() if place.collection == kind.collection]


def applicant(vault: Vault, reference: Reference, number: int, came: Application) -> Applicant:
    """What the door makes of a form, without the sealing."""
    indexes = sealing.indexes(vault, came.form, "AAAA-AAAA-AAAA", came.device)
    return Applicant(
        applicant_id=f"p{number:07}",
        stage="pending",
        received_at=NOW,
        channel="online",
        rule_set=reference.rules.rule_set,
        personal=NOBODY,
        profile=examine(came.form, reference.places, date(2020, 4, 3)).profile,
        nik_index=indexes.nik,
        proof_index=indexes.proof,
        kk_index=indexes.kk,
        tracking_index=indexes.tracking,
        name_birth_index=indexes.name_birth,
        mobile_index=indexes.mobile,
        email_index=indexes.email,
        traces=indexes.traces,
        wake_at=NOW,
    )


def vault() -> Vault:
    return Vault(cast(Any, None), b"m" * 32, b"i" * 32)


def run(city: City) -> tuple[Office, dict[str, Any]]:
    """The whole city through the rules; returns the states and the figures."""
    office, keys = Office(read_reference("prakerja-2020", "12.71")), vault()
    people = [applicant(keys, office.reference, n, each) for n, each in enumerate(city.applications)]
    began, halves = time.perf_counter(), list[float]()
    for start in range(0, len(people), TOGETHER):
        before = office.read
        office.take(people[start : start + TOGETHER])
        halves.append((office.read - before) / len(people[start : start + TOGETHER]))
    seconds = time.perf_counter() - began
    figures = {
        "people": len(people),
        "seconds": round(seconds, 1),
        "people_per_second": round(len(people) / seconds),
        "states_read_per_applicant": {
            "first_tenth": _mean(halves[: len(halves) // 10 or 1]),
            "last_tenth": _mean(halves[-(len(halves) // 10 or 1) :]),
            "most_in_one_decision": office.most_read,
        },
        "near_duplicates": near_duplicates(city, office),
        "rings": rings(city, office),
        "review_cases": dict(Counter(each.kind for each in office.of(ReviewCase))),
    }
    return office, figures


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 2)


def near_duplicates(city: City, office: Office) -> dict[str, Any]:
    """Pairs that staff are shown against those that are one person."""
    found = {
        frozenset((int(case.applicant_ids[0][1:]), int(other[1:])))
        for case in office.of(ReviewCase)
        if NEAR in case.reasons
        for other in case.applicant_ids[1:]
    }
    missed = Counter(city.kinds[pair] for pair in city.pairs - found)
    return {**_measured(found, city.pairs), "missed_by_kind": dict(missed.most_common())}


def rings(city: City, office: Office) -> dict[str, Any]:
    """Members of open rings against members of planted ones; how many cases each planted ring became."""
    cases = [each for each in office.of(Ring) if each.state == "open" and each.parent is None]
    where = {int(member[1:]): ring.ring_id for ring in cases for member in ring.members}
    planted: dict[int, list[int]] = {}
    for place, each in enumerate(city.applications):
        if each.ring is not None:
            planted.setdefault(each.ring, []).append(place)
    doubled = {place for pair in city.pairs for place in pair}
    extra = {ring.ring_id for ring in cases if any(int(member[1:]) in doubled for member in ring.members)}
    return {
        **_measured(set(where), {place for members in planted.values() for place in members}),
        "cases": len(cases),
        "cases_besides_with_a_planted_double": len(
            extra - {where.get(place) for each in planted.values() for place in each}
        ),
        "planted": [
            {
                "size": len(members),
                "found": sum(place in where for place in members),
                "cases": len({where[place] for place in members if place in where}),
            }
            for _, members in sorted(planted.items())
        ],
    }


def _measured(found: Iterable[Any], true: Iterable[Any]) -> dict[str, Any]:
    seen, real = set(found), set(true)
    right = len(seen & real)
    return {
        "true": len(real),
        "found": len(seen),
        "precision": round(right / len(seen), 4) if seen else 1.0,
        "recall": round(right / len(real), 4) if real else 1.0,
    }


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    _, figures = run(identity_city.build(size))
    target = Path("out") / "bench-identity.json"
    target.parent.mkdir(exist_ok=True)
    text = json.dumps(figures, indent=1)
    target.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
