"""The ceremony as pages: officials' own files, who did what, what is lacking, and the draw with a withheld secret."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

from services.registration.adapters.share_signatures import sign
from services.registration.domain.beacon import QUICKNET
from services.registration.domain.officials import acknowledgement
from tests.unit.registration import officials
from tests.unit.registration.browser import Browser
from tests.unit.registration.ceremony_steps import hand_in
from tests.unit.registration.house import APPROVER, SECRETARIAT, House, open_house
from tests.unit.registration.test_wave_pages import key_of, staff
from tests.unit.registration.test_waves_door import join, open_wave, ready

ORIGIN = {"Origin": "http://medan"}
PAGE = "/gelombang/1/undian"


def paper(**content: Any) -> bytes:
    return json.dumps(content).encode()


async def send(house: House, act: str, who: dict[str, str], status: int, files: list[bytes], **fields: str) -> str:
    """A form with files, as a browser sends it; the address that follows, or the error page."""
    name = "file" if act == "komitmen" else "files"
    answer = await house.http.post(
        f"/registration/gelombang/1/{act}",
        headers={**who, **ORIGIN, "Accept": "text/html"},
        files=[(name, (f"{at}.json", each)) for at, each in enumerate(files)],
        data=fields,
    )
    assert answer.status_code == status, answer.text
    return answer.headers.get("location", answer.text)


async def name_them(siti: Browser) -> str:
    names = "\r\n".join(officials.NAMES)
    return await siti.post("/gelombang/1/pejabat", officials=names, key=key_of(await siti.get(PAGE)))


async def acknowledged(house: House, official: str) -> None:
    """All others have signed that their share of one official's secret holds, and staff hand the files in."""
    files = [paper(wave=1, **word) for word in officials.words(official)]
    await send(house, "bagian", SECRETARIAT, 303, files, key=f"bagian-{official}")


def brought(*without: str) -> list[bytes]:
    """The files on the day: who is there brings the own secret, three others a share of each that is withheld."""
    own = [paper(wave=1, official=name, secret=each) for name, each in officials.secrets(*without).items()]
    holders = [each for each in officials.NAMES if each not in without][:3]
    shares = [
        paper(wave=1, official=official, holder=holder, number=1, share=share)
        for official in without
        for holder, share in officials.shares(official, holders)[official].items()
    ]
    return [*own, *shares]


async def test_the_whole_ceremony_with_the_files_that_officials_bring() -> None:
    async with open_house() as house:
        await open_wave(house)
        await join(house, await ready(house, 1))
        siti, head = staff(house, "siti secretariat"), staff(house, "kepala approver")
        named = await name_them(siti)
        assert "Catat komitmen dari: Kepala Dinas, Inspektur" in named
        for name in officials.NAMES:
            file = paper(wave=1, official=name, points=officials.points(name))
            await send(house, "komitmen", APPROVER, 303, [file], key=f"komitmen-{name}")
        assert "Serahkan pernyataan bertanda tangan tentang bagian rahasia dari: Kepala Dinas" in await head.get(PAGE)
        for name in officials.NAMES:
            await acknowledged(house, name)
        assert "Upacara siap. Tunggu waktu penutupan." in await siti.get(PAGE)
        house.clock.ahead += timedelta(days=6)
        await siti.post("/gelombang/1/tutup")
        await house.wave_until(1, "closed")
        frozen = await head.get(PAGE)
        assert (await house.call("GET", "/waves/1", 200))["commitment"] in frozen
        assert "1 orang untuk 1 kursi" in frozen

        to = await send(house, "undi", APPROVER, 303, brought("Inspektur"), sure="ya", key=key_of(frozen))

        assert to == "/registration/gelombang/1/undian?selesai=undi"
        wave = await house.wave_until(1, "done")
        seen = await siti.get(PAGE)
        assert wave["seed"] in seen
        assert seen.count("Tidak diserahkan, dibuka oleh pemegang bagian") == 1
        assert officials.secret("Inspektur") in seen
        assert "/registration/waves/1/verifier" in seen
        assert "<strong>1 orang</strong>" in await siti.get("/gelombang/1")
        assert "Undi</button>" not in seen


