"""What is still missing for the next rupiah: one sentence for each condition, and the one thing to do now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.incentive.domain.days import end_of
from services.incentive.pages.coming import Coming, coming, next_step
from services.incentive.pages.needs import ACCOUNT_CAUSES, HOLDS, Need
from shared.contracts.registration import ApplicantWithdrawn
from shared.engine.rules import OutcomeState
from tests.unit.incentive.builders import ANN, BEN, reference, rules
from tests.unit.incentive.city import City, city_with
from tests.unit.incentive.payments import answered

CAUSES = {cause.code: cause for cause in reference().desk.causes}


def found(city: City) -> Coming:
    now = coming(city.person(), reference().desk, city.now)
    assert now
    return now


def missing(city: City) -> dict[str, str]:
    return {need.name: need.todo for need in found(city).needs if not need.holds}


def ready(**says: Any) -> City:
    """Everything is there but what the bank says of the account."""
    city = city_with()
    city.learn()
    city.bank_says(city.link(bank=says.pop("bank", "BNI")), **says)
    return city


@pytest.mark.parametrize(
    ("says", "cause"),
    [
        ({"holder_nik_index": "f" * 64}, "ACCOUNT_NIK_MISMATCH"),
        ({"name_matches": False}, "ACCOUNT_NAME_MISMATCH"),
        ({"active": False}, "ACCOUNT_INACTIVE"),
        ({"identity_checked": False, "bank": "OVO"}, "WALLET_NOT_KYC"),
        ({"room_rupiah": 1000, "bank": "OVO"}, "WALLET_FULL"),
    ],
)
def test_what_the_bank_says_is_missing_in_the_words_of_the_causes(says: dict[str, Any], cause: str) -> None:
    city = ready(**says)
    expected = CAUSES[cause]
    assert missing(city) == {"Rekening benar menurut bank": f"{expected.meaning_id} {expected.remedy_id}"}
    step = next_step(found(city))
    assert step
    assert step.place == "/rekening"


def test_while_the_bank_looks_and_while_payments_are_held_nobody_is_asked_to_do_anything_new() -> None:
    city = city_with()
    city.learn()
    question = city.link()
    assert "masih memverifikasi" in missing(city)["Rekening benar menurut bank"]
    city.bank_says(question)
    assert missing(city) == {}
    city.bank_says(city.link(account="2222"))
    held = missing(city)["Tidak sedang ditahan"]
    assert "Ditahan sampai 13 Agustus 2020, 10.00 WIB." in held
    assert next_step(found(city)) is None
    city.pass_days(4)
    assert missing(city) == {}


def test_a_shared_account_holds_the_payments_of_all() -> None:
    city = city_with(ANN, BEN)
    city.ready(ANN)
    city.link(BEN, "1111")
    assert CAUSES["ELIGIBILITY_REVIEW"].meaning_id in missing(city)["Tidak sedang ditahan"]


def test_every_cause_that_may_lack_before_anything_is_late_is_one_of_the_file() -> None:
    assert set(ACCOUNT_CAUSES) | set(HOLDS) <= set(CAUSES)


def test_each_state_of_a_payment_has_its_sentence() -> None:
    city = city_with()
    city.ready()
    assert found(city).when.startswith("Semua syarat terpenuhi. Dibayarkan sekitar")
    city.fund()
    batch = city.batch(until=city.entitlement(1).due_on)
    assert "Sudah masuk daftar pembayaran" in found(city).when
    (work,) = city.approve(batch)
    assert "Sudah diserahkan kepada bank sejak" in found(city).when
    answered(city, work, OutcomeState.UNKNOWN)
    assert "tidak dikirim dua kali" in found(city).when
    answered(city, work, OutcomeState.FAILED, "NEVER_HEARD_OF")
    assert found(city).when.startswith("Bank menolak pembayaran: bank mengembalikan")
    answered(city, work, OutcomeState.DONE)


def test_a_waiting_instalment_tells_its_day_and_what_is_late_never_a_day_that_has_passed() -> None:
    city = city_with()
    code = city.buy()
    city.redeem(code)
    city.ask(city.claim(code))
    first = city.entitlement(1)
    assert "bila semua syarat di bawah ini terpenuhi" in found(city).when
    city.pass_to(end_of(first.due_on))
    now = found(city)
    assert "sudah lewat" in now.when
    assert now.late == CAUSES["REVIEW_MISSING"]
    assert now.new_date
    city.pass_days(30)
    assert (found(city).new_date, found(city).days_to_mend) == (None, 7)
    assert "sudah lewat, tetapi ulasan Anda tetap kami terima." in missing(city)["Ulasan diberikan"]


def test_after_the_last_instalment_an_open_survey_is_the_next_rupiah_and_then_nothing_is() -> None:
    city = city_with(year=2023)
    city.ready()
    city.pay(city.send())
    now = found(city)
    assert (now.name, now.amount_rupiah) == (f"Insentif survei ke-1 dari {rules(2023).survey_count}", 50_000)
    assert (now.due_on, now.late, now.foretold) == (None, None, None), "no day of it is known yet"
    assert now.when == f"Dibayarkan paling lambat {rules(2023).survey_pay_days} hari setelah survei Anda isi."
    assert now.needs[0] == Need("Survei diisi", False, now.needs[0].todo, now.needs[0].step)
    step = next_step(now)
    assert step
    assert step.words == "Isi survei ke-1"
    city.pass_days(40)
    assert coming(city.person(), reference().desk, city.now) is None, "it lapsed"


def test_when_the_participation_is_over_nothing_is_to_come() -> None:
    city = city_with()
    city.hear(ApplicantWithdrawn(applicant_id=ANN, withdrawn_at=city.now, by="applicant"))
    assert coming(city.person(), reference().desk, city.now) is None
    assert next_step(None) is None
    city.pass_to(city.now + timedelta(days=1))
