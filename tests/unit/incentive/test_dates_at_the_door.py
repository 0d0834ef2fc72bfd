"""Days and instants in requests: those near the ends of the calendar are refused, not reckoned with."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from services.incentive.api.bodies import PlanBody
from shared.web.guard import Day, Instant
from tests.unit.incentive.house import House

FAR = ["0001-01-01", "2014-12-31", "2101-01-01", "9999-12-31"]


@pytest.mark.parametrize("day", FAR)
@pytest.mark.parametrize("name", ["since", "until"])
async def test_a_day_outside_the_years_of_the_programme_is_refused(house: House, name: str, day: str) -> None:
    path, auditor = "/incentive/staff/statement-days", await house.staff("auditor")
    answer = await house.client.get(path, params={name: day}, headers=auditor)
    assert (answer.status_code, answer.json()["code"]) == (422, "INPUT_INVALID")
    assert answer.json()["fields"] == [{"field": name, "fault": "value_error"}]


async def test_the_first_and_the_last_day_are_reckoned_with(house: House) -> None:
    path, auditor = "/incentive/staff/statement-days", await house.staff("auditor")
    for day in ("2015-01-01", "2100-12-31"):
        assert (await house.client.get(path, params={"until": day}, headers=auditor)).json() == {"days": []}


@pytest.mark.parametrize("day", FAR)
async def test_bodies_refuse_such_days_too(house: House, day: str) -> None:
    secretariat = await house.staff("secretariat")
    for path, body in (
        ("batches", {"until": day}),
        ("reconciliation", {"since": f"{day}T00:00:00+14:00"}),
        ("reconciliation", {"since": f"{day}T23:59:59-14:00"}),
    ):
        answer = await house.post(f"/incentive/staff/{path}", body, **secretariat)
        assert (answer.status_code, answer.json()["code"]) == (422, "INPUT_INVALID")
    with pytest.raises(ValidationError, match="value_error"):
        PlanBody.model_validate({"instalments": 2, "first_on": day})


@pytest.mark.parametrize(
    ("kind", "text"),
    [(Day, "2020-04-11"), (Instant, "2015-01-01T00:00:00+14:00"), (Instant, "2100-12-31T23:59:59-14:00")],
)
def test_ordinary_days_and_instants_pass(kind: Any, text: str) -> None:
    assert TypeAdapter(kind).validate_python(text).isoformat() == text
