"""`gelombang audit`: every invariant over a running system. A finding counts when it is still there at a second look,
since people work while we read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx

from deploy.operator import journal_audit, money_audit, people_audit, reporting_audit
from deploy.operator.findings import Books, NotJudged, SharedLooks, Violation
from deploy.operator.installation import Installation
from deploy.operator.reporting_audit import REBUILT, REPORTING, NotAtRest
from deploy.provision.matrix import MATRIX
from services.incentive.domain.rules import RuleBook
from services.incentive.reference import read_reference
from shared.engine.ports import Database
from shared.engine.service import Ports

Check = Callable[[], Awaitable[list[Violation]]]
SECOND_LOOK_SECONDS = 3.0
REST_SECONDS = 60.0
CHECKS_AT_ONCE = 5
"""Most of a check's time is waiting for one page after the other; three wait for the same look at money."""


async def no_books() -> None:
    """No simulated bank is running."""


@dataclass(frozen=True)
class Audited:
    """What an audit reads. `ports` are reporting's; without them the projection is not judged."""

    databases: Mapping[str, Database]
    prefix: str
    rules: RuleBook
    books: Books = no_books
    ports: Ports | None = None
    rebuilt: Database | None = None
    rest_seconds: float = REST_SECONDS

    def sources_of(self, listener: str) -> dict[str, Database]:
        return {name: self.databases[name] for name in MATRIX[listener].hears if name in self.databases}


@dataclass
class Result:
    """`unjudged` names what could not be checked and why; `figures` are counts that break nothing."""

    violations: list[Violation] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)
    unjudged: dict[str, str] = field(default_factory=dict)
    dead_letters: dict[str, int] = field(default_factory=dict)

    @property
    def clean(self) -> bool:
        return not self.violations

    def plain(self) -> dict[str, Any]:
        return {
            "clean": self.clean,
            "violations": [each.plain() for each in self.violations],
            "checked": self.checked,
            "unjudged": self.unjudged,
            "dead_letters": self.dead_letters,
        }


def checks_of(audited: Audited) -> dict[str, Check]:
    """Every invariant under a name, in the order in which it is looked at."""
    checks: dict[str, Check] = {}
    for name, database in audited.databases.items():
        if name != REPORTING:  # it says nothing, so it has no journal
            checks[f"journal of {name}"] = partial(journal_audit.journal_without_gaps, name, database)
            checks[f"relay of {name}"] = partial(journal_audit.relay_behind_head, name, database)
        sources = audited.sources_of(name)
        checks[f"marks of {name}"] = partial(
            journal_audit.marks_behind_sources, name, database, sources, audited.prefix
        )
    registration, incentive = audited.databases["registration"], audited.databases["incentive"]
    money = SharedLooks(partial(money_audit.look, incentive, audited.rules, audited.books))
    checks |= {
        "applications": partial(people_audit.one_applicant_per_application, registration),
        "NIK claims": partial(people_audit.one_claim_per_applicant, registration),
        "NIK holders": partial(people_audit.one_holder_per_claim, registration),
        "draws": partial(people_audit.draws_within_quota, registration),
        "messages": partial(people_audit.messages_unique, audited.databases["notification"]),
        "entitlements": money.check(money_audit.paid_within_entitlement),
        "ledger": money.check(money_audit.ledger_balanced),
        "bank": money.check(money_audit.paid_as_the_bank_says),
        "statements": partial(money_audit.statements_explained, incentive),
        "late": partial(_late, audited),
        "projection": partial(_projection, audited),
    }
    return checks


async def _late(audited: Audited) -> list[Violation]:
    live, sources = audited.databases[REPORTING], audited.sources_of(REPORTING)
    await reporting_audit.until_heard(REPORTING, live, sources, audited.prefix, audited.rest_seconds)
    return await money_audit.late_rupiah_explained(audited.databases["incentive"], live)


async def _projection(audited: Audited) -> list[Violation]:
    if audited.ports is None or audited.rebuilt is None:
        raise NotJudged("the topics were not read")
    live, sources = audited.databases[REPORTING], audited.sources_of(REPORTING)
    return await reporting_audit.projection_as_rebuilt(
        audited.ports, live, audited.rebuilt, sources, audited.rest_seconds
    )


async def run(audited: Audited, progress: Callable[[str], None] = lambda name: None) -> Result:
    """Look at everything, some checks beside each other, and again at what seemed wrong."""
    gate, checks = asyncio.Semaphore(CHECKS_AT_ONCE), checks_of(audited)

    async def one(name: str, check: Check) -> list[Violation] | str:
        async with gate:
            progress(name)
            try:
                return await _twice(check)
            except (NotJudged, NotAtRest) as reason:
                return str(reason)

    result = Result()
    found = await asyncio.gather(*(one(name, check) for name, check in checks.items()))
    for name, seen in zip(checks, found, strict=True):
        if isinstance(seen, str):
            result.unjudged[name] = seen
        else:
            result.checked.append(name)
            result.violations += seen
    for name, database in audited.databases.items():
        result.dead_letters[name] = await journal_audit.open_letters(database)
    return result


async def _twice(check: Check) -> list[Violation]:
    found = await check()
    if found:
        await asyncio.sleep(SECOND_LOOK_SECONDS)
        found = await check()
    return found


def audited_of(installation: Installation) -> Audited:
    """The invariants' view of a running installation."""

    async def books() -> Mapping[str, int] | None:
        return await _books_at(installation.environment.get("GELOMBANG_SIMULATORS_URL"))

    return Audited(
        installation.databases(),
        installation.settings.topic_prefix,
        read_reference().desk.rules,
        books,
        installation.ports(REPORTING),
        installation.database(REBUILT),
    )


async def _books_at(simulators: str | None) -> Mapping[str, int] | None:
    if not simulators:
        return None
    async with httpx.AsyncClient(timeout=30) as client:
        try:
            answer = await client.get(f"{simulators}/bank/simulator/books")
        except httpx.HTTPError:
            return None
        return dict(answer.raise_for_status().json())


def lines(result: Result) -> list[str]:
    """For a person: what is wrong first, or that nothing is."""
    told = [f"VIOLATION {each.line()}" for each in result.violations]
    told += [f"not judged: {name}: {reason}" for name, reason in result.unjudged.items()]
    told += [f"dead letters of {name}: {count}" for name, count in result.dead_letters.items() if count]
    return [*told, f"{len(result.checked)} checks, {len(result.violations)} violations"]
