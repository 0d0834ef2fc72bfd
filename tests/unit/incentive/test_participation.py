"""The clock of the first purchase, reminders, expiry and every way a participation ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from services.incentive.domain.days import end_of, start_of
from services.incentive.domain.participant import Participant, Standing
from services.incentive.domain.participation import RecordRepayment
from services.incentive.domain.payouts import HearPayment
from services.incentive.domain.purchases import BuyCourse
from shared.contracts.decision import Refused
from shared.contracts.incentive import (
    ClawbackOpened,
    ParticipationRevoked,
    PurchaseReminderDue,
    TrainingBalanceExpired,
)
from shared.contracts.registration import ApplicantIneligible, ApplicantWithdrawn, IdentityErased
from tests.unit.incentive.builders import ANN, BEN, COURSE, City, city_with, reference, selected


def ineligible(applicant_id: str = ANN) -> ApplicantIneligible:
    return ApplicantIneligible(
        applicant_id=applicant_id,
        decided_at=datetime(2020, 9, 1, tzinfo=UTC),
        reason="OFFICIAL_ASN",
        reason_text="Anda tercatat sebagai aparatur sipil negara.",
        rule_ref="Permenko 11/2020",
        appeal_deadline=date(2020, 9, 15),
        rule_set="prakerja-2020",
        rule_version="1",
        tracking_code="code",
    )


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


def test_a_person_found_ineligible_loses_the_seat_and_owes_what_was_received() -> None:
    city = city_with()
    city.ready()
    city.pay(city.send())
    city.hear(ineligible())
    (revoked,) = city.told(ParticipationRevoked)
    assert (revoked.reason, revoked.amount_rupiah) == ("NO_LONGER_ELIGIBLE", 550_000)
    assert revoked.reason_text == "Anda tercatat sebagai aparatur sipil negara."
    (claimed,) = city.told(ClawbackOpened)
    assert (claimed.amount_rupiah, claimed.reason) == (450_000 + 600_000, "OFFICIAL_ASN")
    assert claimed.deadline == date(2020, 10, 9)
    assert city.person().standing == Standing.INELIGIBLE
    city.check_money()


def test_hearing_of_ineligibility_twice_claims_once() -> None:
    city = city_with()
    city.learn()
    city.hear(ineligible())
    city.hear(ineligible())
    assert len(city.told(ClawbackOpened)) == 1
    assert len(city.told(ParticipationRevoked)) == 1


def test_who_received_nothing_has_nothing_to_repay() -> None:
    city = city_with()
    city.hear(ineligible())
    assert city.told(ClawbackOpened) == []


def test_a_revoked_person_found_ineligible_is_not_revoked_again() -> None:
    city = city_with()
    city.pass_days(31)
    city.hear(ineligible())
    assert len(city.told(ParticipationRevoked)) == 1
    assert city.person().standing == Standing.INELIGIBLE


def test_ineligibility_of_somebody_never_selected_is_no_concern_of_ours() -> None:
    city = city_with()
    city.hear(ineligible("nobody"))
    assert city.events == []


def test_a_payment_on_its_way_is_claimed_back_once_it_arrives() -> None:
    city = city_with()
    city.ready()
    work = city.send()
    city.hear(ineligible())
    city.pay(work)
    assert [each.amount_rupiah for each in city.told(ClawbackOpened)] == [450_000, 1_050_000]
    city.check_money()


def test_repayments_lower_the_debt_and_never_exceed_it() -> None:
    city = city_with()
    city.learn()
    city.hear(ineligible())
    assert city.ask(RecordRepayment(ANN, "R1", 200_000, "maker")) == {"left_rupiah": 250_000}
    with pytest.raises(Refused, match="REPAYMENT_ABOVE_DEBT"):
        city.ask(RecordRepayment(ANN, "R2", 300_000, "maker"))
    city.check_money()


def test_who_withdraws_keeps_what_was_paid() -> None:
    city = city_with()
    city.ready()
    city.pay(city.send())
    event = ApplicantWithdrawn(applicant_id=ANN, withdrawn_at=city.now, by="applicant")
    city.hear(event)
    city.hear(event)
    assert [each.reason for each in city.told(ParticipationRevoked)] == ["WITHDRAWN"]
    assert city.told(ClawbackOpened) == []
    assert city.person().money["paid"] == 600_000
    city.check_money()


def test_who_withdraws_gives_back_what_was_held_and_what_had_come_back() -> None:
    city = city_with()
    city.ready()
    work = city.send()
    city.pay(work)
    city.ask(HearPayment(work.payload["reference"], "returned", "LIMIT", is_notice=True))
    city.buy("TKP-003")
    city.hear(ApplicantWithdrawn(applicant_id=ANN, withdrawn_at=city.now, by="applicant"))
    assert city.told(ParticipationRevoked)[0].amount_rupiah == 550_000
    assert city.person().money == {
        "treasury": -450_000,
        "training_balance": 0,
        "holds": 0,
        "platforms": 450_000,
        "owed": 0,
        "sending": 0,
        "paid": 0,
        "returned": 0,
    }
    city.check_money()


def test_erasure_cancels_what_is_still_to_come() -> None:
    city = city_with()
    city.ready()
    city.pass_to(end_of(date(2020, 12, 15)))
    assert city.person().balance_rupiah == 0
    city.hear(IdentityErased(applicant_id=ANN, erased_at=city.now, reason="REQUEST"))
    assert city.told(ParticipationRevoked)[0].amount_rupiah == 0
    assert city.person().money["owed"] == 0
    city.check_money()


def test_erasure_ends_an_open_participation() -> None:
    city = city_with()
    city.ready()
    city.hear(IdentityErased(applicant_id=ANN, erased_at=city.now, reason="REQUEST"))
    (told,) = city.told(ParticipationRevoked)
    assert told.reason == "IDENTITY_ERASED"
    assert city.person().standing == Standing.ERASED
    city.hear(ineligible())
    assert city.person().standing == Standing.ERASED
    city.check_money()


def test_erasure_of_somebody_whose_participation_is_over_tells_nothing() -> None:
    city = city_with()
    city.pass_days(31)
    before = len(city.events)
    city.hear(IdentityErased(applicant_id=ANN, erased_at=city.now, reason="RETENTION"))
    assert len(city.events) == before
    assert city.person().standing == Standing.ERASED


def test_erasure_frees_the_payments_of_the_one_who_shared_the_account() -> None:
    city = city_with(ANN, BEN)
    city.link(ANN)
    city.link(BEN)
    city.hear(IdentityErased(applicant_id=ANN, erased_at=city.now, reason="REQUEST"))
    account = city.person(BEN).account
    assert account
    assert not account.shared


def test_erasure_among_three_who_share_frees_nobody() -> None:
    city = city_with(ANN, BEN, "cut")
    for each in (ANN, BEN, "cut"):
        city.link(each)
    city.hear(IdentityErased(applicant_id=ANN, erased_at=city.now, reason="REQUEST"))
    assert all(person.account.shared for person in city.all(Participant) if person.applicant_id != ANN)


def test_nobody_acts_for_an_unknown_participant() -> None:
    with pytest.raises(Refused, match="PARTICIPANT_UNKNOWN"):
        City().ask(BuyCourse("nobody", reference().catalogue[COURSE], "CODE-9999"))
