"""One attempt at a group commit: read, decide each message in order, collect one set of writes.

Nothing here answers a caller: results are handed out by the committer once the writes are on disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.contracts.decision import Decision, Ref, Refused
from shared.engine.deciding import EFFECTS, ROUNDS, Deciding, DecisionFailed
from shared.engine.hearing import Hearing
from shared.engine.journal import HEAD, HEADS, JOURNAL, Numbering
from shared.engine.ports import Change, Document, Insert, Transaction, Write
from shared.engine.states import Snapshot
from shared.engine.units import Ask, Model, Told, Unit

ANSWERS = "answers"
MOST_ROW_BYTES = 8 * 2**20


@dataclass(slots=True)
class Batch:
    """State of one attempt. Built afresh for each, since everything must be judged inside the transaction."""

    model: Model
    tx: Transaction
    numbering: Numbering
    at: datetime
    deciding: Deciding = field(init=False)
    hearing: Hearing = field(init=False)
    results: list[tuple[Unit, Any]] = field(default_factory=list)
    _answers: dict[str, Document] = field(default_factory=dict)
    _settled_effects: set[str] = field(default_factory=set)
    _writes: list[Write] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.deciding = Deciding(Snapshot(self.model.states, self.tx), self.tx, self.numbering, self.at)
        self.hearing = Hearing(self.model, self.tx, self.deciding)

    async def prepare(self, units: Sequence[Unit]) -> None:
        """One query per collection for all the batch will need, as far as it can be known beforehand."""
        await self._read_answers([unit for unit in units if isinstance(unit, Ask)])
        await self.hearing.read([unit for unit in units if isinstance(unit, Told)])
        world, asking = self.deciding.world, list(units)
        for _ in range(ROUNDS):
            named = [(unit, world.missing(self._needs(unit))) for unit in asking]
            asking = [unit for unit, missing in named if missing]
            if not asking:
                break
            await world.load(set().union(*(missing for _, missing in named)))

    async def _read_answers(self, asks: Sequence[Ask]) -> None:
        if keys := [ask.key for ask in asks if ask.key]:
            found = await self.tx.find(ANSWERS, {"_id": {"$in": keys}})
            self._answers = {document["_id"]: document for document in found}
        if effects := [ask.outcome.where["_id"] for ask in asks if ask.outcome]:
            found = await self.tx.find(EFFECTS, {"_id": {"$in": effects}}, fields=["state"])
            self._settled_effects = {e["_id"] for e in found if e["state"] in ("done", "failed")}

    def _needs(self, unit: Unit) -> Iterable[Ref]:
        """What a unit names; a rule whose needs fail is found out when its turn comes."""
        world = self.deciding.world
        try:
            if isinstance(unit, Ask):
                return list(unit.rule.needs(unit.message.body, world))
            if isinstance(unit, Told) and unit.heard.event is not None:
                return list(self.model.reactions[unit.heard.type][1].needs(unit.heard.event, world))
        except Exception:  # judged again, with its consequences, in decide()
            return ()
        return ()

    async def take(self, unit: Unit, condemned: str | None = None) -> None:
        """Decide one unit and note its result. A condemned one could not be stored: it is refused or parked."""
        self.results.append((unit, await self._result(unit, condemned)))

    async def _result(self, unit: Unit, condemned: str | None) -> Any:
        if isinstance(unit, Told):
            return await self.hearing.take(unit, condemned)
        if condemned:
            return Refused(condemned)
        return await (self._ask(unit) if isinstance(unit, Ask) else self.hearing.replay(unit))

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
            decision = await self.deciding.decide(ask.message, ask.rule)
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

    async def writes(self, commit: str) -> list[Write]:
        """All writes of the commit, or none when nothing changed (then the transaction is dropped)."""
        changed = [*await self.deciding.writes(), *self._writes, *self.hearing.writes()]
        if not changed and not self.numbering.entries:
            return []
        sequences = {f"sequences.{partition}": number for partition, number in self.numbering.sequences.items()}
        row = Insert(JOURNAL, self.numbering.row(commit, self.at, self.hearing.ignored))
        head = [Change(HEADS, {"_id": HEAD}, set=sequences)] if self.numbering.entries else []
        return [*head, *changed, row]
