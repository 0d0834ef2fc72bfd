"""The review queue: cases with their people side by side; the first eye proposes, another person decides."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from services.registration import store
from services.registration.api.bodies import Key, ProposalBody
from services.registration.api.desk import Desk
from services.registration.api.masks import pairs, shown
from services.registration.domain import plain_text
from services.registration.domain.identity import SettleCase
from services.registration.domain.review import ProposeAnswer, ReviewCase, SendBack
from services.registration.domain.tending import case_of, ring_of
from shared.contracts.decision import Refused
from shared.security.accounts import Staff

PAGE = 50


def add_reviews(router: APIRouter, desk: Desk) -> None:
    """The queue for programs; its pages: review_pages.py."""
    add_queue(router, desk)
    add_decisions(router, desk)


def add_queue(router: APIRouter, desk: Desk) -> None:
    """Everybody of the office sees the queue and its cases."""
    anybody = Depends(desk.accounts.require())

    @router.get("/reviews", summary="Antrean pemeriksaan")
    async def queue(page: Annotated[int, Query(ge=0, le=200)] = 0, staff: Staff = anybody) -> dict[str, Any]:
        cases = await store.open_cases(desk.service.database, page * PAGE, PAGE)
        return {"cases": [case_row(each) for each in cases], "page": page}

    @router.get("/reviews/{case_id}", summary="Satu pemeriksaan dengan buktinya")
    async def one(case_id: Key, staff: Staff = anybody) -> dict[str, Any]:
        return await evidence(desk, await known_case(desk, case_id))


def add_decisions(router: APIRouter, desk: Desk) -> None:
    """Placement proposes; the head of the office decides. Nobody is both."""
    first, second = Depends(desk.accounts.require("placement", "disputes")), Depends(desk.accounts.require("approver"))

    @router.post("/reviews/{case_id}/proposal", status_code=202, summary="Usulkan keputusan")
    async def propose(case_id: Key, body: ProposalBody, staff: Staff = first) -> dict[str, Any]:
        reason = plain_text.clean(body.reason, 300)
        return dict(await desk.execute(ProposeAnswer(case_id, body.answer, reason, staff.username)))

    @router.post("/reviews/{case_id}/approval", status_code=202, summary="Setujui usulan")
    async def approve(case_id: Key, staff: Staff = second) -> dict[str, Any]:
        return await settle(desk, case_id, staff.username)

    @router.post("/reviews/{case_id}/return", status_code=202, summary="Kembalikan usulan")
    async def send_back(case_id: Key, staff: Staff = second) -> dict[str, Any]:
        return dict(await desk.execute(SendBack(case_id, staff.username)))


async def settle(desk: Desk, case_id: str, by: str) -> dict[str, Any]:
    """The second eye agrees, under the rules with which the first person of the case came in."""
    case = await known_case(desk, case_id)
    people = await store.applicants(desk.service.database, case.applicant_ids[:1])
    rules = desk.reference.rules_of(people[0].rule_set) if people else desk.reference.rules
    return dict(await desk.execute(SettleCase(case_id, by, rules)))


async def evidence(desk: Desk, case: ReviewCase) -> dict[str, Any]:
    """A case with its people side by side, the first one first; of a ring also how many there are in all."""
    found = await store.applicants(desk.service.database, case.applicant_ids)
    people = sorted(found, key=lambda each: case.applicant_ids.index(each.applicant_id))
    ring = await store.ring(desk.service.database, ring_of(case.case_id)) if case.kind == "RING" else None
    return {
        **case_row(case),
        "applicants": await shown(desk, people),
        "pairs": await pairs(desk, people),
        "members": len(ring.members) if ring else len(people),
        "related": [case_of(each) for each in ring.related] if ring else [],
        "note": await _note(desk, case),
    }


async def known_case(desk: Desk, case_id: str) -> ReviewCase:
    found = await store.review_case(desk.service.database, case_id)
    if found is None:
        raise Refused("CASE_UNKNOWN")
    return found


def case_row(case: ReviewCase) -> dict[str, Any]:
    proposal = case.proposal
    return {
        "case_id": case.case_id,
        "kind": case.kind,
        "state": case.state,
        "reasons": list(case.reasons),
        "applicant_ids": list(case.applicant_ids),
        "opened_at": case.opened_at,
        "proposal": {"answer": proposal.answer, "reason": proposal.reason, "by": proposal.by} if proposal else None,
    }


async def _note(desk: Desk, case: ReviewCase) -> str | None:
    if case.note is None:
        return None
    return await desk.open_for(case.applicant_ids[0], "objection", case.note)
