"""Every way a participation ends: found ineligible, withdrawn or erased; what is owed, kept and given back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from services.incentive.domain.accounts import AccountClaim
from services.incentive.domain.days import end_of
from services.incentive.domain.participant import Participant, Standing
from services.incentive.domain.payouts import HearPayment
from services.incentive.domain.purchases import BuyCourse
from services.incentive.domain.repayments import RecordRepayment
from shared.contracts.decision import Refused
from shared.contracts.incentive import ClawbackOpened, ParticipationRevoked
from shared.contracts.registration import ApplicantWithdrawn, IdentityErased
from tests.unit.incentive.builders import ANN, BEN, COURSE, ineligible, reference
from tests.unit.incentive.city import City, city_with


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


def test_erasure_ends_a_participation_whose_whole_balance_is_set_aside() -> None:
    buying = city_with()
    buying.buy()
    held = buying.person().money["holds"]
    city = City(buying.now)
    city.put(replace(buying.person(), money={"training_balance": 0, "holds": held, "treasury": -held}))
    city.hear(IdentityErased(applicant_id=ANN, erased_at=city.now, reason="REQUEST"))
    assert city.person().money == {"training_balance": 0, "holds": 0, "treasury": 0}
    assert city.told(ParticipationRevoked)


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


@pytest.mark.parametrize("ending", ["ineligible", "withdrawn", "revoked"])
def test_whoever_takes_part_no_longer_lets_go_of_the_account(ending: str) -> None:
    """Else anybody could block a neighbour's payments for ever by typing their number once."""
    city = city_with(ANN, BEN)
    city.ready(ANN)
    city.link(BEN)
    assert city.person(ANN).ready_on is None
    if ending == "ineligible":
        city.hear(ineligible(BEN))
    if ending == "withdrawn":
        city.hear(ApplicantWithdrawn(applicant_id=BEN, withdrawn_at=city.now, by="applicant"))
    city.pass_days(31 if ending == "revoked" else 1)
    assert not city.person(BEN).active
    account = city.person(ANN).account
    assert account
    assert not account.shared
    assert city.state(AccountClaim, account.index).holders == (ANN,)
    assert city.person(ANN).ready_on


def test_erasure_among_three_who_share_frees_nobody() -> None:
    city = city_with(ANN, BEN, "cut")
    for each in (ANN, BEN, "cut"):
        city.link(each)
    city.hear(IdentityErased(applicant_id=ANN, erased_at=city.now, reason="REQUEST"))
    assert all(person.account.shared for person in city.all(Participant) if person.applicant_id != ANN)


def test_nobody_acts_for_an_unknown_participant() -> None:
    with pytest.raises(Refused, match="PARTICIPANT_UNKNOWN"):
        City().ask(BuyCourse("nobody", reference().catalogue[COURSE], "CODE-9999"))