async def test_a_draw_needs_the_second_person_and_says_whose_secret_is_missing() -> None:
    async with open_house() as house:
        await open_wave(house)
        await hand_in(house)
        house.clock.ahead += timedelta(days=6)
        await house.call("POST", "/waves/1/closing", 202, headers={"Staff": "kepala secretariat"})
        await house.wave_until(1, "closed")

        assert "SAME_EYES" in await send(house, "undi", APPROVER, 403, brought(), sure="ya")
        assert "Anda yang menutup gelombang ini" in await staff(house, "kepala approver").get(PAGE)
        other = {"Staff": "wakil approver"}
        assert "ROLE_MISSING" in await send(house, "undi", SECRETARIAT, 403, brought(), sure="ya")
        assert "INPUT_INVALID" in await send(house, "undi", other, 422, brought())
        without = await send(house, "undi", other, 409, brought()[1:], sure="ya")
        assert "Rahasia belum lengkap: Kepala Dinas" in without
        for foreign in (paper(wave=2, official="Inspektur", secret="00" * 32), paper(wave=1, other=1), b"[]", b""):
            assert "CEREMONY_FILE" in await send(house, "undi", other, 422, [foreign], sure="ya")
        assert "NOT_JSON" in await send(house, "undi", other, 400, [b"{"], sure="ya")
        together = paper(secrets=[json.loads(each) | {} for each in brought()], shares=[])
        assert "INPUT_INVALID" in await send(house, "undi", other, 422, [together], sure="ya")

        whole = [{name: json.loads(each)[name] for name in ("official", "secret")} for each in brought()]
        await send(house, "undi", other, 303, [paper(secrets=whole, shares=[])], sure="ya", key="satu")
        await send(house, "undi", other, 303, [paper(secrets=whole, shares=[])], sure="ya", key="satu")
        assert len(house.events("WaveDrawn")) == 1


async def test_a_word_about_points_that_were_replaced_is_refused() -> None:
    async with open_house() as house:
        await open_wave(house)
        siti = staff(house, "siti secretariat")
        await name_them(siti)
        first, second = officials.NAMES[:2]
        old = paper(wave=1, official=first, points=officials.points(second))
        await send(house, "komitmen", SECRETARIAT, 303, [old], key="lama")
        other = paper(wave=1, official=second, points=officials.points(second))
        new = paper(wave=1, official=first, points=officials.points(first))
        await send(house, "komitmen", SECRETARIAT, 303, [new], key="baru")
        await send(house, "komitmen", SECRETARIAT, 303, [other], key="lain")

        about = acknowledgement(1, officials.NAMES, first, officials.points(second), second)
        word = {"official": first, "points": officials.points(second), "holder": second}
        stale = paper(wave=1, **word, signature=sign(officials.secret(second), about))
        assert "ACKNOWLEDGED_OTHER" in await send(house, "bagian", SECRETARIAT, 409, [stale])
        assert "ACKNOWLEDGEMENT_SIGNATURE" in await send(
            house, "bagian", SECRETARIAT, 422, [paper(wave=1, **word, signature="1" * 128)]
        )
        assert "INPUT_INVALID" in await send(house, "bagian", SECRETARIAT, 422, [paper(wave=1, official=first)])
        assert "CEREMONY_FILE" in await send(house, "bagian", SECRETARIAT, 422, [paper(wave=2, official=first)])
        assert "OFFICIALS" in await siti.post("/gelombang/1/pejabat", 422, officials="A\nB\n\nC")


async def test_names_of_officials_are_shown_as_they_are_written() -> None:
    async with open_house() as house:
        await open_wave(house)
        siti = staff(house, "siti secretariat")
        names = "\n".join(f"<script>{each}</script>" for each in officials.NAMES)

        page = await siti.post("/gelombang/1/pejabat", officials=names, threshold="4")

        assert "<script>" not in page
        assert "&lt;script&gt;Inspektur&lt;/script&gt;" in page
        assert "dibuka oleh 4 pemegang bagian" in page


async def test_the_beacon_is_named_with_its_time_and_its_signature_is_asked_for() -> None:
    async with open_house() as house:
        house.clock.ahead += timedelta(days=1300)  # quicknet began in August 2023
        now = house.clock.now()
        times = {"opens_at": (now - timedelta(days=1)).isoformat(), "closes_at": (now + timedelta(days=5)).isoformat()}
        await open_wave(house, **times)
        await hand_in(house, beacon=QUICKNET.hash)
        house.clock.ahead += timedelta(days=6)
        await house.call("POST", "/waves/1/closing", 202, headers=SECRETARIAT)
        await house.wave_until(1, "closed")

        page = await staff(house, "kepala approver").get(PAGE)

        assert "Tunggu putaran drand terbit, lalu undi." in page
        assert re.search(r"putaran \d+, terbit", page)
        wrong = await send(house, "undi", APPROVER, 422, brought(), sure="ya", signature="00" * 48)
        assert "BEACON_SIGNATURE" in wrong
        assert "BEACON_MISSING" in await send(house, "undi", APPROVER, 409, brought(), sure="ya")
