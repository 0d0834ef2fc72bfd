"""`gelombang audit`: one walk through everybody's money for several checks, and a second when something is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deploy.operator import audit
from deploy.operator.audit import Result
from deploy.operator.findings import Violation
from shared.engine.ports import Change
from tests.component.operator.town import ANNA, Town, built, posting
from tests.fakes import MemoryDatabase


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "SECOND_LOOK_SECONDS", 0)


async def plan_twice(town: Town) -> None:
    person = town.stores["incentive"].document("participants", ANNA)
    assert person
    twice = Change("participants", {"_id": ANNA}, set={"entitlements": person["entitlements"] * 2})
    await town.database("incentive").change(twice)


async def test_an_instalment_that_stands_twice_in_the_plan_is_seen() -> None:
    town = await built()
    await plan_twice(town)
    (found,) = (await audit.run(town.audited())).violations
    assert (found.invariant, found.ids) == ("PAID_TWICE", (f"{ANNA}/post_training/1",))


async def test_a_posting_of_nobody_is_seen() -> None:
    town = await built()
    await town.put("incentive", "ledger", posting("nobody", "training/granted", "treasury", "training_balance", 5))
    assert (await audit.run(town.audited())).violations == [
        Violation("LEDGER", "incentive", "is a posting of no participant", 1, ("nobody/training/granted",))
    ]


async def test_balances_that_do_not_add_up_to_nothing_are_seen() -> None:
    town = await built()
    await town.database("incentive").change(Change("participants", {"_id": ANNA}, set={"money.paid": 600_005}))
    said = [each.what for each in (await audit.run(town.audited())).violations if each.invariant == "LEDGER"]
    assert said == ["does not balance", "all balances add up to 5 rupiah instead of 0"]


async def test_money_is_walked_through_once_and_only_what_seemed_wrong_is_looked_at_again() -> None:
    town, walks = await built(), 0

    def step(name: str) -> None:
        nonlocal walks
        walks += name == "db.find.ledger"

    async def seen() -> Result:
        databases = {**town.audited().databases, "incentive": MemoryDatabase(town.stores["incentive"], step)}
        return await audit.run(replace(town.audited(), databases=databases))

    assert (await seen()).clean
    assert walks == 1
    await plan_twice(town)
    assert town.books
    town.books["paid_rupiah"] += 1
    walks = 0
    assert {each.invariant for each in (await seen()).violations} == {"PAID_TWICE", "BANK"}
    assert walks == 2, "both checks judge the same second look"


async def test_what_is_in_order_at_the_second_look_is_no_violation() -> None:
    town, asked = await built(), 0

    async def books() -> dict[str, int]:
        nonlocal asked
        asked += 1
        assert town.books
        return {**town.books, "paid_rupiah": town.books["paid_rupiah"] + (asked == 1)}

    assert (await audit.run(replace(town.audited(), books=books))).clean
    assert asked == 2
