"""The records of one commit: judged by the marks as read inside it, applied, or parked with a letter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.contracts.base import RecordParked, RecordReplayed
from shared.contracts.decision import Refused
from shared.engine import dead_letters
from shared.engine.dead_letters import BEHIND, PARKED, WAITING
from shared.engine.deciding import Deciding, DecisionFailed
from shared.engine.marks import FEEDS, Heard, Mark, Verdict, hear
from shared.engine.ports import Change, Document, Insert, Put, Transaction, Write
from shared.engine.rules import Message
from shared.engine.units import Model, Replay, Told

MOST_REPLAYED = 100


@dataclass(slots=True)
class Hearing:
    """Marks, and the lanes in which something waits already."""

    model: Model
    tx: Transaction
    deciding: Deciding
    ignored: list[Document] = field(default_factory=list)
    """Messages that a reaction refused: id, type and code, for the journal."""
    _marks: dict[str, Mark] = field(default_factory=dict)
    _lanes: set[str] = field(default_factory=set)
    _letters: set[str] = field(default_factory=set)
    _writes: list[Write] = field(default_factory=list)

    async def read(self, records: Sequence[Told]) -> None:
        """Marks, and whether a letter waits in the lane of a record: one query each."""
        if records:
            await self._read_marks(records)
            await self._read_parked(records)

    async def _read_marks(self, records: Sequence[Told]) -> None:
        ids = {told.delivery.mark_id for told in records}
        found = {d["_id"]: d for d in await self.tx.find(FEEDS, {"_id": {"$in": sorted(ids)}})}
        self._marks = {id: Mark.of(id, found.get(id)) for id in ids}

    async def _read_parked(self, records: Sequence[Told]) -> None:
        lanes = {told.heard.lane for told in records if told.heard.lane}
        if lanes:
            where = {"lane": {"$in": sorted(lanes)}, "state": WAITING}
            self._lanes = {d["lane"] for d in await self.tx.find(PARKED, where, fields=["lane"])}

    async def take(self, told: Told, condemned: str | None) -> Verdict:
        """One record. A condemned one could not be stored: it becomes a letter with that reason."""
        heard, mark = told.heard, self._marks[told.delivery.mark_id]
        if heard.fault == "HEADERS_MISSING":  # not of our numbering: never next, never a gap
            mark.advance(heard, Verdict.REPEATED, known=True)
            return await self._park(heard, heard.fault)
        verdict = mark.judge(heard)
        if verdict is Verdict.GAP:
            return verdict
        learning = told.delivery.type
        mark.advance(heard, verdict, known=bool(learning) or heard.type in self.model.reactions)
        if verdict is Verdict.REPEATED or (learning and learning != heard.type):
            return verdict
        return await self._hear(heard, condemned)

    async def _hear(self, heard: Heard, condemned: str | None) -> Verdict:
        if heard.lane and heard.lane in self._lanes:
            self._writes.append(Insert(PARKED, self._letter(heard, BEHIND)))
            return Verdict.NEXT
        fault = condemned or await self._react(heard)
        return await self._park(heard, fault) if fault else Verdict.NEXT

    async def _react(self, heard: Heard) -> str | None:
        """Apply the reaction; a reason code when the record cannot be taken."""
        if heard.fault or heard.event is None:
            return heard.fault
        trace = heard.record.header("traceparent") or ""
        message = Message(heard.id, heard.event, heard.time, trace)
        try:
            await self.deciding.decide(message, self.model.reactions[heard.type][1])
        except Refused as refused:
            self.ignored.append({"id": heard.id, "type": heard.type, "code": refused.code})
        except DecisionFailed:
            return "DECISION_FAILED"
        return None

    async def _park(self, heard: Heard, reason: str) -> Verdict:
        document = self._letter(heard, reason)
        if document["_id"] in self._letters or await self.tx.get(PARKED, document["_id"]):
            return Verdict.REPEATED  # the log was read again
        self._writes.append(Insert(PARKED, document))
        self._letters.add(document["_id"])
        if heard.lane:
            self._lanes.add(heard.lane)
        parked = RecordParked(
            letter_id=document["_id"], topic=heard.record.topic, partition=heard.record.partition, reason=reason
        )
        self.deciding.say(Message(document["_id"], None, self.deciding.at), [parked])
        return Verdict.PARKED

    def _letter(self, heard: Heard, reason: str) -> Document:
        return dead_letters.letter(heard, reason, self.model.seal, self.deciding.at)

    async def replay(self, replay: Replay) -> Mapping[str, Any]:
        """Take waiting letters again, in their order, until one fails."""
        where: dict[str, Any] = {"state": WAITING, **({"lane": replay.lane} if replay.lane else {"_id": replay.id})}
        taken = 0
        waiting = await self.tx.find(PARKED, where, sort=[("order", 1)], limit=MOST_REPLAYED)
        for document in waiting:
            heard = hear(dead_letters.opened(document, self.model.unseal), self.model.events)
            if fault := await self._react(heard):
                self._settle(document, reason=fault, tried_at=self.deciding.at)
                break
            self._settle(document, state="replayed", settled_at=self.deciding.at)
            replayed = RecordReplayed(
                letter_id=document["_id"], topic=document["topic"], partition=document["partition"]
            )
            self.deciding.say(Message(f"replay/{document['_id']}", None, self.deciding.at), [replayed])
            taken += 1
        return {"taken": taken, "left": len(waiting) - taken}

    def _settle(self, document: Document, **values: Any) -> None:
        self._writes.append(Change(PARKED, {"_id": document["_id"]}, set=values))

    def writes(self) -> list[Write]:
        """Letters and the marks that moved."""
        return [*self._writes, *(Put(FEEDS, mark.document()) for mark in self._marks.values() if mark.moved)]
