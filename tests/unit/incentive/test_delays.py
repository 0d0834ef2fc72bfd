"""Every late incentive has one cause, the first of the file that holds, told once until it changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.incentive.domain.delays import TESTS, cause_of
from services.incentive.domain.draft import Draft, Office
from services.incentive.domain.participant import EntitlementState as State
from services.incentive.domain.participant import Participant
from services.incentive.domain.payouts import HearPayment, RetryPayment
from shared.contracts.incentive import IncentiveDelayed, IncentivePaid
from shared.contracts.registration import IdentityQuestioned
from shared.engine.rules import Outcome, OutcomeState
from tests.unit.incentive.builders import ANN, OTHER_NIK, codes, reference
from tests.unit.incentive.city import City, city_with


def test_a_late_incentive_is_announced_once_with_owner_and_remedy() -> None:
    city = city_with()
    city.ready()
    city.pass_to(city.now + timedelta(days=20))
    (told,) = city.told(IncentiveDelayed)
    assert (told.cause, told.actor, told.number, told.total) == ("MANUAL_BACKLOG", "office", 1, 4)
    assert (told.due_on, told.owed) == (date(2020, 8, 24), True)
    assert told.new_date == date(2020, 9, 1)
    assert "menumpuk" in told.cause_id
    assert told.remedy_id
    assert told.actor_id == "kantor kami"
    assert told.cause_en
    assert told.remedy_en
    assert city.person().late


def test_nothing_is_late_on_its_due_date() -> None:
    city = city_with()
    city.ready()
    city.pass_to(city.now + timedelta(days=14))
    assert city.told(IncentiveDelayed) == []


def test_payment_closes_the_delay() -> None:
    city = city_with()
    city.ready()
    city.pass_days(20)
    city.pay(city.send())
    assert len(city.told(IncentivePaid)) == 1
    assert not city.person().late
    city.pass_days(8)
    assert codes(city.told(IncentiveDelayed)) == ["MANUAL_BACKLOG"]


def test_what_comes_back_after_a_delay_was_closed_is_announced_anew() -> None:
    city = city_with()
    city.ready()
    city.pass_days(20)
    work = city.send()
    city.finish(work, Outcome(OutcomeState.FAILED, {"code": "LIMIT"}))
    city.ask(RetryPayment(ANN, "post_training", 1, "maker"))
    again = city.send()
    city.pay(again)
    city.ask(HearPayment(again.payload["reference"], "returned", "LIMIT", is_notice=True))
    told = codes(city.told(IncentiveDelayed))
    assert told == ["MANUAL_BACKLOG", "TRANSFER_FAILED", "MANUAL_BACKLOG", "TRANSFER_FAILED"]


def test_late_means_late_whether_or_not_the_conditions_hold() -> None:
    city = city_with()
    code = city.buy()
    city.redeem(code)
    city.ask(city.claim(code))
    city.pass_days(15)
    (told,) = city.told(IncentiveDelayed)
    assert (told.cause, told.actor, told.owed) == ("REVIEW_MISSING", "applicant", False)


def test_the_cause_moves_on_as_each_is_mended() -> None:
    city = city_with()
    city.learn()
    city.pass_days(15)
    city.bank_says(city.link(), holder_nik_index=OTHER_NIK, active=False)
    city.bank_says(city.link(account="2222", bank="OVO"), name_matches=False)
    city.pass_days(4)
    assert codes(city.told(IncentiveDelayed)) == [
        "ACCOUNT_NOT_LINKED",
        "PARTNER_VERIFICATION_PENDING",
        "ACCOUNT_NIK_MISMATCH",
        "ACCOUNT_ON_HOLD",
        "ACCOUNT_NAME_MISMATCH",
    ]


def test_a_questioned_identity_is_a_matter_of_the_office() -> None:
    city = city_with()
    city.ready()
    city.hear(
        IdentityQuestioned(
            applicant_id=ANN,
            questioned_at=city.now,
            fields=(),
            reasons=("RING_SUSPECTED",),
            deadline=date(2020, 9, 1),
            tracking_code="code",
        )
    )
    city.pass_days(15)
    assert codes(city.told(IncentiveDelayed)) == ["ELIGIBILITY_REVIEW"]


def test_a_batch_that_waits_for_approval_is_the_cause() -> None:
    city = city_with()
    city.ready()
    city.fund()
    city.batch(until=date(2020, 8, 24))
    city.pass_days(15)
    assert codes(city.told(IncentiveDelayed)) == ["BATCH_NOT_APPROVED"]


def test_a_survey_incentive_waits_for_no_certificate() -> None:
    city = city_with()
    city.ready()
    city.pay(city.send())
    city.answer(1)
    city.bank_says(city.link(account="2222"), active=False)
    city.pass_days(15)
    late = [each for each in city.told(IncentiveDelayed) if each.kind == "survey"]
    assert codes(late) == ["ACCOUNT_INACTIVE"]


def ready_person() -> Participant:
    city = city_with()
    city.ready()
    return city.person()


def draft_of(person: Participant, funds_short: bool = False, now: Any = None) -> Draft:
    desk = reference().desk
    late = now or city_with().now + timedelta(days=30)
    return Draft(person, Office(desk.rules, desk.causes, funds_short), late)


FACTS: dict[str, dict[str, Any]] = {
    "BANK_UNKNOWN": {"entitlement": {"state": State.UNKNOWN}},
    "STATUS_CONFLICT": {"entitlement": {"conflict": True}},
    "TRANSFER_FAILED": {"entitlement": {"state": State.FAILED, "failure": "LIMIT"}},
    "ELIGIBILITY_REVIEW": {"person": {"under_review": True}},
    "CERT_NOT_RECEIVED": {"purchase": {"certificate_number": None, "certificate_reconciled": False}},
    "CERT_NOT_RECONCILED": {"purchase": {"certificate_reconciled": False}},
    "REVIEW_MISSING": {"purchase": {"reviewed_at": None}},
    "ACCOUNT_NOT_LINKED": {"person": {"account": None}},
    "ACCOUNT_NIK_MISMATCH": {"check": {"nik_matches": False}},
    "ACCOUNT_NAME_MISMATCH": {"check": {"name_matches": False}},
    "ACCOUNT_INACTIVE": {"check": {"active": False}},
    "WALLET_NOT_KYC": {"check": {"identity_checked": False}},
    "WALLET_FULL": {"check": {"room_rupiah": 0}},
    "ACCOUNT_ON_HOLD": {"account": {"hold_until": city_with().now + timedelta(days=31)}},
    "PARTNER_VERIFICATION_PENDING": {"account": {"check": None}},
    "FUNDS_NOT_AVAILABLE": {"funds": True},
    "BATCH_NOT_APPROVED": {"entitlement": {"state": State.BATCHED, "batched_on": date(2020, 9, 1)}},
    "MANUAL_BACKLOG": {},
}
PERSON = ready_person()


def apply(facts: list[dict[str, Any]]) -> Draft:
    """A late participant with all these facts, later ones winning over earlier ones."""
    person = PERSON
    for fact in facts:
        account = person.account
        if "check" in fact and account and account.check:
            account = replace(account, check=replace(account.check, **fact["check"]))
        if "account" in fact and account:
            account = replace(account, **fact["account"])
        person = replace(
            person,
            account=account,
            purchases=(replace(person.purchases[0], **fact.get("purchase", {})),),
            entitlements=(replace(person.entitlements[0], **fact.get("entitlement", {})),),
        )
        person = replace(person, **fact.get("person", {}))
    return draft_of(person, funds_short=any("funds" in fact for fact in facts))


@pytest.mark.parametrize("code", list(FACTS))
def test_each_cause_is_found_from_its_fact(code: str) -> None:
    draft = apply([FACTS[code]])
    found = cause_of(draft, draft.person.entitlements[0])
    assert found
    assert found.code == code


@settings(deadline=None)
@given(st.lists(st.sampled_from(sorted(FACTS)), max_size=8, unique=True))
def test_of_all_that_hold_the_first_in_the_file_is_announced(chosen: list[str]) -> None:
    draft = apply([FACTS[code] for code in chosen])
    each = draft.person.entitlements[0]
    order = [cause.code for cause in draft.office.causes]
    holding = [code for code in order if TESTS[code](draft, each)]
    found = cause_of(draft, each)
    assert found
    assert found.code == holding[0]
    assert holding[-1] == "MANUAL_BACKLOG"


def test_a_payment_just_sent_has_no_cause_yet() -> None:
    person = replace(
        PERSON, entitlements=(replace(PERSON.entitlements[0], state=State.SENDING, sent_at=city_with().now),)
    )
    fresh = draft_of(person, now=city_with().now + timedelta(hours=1))
    assert cause_of(fresh, fresh.person.entitlements[0]) is None
    silent = draft_of(person)
    found = cause_of(silent, silent.person.entitlements[0])
    assert found
    assert found.code == "BANK_UNKNOWN"


def test_the_city_keeps_quiet_about_people_who_left() -> None:
    city: City = city_with()
    city.pass_days(31)
    assert not city.person().late
    city.pass_days(200)
    assert city.told(IncentiveDelayed) == []
