"""The staff's door and page over HTTP, on twins: broadcasts, complaints, what a person was told."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.engine.ports import Put
from shared.engine.rules import Outcome, OutcomeState
from shared.security.accounts import SESSION_LIFE, SESSIONS, STAFF
from tests.component.notification import samples
from tests.component.notification.stage import ANNA, Stage

TOKEN = "a-session-of-the-test"
VALUES = {"training_amount": "Rp 1.000.000", "incentive_amount": "Rp 2.400.000"}
BROADCAST = {
    "template": "socialization.programme",
    "title": "Bantuan pelatihan untuk Anda",
    "channels": ["whatsapp", "flyer", "sms"],
    "values": VALUES,
}
COMPLAINT = {
    "applicant_id": ANNA,
    "topic": "INCENTIVE",
    "came_by": "phone",
    "complaint": "Insentif <b>saya</b> belum masuk.",
}


class Desk:
    """A signed-in member of staff per role, on a running service."""

    def __init__(self, stage: Stage, client: httpx.AsyncClient) -> None:
        self.stage, self.client = stage, client

    async def sign_in(self, role: str) -> None:
        """A session as a sign-in would leave it, without the slow password hash."""
        now = self.stage.clock.now()
        account = {"_id": role, "name": f"Staf {role}", "roles": [role], "disabled": False}
        digest = hashlib.sha256(TOKEN.encode()).hexdigest()
        session = {"_id": digest, "username": role, "ends_at": now + SESSION_LIFE, "seen_at": now}
        await self.stage.database.write([Put(STAFF, account), Put(SESSIONS, session)])
        self.client.headers["authorization"] = f"Bearer {TOKEN}"

    async def until(self, reached: Callable[[], bool]) -> None:
        for _ in range(200):
            if reached():
                return
            await asyncio.sleep(0.02)
        raise AssertionError("not reached")

    async def settled(self, path: str, state: str) -> dict[str, Any]:
        for _ in range(100):
            body: dict[str, Any] = (await self.client.get(path)).json()
            if body.get("state") == state:
                return body
            await asyncio.sleep(0.05)
        raise AssertionError(body)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    stage = Stage(tmp_path)
    key = await stage.person()
    stage.say(samples.registered(key))
    app = stage.app()
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://office.test/notification") as client:
            desk = Desk(stage, client)
            await desk.until(lambda: bool([m for m in stage.messages() if m["state"] == "sent"]))
            yield desk


async def test_nobody_comes_in_without_signing_in_or_the_right_role(desk: Desk) -> None:
    assert (await desk.client.get("/desk")).status_code == 401
    assert (await desk.client.post("/campaigns", json=BROADCAST)).json()["code"] == "SIGN_IN_NEEDED"
    await desk.sign_in("auditor")
    assert (await desk.client.post("/campaigns", json=BROADCAST)).status_code == 403
    assert (await desk.client.get("/desk")).status_code == 200


async def test_a_broadcast_becomes_files_for_all_21_kecamatan(desk: Desk) -> None:
    await desk.sign_in("placement")
    keyed = {"Idempotency-Key": "siaran-pertama"}
    made = [(await desk.client.post("/campaigns", json=BROADCAST, headers=keyed)).json() for _ in range(2)]
    assert made[0] == made[1]
    body = await desk.settled(f"/campaigns/{made[0]['campaign_id']}", "published")
    assert len(body["files"]) == body["file_count"] == 63
    assert (await desk.client.get("/campaigns")).json()["campaigns"][0]["state"] == "published"
    sheet = await desk.client.get(body["files"][21]["url"].removeprefix("/notification"))
    assert sheet.headers["content-type"].startswith("text/html")
    assert "Rp 1.000.000" in sheet.text
    text = await desk.client.get(f"/campaigns/{made[0]['campaign_id']}/files/sms/12.71.05")
    assert "?k=127105&c=" in text.text
    for wrong in ("sms/12.71.99", "email/12.71.05", "sms/........"):
        assert (await desk.client.get(f"/campaigns/{made[0]['campaign_id']}/files/{wrong}")).status_code >= 404
    assert "Medan Helvetia" not in (await desk.client.get("/desk")).text, "21 links a channel, when asked for"
    assert "Medan Helvetia" in (await desk.client.get(f"/desk?siaran={made[0]['campaign_id']}")).text


async def test_a_broadcast_is_told_what_it_lacks(desk: Desk) -> None:
    await desk.sign_in("placement")
    answer = await desk.client.post("/campaigns", json={**BROADCAST, "values": {}})
    assert answer.status_code == 422
    assert "incentive_amount, training_amount" in answer.json()["detail"]
    known = (await desk.client.get("/campaigns/templates")).json()["templates"]
    assert {"socialization.help", "wave.opened"} <= {each["key"] for each in known}
    assert (await desk.client.get("/campaigns/nope")).json()["code"] == "CAMPAIGN_UNKNOWN"


async def test_a_complaint_is_told_answered_taken_up_and_closed(desk: Desk) -> None:
    await desk.sign_in("secretariat")
    ticket = (await desk.client.post("/tickets", json=COMPLAINT)).json()["ticket_id"]
    page = (await desk.client.get("/desk")).text
    assert ticket in page
    assert f'href="/registration/cari?nomor={ANNA}"' in page
    assert "Insentif &lt;b&gt;saya&lt;/b&gt; belum masuk." in page
    blank = await desk.client.post(f"/desk/tickets/{ticket}/answer", data={"answer": "    "})
    assert (blank.status_code, blank.json()["code"]) == (422, "INPUT_INVALID")
    form = await desk.client.post(f"/desk/tickets/{ticket}/answer", data={"answer": "Dibayar hari Senin."})
    assert (form.status_code, form.headers["location"]) == (303, "/notification/desk")
    reopened = await desk.client.post(f"/tickets/{ticket}/reopening", json={"complaint": "Masih belum."})
    assert reopened.status_code == 202
    assert (await desk.client.get("/tickets")).json()["tickets"][0]["level"] == 2
    await desk.client.post(f"/tickets/{ticket}/answer", json={"answer": "Sudah dibayar."})
    assert (await desk.client.post(f"/tickets/{ticket}/closing", json={"reason": "SETTLED"})).status_code == 202
    assert (await desk.client.get(f"/tickets/{ticket}")).json()["state"] == "closed"
    told = (await desk.client.get(f"/applicants/{ANNA}/messages")).json()
    assert len(told["tickets"]) == 1
    assert sorted(each["template"] for each in told["messages"]) == [
        *(["complaint.answered"] * 2),
        *(["complaint.received"] * 2),
        "registration.received",
    ]
    kept = str([desk.stage.store.documents(name) for name in ("tickets", "effects", "journal")])
    assert "belum masuk" not in kept
    assert "Dibayar hari Senin" not in kept


async def test_a_complaint_is_written_down_by_a_form_that_acts_once(desk: Desk) -> None:
    await desk.sign_in("placement")
    page = (await desk.client.get(f"/desk?orang={ANNA}")).text
    assert f'<input name="applicant_id" value="{ANNA}"' in page
    assert '<details class="card" id="catat" open>' in page
    form = {**COMPLAINT, "key": "kunci-formulir-1"}
    sent = [await desk.client.post("/desk/tickets", data=form) for _ in range(2)]
    assert [each.status_code for each in sent] == [303, 303]
    assert sent[0].headers["location"] == "/notification/desk?dicatat=secretariat"
    (ticket,) = (await desk.client.get("/tickets")).json()["tickets"]
    assert (ticket["topic"], ticket["came_by"]) == ("INCENTIVE", "phone")
    assert "Yang menjawab: Sekretariat." in (await desk.client.get("/desk?dicatat=secretariat")).text
    wrong = await desk.client.post("/desk/tickets", data={**form, "key": "kunci-2", "applicant_id": "bukan nomor"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "INPUT_INVALID")
    await desk.sign_in("auditor")
    assert (await desk.client.post("/desk/tickets", data=form)).status_code == 403
    assert "Catat pengaduan" not in (await desk.client.get("/desk")).text


async def test_a_message_that_reached_nobody_is_told_in_words(desk: Desk) -> None:
    (sent,) = desk.stage.messages()
    lost = {"state": "failed", "code": "NO_CONTACT", "passed_on": False}
    await desk.stage.database.write([Put("messages", {**sent, **lost})])
    await desk.sign_in("placement")
    page = (await desk.client.get("/desk")).text
    assert "<td>Pendaftaran Anda sudah kami terima</td>" in page
    assert "<td>tidak ada nomor ponsel atau e-mail</td>" in page
    assert "registration.received" not in page


async def test_a_complaint_of_nobody_and_a_ticket_that_is_none_are_refused(desk: Desk) -> None:
    await desk.sign_in("secretariat")
    stranger = {**COMPLAINT, "applicant_id": ANNA.replace("0001", "0002")}
    assert (await desk.client.post("/tickets", json=stranger)).json()["code"] == "APPLICANT_UNKNOWN"
    for path in ("/tickets/P-0", "/tickets/P-0/answer", "/tickets/P-0/reopening"):
        body = {"answer": "Baik."} if path.endswith("answer") else {"complaint": "Belum."}
        answer = await (desk.client.get(path) if path.endswith("0") else desk.client.post(path, json=body))
        assert answer.json()["code"] == "TICKET_UNKNOWN"
    assert (await desk.client.post("/tickets/P-0/closing", json={"reason": "SETTLED"})).status_code == 404


async def test_a_person_may_ask_for_another_channel(desk: Desk) -> None:
    await desk.sign_in("placement")
    answer = await desk.client.post(f"/applicants/{ANNA}/preference", json={"channel": "email"})
    assert answer.json() == {"preferred": "email"}
    assert (desk.stage.store.document("recipients", ANNA) or {})["preferred"] == "email"


async def test_only_an_unknown_message_is_settled_by_a_person(desk: Desk) -> None:
    await desk.sign_in("placement")
    assert (await desk.client.post("/messages/none/settlement", json={"outcome": "sent"})).status_code == 404
    (sent,) = desk.stage.messages()
    answer = await desk.client.post(f"/messages/{sent['_id']}/settlement", json={"outcome": "sent"})
    assert answer.json()["code"] == "MESSAGE_STATE"


@pytest.mark.parametrize(
    "raw",
    [b"{", b'{"a": NaN}', b'{"a": 1e400}', b'{"a": 1, "a": 2}', b"[" * 500 + b"]" * 500, b'{"a": "\\ud800"}', b"\xff"],
)
async def test_a_body_that_two_readers_could_read_differently_is_refused(desk: Desk, raw: bytes) -> None:
    await desk.sign_in("placement")
    answer = await desk.client.post("/campaigns", content=raw, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "NOT_JSON")


async def test_the_page_has_its_style_and_lets_no_script_in(desk: Desk) -> None:
    await desk.sign_in("placement")
    page = await desk.client.get("/desk")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert 'href="/notification/style.css"' in page.text
    assert (await desk.client.get("/style.css")).headers["content-type"].startswith("text/css")


class Silent:
    """A channel that takes a message and never says what became of it."""

    repeats_safely = False

    async def send(self, reference: str, to: str, subject: str, text: str) -> Outcome:
        return Outcome(OutcomeState.UNKNOWN)

    async def inquire(self, reference: str) -> Outcome:
        return Outcome(OutcomeState.NOT_FOUND)


async def test_a_person_who_found_out_settles_an_unknown_message_and_the_next_channel_follows(tmp_path: Path) -> None:
    stage = Stage(tmp_path, channels={"sms": Silent()})
    stage.say(samples.registered(await stage.person()))
    app = stage.app()
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://office.test/notification") as client,
    ):
        desk = Desk(stage, client)
        await desk.sign_in("placement")
        await desk.until(lambda: [m["state"] for m in stage.messages()] == ["unknown"])
        path = f"/messages/{stage.messages()[0]['_id']}/settlement"
        assert (await client.post(path, json={"outcome": "failed"})).status_code == 202
        await desk.until(lambda: sorted(m["state"] for m in stage.messages()) == ["failed", "sent"])
        assert stage.states()[0][3] == "STAFF_DECIDED"
