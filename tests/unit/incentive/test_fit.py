"""Course advice, what is remembered of applicants, and refused claims."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.incentive.domain.applicants import Applicant
from services.incentive.domain.fit import advise
from services.incentive.domain.refused_claims import RefuseClaim, RefusedClaim
from shared.contracts.base import Sealed
from shared.contracts.registration import ApplicantCorrected, ApplicantRegistered, IdentityErased
from tests.unit.incentive.builders import ANN, reference
from tests.unit.incentive.city import City, city_with

NOW = datetime(2020, 8, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("course", "education", "interests", "balance", "codes"),
    [
        ("TKP-003", "SMA", ("BUSINESS",), 1_000_000, ["FITS_INTEREST", "NEEDS"]),
        ("PJM-002", "SMP", ("FOOD",), 1_000_000, ["ENTRY_LEVEL_ABOVE", "OTHER_TOPIC", "PRICE_ABOVE_BALANCE", "NEEDS"]),
        ("TKP-002", "S3", (), 1_000_000, []),
        ("TKP-002", "unknown", (), 1_000_000, []),
        ("TKP-002", "SMK", (), 100, ["PRICE_ABOVE_BALANCE"]),
    ],
)
def test_a_course_is_explained_before_it_is_bought(
    course: str, education: str, interests: tuple[str, ...], balance: int, codes: list[str]
) -> None:
    advice = advise(reference().catalogue[course], education=education, interests=interests, balance_rupiah=balance)
    assert [each.code for each in advice] == codes
    assert all(each.sentence for each in advice)


def test_a_course_that_is_dear_for_its_hours_is_pointed_out() -> None:
    course = replace(reference().catalogue["TKP-002"], hours=2)
    assert [each.code for each in advise(course, education="SMA", interests=(), balance_rupiah=10**6)] == [
        "DEAR_FOR_LENGTH"
    ]


def registered(applicant_id: str = ANN) -> ApplicantRegistered:
    return ApplicantRegistered(
        applicant_id=applicant_id,
        sex="F",
        age_band="25-34",
        education="SMA",
        work_status="LAID_OFF",
        received_at=NOW,
        channel="online",
        consent_campaigns=False,
        full_name=Sealed("name"),
        tracking_code=Sealed("code one"),
    )


def corrected(tracking_code: Sealed | None, full_name: Sealed | None = None) -> ApplicantCorrected:
    return ApplicantCorrected(
        applicant_id=ANN,
        sex="F",
        age_band="25-34",
        education="S1",
        work_status="LAID_OFF",
        corrected_at=NOW,
        by="applicant",
        fields=("education",),
        consent_campaigns=False,
        full_name=full_name,
        tracking_code=tracking_code,
    )


def test_a_corrected_name_is_what_the_bank_is_asked_about() -> None:
    city = city_with()
    city.hear(registered())
    city.hear(corrected(None))
    assert city.person().full_name == Sealed("name")
    city.hear(corrected(None, Sealed("new name")))
    assert city.link().payload["full_name"] == Sealed("new name")


def test_the_tracking_code_is_kept_and_replaced_only_by_a_new_one() -> None:
    city = City()
    city.hear(corrected(None))
    assert city.all(Applicant) == []
    city.hear(registered())
    city.hear(corrected(None))
    assert city.state(Applicant, ANN) == Applicant(ANN, Sealed("code one"), "S1")
    city.hear(corrected(Sealed("code two")))
    assert city.state(Applicant, ANN).tracking_code == Sealed("code two")


def test_an_erased_person_is_forgotten() -> None:
    city = City()
    city.hear(registered())
    city.hear(IdentityErased(applicant_id=ANN, erased_at=NOW, reason="REQUEST"))
    assert city.all(Applicant) == []


def test_a_refused_claim_is_kept_once() -> None:
    city = City()
    command = RefuseClaim("partner.training.v1/0/7", "SIGNATURE_WRONG", None, "d" * 64)
    city.ask(command)
    city.now = NOW
    city.ask(command)
    (kept,) = city.all(RefusedClaim)
    assert (kept.id, kept.reason, kept.partner_code) == ("partner.training.v1/0/7", "SIGNATURE_WRONG", None)
