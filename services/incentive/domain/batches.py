"""Payout batches: made by one person, approved by another, for exactly the list that was seen.

    collecting -> proposed -> approved -> sent -> closed;  proposed -> rejected -> closed

A batch is filled and released in chunks of at most CHUNK lines, which a timer asks for one after another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from services.incentive.domain.funds import Funds
from services.incentive.domain.participant import EntitlementState, Participant
from shared.contracts.decision import Refused

CHUNK = 120
"""Lines per chunk. Each changes a participant and adds a payment and a posting, or two when time caused one as well;
one message changes at most 500 states."""


class BatchState(StrEnum):
    COLLECTING = "collecting"
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    SENT = "sent"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Batch:
    """A payout list with its control totals. `list_hash` chains the hashes of its chunks."""

    collection: ClassVar[str] = "batches"

    batch_id: str
    until: date
    """Takes what is due up to and including this WIB date."""
    made_by: str
    made_at: datetime
    state: BatchState = BatchState.COLLECTING
    chunks: int = 0
    cursor: int = 0
    """Chunks released, or taken back when it was rejected."""
    lines: int = 0
    amount_rupiah: int = 0
    list_hash: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    """Lines by what became of them: sending, paid, failed, unknown, returned, dropped."""
    checked_by: str | None = None
    checked_at: datetime | None = None
    reason: str | None = None
    moving: bool = True
    """A timer still has chunks to ask for."""

    @property
    def id(self) -> str:
        return self.batch_id


@dataclass(frozen=True, slots=True)
class Line:
    """One payment of a list."""

    applicant_id: str
    kind: str
    number: int
    amount_rupiah: int

    def text(self) -> str:
        return f"{self.applicant_id}|{self.kind}|{self.number}|{self.amount_rupiah}"


@dataclass(frozen=True, slots=True)
class Chunk:
    """Part `number` (1, 2, ...) of a batch's list."""

    collection: ClassVar[str] = "batch_chunks"

    batch_id: str
    number: int
    lines: tuple[Line, ...]

    @property
    def id(self) -> str:
        return chunk_id(self.batch_id, self.number)


def chunk_id(batch_id: str, number: int) -> str:
    return f"{batch_id}/{number}"


@dataclass(frozen=True, slots=True)
class MakeBatch:
    """Begin a list of what is due up to `until`."""

    batch_id: str
    until: date
    by: str


@dataclass(frozen=True, slots=True)
class ApproveBatch:
    """The second officer approves the list with exactly these totals and this hash."""

    batch_id: str
    by: str
    list_hash: str
    lines: int
    amount_rupiah: int


@dataclass(frozen=True, slots=True)
class RejectBatch:
    """The second officer sends the list back; everything on it is due again."""

    batch_id: str
    by: str
    reason: str


def make(existing: Batch | None, command: MakeBatch, now: datetime) -> Batch:
    """A new, empty list. Raises BATCH_EXISTS."""
    if existing:
        raise Refused("BATCH_EXISTS")
    return Batch(command.batch_id, command.until, command.by, now)


def chained(list_hash: str, lines: Sequence[Line]) -> str:
    """Hash of a list after a further chunk: SHA-256 over the hash so far and the lines, hexadecimal."""
    text = "\n".join([list_hash, *(line.text() for line in lines)])
    return hashlib.sha256(text.encode()).hexdigest()


def extended(batch: Batch, lines: Sequence[Line]) -> tuple[Batch, Chunk]:
    """The batch with a further chunk."""
    chunk = Chunk(batch.batch_id, batch.chunks + 1, tuple(lines))
    after = replace(
        batch,
        chunks=chunk.number,
        lines=batch.lines + len(lines),
        amount_rupiah=batch.amount_rupiah + sum(line.amount_rupiah for line in lines),
        list_hash=chained(batch.list_hash, lines),
    )
    return after, chunk


def freeze(batch: Batch, funds: Funds) -> tuple[Batch, Funds]:
    """Nothing more is due: the list is final and waits for the second officer; an empty one is closed."""
    if batch.lines == 0:
        return replace(batch, state=BatchState.CLOSED, moving=False), funds
    return replace(batch, state=BatchState.PROPOSED, moving=False), funds.asked(batch.amount_rupiah)


