"""The office's door: roles, lists, and what stays hidden."""

from __future__ import annotations

from datetime import timedelta

from tests.unit.incentive.house import (
    ACCOUNT,
    ANN,
    NIK,
    TRACKING,
    House,
    pay_everything,
    ready_to_be_paid,
)


async def test_staff_doors_ask_for_the_right_role(house: House) -> None:
    paths = {
        ("POST", "/incentive/staff/batches"): "secretariat",
        ("POST", "/incentive/staff/batches/B-1/approval"): "approver",
        ("POST", "/incentive/staff/batches/B-1/rejection"): "approver",
        ("POST", f"/incentive/staff/payments/{'A' * 30}/decision"): "approver",
        ("POST", "/incentive/staff/funds"): "secretariat",
        ("POST", "/incentive/staff/reconciliation"): "secretariat",
    }
    for (method, path), role in paths.items():
        assert (await house.client.request(method, path, json={})).status_code == 401
        wrong = await house.staff("approver" if role == "secretariat" else "secretariat")
        assert (await house.client.request(method, path, json={}, headers=wrong)).status_code == 403


async def test_what_staff_ask_about_nothing_is_answered_as_such(house: House) -> None:
    approver, secretariat = await house.staff("approver"), await house.staff("secretariat")
    assert (await house.client.get("/incentive/staff/batches/B-1", headers=approver)).status_code == 404
    assert (await house.client.get("/incentive/staff/batches/B-1/chunks/1", headers=approver)).json() == {"lines": []}
    assert (await house.client.get(f"/incentive/staff/participants/{ANN}", headers=approver)).status_code == 404
    decision = {"paid": True, "evidence": "RK-1"}
    answer = await house.post(f"/incentive/staff/payments/{'A' * 30}/decision", decision, **approver)
    assert answer.json()["code"] == "PAYMENT_UNKNOWN"
    reason = {"reason": "jumlahnya janggal"}
    answer = await house.post("/incentive/staff/batches/B-1/rejection", reason, **approver)
    assert answer.json()["code"] == "BATCH_UNKNOWN"
    repaid = {"repayment_id": "R1", "amount_rupiah": 5}
    answer = await house.post(f"/incentive/staff/participants/{ANN}/repayments", repaid, **secretariat)
    assert answer.json()["code"] == "PARTICIPANT_UNKNOWN"


async def test_staff_see_a_participant_without_what_only_the_person_needs(house: House) -> None:
    await ready_to_be_paid(house)
    secretariat = await house.staff("secretariat")
    seen = (await house.client.get(f"/incentive/staff/participants/{ANN}", headers=secretariat)).json()
    assert seen["purchases"][0]["redeem_code"] == "•••"
    assert seen["card_number"] == "•••"
    assert seen["payout_account"]["account"] == "BNI ••••7800"
    certificate = {"purchase_number": 1, "certificate_number": "TKP-000001"}
    path = f"/incentive/staff/participants/{ANN}/certificates"
    assert (await house.post(path, certificate, **secretariat)).status_code == 202
    house.clock.at += timedelta(days=20)
    await house.until(lambda person: person.late)
    late = (await house.client.get("/incentive/staff/delays", headers=secretariat)).json()
    assert late["participants"][0]["incentives"][0]["delay"]["cause"] == "MANUAL_BACKLOG"
    batch_id = await pay_everything(house)
    await house.until(lambda person: person.money.get("paid"))
    lines = await house.client.get(f"/incentive/staff/batches/{batch_id}/chunks/1", headers=secretariat)
    assert lines.json() == {"lines": [f"{ANN}|post_training|1|600000"]}
    batches = (await house.client.get("/incentive/staff/batches", headers=secretariat)).json()["batches"]
    assert [each["batch_id"] for each in batches] == [batch_id]
    money = (await house.client.get("/incentive/staff/funds", headers=secretariat)).json()
    assert (money["promised_rupiah"], money["short"]) == (600_000, False)


async def test_nothing_in_clear_lies_on_disk_or_in_the_log(house: House) -> None:
    await ready_to_be_paid(house)
    await pay_everything(house)
    await house.until(lambda person: person.money.get("paid"))
    disk = b"".join(raw for documents in house.store.collections.values() for raw in documents.values())
    for secret in (NIK, ACCOUNT, "Sembiring", TRACKING, "ABCDEFGHJKLM", "1234567812345678", "••••7800"):
        assert secret.encode() not in disk, secret
