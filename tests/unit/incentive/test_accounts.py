"""The payout account: its holder's, checked by the bank, nobody else's; a change is held for 72 hours."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from services.incentive.domain.account import Account
from services.incentive.domain.accounts import AccountClaim, LinkAccount, RecheckAccount, mark_shared
from shared.contracts.base import Sealed
from shared.contracts.decision import Refused
from shared.contracts.incentive import IncentiveDelayed, IncentiveDue, PayoutAccountChanged, PayoutAccountLinked
from shared.engine.rules import Outcome, OutcomeState
from tests.unit.incentive.builders import ANN, BEN, OTHER_NIK, codes
from tests.unit.incentive.city import City, city_with

TWELVE = [f"ring-{number:02d}" for number in range(12)]


def account(city: City, applicant_id: str = ANN) -> Account:
    found = city.person(applicant_id).account
    assert found
    return found


def test_a_first_account_is_linked_at_once_and_checked_by_the_bank() -> None:
    city = city_with()
    question = city.link()
    (told,) = city.told(PayoutAccountLinked)
    assert (told.bank, told.account_kind, told.shared_by, told.shared_with) == ("BNI", "bank", 1, ())
    assert told.account_index == hashlib.sha256(b"1111").hexdigest()
    assert question.key == f"account/{ANN}/1/1"
    assert not account(city).verified
    city.bank_says(question)
    assert account(city).verified
    assert account(city).hold_until is None


def test_the_other_partners_are_wallets() -> None:
    city = city_with()
    city.link(bank="OVO")
    assert city.told(PayoutAccountLinked)[0].account_kind == "wallet"


@pytest.mark.parametrize(
    ("bank", "account_number", "refusal"), [("BCA", "2222", "PAYMENT_PARTNER_UNKNOWN"), ("BNI", "1111", "ACCOUNT_SAME")]
)
def test_an_account_must_be_new_and_at_a_partner(bank: str, account_number: str, refusal: str) -> None:
    city = city_with()
    city.link()
    with pytest.raises(Refused, match=refusal):
        city.link(account=account_number, bank=bank)


def test_a_change_is_held_for_72_hours_and_told() -> None:
    city = city_with()
    city.ready()
    city.bank_says(city.link(account="2222"))
    (told,) = city.told(PayoutAccountChanged)
    assert told.hold_hours == 72
    assert told.hold_until == city.now + timedelta(hours=72)
    assert city.person().ready_on is None
    city.pass_to(told.hold_until)
    assert city.person().ready_on


def test_an_incentive_held_by_a_change_is_late_because_of_it() -> None:
    city = city_with()
    city.ready()
    city.pass_days(13)
    city.bank_says(city.link(account="2222"))
    city.pass_days(2)
    assert codes(city.told(IncentiveDelayed)) == ["ACCOUNT_ON_HOLD"]
    city.pass_days(2)
    assert codes(city.told(IncentiveDelayed)) == ["ACCOUNT_ON_HOLD", "MANUAL_BACKLOG"]


def test_twelve_people_with_one_account_are_all_held_and_registration_hears_of_it() -> None:
    city = city_with(*TWELVE)
    for applicant_id in TWELVE:
        city.ready(applicant_id, "1111")
    assert [each.shared_by for each in city.told(PayoutAccountLinked)] == list(range(1, 13))
    assert city.told(PayoutAccountLinked)[-1].shared_with == tuple(TWELVE[:11])
    assert all(account(city, each).shared for each in TWELVE)
    assert all(city.person(each).ready_on is None for each in TWELVE)
    city.pass_days(16)
    assert set(codes(city.told(IncentiveDelayed))) == {"ELIGIBILITY_REVIEW"}
    # The first was announced before the second came, so it is owed and stays held.
    assert [each.applicant_id for each in city.told(IncentiveDue)] == TWELVE[:1]


def test_the_last_one_left_with_an_account_is_free_again() -> None:
    city = city_with(ANN, BEN)
    city.ready(ANN, "1111")
    city.ready(BEN, "1111")
    city.bank_says(city.link(BEN, "2222"))
    assert not account(city, ANN).shared
    assert not account(city, BEN).shared
    assert city.person(ANN).ready_on
    assert city.state(AccountClaim, account(city, ANN).index).holders == (ANN,)


def test_what_happens_to_another_account_does_not_concern_this_one() -> None:
    city = city_with()
    city.link()
    person = city.person()
    assert mark_shared(person, "f" * 64, True) is person
    assert mark_shared(person, account(city).index, False) is person


def test_when_one_of_three_leaves_the_others_stay_held() -> None:
    city = city_with(ANN, BEN, "cut")
    for each in (ANN, BEN, "cut"):
        city.link(each)
    city.link(BEN, "2222")
    assert account(city, ANN).shared
    assert account(city, "cut").shared


def test_leaving_one_shared_account_for_another_frees_one_and_holds_one() -> None:
    city = city_with(ANN, BEN, "cut")
    city.link(ANN, "1111")
    city.link(BEN, "1111")
    city.link("cut", "2222")
    city.link(BEN, "2222")
    assert [account(city, each).shared for each in (ANN, BEN, "cut")] == [False, True, True]


def test_nobody_joins_an_account_that_two_hundred_people_have() -> None:
    city = city_with()
    index = hashlib.sha256(b"1111").hexdigest()
    city.put(AccountClaim(index, tuple(f"x{n}" for n in range(200))))
    with pytest.raises(Refused, match="ACCOUNT_SHARED_BY_MANY"):
        city.ask(LinkAccount(ANN, "BNI", index, Sealed("n"), Sealed("m")))


def test_a_wallet_that_cannot_take_the_amount_is_full() -> None:
    city = city_with()
    city.learn()
    city.bank_says(city.link(bank="OVO"), room_rupiah=599_999)
    assert city.told(IncentiveDue)
    city.pass_days(15)
    assert codes(city.told(IncentiveDelayed)) == ["WALLET_FULL"]


def test_the_holder_may_ask_for_a_new_check_after_mending() -> None:
    city = city_with()
    with pytest.raises(Refused, match="ACCOUNT_NOT_LINKED"):
        city.ask(RecheckAccount(ANN))
    question = city.link()
    with pytest.raises(Refused, match="CHECK_RUNNING"):
        city.ask(RecheckAccount(ANN))
    city.bank_says(question, name_matches=False)
    city.ask(RecheckAccount(ANN))
    assert city.work[-1].key == f"account/{ANN}/1/2"
    city.bank_says(city.work[-1])
    assert account(city).verified


def test_an_answer_about_an_account_that_was_changed_is_ignored() -> None:
    city = city_with()
    question = city.link()
    city.link(account="2222")
    city.bank_says(question)
    assert account(city).check is None


@pytest.mark.parametrize("name_matches", [True, False])
def test_where_a_bank_tells_no_nik_the_name_alone_says_whose_account_it_is(name_matches: bool) -> None:
    city = city_with()
    city.bank_says(city.link(), holder_nik_index="", name_matches=name_matches)
    assert account(city).verified is name_matches


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ({"name_matches": False}, "ACCOUNT_NAME_MISMATCH"),
        ({"active": False}, "ACCOUNT_INACTIVE"),
        ({"identity_checked": False}, "WALLET_NOT_KYC"),
    ],
)
def test_where_a_bank_tells_no_nik_the_cause_is_what_is_really_wrong(answer: dict[str, bool], cause: str) -> None:
    city = city_with()
    city.learn()
    city.bank_says(city.link(), holder_nik_index="", **answer)
    city.pass_days(15)
    assert codes(city.told(IncentiveDelayed)) == [cause]


def test_a_right_name_does_not_mend_another_nik() -> None:
    city = city_with()
    city.bank_says(city.link(), holder_nik_index=OTHER_NIK, name_matches=True)
    assert not account(city).verified


def test_without_an_answer_the_account_stays_unverified() -> None:
    city = city_with()
    city.learn()
    question = city.link()
    city.finish(question, Outcome(OutcomeState.UNKNOWN))
    assert account(city).check is None
    city.pass_days(15)
    assert codes(city.told(IncentiveDelayed)) == ["PARTNER_VERIFICATION_PENDING"]


def test_an_answer_after_the_end_of_participation_changes_nothing_else() -> None:
    city = city_with()
    question = city.link()
    city.pass_days(31)
    city.bank_says(question, holder_nik_index=OTHER_NIK)
    city.bank_says(question)
    assert account(city).verified
