"""The office's door to debts of ineligible people: what is owed, written, repaid and given back, and plans."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends

from services.incentive.api.bodies import ApplicantId, PlanBody, PlanDecisionBody, RefundBody, RepaymentBody
from services.incentive.api.door import Door
from services.incentive.api.staff import participant_of
from services.incentive.domain.clawbacks import DecidePlan, ProposePlan
from services.incentive.domain.repayments import RecordRefund, RecordRepayment
from services.incentive.pages import clawback_view
from shared.contracts.decision import Refused
from shared.security.accounts import Staff


def add_debts(router: APIRouter, door: Door) -> None:
    """Everybody of the office reads; the secretariat proposes, the head of the office decides exactly what it saw."""
    anybody = Depends(door.accounts.require())
    secretariat, approver = Depends(door.accounts.require("secretariat")), Depends(door.accounts.require("approver"))

    @router.get("/staff/participants/{applicant_id}/debt", summary="Bantuan yang harus dikembalikan")
    async def one(applicant_id: ApplicantId, staff: Staff = anybody) -> dict[str, Any]:
        return await debt_of(door, applicant_id)

    @router.post(
        "/staff/participants/{applicant_id}/repayment-plan", status_code=202, summary="Usulkan cicilan pengembalian"
    )
    async def propose(applicant_id: ApplicantId, body: PlanBody, staff: Staff = secretariat) -> dict[str, Any]:
        command = ProposePlan(applicant_id, body.instalments, body.first_on, staff.username)
        return dict(await door.execute(command))

    @router.post(
        "/staff/participants/{applicant_id}/repayment-plan/decision",
        status_code=202,
        summary="Putuskan cicilan pengembalian",
    )
    async def decide(applicant_id: ApplicantId, body: PlanDecisionBody, staff: Staff = approver) -> dict[str, Any]:
        seen = (body.plan_hash, body.instalments, body.amount_rupiah)
        command = DecidePlan(applicant_id, body.agreed, *seen, staff.username)
        return dict(await door.execute(command))


def add_receipts(router: APIRouter, door: Door) -> None:
    """The secretariat records, by receipt, what people repay and what is given back to them."""
    secretariat = Depends(door.accounts.require("secretariat"))

    @router.post("/staff/participants/{applicant_id}/repayments", status_code=202, summary="Catat pengembalian")
    async def repaid(applicant_id: ApplicantId, body: RepaymentBody, staff: Staff = secretariat) -> dict[str, Any]:
        command = RecordRepayment(applicant_id, body.repayment_id, body.amount_rupiah, staff.username)
        return dict(await door.execute(command))

    @router.post(
        "/staff/participants/{applicant_id}/refunds",
        status_code=202,
        summary="Catat uang yang dikembalikan kepada peserta",
    )
    async def refunded(applicant_id: ApplicantId, body: RefundBody, staff: Staff = secretariat) -> dict[str, Any]:
        command = RecordRefund(applicant_id, body.refund_id, body.amount_rupiah, staff.username)
        return dict(await door.execute(command))


async def debt_of(door: Door, applicant_id: str) -> dict[str, Any]:
    """One case in whole rupiah: what is left, the plan with what came in for it, the letters in their order.

    A plan that lapsed or was sent back is gone; its letters stay. `to_return_rupiah` came in for a case that was
    cancelled and is owed to the person. A cancelled case has no deadline. Raises PARTICIPANT_UNKNOWN, DEBT_UNKNOWN.
    """
    person = await participant_of(door, applicant_id)
    if person.debt is None:
        raise Refused("DEBT_UNKNOWN")
    case = clawback_view.case(person, person.debt, door.today())
    return {
        "applicant_id": applicant_id,
        "state": case["state"],
        "opened_at": person.debt.opened_at,
        "deadline": case["until"],
        "left_rupiah": case["left"],
        "repaid_rupiah": case["repaid"],
        "cancelled_at": case["cancelled_at"],
        "to_return_rupiah": case["to_return"],
        "plan": _plan(case) if case["plan"] else None,
        "letters": [
            {
                "number": number,
                "kind": letter.kind.value,
                "written_at": letter.written_at,
                "amount_rupiah": letter.amount_rupiah,
                "deadline": letter.deadline,
            }
            for number, letter, _ in case["letters"]
        ],
    }


def _plan(case: dict[str, Any]) -> dict[str, Any]:
    plan, rows = case["plan"], case["instalments"]
    return {
        "plan_hash": plan.plan_hash,
        "amount_rupiah": case["planned"],
        "instalments": [
            {"due_on": row["due_on"], "amount_rupiah": row["amount_rupiah"], "paid_rupiah": row["paid"]} for row in rows
        ],
        "proposed_by": plan.proposed_by,
        "agreed_by": plan.agreed_by,
        "agreed_at": plan.agreed_at,
    }
