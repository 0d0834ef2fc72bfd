"""What staff see of people and their payments: ids and masks, ages in days, and never more than the work needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from services.incentive.domain.bank_days import Calendars, must_leave_today, next_opening
from services.incentive.domain.days import day_of
from services.incentive.domain.draft import DelayCause
from services.incentive.domain.participant import Entitlement, EntitlementState, Participant
from services.incentive.domain.payouts import FAILURE_TEXTS
from services.incentive.domain.sequel import ON_ITS_WAY
from services.incentive.pages.desk_words import DOUBTS, STAFF_REMEDIES
from services.incentive.pages.words import KINDS, STATES

State = EntitlementState
UNDERWAY = DelayCause(
    ON_ITS_WAY,
    "Sudah diserahkan kepada bank kurang dari sehari yang lalu.",
    "Given to the bank less than a day ago.",
    "bank_or_wallet",
    "bank atau dompet elektronik",
    "Tunggu jawaban bank.",
    "Wait for the bank's answer.",
)


def causes_of(causes: Iterable[DelayCause]) -> Sequence[DelayCause]:
    """All causes by which late people are counted."""
    return (*causes, UNDERWAY)


def actor(cause: DelayCause) -> str:
    """Who must act, said to staff: the file's words speak to the participant."""
    return "peserta" if cause.actor == "applicant" else cause.actor_id


def remedy(cause: DelayCause) -> str:
    """Who does what, said to staff: what the participant must do, and what the office can do about it."""
    return STAFF_REMEDIES.get(cause.code, cause.remedy_id)


def payments(people: Iterable[Participant], now: datetime, *, unknown: bool) -> list[dict[str, Any]]:
    """Payments that are unknown or contradictory, or those that failed or came back; the oldest first."""
    shown = ((person, each) for person in people for each in person.entitlements)
    rows = [payment(*both, now) for both in shown if (both[1].is_unsure if unknown else both[1].has_failed)]
    return sorted(rows, key=lambda row: -row["age"])


def payment(person: Participant, each: Entitlement, now: datetime) -> dict[str, Any]:
    """One payment as a row; `age` in days since it was sent."""
    return {
        "applicant_id": person.applicant_id,
        "kind": each.kind,
        "number": each.number,
        "name": f"{KINDS[each.kind]} ke-{each.number}",
        "amount_rupiah": each.amount_rupiah,
        "reference": each.reference,
        "sent_at": each.sent_at,
        "age": max(0, (day_of(now) - day_of(each.sent_at)).days) if each.sent_at else 0,
        "words": _words(each),
        "waits": each.state == State.SENDING and each.sent_at is not None and each.sent_at > now,
        "open": each.is_unsure,
        "on_its_way": each.state == State.SENDING,
        "about": each.conflict_with,
        "failure": FAILURE_TEXTS.get(each.failure or "", f"kode bank: {each.failure}" if each.failure else ""),
        "due_on": each.due_on,
        "active": person.active,
    }


def _words(each: Entitlement) -> str:
    if each.conflict:
        return "pemberitahuan bank bertentangan dengan jawabannya"
    return "bank tidak mengenal nomornya; harus diputuskan" if each.asks_person else STATES[each.state.value]


def late_rows(people: Iterable[Participant], today: date) -> list[dict[str, Any]]:
    """The people behind a cause of delay, each with what is late for longest."""
    return [_late_row(person, today) for person in people if person.late_since]


def _late_row(person: Participant, today: date) -> dict[str, Any]:
    first = next(each for each in person.entitlements if each.due_on == person.late_since and not each.is_over)
    return {
        "applicant_id": person.applicant_id,
        "name": f"{KINDS[first.kind]} ke-{first.number}",
        "amount_rupiah": first.amount_rupiah,
        "due_on": first.due_on,
        "days": (today - first.due_on).days,
        "new_date": first.new_date if first.new_date and first.new_date >= today else None,
    }


def forecast_rows(people: Iterable[Participant], today: date) -> list[dict[str, Any]]:
    """The people behind a cause of which it is foretold that it will make them late, each with what is due first."""
    return [
        {
            "applicant_id": person.applicant_id,
            "name": f"{KINDS[each.kind]} ke-{each.number}",
            "amount_rupiah": each.amount_rupiah,
            "due_on": each.due_on,
            "days": (each.due_on - today).days,
        }
        for person in people
        for each in person.entitlements
        if each.forecast == person.forecast_cause and each.due_on == person.forecast_on
    ]


def due_rows(people: Iterable[Participant], until: date) -> list[dict[str, Any]]:
    """What is due up to a day and in no batch."""
    return [
        {
            "applicant_id": person.applicant_id,
            "name": f"{KINDS[each.kind]} ke-{each.number}",
            "amount_rupiah": each.amount_rupiah,
            "due_on": each.due_on,
        }
        for person in people
        for each in person.entitlements
        if each.state == State.DUE and each.due_on <= until
    ]


def certificates(people: Iterable[Participant], today: date) -> list[dict[str, Any]]:
    """Finished courses whose certificate is missing or not matched."""
    return [
        {
            "applicant_id": person.applicant_id,
            "purchase_number": each.number,
            "course": each.course_name,
            "platform": each.platform,
            "finished_on": each.finished_on,
            "days": (today - each.finished_on).days,
            "certificate": each.certificate_number,
            "prefix": each.certificate_prefix,
            "doubts": [DOUBTS.get(code, code) for code in each.doubts],
        }
        for person in people
        for each in person.purchases
        if each.finished_on and not each.certificate_reconciled
    ]


def closing_rows(people: Sequence[Participant], now: datetime, calendars: Calendars) -> list[dict[str, Any]]:
    """What is due on coming days on which its bank is closed: it must leave today to arrive in time."""
    today = day_of(now)
    rows = due_rows(people, date.max)
    banks = {person.applicant_id: person.account.bank for person in people if person.account}
    return [
        row
        for row in rows
        if row["due_on"] > today
        and (calendar := calendars.get(banks.get(row["applicant_id"], "")))
        and must_leave_today(row["due_on"], now, calendar)
    ]


def closed_until(calendars: Calendars, now: datetime) -> list[tuple[str, datetime]]:
    """Payment partners whose bank is closed now, and when it opens."""
    openings = ((partner, next_opening(now, calendar)) for partner, calendar in sorted(calendars.items()))
    return [(partner, opens) for partner, opens in openings if opens > now]


def need(rows: Sequence[Mapping[str, Any]]) -> int:
    """Rupiah that these rows add up to."""
    return sum(row["amount_rupiah"] for row in rows)