def approve(batch: Batch | None, funds: Funds, command: ApproveBatch, now: datetime) -> tuple[Batch, Funds]:
    """Approve what was seen, nothing else.

    Raises BATCH_UNKNOWN, BATCH_NOT_PROPOSED, SAME_PERSON, BATCH_CHANGED, FUNDS_NOT_AVAILABLE.
    """
    batch = _proposed(batch, command.by)
    if (batch.list_hash, batch.lines, batch.amount_rupiah) != (
        command.list_hash,
        command.lines,
        command.amount_rupiah,
    ):
        raise Refused("BATCH_CHANGED", lines=batch.lines, amount_rupiah=batch.amount_rupiah)
    if batch.amount_rupiah > funds.available_rupiah:
        raise Refused("FUNDS_NOT_AVAILABLE", missing_rupiah=batch.amount_rupiah - funds.available_rupiah)
    after = replace(batch, state=BatchState.APPROVED, moving=True, checked_by=command.by, checked_at=now)
    return after, funds.promised(batch.amount_rupiah)


def reject(batch: Batch | None, funds: Funds, command: RejectBatch, now: datetime) -> tuple[Batch, Funds]:
    """Send the list back. Raises BATCH_UNKNOWN, BATCH_NOT_PROPOSED, SAME_PERSON."""
    batch = _proposed(batch, command.by)
    after = replace(
        batch,
        state=BatchState.REJECTED,
        moving=True,
        checked_by=command.by,
        checked_at=now,
        reason=command.reason,
    )
    return after, funds.asked(-batch.amount_rupiah)


def _proposed(batch: Batch | None, by: str) -> Batch:
    if batch is None:
        raise Refused("BATCH_UNKNOWN")
    if batch.state != BatchState.PROPOSED:
        raise Refused("BATCH_NOT_PROPOSED", state=batch.state.value)
    if batch.made_by == by:
        raise Refused("SAME_PERSON")
    return batch


def advanced(batch: Batch) -> Batch:
    """The cursor one chunk further; after the last one the batch is sent, or closed when it was rejected."""
    cursor = batch.cursor + 1
    if cursor < batch.chunks:
        return replace(batch, cursor=cursor)
    done = BatchState.SENT if batch.state == BatchState.APPROVED else BatchState.CLOSED
    return settled(replace(batch, cursor=cursor, state=done, moving=False))


def counted(batch: Batch, became: str, was: str | None = None, lines: int = 1) -> Batch:
    """Count lines that became something, and take them out of what they were."""
    counts = dict(batch.counts)
    counts[became] = counts.get(became, 0) + lines
    if was:
        counts[was] = counts.get(was, 0) - lines
    return settled(replace(batch, counts=counts))


def settled(batch: Batch) -> Batch:
    """A sent batch is closed once nothing of it is on its way or unknown."""
    open_lines = batch.counts.get("sending", 0) + batch.counts.get("unknown", 0)
    if batch.state in (BatchState.SENT, BatchState.CLOSED) and batch.cursor:
        return replace(batch, state=BatchState.SENT if open_lines else BatchState.CLOSED)
    return batch


def followed(batch: Batch, funds: Funds, before: Participant, after: Participant) -> tuple[Batch, Funds]:
    """Count what became of a batch's payments when something was heard; money that stayed is promised no longer."""
    for old in before.entitlements:
        new = after.entitlement(old.kind, old.number)
        if new is None or old.state == new.state:
            continue
        if old.batch_id == batch.batch_id:
            # what is owed again at once counts as given back, like a line that was no longer to be paid
            became = "dropped" if new.state == EntitlementState.DUE else new.state.value
            batch = counted(batch, became, old.state.value)
        left, came = old.state in _MONEY_GOES, new.state in _MONEY_GOES
        funds = funds.promised_back(old.amount_rupiah * (left - came))
    return batch, funds


_MONEY_GOES = (EntitlementState.SENDING, EntitlementState.UNKNOWN, EntitlementState.PAID)
