"""What needs a proof on the staff's pages: lines of the bank's statement, and completions that are doubted."""

from __future__ import annotations

import re
from datetime import timedelta

from services.incentive.domain import advice, doubts, statement
from services.incentive.domain.catalogue import EDUCATION
from services.incentive.domain.partner_rates import UNUSUAL
from services.incentive.domain.statement import RecordLine
from services.incentive.pages.desk_words import DOUBTS, LINE_KINDS, LINE_REASONS, WARNINGS
from tests.architecture.rules import Source, code_words
from tests.unit.incentive.counter import at_desk
from tests.unit.incentive.house import ANN, House
from tests.unit.incentive.phone import key_of, words
from tests.unit.incentive.test_held_completions import doubted

PLACE = "/petugas/rekening-koran"
LINE = re.compile(r"/petugas/rekening-koran/([0-9a-f]{32})/")
FEE = {"kind": "fee", "proof": "BI-1", "reason": "Biaya <b>bulanan</b>"}


async def booked(house: House, **fields: object) -> None:
    known = {
        "source": "bni",
        "bank_line": "S1/1",
        "booked_at": house.clock.at - timedelta(days=3),
        "came_in": False,
        "amount_rupiah": 75_000,
        "reference": "",
        "says": "",
    }
    await house.service.execute(RecordLine(**{**known, **fields}))  # type: ignore[arg-type]


async def test_a_line_is_explained_by_one_and_looked_at_by_another(house: House) -> None:
    secretariat, head = await at_desk(house, "secretariat"), await at_desk(house, "approver")
    assert "Setiap baris rekening koran terjelaskan." in await head.get(PLACE)
    await booked(house)
    page = await secretariat.get(PLACE)
    assert "1 baris, yang tertua 3 hari" in words(page)
    assert "Rp 75.000 keluar 3 hari" in words(page)
    needs_another = (
        "Semua penjelasan diperiksa orang kedua, kecuali dana masuk, dan biaya atau bunga di bawah Rp 50.000."
    )
    assert needs_another in words(page)
    assert "Uang keluar tanpa keterangan yang kami kenal." in words(page)
    assert "baris rekening koran tanpa penjelasan" in await head.get("/petugas")
    line = LINE.findall(page)[0]
    form = {"key": key_of(page), **FEE}
    assert "INPUT_INVALID" in await secretariat.post(f"{PLACE}/{line}/jelaskan", 422, **{**form, "kind": "gift"})
    for _ in range(2):
        page = await secretariat.post(f"{PLACE}/{line}/jelaskan", **form)
    assert "Biaya &lt;b&gt;bulanan&lt;/b&gt;" in page
    assert "Terima penjelasan" not in page
    page = await head.get(PLACE)
    assert "Baris kembali ke antrean." in await head.post(f"{PLACE}/{line}/periksa", key=key_of(page), accept="tidak")
    again = {"key": key_of(await secretariat.get(PLACE)), **FEE}
    await secretariat.post(f"{PLACE}/{line}/jelaskan", **again)
    accept = {"key": key_of(await head.get(PLACE)), "accept": "ya"}
    for _ in range(2):
        assert "Setiap baris rekening koran terjelaskan." in await head.post(f"{PLACE}/{line}/periksa", **accept)
    assert "LINE_NOT_PROPOSED" in await head.post(f"{PLACE}/{line}/periksa", 409, key="k", accept="ya")


async def test_what_a_person_says_must_be_proved(house: House) -> None:
    await booked(house)
    secretariat = await at_desk(house, "secretariat")
    page = await secretariat.get(PLACE)
    line = LINE.findall(page)[0]
    form = {"key": key_of(page), "kind": "payment", "proof": "GLB1", "reason": "sama jumlahnya"}
    assert "PROOF_UNKNOWN" in await secretariat.post(f"{PLACE}/{line}/jelaskan", 422, **form)
    assert "LINE_UNKNOWN" in await secretariat.post(f"{PLACE}/{'0' * 32}/jelaskan", 404, **{**form, "key": "k"})


def test_every_reason_kind_and_doubt_has_words() -> None:
    given = {code for code in code_words(_source(statement)) if code in {*LINE_REASONS, "NOT_OURS"}}
    assert given == set(LINE_REASONS)
    assert set(LINE_KINDS) == {"payment", "return", "deposit", "fee", "interest", "other"}
    assert set(WARNINGS) == {code for code in code_words(_source(advice)) if code != "FITS_INTEREST"} - EDUCATION.keys()
    known = {value for name, value in vars(doubts).items() if name.isupper() and isinstance(value, str)}
    assert {each for each in known if each != "post_training"} | {UNUSUAL} == set(DOUBTS)


def _source(module: object) -> Source:
    with open(str(module.__file__), encoding="utf-8") as file:  # type: ignore[attr-defined]
        return Source("x.py", file.read())


async def test_a_doubted_completion_tells_why_and_is_rejected_by_the_counter(house: House) -> None:
    await doubted(house)
    placement = await at_desk(house, "placement")
    page = await placement.get("/petugas/sertifikat")
    assert "Diragukan: ditandatangani dengan kunci yang kemudian dicabut." in words(page)
    place, form = f"/petugas/sertifikat/{ANN}/tolak", {"purchase_number": "1", "reason": "Bukan laporan Tokopedia."}
    assert "INPUT_INVALID" in await placement.post(place, 422, **{**form, "reason": " "})
    page = await placement.post(place, **form)
    assert "Belum ada yang berubah." in page
    assert "Bukan laporan Tokopedia." in page
    person = await house.until(lambda person: person.purchases)
    assert person.purchases[0].finished_on is not None, "the first click rejects nothing"
    sure = {**form, "key": key_of(page), "sure": "ya"}
    for _ in range(2):
        assert "Penyelesaian ditolak" in await placement.post(place, **sure)
    await house.until(lambda person: person.purchases[0].finished_on is None)
    told = [entry for row in house.store.documents("journal") for entry in row["entries"]]
    assert [entry["type"] for entry in told].count("CompletionRejected") == 1
    assert "COMPLETION_NOT_DOUBTED" in await placement.post(place, 409, **{**sure, "key": "another"})
    assert "COMPLETION_NOT_DOUBTED" in await placement.post(place, 409, **form)
