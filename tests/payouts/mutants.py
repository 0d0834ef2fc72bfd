"""Payouts that break one promise each, to prove that the exploration would notice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.incentive import effects
from services.incentive.adapters.bank import BankStatus
from services.incentive.domain import outcomes, payouts
from services.incentive.domain.ledger import LedgerAccount
from services.incentive.domain.participant import EntitlementState as State
from shared.engine.deciding import Deciding
from shared.engine.rules import OutcomeState
from tests.engine.mutants import MUTANTS as OF_THE_ENGINE
from tests.engine.mutants import replaced


@contextmanager
def altered(table: Any, **changes: Any) -> Iterator[None]:
    """Swap entries of a table while the block lasts."""
    before = dict(table)
    table.update(changes)
    try:
        yield
    finally:
        table.clear()
        table.update(before)


def silence_is_taken_for_not_sent() -> Any:
    """Whoever gets no answer sends again."""

    return altered(effects.OUTCOMES, **{BankStatus.UNKNOWN: OutcomeState.NOT_STARTED})


def not_found_counts_at_once() -> Any:
    """The bank is not given its time to book."""
    init = effects.PayHandler.__init__

    def hasty(self: Any, tellers: Any, *, horizon: timedelta, deduplicates: bool) -> None:
        init(self, tellers, horizon=timedelta(0), deduplicates=True)

    return replaced(effects.PayHandler, __init__=hasty)


def a_notice_declares_failed() -> Any:
    """The bank's word alone ends a payment, without our own inquiry."""
    failed = outcomes.failed

    def believed(hearing: Any) -> None:
        hearing.heard = replace(hearing.heard, is_notice=False)
        failed(hearing)

    return altered(outcomes.ON_ITS_WAY, failed=believed)


def unknown_may_be_retried() -> Any:
    """Staff may send again what nobody knows about."""

    retry = payouts.retry

    def hasty(draft: Any, command: Any) -> dict[str, Any]:
        each = draft.person.entitlement(command.kind, command.number)
        if each.state not in (State.SENDING, State.UNKNOWN):
            return retry(draft, command)
        account = LedgerAccount.SENDING if each.state == State.SENDING else LedgerAccount.UNKNOWN
        step = f"{each.kind}/{each.number}/again/{each.attempt}"
        draft.move(account, LedgerAccount.OWED, each.amount_rupiah, step)
        draft.set_entitlement(each, state=State.DUE, batch_id=None)
        return {}

    return replaced(payouts, retry=hasty)


def a_return_is_not_heard() -> Any:
    """Money that came back stays paid in our books."""
    return altered(outcomes.AFTERWARDS, **{State.PAID: {}})


def nobody_looks() -> Any:
    """An order goes out whatever happened since it was made."""
    return replaced(effects, may_go=lambda *asked: True)


@contextmanager
def a_decision_leaves_the_order_alive() -> Iterator[None]:
    """What a person decided goes on as outside work, and nobody looks before it is sent again beside a new attempt.

    Either of the two locks holds alone; tests/engine/test_decided_work.py and test_effects.py break each by itself.
    """

    async def nothing(self: Any, keys: Any) -> list[Any]:
        return []

    with replaced(Deciding, _settle=nothing), nobody_looks():
        yield


@contextmanager
def an_expired_claim_is_due_again() -> Iterator[None]:
    """What may have been paid is paid again, and nobody looks whether the statement told of it meanwhile."""
    with OF_THE_ENGINE["expired_claim_is_due_again"](), nobody_looks():
        yield


def a_line_read_again_is_news() -> Any:
    """Whoever reads the statement a second time doubts what is right."""
    returned = outcomes.returned

    def forgotten(hearing: Any) -> None:
        returned(hearing)
        hearing.set(returned=())

    return altered(outcomes.AFTERWARDS, **{State.PAID: {"returned": forgotten, "failed": outcomes._conflict}})


MUTANTS: Mapping[str, Callable[[], Any]] = {
    "silence_is_taken_for_not_sent": silence_is_taken_for_not_sent,
    "not_found_counts_at_once": not_found_counts_at_once,
    "a_notice_declares_failed": a_notice_declares_failed,
    "unknown_may_be_retried": unknown_may_be_retried,
    "a_return_is_not_heard": a_return_is_not_heard,
    "a_decision_leaves_the_order_alive": a_decision_leaves_the_order_alive,
    "a_line_read_again_is_news": a_line_read_again_is_news,
    "an_expired_claim_is_due_again": an_expired_claim_is_due_again,
    "paid_again_without_asking": OF_THE_ENGINE["paid_again_without_asking"],
}
