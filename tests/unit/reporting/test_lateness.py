"""The report of late rupiah adds up: each under one current cause, whatever facts come and however they are batched."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.reporting import store
from services.reporting.domain.lateness import AGES, Foretold, Late, Lateness, Sum, add, age_of
from services.reporting.domain.projections import project
from services.reporting.pages import late_view
from shared.contracts.base import Event
from shared.contracts.incentive import (
    IncentiveDelayed,
    IncentiveDue,
    IncentiveFailed,
    IncentiveForecastLate,
    IncentivePaid,
    IncentiveReturned,
    ParticipationRevoked,
)
from shared.contracts.registration import ApplicantRegistered
from shared.engine.projector import Projection
from tests.fakes import MemoryDatabase, MemoryStore

AT = datetime(2020, 9, 1, 1, 0, tzinfo=UTC)
TODAY = date(2020, 9, 1)
ACTORS = {"REVIEW_MISSING": "applicant", "BANK_UNKNOWN": "bank_or_wallet", "FUNDS_NOT_AVAILABLE": "centre"}
PLACES = {"ann": "12.71.05", "ben": "12.71.05", "cut": "12.71.20", "dai": None}
DUE = {1: date(2020, 8, 30), 2: date(2020, 8, 20), 3: date(2020, 7, 1)}
AMOUNTS = {1: 600_000, 2: 600_000, 3: 50_000}


def instalment(person: str, number: int) -> dict[str, Any]:
    known = {"applicant_id": person, "kind": "post_training", "number": number, "total": 4}
    return {**known, "amount_rupiah": AMOUNTS[number], "due_on": DUE[number]}


def why(cause: str) -> dict[str, Any]:
    texts = {"cause_id": f"Sebab {cause}.", "cause_en": "-", "remedy_id": "-", "remedy_en": "-"}
    return {"cause": cause, "actor": ACTORS[cause], "actor_id": f"oleh {ACTORS[cause]}", **texts}


def fact(kind: str, person: str, number: int, cause: str) -> Event:
    """One of the facts that incentive tells of an instalment."""
    row, bank = instalment(person, number), {"reference": "GLB1", "bank": "BNI"}
    if kind == "due":
        return IncentiveDue(**row, account_masked="x", expected_on=TODAY)
    if kind == "foretold":
        return IncentiveForecastLate(**row, **why(cause), needed_by=TODAY, expected_on=TODAY, owed=False)
    if kind == "late":
        return IncentiveDelayed(**row, **why(cause), new_date=TODAY, owed=True)
    if kind == "paid":
        return IncentivePaid(**row, **bank, paid_at=AT, account_masked="x", batch_id="B1")
    if kind in ("failed", "unknown"):
        return IncentiveFailed(**row, **bank, failed_at=AT, outcome=kind, code="LIMIT", batch_id="B1")
    if kind == "returned":
        return IncentiveReturned(**row, **bank, returned_at=AT, code="LIMIT", reason="-")
    unpaid = ({"kind": "post_training", "number": number, "amount_rupiah": AMOUNTS[number]},)
    last = {"amount_rupiah": 0, "appeal_deadline": TODAY, "unpaid": unpaid}
    return ParticipationRevoked(applicant_id=person, wave=1, revoked_at=AT, reason="WITHDRAWN", reason_text="-", **last)


def registered(person: str) -> ApplicantRegistered:
    features = {"sex": "F", "age_band": "25-34", "education": "SMP", "work_status": "LAID_OFF"}
    sealed = {"full_name": "x", "tracking_code": "x"}
    return ApplicantRegistered(
        applicant_id=person,
        received_at=AT,
        channel="online",
        consent_campaigns=False,
        kecamatan=PLACES[person],
        **features,
        **sealed,
    )


async def heard(events: Sequence[Event], cut: int = 1) -> MemoryDatabase:
    """Reporting's database after these facts, `cut` of them projected together."""
    database = MemoryDatabase(MemoryStore())
    for start in range(0, len(events), cut):
        projection = Projection()
        for number, event in enumerate(events[start : start + cut], start):
            project(projection, event, f"e{number}", AT)
        await database.write(projection.writes())
    return database


KINDS = ("due", "foretold", "late", "paid", "failed", "unknown", "returned", "ended")
FACTS = st.tuples(
    st.sampled_from(KINDS), st.sampled_from(sorted(PLACES)), st.sampled_from((1, 2, 3)), st.sampled_from(sorted(ACTORS))
)


@given(st.lists(FACTS, max_size=30), st.integers(1, 7))
def test_every_late_rupiah_has_exactly_one_current_cause_after_any_facts(
    facts: list[tuple[str, str, int, str]], cut: int
) -> None:
    late: dict[tuple[str, int], str] = {}
    for kind, person, number, cause in facts:
        if kind == "late":
            late[person, number] = cause
        elif kind in ("paid", "ended"):
            late.pop((person, number), None)
    events = [registered(person) for person in PLACES] + [fact(*each) for each in facts]
    report = asyncio.run(_report(events, cut))
    total = sum(AMOUNTS[number] for _, number in late)
    causes: Counter[str | None] = Counter()
    places: Counter[str | None] = Counter()
    for (person, number), cause in late.items():
        causes[cause] += AMOUNTS[number]
        places[PLACES[person]] += AMOUNTS[number]
    assert (report.total.rupiah, report.total.count) == (total, len(late))
    assert {name: each.rupiah for name, each in report.by("cause").items()} == dict(causes)
    assert {name: each.rupiah for name, each in report.by("kecamatan").items()} == dict(places)
    assert sum(each.rupiah for each in report.by("actor").values()) == total
    assert sum(each.rupiah for each in report.by("age").values()) == total
    assert sum(row["rupiah"] for row in late_view.rows(report)) == total
    assert late_view.sheet(report).splitlines()[-1] == f"TOTAL,,,,,,{total},{len(late)}"


