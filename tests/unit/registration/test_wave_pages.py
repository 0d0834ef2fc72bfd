"""Waves as pages for staff: each act by the right role, once, and every name shown as what it is."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.unit.registration.browser import Browser
from tests.unit.registration.ceremony_steps import hand_in
from tests.unit.registration.house import APPROVER, SECRETARIAT, START, House, open_house, wait_for
from tests.unit.registration.sheets import as_csv, row, taken, upload
from tests.unit.registration.test_waves_door import eligible_count, join, open_wave, ready, wave_body

KEY = re.compile(r'name="key" value="([0-9a-f-]{36})"')
MARKS = "<b>libur</b> & nasional"
HOSTILE = {"Origin": "http://elsewhere"}


def staff(house: House, who: str) -> Browser:
    """A browser in which somebody is signed in, such as `siti secretariat`."""
    return Browser(house, Staff=who)


def local(days: int) -> str:
    """As a browser's field for a time gives it."""
    return (START + timedelta(days=days, hours=7)).strftime("%Y-%m-%dT%H:%M")


def plan(**changes: str) -> dict[str, str]:
    return {"wave": "1", "quota": "100", "opens_at": local(-1), "closes_at": local(5), "groups": "rules", **changes}


def key_of(page: str) -> str:
    found = KEY.search(page)
    assert found, page
    return found[1]


async def test_one_person_plans_and_another_opens_and_everybody_sees_it() -> None:
    async with open_house() as house:
        siti, head, rina = (staff(house, each) for each in ("siti secretariat", "kepala approver", "rina disputes"))
        assert "Belum ada gelombang" in await siti.get("/gelombang")

        drafted = await siti.post("/gelombang", **plan(key=key_of(await siti.get("/gelombang"))))

        assert siti.place == "/gelombang/1?selesai=susun"
        assert "Kepala dinas, bukan siti" in drafted
        assert "Buka gelombang 1</button>" not in drafted
        assert "10 April 2020" not in drafted
        assert "2 April 2020, 10.00 WIB" in drafted
        before = await head.get("/gelombang/1")
        assert "Buka gelombang 1</button>" in before
        opened = await head.post("/gelombang/1/buka", take_recycled="on", key=key_of(before))
        assert "Gelombang sudah dibuka." in opened
        seen = await rina.get("/gelombang")
        assert "Daftar pekerja ter-PHK" in seen
        assert "Tetapkan pejabat pemegang rahasia." in seen
        assert "Simpan rancangan" not in seen
        assert 'name="key"' not in await rina.get("/gelombang/1")


async def test_a_form_sent_twice_acts_once_and_changed_afterwards_it_is_refused() -> None:
    async with open_house() as house:
        await open_wave(house)
        head = staff(house, "kepala approver")
        form = {"quota": "9", "reason": "Kursi tambahan", "key": key_of(await head.get("/gelombang/1"))}

        for _ in range(2):
            assert "Perubahan sudah disimpan" in await head.post("/gelombang/1/ubah", **form)

        assert [each["reason"] for each in house.events("WaveChanged")] == ["Kursi tambahan"]
        history = await head.get("/gelombang/1")
        assert "Perubahan kuota: Kursi tambahan, " in history
        assert "Dibuka oleh kepala" in history
        assert "FORM_CHANGED" in await head.post("/gelombang/1/ubah", 409, **{**form, "quota": "10"})
        assert (await house.call("GET", "/waves/1", 200))["quota"] == 9


@pytest.mark.parametrize(
    ("act", "who", "form"),
    [
        ("", "kepala approver", {"wave": "1"}),
        ("/1/buka", "siti secretariat", {}),
        ("/1/ubah", "siti secretariat", {"reason": "Libur"}),
        ("/1/batal", "andi placement", {"reason": "Libur"}),
        ("/1/tutup", "kepala approver", {}),
        ("/1/gabung", "kepala approver", {}),
        ("/1/pejabat", "kepala approver", {}),
        ("/1/bagian", "auli auditor", {}),
    ],
)
async def test_each_act_is_for_its_role_and_another_site_s_form_for_nobody(
    act: str, who: str, form: dict[str, str]
) -> None:
    async with open_house() as house:
        assert "ROLE_MISSING" in await staff(house, who).post(f"/gelombang{act}", 403, **form)
        foreign = await house.call("POST", f"/gelombang{act}", 403, data=form, headers={**SECRETARIAT, **HOSTILE})
        assert foreign["code"] == "ORIGIN_FOREIGN"
        assert house.store.documents("waves") == []


async def test_who_planned_does_not_open_and_refusals_are_pages_with_their_code() -> None:
    async with open_house() as house:
        await house.call("POST", "/waves", 202, json=wave_body(), headers={"Staff": "kepala secretariat"})
        head = staff(house, "kepala approver")
        assert "Anda yang menyusun rancangan ini" in await head.get("/gelombang/1")
        assert "SAME_EYES" in await head.post("/gelombang/1/buka", 403)
        assert "WAVE_UNKNOWN" in await head.get("/gelombang/7", 404)
        siti = staff(house, "siti secretariat")
        for wrong in ({"quota": "banyak"}, {"opens_at": "besok"}, {"opens_at": "0001-01-01T00:00"}, {"wave": ""}):
            assert "INPUT_INVALID" in await siti.post("/gelombang", 422, **plan(**wrong))
        assert "WAVE_TIMES" in await siti.post("/gelombang", 422, **plan(closes_at=local(-3)))


