"""`gelombang audit`: late rupiah without exactly one cause are seen, and a report that does not add up."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.operator import audit
from deploy.operator.audit import Audited, Result
from deploy.operator.findings import Violation
from services.incentive import delay_store
from shared.engine.ports import Change, Put
from tests.component.operator.town import ANNA, BUDI, Town, built, participant


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "SECOND_LOOK_SECONDS", 0)


async def with_late(cause: str | None = "REVIEW_MISSING") -> Town:
    """Anna's second instalment is late, in incentive and in reporting."""
    town = await built()
    person = participant(ANNA, {"treasury": -600_000, "paid": 600_000})
    second = {"kind": "post_training", "number": 2, "total": 4, "amount_rupiah": 600_000, "due_on": "2020-06-08"}
    late: dict[str, Any] = {"late": True, "late_rupiah": 600_000, "late_cause": cause or "", "late_since": "2020-06-08"}
    person["entitlements"].append({**second, "state": "due", "cause": cause})
    await town.put("incentive", "participants", {**person, **late})
    row = {"_id": f"{ANNA}/post_training/2", "applicant_id": ANNA, "amount_rupiah": 600_000}
    await town.put("reporting", "incentives", {**row, "late": True, "cause": "REVIEW_MISSING"})
    return town


async def found(town: Town) -> list[Violation]:
    audited: Audited = town.audited()
    result: Result = await audit.run(audited)
    return [each for each in result.violations if each.invariant == "LATE"]


async def test_a_late_rupiah_with_one_cause_that_the_report_names_too_is_in_order() -> None:
    town = await with_late()
    assert await found(town) == []
    proof = await delay_store.late_rupiah(town.database("incentive"))
    assert proof == {"total": 600_000, "by_cause": {"REVIEW_MISSING": 600_000}, "violations": []}


async def test_a_late_rupiah_without_a_cause_is_seen_and_its_person_named() -> None:
    first, second = await found(await with_late(cause=None))
    assert (first.service, first.what) == ("incentive", "late rupiah without exactly one cause")
    assert ANNA in first.ids[0]
    assert second.ids == ("REVIEW_MISSING",)


async def test_a_report_that_names_another_cause_or_more_is_seen() -> None:
    town = await with_late()
    row = {"_id": f"{ANNA}/post_training/2"}
    await town.database("reporting").change(Change("incentives", row, set={"cause": "BANK_UNKNOWN"}))
    (wrong,) = await found(town)
    assert (wrong.service, wrong.ids) == ("reporting", ("BANK_UNKNOWN", "REVIEW_MISSING"))
    await town.database("reporting").change(Change("incentives", row, set={"cause": "REVIEW_MISSING"}))
    more = {"_id": f"{BUDI}/post_training/1", "late": True, "cause": "REVIEW_MISSING", "amount_rupiah": 1}
    await town.database("reporting").write([Put("incentives", more)])
    (wrong,) = await found(town)
    assert wrong.ids == ("REVIEW_MISSING",)
