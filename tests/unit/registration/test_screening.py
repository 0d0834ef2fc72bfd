"""Whoever is put on a list is looked at again, also after being accepted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.registration.domain import screening
from services.registration.domain.applicant import Applicant
from services.registration.domain.lists import Edition, ListBook, Listing
from services.registration.domain.screening import PutOnList
from shared.contracts.decision import Decision
from shared.contracts.registration import ApplicantIneligible
from tests.unit.registration.builders import (
    NOW,
    applicant,
    changed,
    eligible,
    indexes,
    ineligible,
    names,
    rules,
    said,
    verdict,
)


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


def test_where_somebody_lives_is_told_of_those_alone_who_had_a_card() -> None:
    person = eligible(stage="selected", wave=1)
    told = said(put(replace(person, card_number=person.personal.nik)), ApplicantIneligible)
    assert (told.domicile, repr(told.domicile)) == (person.personal.domicile, "•••")
    assert said(put(person), ApplicantIneligible).domicile is None


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