async def test_groups_of_ones_own_have_the_seats_that_were_typed() -> None:
    async with open_house() as house:
        siti = staff(house, "siti secretariat")
        own = {"groups": "own", "quota": "1.000", "kursi_KECAMATAN_12.71.05": "20", "kursi_LAID_OFF_LIST": "30"}

        page = await siti.post("/gelombang", **plan(**own))

        (wave,) = house.store.documents("waves")
        assert wave["strata"] == [{"code": "LAID_OFF_LIST", "quota": 30}, {"code": "KECAMATAN_12.71.05", "quota": 20}]
        assert "Kecamatan Medan Barat" in page
        assert "950" in page
        assert "STRATA_QUOTA" in await siti.post("/gelombang", 422, **plan(**{**own, "quota": "10"}))


async def test_a_cancellation_tells_its_reason_and_marks_in_names_are_no_marks() -> None:
    async with open_house() as house:
        await house.call("POST", "/waves", 202, json=wave_body(), headers={"Staff": "<i>budi</i> secretariat"})
        head = staff(house, "kepala approver")
        page = await head.get("/gelombang/1")
        assert "<i>budi</i>" not in page
        assert "&lt;i&gt;budi&lt;/i&gt;" in page
        await head.post("/gelombang/1/buka")

        cancelled = await head.post("/gelombang/1/batal", reason=MARKS)

        assert "Gelombang dibatalkan." in cancelled
        assert [each["reason"] for each in house.events("WaveChanged")] == [MARKS]
        assert "<b>libur</b>" not in cancelled
        assert "&lt;b&gt;libur&lt;/b&gt; &amp; nasional" in cancelled
        assert "Batalkan gelombang" not in await head.get("/gelombang/1")


async def test_the_people_of_a_sheet_join_by_a_form_once() -> None:
    async with open_house() as house:
        await open_wave(house)
        answer = await upload(house, as_csv([row(number) for number in range(1, 6)]))
        await taken(house, answer)
        await wait_for(lambda: eligible_count(house), lambda count: count == 5)
        siti = staff(house, "siti secretariat")
        page = await siti.get("/gelombang/1")
        assert "Disnaker Medan, 3 April 2020 (5 terdaftar)" in page
        form = {"import_id": answer["import_id"], "test": "recorded", "note": "tes kertas", "key": key_of(page)}

        await siti.post("/gelombang/1/gabung", **form)
        first = siti.place
        await siti.post("/gelombang/1/gabung", **form)

        assert siti.place == first
        assert len(house.store.documents("batch_joins")) == 1
        done = await wait_for(lambda: siti.get(first), lambda page: "5 orang bergabung" in page)
        assert "<dd>5 orang</dd>" in done
        assert "IMPORT_UNKNOWN" in await siti.post("/gelombang/1/gabung", 404, **{**form, "import_id": "tidak-ada"})


async def test_seats_that_a_group_does_not_fill_are_seen_to_fall_to_everybody() -> None:
    async with open_house() as house:
        await open_wave(house, strata=[{"code": "LAID_OFF_LIST", "quota": 2}])
        await join(house, await ready(house, 1))
        await hand_in(house)
        siti = staff(house, "siti secretariat")
        assert "Dapat ditutup setelah" in await siti.get("/gelombang/1")
        house.clock.ahead += timedelta(days=6)
        page = await siti.get("/gelombang/1")
        await siti.post("/gelombang/1/tutup", key=key_of(page))
        await house.wave_until(1, "closed")

        seen = await siti.get("/gelombang/1")

        cells = re.findall(r"<tr><td>([^<]+)</td>.*?</tr>", seen, re.DOTALL)
        assert cells == ["Daftar pekerja ter-PHK", "Umum"]
        assert re.findall(r'<td class="number">([^<]+)</td>', seen) == ["2", "67 %", "0", "2", "1", "33 %", "1", "-"]
        assert "Ditutup oleh siti" in seen
        assert "Kepala dinas, bukan siti" in seen


async def test_the_start_page_leads_to_every_page_of_the_staff() -> None:
    async with open_house(list_fresh_days=5) as house:
        await open_wave(house)
        form = {"source": "BKN", "as_of": "2020-01-31", "code": "ASN"}
        files = {"file": ("daftar.csv", b"NIK\n1271050504950001\n")}
        await house.call("POST", "/lists", 200, headers=SECRETARIAT, files=files, data=form)
        andi = staff(house, "andi placement")

        page = await andi.get("/petugas")

        places = ("pemeriksaan", "gelombang", "daftar-nik", "lembar", "latihan")
        assert [place for place in places if f'"/registration/{place}"' not in page] == []
        for place in places:
            await andi.get(f"/{place}")
        assert "Tetapkan pejabat pemegang rahasia." in page
        assert "Daftar yang sudah lama:</strong> Aparatur sipil negara" in page
        warned = await staff(house, "kepala approver").get("/gelombang/1")
        assert "Orang dapat dinilai dengan data yang tidak benar lagi" in warned


async def test_who_is_not_signed_in_is_led_to_the_sign_in_and_back() -> None:
    async with open_house() as house:
        answer = await house.http.get("/registration/petugas", headers={"Accept": "text/html"})
        assert answer.status_code == 303
        assert answer.headers["location"] == "/registration/sign-in?next=/registration/petugas"
        seen = await house.http.get("/registration/gelombang", headers=APPROVER)
        assert seen.headers["cache-control"] == "no-store"
