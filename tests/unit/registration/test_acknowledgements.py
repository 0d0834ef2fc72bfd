"""A holder's word about a share: only the holder can give it, and only about these points, in this wave."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.registration.adapters.share_signatures import genuine, sign
from services.registration.domain.officials import acknowledgement
from tests.unit.registration import officials
from tests.unit.registration.ceremony_steps import hand_in
from tests.unit.registration.house import APPROVER, SECRETARIAT, House, open_house
from tests.unit.registration.officials import NAMES, points, secret
from tests.unit.registration.test_waves_door import open_wave

FIRST, SECOND, THIRD = NAMES[:3]
TEXT = acknowledgement(1, NAMES, FIRST, points(FIRST), SECOND)


async def say(house: House, status: int, **word: Any) -> dict[str, Any]:
    """SECOND's word about FIRST's share, with what the test puts in its place."""
    told = {"official": FIRST, "points": list(points(FIRST)), "holder": SECOND, "signature": sign(secret(SECOND), TEXT)}
    body = {"acknowledgements": [{**told, **word}]}
    path = "/waves/1/acknowledgements"
    answer: dict[str, Any] = await house.call("POST", path, status, json=body, headers=SECRETARIAT)
    return answer


async def commit(house: House, *names: str) -> None:
    for name in names:
        body = {"official": name, "points": list(points(name))}
        await house.call("POST", "/waves/1/commitments", 202, json=body, headers=APPROVER)


async def test_staff_cannot_say_it_for_a_holder() -> None:
    async with open_house() as house:
        await open_wave(house)
        await house.call("POST", "/waves/1/officials", 202, json={"officials": list(NAMES)}, headers=SECRETARIAT)
        await commit(house, *NAMES)
        forged = {
            "by another official": sign(secret(THIRD), TEXT),
            "by the official whose secret it is": sign(secret(FIRST), TEXT),
            "about another official": sign(secret(SECOND), acknowledgement(1, NAMES, THIRD, points(THIRD), SECOND)),
            "about other points": sign(secret(SECOND), acknowledgement(1, NAMES, FIRST, points(THIRD), SECOND)),
            "of another wave": sign(secret(SECOND), acknowledgement(2, NAMES, FIRST, points(FIRST), SECOND)),
            "among others": sign(secret(SECOND), acknowledgement(1, NAMES[::-1], FIRST, points(FIRST), SECOND)),
            "as another holder": sign(secret(SECOND), acknowledgement(1, NAMES, FIRST, points(FIRST), THIRD)),
            "nothing": "0" * 128,
        }
        codes = {name: (await say(house, 422, signature=each))["code"] for name, each in forged.items()}
        assert codes == dict.fromkeys(forged, "ACKNOWLEDGEMENT_SIGNATURE")
        assert (await say(house, 422, signature="1" * 127))["code"] == "INPUT_INVALID"
        assert (await say(house, 404, holder="Orang lain"))["code"] == "OFFICIAL_UNKNOWN"

        told = await say(house, 202)

        assert told["missing"] == list(NAMES)
        shown = (await house.call("GET", "/waves/1", 200))["officials"]
        assert [each["acknowledged_by"] for each in shown] == [[SECOND], [], [], [], []]
        assert shown[0]["signatures"] == [sign(secret(SECOND), TEXT)]


async def test_a_word_that_was_handed_in_before_counts_once_and_dies_with_the_points_it_is_about() -> None:
    async with open_house() as house:
        await open_wave(house)
        assert (await say(house, 404))["code"] == "OFFICIAL_UNKNOWN", "nobody is named yet"
        await house.call("POST", "/waves/1/officials", 202, json={"officials": list(NAMES)}, headers=SECRETARIAT)
        await commit(house, FIRST)
        assert (await say(house, 409))["code"] == "ACKNOWLEDGEMENT_EARLY"
        await commit(house, SECOND)
        await say(house, 202)
        await say(house, 202)
        shown = (await house.call("GET", "/waves/1", 200))["officials"]
        assert shown[0]["acknowledged_by"] == [SECOND]

        other = {"official": FIRST, "points": list(points(THIRD))}
        await house.call("POST", "/waves/1/commitments", 202, json=other, headers=APPROVER)

        assert (await say(house, 409))["code"] == "ACKNOWLEDGED_OTHER"
        assert (await house.call("GET", "/waves/1", 200))["officials"][0]["signatures"] == []


async def test_one_word_that_is_not_genuine_stops_all_that_came_with_it() -> None:
    async with open_house() as house:
        await open_wave(house)
        await house.call("POST", "/waves/1/officials", 202, json={"officials": list(NAMES)}, headers=SECRETARIAT)
        await commit(house, *NAMES)
        words = [*officials.words(FIRST), {**officials.words(SECOND)[0], "signature": "1" * 128}]
        body = {"acknowledgements": words}
        refused = await house.call("POST", "/waves/1/acknowledgements", 422, json=body, headers=SECRETARIAT)
        assert refused["code"] == "ACKNOWLEDGEMENT_SIGNATURE"
        assert (await house.call("GET", "/waves/1", 200))["officials"][0]["acknowledged_by"] == []


async def test_after_the_list_is_frozen_no_word_is_taken_and_the_signatures_are_published() -> None:
    async with open_house() as house:
        await open_wave(house)
        await hand_in(house)
        house.clock.ahead += timedelta(days=6)
        await house.call("POST", "/waves/1/closing", 202, headers=SECRETARIAT)
        closed = await house.wave_until(1, "closed")

        assert (await say(house, 409))["code"] == "WAVE_STATE"
        assert closed["rule"] == "gelombang-draw-3"
        told = house.events("WaveClosed")[0]
        assert told["rule"] == "gelombang-draw-3"
        assert [tuple(each["signatures"]) for each in told["officials"]] == [
            each.signatures for each in officials.ready()
        ]


@pytest.mark.parametrize("signature", ["", "0" * 128, "f" * 128, "zz" * 64, "1" * 128])
def test_what_is_no_signature_is_not_genuine_and_nothing_falls_over(signature: str) -> None:
    assert not genuine(points(SECOND)[0], TEXT, signature)
    assert not genuine("02" + "0" * 63 + "1", TEXT, sign(secret(SECOND), TEXT))
    assert genuine(points(SECOND)[0], TEXT, sign(secret(SECOND), TEXT))


def test_the_same_word_is_the_same_signature_so_that_chance_tells_nothing_of_the_secret() -> None:
    assert sign(secret(SECOND), TEXT) == sign(secret(SECOND), TEXT) != sign(secret(SECOND), TEXT + b" ")
