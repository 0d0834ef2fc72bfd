"""How a participation ended, on the person's page: what they can do about it, exactly as long as they can."""

from __future__ import annotations

from datetime import timedelta

from shared.contracts.incentive import ParticipationRevoked
from shared.contracts.registration import ApplicantWithdrawn
from tests.unit.incentive.builders import ANN as ANYBODY
from tests.unit.incentive.builders import ineligible
from tests.unit.incentive.city import city_with
from tests.unit.incentive.house import ANN, House
from tests.unit.incentive.phone import entered, words
from tests.unit.incentive.steps import select

LINK = '<a href="/registration/status">Ajukan keberatan dari status pendaftaran</a>'


async def test_an_objection_is_offered_until_its_last_day_and_then_only_told_of(house: House) -> None:
    await select(house)
    phone = await entered(house)
    await house.hear(ineligible(ANN))
    person = await house.until(lambda person: person.appeal_until)
    last = person.appeal_until - person.selected_at.date()
    page = await phone.get("/status")
    assert LINK in page
    assert "paling lambat 24 Agustus 2020; gratis" in words(page)
    house.clock.at += last
    assert LINK in await (await entered(house)).get("/status")
    house.clock.at += timedelta(days=1)
    page = await (await entered(house)).get("/status")
    assert LINK not in page
    assert "Keberatan dapat diajukan sampai 24 Agustus 2020; batas itu sudah lewat." in words(page)


async def test_who_left_of_their_own_will_is_offered_no_objection(house: House) -> None:
    await select(house)
    phone = await entered(house)
    await house.hear(ApplicantWithdrawn(applicant_id=ANN, withdrawn_at=house.clock.now(), by="applicant"))
    page = await phone.get("/status")
    assert "Anda menarik diri dari program" in page
    assert LINK not in page
    assert "Keberatan dapat diajukan" not in page


def test_the_last_day_is_the_one_that_registration_is_told() -> None:
    city = city_with()
    city.hear(ineligible())
    (told,) = city.told(ParticipationRevoked)
    assert (city.person().appeal_until, told.applicant_id) == (told.appeal_deadline, ANYBODY)
