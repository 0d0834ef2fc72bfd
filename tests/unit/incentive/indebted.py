"""A participant who owes what was received, over the real doors, and the verdict that reverses it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from shared.contracts.registration import ApplicantEligible
from tests.unit.incentive.builders import ineligible
from tests.unit.incentive.house import ANN, House
from tests.unit.incentive.steps import bought, platform_of, select, simulator

PLACE = f"/petugas/pengembalian/{ANN}"
STATUS = "/status"


async def indebted(house: House, repaid: int = 0) -> None:
    """Ann's course of 450,000 rupiah is to be repaid, and so much of it was."""
    await select(house)
    await simulator(house).redeem(platform_of(house), await bought(house))
    await house.hear(ineligible(ANN))
    await house.until(lambda person: person.debt)
    if repaid:
        body = {"repayment_id": "K-1", "amount_rupiah": repaid}
        place = f"/incentive/staff/participants/{ANN}/repayments"
        assert (await house.post(place, body, **await house.staff("secretariat"))).status_code == 202


async def upheld(house: House) -> None:
    verdict = ineligible(ANN).decided_at + timedelta(days=1)
    await house.hear(
        ApplicantEligible(applicant_id=ANN, decided_at=verdict, rule_set="prakerja-2020", rule_version="1")
    )
    await house.until(lambda person: person.cleared_at)


async def debt_of(house: House) -> dict[str, Any]:
    answer = await house.client.get(f"/incentive/staff/participants/{ANN}/debt", headers=await house.staff("auditor"))
    found: dict[str, Any] = answer.json()
    return found
