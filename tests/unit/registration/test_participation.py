from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from services.registration.domain import consultations, participation
from services.registration.domain.applicant import Applicant, NikClaim
from services.registration.domain.consultations import BookConsultation, ConsultationDay
from services.registration.domain.participation import AccountUse
from services.registration.domain.review import ReviewCase
from services.registration.domain.waves import SeatPool
from shared.contracts.base import Sealed
from shared.contracts.decision import Decision, Refused
from shared.contracts.registration import ConsultationBooked, SeatsRecycled
from tests.unit.registration.builders import NOW, applicant, changed, claim, eligible, index, names, refusal, said

ACCOUNT = index("account")


def revoke(person: Applicant | None, reason: str = "NO_FIRST_PURCHASE", pool: SeatPool | None = None) -> Decision:
    held = claim() if person else None
    return participation.revoked(person, held, pool, wave=3, reason=reason, now=NOW)


def selected(**changes: Any) -> Applicant:
    return eligible(stage="selected", card_number=Sealed("card"), **changes)


def test_a_revoked_seat_goes_to_the_next_wave_and_the_nik_is_blocked_for_good() -> None:
    decision = revoke(selected(), pool=SeatPool(2))

    told = said(decision, SeatsRecycled)
    assert (told.wave, told.seats, told.cause, told.available) == (3, 1, "PARTICIPATION_REVOKED", 3)
    assert changed(decision, Applicant).stage == "revoked"
    assert changed(decision, NikClaim).blocked == "NO_FIRST_PURCHASE"


def test_hearing_it_twice_frees_one_seat() -> None:
    after = changed(revoke(selected()), Applicant)

    assert revoke(after) == Decision()


def test_who_withdrew_is_not_blocked_and_stays_withdrawn() -> None:
    decision = revoke(eligible(stage="withdrawn"), "WITHDRAWN")

    assert changed(decision, Applicant).stage == "withdrawn"
    assert not [state for state in decision.changes if isinstance(state, NikClaim)]
    assert names(decision) == ["SeatsRecycled"]


def test_a_seat_is_free_even_when_its_person_is_not_here() -> None:
    assert names(revoke(None)) == ["SeatsRecycled"]


# ---- one payout account of many people


def link(use: AccountUse | None, who: str, case: ReviewCase | None = None) -> Decision:
    return participation.account_linked(use, case, account_index=ACCOUNT, applicant_id=who, now=NOW)


def test_one_person_with_one_account_is_nothing_to_look_at() -> None:
    decision = link(None, "a")

    assert [type(state) for state in decision.changes] == [AccountUse]
    assert link(changed(decision, AccountUse), "a") == Decision()


def test_twelve_people_with_one_account_are_one_case_side_by_side() -> None:
    use, case = None, None
    for number in range(12):
        decision = link(use, f"p{number}", case)
        use = changed(decision, AccountUse)
        case = next((state for state in decision.changes if isinstance(state, ReviewCase)), case)
    assert case is not None
    assert len(case.applicant_ids) == 12
    assert (case.kind, case.id) == ("SHARED_ACCOUNT", participation.account_case(ACCOUNT))


def test_a_settled_case_opens_again_when_one_more_person_comes() -> None:
    old = ReviewCase(participation.account_case(ACCOUNT), "SHARED_ACCOUNT", ("a", "b"), (), NOW, state="settled")

    again = changed(link(AccountUse(ACCOUNT, ("a", "b")), "c", old), ReviewCase)

    assert (again.state, again.applicant_ids) == ("open", ("a", "b", "c"))


def test_an_open_case_keeps_the_time_it_was_opened() -> None:
    old = ReviewCase(participation.account_case(ACCOUNT), "SHARED_ACCOUNT", ("a", "b"), (), NOW - timedelta(days=2))

    assert changed(link(AccountUse(ACCOUNT, ("a", "b")), "c", old), ReviewCase).opened_at == old.opened_at


# ---- visits

MONDAY = date(2020, 4, 6)


def book(day: ConsultationDay | None = None, person: Applicant | None = applicant(), **changes: Any) -> Decision:  # noqa: B008
    told = BookConsultation(**{
        "booking_id": "k1", "applicant_id": "a", "on": MONDAY, "slot": "09:30", "topic": "DATA", "slot_capacity": 2,
        **changes,
    })  # fmt: skip
    return consultations.book(person, day, told, NOW)


def test_a_visit_has_an_hour_and_a_queue_number() -> None:
    first = book()

    told = said(first, ConsultationBooked)
    assert (told.on, told.at, told.queue_no) == (MONDAY, "09:30", 3)
    second = book(changed(first, ConsultationDay), applicant_id="b")
    assert second.reply == {"queue_no": 4, "at": "09:30"}


def test_whom_we_call_takes_no_place_in_the_waiting_hall() -> None:
    full = ConsultationDay("2020-04-06", {"09:30": ("x", "y")})
    told = said(book(full, way="phone"), ConsultationBooked)
    assert (told.way, told.at, told.queue_no) == ("phone", "09:30", 3)
    assert refusal(lambda: book(changed(book(full, way="phone"), ConsultationDay), way="whatsapp")) == "BOOKED_ALREADY"


@pytest.mark.parametrize(
    ("stage", "phase"), [("eligible", "before"), ("joined", "before"), ("selected", "during"), ("revoked", "after")]
)
def test_a_consultation_says_in_which_phase_it_is_asked_for(stage: Any, phase: str) -> None:
    assert said(book(person=applicant(stage=stage)), ConsultationBooked).phase == phase


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("SLOT_UNKNOWN", {"on": date(2020, 4, 3)}),
        ("SLOT_UNKNOWN", {"on": date(2020, 4, 4)}),
        ("SLOT_UNKNOWN", {"on": date(2020, 5, 4)}),
        ("SLOT_UNKNOWN", {"slot": "12:00"}),
        ("SLOT_FULL", {"day": ConsultationDay("2020-04-06", {"09:30": ("x", "y")})}),
        ("BOOKED_ALREADY", {"day": ConsultationDay("2020-04-06", {"08:30": ("a",)})}),
        ("APPLICANT_UNKNOWN", {"person": None}),
    ],
)
def test_visits_that_cannot_be(code: str, change: dict[str, Any]) -> None:
    with pytest.raises(Refused, match=code):
        book(**change)
