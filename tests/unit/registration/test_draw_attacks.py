"""Attacks on a draw through registration's own doors: withholding, drawing again, a new number, a late seed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.operator.draw_check import verify
from services.registration.domain import beacon, draw
from services.registration.domain.beacon import QUICKNET
from tests.unit.registration import officials
from tests.unit.registration.ceremony_steps import hand_in, opening
from tests.unit.registration.house import APPROVER, PLACEMENT, SECRETARIAT, START, House, holder, open_house, person
from tests.unit.registration.officials import NAMES
from tests.unit.registration.test_waves_door import close_and_draw, join, open_wave, ready

AHEAD = beacon.time_of(QUICKNET, 657413) - START
SIGNATURE = "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b"


async def closed(house: House, people: int = 3, **named: Any) -> list[dict[str, Any]]:
    """A wave whose list is frozen and published, and who stands in it."""
    await open_wave(house, quota=1, strata=[])
    found = [await ready(house, number) for number in range(1, people + 1)]
    for each in found:
        await join(house, each)
    await hand_in(house, **named)
    house.clock.ahead += timedelta(days=6)
    await house.call("POST", "/waves/1/closing", 202, headers=SECRETARIAT)
    await house.wave_until(1, "closed")
    return found


def now_open(house: House) -> dict[str, str]:
    """Times of a wave that is open now and closes in five days."""
    now = house.clock.now()
    return {"opens_at": (now - timedelta(days=1)).isoformat(), "closes_at": (now + timedelta(days=5)).isoformat()}


async def drawing(house: House, status: int, body: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = await house.call("POST", "/waves/1/draw", status, json=body, headers=APPROVER)
    return answer


async def withdraw(house: House, answer: dict[str, Any]) -> None:
    path, who = f"/applications/{answer['applicant_id']}", {"headers": holder(answer)}
    await house.call("POST", f"{path}/codes", 202, json={"purpose": "withdrawal"}, **who)
    code = await house.last_code(answer["applicant_id"])
    await house.call("POST", f"{path}/withdrawal", 202, json={"code": code}, **who)


async def test_withholding_a_secret_stops_nothing_and_changes_nothing() -> None:
    async with open_house() as house:
        await closed(house)
        alone = await drawing(house, 409, opening(NAMES[2]))
        assert alone["code"] == "SECRETS_MISSING"
        assert NAMES[2] in alone["detail"]
        two = await drawing(house, 409, opening(NAMES[2], holders=NAMES[:2]))
        assert two["code"] == "SHARES_MISSING"
        opened = await drawing(house, 202, opening(NAMES[2], holders=(NAMES[0], NAMES[3], NAMES[4])))
        assert opened["seed"] == draw.seed_of(officials.SECRETS)


async def test_a_draw_cannot_be_repeated_and_the_first_result_stands() -> None:
    async with open_house() as house:
        await closed(house)
        await drawing(house, 202, opening())
        first = await house.wave_until(1, "done")
        results = await house.call("GET", "/waves/1/results.csv", 200)

        assert (await drawing(house, 409, opening()))["code"] == "WAVE_STATE"
        again = {"official": NAMES[0], "points": list(officials.points(NAMES[0]))}
        for path, body in (("closing", {}), ("officials", {"officials": list(NAMES)}), ("commitments", again)):
            refused = await house.call("POST", f"/waves/1/{path}", 409, json=body, headers=SECRETARIAT)
            assert refused["code"] == "WAVE_STATE"

        assert await house.call("GET", "/waves/1", 200) == first
        assert await house.call("GET", "/waves/1/results.csv", 200) == results
        assert len(house.events("WaveDrawn")) == 1


async def test_no_secret_is_chosen_after_the_list_was_seen() -> None:
    async with open_house() as house:
        await closed(house)
        other = opening()
        other["secrets"][0]["secret"] = "04" * 32
        assert (await drawing(house, 422, other))["code"] == "SECRET_WRONG"
        told = house.events("WaveClosed")[0]
        assert (told["commitments"], house.events("WaveDrawn")) == (list(officials.COMMITMENTS), [])


async def test_nobody_gets_another_number_once_the_list_is_frozen() -> None:
    async with open_house() as house:
        people = await closed(house)
        before = await house.call("GET", "/waves/1/list.csv", 200)
        await withdraw(house, people[0])
        again = await ready(house, 1)
        assert again["applicant_id"] != people[0]["applicant_id"]
        body = {"applicant_id": again["applicant_id"]}
        refused = await house.call("POST", "/waves/1/joins", 409, json=body, headers=holder(again))
        assert refused["code"] in ("WAVE_STATE", "WAVE_NOT_OPEN")
        await drawing(house, 202, opening())
        await house.wave_until(1, "done")
        assert await house.call("GET", "/waves/1/list.csv", 200) == before
        assert again["applicant_id"] not in await house.call("GET", "/waves/1/results.csv", 200)


async def test_a_changed_registration_keeps_its_number_and_one_nik_stands_once() -> None:
    """Before closing a new registration gets a new number, but no seed is known that would make it a better one."""
    async with open_house() as house:
        await open_wave(house)
        await hand_in(house)
        first = await ready(house, 1)
        await join(house, first)
        path, who = f"/applications/{first['applicant_id']}", {"headers": holder(first)}
        await house.call("POST", f"{path}/codes", 202, json={"purpose": "correction"}, **who)
        change = {"full_name": "Orang Lain Sekali", "code": await house.last_code(first["applicant_id"])}
        assert (await house.call("POST", f"{path}/corrections", 409, json=change, **who))["code"] == "WAVE_JOINED"
        await withdraw(house, first)
        second = await ready(house, 1)
        await join(house, second)

        house.clock.ahead += timedelta(days=6)
        await house.call("POST", "/waves/1/closing", 202, headers=SECRETARIAT)
        await house.wave_until(1, "closed")

        lines = (await house.call("GET", "/waves/1/list.csv", 200)).splitlines()
        assert [line.split(",")[0] for line in lines] == [second["applicant_id"]]


async def test_only_the_secretariat_and_the_approver_touch_the_ceremony() -> None:
    async with open_house() as house:
        await open_wave(house)
        body = {"official": NAMES[0], "points": list(officials.points(NAMES[0]))}
        acts = {
            "officials": {"officials": list(NAMES)},
            "commitments": body,
            "acknowledgements": {"acknowledgements": officials.words(NAMES[0])},
            "closing": {},
            "draw": opening(),
        }
        for path, sent in acts.items():
            await house.call("POST", f"/waves/1/{path}", 403, json=sent, headers=PLACEMENT)


async def test_a_beacon_takes_the_named_round_with_its_true_signature_alone() -> None:
    """The clock is set so that the named round is one whose signature is known to this test."""
    async with open_house() as house:
        house.clock.ahead = AHEAD - timedelta(days=6, minutes=11)
        await open_wave(house, **now_open(house))
        await hand_in(house, beacon=QUICKNET.hash)
        house.clock.ahead += timedelta(days=6)
        await house.call("POST", "/waves/1/closing", 202, headers=SECRETARIAT)
        wave = await house.wave_until(1, "closed")
        named = wave["beacon"]["round"]

        assert (await drawing(house, 409, opening()))["code"] == "BEACON_MISSING"
        false = {"round": named, "signature": SIGNATURE[:-1] + "0"}
        assert (await drawing(house, 422, opening(beacon=false)))["code"] == "BEACON_SIGNATURE"
        other = {"round": 657413, "signature": SIGNATURE}
        assert named != 657413, "a true signature, but of a round that nobody named"
        assert (await drawing(house, 409, opening(beacon=other)))["code"] == "BEACON_ROUND"
        assert house.events("WaveDrawn") == []


async def test_a_wave_without_a_beacon_takes_no_randomness_from_anybody() -> None:
    async with open_house() as house:
        await closed(house)
        body = opening(beacon={"round": 657413, "signature": SIGNATURE})
        assert (await drawing(house, 409, body))["code"] == "BEACON_ROUND"


async def test_a_relay_that_does_not_answer_means_waiting() -> None:
    async with open_house(beacon_url="http://127.0.0.1:9") as house:
        house.clock.ahead = AHEAD
        await open_wave(house, **now_open(house))
        await hand_in(house, beacon=QUICKNET.hash)
        house.clock.ahead += timedelta(days=6)
        await house.call("POST", "/waves/1/closing", 202, headers=SECRETARIAT)
        await house.wave_until(1, "closed")
        assert (await drawing(house, 409, opening()))["code"] == "BEACON_MISSING"


@pytest.mark.parametrize("people", [0, 4])
async def test_what_a_house_publishes_anybody_can_verify(people: int, tmp_path: Path) -> None:
    async with open_house() as house:
        await open_wave(house)
        for number in range(people):
            await join(house, await ready(house, number + 1))
        await close_and_draw(house)
        for name, place in (("wave.json", ""), ("list.csv", "/list.csv"), ("results.csv", "/results.csv")):
            answer = await house.http.get(f"/registration/waves/1{place}")
            (tmp_path / name).write_bytes(answer.content)
        found = verify(tmp_path)
        assert found["holds"], found


async def test_the_page_of_the_verifier_runs_our_script_and_asks_nobody_else() -> None:
    async with open_house() as house:
        page = await house.http.get("/registration/waves/1/verifier")
        policy = page.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        for name in ("draw.js", "page.js", "page.css"):
            assert f"/registration/verifier/{name}" in page.text
            assert (await house.http.get(f"/registration/verifier/{name}")).status_code == 200
        assert person(1)["nik"] not in page.text
