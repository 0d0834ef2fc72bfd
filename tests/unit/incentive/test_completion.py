"""Completion claims: right partner, right course, right time, each certificate once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from services.incentive.domain.completion import ClaimSeen, ReconcileCertificate
from services.incentive.domain.participation import REASONS
from services.incentive.domain.reviews import ReviewCourse
from shared.contracts.decision import Refused
from shared.contracts.incentive import IncentiveDelayed, TrainingCompleted
from shared.contracts.registration import ApplicantWithdrawn
from tests.unit.incentive.builders import ANN, BEN, COURSE, codes
from tests.unit.incentive.city import City, city_with


def bought() -> tuple[City, str]:
    city = city_with()
    code = city.buy()
    city.redeem(code)
    return city, code


def test_a_claim_with_certificate_completes_the_course_and_dates_the_incentives() -> None:
    city, code = bought()
    city.pass_days(5)
    city.ask(city.claim(code, finished_on=date(2020, 8, 14), certificate_number="TKP-000077"))
    (told,) = city.told(TrainingCompleted)
    assert (told.finished_on, told.certificate_number, told.first) == (date(2020, 8, 14), "TKP-000077", True)
    assert told.certificate_reconciled
    assert told.review_deadline == date(2020, 9, 14)
    dates = [each.due_on for each in city.person().entitlements]
    assert dates == [date(2020, 8, 28), date(2020, 9, 28), date(2020, 10, 28), date(2020, 11, 28)]
    assert {(each.amount_rupiah, each.total) for each in city.person().entitlements} == {(600_000, 4)}


def test_only_the_first_completion_starts_incentives() -> None:
    city, code = bought()
    city.ask(city.claim(code))
    second = city.buy("TKP-003")
    city.redeem(second)
    city.ask(city.claim(second, course_code="TKP-003"))
    assert [each.first for each in city.told(TrainingCompleted)] == [True, False]
    assert len(city.person().entitlements) == 4


def test_an_earlier_completion_reported_later_moves_the_dates_while_nothing_is_announced() -> None:
    city, code = bought()
    other = city.buy("TKP-003")
    city.redeem(other)
    city.pass_days(5)
    city.ask(city.claim(code))
    city.ask(city.claim(other, course_code="TKP-003", finished_on=date(2020, 8, 11)))
    assert city.entitlement().due_on == date(2020, 8, 25)


def test_announced_dates_stay() -> None:
    city, code = bought()
    other = city.buy("TKP-003")
    city.redeem(other)
    city.pass_days(5)
    city.ask(city.claim(code))
    city.bank_says(city.link())
    city.ask(ReviewCourse(ANN, 1, 4))
    city.ask(city.claim(other, course_code="TKP-003", finished_on=date(2020, 8, 11)))
    assert city.entitlement().due_on == date(2020, 8, 29)


def test_the_same_claim_again_changes_nothing() -> None:
    city, code = bought()
    claim = city.claim(code)
    assert city.ask(claim) == {"status": "taken"}
    before = len(city.events)
    assert city.ask(claim) == {"status": "known"}
    assert len(city.events) == before
    assert len(city.all(ClaimSeen)) == 1


def test_a_claim_id_is_not_used_for_another_body() -> None:
    city, code = bought()
    city.ask(city.claim(code, claim_id="c1", certificate_number="TKP-000001"))
    with pytest.raises(Refused, match="CLAIM_ID_REUSED"):
        city.ask(city.claim(code, claim_id="c1", digest="e" * 64, certificate_number="TKP-000001"))


def test_another_claim_for_the_same_certificate_is_taken_without_a_word() -> None:
    city, code = bought()
    city.ask(city.claim(code, certificate_number="TKP-000001"))
    assert city.ask(city.claim(code, certificate_number="tkp-000001")) == {"status": "taken"}
    assert len(city.told(TrainingCompleted)) == 1


REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"redeem_code": "CODE-NONE"}, "REDEEM_CODE_UNKNOWN"),
    ({"partner_code": "BUKALAPAK"}, "REDEEM_CODE_OF_OTHER_PLATFORM"),
    ({"course_code": "TKP-003"}, "CLAIM_FOR_OTHER_COURSE"),
    ({"finished_on": date(2020, 8, 9)}, "FINISHED_BEFORE_PURCHASE"),
    ({"finished_on": date(2020, 8, 11)}, "FINISHED_IN_FUTURE"),
]


@pytest.mark.parametrize(("change", "refusal"), REFUSALS)
def test_a_claim_that_does_not_fit_the_purchase_is_refused(change: dict[str, Any], refusal: str) -> None:
    city, code = bought()
    with pytest.raises(Refused, match=refusal):
        city.ask(city.claim(code, **change))
    assert city.person().entitlements == ()


def test_a_code_that_no_platform_took_cannot_be_completed() -> None:
    city = city_with()
    code = city.buy()
    with pytest.raises(Refused, match="REDEEM_CODE_NOT_USED"):
        city.ask(city.claim(code))


def test_a_certificate_number_counts_for_one_person_only() -> None:
    city = city_with(ANN, BEN)
    city.ask(city.claim(code_of(city, ANN), certificate_number="TKP-000001"))
    with pytest.raises(Refused, match="CERTIFICATE_USED"):
        city.ask(city.claim(code_of(city, BEN), certificate_number="tkp-000001"))


def code_of(city: City, applicant_id: str) -> str:
    code = city.buy(applicant_id=applicant_id)
    city.redeem(code)
    return code


def test_a_second_certificate_for_one_course_is_a_question_for_staff() -> None:
    city, code = bought()
    city.ask(city.claim(code, certificate_number="TKP-000001"))
    with pytest.raises(Refused, match="CERTIFICATE_DIFFERS"):
        city.ask(city.claim(code, certificate_number="TKP-000002"))


def test_a_participation_that_ended_completes_nothing() -> None:
    city, code = bought()
    city.hear(ApplicantWithdrawn(applicant_id=ANN, withdrawn_at=city.now, by="applicant"))
    with pytest.raises(Refused, match="PARTICIPATION_ENDED"):
        city.ask(city.claim(code))
    assert REASONS["WITHDRAWN"]


def test_a_certificate_that_follows_later_is_announced_as_the_cause_until_it_comes() -> None:
    city, code = bought()
    city.ask(city.claim(code, certificate_number=None))
    assert city.told(TrainingCompleted) == []
    city.pass_days(15)
    assert codes(city.told(IncentiveDelayed)) == ["CERT_NOT_RECEIVED"]
    city.ask(city.claim(code, certificate_number="TKP-000001", finished_on=date(2020, 8, 10)))
    assert len(city.told(TrainingCompleted)) == 1
    assert codes(city.told(IncentiveDelayed)) == ["CERT_NOT_RECEIVED", "REVIEW_MISSING"]


def test_a_number_that_does_not_look_like_the_platforms_waits_for_staff() -> None:
    city, code = bought()
    city.ask(city.claim(code, certificate_number="TPK-000001"))
    assert not city.told(TrainingCompleted)[0].certificate_reconciled
    city.pass_days(15)
    assert codes(city.told(IncentiveDelayed)) == ["CERT_NOT_RECONCILED"]
    assert city.ask(ReconcileCertificate(ANN, 1, "TKP-000001", "maker")) == {"certificate_reconciled": True}
    assert city.person().purchases[0].certificate_number == "TKP-000001"
    assert codes(city.told(IncentiveDelayed))[-1] == "REVIEW_MISSING"


def test_staff_may_record_a_certificate_that_never_came() -> None:
    city, code = bought()
    city.ask(city.claim(code, certificate_number=None))
    city.ask(ReconcileCertificate(ANN, 1, "TKP-000001", "maker"))
    assert city.told(TrainingCompleted)[0].certificate_reconciled


@pytest.mark.parametrize("number", [1, 7])
def test_staff_reconcile_only_finished_courses(number: int) -> None:
    city, _ = bought()
    with pytest.raises(Refused, match="COURSE_NOT_FINISHED"):
        city.ask(ReconcileCertificate(ANN, number, "TKP-000001", "maker"))


def test_staff_cannot_give_one_certificate_to_two_people() -> None:
    city = city_with(ANN, BEN)
    city.ask(city.claim(code_of(city, ANN), certificate_number="TKP-000001"))
    city.ask(city.claim(code_of(city, BEN), certificate_number="TPK-000001"))
    with pytest.raises(Refused, match="CERTIFICATE_USED"):
        city.ask(ReconcileCertificate(BEN, 1, "TKP-000001", "maker"))


def test_a_claim_on_the_last_minute_of_the_day_counts_as_that_day() -> None:
    city, code = bought()
    city.pass_to(city.now + timedelta(hours=13, minutes=59))
    city.ask(city.claim(code))
    assert city.person().purchases[0].finished_on == date(2020, 8, 10)
    assert city.person().purchases[0].course_code == COURSE
