"""Statement lines: every rupiah that moved on our accounts is explained, or stands in a queue with its age.

What a line is about is found by our reference in it, or by the number of a recorded deposit; everything else a person
explains, and a second one looks at it where an incentive could hide in it. One payment, return or deposit explains one
line, once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from services.incentive.domain.funds import Deposit
from services.incentive.domain.payouts import Payment
from services.incentive.domain.statement_lines import BookedLine, Kind, LineClaim, LineState
from shared.contracts.decision import Refused

SECOND_EYE_FROM_RUPIAH = 50_000
"""The smallest incentive there is: below it a line can hide none, so one person may explain a fee."""

ByHand = Literal["payment", "return", "deposit", "fee", "interest", "other"]
FEES = frozenset({"FEE", "CHRG", "FEES", "COMM"})
INTERESTS = frozenset({"INTEREST", "INTR"})
"""The last part of a bank's own code for a movement."""


@dataclass(frozen=True, slots=True)
class RecordLine:
    """A line was read. `says`: paid or returned for one of our references, empty for any other movement."""

    source: str
    bank_line: str
    booked_at: datetime
    came_in: bool
    amount_rupiah: int
    reference: str
    says: Literal["paid", "returned", ""]
    code: str = ""
    documents: tuple[str, ...] = ()
    """Of money that came in: numbers in the bank's texts. Those of recorded deposits count, the others are not kept."""

    @property
    def line_id(self) -> str:
        return hashlib.sha256(f"{self.source}|{self.bank_line}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class ExplainLine:
    """Staff explain a line. `proof` is the payment's reference, the deposit's number, or the bank's document."""

    line_id: str
    kind: ByHand
    proof: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class CheckLine:
    """The second person accepts an explanation, or sends the line back to the queue."""

    line_id: str
    accept: bool
    by: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What explains a line, and by which record; or why nothing does, and what it names all the same."""

    kind: Kind | None = None
    proof: str = ""
    why: str = ""
    names: str = ""


@dataclass(frozen=True, slots=True)
class NamedDeposit:
    """A recorded deposit that a line names, and the line that it explains already."""

    deposit: Deposit
    claim: LineClaim | None = None


def record(
    known: BookedLine | None,
    command: RecordLine,
    payment: Payment | None,
    claim: LineClaim | None,
    named: Sequence[NamedDeposit],
    now: datetime,
) -> BookedLine:
    """The line with what explains it. One read again is judged again while it is open; what is decided stays."""
    if known and known.state != LineState.OPEN:
        return known
    found = _judged(command, payment, claim) if command.says else _other(command, named)
    line = known or BookedLine(
        line_id=command.line_id,
        source=command.source,
        bank_line=command.bank_line,
        booked_at=command.booked_at,
        came_in=command.came_in,
        amount_rupiah=command.amount_rupiah,
        reference=command.reference,
        code=command.code,
        recorded_at=now,
    )
    if found.kind is None:
        return replace(line, why=found.why, names=found.names)
    done = replace(line, state=LineState.EXPLAINED, why="", names="", kind=found.kind, proof=found.proof)
    return replace(done, decided_at=now)


def said_kind(command: RecordLine) -> Kind:
    return Kind.RETURN if command.says == "returned" else Kind.PAYMENT


def _judged(command: RecordLine, payment: Payment | None, claim: LineClaim | None) -> Verdict:
    """Of a line about an order of ours."""
    kind = said_kind(command)
    if payment is None:
        return Verdict(why="NOT_OURS")
    if payment.amount_rupiah != command.amount_rupiah:
        return Verdict(why="AMOUNT_DIFFERS")
    if claim and claim.line_id != command.line_id:
        return Verdict(why="PAID_TWICE" if kind == Kind.PAYMENT else "RETURNED_TWICE")
    return Verdict(kind, command.reference)


def _other(command: RecordLine, named: Sequence[NamedDeposit]) -> Verdict:
    """Of any other movement: funds that name their document with the same rupiah, small fees and interest."""
    if command.came_in and named:
        return _funds(command, named)
    word = command.code.rpartition("_")[2]
    if command.came_in:
        return Verdict(Kind.INTEREST, command.reference) if word in INTERESTS else Verdict(why="UNKNOWN_CREDIT")
    is_small_fee = word in FEES and command.amount_rupiah < SECOND_EYE_FROM_RUPIAH
    return Verdict(Kind.FEE, command.reference) if is_small_fee else Verdict(why="UNKNOWN_DEBIT")


def _funds(command: RecordLine, named: Sequence[NamedDeposit]) -> Verdict:
    """Two papers agree, the disbursement document and the bank: as where a person says so, nobody else need look.

    Where they do not agree in everything the line stays open and says which deposit it names.
    """
    names = ", ".join(each.deposit.deposit_id for each in named)
    if len(named) > 1:
        return Verdict(why="DEPOSITS_NAMED", names=names)
    deposit, claim = named[0].deposit, named[0].claim
    if deposit.amount_rupiah != command.amount_rupiah:
        return Verdict(why="DEPOSIT_DIFFERS", names=names)
    if claim and claim.line_id != command.line_id:
        return Verdict(why="DEPOSIT_TWICE", names=names)
    return Verdict(Kind.DEPOSIT, deposit.deposit_id)


def explain(
    line: BookedLine | None,
    command: ExplainLine,
    payment: Payment | None,
    deposit: Deposit | None,
    claim: LineClaim | None,
    now: datetime,
) -> BookedLine:
    """Explained, or proposed where a second person has to look.

    Raises LINE_UNKNOWN, LINE_EXPLAINED, PROOF_UNKNOWN, PROOF_DIFFERS, PROOF_USED.
    """
    line = _open(line)
    kind = Kind(command.kind)
    _check_proof(line, kind, payment, deposit, claim)
    recorded = kind == Kind.DEPOSIT  # two papers agree: the disbursement document and the bank
    small = kind in (Kind.FEE, Kind.INTEREST) and line.amount_rupiah < SECOND_EYE_FROM_RUPIAH
    return replace(
        line,
        state=LineState.EXPLAINED if recorded or small else LineState.PROPOSED,
        kind=kind,
        proof=command.proof,
        reason=command.reason,
        by=command.by,
        checked_by=None,
        decided_at=now,
    )


def _open(line: BookedLine | None) -> BookedLine:
    if line is None:
        raise Refused("LINE_UNKNOWN")
    if line.state != LineState.OPEN:
        raise Refused("LINE_EXPLAINED")
    return line


def _check_proof(
    line: BookedLine, kind: Kind, payment: Payment | None, deposit: Deposit | None, claim: LineClaim | None
) -> None:
    """What explains a line by its own record must exist, have its amount and direction, and explain no other line."""
    if kind not in (Kind.PAYMENT, Kind.RETURN, Kind.DEPOSIT):
        return
    proof = deposit if kind == Kind.DEPOSIT else payment
    if proof is None:
        raise Refused("PROOF_UNKNOWN")
    if proof.amount_rupiah != line.amount_rupiah or line.came_in == (kind == Kind.PAYMENT):
        raise Refused("PROOF_DIFFERS")
    if claim and claim.line_id != line.line_id:
        raise Refused("PROOF_USED")


def check(line: BookedLine | None, command: CheckLine, claim: LineClaim | None, now: datetime) -> BookedLine:
    """Accept, or open again. Raises LINE_UNKNOWN, LINE_NOT_PROPOSED, SAME_PERSON, PROOF_USED."""
    if line is None:
        raise Refused("LINE_UNKNOWN")
    if line.state != LineState.PROPOSED:
        raise Refused("LINE_NOT_PROPOSED")
    if line.by == command.by:
        raise Refused("SAME_PERSON")
    if not command.accept:
        return replace(line, state=LineState.OPEN, kind=None, proof="", checked_by=command.by, decided_at=now)
    if claim and claim.line_id != line.line_id:
        raise Refused("PROOF_USED")
    return replace(line, state=LineState.EXPLAINED, why="", checked_by=command.by, decided_at=now)
