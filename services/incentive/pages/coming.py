"""The next rupiah: which it is, when it comes, and why it is late. What is missing for it stands in needs.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.incentive.domain.delays import DAYS_TO_MEND, OTHERWISE_DAYS, cause_of, is_late
from services.incentive.domain.draft import DelayCause, Draft, Office
from services.incentive.domain.entitlements import PAYMENT_TAKES, POST_TRAINING, SURVEY
from services.incentive.domain.forecasts import last_chance
from services.incentive.domain.participant import Entitlement, EntitlementState, Participant
from services.incentive.domain.payouts import FAILURE_TEXTS, OTHER_FAILURE
from services.incentive.domain.rules import RuleSet
from services.incentive.pages.needs import Need, Step, survey_needs, training_needs
from services.incentive.pages.words import KINDS
from services.incentive.wiring import Desk
from shared.web.pages import day, instant

State = EntitlementState


@dataclass(frozen=True, slots=True)
class Coming:
    """The next incentive. `due_on` is None as long as no completed course fixes its date."""

    name: str
    amount_rupiah: int
    due_on: date | None
    when: str
    needs: Sequence[Need]
    late: DelayCause | None = None
    new_date: date | None = None
    """When it is expected now; None when the day that was told has passed too."""
    days_to_mend: int = 0
    """How long it usually takes once the cause is removed."""
    foretold: DelayCause | None = None
    """Why it will be late, while its day has not passed."""
    needed_by: date | None = None
    """Until when it helps to remove that cause, and when the money arrives then."""
    expected_on: date | None = None


def coming(person: Participant, desk: Desk, now: datetime) -> Coming | None:
    """What is paid next, as things stand; None when nothing is to come any more."""
    if not person.active:
        return None
    draft = Draft(person, Office(desk.rules, desk.causes), now)
    each = next_entitlement(person, draft.rules)
    if each is None:
        return None
    if person.entitlement(each.kind, each.number) is None:
        return _not_yet(draft, each)
    needs = survey_needs(draft, each, is_answered=True) if each.kind == SURVEY else training_needs(draft, each)
    late, foretold = _cause(draft, each), _foretold(draft, each)
    needed_by, expected_on = last_chance(draft, each, foretold.code) if foretold else (None, None)
    return Coming(
        name=_name(each),
        amount_rupiah=each.amount_rupiah,
        due_on=each.due_on,
        when=_when(draft, each, needs),
        needs=needs,
        late=late,
        new_date=each.new_date if late and each.new_date and each.new_date >= draft.today else None,
        days_to_mend=DAYS_TO_MEND.get(late.code, OTHERWISE_DAYS) if late else 0,
        foretold=foretold,
        needed_by=needed_by,
        expected_on=expected_on,
    )


def next_entitlement(person: Participant, rules: RuleSet) -> Entitlement | None:
    """The first incentive that is neither paid nor cancelled; before any exists, the one that would be first."""
    if open_ones := [each for each in person.entitlements if not each.is_over]:
        return min(open_ones, key=lambda each: (each.due_on, each.kind, each.number))
    if not person.entitlements:
        return Entitlement(POST_TRAINING, 1, rules.post_training_count, rules.post_training_rupiah, date.max)
    survey = next((each for each in person.surveys if not each.answered_at and not each.lapsed), None)
    return (
        Entitlement(SURVEY, survey.number, rules.survey_count, rules.survey_rupiah, survey.deadline) if survey else None
    )


def _not_yet(draft: Draft, each: Entitlement) -> Coming:
    """The incentive that a course that is finished, or a survey that is answered, would bring."""
    needs = survey_needs(draft, each, is_answered=False) if each.kind == SURVEY else training_needs(draft, each)
    return Coming(_name(each), each.amount_rupiah, None, _not_dated(draft, each), needs)


def _name(each: Entitlement) -> str:
    return f"{KINDS[each.kind]} ke-{each.number} dari {each.total}"


def _cause(draft: Draft, each: Entitlement) -> DelayCause | None:
    """The cause last announced, as long as it is late and not simply on its way."""
    if not is_late(draft, each) or cause_of(draft, each) is None:
        return None
    return next((cause for cause in draft.office.causes if cause.code == each.cause), None)


def _foretold(draft: Draft, each: Entitlement) -> DelayCause | None:
    """The cause that was told before its day; once that has passed the delay itself is told."""
    return next((cause for cause in draft.office.causes if cause.code == each.forecast), None)


def _not_dated(draft: Draft, each: Entitlement) -> str:
    if each.kind == SURVEY:
        return f"Dibayarkan paling lambat {draft.rules.survey_pay_days} hari setelah survei Anda isi."
    return (
        f"Tanggalnya dihitung dari hari Anda menyelesaikan pelatihan: {draft.rules.incentive_due_days} hari sesudahnya."
    )


def _when(draft: Draft, each: Entitlement, needs: Sequence[Need]) -> str:
    expected = max(each.due_on, draft.today + PAYMENT_TAKES)
    sentences = {
        State.WAITING: _waiting(draft, each, all(need.holds for need in needs)),
        State.DUE: f"Semua syarat terpenuhi. Dibayarkan sekitar {day(expected)}.",
        State.BATCHED: "Sudah masuk daftar pembayaran. Pejabat kedua memeriksa daftar itu, lalu bank mengirim uangnya.",
        State.SENDING: _sending(draft, each),
        State.UNKNOWN: f"Sudah diserahkan kepada bank{_since(each)}, tetapi bank belum memastikan hasilnya. Kami terus "
        "menanyakannya. Uang Anda tidak hilang dan tidak dikirim dua kali.",
        State.FAILED: f"Bank menolak pembayaran: {_failure(each)}.",
        State.RETURNED: f"Bank mengembalikan pembayaran: {_failure(each)}.",
    }
    return sentences[each.state]


def _sending(draft: Draft, each: Entitlement) -> str:
    if each.sent_at and each.sent_at > draft.now:
        return f"Sudah disetujui. Bank sedang tutup: uangnya dikirim mulai {instant(each.sent_at)}."
    return f"Sudah diserahkan kepada bank{_since(each)}. Biasanya masuk dalam 1 hari."


def _waiting(draft: Draft, each: Entitlement, ready: bool) -> str:
    if ready:
        return f"Dibayarkan sekitar {day(each.due_on)}. Anda tidak perlu melakukan apa pun."
    if is_late(draft, each):
        return f"Jatuh temponya {day(each.due_on)} sudah lewat. Dibayarkan setelah yang kurang di bawah ini lengkap."
    return f"Jatuh tempo {day(each.due_on)}, bila semua syarat di bawah ini terpenuhi."


def _since(each: Entitlement) -> str:
    return f" sejak {instant(each.sent_at)}" if each.sent_at else ""


def _failure(each: Entitlement) -> str:
    return FAILURE_TEXTS.get(each.failure or "", OTHER_FAILURE)


def next_step(found: Coming | None) -> Step | None:
    """The one thing the person can do now to come nearer to the next rupiah; None while others act."""
    for need in found.needs if found else ():
        if need.holds:
            continue
        if need.step:
            return need.step
    return None
