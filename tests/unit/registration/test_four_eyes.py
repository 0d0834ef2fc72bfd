"""Two people for what weighs: who did the first part cannot do the second, whatever roles they hold."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.registration.domain.review import Proposal, ReviewCase
from services.registration.domain.rings import Ring
from services.registration.domain.tending import case_of, decide_ring
from shared.contracts.decision import Decision
from tests.unit.registration.builders import NOW, refusal
from tests.unit.registration.ceremony_steps import hand_in, opening
from tests.unit.registration.house import APPROVER, PLACEMENT, SECRETARIAT, House, open_house
from tests.unit.registration.test_waves_door import wave_body

SITI_TOO = {"Staff": "siti approver"}
"""The person of SECRETARIAT, who is allowed to approve as well."""
ANDI_TOO = {"Staff": "andi approver"}


async def refused(house: House, path: str, who: dict[str, str], body: Any = None) -> tuple[int, str]:
    answer = await house.http.post(f"/registration{path}", json=body or {}, headers=who)
    return answer.status_code, answer.json()["code"]


async def test_who_drafted_a_wave_does_not_open_it() -> None:
    async with open_house() as house:
        await house.call("POST", "/waves", 202, json=wave_body(), headers=SECRETARIAT)
        assert await refused(house, "/waves/1/opening", SITI_TOO) == (403, "SAME_EYES")
        assert house.events("WaveOpened") == []
        await house.call("POST", "/waves/1/opening", 202, json={}, headers=APPROVER)
        assert len(house.events("WaveOpened")) == 1


async def test_who_closed_a_wave_does_not_draw_it() -> None:
    async with open_house() as house:
        await house.call("POST", "/waves", 202, json=wave_body(), headers=SECRETARIAT)
        await house.call("POST", "/waves/1/opening", 202, json={}, headers=APPROVER)
        await hand_in(house)
        house.clock.ahead += timedelta(days=6)
        await house.call("POST", "/waves/1/closing", 202, headers=SECRETARIAT)
        await house.wave_until(1, "closed")
        assert await refused(house, "/waves/1/draw", SITI_TOO, opening()) == (403, "SAME_EYES")
        assert house.events("WaveDrawn") == []
        await house.call("POST", "/waves/1/draw", 202, json=opening(), headers=APPROVER)
        await house.wave_until(1, "done")


async def test_who_proposed_an_answer_neither_approves_it_nor_sends_it_back() -> None:
    async with open_house() as house:
        answer = await house.apply(sex="P")
        path = f"/reviews/identity-{answer['applicant_id']}"
        proposal = {"answer": "confirm", "reason": "KTP asli dilihat"}
        await house.call("POST", f"{path}/proposal", 202, json=proposal, headers=PLACEMENT)
        for act in ("approval", "return"):
            assert await refused(house, f"{path}/{act}", ANDI_TOO) == (403, "SAME_EYES")
            assert await refused(house, f"{path}/{act}", {"Staff": "rina placement"}) == (403, "ROLE_MISSING")
        assert (await house.call("GET", path, 200, headers=PLACEMENT))["state"] == "proposed"
        await house.call("POST", f"{path}/approval", 202, headers=APPROVER)
        assert (await house.seen(answer))["code"] == "eligible"


async def test_only_the_right_roles_do_their_part() -> None:
    async with open_house() as house:
        answer = await house.apply(sex="P")
        path = f"/reviews/identity-{answer['applicant_id']}"
        proposal = {"answer": "reject", "reason": "Tidak datang"}
        assert await refused(house, f"{path}/proposal", APPROVER, proposal) == (403, "ROLE_MISSING")
        await house.call("POST", "/waves", 202, json=wave_body(), headers=SECRETARIAT)
        assert await refused(house, "/waves/1/opening", SECRETARIAT) == (403, "ROLE_MISSING")
        assert await refused(house, "/waves", APPROVER, wave_body(wave=2)) == (403, "ROLE_MISSING")
        assert await refused(house, "/waves/1/draw", SECRETARIAT, opening()) == (403, "ROLE_MISSING")
        assert await refused(house, "/waves/1/closing", APPROVER) == (403, "ROLE_MISSING")


RING = Ring("p1", ("p1", "p2"), reasons=("MOBILE_SHARED",), state="open")


def decided(case: ReviewCase | None, by: str) -> Decision:
    return decide_ring(RING, case, by=by, now=NOW)


@pytest.mark.parametrize(
    ("proposal", "by", "code"),
    [
        (None, "kepala", "PROPOSAL_MISSING"),
        (Proposal("confirm", "satu keluarga", "andi", NOW), "andi", "SAME_EYES"),
        (Proposal("reject", "sindikat", "kepala", NOW), "kepala", "SAME_EYES"),
    ],
)
def test_a_ring_is_decided_by_two_people(proposal: Proposal | None, by: str, code: str) -> None:
    case = ReviewCase(case_of("p1"), "RING", RING.members, RING.reasons, NOW, proposal=proposal)
    assert refusal(lambda: decided(case, by)) == code
    assert refusal(lambda: decided(None, by)) == "CASE_UNKNOWN"
