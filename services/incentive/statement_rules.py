"""Rules about lines of the banks' statements. They are about no participant, so they need no draft of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from services.incentive.domain import statement
from services.incentive.domain.funds import Deposit
from services.incentive.domain.payouts import Payment
from services.incentive.domain.statement import CheckLine, ExplainLine, NamedDeposit, RecordLine, said_kind
from services.incentive.domain.statement_lines import (
    BookedLine,
    Kind,
    LineClaim,
    LineState,
    StatementDay,
    claim_id,
    day_id,
)
from services.incentive.wiring import peek
from shared.contracts.decision import Aggregate, Decision, Ref, World, ref
from shared.engine.rules import Rule


def statement_commands() -> Mapping[type, Rule]:
    """Command -> rule, for commands.py."""
    return {
        RecordLine: Rule(_record_needs, _record),
        ExplainLine: Rule(_explain_needs, _explain),
        CheckLine: Rule(_check_needs, _check),
    }


def _record_needs(command: RecordLine, world: World) -> list[Ref]:
    needed = [ref(BookedLine, command.line_id), ref(StatementDay, day_id(command.source, command.booked_at))]
    if command.says:
        needed += [ref(Payment, command.reference), *_claim(said_kind(command), command.reference)]
    for number in command.documents:
        needed += [ref(Deposit, number), *_claim(Kind.DEPOSIT, number)]
    return needed


def _record(world: World, command: RecordLine, now: datetime) -> Decision:
    known = world.get(BookedLine, command.line_id)
    payment = world.get(Payment, command.reference) if command.says else None
    claim = _claimed(world, said_kind(command), command.reference) if command.says else None
    return _changed(world, known, statement.record(known, command, payment, claim, _named(world, command), now))


def _named(world: World, command: RecordLine) -> list[NamedDeposit]:
    """Deposits that staff recorded under a number that the bank's text has."""
    found = (world.get(Deposit, number) for number in command.documents)
    return [NamedDeposit(each, _claimed(world, Kind.DEPOSIT, each.deposit_id)) for each in found if each]


def _explain_needs(command: ExplainLine, world: World) -> list[Ref]:
    proofs = [ref(Payment, command.proof), ref(Deposit, command.proof)]
    return [*_line_needs(command.line_id, world), *proofs, *_claim(command.kind, command.proof)]


def _explain(world: World, command: ExplainLine, now: datetime) -> Decision:
    known, claim = world.get(BookedLine, command.line_id), _claimed(world, command.kind, command.proof)
    payment, deposit = world.get(Payment, command.proof), world.get(Deposit, command.proof)
    return _changed(world, known, statement.explain(known, command, payment, deposit, claim, now))


def _check_needs(command: CheckLine, world: World) -> list[Ref]:
    line = peek(world, BookedLine, command.line_id)
    return [*_line_needs(command.line_id, world), *(_claim(line.kind, line.proof) if line and line.kind else [])]


def _check(world: World, command: CheckLine, now: datetime) -> Decision:
    known = world.get(BookedLine, command.line_id)
    claim = _claimed(world, known.kind, known.proof) if known and known.kind else None
    return _changed(world, known, statement.check(known, command, claim, now))


def _line_needs(line_id: str, world: World) -> list[Ref]:
    line = peek(world, BookedLine, line_id)
    return [ref(BookedLine, line_id), *([ref(StatementDay, line.day_id)] if line else [])]


def _claim(kind: str, proof: str) -> list[Ref]:
    id = claim_id(kind, proof)
    return [ref(LineClaim, id)] if id else []


def _claimed(world: World, kind: Kind | str, proof: str) -> LineClaim | None:
    id = claim_id(kind, proof)
    return world.get(LineClaim, id) if id else None


def _changed(world: World, before: BookedLine | None, after: BookedLine) -> Decision:
    """The line, its day's sums, and the claim of what explains it, all together or not at all."""
    reply = {"line_id": after.line_id, "state": after.state.value}
    if before == after:
        return Decision(reply=reply)
    day = world.get(StatementDay, after.day_id) or StatementDay(after.day_id)
    changes: list[Aggregate] = [after, day.counted(before, after)]
    id = claim_id(after.kind, after.proof) if after.kind else None
    if id and after.state == LineState.EXPLAINED:
        changes.append(LineClaim(id, after.line_id))
    return Decision(changes=changes, reply=reply)
