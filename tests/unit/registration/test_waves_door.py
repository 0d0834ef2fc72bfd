"""Waves over HTTP, from draft to cards; anybody can check a draw with nothing but what is published."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

from services.registration.domain import draw
from services.registration.domain.draw import Step
from tests.unit.registration import officials
from tests.unit.registration.ceremony_steps import hand_in, opening
from tests.unit.registration.house import (
    APPROVER,
    PLACEMENT,
    SECRETARIAT,
    START,
    House,
    holder,
    open_house,
    person,
    wait_for,
)
from tests.unit.registration.sheets import as_csv, row, taken, upload


def wave_body(**changes: Any) -> dict[str, Any]:
    plain = {
        "wave": 1,
        "quota": 3,
        "opens_at": (START - timedelta(days=1)).isoformat(),
        "closes_at": (START + timedelta(days=5)).isoformat(),
        "strata": [{"code": "KECAMATAN_12.71.05", "quota": 1}],
    }
    return {**plain, **changes}


async def open_wave(house: House, **changes: Any) -> None:
    await house.call("POST", "/waves", 202, json=wave_body(**changes), headers=SECRETARIAT)
    await house.call("POST", f"/waves/{changes.get('wave', 1)}/opening", 202, json={}, headers=APPROVER)


async def ready(house: House, number: int, **changes: Any) -> dict[str, Any]:
    """Somebody eligible whose test is taken."""
    answer = await house.apply(**person(number), **changes)
    await house.until(answer, "eligible")
    answers = {each["code"]: "a" for each in house.reference.test["questions"]}
    path = f"/applications/{answer['applicant_id']}/test"
    await house.call("POST", path, 202, json={"answers": answers}, headers=holder(answer))
    return answer


async def close_and_draw(house: House, number: int = 1) -> dict[str, Any]:
    """The whole ceremony; one official withholds the secret, and three others open it."""
    await hand_in(house, number)
    house.clock.ahead += timedelta(days=6)
    await house.call("POST", f"/waves/{number}/closing", 202, headers=SECRETARIAT)
    await house.wave_until(number, "closed")
    missing, *others = officials.NAMES
    body = opening(missing, holders=tuple(others[:3]))
    await house.call("POST", f"/waves/{number}/draw", 202, json=body, headers=APPROVER)
    return await house.wave_until(number, "done")


async def join(house: House, answer: dict[str, Any]) -> None:
    body = {"applicant_id": answer["applicant_id"]}
    await house.call("POST", "/waves/1/joins", 202, json=body, headers=holder(answer))


async def test_a_wave_from_draft_to_cards_and_anybody_can_check_it() -> None:
    async with open_house() as house:
        await open_wave(house)
        people = [await ready(house, number) for number in range(1, 6)]
        for each in people:
            await join(house, each)
        early = await house.call("POST", "/waves/1/closing", 409, headers=SECRETARIAT)
        assert early["code"] == "WAVE_STILL_OPEN"

        wave = await close_and_draw(house)

        assert (wave["selected"], wave["entries"]) == (3, 5)
        await anybody_draws_the_same(house, wave)
        await a_person_finds_the_own_line(house, wave, people[0])
        await the_selected_have_cards(house, people)
        assert [wave["wave"] for wave in (await house.call("GET", "/waves", 200))["waves"]] == [1]


async def anybody_draws_the_same(house: House, wave: dict[str, Any]) -> None:
    """The published list and secrets give the published root, seed and ranks."""
    lines = (await house.call("GET", "/waves/1/list.csv", 200)).splitlines()
    told = list(csv.DictReader(io.StringIO(await house.call("GET", "/waves/1/results.csv", 200))))
    assert wave["root"] == draw.root([draw.leaf(line) for line in lines]).hex()
    assert wave["seed"] == draw.seed_of(wave["secrets"])
    assert (wave["secrets"], wave["opened_by_shares"]) == (list(officials.SECRETS), [officials.NAMES[0]])
    strata = [draw.Stratum(each["code"], each["quota"]) for each in wave["strata"] if each["code"] != "UMUM"]
    again = draw.draw(lines, strata, wave["quota"], wave["seed"])
    assert [(r.applicant_id, r.rank, int(r.selected)) for r in again] == [
        (line["applicant_id"], int(line["rank"]), int(line["selected"])) for line in told
    ]


async def a_person_finds_the_own_line(house: House, wave: dict[str, Any], answer: dict[str, Any]) -> None:
    """The proof leads from the person's line up to the published root."""
    path = f"/applications/{answer['applicant_id']}/waves/1/proof"
    proof = await house.call("GET", path, 200, headers=holder(answer))
    steps = [Step(**step) for step in proof["steps"]]
    assert draw.climb(draw.leaf(proof["line"]), steps).hex() == wave["root"]


