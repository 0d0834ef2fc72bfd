"""The staff's pages: numbers lead to lists, a list needs two people, each act its role, and nothing acts twice."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.unit.incentive.counter import at_desk, funded, made, proposed, seen
from tests.unit.incentive.house import ANN, House
from tests.unit.incentive.phone import key_of, words
from tests.unit.incentive.steps import ready_to_be_paid
from tests.unit.registration.browser import Browser

TILE = re.compile(r'<li(?: class="now")?><a href="/incentive(/petugas[^"]*)"><strong>([0-9.+]+)</strong> ([^<]+)</a>')
SHORT = ANN[:8]


async def test_signing_in_leads_to_the_start_page_and_every_number_to_its_list(house: House) -> None:
    await ready_to_be_paid(house)
    nobody = Browser(house, "/incentive")
    assert "Masuk petugas" in await nobody.get("/petugas")
    auditor = await at_desk(house, "auditor")
    page = await auditor.get("/petugas")
    tiles = TILE.findall(page)
    assert len(tiles) == 17
    assert [count for _, count, what in tiles if what.startswith("orang jatuh tempo")] == ["0"]
    for place, _, _ in tiles:
        assert "<h1>" in await auditor.get(place.replace("&amp;", "&"))
    for link in ("/registration/petugas", "/notification/desk"):
        assert f'href="{link}"' in page
    house.clock.at += timedelta(days=20)
    await house.until(lambda person: person.late)
    numbers = {what: count for _, count, what in TILE.findall(await auditor.get("/petugas"))}
    assert numbers["orang jatuh tempo, belum masuk daftar"] == "1"
    assert numbers["orang menunggu insentif yang terlambat"] == "1"
    assert SHORT in await auditor.get("/petugas/jatuh-tempo")
    assert "Susun daftar pembayaran" not in await auditor.get("/petugas/jatuh-tempo"), "an auditor reads"


async def test_a_list_is_made_by_one_checked_by_another_and_seen_to_be_sent(house: House) -> None:
    await ready_to_be_paid(house)
    secretariat, head = await at_desk(house, "secretariat"), await at_desk(house, "approver")
    batch_id = await made(secretariat)
    own = words(await secretariat.get(f"/petugas/daftar/{batch_id}"))
    assert "Menunggu orang kedua" in own
    for state, there in (("proposed", True), ("sent", False), ("", True), ("lain", True)):
        assert (batch_id in await head.get(f"/petugas/daftar?keadaan={state}")) is there
    assert "Oleh: kepala dinas, bukan secretariat." in own
    assert "Setujui" not in own
    page = await head.get(f"/petugas/daftar/{batch_id}")
    assert "Saya sudah memeriksa 1 baris, Rp 600.000" in words(page)
    assert "Dana tersedia hanya Rp 0." in words(page)
    assert "FUNDS_NOT_AVAILABLE" in await head.post(f"/petugas/daftar/{batch_id}/setuju", 409, **seen(page))
    await funded(secretariat)
    changed = {**seen(page), "amount_rupiah": "700.000"}
    assert "BATCH_CHANGED" in await head.post(f"/petugas/daftar/{batch_id}/setuju", 409, **changed)
    form = seen(await head.get(f"/petugas/daftar/{batch_id}"))
    for _ in range(2):
        assert "Daftar disetujui" in await head.post(f"/petugas/daftar/{batch_id}/setuju", **form)
    await house.until(lambda person: person.entitlements[0].paid_at)
    done = words(await head.get(f"/petugas/daftar/{batch_id}"))
    assert "Dibayarkan 1" in done
    assert "1 dari 1" in done
    assert len(house.bank.transfers) == 1
    assert SHORT in await head.get(f"/petugas/daftar/{batch_id}")


async def test_a_list_is_made_once_and_sent_back_with_a_reason_as_text(house: House) -> None:
    await ready_to_be_paid(house)
    secretariat, head = await at_desk(house, "secretariat"), await at_desk(house, "approver")
    form = {"key": key_of(await secretariat.get("/petugas/jatuh-tempo")), "until": "2020-12-31"}
    for _ in range(2):
        await secretariat.post("/petugas/daftar", **form)
    page = await secretariat.get("/petugas/daftar")
    assert page.count("<article") == 1
    batch_id = re.findall(r"/petugas/daftar/(B[0-9A-F-]+)", page)[0]
    shown = await proposed(head, batch_id)
    place = f"/petugas/daftar/{batch_id}/tolak"
    assert "INPUT_INVALID" in await head.post(place, 422, key=key_of(shown), reason="x")
    page = await head.post(place, key=key_of(shown), reason="Baris <b>ganda</b>")
    assert "Baris &lt;b&gt;ganda&lt;/b&gt;" in page
    await house.until(lambda person: person.ready_on)
    again = {"key": "another key", "reason": "sekali lagi"}
    assert "BATCH_NOT_PROPOSED" in await head.post(place, 409, **again)
    assert "BATCH_UNKNOWN" in await head.get("/petugas/daftar/B1", 404)


@pytest.mark.parametrize(
    ("act", "role"),
    [
        ("/petugas/daftar", "approver"),
        ("/petugas/daftar/B1/setuju", "secretariat"),
        ("/petugas/daftar/B1/tolak", "auditor"),
        ("/petugas/dana", "approver"),
        ("/petugas/dana/rekening-koran", "placement"),
        (f"/petugas/pembayaran/{'A' * 30}/putuskan", "secretariat"),
        (f"/petugas/pembayaran/{'A' * 30}/tanya", "disputes"),
        (f"/petugas/pembayaran/{ANN}/survey/1/ulang", "approver"),
        (f"/petugas/sertifikat/{ANN}", "approver"),
        (f"/petugas/sertifikat/{ANN}/tolak", "disputes"),
        (f"/petugas/rekening-koran/{'a' * 32}/jelaskan", "approver"),
        (f"/petugas/rekening-koran/{'a' * 32}/periksa", "secretariat"),
        (f"/petugas/pengembalian/{ANN}/uang-masuk", "placement"),
    ],
)
async def test_each_act_is_for_its_role_and_another_site_s_form_for_nobody(house: House, act: str, role: str) -> None:
    assert "ROLE_MISSING" in await (await at_desk(house, role)).post(act, 403)
    for right in ("secretariat", "approver", "placement"):
        headers = {**await house.staff(right), "Origin": "http://elsewhere"}
        refused = await house.client.post(f"/incentive{act}", data={}, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "ORIGIN_FOREIGN")
