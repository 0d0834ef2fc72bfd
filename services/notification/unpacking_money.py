"""The values of incentive's events, beside unpacking.py which has those of registration: together they are too long.

One function per event, or per kind of events that say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.notification.domain.words import listed, long_date, long_instant, rupiah
from shared.contracts import incentive as money
from shared.contracts.base import Event

Values = Mapping[str, str]


def _purchased(event: money.TrainingPurchased) -> Values:
    amounts = {"amount": rupiah(event.amount_rupiah), "balance": rupiah(event.balance_rupiah)}
    return {"course_name": event.course_name, "platform": event.platform, **amounts}


def _purchase_reminder(event: money.PurchaseReminderDue) -> Values:
    days = {"days_passed": str(event.days_passed), "days_left": str(event.days_left)}
    last = {"deadline": long_date(event.deadline), "amount": rupiah(event.balance_rupiah)}
    return {"wave": str(event.wave), **days, **last}


def _completed(event: money.TrainingCompleted) -> Values:
    course = {"course_name": event.course_name, "platform": event.platform}
    return {**course, "certificate_no": event.certificate_number, "deadline": long_date(event.review_deadline)}


def _completion_rejected(event: money.CompletionRejected) -> Values:
    return {"course_name": event.course_name, "platform": event.platform, "reason": event.reason_text.rstrip(". ")}


def _review_reminder(event: money.ReviewReminderDue) -> Values:
    return {"course_name": event.course_name, "platform": event.platform, "days": str(event.days)}


def _instalment(event: money.InstalmentEvent) -> dict[str, str]:
    """The survey's incentives are counted apart, so their number says which it is."""
    count = str(event.number) if event.kind == "post_training" else f"{event.number} (survei)"
    return {"instalment_no": count, "instalment_total": str(event.total), "amount": rupiah(event.amount_rupiah)}


def _due(event: money.IncentiveDue) -> Values:
    return {**_instalment(event), "due_date": long_date(event.expected_on)}


def _late(event: money.IncentiveDelayed | money.IncentiveForecastLate) -> dict[str, str]:
    why = {"cause": event.cause_id, "actor": event.actor_id, "remedy": event.remedy_id}
    told = {name: text.rstrip(". ") for name, text in why.items()}
    return {**_instalment(event), **told, "due_date": long_date(event.due_on)}


def _delayed(event: money.IncentiveDelayed) -> Values:
    return {**_late(event), "new_date": long_date(event.new_date)}


def _forecast(event: money.IncentiveForecastLate) -> Values:
    return {**_late(event), "needed_by": long_date(event.needed_by), "expected_date": long_date(event.expected_on)}


def _paid(event: money.IncentivePaid) -> Values:
    return {**_instalment(event), "paid_at": long_instant(event.paid_at), "payment_ref": event.reference}


def _returned(event: money.IncentiveReturned) -> Values:
    return {**_instalment(event), "bank": event.bank, "reason": event.reason.rstrip(". ")}


def _survey(event: money.SurveyOpened | money.SurveyReminderDue) -> Values:
    left = {"days_left": str(event.days_left)} if isinstance(event, money.SurveyReminderDue) else {}
    last = {"deadline": long_date(event.deadline), "amount": rupiah(event.amount_rupiah)}
    return {"survey_no": str(event.number), **last, **left}


def _revoked(event: money.ParticipationRevoked) -> Values:
    last = {"amount": rupiah(event.amount_rupiah), "appeal_deadline": long_date(event.appeal_deadline)}
    return {"wave": str(event.wave), "reason": event.reason_text.rstrip(". "), **last}


def _account_changed(event: money.PayoutAccountChanged) -> Values:
    return {"changed_at": long_instant(event.changed_at), "hours": str(event.hold_hours)}


def _clawback(event: money.ClawbackOpened) -> Values:
    last = {"amount": rupiah(event.amount_rupiah), "deadline": long_date(event.deadline)}
    return {"reason": event.reason_text.rstrip(". "), **last}


def _clawback_left(event: money.ClawbackReminderDue | money.ClawbackOverdue) -> Values:
    left = {"days_left": str(event.days_left)} if isinstance(event, money.ClawbackReminderDue) else {}
    return {"amount": rupiah(event.amount_rupiah), "deadline": long_date(event.deadline), **left}


def _clawback_plan(event: money.ClawbackPlanAgreed) -> Values:
    rows = [f"{long_date(each.due_on)} {rupiah(each.amount_rupiah)}" for each in event.instalments]
    return {"amount": rupiah(event.amount_rupiah), "count": str(len(rows)), "instalments": listed(rows)}


def _clawback_missed(event: money.ClawbackInstalmentMissed) -> Values:
    days = {"due_date": long_date(event.due_on), "deadline": long_date(event.deadline)}
    amounts = {"missed": rupiah(event.missed_rupiah), "amount": rupiah(event.amount_rupiah)}
    return {"instalment_no": str(event.number), **amounts, **days}


def _clawback_cancelled(event: money.ClawbackCancelled) -> Values:
    return {"repaid": rupiah(event.repaid_rupiah)} if event.repaid_rupiah else {}


def _clawback_refunded(event: money.ClawbackRefunded) -> Values:
    amounts = {"amount": rupiah(event.amount_rupiah), "left": rupiah(event.left_rupiah)}
    return {"receipt": event.receipt, "refunded_at": long_instant(event.refunded_at), **amounts}


INCENTIVE_VALUES: Mapping[type[Event], Callable[[Any], Values]] = {
    money.TrainingPurchased: _purchased,
    money.PurchaseReminderDue: _purchase_reminder,
    money.TrainingCompleted: _completed,
    money.CompletionRejected: _completion_rejected,
    money.ReviewReminderDue: _review_reminder,
    money.IncentiveDue: _due,
    money.IncentiveForecastLate: _forecast,
    money.IncentiveDelayed: _delayed,
    money.IncentivePaid: _paid,
    money.IncentiveReturned: _returned,
    money.SurveyOpened: _survey,
    money.SurveyReminderDue: _survey,
    money.PayoutAccountChanged: _account_changed,
    money.ParticipationRevoked: _revoked,
    money.ClawbackOpened: _clawback,
    money.ClawbackReminderDue: _clawback_left,
    money.ClawbackPlanAgreed: _clawback_plan,
    money.ClawbackInstalmentMissed: _clawback_missed,
    money.ClawbackOverdue: _clawback_left,
    money.ClawbackCancelled: _clawback_cancelled,
    money.ClawbackRefunded: _clawback_refunded,
}
