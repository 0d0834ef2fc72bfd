"""The door under pressure, in virtual time: who is refused, at what price, and what still gets through."""

from __future__ import annotations

import asyncio
import heapq
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import pytest

from shared.platform.metrics import EngineMetrics
from shared.security.accounts import COOKIE
from shared.web.door import (
    BEGIN_AT_A_TIME,
    COME_AGAIN_SECONDS,
    FEWEST,
    FIRST,
    IN_TIME_SECONDS,
    Door,
    Lane,
    Lanes,
    lane_of,
)
from shared.web.headers import Receive, Send

Message = MutableMapping[str, Any]


def scope(path: str = "/registration/applications", **headers: str) -> Message:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "path": path, "method": "POST", "headers": pairs}


class House:
    """An app behind a door, with a clock of its own."""

    def __init__(self) -> None:
        self.now = 0.0
        self.served = 0
        self.door = Door(self._app, Lanes(EngineMetrics("test"), random.Random(1)), lambda: self.now)
        self.takes = 0.0

    async def _app(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        self.served += 1
        await receive()
        self.now += self.takes
        await send({"type": "http.response.start", "status": 202, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def visit(self, scope: Message, sending: float = 0.0) -> tuple[int, dict[bytes, bytes], bytes]:
        answers: list[Message] = []

        async def receive() -> Message:
            self.now += sending
            return {"type": "http.request", "body": b"{}", "more_body": False}

        async def send(message: Message) -> None:
            answers.append(message)

        await self.door(scope, receive, send)
        return answers[0]["status"], dict(answers[0]["headers"]), answers[1]["body"]


@pytest.mark.parametrize(
    ("asked", "lane"),
    [
        (scope(), "citizen"),
        (scope("/incentive/partner/claims"), "partner"),
        (scope("/api/v1/integration/payment/redeem-code/commit"), "partner"),
        (scope("/incentive/bank/notices"), "partner"),
        (scope("/api/v1/integration/payment/redeem-code/status", authorization=""), "partner"),
        (scope("/incentive/bank/notices", authorization="Bearer x", cookie=f"{COOKIE}=x"), "partner"),
        (scope("/registration/waves", authorization="Bearer x"), "staff"),
        (scope("/registration/waves", cookie=f"{COOKIE}=x"), "staff"),
        (scope("/registration/daftar", cookie="daftar=x"), "citizen"),
        (scope("/registration/health"), None),
        (scope("/registration/metrics"), None),
    ],
)
def test_every_visitor_has_a_lane_and_operators_need_none(asked: Message, lane: str | None) -> None:
    assert lane_of(asked) == lane


async def test_a_full_lane_is_refused_before_the_app_is_asked_and_the_others_go_on() -> None:
    house = House()
    house.door.lanes["citizen"].under_way = FIRST
    status, headers, body = await house.visit(scope())
    assert (status, house.served) == (503, 0)
    assert COME_AGAIN_SECONDS[0] <= int(headers[b"retry-after"]) <= COME_AGAIN_SECONDS[1]
    assert json.loads(body)["code"] == "BUSY"
    assert (await house.visit(scope(authorization="Bearer x")))[0] == 202
    assert (await house.visit(scope("/incentive/partner/claims")))[0] == 202
    assert (await house.visit(scope("/registration/health")))[0] == 202


async def test_a_browser_is_told_in_plain_words_that_coming_later_costs_nothing() -> None:
    house = House()
    house.door.lanes["citizen"].under_way = FIRST
    status, headers, body = await house.visit(scope(accept="text/html,*/*"))
    assert (status, headers[b"content-type"]) == (503, b"text/html; charset=utf-8")
    assert headers[b"retry-after"] + b" detik" in body
    assert b"tidak mengubah peluang" in body
    assert b"content-security-policy" in headers


async def test_a_platform_is_refused_in_the_form_of_its_own_interface() -> None:
    house = House()
    house.door.lanes["partner"].under_way = FIRST
    path = "/api/v1/integration/payment/redeem-code/commit"
    status, headers, body = await house.visit(scope(path, accept="text/html,*/*"))
    assert (status, headers[b"content-type"]) == (503, b"application/json")
    assert COME_AGAIN_SECONDS[0] <= int(headers[b"retry-after"]) <= COME_AGAIN_SECONDS[1]
    told = json.loads(body)
    assert (told["success"], told["code"]) == (False, "ERRPLT50301")
    assert told["message"] == "Layanan sedang penuh. Data Anda belum dikirim; coba lagi sesuai Retry-After."
    assert json.loads((await house.visit(scope("/incentive/bank/notices")))[2])["code"] == "BUSY"


async def test_a_crowd_of_citizens_leaves_platforms_and_banks_their_lane() -> None:
    house = House()
    house.door.lanes["citizen"].under_way = house.door.lanes["staff"].under_way = FIRST
    for path in ("/api/v1/integration/payment/redeem-code/commit", "/incentive/bank/notices"):
        assert (await house.visit(scope(path)))[0] == 202
        assert (await house.visit(scope(path, authorization="")))[0] == 202


async def test_not_all_are_sent_back_for_the_same_moment() -> None:
    house = House()
    house.door.lanes["citizen"].under_way = FIRST
    times = {(await house.visit(scope()))[1][b"retry-after"] for _ in range(100)}
    assert len(times) > 20


async def test_late_answers_shrink_a_lane_and_timely_ones_widen_it_again() -> None:
    house, lane = House(), Lane()
    for step in range(200):
        lane.under_way = int(lane.limit)
        lane.done(10 * IN_TIME_SECONDS, now=step * 100.0)
    assert lane.limit == FEWEST
    for _ in range(2000):
        lane.under_way = int(lane.limit)
        lane.done(IN_TIME_SECONDS / 2, now=0.0)
    assert lane.limit > 3 * FEWEST
    assert house.door.lanes["citizen"].limit == FIRST


@pytest.mark.parametrize(("share_of_time", "growth"), [(1.0, 1.0), (0.5, 2.0), (0.1, 4.0), (0.0, 4.0)])
async def test_a_lane_grows_faster_the_sooner_answers_come(share_of_time: float, growth: float) -> None:
    lane = Lane(under_way=FIRST)
    lane.done(share_of_time * IN_TIME_SECONDS, now=0.0)
    assert lane.limit == pytest.approx(FIRST + growth / FIRST)


@pytest.mark.parametrize(("times_late", "left"), [(1.25, 0.8), (2.0, 0.5), (10.0, 0.5)])
async def test_one_slow_moment_shrinks_a_lane_once_and_by_as_much_as_it_was_late(
    times_late: float, left: float
) -> None:
    lane = Lane()
    for _ in range(FIRST):  # all that were under way in it
        lane.under_way = FIRST
        lane.done(times_late * IN_TIME_SECONDS, now=5.0)
    assert lane.limit == pytest.approx(FIRST * left)


async def test_no_more_than_a_few_begin_in_one_turn_of_the_loop() -> None:
    loop, turn, begun = asyncio.get_running_loop(), 0, Counter[int]()

    def count() -> None:
        nonlocal turn
        turn += 1
        counting.append(loop.call_soon(count))

    class Noted(House):
        async def _app(self, scope: Message, receive: Receive, send: Send) -> None:
            begun[turn] += 1
            await super()._app(scope, receive, send)

    house, counting = Noted(), [loop.call_soon(count)]
    await asyncio.gather(*(house.visit(scope()) for _ in range(FIRST)))
    counting[-1].cancel()
    assert begun.total() == FIRST
    assert max(begun.values()) <= BEGIN_AT_A_TIME


async def test_a_visitor_who_sends_slowly_is_no_sign_of_pressure() -> None:
    house = House()
    for _ in range(20):
        assert (await house.visit(scope(), sending=7.0))[0] == 202
    assert house.door.lanes["citizen"].limit >= FIRST
    house.takes = 7.0
    await house.visit(scope())
    assert house.door.lanes["citizen"].limit < FIRST


async def test_a_request_that_fails_gives_its_place_back() -> None:
    async def broken(*_: Any) -> None:
        raise ZeroDivisionError

    door = Door(broken, Lanes(EngineMetrics("test")))
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await door(scope(), None, None)  # type: ignore[arg-type]  # never asked
    assert door.lanes["citizen"].under_way == 0


def flood(capacity: float, offered: float, seconds: float, guarded: bool) -> tuple[float, float]:
    """A service that does `capacity` requests a second, one after another, offered more than that.

    Returns the rate of those answered within the second that a client waits, and the worst of the last half's
    accepted latencies (seconds).
    """
    lane, chance = Lane(), random.Random(7)
    free_at, arrivals = 0.0, 0.0
    ends: list[tuple[float, float]] = []
    good, latencies = 0, []
    while arrivals < seconds:
        arrivals += chance.expovariate(offered)
        while ends and ends[0][0] <= arrivals:
            end, began = heapq.heappop(ends)
            lane.done(end - began, end)
        if guarded and lane.full:
            continue
        lane.under_way += 1
        free_at = max(free_at, arrivals) + 1 / capacity
        heapq.heappush(ends, (free_at, arrivals))
        good += free_at - arrivals <= 1.0
        if arrivals > seconds / 2:
            latencies.append(free_at - arrivals)
    return good / seconds, max(latencies)


@pytest.mark.parametrize("capacity", [50.0, 400.0, 2000.0])
def test_ten_times_the_load_costs_no_more_than_a_tenth_of_what_can_be_done(capacity: float) -> None:
    rate, worst = flood(capacity, 10 * capacity, 60.0, guarded=True)
    assert rate >= 0.9 * capacity
    assert worst <= 1.0
    unguarded, late = flood(capacity, 10 * capacity, 60.0, guarded=False)
    assert unguarded < 0.1 * capacity  # what the same service does without a door
    assert late > 10.0
