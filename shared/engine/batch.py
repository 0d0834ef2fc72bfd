"""One attempt at a group commit: read, judge, decide each message in order, collect one set of writes.

Nothing here answers a caller: results are handed out by the committer once the writes are on disk.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.contracts.base import Event, RecordParked, RecordReplayed
from shared.contracts.decision import Decision, Ref, Refused, Work
from shared.engine import dead_letters
from shared.engine.dead_letters import BEHIND, PARKED, WAITING
from shared.engine.journal import HEAD, HEADS, JOURNAL, Entry, Numbering
from shared.engine.marks import FEEDS, Heard, Mark, Verdict, hear
from shared.engine.ports import Change, Document, Insert, Put, Transaction, Write
from shared.engine.rules import Message, Rule
from shared.engine.states import Snapshot
from shared.engine.units import Ask, Model, Replay, Told, Unit

ANSWERS, EFFECTS = "answers", "effects"
MOST_CHANGES = MOST_EVENTS = 500
MOST_EVENT_BYTES, MOST_MESSAGE_BYTES, MOST_ROW_BYTES = 256 * 1024, 4 * 2**20, 8 * 2**20
ROUNDS = 4
_EFFECT_IDS = uuid.UUID("0b2ff3a0-64a5-4c0e-9a6f-7f1c64f0a3de")


class DecisionFailed(Exception):
    """A rule broke its own promise (exception, limits, needs that never settle): a bug, not a refusal."""


@dataclass(slots=True)
class Batch:
    """State of one attempt. Built afresh for each, since everything must be judged inside the transaction."""

    model: Model
    tx: Transaction
    numbering: Numbering
    at: datetime
    world: Snapshot = field(init=False)
    results: list[tuple[Unit, Any]] = field(default_factory=list)
    _marks: dict[str, Mark] = field(default_factory=dict)
    _lanes: set[str] = field(default_factory=set)
    _letters: set[str] = field(default_factory=set)
    _answers: dict[str, Document] = field(default_factory=dict)
    _work: dict[str, Document] = field(default_factory=dict)
    _settled_effects: set[str] = field(default_factory=set)
    _ignored: list[Document] = field(default_factory=list)
    _writes: list[Write] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world = Snapshot(self.model.states, self.tx)

    # ---- reading

    async def prepare(self, units: Sequence[Unit]) -> None:
        """One query per collection for all the batch will need, as far as it can be known beforehand."""
        await self._read_answers(units)
        await self._read_feeds(units)
        await self._read_parked(units)
        for _ in range(ROUNDS):
            missing = self.world.missing(ref for unit in units for ref in self._needs(unit))
            if not missing:
                break
            await self.world.load(missing)

    async def _read_answers(self, units: Sequence[Unit]) -> None:
        keys = [unit.key for unit in units if isinstance(unit, Ask) and unit.key]
        if keys:
            found = await self.tx.find(ANSWERS, {"_id": {"$in": keys}})
            self._answers = {document["_id"]: document for document in found}
        effects = [unit.outcome.where["_id"] for unit in units if isinstance(unit, Ask) and unit.outcome]
        if effects:
            found = await self.tx.find(EFFECTS, {"_id": {"$in": effects}}, fields=["state"])
            self._settled_effects = {e["_id"] for e in found if e["state"] in ("done", "failed")}

    async def _read_feeds(self, units: Sequence[Unit]) -> None:
        ids = {unit.delivery.mark_id for unit in units if isinstance(unit, Told)}
        if ids:
            found = {d["_id"]: d for d in await self.tx.find(FEEDS, {"_id": {"$in": sorted(ids)}})}
            self._marks = {id: Mark.of(id, found.get(id)) for id in ids}

    async def _read_parked(self, units: Sequence[Unit]) -> None:
        lanes = {u.heard.lane for u in units if isinstance(u, Told) and u.heard.lane}
        if lanes:
            where = {"lane": {"$in": sorted(lanes)}, "state": WAITING}
            self._lanes = {d["lane"] for d in await self.tx.find(PARKED, where, fields=["lane"])}

    def _needs(self, unit: Unit) -> Iterable[Ref]:
        """What a unit names; a rule whose needs fail is found out when its turn comes."""
        try:
            if isinstance(unit, Ask):
                return list(unit.rule.needs(unit.message.body, self.world))
            if isinstance(unit, Told) and unit.heard.event is not None:
                return list(self.model.reactions[unit.heard.type][1].needs(unit.heard.event, self.world))
        except Exception:  # judged again, with its consequences, in decide()
            return ()
        return ()

    # ---- deciding

    async def take(self, unit: Unit, condemned: str | None = None) -> None:
        """Decide one unit and note its result. A condemned one could not be stored: it is refused or parked."""
        if isinstance(unit, Told):
            self.results.append((unit, await self._told(unit, condemned)))
        elif condemned:
            self.results.append((unit, Refused(condemned)))
        elif isinstance(unit, Ask):
            self.results.append((unit, await self._ask(unit)))
        else:
            self.results.append((unit, await self._replay(unit)))

    @property
    def full(self) -> bool:
        return self.numbering.bytes >= MOST_ROW_BYTES

    async def _ask(self, ask: Ask) -> Mapping[str, Any] | Exception:
        known = self._answers.get(ask.key) if ask.key else None
        if known:
            return known["reply"] if known["digest"] == ask.digest else Refused("IDEMPOTENCY_KEY_REUSED")
        if ask.outcome and ask.outcome.where["_id"] in self._settled_effects:
            return {}
        try:
            decision = await self._decide(ask.message, ask.rule)
        except (Refused, DecisionFailed) as error:
            if ask.outcome is None or isinstance(error, DecisionFailed):
                return error
            decision = Decision()  # the outcome is a fact even when the rule has no use for it
        if ask.key:
            answer = {"_id": ask.key, "digest": ask.digest, "reply": dict(decision.reply), "at": self.at}
            self._answers[ask.key] = answer
            self._writes.append(Insert(ANSWERS, answer))
        if ask.outcome:
            self._settled_effects.add(ask.outcome.where["_id"])
            self._writes.append(ask.outcome)
        return decision.reply

    async def _told(self, told: Told, condemned: str | None) -> Verdict:
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
            self._writes.append(Insert(PARKED, dead_letters.letter(heard, BEHIND, self.model.seal, self.at)))
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
            await self._decide(message, self.model.reactions[heard.type][1])
        except Refused as refused:
            self._ignored.append({"id": heard.id, "type": heard.type, "code": refused.code})
        except DecisionFailed:
            return "DECISION_FAILED"
        return None

    async def _park(self, heard: Heard, reason: str) -> Verdict:
        document = dead_letters.letter(heard, reason, self.model.seal, self.at)
        if document["_id"] in self._letters or await self.tx.get(PARKED, document["_id"]):
            return Verdict.REPEATED  # the log was read again
        self._writes.append(Insert(PARKED, document))
        self._letters.add(document["_id"])
        if heard.lane:
            self._lanes.add(heard.lane)
        parked = RecordParked(
            letter_id=document["_id"], topic=heard.record.topic, partition=heard.record.partition, reason=reason
        )
        self._say(Message(document["_id"], None, self.at), [parked])
        return Verdict.PARKED

    async def _replay(self, replay: Replay) -> Mapping[str, Any]:
        where: dict[str, Any] = {"state": WAITING, **({"lane": replay.lane} if replay.lane else {"_id": replay.id})}
        taken = 0
        waiting = await self.tx.find(PARKED, where, sort=[("order", 1)], limit=100)
        for document in waiting:
            heard = hear(dead_letters.opened(document, self.model.unseal), self.model.events)
            if fault := await self._react(heard):
                changes = {"reason": fault, "tried_at": self.at}
                self._writes.append(Change(PARKED, {"_id": document["_id"]}, set=changes))
                break
            done = {"state": "replayed", "settled_at": self.at}
            self._writes.append(Change(PARKED, {"_id": document["_id"]}, set=done))
            replayed = RecordReplayed(
                letter_id=document["_id"], topic=document["topic"], partition=document["partition"]
            )
            self._say(Message(f"replay/{document['_id']}", None, self.at), [replayed])
            taken += 1
        return {"taken": taken, "left": len(waiting) - taken}

    async def _decide(self, message: Message, rule: Rule) -> Decision:
        for _ in range(ROUNDS + 1):
            try:
                missing = self.world.missing(rule.needs(message.body, self.world))
                if not missing:
                    decision = rule.decide(self.world, message.body, message.now)
                    self._accept(message, decision)
                    return decision
            except (Refused, DecisionFailed):
                raise
            except Exception as error:
                raise DecisionFailed(type(error).__name__) from error
            await self.world.load(missing)
        raise DecisionFailed("needs names more in every round")

    def _accept(self, message: Message, decision: Decision) -> None:
        if len(decision.changes) > MOST_CHANGES or len(decision.events) > MOST_EVENTS:
            raise DecisionFailed("one message changes or says too much")
        self._say(message, decision.events)
        self.world.apply(decision)
        for work in decision.work:
            effect = self._effect(work)
            self._work.setdefault(effect["_id"], effect)

    def _say(self, message: Message, events: Sequence[Event]) -> None:
        entries: list[Entry] = [self.numbering.entry(message, i, event) for i, event in enumerate(events)]
        sizes = [len(entry.data) for entry in entries]
        if sum(sizes) > MOST_MESSAGE_BYTES or max(sizes, default=0) > MOST_EVENT_BYTES:
            raise DecisionFailed("one message says too many bytes")
        self.numbering.append(entries)

    def _effect(self, work: Work) -> Document:
        return {
            "_id": str(uuid.uuid5(_EFFECT_IDS, f"{work.kind}|{work.key}")),
            "kind": work.kind,
            "key": work.key,
            "payload": dict(work.payload),
            "state": "due",
            "due_at": self.at,
            "attempts": 0,
            "created_at": self.at,
        }

    # ---- writing

    async def writes(self, commit: str) -> list[Write]:
        """All writes of the commit, or none when nothing changed (then the transaction is dropped)."""
        changed = [*self.world.writes(), *self._writes, *await self._new_effects()]
        changed += [Put(FEEDS, mark.document()) for mark in self._marks.values() if mark.moved]
        if not changed and not self.numbering.entries:
            return []
        sequences = {f"sequences.{partition}": number for partition, number in self.numbering.sequences.items()}
        row = Insert(JOURNAL, self.numbering.row(commit, self.at, self._ignored))
        head = [Change(HEADS, {"_id": HEAD}, set=sequences)] if self.numbering.entries else []
        return [*head, *changed, row]

    async def _new_effects(self) -> list[Write]:
        """The same business key is never due twice: what was committed before stays as it is."""
        if not self._work:
            return []
        known = await self.tx.find(EFFECTS, {"_id": {"$in": list(self._work)}}, fields=["_id"])
        old = {document["_id"] for document in known}
        return [Insert(EFFECTS, document) for id, document in self._work.items() if id not in old]
