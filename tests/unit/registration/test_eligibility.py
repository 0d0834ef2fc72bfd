"""Who may take part: each condition with its reason, and a verdict that says what it rests on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.registration.domain import eligibility, reasons
from services.registration.domain.eligibility import Household, Known
from services.registration.domain.lists import Edition, ListBook, ListEntry, Listing
from services.registration.domain.rules import RuleSet
from shared.contracts.decision import Decision
from shared.contracts.registration import ApplicantEligible, ApplicantIneligible
from tests.unit.registration.builders import NOW, OFFICIALS, applicant, index, indexes, profile, rules, said


def on_list(*codes: str, edition: int = 1) -> Known:
    book = ListBook({code: Edition(1, "instansi", date(2020, 3, 31), "s", NOW) for code in codes}, {})
    listing = Listing(indexes().nik, tuple(ListEntry(code, "instansi", date(2020, 3, 31), edition) for code in codes))
    return Known(listing, book)


def decided(known: Known = Known(), set_: RuleSet | None = None, **changes: Any) -> str | None:  # noqa: B008 - frozen
    person = applicant(profile=profile(**changes))
    return eligibility.evaluate(person, known, set_ or rules(), NOW).reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"citizen": False}, "NOT_A_CITIZEN"),
        ({"age_years": 17}, "AGE_BELOW_MINIMUM"),
        ({"age_years": 18}, None),
        ({"age_years": 90}, None),
        ({"not_in_formal_education": False}, "IN_FORMAL_EDUCATION"),
        ({"not_an_official": False}, "DECLARED_OFFICIAL"),
        ({"work_status": "OTHER"}, "OUTSIDE_TARGET_GROUPS"),
        ({"work_status": "WORKER_NEEDING_SKILLS"}, None),
    ],
)
def test_conditions_of_2020_on_the_form(change: dict[str, Any], reason: str | None) -> None:
    assert decided(**change) == reason


@pytest.mark.parametrize("kind", OFFICIALS)
def test_each_kind_of_official_has_a_reason_and_a_sentence(kind: str) -> None:
    reason = decided(on_list(kind))

    assert reason == f"OFFICIAL_{kind}"
    assert rules().officials[kind] in reasons.ineligible_text(reason, dict(rules().officials))


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("STUDENT", "IN_FORMAL_EDUCATION"),
        ("OTHER_AID", "OTHER_AID"),
        ("PREVIOUS_RECIPIENT", "PREVIOUS_RECIPIENT"),
        ("LAID_OFF", None),
    ],
)
def test_the_other_lists(code: str, reason: str | None) -> None:
    assert decided(on_list(code)) == reason


def test_rules_of_2023_are_other_data() -> None:
    assert decided(set_=rules(2023), age_years=65) == "AGE_ABOVE_MAXIMUM"
    assert decided(set_=rules(2023), age_years=64) is None
    assert decided(on_list("OTHER_AID"), rules(2023)) is None
    full = Known(household=Household(indexes().kk, ("x", "y")))
    assert decided(full, rules(2023)) == "KK_LIMIT"
    assert decided(full) is None
    assert decided(Known(household=Household(indexes().kk, ("x", "a"))), rules(2023)) is None


def test_allowed_formal_education_and_no_previous_recipient_rule() -> None:
    lenient = replace(rules(), formal_education_allowed=True, previous_recipient_excluded=False)

    assert decided(on_list("STUDENT", "PREVIOUS_RECIPIENT"), lenient) is None


def test_a_verdict_keeps_trace_rule_version_and_list_editions() -> None:
    found = eligibility.evaluate(applicant(), on_list("ASN", "TNI"), rules(), NOW)

    assert [line.rule for line in found.trace] == [name for name, _ in eligibility.CONDITIONS]
    assert {line.rule: line.reason for line in found.trace}["LISTED_OFFICIAL"] == "OFFICIAL_ASN"
    assert found.rule_version == rules().version
    assert found.lists == "ASN 2020-03-31 (1), TNI 2020-03-31 (1)"
    assert found.appeal_deadline == date(2020, 4, 17)


def test_eligible_is_told_with_the_rules_it_rests_on() -> None:
    person, events = eligibility.judge(applicant(), on_list("LAID_OFF"), rules(), NOW)

    assert person.stage == "eligible"
    assert person.laid_off_listed
    told = said(Decision(events=events), ApplicantEligible)
    assert (told.rule_set, told.rule_version) == ("prakerja-2020", rules().version)


def test_ineligible_is_told_with_a_sentence_a_basis_and_the_last_day_to_object() -> None:
    _, events = eligibility.judge(applicant(), on_list("POLRI"), rules(), NOW)

    told = said(Decision(events=events), ApplicantIneligible)
    assert told.reason == "OFFICIAL_POLRI"
    assert "anggota Polri" in told.reason_text
    assert told.rule_ref == "Perpres 36/2020, Perpres 76/2020, Permenko 11/2020"
    assert told.appeal_deadline == date(2020, 4, 17)


def test_every_reason_has_a_sentence() -> None:
    for reason in ("AGE_BELOW_MINIMUM", "KK_LIMIT", "IDENTITY_NOT_CONFIRMED", "OFFICIAL_UNKNOWN_KIND"):
        assert reasons.ineligible_text(reason, {})


def test_a_household_is_known_by_the_index_of_its_kk() -> None:
    assert Household(index("kk"), ()).id == index("kk")
