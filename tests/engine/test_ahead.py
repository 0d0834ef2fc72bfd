"""The database is asked seldom: in a month of half a million each question about what is due is dear."""

from __future__ import annotations

from collections.abc import Sequence

from shared.engine.ahead import AHEAD, Ahead


async def test_one_look_serves_many_parts_and_the_next_is_made_when_none_are_left() -> None:
    looks: list[int] = []

    async def look(most: int) -> Sequence[str]:
        looks.append(most)
        return [[str(number) for number in range(300)], ["late"], []][len(looks) - 1]

    ahead = Ahead()
    assert [len(await ahead.take(120, look)) for _ in range(3)] == [120, 120, 60]
    assert looks == [AHEAD]
    assert await ahead.take(120, look) == ["late"]
    assert await ahead.take(120, look) == []
    assert looks == [AHEAD] * 3
