"""The training balance and its clocks: reminders, the last day of the first purchase, and the last day of use."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from services.incentive.domain.days import end_of, start_of
from services.incentive.domain.participant import Standing
from shared.contracts.decision import Refused
from shared.contracts.incentive import ParticipationRevoked, PurchaseReminderDue, TrainingBalanceExpired
from shared.contracts.registration import ApplicantWithdrawn
from tests.unit.incentive.builders import rules, selected
from tests.unit.incentive.city import City, city_with


def test_a_selected_person_has_the_training_balance_promised() -> None:
    city = city_with()
    assert city.person().balance_rupiah == 1_000_000
    assert city.person().money == {"treasury": -1_000_000, "training_balance": 1_000_000}
    assert city.person().notice_on == date(2020, 8, 10)
    city.check_money()


def test_being_selected_twice_changes_nothing() -> None:
    city = city_with()
    city.hear(selected())
    assert city.person().balance_rupiah == 1_000_000
    city.check_money()


def test_reminders_come_on_days_7_20_and_28_with_the_day_of_notice_as_day_1() -> None:
    city = city_with()
    city.pass_to(start_of(date(2020, 9, 8)))
    told = city.told(PurchaseReminderDue)
    assert [(each.which, each.days_passed, each.days_left) for each in told] == [
        ("first", 6, 23),
        ("second", 19, 10),
        ("last", 27, 2),
    ]
    assert {each.deadline for each in told} == {date(2020, 9, 8)}
    assert told[0].balance_rupiah == 1_000_000


def test_of_reminders_that_were_missed_only_the_latest_is_told() -> None:
    city = city_with()
    city.now = start_of(date(2020, 8, 31))
    city.hear(ApplicantWithdrawn(applicant_id="nobody", withdrawn_at=city.now, by="applicant"))
    city.pass_days(0)
    assert [each.which for each in city.told(PurchaseReminderDue)] == ["second"]


@pytest.mark.parametrize(
    ("selected_on", "last_day"),
    [(date(2021, 8, 24), date(2021, 9, 22)), (date(2021, 9, 1), date(2021, 9, 30))],
)
def test_the_real_deadlines_of_2021_follow_from_notice_day_as_day_1(selected_on: date, last_day: date) -> None:
    event = selected(at=start_of(selected_on) + timedelta(hours=12))
    assert event.first_purchase_deadline == last_day


def test_without_a_purchase_the_participation_is_revoked_at_the_end_of_day_30() -> None:
    city = city_with()
    city.pass_to(end_of(date(2020, 9, 8)) - timedelta(seconds=1))
    assert city.person().active
    city.pass_days(1)
    (told,) = city.told(ParticipationRevoked)
    assert (told.reason, told.amount_rupiah, told.wave) == ("NO_FIRST_PURCHASE", 1_000_000, 5)
    assert told.appeal_deadline == date(2020, 9, 23)
    assert told.reason_text
    assert city.person().standing == Standing.REVOKED
    assert city.person().next_action_at is None
    city.check_money()


def test_a_late_timer_lets_no_purchase_in_after_the_deadline() -> None:
    city = city_with()
    city.now = end_of(date(2020, 9, 8))
    with pytest.raises(Refused, match="PARTICIPATION_ENDED"):
        city.buy()


def test_a_hold_made_in_time_is_not_cut_off_by_the_deadline() -> None:
    city = city_with()
    city.pass_to(end_of(date(2020, 9, 8)) - timedelta(hours=1))
    code = city.buy()
    city.pass_days(1)
    city.redeem(code)
    city.pass_days(10)
    assert city.person().active


def test_when_that_hold_runs_out_the_participation_is_revoked() -> None:
    city = city_with()
    city.pass_to(end_of(date(2020, 9, 8)) - timedelta(hours=1))
    city.buy()
    city.pass_days(4)
    (told,) = city.told(ParticipationRevoked)
    assert told.amount_rupiah == 1_000_000
    city.check_money()


def test_the_rest_of_the_balance_goes_back_after_the_last_day_of_use() -> None:
    city = city_with()
    city.redeem(city.buy())
    city.pass_to(end_of(date(2020, 12, 15)))
    (told,) = city.told(TrainingBalanceExpired)
    assert (told.amount_rupiah, told.spent_rupiah) == (550_000, 450_000)
    assert city.person().balance_rupiah == 0
    with pytest.raises(Refused, match="BALANCE_CLOSED"):
        city.buy("TKP-003")
    city.check_money()


def test_a_balance_that_was_used_up_expires_without_a_word() -> None:
    city = city_with()
    for course, platform in (("TKP-002", "TOKOPEDIA"), ("MBA-001", "MAUBELAJARAPA")):
        city.redeem(city.buy(course), platform)
    city.pass_to(end_of(date(2020, 12, 15)))
    assert city.told(TrainingBalanceExpired) == []
    assert city.person().balance_closed


def test_in_2023_the_balance_has_no_last_day() -> None:
    city = city_with(year=2023)
    city.redeem(city.buy())
    city.pass_days(400)
    assert city.told(TrainingBalanceExpired) == []
    assert city.person().balance_rupiah == 3_050_000


def test_in_2023_the_clock_runs_15_days() -> None:
    city = city_with(year=2023)
    city.pass_days(16)
    assert [each.which for each in city.told(PurchaseReminderDue)] == ["first", "second", "last"]
    (told,) = city.told(ParticipationRevoked)
    assert told.amount_rupiah == 3_500_000


@pytest.mark.parametrize(
    ("selected_at", "notice_on", "last_day"),
    [
        ("2020-08-10T16:59:59.999+00:00", date(2020, 8, 10), date(2020, 9, 8)),
        ("2020-08-10T17:00:00+00:00", date(2020, 8, 11), date(2020, 9, 9)),
    ],
)
def test_midnight_in_wib_decides_which_day_is_day_1_and_which_is_the_last(
    selected_at: str, notice_on: date, last_day: date
) -> None:
    city = City()
    city.hear(selected(at=datetime.fromisoformat(selected_at)))
    assert (city.person().notice_on, city.person().first_purchase_deadline) == (notice_on, last_day)
    midnight = datetime.combine(last_day, time(17, 0), UTC)
    city.pass_to(midnight - timedelta(milliseconds=1))
    assert city.person().active
    city.pass_to(midnight)
    assert city.told(ParticipationRevoked)[0].revoked_at == midnight


def test_a_purchase_in_the_last_millisecond_of_the_last_day_counts() -> None:
    city = city_with()
    city.pass_to(datetime(2020, 9, 8, 16, 59, 59, 999_000, UTC))
    city.redeem(city.buy())
    city.pass_days(10)
    assert city.told(ParticipationRevoked) == []


def test_the_days_of_reminders_are_those_of_the_rule_file_at_eight_in_the_morning() -> None:
    for year in (2020, 2023):
        city, days = city_with(year=year), rules(year).purchase_reminder_days
        assert len(days) == 3
        for number, day in enumerate(days, 1):
            morning = datetime(2020, 8, 10, 1, 0, tzinfo=UTC) + timedelta(days=day - 1)
            city.pass_to(morning - timedelta(milliseconds=1))
            assert len(city.told(PurchaseReminderDue)) == number - 1
            city.pass_to(morning)
            assert len(city.told(PurchaseReminderDue)) == number


def test_the_balance_can_be_used_until_the_last_millisecond_of_its_last_day_and_then_returns_to_the_treasury() -> None:
    city = city_with()
    city.redeem(city.buy())
    city.pass_to(datetime(2020, 12, 15, 16, 59, 59, 999_000, UTC))
    assert city.person().balance_rupiah == 550_000
    code = city.buy("TKP-003")
    city.redeem(code)
    city.pass_to(datetime(2020, 12, 15, 17, 0, tzinfo=UTC))
    (told,) = city.told(TrainingBalanceExpired)
    assert (told.expired_at, told.amount_rupiah) == (city.now, 300_000)
    assert city.person().money == {"treasury": -700_000, "training_balance": 0, "holds": 0, "platforms": 700_000}
    city.check_money()


def test_a_hold_that_is_open_when_the_balance_ends_goes_back_with_it() -> None:
    city = city_with()
    city.redeem(city.buy())
    city.pass_to(datetime(2020, 12, 15, 16, 0, tzinfo=UTC))
    code = city.buy("TKP-003")
    city.pass_to(datetime(2020, 12, 15, 17, 0, tzinfo=UTC))
    with pytest.raises(Refused, match="REDEEM_CODE_EXPIRED"):
        city.redeem(code)
    assert city.person().money["treasury"] == -450_000
    assert sum(each.amount_rupiah for each in city.told(TrainingBalanceExpired)) == 550_000
    city.check_money()
