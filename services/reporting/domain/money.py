"""What became of the money of one instalment, and why it is late: one row per instalment, one cause at a time.

Whether it is late is a field of its own beside the state: a payment that is refused stays late, for the cause last
told, until it is paid or nobody waits for it any more. So the late rupiah of all causes are all late rupiah.
"""

from __future__ import annotations

from typing import Any, Protocol

from shared.contracts import incentive

MONEY = "incentives"
"""Collection: `<applicant>/<kind>/<number>` -> what is known of that instalment."""
NOT_LATE = {"late": False, "cause": None, "cause_text": None, "actor": None, "actor_text": None}
NOT_FORETOLD = {"foretold": False, "forecast": None, "forecast_text": None}


class Writes(Protocol):
    """Where a fold writes: `put` sets fields of one document."""

    def put(self, collection: str, id: str, **fields: Any) -> None: ...


def purchased(writes: Writes, event: incentive.TrainingPurchased) -> None:
    purchase = f"{event.applicant_id}/training/{event.purchase_number}"
    writes.put(MONEY, purchase, kind="training", state="paid", amount_rupiah=event.amount_rupiah)


def due(writes: Writes, event: incentive.IncentiveDue) -> None:
    _put(writes, event, state="owed", **NOT_FORETOLD)


def foretold(writes: Writes, event: incentive.IncentiveForecastLate) -> None:
    """The forecast last told; it is over when the money is owed, late or paid."""
    # What is owed has a state already; what is not was not heard of before.
    state = {} if event.owed else {"state": "waiting"}
    why = {"forecast": event.cause, "forecast_text": event.cause_id}
    _put(writes, event, foretold=True, was_foretold=True, **why, **state)


def delayed(writes: Writes, event: incentive.IncentiveDelayed) -> None:
    why = {"cause": event.cause, "cause_text": event.cause_id, "actor": event.actor, "actor_text": event.actor_id}
    _put(writes, event, state="late", late=True, was_late=True, **why, **NOT_FORETOLD)


def failed(writes: Writes, event: incentive.IncentiveFailed) -> None:
    _put(writes, event, state="unknown" if event.outcome == "unknown" else "failed")


def paid(writes: Writes, event: incentive.IncentivePaid) -> None:
    _put(writes, event, state="paid", **NOT_LATE, **NOT_FORETOLD)


def returned(writes: Writes, event: incentive.IncentiveReturned) -> None:
    _put(writes, event, state="returned")


def ended(writes: Writes, event: incentive.ParticipationRevoked) -> None:
    """Nobody waits any more for what was not paid when a participation ended."""
    for each in event.unpaid:
        known = {"applicant_id": event.applicant_id, "kind": each.kind, "number": each.number}
        id = f"{event.applicant_id}/{each.kind}/{each.number}"
        writes.put(MONEY, id, state="ended", amount_rupiah=each.amount_rupiah, **known, **NOT_LATE, **NOT_FORETOLD)


def _put(writes: Writes, event: incentive.InstalmentEvent, **fields: Any) -> None:
    known = {"kind": event.kind, "number": event.number, "amount_rupiah": event.amount_rupiah, "due_on": event.due_on}
    id = f"{event.applicant_id}/{event.kind}/{event.number}"
    writes.put(MONEY, id, applicant_id=event.applicant_id, **known, **fields)
