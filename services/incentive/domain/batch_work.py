"""The chunks of a payout batch: filled from what is due, released to the bank, or taken back when it was rejected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.incentive.domain.batches import CHUNK, Batch, BatchState, Chunk, Line, advanced, counted, extended, freeze
from services.incentive.domain.draft import Draft
from services.incentive.domain.entitlements import is_payable
from services.incentive.domain.funds import Funds
from services.incentive.domain.participant import Entitlement, EntitlementState
from services.incentive.domain.payouts import send
from shared.contracts.decision import Refused

State = EntitlementState
Drafts = Mapping[str, Draft]
"""Applicant id -> the draft of that participant; all of a chunk's participants that exist."""


@dataclass(frozen=True, slots=True)
class FillBatch:
    """Add chunk `number` from these participants."""

    batch_id: str
    number: int
    applicant_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompleteBatch:
    """Nothing is left that would be chunk `number`."""

    batch_id: str
    number: int


@dataclass(frozen=True, slots=True)
class MoveChunk:
    """Give chunk `number` of an approved batch to the bank, or of a rejected one back."""

    batch_id: str
    number: int


def fill(batch: Batch | None, command: FillBatch, drafts: Drafts) -> tuple[Batch, Chunk | None]:
    """Take what is due into the next chunk. Raises BATCH_MOVED_ON when another chunk is next."""
    batch = _collecting(batch, command.number)
    lines: list[Line] = []
    for draft in drafts.values():
        for each in draft.person.entitlements:
            if len(lines) < CHUNK and _may_be_taken(draft, each, batch):
                draft.set_entitlement(each, state=State.BATCHED, batch_id=batch.batch_id, batched_on=draft.today)
                lines.append(Line(draft.person.applicant_id, each.kind, each.number, each.amount_rupiah))
    return extended(batch, lines) if lines else (batch, None)


def complete(batch: Batch | None, funds: Funds, command: CompleteBatch) -> tuple[Batch, Funds]:
    """The list is final. Raises BATCH_MOVED_ON when a chunk came in between."""
    return freeze(_collecting(batch, command.number), funds)


def _collecting(batch: Batch | None, number: int) -> Batch:
    if batch is None or batch.state != BatchState.COLLECTING or number != batch.chunks + 1:
        raise Refused("BATCH_MOVED_ON")
    return batch


def _may_be_taken(draft: Draft, each: Entitlement, batch: Batch) -> bool:
    return each.state == State.DUE and each.due_on <= batch.until and is_payable(draft.person, each, draft.now)


def move(
    batch: Batch | None, chunk: Chunk | None, funds: Funds, command: MoveChunk, drafts: Drafts
) -> tuple[Batch, Funds]:
    """Release or take back one chunk. Raises BATCH_MOVED_ON when it is another chunk's turn.

    What may no longer be paid (account changed, identity questioned, participation over) is dropped: less than
    approved may be paid, never more.
    """
    moving = batch is not None and batch.state in (BatchState.APPROVED, BatchState.REJECTED)
    if batch is None or chunk is None or not moving or command.number != batch.cursor + 1:
        raise Refused("BATCH_MOVED_ON")
    for line in chunk.lines:
        draft = drafts.get(line.applicant_id)
        sent = draft is not None and _move_line(draft, line, batch)
        batch = counted(batch, "sending" if sent else "dropped")
        if not sent and batch.state == BatchState.APPROVED:
            funds = funds.promised_back(line.amount_rupiah)
    return advanced(batch), funds


def _move_line(draft: Draft, line: Line, batch: Batch) -> bool:
    """True when the line was given to the bank."""
    each, account = draft.person.entitlement(line.kind, line.number), draft.person.account
    if each is None or each.state != State.BATCHED or each.batch_id != batch.batch_id:
        return False
    payable = account is not None and is_payable(draft.person, each, draft.now)
    if batch.state == BatchState.APPROVED and payable and account is not None:
        send(draft, each, account, batch.batch_id)
        return True
    draft.set_entitlement(each, state=State.DUE, batch_id=None)
    return False


def people(chunk: Chunk | None) -> Sequence[str]:
    """Applicant ids of a chunk, each once."""
    return list(dict.fromkeys(line.applicant_id for line in chunk.lines)) if chunk else []
