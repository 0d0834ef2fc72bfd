"""Buying a course: hold, redeem code, commit or release; the balance is never overspent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.incentive.domain.participant import PurchaseState
from services.incentive.domain.purchases import HOLD, BuyCourse
from services.incentive.domain.redeem_codes import CommitRedeemCode, RedeemCode, status
from shared.contracts.decision import Refused
from shared.contracts.incentive import TrainingPurchased
from tests.unit.incentive.builders import ANN, COURSE, DEAR_COURSE, reference
from tests.unit.incentive.city import City, city_with


def test_buying_holds_the_price_and_issues_a_code() -> None:
    city = city_with()
    reply = city.ask(BuyCourse(ANN, reference().catalogue[COURSE], "CODE-AAAA"))
    assert reply == {
        "purchase_number": 1,
        "redeem_code": "CODE-AAAA",
        "hold_until": (city.now + HOLD).isoformat(),
        "own_money_rupiah": 0,
        "balance_rupiah": 550_000,
    }
    assert city.person().money["holds"] == 450_000
    assert city.told(TrainingPurchased) == []
    city.check_money()


def test_the_platform_takes_the_code_and_the_purchase_is_told() -> None:
    city = city_with()
    city.redeem(city.buy())
    (told,) = city.told(TrainingPurchased)
    assert (told.amount_rupiah, told.balance_rupiah, told.first) == (450_000, 550_000, True)
    assert (told.platform, told.platform_code, told.own_money_rupiah) == ("Tokopedia", "TOKOPEDIA", 0)
    assert city.person().money["platforms"] == 450_000
    city.redeem(city.buy("TKP-003"))
    assert [each.first for each in city.told(TrainingPurchased)] == [True, False]
    city.check_money()


def test_a_code_that_no_platform_takes_gives_the_money_back() -> None:
    city = city_with()
    code = city.buy()
    city.pass_days(3.01)
    assert city.person().balance_rupiah == 1_000_000
    assert city.person().purchases[0].state == PurchaseState.RELEASED
    with pytest.raises(Refused, match="REDEEM_CODE_EXPIRED"):
        city.redeem(code)
    city.check_money()


def test_a_hold_lasts_until_its_very_deadline_and_is_released_at_it() -> None:
    city = city_with()
    first, deadline = city.buy(), city.now + HOLD
    city.pass_to(deadline - timedelta(milliseconds=1))
    assert city.redeem(first)["status"] == 1
    other = city_with()
    late = other.buy()
    other.pass_to(deadline)
    assert other.person().balance_rupiah == 1_000_000
    with pytest.raises(Refused, match="REDEEM_CODE_EXPIRED"):
        other.redeem(late)
    late_timer = city_with()
    code = late_timer.buy()
    late_timer.now = deadline
    with pytest.raises(Refused, match="REDEEM_CODE_EXPIRED"):
        late_timer.redeem(code)


def test_a_course_may_be_bought_again_after_its_code_ran_out() -> None:
    city = city_with()
    city.buy()
    city.pass_days(3.01)
    city.redeem(city.buy())
    assert len(city.person().purchases) == 2
    city.check_money()


def test_a_hold_never_outlives_the_balance() -> None:
    city = city_with()
    city.redeem(city.buy())
    city.pass_days(126.5)
    city.buy("TKP-003")
    held = city.person().purchases[1]
    assert held.hold_until - held.held_at < HOLD


def test_in_2020_a_course_above_the_balance_is_refused() -> None:
    city = city_with()
    with pytest.raises(Refused, match="COURSE_ABOVE_BALANCE") as refusal:
        city.buy(DEAR_COURSE, accept_top_up=True)
    assert refusal.value.details == {"price_rupiah": 1_250_000, "balance_rupiah": 1_000_000}
    assert city.person().balance_rupiah == 1_000_000


def test_in_2023_own_money_may_be_added_when_the_person_agrees() -> None:
    city = city_with(year=2023)
    city.redeem(city.buy(DEAR_COURSE), "PIJARMAHIR")
    city.redeem(city.buy("SNK-005"), "SISNAKER")
    city.redeem(city.buy("SKA-004"), "SKILLACADEMY")
    with pytest.raises(Refused, match="TOP_UP_NOT_ACCEPTED") as refusal:
        city.buy("PTR-004")
    assert refusal.value.details["top_up_rupiah"] == 400_000
    city.redeem(city.buy("PTR-004", accept_top_up=True), "PINTARIA")
    assert city.told(TrainingPurchased)[-1].own_money_rupiah == 400_000
    assert city.person().balance_rupiah == 0
    with pytest.raises(Refused, match="COURSE_ABOVE_BALANCE"):
        city.buy("TKP-003", accept_top_up=True)
    city.check_money()


def test_in_2020_only_online_courses_are_allowed() -> None:
    with pytest.raises(Refused, match="COURSE_MODE_NOT_ALLOWED"):
        city_with().buy("PTR-004")


def test_only_platforms_of_the_rule_set_are_allowed() -> None:
    course = replace(reference().catalogue[COURSE], platform="Pasar Gelap")
    with pytest.raises(Refused, match="PLATFORM_NOT_ALLOWED"):
        city_with().ask(BuyCourse(ANN, course, "CODE-AAAA"))


def test_the_same_course_is_not_bought_twice() -> None:
    city = city_with()
    city.buy()
    with pytest.raises(Refused, match="COURSE_ALREADY_BOUGHT"):
        city.buy()


def test_a_code_that_exists_is_not_issued_again() -> None:
    city = city_with()
    city.ask(BuyCourse(ANN, reference().catalogue[COURSE], "CODE-AAAA"))
    with pytest.raises(Refused, match="REDEEM_CODE_TAKEN"):
        city.ask(BuyCourse(ANN, reference().catalogue["TKP-003"], "CODE-AAAA"))


@pytest.mark.parametrize(
    ("platform", "code", "refusal"),
    [
        ("TOKOPEDIA", "CODE-NONE", "REDEEM_CODE_UNKNOWN"),
        ("BUKALAPAK", "CODE-0001", "REDEEM_CODE_OF_OTHER_PLATFORM"),
    ],
)
def test_a_platform_takes_only_its_own_codes(platform: str, code: str, refusal: str) -> None:
    city = city_with()
    city.buy()
    with pytest.raises(Refused, match=refusal):
        city.ask(CommitRedeemCode(platform, code))


def test_a_code_is_taken_once() -> None:
    city = city_with()
    code = city.buy()
    city.redeem(code)
    with pytest.raises(Refused, match="REDEEM_CODE_USED"):
        city.redeem(code)
    assert len(city.told(TrainingPurchased)) == 1


def test_the_status_of_a_code_follows_its_purchase() -> None:
    city = city_with()
    code = city.buy()
    before = status(city.person(), city.state(RedeemCode, code))
    assert (before["status"], before["attendance_status"], before["redeem_at"]) == (0, 0, None)
    after = city.redeem(code)
    assert (after["status"], after["attendance_status"]) == (1, 1)
    assert after["redeem_at"] == "2020-08-10T03:00:00Z"
    assert after["dp_platform"] == "Tokopedia"


def test_attendances_come_in_order_and_the_final_test_may_come_early() -> None:
    city = city_with()
    code = city.buy()
    for wrong in (2, 999):
        with pytest.raises(Refused, match="SEQUENCE_WRONG"):
            city.redeem(code, sequence=wrong)
    city.redeem(code)
    city.redeem(code, sequence=2)
    for wrong in (2, 4, 11):
        with pytest.raises(Refused, match="SEQUENCE_WRONG"):
            city.redeem(code, sequence=wrong)
    assert city.redeem(code, sequence=999)["attendance_status"] == 1
    with pytest.raises(Refused, match="SEQUENCE_WRONG"):
        city.redeem(code, sequence=3)
    assert city.state(RedeemCode, code).attendances == (1, 2, 999)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["buy", "redeem", "wait"]),
        st.sampled_from(["TKP-001", "TKP-002", "TKP-003", "TKP-004", "TKP-005"]),
        st.integers(1, 60),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(ACTS)
def test_no_order_of_acts_overspends_or_loses_a_rupiah(acts: list[tuple[str, str, int]]) -> None:
    city = city_with()
    open_codes: list[str] = []
    for act, course, hours in acts:
        try:
            if act == "buy":
                open_codes.append(city.buy(course))
            elif act == "redeem" and open_codes:
                city.redeem(open_codes.pop(hours % len(open_codes)))
            else:
                city.pass_to(city.now + timedelta(hours=hours))
        except Refused:
            continue
        money = city.person().money
        assert money.get("holds", 0) + money.get("platforms", 0) <= 1_000_000
    city.check_money()
    spent = sum(p.price_rupiah for p in city.person().purchases if p.state == PurchaseState.COMMITTED)
    assert spent == city.person().money.get("platforms", 0)


def test_two_purchases_racing_for_the_last_rupiah_cannot_both_win() -> None:
    # The engine decides both on the state inside one transaction: the second sees what the first left.
    city: City = city_with()
    city.buy("PJM-003")
    with pytest.raises(Refused, match="COURSE_ABOVE_BALANCE"):
        city.buy()
    city.check_money()
