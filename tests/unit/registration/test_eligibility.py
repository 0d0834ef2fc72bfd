from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.registration.domain import eligibility, lists, reasons, screening
from services.registration.domain.applicant import Applicant
from services.registration.domain.eligibility import Household, Known
from services.registration.domain.lists import CompleteEditions, Edition, ListBook, ListEntry, Listing, OpenEditions
from services.registration.domain.rules import RuleMissing, RuleSet, rule_set
from services.registration.domain.screening import PutOnList
from shared.contracts.decision import Decision, Refused
from shared.contracts.registration import ApplicantEligible, ApplicantIneligible
from tests.unit.registration.builders import (
    DATA,
    NOW,
    applicant,
    changed,
    eligible,
    index,
    indexes,
    ineligible,
    names,
    profile,
    rules,
    said,
    verdict,
)

OFFICIALS = ("STATE_OFFICIAL", "DPRD", "ASN", "TNI", "POLRI", "VILLAGE", "SOE_BOARD")


def on_list(*codes: str, edition: int = 1) -> Known:
    book = ListBook({code: Edition(1, "instansi", date(2020, 3, 31), "s", NOW) for code in codes}, {})
    listing = Listing(indexes().nik, tuple(ListEntry(code, "instansi", date(2020, 3, 31), edition) for code in codes))
    return Known(listing, book)


def decided(known: Known = Known(), set_: RuleSet | None = None, **changes: Any) -> str | None:  # noqa: B008 - frozen
    person = applicant(profile=profile(**changes))
    return eligibility.evaluate(person, known, set_ or rules(), NOW).reason


# ---- conditions


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


# ---- lists


def opened(book: ListBook | None, *codes: str, as_of: date = date(2020, 3, 31)) -> Decision:
    known = frozenset(OFFICIALS) | set(lists.OTHER_CODES)
    return lists.open_editions(book, OpenEditions(codes, known, "BKN", as_of, "s"), NOW)


def test_entries_count_while_they_arrive_and_the_old_ones_until_all_are_there() -> None:
    first = changed(opened(None, "ASN"), ListBook)
    assert first.id == ListBook.ID
    old = Listing("n", (ListEntry("ASN", "BKN", NOW.date(), 1),))
    assert lists.codes_of(old, first) == {"ASN"}

    complete = changed(lists.complete_editions(first, CompleteEditions(("ASN",))), ListBook)
    second = opened(complete, "ASN")
    assert second.reply == {"ASN": 2}
    arriving = changed(second, ListBook)
    assert lists.codes_of(old, arriving) == {"ASN"}
    assert arriving.label() == "ASN 2020-03-31 (2)"

    replaced = changed(lists.complete_editions(arriving, CompleteEditions(("ASN",))), ListBook)
    assert lists.codes_of(old, replaced) == frozenset()
    assert lists.codes_of(lists.entered(old, "n", ListEntry("ASN", "BKN", NOW.date(), 2)), replaced) == {"ASN"}


def test_an_interrupted_upload_begins_a_new_edition() -> None:
    first = changed(opened(None, "ASN"), ListBook)

    assert opened(first, "ASN").reply == {"ASN": 2}


def test_a_list_is_not_replaced_by_an_older_one() -> None:
    book = changed(
        lists.complete_editions(changed(opened(None, "ASN"), ListBook), CompleteEditions(("ASN",))), ListBook
    )

    with pytest.raises(Refused, match="LIST_OLDER"):
        opened(book, "ASN", as_of=date(2020, 3, 30))


def test_a_list_has_a_code_of_the_rules() -> None:
    with pytest.raises(Refused, match="LIST_CODE_UNKNOWN"):
        opened(None, "ARTIS")


def test_completing_what_never_arrived_changes_nothing() -> None:
    assert lists.complete_editions(None, CompleteEditions(("ASN",))) == Decision()
    book = ListBook({}, {})
    assert changed(lists.complete_editions(book, CompleteEditions(("ASN",))), ListBook) == book


def test_no_list_means_no_code() -> None:
    assert lists.codes_of(None, ListBook({}, {})) == frozenset()
    assert lists.codes_of(Listing("n", ()), None) == frozenset()