async def the_selected_have_cards(house: House, people: list[dict[str, Any]]) -> None:
    selected = house.events("ApplicantSelected")
    assert (len(selected), len(house.events("ApplicantNotSelected"))) == (3, 2)
    card = (await house.vault.key(selected[0]["applicant_id"])).open("card_number", selected[0]["card_number"])
    assert len(card) == 16
    winner = next(each for each in people if each["applicant_id"] == selected[0]["applicant_id"])
    assert (await house.seen(winner))["stage"] == 3


async def test_who_is_not_in_a_list_has_no_proof_and_a_draft_is_not_public() -> None:
    async with open_house() as house:
        answer = await house.apply()
        await house.call("POST", "/waves", 202, json=wave_body(strata=None, quota=10), headers=SECRETARIAT)

        await house.call("GET", "/waves/1", 404)
        assert (await house.call("GET", "/waves", 200))["waves"] == []
        await house.call("POST", "/waves/1/opening", 202, json={}, headers=APPROVER)
        assert [each["code"] for each in (await house.call("GET", "/waves/1", 200))["strata"]] == [
            "LAID_OFF_LIST",
            "COVID_AFFECTED",
            "UMUM",
        ]
        path = f"/applications/{answer['applicant_id']}/waves/1/proof"
        assert (await house.call("GET", path, 404, headers=holder(answer)))["code"] == "CHUNK_UNKNOWN"


async def test_a_wave_of_nobody_is_done_too() -> None:
    async with open_house() as house:
        await open_wave(house)

        wave = await close_and_draw(house)

        assert (wave["entries"], wave["selected"]) == (0, 0)
        assert await house.call("GET", "/waves/1/list.csv", 200) == ""


async def test_times_and_quota_can_be_changed_with_a_reason() -> None:
    async with open_house() as house:
        await open_wave(house)
        later = (START + timedelta(days=9)).isoformat()

        body = {"closes_at": later, "quota": 9, "reason": "Libur nasional"}
        await house.call("POST", "/waves/1/changes", 202, json=body, headers=APPROVER)

        assert (await house.call("GET", "/waves/1", 200))["quota"] == 9
        assert house.events("WaveChanged")[0]["change"] == "perubahan jadwal dan kuota"
        await house.call(
            "POST", "/waves/1/changes", 202, json={"opens_at": START.isoformat(), "reason": "Teknis"}, headers=APPROVER
        )


async def test_the_people_of_a_sheet_join_together() -> None:
    async with open_house() as house:
        await open_wave(house)
        answer = await upload(house, as_csv([row(number) for number in range(1, 8)]))
        await taken(house, answer)
        await wait_for(lambda: eligible_count(house), lambda count: count == 7)
        body = {"import_id": answer["import_id"], "test": "recorded", "note": "lembar tes kertas"}

        started = await house.call("POST", "/waves/1/joins/batch", 202, json=body, headers=SECRETARIAT)
        path = f"/batches/{started['batch_id']}"
        batch = await wait_for(lambda: house.call("GET", path, 200, headers=PLACEMENT), lambda found: found["done"])

        assert (batch["joined"], batch["skipped"]) == (7, {})
        assert len(house.events("WaveJoined")) == len(house.events("TestTaken")) == 7
        unknown = {**body, "import_id": "tidak-ada"}
        await house.call("POST", "/waves/1/joins/batch", 404, json=unknown, headers=SECRETARIAT)
        await house.call("GET", "/batches/tidak-ada", 404, headers=PLACEMENT)


async def eligible_count(house: House) -> int:
    return len(house.events("ApplicantEligible"))
