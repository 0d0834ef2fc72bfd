"""Rules that touch more than one participant or the programme's funds: batches, payments, deposits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.incentive.domain import accounts, batch_work, batches, decisions, funds, outcomes
from services.incentive.domain.accounts import AccountAnswer
from services.incentive.domain.batch_work import CompleteBatch, FillBatch, MoveChunk
from services.incentive.domain.batches import ApproveBatch, Batch, Chunk, MakeBatch, RejectBatch, chunk_id
from services.incentive.domain.draft import Draft
from services.incentive.domain.funds import Deposit, DepositFunds
from services.incentive.domain.participant import Participant
from services.incentive.domain.payouts import HELD, IN_FILE, DecidePayment, HearPayment, Payment, Result
from services.incentive.domain.sequel import settle
from services.incentive.wiring import FUNDS, Desk, funds_of, peek
from shared.contracts.decision import Aggregate, Decision, Ref, Refused, World, ref
from shared.engine.rules import EffectFinished, OutcomeState, Rule

RESULTS: Mapping[OutcomeState, Result] = {
    OutcomeState.DONE: "paid",
    OutcomeState.FAILED: "failed",
    OutcomeState.UNKNOWN: "unknown",
    OutcomeState.NOT_FOUND: "not_found",
}


def money_commands(desk: Desk) -> Mapping[type, Rule]:
    """Command -> rule, for commands.py."""
    return {
        MakeBatch: Rule(_batch, _make),
        FillBatch: Rule(_fill_needs, lambda world, command, now: _fill(desk, world, command, now)),
        CompleteBatch: Rule(_batch_and_funds, _complete),
        ApproveBatch: Rule(_batch_and_funds, _checked(batches.approve)),
        RejectBatch: Rule(_batch_and_funds, _checked(batches.reject)),
        MoveChunk: Rule(_move_needs, lambda world, command, now: _move(desk, world, command, now)),
        DepositFunds: Rule(lambda command, world: [FUNDS, ref(Deposit, command.deposit_id)], _deposit),
        HearPayment: _settling(payment_rule(desk), lambda heard: heard.result == "failed" and not heard.is_notice),
        DecidePayment: _settling(_about_payment(desk, _decide), lambda command: True),
    }


# ---- batches


def _batch(command: Any, world: World) -> Iterable[Ref]:
    return [ref(Batch, command.batch_id)]


def _batch_and_funds(command: Any, world: World) -> Iterable[Ref]:
    return [FUNDS, ref(Batch, command.batch_id)]


def _make(world: World, command: MakeBatch, now: datetime) -> Decision:
    batch = batches.make(world.get(Batch, command.batch_id), command, now)
    return Decision(changes=(batch,), reply={"batch_id": batch.batch_id})


def _checked(check: Callable[..., tuple[Batch, funds.Funds]]) -> Callable[[World, Any, datetime], Decision]:
    """A second officer's act on a batch."""

    def decide(world: World, command: Any, now: datetime) -> Decision:
        batch, money = check(world.get(Batch, command.batch_id), funds_of(world), command, now)
        return Decision(changes=(batch, money), reply={"batch_id": batch.batch_id, "state": batch.state.value})

    return decide


def _complete(world: World, command: CompleteBatch, now: datetime) -> Decision:
    batch, money = batch_work.complete(world.get(Batch, command.batch_id), funds_of(world), command)
    return Decision(changes=(batch, money))


def _fill_needs(command: FillBatch, world: World) -> list[Ref]:
    return [FUNDS, ref(Batch, command.batch_id), *(ref(Participant, id) for id in command.applicant_ids)]


def _fill(desk: Desk, world: World, command: FillBatch, now: datetime) -> Decision:
    drafts = _drafts(desk, world, command.applicant_ids, now)
    batch, chunk = batch_work.fill(world.get(Batch, command.batch_id), command, drafts)
    return _together(drafts.values(), [batch, *([chunk] if chunk else [])])


def _move_needs(command: MoveChunk, world: World) -> list[Ref]:
    id = chunk_id(command.batch_id, command.number)
    people = batch_work.people(peek(world, Chunk, id))
    return [FUNDS, ref(Batch, command.batch_id), ref(Chunk, id), *(ref(Participant, each) for each in people)]


def _move(desk: Desk, world: World, command: MoveChunk, now: datetime) -> Decision:
    chunk = world.get(Chunk, chunk_id(command.batch_id, command.number))
    drafts = _drafts(desk, world, batch_work.people(chunk), now)
    batch, money = batch_work.move(world.get(Batch, command.batch_id), chunk, funds_of(world), command, drafts)
    return _together(drafts.values(), [batch, money])


