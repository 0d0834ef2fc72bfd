"""Causes of delay in words: the file's remedies speak to the participant, those on the staff's pages to the office."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from services.incentive.domain.draft import DelayCause
from services.incentive.pages.desk_view import causes_of, remedy
from services.incentive.pages.desk_words import STAFF_REMEDIES
from tests.unit.incentive.builders import reference
from tests.unit.incentive.counter import at_desk
from tests.unit.incentive.house import House
from tests.unit.incentive.phone import entered, words
from tests.unit.incentive.steps import bought, claimed, platform_of, select, simulator

CAUSES = causes_of(reference().desk.causes)
TO_THE_PARTICIPANT = re.compile(r"\b(Anda|atas nama sendiri|atas NIK sendiri)\b")


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.code)
def test_no_remedy_on_a_staff_page_speaks_to_the_participant(cause: DelayCause) -> None:
    said = remedy(cause)
    assert not TO_THE_PARTICIPANT.search(said)
    if cause.actor == "applicant":
        assert said.startswith("Peserta "), "who must act"
        assert "Kantor" in said, "what the office can do"


def test_only_causes_that_exist_have_words_for_staff() -> None:
    assert set(STAFF_REMEDIES) - {cause.code for cause in CAUSES} == set()


async def test_staff_and_participant_read_of_the_same_cause_each_what_is_theirs(house: House) -> None:
    await select(house)
    code = await bought(house)
    await simulator(house).redeem(platform_of(house), code)
    await claimed(house, code)
    house.clock.at += timedelta(days=20)
    await house.until(lambda person: person.late_cause == "REVIEW_MISSING")
    theirs = "Isi ulasan dan penilaian di halaman peserta Anda; begitu terkirim langsung berlaku."
    ours = "Peserta mengisi ulasan di halamannya. Kantor mengingatkan, atau mengisikannya bersama peserta"
    assert theirs in words(await (await entered(house)).get("/status"))
    placement = await at_desk(house, "placement")
    for place in ("/petugas/keterlambatan", "/petugas/keterlambatan/REVIEW_MISSING"):
        page = words(await placement.get(place))
        assert "Oleh: peserta." in page
        assert ours in page
        assert theirs not in page