async def _report(events: Sequence[Event], cut: int) -> Lateness:
    return await store.lateness(await heard(events, cut), TODAY)


async def test_a_refused_payment_stays_late_for_the_cause_last_told_until_it_is_paid() -> None:
    told = [fact("late", "ann", 1, "REVIEW_MISSING"), fact("failed", "ann", 1, "REVIEW_MISSING")]
    report = await _report(told, 1)
    assert report.by("cause") == {"REVIEW_MISSING": Sum(600_000, 1)}
    assert (await _report([*told, fact("paid", "ann", 1, "REVIEW_MISSING")], 1)).total == Sum(0, 0)


async def test_the_forecast_is_counted_until_the_money_is_owed_late_or_paid() -> None:
    told = [fact("foretold", "ann", 1, "REVIEW_MISSING"), fact("foretold", "ben", 3, "REVIEW_MISSING")]
    told.append(fact("foretold", "cut", 2, "FUNDS_NOT_AVAILABLE"))
    assert await store.foretold(await heard(told)) == {
        "REVIEW_MISSING": Foretold("Sebab REVIEW_MISSING.", 650_000, 2),
        "FUNDS_NOT_AVAILABLE": Foretold("Sebab FUNDS_NOT_AVAILABLE.", 600_000, 1),
    }
    for over in ("due", "late", "paid", "ended"):
        ended = [fact(over, "ann", 1, "REVIEW_MISSING"), fact(over, "cut", 2, "REVIEW_MISSING")]
        left = await store.foretold(await heard([*told, *ended]))
        assert left == {"REVIEW_MISSING": Foretold("Sebab REVIEW_MISSING.", 50_000, 1)}, over


async def test_more_instalments_than_a_page_holds_are_all_in_it_once() -> None:
    people = [f"p{number:04d}" for number in range(store.PAGE + 1)]
    database = await heard([fact("late", person, 1, "BANK_UNKNOWN") for person in people], len(people))
    report = await store.lateness(database, TODAY)
    assert report.by("kecamatan") == {None: Sum(600_000 * len(people), len(people))}


def test_a_late_row_without_a_cause_is_seen_and_not_lost() -> None:
    report = Lateness()
    add(report, [Late(None, None, None, None, TODAY, None, 600_000)], TODAY)
    assert report.by("cause") == {"CAUSE_MISSING": Sum(600_000, 1)}


def test_ages_are_those_of_the_office_s_other_pages() -> None:
    days = {7: "baru", 8: "lama", 30: "lama", 31: "sangat-lama"}
    assert {count: age_of(TODAY - timedelta(days=count), TODAY) for count in days} == days
    assert [code for code, _, _ in AGES] == ["baru", "lama", "sangat-lama"]


async def test_the_page_has_four_tables_with_one_total_and_what_will_be_late() -> None:
    events = [registered(person) for person in PLACES] + [
        fact("late", "ann", 1, "REVIEW_MISSING"),
        fact("late", "ben", 2, "REVIEW_MISSING"),
        fact("late", "cut", 3, "BANK_UNKNOWN"),
        fact("foretold", "dai", 1, "FUNDS_NOT_AVAILABLE"),
    ]
    database = await heard(events)
    page = late_view.render(await store.lateness(database, TODAY), await store.foretold(database), AT)
    assert page.count('<th class="number">Rp 1.250.000</th><th class="number">3</th>') == 4
    assert "<td>peserta</td>" in page
    assert {f"<td>{late_view.place(code)}</td>" in page for code in ("12.71.05", "12.71.20")} == {True}
    assert late_view.place("12.71.05") == "Medan Barat"
    assert "Akan terlambat bila sebabnya tidak hilang" in page
    assert "Sebab FUNDS_NOT_AVAILABLE." in page


def test_groups_of_the_money_are_told_under_late_whatever_the_bank_said_since() -> None:
    rows = [
        {"_id": {"kind": "post_training", "state": "failed", "cause": "X", "late": True}, "rupiah": 5, "count": 1},
        {"_id": {"kind": "post_training", "state": "late", "cause": "X", "late": True}, "rupiah": 7, "count": 1},
        {"_id": {"kind": "post_training", "state": "failed", "late": False}, "rupiah": 9, "count": 1},
        {"_id": {"kind": "training", "state": "paid"}, "rupiah": 11, "count": 1},
    ]
    assert [(row["_id"]["state"], row["_id"]["cause"], row["rupiah"]) for row in store.under_late(rows)] == [
        ("late", "X", 12),
        ("failed", None, 9),
        ("paid", None, 11),
    ]
