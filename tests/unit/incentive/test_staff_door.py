"""The office's door: roles, lists, and what stays hidden."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from services.incentive import api
from services.incentive.adapters.bank import Bank, SimulatedBankClient
from services.incentive.api import views
from services.incentive.api.bodies import DecisionBody
from services.incentive.domain.refusals import REFUSALS
from services.incentive.domain.reviews import ReviewCourse
from shared.engine.ports import Change
from shared.web.guard import strict_json
from shared.web.host import host
from shared.web.problems import Problem
from tests.unit.incentive.city import city_with
from tests.unit.incentive.house import ACCOUNT, ANN, NIK, TRACKING, House
from tests.unit.incentive.steps import pay_everything, proposed, ready_to_be_paid


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


async def doors_with(house: House, bank: Bank | None) -> httpx.AsyncClient:
    """The same running service behind doors with another bank."""
    router = api.build_router(house.service, house.vault, house.accounts, house.settings, bank=bank)
    app = host(house.service, [router], REFUSALS, title="Insentif")
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://city")


async def test_a_list_takes_what_is_due_today_unless_told_otherwise(house: House) -> None:
    made = await house.post("/incentive/staff/batches", {}, **await house.staff("secretariat"))
    batch = await proposed(house, made.json()["batch_id"])
    assert (batch["until"], batch["state"], batch["lines"]) == ("2020-08-10", "closed", 0)


async def test_without_a_bank_or_its_answer_nothing_is_compared(house: House) -> None:
    away = httpx.AsyncClient(transport=httpx.MockTransport(lambda r: httpx.Response(503)), base_url="http://bank")
    since, headers = {"since": "2020-08-01T00:00:00Z"}, await house.staff("secretariat")
    for bank in (None, SimulatedBankClient(away)):
        async with await doors_with(house, bank) as client:
            answer = await client.post("/incentive/staff/reconciliation", json=since, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (503, "BANK_AWAY")


async def test_a_ledger_that_was_tampered_with_is_found(house: House) -> None:
    await ready_to_be_paid(house)
    more = Change("ledger", {"_id": f"{ANN}/training/granted"}, inc={"amount_rupiah": 5})
    await house.service.database.change(more)
    proof = (await house.client.get("/incentive/staff/audit", headers=await house.staff("auditor"))).json()
    assert proof["violations"] == [f"ledger of {ANN} differs: {{'training_balance': -5, 'treasury': 5}}"]
    await house.service.database.change(Change("participants", {"_id": ANN}, inc={"money.owed": 7}))
    proof = (await house.client.get("/incentive/staff/audit", headers=await house.staff("auditor"))).json()
    assert proof["violations"][-1] == "all balances add up to 7 rupiah instead of 0"


async def test_the_second_officer_may_send_a_list_back(house: House) -> None:
    await ready_to_be_paid(house)
    made = await house.post("/incentive/staff/batches", {"until": "2020-12-31"}, **await house.staff("secretariat"))
    batch_id = made.json()["batch_id"]
    await proposed(house, batch_id)
    path, approver = f"/incentive/staff/batches/{batch_id}/rejection", await house.staff("approver")
    assert (await house.post(path, {"reason": "jumlahnya janggal"}, **approver)).json()["state"] == "rejected"
    await house.until(lambda person: person.ready_on)


def test_the_stage_is_what_comes_next() -> None:
    city = city_with()
    assert views.stage(city.person()) == "choose_course"
    code = city.buy()
    city.redeem(code)
    assert views.stage(city.person()) == "take_course"
    city.ask(city.claim(code))
    assert views.stage(city.person()) == "review"
    city.ask(ReviewCourse("ann", 1, 5))
    assert views.stage(city.person()) == "incentives"
    city.bank_says(city.link())
    city.pay(city.send())
    assert views.stage(city.person()) == "surveys"
    ended = city_with()
    ended.pass_days(31)
    assert views.stage(ended.person()) == "revoked"


def test_what_cannot_be_opened_stays_hidden(house: House) -> None:
    key, other = house.vault.new_key("a"), house.vault.new_key("b")
    sealed = key.seal("card_number", "1234")
    assert views.opened(key, "card_number", sealed) == "1234"
    assert views.opened(other, "card_number", sealed) == "•••"
    assert views.opened(None, "card_number", sealed) == "•••"


async def test_three_blanks_are_no_evidence_and_blanks_around_it_are_not_kept(house: House) -> None:
    path, approver = f"/incentive/staff/payments/{'A' * 30}/decision", await house.staff("approver")
    for blank in ("   ", "  x ", "\n\t\n"):
        answer = await house.post(path, {"paid": True, "evidence": blank}, **approver)
        assert (answer.status_code, answer.json()["code"]) == (422, "INPUT_INVALID")
        assert answer.json()["fields"] == [{"field": "evidence", "fault": "string_too_short"}]
    assert DecisionBody(paid=True, evidence=f"  RK-1{' ' * 300}").evidence == "RK-1"


def test_json_that_is_too_deep_is_refused() -> None:
    assert strict_json(b"[[[1]]]") == [[[1]]]
    with pytest.raises(Problem):
        strict_json(b"[" * 17 + b"]" * 17)
