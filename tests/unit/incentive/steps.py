"""What people do in the running house: Ann from her selection to her first incentive, and the office that pays it."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

import httpx

from deploy.simulators.bank import Account
from deploy.simulators.claims import Platform, make_claim
from deploy.simulators.course_platform import CoursePlatforms
from shared.contracts.registration import ApplicantRegistered
from shared.engine.ports import Insert
from tests.unit.incentive.builders import COURSE, SELECTED_AT, selected
from tests.unit.incentive.house import ACCOUNT, ANN, NIK, TRACKING, House, eventually


async def select(house: House, wish: str = "") -> None:
    """Ann registers, with a wish for a course, and is selected; her account at the bank is her own."""
    key = house.vault.new_key(ANN)
    wrapped = {"_id": ANN, "person": ANN, "wrapped": key.wrapped.wrapped}
    await house.service.database.write([Insert("vault:person_keys", wrapped)])
    name = key.seal("full_name", "Ann br. Sembiring")
    await house.hear(
        ApplicantRegistered(
            applicant_id=ANN,
            sex="F",
            age_band="25-34",
            education="SMP",
            work_status="LAID_OFF",
            received_at=SELECTED_AT,
            channel="online",
            consent_campaigns=False,
            full_name=name,
            tracking_code=key.seal("tracking_code", TRACKING),
            desired_training=key.seal("desired_training", wish) if wish else None,
        )
    )
    card = key.seal("card_number", "1234567812345678")
    index = house.vault.index("nik", NIK)
    await house.hear(selected(ANN, full_name=name, card_number=card, nik_index=index))
    house.bank.open_account("BNI", ACCOUNT, Account(NIK, "ANN BR SEMBIRING"))


async def page(house: House) -> dict[str, Any]:
    response = await house.client.get(f"/incentive/participants/{ANN}", headers={"tracking-code": "abcdefghjklm"})
    assert response.status_code == 200
    found: dict[str, Any] = response.json()
    return found


def platform_of(house: House, code: str = "TOKOPEDIA") -> Platform:
    return next(each for each in house.platforms if each.partner_code == code)


async def bought(house: House) -> str:
    response = await house.citizen("purchases", {"course_code": COURSE})
    assert response.status_code == 202
    code: str = response.json()["redeem_code"]
    return code


def simulator(house: House) -> CoursePlatforms:
    async def nowhere(claim: Any) -> None:
        return None

    return CoursePlatforms(house.platforms, house.client, nowhere, house.clock)


async def claimed(house: House, code: str, **fields: Any) -> httpx.Response:
    known = {
        "redeem_code": code,
        "course_code": COURSE,
        "finished_on": date(2020, 8, 10),
        "certificate_number": "TKP-000001",
    }
    claim = make_claim(platform_of(house), house.clock.wall(), secrets.token_hex(8), {**known, **fields})
    return await house.client.post("/incentive/partner/claims", content=claim.body, headers=dict(claim.headers))


async def pay_everything(house: House) -> str:
    """The secretariat makes a list, the head of the office approves it; returns its number."""
    secretariat, approver = await house.staff("secretariat"), await house.staff("approver")
    await house.post("/incentive/staff/funds", {"deposit_id": "SP2D-1", "amount_rupiah": 10**9}, **secretariat)
    made = await house.post("/incentive/staff/batches", {"until": "2020-12-31"}, **secretariat)
    batch_id: str = made.json()["batch_id"]
    batch = await proposed(house, batch_id)
    seen = {"list_hash": batch["list_hash"], "lines": batch["lines"], "amount_rupiah": batch["amount_rupiah"]}
    own = await house.post(f"/incentive/staff/batches/{batch_id}/approval", seen, **secretariat)
    assert own.status_code == 403
    approved = await house.post(f"/incentive/staff/batches/{batch_id}/approval", seen, **approver)
    assert approved.status_code == 202
    return batch_id


async def proposed(house: House, batch_id: str) -> dict[str, Any]:
    anybody = await house.staff("auditor")

    async def look() -> dict[str, Any]:
        found: dict[str, Any] = (await house.client.get(f"/incentive/staff/batches/{batch_id}", headers=anybody)).json()
        return found

    return await eventually(look, lambda batch: batch["state"] != "collecting")


async def ready_to_be_paid(house: House, account: str = ACCOUNT) -> None:
    await select(house)
    house.bank.open_account("BNI", account, Account(NIK, "Ann br Sembiring"))
    code = await bought(house)
    await simulator(house).redeem(platform_of(house), code)
    await claimed(house, code)
    await house.citizen("reviews", {"purchase_number": 1, "rating": 5})
    await house.citizen("payout-account", {"bank": "BNI", "account_number": account})
    await house.until(lambda person: person.ready_on)
