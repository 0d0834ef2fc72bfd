"""`gelombang audit` on a town in order, and on the same town with one thing damaged: each check must see its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from deploy.operator import audit
from deploy.operator.audit import Result
from shared.engine.ports import Change, Delete, Insert, Put
from tests.component.operator.town import ANNA, BUDI, SERVICES, Town, built, posting, registered, sent

Damage = Callable[[Town], Awaitable[None]]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "SECOND_LOOK_SECONDS", 0)


async def judged(town: Town) -> Result:
    return await audit.run(town.audited())


async def test_a_town_in_order_has_no_violation_and_everything_was_looked_at() -> None:
    town = await built()
    result = await judged(town)
    assert result.violations == []
    assert result.unjudged == {}
    assert len(result.checked) == 21
    assert result.dead_letters == dict.fromkeys(SERVICES, 0)


async def changed(town: Town, service: str, collection: str, id: Any, **fields: Any) -> None:
    assert await town.database(service).change(Change(collection, {"_id": id}, set=fields))


async def _row_lost(town: Town) -> None:
    await town.database("registration").write([Delete("journal", 1)])  # type: ignore[arg-type]


async def _number_lost(town: Town) -> None:
    row = town.stores["registration"].document("journal", 2)
    assert row
    row["entries"][0]["sequence"] += 1
    await town.put("registration", "journal", row)


async def _head_wrong(town: Town) -> None:
    await changed(town, "registration", "heads", "head", n=3)


async def _head_numbers_wrong(town: Town) -> None:
    await changed(town, "notification", "heads", "head", **{"sequences.0": 99})


async def _relay_ahead(town: Town) -> None:
    await changed(town, "registration", "relay", "position", n=7)


async def _mark_ahead(town: Town) -> None:
    await town.put("incentive", "feeds", {"_id": "registration.v1/1", "mark": 99, "epoch": 1})


async def _application_lost(town: Town) -> None:
    await town.database("registration").write([Delete("applicants", BUDI)])


async def _applicant_from_nowhere(town: Town) -> None:
    await town.put("registration", "applicants", {"_id": "nobody", "stage": "withdrawn", "nik_index": "x"})


async def _claim_lost(town: Town) -> None:
    await town.database("registration").write([Delete("nik_claims", "nik-1")])


async def _holder_only_a_shadow(town: Town) -> None:
    shadows = [{"applicant_id": ANNA}]
    await changed(town, "registration", "nik_claims", "nik-1", holder=None, shadows=shadows)


async def _two_niks(town: Town) -> None:
    await town.put("registration", "nik_claims", {"_id": "nik-9", "holder": ANNA, "shadows": []})


async def _over_quota(town: Town) -> None:
    await changed(town, "registration", "waves", "0001", quota=0)


async def _result_missing(town: Town) -> None:
    chunk = town.stores["registration"].document("draw_results", "0001/000000")
    assert chunk
    await changed(town, "registration", "draw_results", "0001/000000", rows=chunk["rows"][:1])


async def _drawn_twice(town: Town) -> None:
    chunk = town.stores["registration"].document("draw_results", "0001/000000")
    assert chunk
    await changed(town, "registration", "draw_results", "0001/000000", rows=[chunk["rows"][0]] * 2)


async def _list_exchanged(town: Town) -> None:
    await changed(town, "registration", "frozen_lists", "0001/000000", lines=[f"{ANNA},UMUM", "else,UMUM"])


async def _message_doubled(town: Town) -> None:
    _, message = sent(ANNA)
    await town.put("notification", "messages", {**message, "_id": "another", "state": "queued"})


async def _message_said_twice(town: Town) -> None:
    await town.say("notification", sent(ANNA)[0])


async def _paid_twice(town: Town) -> None:
    again = posting(ANNA, "post_training/1/paid/2", "sending", "paid", 1)
    await town.database("incentive").write([Insert("ledger", again)])


async def _above_entitlement(town: Town) -> None:
    await changed(town, "incentive", "participants", ANNA, **{"money.paid": 2_550_001})


async def _ledger_wrong(town: Town) -> None:
    await changed(town, "incentive", "participants", ANNA, **{"money.owed": 5})


async def _bank_paid_more(town: Town) -> None:
    assert town.books
    town.books["paid_rupiah"] += 1


async def _bank_took_back(town: Town) -> None:
    assert town.books
    town.books["returned_rupiah"] = 600_000


async def _bank_paid_twice(town: Town) -> None:
    assert town.books
    town.books["paid_twice"] = 1


def _line(id: str, **fields: Any) -> dict[str, Any]:
    at = datetime(2020, 9, 1, 3, tzinfo=UTC)
    known = {"_id": id, "source": "bni", "booked_at": at, "came_in": False, "amount_rupiah": 600_000}
    return {**known, "state": "explained", "kind": "payment", "proof": "GLBA", **fields}


def _day(**fields: Any) -> dict[str, Any]:
    return {"_id": "2020-09-01/bni", "lines": 1, "out_rupiah": 600_000, "in_rupiah": 0, "open_lines": 0, **fields}


async def _statement_short(town: Town) -> None:
    await town.put("incentive", "statement_lines", _line("a"))
    await town.put("incentive", "statement_days", _day(out_rupiah=599_999))


async def _unexplained_hidden(town: Town) -> None:
    await town.put("incentive", "statement_lines", _line("a", state="open"))
    await town.put("incentive", "statement_days", _day())


async def _explained_twice(town: Town) -> None:
    await town.put("incentive", "statement_lines", _line("a"), _line("b"))
    await town.put("incentive", "statement_days", _day(lines=2, out_rupiah=1_200_000))


async def _projection_wrong(town: Town) -> None:
    await changed(town, "reporting", "applicant_journeys", ANNA, sex="M")


async def _projection_has_more(town: Town) -> None:
    await town.put("reporting", "applicant_journeys", {"_id": "zz", "registered": True})


@pytest.mark.parametrize(
    ("damage", "invariant", "id"),
    [
        (_row_lost, "JOURNAL_GAP", "1"),
        (_number_lost, "NUMBER_GAP", "row 2"),
        (_head_wrong, "HEAD", ""),
        (_head_numbers_wrong, "HEAD", "0"),
        (_relay_ahead, "RELAY", ""),
        (_mark_ahead, "MARK", "registration.v1/1"),
        (_application_lost, "APPLICANT", BUDI),
        (_applicant_from_nowhere, "APPLICANT", ""),
        (_claim_lost, "NIK_CLAIM", ANNA),
        (_holder_only_a_shadow, "NIK_CLAIM", ANNA),
        (_two_niks, "NIK_CLAIM", ANNA),
        (_over_quota, "DRAW", "0001"),
        (_result_missing, "DRAW", "0001"),
        (_drawn_twice, "DRAW", "0001"),
        (_list_exchanged, "DRAW", "0001"),
        (_message_doubled, "MESSAGE", "another"),
        (_message_said_twice, "MESSAGE", ""),
        (_paid_twice, "PAID_TWICE", ANNA),
        (_above_entitlement, "ENTITLEMENT", ANNA),
        (_ledger_wrong, "LEDGER", ANNA),
        (_bank_paid_more, "BANK", ""),
        (_bank_took_back, "BANK", ""),
        (_bank_paid_twice, "BANK", ""),
        (_statement_short, "STATEMENT", "2020-09-01/bni"),
        (_unexplained_hidden, "STATEMENT", "2020-09-01/bni"),
        (_explained_twice, "STATEMENT", "payment/GLBA"),
        (_projection_wrong, "PROJECTION", ANNA),
        (_projection_has_more, "PROJECTION", "zz"),
    ],
)
async def test_damage_is_seen_and_named(damage: Damage, invariant: str, id: str) -> None:
    town = await built()
    await damage(town)
    found = [each for each in (await judged(town)).violations if each.invariant == invariant]
    assert found, f"{invariant} was not seen"
    assert not id or any(id in named for each in found for named in each.ids)


async def test_a_statement_in_order_has_no_violation() -> None:
    town = await built()
    proposed = _line("b", state="proposed", kind="other", amount_rupiah=5)
    await town.put("incentive", "statement_lines", _line("a"), proposed)
    await town.put("incentive", "statement_days", _day(lines=2, out_rupiah=600_005, open_lines=1, open_out_rupiah=5))
    assert (await judged(town)).clean


async def test_what_cannot_be_judged_is_said_and_not_passed_over() -> None:
    town = await built()
    town.books = None
    await town.say("registration", registered("6f1b1c9e-0000-4000-8000-000000000003"))  # not heard by anybody
    result = await judged(town)
    assert set(result.unjudged) == {"bank", "late", "projection"}


async def test_dead_letters_are_counted_and_break_nothing() -> None:
    town = await built()
    await town.put("incentive", "parked", {"_id": "a", "state": "waiting"}, {"_id": "b", "state": "discarded"})
    result = await judged(town)
    assert result.clean
    assert result.dead_letters["incentive"] == 1


async def test_a_restored_source_may_have_been_heard_further_in_its_old_epoch() -> None:
    town = await built()
    await town.put("incentive", "feeds", {"_id": "registration.v1/0", "mark": 99, "epoch": 1})
    await town.database("registration").write([Put("heads", {"_id": "head", "n": 2, "epoch": 2, "sequences": {}})])
    found = [each for each in (await judged(town)).violations if each.invariant == "MARK"]
    assert found == []