def _drafts(desk: Desk, world: World, applicant_ids: Sequence[str], now: datetime) -> dict[str, Draft]:
    known = (id for id in applicant_ids if world.get(Participant, id))
    return {id: desk.draft(world, id, now) for id in known}


def _together(drafts: Iterable[Draft], others: Sequence[Aggregate]) -> Decision:
    decisions = [settle(draft) for draft in drafts]
    return Decision(
        changes=(*(state for each in decisions for state in each.changes), *others),
        events=tuple(event for each in decisions for event in each.events),
        work=tuple(work for each in decisions for work in each.work),
    )


def _deposit(world: World, command: DepositFunds, now: datetime) -> Decision:
    deposit, money = funds.deposit(world.get(Deposit, command.deposit_id), funds_of(world), command, now)
    return Decision(changes=(deposit, money), reply={"available_rupiah": money.available_rupiah})


# ---- payments


def payment_rule(desk: Desk) -> Rule:
    """The rule for everything heard about a payment."""
    return _about_payment(desk, lambda draft, payment, heard, batch: outcomes.hear(draft, payment, heard))


def pay_finished(desk: Desk) -> Rule:
    """The rule of outside work `pay`: what our own call or inquiry brought."""
    rule = payment_rule(desk)

    def heard(finished: EffectFinished) -> HearPayment:
        reference, outcome = finished.effect.payload["reference"], finished.outcome
        code, result = str(outcome.data.get("code", "")), RESULTS[outcome.state]
        if outcome.data.get("returned"):
            result = "returned"
        return HearPayment(reference, "held" if code == HELD else result, code)

    def decide(world: World, finished: EffectFinished, now: datetime) -> Decision:
        # An order in a file is still on its way: nothing about it is unknown, so nobody is alarmed or told.
        return Decision() if finished.outcome.data.get("code") == IN_FILE else rule.decide(world, heard(finished), now)

    return Rule(lambda finished, world: rule.needs(heard(finished), world), decide)


def check_finished(desk: Desk) -> Rule:
    """The rule of outside work `check_account`: whose account it is. Without an answer it stays unverified."""

    def answered(draft: Draft, answer: AccountAnswer, world: World) -> None:
        accounts.take_answer(draft, answer)

    rule = desk.fact(answered)

    def decide(world: World, finished: EffectFinished, now: datetime) -> Decision:
        if finished.outcome.state != OutcomeState.DONE:
            return Decision()
        return rule.decide(world, _answer(finished), now)

    return Rule(lambda finished, world: rule.needs(_answer(finished), world), decide)


def _answer(finished: EffectFinished) -> AccountAnswer:
    payload, data = finished.effect.payload, finished.outcome.data
    return AccountAnswer(
        applicant_id=payload["applicant_id"],
        version=payload["version"],
        holder_nik_index=data.get("holder_nik_index", ""),
        name_matches=data.get("name_matches", False),
        active=data.get("active", False),
        identity_checked=data.get("identity_checked", False),
        room_rupiah=data.get("room_rupiah"),
    )


def _settling(rule: Rule, is_final: Callable[[Any], bool]) -> Rule:
    """With a word that is final the order is nothing that would be sent, or asked about, any more."""

    def decide(world: World, command: Any, now: datetime) -> Decision:
        decision, payment = rule.decide(world, command, now), world.get(Payment, command.reference)
        return decision + Decision(settled=(payment.work,)) if payment and is_final(command) else decision

    return Rule(rule.needs, decide)


def _decide(draft: Draft, payment: Payment, command: DecidePayment, batch: Batch | None) -> Mapping[str, Any]:
    return decisions.decide(draft, payment, command, batch.made_by if batch else "")


def _about_payment(desk: Desk, act: Callable[[Draft, Payment, Any, Batch | None], Mapping[str, Any] | None]) -> Rule:
    """A rule about one payment: its participant, its batch's counts and the promised funds change together."""

    def needs(command: Any, world: World) -> list[Ref]:
        payment = peek(world, Payment, command.reference)
        people = [ref(Participant, payment.applicant_id), ref(Batch, payment.batch_id)] if payment else []
        return [FUNDS, ref(Payment, command.reference), *people]

    def decide(world: World, command: Any, now: datetime) -> Decision:
        payment = world.get(Payment, command.reference)
        if payment is None:
            raise Refused("PAYMENT_UNKNOWN")
        draft, batch = desk.draft(world, payment.applicant_id, now), world.get(Batch, payment.batch_id)
        before = draft.person
        reply = act(draft, payment, command, batch)
        followed = batches.followed(batch, funds_of(world), before, draft.person) if batch else ()
        return settle(draft, reply) + Decision(changes=followed)

    return Rule(needs, decide)
