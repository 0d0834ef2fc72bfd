"""Deliberately broken engines. Each breaks one sentence of the design; the explorer must catch each."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from shared.engine.batch import Batch
from shared.engine.committer import Committer, _Attempts
from shared.engine.deciding import EFFECTS
from shared.engine.effects import Effects
from shared.engine.feed import Feed
from shared.engine.hearing import Hearing
from shared.engine.journal import JOURNAL
from shared.engine.marks import FEEDS, Heard, Mark, Verdict
from shared.engine.outcomes import Outcomes
from shared.engine.ports import Change, Insert, Put, Record, TransientError, UnknownCommit, Write
from shared.engine.relay import POSITION, Position, Relay
from shared.engine.rules import OutcomeState
from shared.engine.units import Told


@contextmanager
def replaced(owner: Any, **members: Any) -> Iterator[None]:
    """Swap members of a class while the block lasts."""
    kept = {name: owner.__dict__[name] for name in members}
    for name, member in members.items():
        setattr(owner, name, member)
    try:
        yield
    finally:
        for name, member in kept.items():
            setattr(owner, name, member)


def no_sequence_rule() -> Any:
    """Whatever is not older than the mark is applied."""

    def judge(self: Mark, heard: Heard) -> Verdict:
        return Verdict.REPEATED if heard.sequence <= self.mark else Verdict.NEXT

    return replaced(Mark, judge=judge)


def no_marks_at_all() -> Any:
    """Every record read is applied: at least once, without the word."""
    return replaced(Mark, judge=lambda self, heard: Verdict.NEXT)


def offset_first() -> Any:
    """The mark is stored before the records are applied (acknowledge first)."""
    read_marks, writes = Hearing._read_marks, Hearing.writes

    async def acknowledge(self: Hearing, records: Sequence[Told]) -> None:
        await read_marks(self, records)
        ahead = {id: replace(mark) for id, mark in self._marks.items()}
        for told in records:
            mark = ahead[told.delivery.mark_id]
            verdict = mark.judge(told.heard)
            if verdict is not Verdict.GAP:
                mark.advance(told.heard, verdict, known=True)
        await _database_of(self).write([Put(FEEDS, mark.document()) for mark in ahead.values()])

    def without_marks(self: Hearing) -> list[Write]:
        return [write for write in writes(self) if write.collection != FEEDS]

    return replaced(Hearing, _read_marks=acknowledge, writes=without_marks)


def _database_of(part: Batch | Hearing) -> Any:
    """The twin behind a transaction of the twin."""
    return part.tx.__dict__["_step"].__self__


def marks_from_memory() -> Any:
    """Marks are kept by the process and never read again, so that a second owner is not noticed."""

    async def remembered(self: Hearing, records: Sequence[Told]) -> None:
        memory = _database_of(self).__dict__.setdefault("remembered_marks", {})
        for told in records:
            id = told.delivery.mark_id
            if id not in memory:
                memory[id] = Mark.of(id, await self.tx.get(FEEDS, id))
            self._marks[id] = memory[id]

    return replaced(Hearing, _read_marks=remembered)


def two_writes() -> Any:
    """States are written before the transaction that writes the journal."""
    writes = Batch.writes

    async def split(self: Batch, commit: str) -> Any:
        everything = await writes(self, commit)
        early = [w for w in everything if isinstance(w, Insert | Put) and w.collection in ("books", "accounts")]
        await _database_of(self).write([Put(w.collection, w.document) for w in early])
        return [w for w in everything if w not in early]

    return replaced(Batch, writes=split)


def answer_not_looked_for() -> Any:
    """A commit whose answer was lost is decided again without looking into the journal."""

    async def commit(self: Committer, units: Sequence[Any], condemned: str | None = None) -> Any:
        while True:
            try:
                return await self._attempt(_Attempts(uuid.uuid4().hex), units, condemned)
            except UnknownCommit:
                continue
            except TransientError:
                await self._clock.sleep(0.1)

    return replaced(Committer, _commit=commit)


def paid_again_without_asking() -> Any:
    """An unknown outcome is due again at once."""
    next_state = Outcomes._next_state

    def again(self: Outcomes, outcome: Any) -> dict[str, Any]:
        if outcome.state is OutcomeState.UNKNOWN:
            return {"state": "due", "next_at": self._clock.now()}
        return next_state(self, outcome)

    return replaced(Outcomes, _next_state=again)


def expired_claim_is_due_again() -> Any:
    """A claim that expires after its attempt was stored is simply tried again."""

    async def expire(self: Effects) -> None:
        lost = {"state": "attempting", "next_at": {"$lt": self._clock.wall()}}
        await self._database.change(Change(EFFECTS, lost, set={"state": "due"}))

    return replaced(Effects, _expire=expire)


def published_before_it_is_sent() -> Any:
    """The relay stores its position before it publishes."""
    publish = Relay._publish

    async def stored_first(self: Relay, rows: Any) -> None:
        ahead = Position(rows[-1].n, self._position.partitions)
        await self._database.write([Put(POSITION, ahead.document())])
        await publish(self, rows)

    return replaced(Relay, _publish=stored_first)


def never_verified() -> Any:
    """The relay never looks whether the log still holds what was acknowledged."""

    async def verify(self: Relay) -> None:
        self._verified_at = self._clock.monotonic()

    return replaced(Relay, _verify=verify)


def one_by_one() -> Any:
    """`send()` for each record instead of one closed batch: a failed one is left behind and later ones go on."""

    async def send_each(self: Relay, partition: int, records: list[tuple[Record, int, int]]) -> None:
        for record, sequence, epoch in records:
            try:
                offset = await self._broker.publish(self._topic, partition, [record])
            except Exception:
                continue
            last = {"offset": offset, "sequence": sequence, "epoch": epoch}
            self._position.partitions[str(partition)] = last

    return replaced(Relay, _publish_partition=send_each)


def handler_that_raises() -> Any:
    """The feed gives up a batch at the first error and takes the next one, without reading it again."""
    apply = Feed._apply

    async def give_up(self: Feed, consumer: Any, place: Any, reading: Any, records: Any) -> None:
        sink = self._sink
        try:
            await self._database.get(FEEDS, "probe")
        except Exception:
            return
        assert sink
        await apply(self, consumer, place, reading, records)

    async def trust(self: Feed, consumer: Any, place: Any, reading: Any, records: Any, *rest: Any) -> None:
        return None

    @contextmanager
    def both() -> Iterator[None]:
        with replaced(Feed, _apply=give_up, _gap=trust):
            yield

    return both()


def silent_about_gaps() -> Any:
    """A gap is passed over: the feed never reads again from the beginning, and never looks in silence."""

    async def pass_over(self: Feed, *anything: Any) -> None:
        return None

    return replaced(Feed, _gap=pass_over, silence=pass_over)


def journal_written_late() -> Any:
    """The journal row is left out when the commit is busy: what was decided is never told."""
    writes = Batch.writes

    async def forgetful(self: Batch, commit: str) -> Any:
        everything = await writes(self, commit)
        return [w for w in everything if w.collection != JOURNAL or len(self.results) < 4]

    return replaced(Batch, writes=forgetful)


MUTANTS: dict[str, Callable[[], Any]] = {
    make.__name__: make
    for make in (
        no_sequence_rule,
        no_marks_at_all,
        offset_first,
        marks_from_memory,
        two_writes,
        answer_not_looked_for,
        paid_again_without_asking,
        expired_claim_is_due_again,
        published_before_it_is_sent,
        never_verified,
        one_by_one,
        handler_that_raises,
        silent_about_gaps,
        journal_written_late,
    )
}
