"""Clients of the bank: of one that answers as a test says, or of the simulated one, whose clock the test turns."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import httpx

from deploy.simulators.bank import Bank
from deploy.simulators.bank_http import build_bank
from services.incentive.adapters.bank import PaymentOrder, SimulatedBankClient

NOW = datetime(2020, 9, 1, 3, 0, tzinfo=UTC)
ORDER = PaymentOrder("GLB" + "A" * 27, "BNI", "1234567800", 600_000)


class Clock:
    """Time in the test's hand."""

    def __init__(self) -> None:
        self.at = NOW
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.at

    wall = now

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    async def wait_for(self, event: asyncio.Event, seconds: float) -> None:
        await event.wait()


def client_of(answer: Callable[[httpx.Request], httpx.Response]) -> SimulatedBankClient:
    return SimulatedBankClient(httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://bank"))


def client_for(bank: Bank) -> SimulatedBankClient:
    transport = httpx.ASGITransport(build_bank(bank))
    return SimulatedBankClient(httpx.AsyncClient(transport=transport, base_url="http://bank"))


def raises(error: type[Exception]) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error("x")

    return answer