def test_an_entry_replaces_the_older_one_of_its_list() -> None:
    first = lists.entered(None, "n", ListEntry("ASN", "BKN", NOW.date(), 1))
    both = lists.entered(first, "n", ListEntry("TNI", "TNI", NOW.date(), 1))

    again = lists.entered(both, "n", ListEntry("ASN", "BKN", NOW.date(), 2))

    assert [(each.code, each.edition) for each in again.entries] == [("TNI", 1), ("ASN", 2)]


# ---- re-screening


def put(person: Applicant | None, code: str = "ASN", book_codes: tuple[str, ...] = ("ASN", "LAID_OFF")) -> Decision:
    book = ListBook({each: Edition(1, "BKN", NOW.date(), "s", NOW) for each in book_codes}, {})
    command = PutOnList(indexes().nik, code, "BKN", NOW.date(), 1, rules(), {"prakerja-2020": rules()})
    return screening.put_on_list(None, book, person, None, command, NOW + timedelta(days=1))


@pytest.mark.parametrize("stage", ["eligible", "joined", "selected"])
def test_a_new_list_reaches_who_was_accepted_before(stage: Any) -> None:
    decision = put(eligible(stage=stage, wave=1))

    after = changed(decision, Applicant)
    assert names(decision) == ["ApplicantIneligible"]
    assert (after.stage, after.wave) == ("ineligible", None)
    assert decision.reply == {"rescreened": True}


@pytest.mark.parametrize(
    "person",
    [
        None,
        applicant(),
        eligible(stage="withdrawn"),
        eligible(verdict=verdict(overridden=True)),
        ineligible(reason="IDENTITY_NOT_CONFIRMED"),
        ineligible(reason="OFFICIAL_ASN"),
    ],
)
def test_a_list_changes_nothing_for_others(person: Applicant | None) -> None:
    decision = put(person)

    assert decision.events == ()
    assert [type(state) for state in decision.changes] == [Listing]


def test_the_laid_off_list_helps_and_says_nothing() -> None:
    decision = put(eligible(), "LAID_OFF")

    assert changed(decision, Applicant).laid_off_listed
    assert decision.events == ()
    assert decision.reply == {"rescreened": False}


def test_who_is_no_longer_listed_is_eligible_again_but_a_lost_card_does_not_come_back() -> None:
    lost_aid = ineligible(reason="OTHER_AID")

    assert names(put(lost_aid, "LAID_OFF")) == ["ApplicantEligible"]
    assert put(replace(lost_aid, card_number=lost_aid.personal.nik), "LAID_OFF").events == ()


# ---- rule files


def test_a_clock_that_is_missing_stops_the_service_with_its_name() -> None:
    file = json.loads((DATA / "programme_rules_2020.json").read_bytes())
    file["clocks"]["first_purchase_days"]["value"] = None

    with pytest.raises(RuleMissing, match=r"clocks\.first_purchase_days"):
        rule_set(file, "0" * 64)
    del file["clocks"]["first_purchase_days"]
    with pytest.raises(RuleMissing, match=r"clocks\.first_purchase_days"):
        rule_set(file, "0" * 64)


def test_the_version_names_the_file_s_content() -> None:
    raw = (DATA / "programme_rules_2020.json").read_bytes()

    assert rules().version == f"prakerja-2020@{hashlib.sha256(raw).hexdigest()[:12]}"
    assert rules(2023).legal_basis == "aturan program prakerja-2023"


@pytest.mark.parametrize(
    ("notice", "deadline"),
    [
        (datetime(2021, 8, 24, 5, tzinfo=UTC), date(2021, 9, 22)),
        (datetime(2021, 9, 1, 5, tzinfo=UTC), date(2021, 9, 30)),
    ],
)
def test_the_day_of_notice_is_the_first_day_of_the_purchase_clock(notice: datetime, deadline: date) -> None:
    assert rules().first_purchase_deadline(notice) == deadline
    assert replace(rules(), notice_is_day_1=False).first_purchase_deadline(notice) == deadline + timedelta(days=1)


def test_a_household_is_known_by_the_index_of_its_kk() -> None:
    assert Household(index("kk"), ()).id == index("kk")
