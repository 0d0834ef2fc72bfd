"""What staff see beside each other: degrees of likeness, and the registry's stamp."""

from __future__ import annotations

from services.registration.adapters.registry_guard import Budget, machine_time, no_alarm
from services.registration.domain import identity, participation
from services.registration.domain.applicant import Applicant
from services.registration.domain.eligibility import Known
from services.registration.domain.evidence import Evidence, compared
from services.registration.domain.identity import RegistryAnswer
from shared.contracts.decision import Decision
from tests.unit.registration.builders import NOW, applicant, changed, claim, rules

ONE = {"full_name": "Andi Putra Siregar", "nik": "1271050504950001", "email": "andi@contoh.id", "mobile": ""}


def test_fields_are_equal_near_different_or_unknown() -> None:
    other = {**ONE, "full_name": "A. Putera Siregar", "nik": "1271050504950010", "email": "budi@lain.id"}

    assert compared(ONE, other) == {"full_name": "near", "nik": "near", "email": "different", "mobile": "unknown"}
    assert compared(ONE, {**ONE, "full_name": "ANDI PUTRA SIREGAR"})["full_name"] == "equal"
    assert compared(ONE, {**ONE, "full_name": "Budi Lubis"})["full_name"] == "different"


def test_the_stamp_says_what_the_registry_said_of_each_field() -> None:
    found = RegistryAnswer("mismatch", ("kk_number",), "2020-04-02T03:00:00+00:00")

    decision = identity.registry_answered(applicant(), claim(), Known(), found, 1, rules(), NOW)

    stamp = changed(decision, Applicant).evidence
    assert (stamp.asked_at.day, stamp.revision) == (2, 1)
    assert stamp.fields()["kk_number"] == "TIDAK SESUAI"
    assert stamp.fields()["full_name"] == "SESUAI"
    assert Evidence(NOW, 1, "not_found").fields() == {}


def test_an_account_is_compared_once() -> None:
    known = applicant(stage="selected", account="x")

    assert participation.account_known(known, "x", NOW) == Decision()
    assert participation.account_known(None, "x", NOW) == Decision()


async def test_without_a_limit_nothing_is_counted() -> None:
    no_alarm("ANY")
    await Budget(0).take()
    assert machine_time().tzinfo is not None
