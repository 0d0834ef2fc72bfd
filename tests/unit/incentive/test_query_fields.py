"""Fields of a participant that only serve queries: each follows from the rest, whatever happens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from services.incentive.domain.applicants import NO_CODE, Applicant, IndexCode
from services.incentive.domain.days import end_of
from services.incentive.domain.sequel import ON_ITS_WAY
from shared.contracts.base import Sealed
from shared.contracts.registration import ApplicantCorrected, IdentityErased
from shared.engine.rules import OutcomeState
from tests.unit.incentive.builders import ANN, BEN
from tests.unit.incentive.city import City, city_with
from tests.unit.incentive.payments import answered

CODE, NEW = Sealed("the code"), Sealed("a new code")


def corrected(**fields: object) -> ApplicantCorrected:
    known = {
        "applicant_id": ANN,
        "corrected_at": datetime(2020, 8, 11, tzinfo=UTC),
        "by": "applicant",
        "fields": ("tracking_code",),
        "education": "SMP",
        "sex": "F",
        "age_band": "25-34",
        "work_status": "LAID_OFF",
        "consent_campaigns": False,
    }
    return ApplicantCorrected(**{**known, **fields})


def city_that_knows(code: Sealed) -> City:
    city = city_with()
    city.hear(corrected(tracking_code=code))
    return city


def test_the_index_of_a_code_is_kept_once_and_made_anew_with_a_new_code() -> None:
    city = city_that_knows(CODE)
    assert city.person().tracking_index == ""
    city.ask(IndexCode(ANN, CODE, "index"))
    city.ask(IndexCode(ANN, CODE, "another"))
    assert city.person().tracking_index == "index"
    city.hear(corrected(full_name=Sealed("renamed")))
    assert city.person().tracking_index == "index"
    city.hear(corrected(tracking_code=NEW))
    assert city.person().tracking_index == ""
    city.ask(IndexCode(ANN, CODE, "of the old code, read a moment ago"))
    assert city.person().tracking_index == ""
    city.ask(IndexCode(ANN, NEW, "index of the new one"))
    assert city.person().tracking_index == "index of the new one"


def test_nobody_s_index_changes_nothing_and_an_erased_person_s_is_gone() -> None:
    city = city_that_knows(CODE)
    city.ask(IndexCode(BEN, CODE, "index"))
    assert city.state(Applicant, BEN) is None
    city.ask(IndexCode(ANN, CODE, "index"))
    city.hear(IdentityErased(applicant_id=ANN, erased_at=city.now, reason="REQUEST"))
    assert city.person().tracking_index == NO_CODE


def test_what_is_late_is_known_by_the_cause_of_the_oldest() -> None:
    city = city_with()
    city.ready()
    assert (city.person().late_cause, city.person().late_since) == ("", None)
    city.pass_days(20)
    first = city.entitlement(1)
    assert (city.person().late_cause, city.person().late_since) == ("MANUAL_BACKLOG", first.due_on)
    work = city.send()
    assert city.person().late_cause == "MANUAL_BACKLOG"
    answered(city, work, OutcomeState.DONE)
    assert (city.person().late, city.person().late_cause) == (False, "")


def test_a_late_payment_that_was_given_to_the_bank_today_has_no_cause_of_its_own() -> None:
    city = city_with()
    city.ready()
    over = end_of(city.entitlement(1).due_on)
    city.pass_to(over - timedelta(hours=1))
    city.send()
    city.pass_to(over)
    assert city.person().late_cause == ON_ITS_WAY
    city.pass_days(2)
    assert city.person().late_cause == "BANK_UNKNOWN"


def test_an_account_is_watched_while_it_is_on_hold_or_shared() -> None:
    city = city_with(ANN, BEN)
    city.bank_says(city.link(ANN, "1111"))
    assert city.person().account_watch == ""
    city.bank_says(city.link(ANN, "2222"))
    assert city.person().account_watch == "hold"
    city.pass_days(4)
    assert city.person().account_watch == ""
    city.link(BEN, "2222")
    assert {city.person(each).account_watch for each in (ANN, BEN)} == {"shared"}


def test_a_finished_course_is_watched_until_its_certificate_matches() -> None:
    city = city_with()
    code = city.buy()
    city.redeem(code)
    assert not city.person().unmatched
    city.ask(city.claim(code, certificate_number=None))
    assert city.person().unmatched
    city.ask(city.claim(code, certificate_number="TKP-000009"))
    assert not city.person().unmatched
