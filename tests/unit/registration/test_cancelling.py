"""A wave is cancelled with a reason; its people and its taken-over seats are there for the next one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.registration.domain.applicant import Applicant
from services.registration.domain.cancelling import PART, CancelWave, ReleasePeople, cancel_wave, release
from services.registration.domain.joining import JoinWave, join_wave
from services.registration.domain.left_wave import LeftWave
from services.registration.domain.status import status
from services.registration.domain.waves import SeatPool, Wave
from shared.contracts.registration import ApplicantReleased, SeatsRecycled, WaveChanged
from tests.unit.registration.builders import NOW, changed, eligible, names, refusal, said, wave
from tests.unit.registration.house import APPROVER, SECRETARIAT, holder, open_house
from tests.unit.registration.test_waves_door import open_wave, ready

CANCEL = CancelWave(1, "Kuota dari pusat ditarik kembali.", "kepala")


def test_everybody_hears_why_and_taken_over_seats_wait_for_the_next_wave() -> None:
    decision = cancel_wave(wave(state="open", recycled_seats=7), SeatPool(2), CANCEL, NOW)
    told = said(decision, WaveChanged)
    assert (told.change, told.reason, told.cancelled) == ("pembatalan", CANCEL.reason, True)
    assert (changed(decision, Wave).state, changed(decision, Wave).cancelled_because) == ("cancelling", CANCEL.reason)
    assert (said(decision, SeatsRecycled).seats, changed(decision, SeatPool).seats) == (7, 9)


def test_a_draft_is_cancelled_without_a_word() -> None:
    decision = cancel_wave(wave(state="draft"), None, CANCEL, NOW)
    assert changed(decision, Wave).state == "cancelled"
    assert not decision.events


@pytest.mark.parametrize("state", ["closing", "closed", "drawn", "announcing", "done", "cancelling", "cancelled"])
def test_a_frozen_list_is_drawn_whoever_dislikes_it(state: str) -> None:
    assert refusal(lambda: cancel_wave(wave(state=state), None, CANCEL, NOW)) == "WAVE_STATE"


CANCELLING = wave(state="cancelling", cancelled_because=CANCEL.reason)


def test_people_are_as_they_were_before_they_joined() -> None:
    joined = replace(eligible(), stage="joined", wave=1, joined_at=NOW)
    elsewhere = replace(eligible("b"), stage="joined", wave=2, joined_at=NOW)
    decision = release(CANCELLING, [joined, elsewhere, None], ReleasePeople(1, ("a", "b", "c"), True), NOW)
    left = LeftWave(1, NOW, "WAVE_CANCELLED", CANCEL.reason)
    assert decision.changes == (replace(eligible(), left=left), replace(CANCELLING, state="cancelled"))
    going_on = release(CANCELLING, [joined], ReleasePeople(1, ("a",), False), NOW)
    assert going_on.changes == (replace(eligible(), left=left),)


def test_the_status_page_says_what_became_of_the_wave_until_another_is_joined() -> None:
    joined = replace(eligible(), stage="joined", wave=1, joined_at=NOW)
    free = changed(release(CANCELLING, [joined], ReleasePeople(1, ("a",), True), NOW), Applicant)

    told = status(free, {}, {}, NOW.date()).notice

    assert told == (
        "Gelombang 1 yang Anda ikuti dibatalkan (dicatat 3 April 2020). Alasan: Kuota dari pusat ditarik kembali. "
        "Pendaftaran dan tes Anda tetap berlaku: gabung ke gelombang berikutnya tanpa mengisi ulang."
    )
    again = changed(join_wave(free, wave(wave=2, opens_at=NOW), JoinWave("a", 2, False), NOW), Applicant)
    assert (again.wave, again.left, status(again, {}, {}, NOW.date()).notice) == (2, None, "")


def test_each_released_person_is_told_why_and_nobody_twice() -> None:
    people = [replace(eligible(who), stage="joined", wave=1, joined_at=NOW) for who in ("a", "b")]
    elsewhere = replace(eligible("c"), stage="joined", wave=2, joined_at=NOW)
    command = ReleasePeople(1, ("a", "b", "c"), False)
    decision = release(CANCELLING, [*people, elsewhere], command, NOW)
    assert names(decision) == ["ApplicantReleased", "ApplicantReleased"]
    told = [each for each in decision.events if isinstance(each, ApplicantReleased)]
    assert [each.applicant_id for each in told] == ["a", "b"]
    assert {(each.wave, each.reason, each.reason_text) for each in told} == {(1, "WAVE_CANCELLED", CANCEL.reason)}
    assert release(CANCELLING, [*decision.changes, elsewhere], command, NOW).events == ()  # the part comes again


def test_only_people_of_a_cancelled_wave_are_released_and_never_too_many_at_once() -> None:
    assert refusal(lambda: release(wave(state="open"), [], ReleasePeople(1, (), True), NOW)) == "WAVE_STATE"
    many = ReleasePeople(1, tuple(str(each) for each in range(PART + 1)), False)
    assert refusal(lambda: release(CANCELLING, [], many, NOW)) == "CHUNK_OUT_OF_ORDER"


async def test_who_had_joined_joins_the_next_wave_without_filling_in_anything() -> None:
    async with open_house() as house:
        await open_wave(house)
        someone = await ready(house, 1)
        body = {"applicant_id": someone["applicant_id"]}
        await house.call("POST", "/waves/1/joins", 202, headers=holder(someone), json=body)
        await house.until(someone, "joined")

        reason = {"reason": "Kuota dari pusat ditarik kembali."}
        await house.call("POST", "/waves/1/cancellation", 403, headers=SECRETARIAT, json=reason)
        await house.call("POST", "/waves/1/cancellation", 202, headers=APPROVER, json=reason)

        await house.wave_until(1, "cancelled")
        assert (await house.seen(someone))["code"] == "eligible"
        assert [
            (each["applicant_id"], each["wave"], each["reason_text"]) for each in house.events("ApplicantReleased")
        ] == [(someone["applicant_id"], 1, reason["reason"])]
        await open_wave(house, wave=2)
        await house.call("POST", "/waves/2/joins", 202, headers=holder(someone), json=body)
        await house.until(someone, "joined")
