"""A wave with a drand round over HTTP, from naming the chain to a draw that strangers check with published files alone.

The signature is the real one that drand published for round 657413 of quicknet, so the list of the wave is frozen in
the three seconds of September 2023 after which that round is the first that nobody could know.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from deploy.operator.draw_check import beacon_checks
from deploy.operator.installation import OperatorError
from deploy.servers import ROOT
from services.registration.adapters.beacon import genuine
from services.registration.api import ceremony
from services.registration.api.bodies import DrawBody, OfficialsBody
from services.registration.api.desk import Desk
from services.registration.domain import beacon, draw
from services.registration.domain.beacon import QUICKNET
from shared.contracts.decision import Refused
from tests.component.operator.draw_folder import OTHER, ROUND, SIGNATURE
from tests.unit.registration import officials
from tests.unit.registration.ceremony_steps import hand_in, opening
from tests.unit.registration.house import APPROVER, SECRETARIAT, START, House, open_house
from tests.unit.registration.test_waves_door import join, open_wave, ready

FROZEN = beacon.time_of(QUICKNET, ROUND) - beacon.WAIT - timedelta(seconds=1)
RANDOMNESS = "fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587"
"""As drand published it beside the signature."""
FILES = {"wave.json": "", "list.csv": "/list.csv", "results.csv": "/results.csv"}


def signed(round: int = ROUND, signature: str = SIGNATURE) -> dict[str, Any]:
    return {"beacon": {"round": round, "signature": signature}}


async def closed(house: House, people: int = 0) -> list[dict[str, Any]]:
    """A wave whose officials are ready is frozen just in time for ROUND; its people."""
    house.clock.ahead = FROZEN - START - timedelta(days=2)
    times = {"opens_at": (FROZEN - timedelta(days=3)).isoformat(), "closes_at": FROZEN.isoformat()}
    await open_wave(house, quota=2, **times)
    members = [await ready(house, number) for number in range(1, people + 1)]
    for each in members:
        await join(house, each)
    await hand_in(house, beacon=QUICKNET.hash)
    house.clock.stopped = FROZEN
    await house.call("POST", "/waves/1/closing", 202, headers=SECRETARIAT)
    wave = await house.wave_until(1, "closed")
    assert (wave["beacon"]["round"], wave["beacon"]["signature"], wave["seed"]) == (ROUND, None, None)
    house.clock.stopped = beacon.time_of(QUICKNET, ROUND) + timedelta(seconds=3)
    return members


async def refused(house: House, body: dict[str, Any]) -> tuple[int, str]:
    """Status and code of a draw that was refused; the wave waits for another try."""
    answer = await house.http.post("/registration/waves/1/draw", json=body, headers=APPROVER)
    assert (await house.call("GET", "/waves/1", 200))["state"] == "closed"
    return answer.status_code, answer.json()["code"]


async def drawn(house: House, body: dict[str, Any]) -> dict[str, Any]:
    await house.call("POST", "/waves/1/draw", 202, json=body, headers=APPROVER)
    return await house.wave_until(1, "done")


async def publish(house: House, folder: Path) -> None:
    for name, place in FILES.items():
        answer = await house.http.get(f"/registration/waves/1{place}")
        assert answer.status_code == 200, answer.text
        (folder / name).write_bytes(answer.content)


def verdicts(folder: Path, noted: str) -> tuple[dict[str, Any], str]:
    """What `gelombang draw verify` and docs/verify_draw.py say, each as anybody runs it."""
    asked = [sys.executable, "-m", "deploy.cli", "draw", "verify", str(folder), "--noted", noted, "--json"]
    ours = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
    script = [sys.executable, "-I", str(ROOT / "docs" / "verify_draw.py"), str(folder), noted]
    theirs = subprocess.run(script, capture_output=True, text=True, timeout=60, check=False, cwd=folder)
    assert (ours.stderr, theirs.stderr) == ("", "")
    found: dict[str, Any] = json.loads(ours.stdout)
    assert ours.returncode == (0 if found["holds"] else 1)
    assert theirs.returncode == ("WRONG" in theirs.stdout)
    return found, theirs.stdout


def test_the_signature_is_the_round_s_own_and_the_list_is_frozen_just_before_it() -> None:
    assert genuine(QUICKNET.hash, ROUND, SIGNATURE)
    assert beacon.randomness(SIGNATURE) == RANDOMNESS
    assert beacon.next_round(QUICKNET, FROZEN) == ROUND


async def test_a_wave_with_a_drand_round_is_drawn_and_anybody_can_check_it(tmp_path: Path) -> None:
    async with open_house() as house:
        people = await closed(house, people=8)  # so few fit another seed only once in 8!
        noted = (await house.call("GET", "/waves/1", 200))["commitment"]

        wave = await drawn(house, opening(**signed()))

        assert (wave["entries"], wave["selected"]) == (8, 2)
        assert (wave["beacon"]["round"], wave["beacon"]["signature"]) == (ROUND, SIGNATURE)
        assert wave["commitment"] == noted
        assert wave["seed"] == draw.seed_of(officials.SECRETS, RANDOMNESS) != draw.seed_of(officials.SECRETS)
        (told,) = house.events("WaveDrawn")
        assert (told["beacon_round"], told["beacon_signature"], told["seed"]) == (ROUND, SIGNATURE, wave["seed"])
        assert {each["applicant_id"] for each in house.events("ApplicantSelected")} < {
            each["applicant_id"] for each in people
        }
        await publish(house, tmp_path)
    ours, theirs = await asyncio.to_thread(verdicts, tmp_path, noted)
    assert ours["holds"]
    assert (ours["checks"]["beacon_signature"], ours["checks"]["beacon_after_the_list"]) == (True, True)
    assert "WRONG" not in theirs
    assert "beacon" in theirs
    await a_forged_folder_does_not_hold(tmp_path, noted)


async def a_forged_folder_does_not_hold(folder: Path, noted: str) -> None:
    """Randomness of another round, with all that follows from it made anew."""
    wave = json.loads((folder / "wave.json").read_text())
    wave["beacon"]["signature"] = OTHER
    wave["seed"] = draw.seed_of(wave["secrets"], beacon.randomness(OTHER))
    (folder / "wave.json").write_text(json.dumps(wave))
    ours, theirs = await asyncio.to_thread(verdicts, folder, noted)
    assert (ours["holds"], ours["checks"]["beacon_signature"], ours["checks"]["seed"]) == (False, False, True)
    assert "WRONG" in theirs, "it knows no pairings, but the results are not those of this seed"


async def test_where_no_signature_can_be_checked_no_beacon_is_named_and_none_is_believed() -> None:
    """As on a Python for which drand-verify has no wheel."""
    async with open_house() as house:
        await closed(house)
        desk = cast(
            Desk,
            SimpleNamespace(settings=SimpleNamespace(draw_threshold=3), service=house.service),
        )
        body = OfficialsBody(officials=list(officials.NAMES), beacon=QUICKNET.hash)
        with pytest.raises(Refused) as naming:
            ceremony.named(desk, 2, body, "siti", can_check=False)
        with pytest.raises(Refused) as drawing:
            await ceremony.drawn(desk, 1, DrawBody(**opening(**signed())), "kepala", can_check=False)
        assert (naming.value.code, drawing.value.code) == ("BEACON_UNAVAILABLE", "BEACON_UNAVAILABLE")
        wave = await house.call("GET", "/waves/1", 200)
    with pytest.raises(OperatorError, match=r"CPython 3\.11 only"):
        beacon_checks(wave, can_check=False)
    assert beacon_checks({**wave, "beacon": None}, can_check=False) == {}


async def test_without_the_round_s_own_signature_nothing_is_drawn() -> None:
    async with open_house() as house:
        await closed(house)
        assert await refused(house, opening()) == (409, "BEACON_MISSING")
        assert await refused(house, opening(**signed(signature=OTHER))) == (422, "BEACON_SIGNATURE")
        assert await refused(house, opening(**signed(42, OTHER))) == (409, "BEACON_ROUND")  # genuine, of another round
        assert await refused(house, opening(**signed(ROUND - 1))) == (422, "BEACON_SIGNATURE")
        assert house.events("WaveDrawn") == []
        assert (await drawn(house, opening(**signed())))["state"] == "done"


async def test_nobody_adds_a_round_to_a_wave_that_announced_none() -> None:
    async with open_house() as house:
        await open_wave(house)
        await hand_in(house)
        house.clock.ahead += timedelta(days=6)
        await house.call("POST", "/waves/1/closing", 202, headers=SECRETARIAT)
        await house.wave_until(1, "closed")
        assert await refused(house, opening(**signed())) == (409, "BEACON_ROUND")


@asynccontextmanager
async def relay(answer: bytes, asked: list[str]) -> AsyncIterator[str]:
    """A drand relay that says one thing to everybody."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        asked.append(head.split(b" ")[1].decode())
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%b" % (len(answer), answer))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"round": ROUND, "signature": SIGNATURE}, None),
        ({"round": ROUND, "signature": OTHER}, (422, "BEACON_SIGNATURE")),  # a relay that lies
        ({"round": ROUND}, (409, "BEACON_MISSING")),
    ],
)
async def test_a_relay_is_asked_for_the_signature_and_not_believed(
    said: dict[str, Any], told: tuple[int, str] | None
) -> None:
    asked: list[str] = []
    async with relay(json.dumps(said).encode(), asked) as url, open_house(beacon_url=url) as house:
        await closed(house)
        if told:
            assert await refused(house, opening()) == told
        else:
            assert (await drawn(house, opening()))["beacon"]["signature"] == SIGNATURE
        assert asked == [f"/v2/beacons/quicknet/rounds/{ROUND}"]
