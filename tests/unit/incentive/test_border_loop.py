"""The border's loop: claims are taken in order, refused ones are kept, and it waits for whoever is away."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from services.incentive.adapters.border import Border
from services.incentive.adapters.partners import PartnerFile, PartnersUnreadable
from services.incentive.border import MOST_FAILURES, BorderLoop
from services.incentive.store import BORDER
from shared.contracts.decision import Refused
from shared.contracts.partner import TOPIC
from shared.engine.committer import Overloaded
from shared.engine.deciding import DecisionFailed
from shared.engine.ports import BrokerError, Record, TransientError
from tests.fakes import MemoryDatabase, MemoryStore
from tests.unit.incentive.claim_log import Desk, Log, StillClock, cursor, restarted_until_quiet, started


async def test_claims_are_taken_in_order_and_the_cursor_follows() -> None:
    log, store, desk = Log(450), MemoryStore(), Desk()
    assert await restarted_until_quiet(log, store, desk) == 0
    assert desk.codes == [f"CODE-{n:04d}" for n in range(450)]
    counts = {"attempts": 0, "failures": 0, "careful_until": 0}
    assert cursor(store) == {"_id": f"{TOPIC}/0", "offset": 450, **counts}
    assert log.reads == [0, 200, 400]


async def test_a_broker_that_is_away_counts_for_nothing() -> None:
    log, store, desk = Log(5), MemoryStore(), Desk()
    loop = started(log, store, desk)
    log.away = True
    for _ in range(MOST_FAILURES + 5):
        with pytest.raises(BrokerError):
            await loop.step(0)
    log.away = False
    while await loop.step(0):
        pass
    assert len(desk.codes) == 5
    assert desk.reasons == []


async def test_a_broker_that_forgot_everything_is_read_again() -> None:
    log, store, desk = Log(5), MemoryStore(), Desk()
    await restarted_until_quiet(log, store, desk)
    log.records = log.records[:2]
    await restarted_until_quiet(log, store, desk)
    assert Counter(desk.codes) == {"CODE-0000": 2, "CODE-0001": 2, "CODE-0002": 1, "CODE-0003": 1, "CODE-0004": 1}


async def test_forged_records_are_refused_and_the_next_is_taken() -> None:
    log, store, desk = Log(3), MemoryStore(), Desk()
    log.records[1] = Record(TOPIC, 0, 1, b"k", b"garbage", ())
    await restarted_until_quiet(log, store, desk)
    assert desk.codes == ["CODE-0000", "CODE-0002"]
    assert desk.reasons == ["HEADER_MISSING"]


async def test_what_a_rule_refuses_is_kept_with_its_code() -> None:
    log, store, desk = Log(2), MemoryStore(), Desk()

    def answer(command: Any) -> None:
        if getattr(command, "redeem_code", "") == "CODE-0000":
            raise Refused("REDEEM_CODE_UNKNOWN")
        if getattr(command, "redeem_code", "") == "CODE-0001":
            raise DecisionFailed("bug")

    desk.answer = answer
    await restarted_until_quiet(log, store, desk)
    assert sorted(desk.reasons) == ["DECISION_FAILED", "REDEEM_CODE_UNKNOWN"]
    assert {each.partner_code for each in desk.taken} == {"TOKOPEDIA"}


async def test_a_full_or_absent_service_makes_it_wait() -> None:
    log, store, desk = Log(1), MemoryStore(), Desk()
    troubles: list[Exception] = [Overloaded(), TransientError(), Overloaded()]

    def answer(command: Any) -> None:
        if troubles:
            raise troubles.pop()

    desk.answer = answer
    await restarted_until_quiet(log, store, desk)
    assert desk.codes == ["CODE-0000"]


async def test_without_a_readable_trust_list_nothing_moves(tmp_path: Any) -> None:
    log, store, desk = Log(1), MemoryStore(), Desk()
    loop = BorderLoop(
        Border(PartnerFile(tmp_path / "none.json")), log, MemoryDatabase(store), desk, StillClock(), topic="other"
    )
    with pytest.raises(PartnersUnreadable):
        await loop.step(0)
    found = store.document(BORDER, "other/0")
    assert found
    assert found["offset"] == 0
    assert desk.taken == []


async def test_the_loop_goes_round_all_partitions_and_survives_outages() -> None:
    log, store, desk = Log(3), MemoryStore(), Desk()
    log.away = True
    everything = asyncio.Event()
    desk.answer = lambda command: everything.set() if len(desk.codes) == 8 else None
    task = asyncio.create_task(started(log, store, desk).run(3))
    await asyncio.sleep(0.01)
    log.away = False
    async with asyncio.timeout(5):
        await everything.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
