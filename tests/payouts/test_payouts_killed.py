"""The same promise on real servers: a process that pays is killed twenty times, and nobody is paid twice or never."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.payouts.invariants import check
from tests.payouts.real import office, storm
from tests.servers import Space

PEOPLE, KILLS = 300, 20


@pytest.mark.timeout(1800)
async def test_twenty_kills_of_the_service_that_pays(space: Space, tmp_path: Path) -> None:
    chance = random.Random(20)
    async with office(space, tmp_path, PEOPLE, chance) as made:
        await storm(made, KILLS, chance)
        await made.rest()
        await made.explain()
        month = await made.month()
    check(month)  # type: ignore[arg-type]
    assert len(month.books.transfers) > PEOPLE / 2, "hardly anything was given to the bank"
