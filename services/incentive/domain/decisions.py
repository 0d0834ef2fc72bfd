"""Decisions: what a person settles by hand, with evidence, where the bank's words do not settle a payment."""

from __future__ import annotations

from collections.abc import Mapping

from services.incentive.domain import outcomes
from services.incentive.domain.draft import Draft
from services.incentive.domain.participant import EntitlementState
from services.incentive.domain.payouts import DecidePayment, HearPayment, Payment
from shared.contracts.decision import Refused

State = EntitlementState

DECIDED: Mapping[tuple[State, bool], outcomes.Taker] = {
    (State.UNKNOWN, True): outcomes.paid,
    (State.UNKNOWN, False): outcomes.failed,
    (State.FAILED, True): outcomes.paid,
    (State.DUE, True): outcomes.paid,
    (State.BATCHED, True): outcomes.paid,
    (State.RETURNED, True): outcomes.paid,
    (State.CANCELLED, True): outcomes.paid,
    (State.PAID, False): outcomes.returned,
}
"""What a person's decision does; where nothing is listed it confirms what we already believe."""


def decide(draft: Draft, payment: Payment, command: DecidePayment, maker: str) -> dict[str, str]:
    """Settle an unknown or contradictory payment by hand. What is being sent has an outcome of its own first.

    Raises PAYMENT_NOT_OPEN (nothing to decide), SAME_PERSON (who made the batch may not decide), PAID_TWICE (another
    attempt was paid, or may have been: one of them has to come back first).
    """
    each = draft.person.entitlement(payment.kind, payment.number)
    is_latest = each is not None and each.reference == payment.reference
    if each is None or not each.is_unsure or (is_latest and each.state == State.SENDING):
        raise Refused("PAYMENT_NOT_OPEN")
    if command.by == maker:
        raise Refused("SAME_PERSON")
    if command.paid and not is_latest and each.state in (State.SENDING, State.UNKNOWN, State.PAID):
        raise Refused("PAID_TWICE")
    hearing = outcomes.Hearing(draft, each, payment, HearPayment(command.reference, "unknown", "DECIDED_BY_STAFF"))
    if (is_latest or command.paid) and (take := DECIDED.get((each.state, command.paid))):
        take(hearing)
    if is_latest:
        hearing.set(asks_person=False)
    if each.conflict_with in (None, payment.reference):
        hearing.set(conflict=False, conflict_with=None)
    return {"state": hearing.each.state.value}
