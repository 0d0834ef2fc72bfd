"""What people see of a participation: the person the whole of it, staff the same without what only the person needs."""

from __future__ import annotations

from typing import Any

from services.incentive.domain.account import Account
from services.incentive.domain.batches import Batch
from services.incentive.domain.delays import TESTS
from services.incentive.domain.draft import DelayCause
from services.incentive.domain.funds import Funds
from services.incentive.domain.participant import Entitlement, Participant, Purchase, Survey
from services.incentive.reference import Reference
from shared.contracts.base import Sealed
from shared.security.vault import PersonKey, Unreadable

HIDDEN = "•••"


def stage(person: Participant) -> str:
    """Which of the programme's stages 3 to 7 comes next, or how the participation ended."""
    if not person.active:
        return str(person.standing.value)
    if not any(purchase.committed_at for purchase in person.purchases):
        return "choose_course"
    if person.first_finished is None:
        return "take_course"
    if not any(purchase.reviewed_at for purchase in person.purchases):
        return "review"
    return "surveys" if any(each.paid_at for each in person.entitlements) else "incentives"


def participant(person: Participant, key: PersonKey | None, reference: Reference, *, codes: bool) -> dict[str, Any]:
    """The whole participation. `codes`: with redeem codes, which only the person needs."""
    rules = reference.desk.rules[person.rule_set]
    return {
        "applicant_id": person.applicant_id,
        "wave": person.wave,
        "standing": person.standing.value,
        "stage": stage(person),
        "ended": {"reason": person.ended_reason, "text": person.ended_text} if person.ended_reason else None,
        "card_number": opened(key, "card_number", person.card_number) if codes else HIDDEN,
        "balance_rupiah": person.balance_rupiah,
        "balance_usable_until": rules.balance_usable_until,
        "first_purchase_deadline": person.first_purchase_deadline,
        "money_rupiah": person.money,
        "purchases": [_purchase(each, codes=codes) for each in person.purchases],
        "incentives": [_incentive(each, reference) for each in person.entitlements],
        "surveys": [_survey(each) for each in person.surveys],
        "payout_account": _account(person.account, key) if person.account else None,
        "payment_partners": rules.payment_partners,
        "under_review": person.under_review,
        "cleared_at": person.cleared_at,
        "repay": {"rupiah": person.money.get("clawback", 0), "until": person.repay_until}
        if person.repay_until
        else None,
    }


def opened(key: PersonKey | None, field: str, text: Sealed) -> str:
    """A sealed text in clear, or the mask where there is no key or it does not fit."""
    if key is None:
        return HIDDEN
    try:
        return key.open(field, text)
    except Unreadable:
        return HIDDEN


def _purchase(each: Purchase, *, codes: bool) -> dict[str, Any]:
    return {
        "purchase_number": each.number,
        "course_code": each.course_code,
        "course_name": each.course_name,
        "platform": each.platform,
        "price_rupiah": each.price_rupiah,
        "own_money_rupiah": each.own_money_rupiah,
        "state": each.state.value,
        "redeem_code": each.redeem_code if codes else HIDDEN,
        "hold_until": each.hold_until,
        "finished_on": each.finished_on,
        "certificate_number": each.certificate_number,
        "certificate_reconciled": each.certificate_reconciled,
        "review_deadline": each.review_deadline,
        "reviewed": each.reviewed_at is not None,
    }


def _incentive(each: Entitlement, reference: Reference) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "number": each.number,
        "total": each.total,
        "amount_rupiah": each.amount_rupiah,
        "due_on": each.due_on,
        "state": each.state.value,
        "paid_at": each.paid_at,
        "reference": each.reference,
        "delay": _delay(each, reference.desk.causes),
        "conflict": each.conflict,
        "asks_person": each.asks_person,
    }


def _delay(each: Entitlement, causes: tuple[DelayCause, ...]) -> dict[str, Any] | None:
    """The cause last announced; paid and cancelled incentives are late no more."""
    if each.cause not in TESTS or each.is_over:
        return None
    cause = next(cause for cause in causes if cause.code == each.cause)
    return {
        "cause": cause.code,
        "text": cause.meaning_id,
        "actor": cause.actor_id,
        "remedy": cause.remedy_id,
        "new_date": each.new_date,
    }


def _survey(each: Survey) -> dict[str, Any]:
    state = "answered" if each.answered_at else "lapsed" if each.lapsed else "open"
    return {"number": each.number, "state": state, "deadline": each.deadline}


def _account(account: Account, key: PersonKey | None) -> dict[str, Any]:
    return {
        "account": opened(key, "account_number", account.masked),
        "bank": account.bank,
        "kind": account.kind,
        "checked": account.check is not None,
        "verified": account.verified,
        "shared": account.shared,
        "hold_until": account.hold_until,
    }


def batch(each: Batch) -> dict[str, Any]:
    """A payout batch with its control totals."""
    return {
        "batch_id": each.batch_id,
        "state": each.state.value,
        "until": each.until,
        "made_by": each.made_by,
        "made_at": each.made_at,
        "checked_by": each.checked_by,
        "checked_at": each.checked_at,
        "reason": each.reason,
        "lines": each.lines,
        "amount_rupiah": each.amount_rupiah,
        "list_hash": each.list_hash,
        "chunks": each.chunks,
        "released": each.cursor,
        "counts": each.counts,
    }


def funds(each: Funds) -> dict[str, Any]:
    """The programme's funds in rupiah."""
    return {
        "deposited_rupiah": each.deposited_rupiah,
        "promised_rupiah": each.promised_rupiah,
        "available_rupiah": each.available_rupiah,
        "asked_rupiah": each.asked_rupiah,
        "short": each.short,
    }


def queue(person: Participant, reference: Reference) -> dict[str, Any]:
    """A participant in a staff list: only the incentives that are late or need a decision."""
    shown = [each for each in person.entitlements if each.conflict or each.cause or each.state.value in _OPEN]
    return {"applicant_id": person.applicant_id, "incentives": [_incentive(each, reference) for each in shown]}


_OPEN = ("unknown", "failed", "returned")
