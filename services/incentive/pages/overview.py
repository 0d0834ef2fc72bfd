"""What the overview shows: stage, balance, courses, all incentives, surveys, account, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from services.incentive.api import views
from services.incentive.api.door import Door
from services.incentive.domain.days import day_of
from services.incentive.domain.participant import Participant, Standing
from services.incentive.domain.participation import IDENTITY_ERASED, REASONS, WITHDRAWN
from services.incentive.pages import coming
from services.incentive.pages.words import ENDED, KINDS, PURCHASES, STAGES, STATES
from shared.security.vault import PersonKey


def view(person: Participant, key: PersonKey, door: Door, now: datetime) -> dict[str, Any]:
    """Everything `overview.html` names besides what all pages have."""
    rules = door.reference.desk.rules[person.rule_set]
    shown = views.participant(person, key, door.reference, codes=True)
    found = coming.coming(person, door.reference.desk, now)
    return {
        "now": shown,
        "card": _grouped(shown["card_number"]),
        "stage": STAGES.get(shown["stage"]),
        "ended": _ended(person, day_of(now)),
        "coming": found,
        "next": coming.next_step(found),
        "incentives": _incentives(shown["incentives"]),
        "money": _money(person),
        "courses": [each | {"words": PURCHASES[each["state"]]} for each in shown["purchases"]],
        "may_buy": person.active and not person.balance_closed,
        "days_left": max(0, (rules.balance_usable_until - day_of(now)).days) if rules.balance_usable_until else None,
        "stages": _stages(shown["stage"]),
        "survey_count": rules.survey_count,
    }


def _grouped(number: str) -> str:
    """Sixteen digits as they stand on a card."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def _ended(person: Participant, today: date) -> Mapping[str, Any] | None:
    """Why it ended, what is to be repaid, and until when registration takes an objection."""
    if person.active:
        return None
    text = person.ended_text or REASONS.get(person.ended_reason or "", "")
    debt = person.money.get("clawback", 0)
    return {
        "title": ENDED[person.standing.value],
        "why": text[:1].upper() + text[1:].rstrip("."),
        "debt": debt,
        "cleared": person.cleared_at is not None,
        "to_return": person.debt.to_return_rupiah if person.debt else 0,
        "refunded": person.debt.repaid_rupiah - person.debt.to_return_rupiah if person.debt else 0,
        "until": person.repay_until,
        # Who left of their own will has nothing to object to.
        "may_object": person.ended_reason not in (WITHDRAWN, IDENTITY_ERASED) and not person.cleared_at,
        "appeal_until": person.appeal_until,
        "too_late": person.appeal_until is not None and person.appeal_until < today,
        "plan": person.debt.plan.instalments if person.debt and person.debt.plan and person.debt.plan.agreed_at else (),
        "settled": person.standing == Standing.INELIGIBLE and not debt and person.repay_until is not None,
    }


def _incentives(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {**each, "name": f"{KINDS[each['kind']]} ke-{each['number']}", "words": STATES[each["state"]]} for each in rows
    ]


def _money(person: Participant) -> Mapping[str, int]:
    """Rupiah so far: what went to platforms, what reached the account, and what may still come."""
    waiting = [each for each in person.entitlements if not each.is_over]
    return {
        "courses": person.money.get("platforms", 0) + person.money.get("holds", 0),
        "paid": person.money.get("paid", 0),
        "to_come": sum(each.amount_rupiah for each in waiting),
    }


def _stages(stage: str) -> list[dict[str, Any]]:
    """Stages 3 to 7; empty when the participation is over."""
    reached = STAGES[stage][0] if stage in STAGES else 0
    states = {True: "selesai", False: "belum"}
    return [
        {"name": name, "about": about, "state": "sekarang" if number == reached else states[number < reached]}
        for number, name, about in STAGES.values()
        if reached
    ]
