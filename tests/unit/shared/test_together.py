"""Those who look something up at once share a question, and are never told what was known before they asked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from shared.platform.together import Together


class Book:
    """Numbers by name; each question takes a few turns, and says what stood there when it began."""

    def __init__(self) -> None:
        self.numbers = {"ann": 1, "ben": 2}
        self.asked: list[list[str]] = []
        self.away = False

    async def ask(self, ids: Sequence[str]) -> Mapping[str, int]:
        self.asked.append(list(ids))
        if self.away:
            raise ConnectionError
        seen = {id: self.numbers[id] for id in ids if id in self.numbers}
        for _ in range(5):
            await asyncio.sleep(0)
        return seen


async def test_who_asks_at_once_shares_a_question_and_each_gets_their_own() -> None:
    book = Book()
    together = Together(book.ask)
    assert await asyncio.gather(*map(together.get, ["ann", "ben", "nobody", "ann"])) == [1, 2, None, 1]
    assert book.asked == [["ann", "ben", "nobody", "ann"]]


async def test_nobody_is_answered_by_a_question_from_before() -> None:
    book = Book()
    together = Together(book.ask)
    early = asyncio.create_task(together.get("ann"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert book.asked
    book.numbers["ann"] = 7
    late = await together.get("ann")
    assert (await early, late) == (1, 7)
    assert book.asked == [["ann"], ["ann"]]


async def test_who_gives_up_takes_nobodys_answer_away() -> None:
    book = Book()
    together = Together(book.ask)
    waiting = [asyncio.create_task(together.get(name)) for name in ("ann", "ben")]
    await asyncio.sleep(0)
    waiting[0].cancel()
    assert await waiting[1] == 2


async def test_a_question_that_fails_fails_for_all_who_share_it_and_for_no_other() -> None:
    book = Book()
    together = Together(book.ask)
    book.away = True
    found = await asyncio.gather(*map(together.get, ["ann", "ben"]), return_exceptions=True)
    assert [type(each) for each in found] == [ConnectionError, ConnectionError]
    book.away = False
    assert await together.get("ann") == 1
