"""The same promise on real servers: a process that pays is killed twenty times, and nobody is paid twice or never."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.payouts.real import killed
from tests.servers import Space

PEOPLE, KILLS = 1_000, 20


@pytest.mark.timeout(1800)
async def test_twenty_kills_of_the_service_that_pays(space: Space, tmp_path: Path) -> None:
    month = await killed(space, tmp_path, PEOPLE, KILLS)
    assert month.met > KILLS / 2, "hardly any kill met an order at the bank"
