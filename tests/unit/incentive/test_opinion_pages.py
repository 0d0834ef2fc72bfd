"""Reviews and surveys on a phone: what must be answered, kept while the code is on its way, and taken once."""

from __future__ import annotations

from pathlib import Path

import services.incentive
from services.incentive.domain.reviews import ASPECTS as KNOWN
from services.incentive.domain.reviews import Review
from services.incentive.domain.surveys import SurveyAnswers
from services.incentive.pages.words import ASPECTS
from services.incentive.store import one
from tests.unit.incentive.house import ANN, House
from tests.unit.incentive.phone import done, entered, key_of, words
from tests.unit.incentive.steps import (
    bought,
    claimed,
    pay_everything,
    platform_of,
    ready_to_be_paid,
    select,
    simulator,
)

COMMENT = "Pengajarnya <b>sabar</b>."
ANSWERS = {"WORK_NOW": "LOOKING", "SKILL_BETTER": "MUCH", "USE_OF_INCENTIVE": "SAVED"}


async def finished(house: House) -> None:
    await select(house)
    code = await bought(house)
    await simulator(house).redeem(platform_of(house), code)
    await claimed(house, code)


async def test_a_review_is_kept_sealed_once_and_thanked_for(house: House) -> None:
    await finished(house)
    phone = await entered(house)
    page = await phone.post("/status/ulasan/1", 422, key="k", komentar=COMMENT)
    assert "Pilih satu nilai." in page
    assert COMMENT not in page
    given = {"nilai": "4", "keluhan_NETWORK_POOR": "ya", "komentar": COMMENT}
    page = await done(phone, "/status/ulasan/1", **given)
    assert phone.place == "/status?selesai=ulasan"
    assert "Ulasan sudah kami terima. Terima kasih." in page
    kept = await one(house.service.database, Review, f"{ANN}/1")
    assert kept
    assert (kept.rating, kept.aspects) == (4, ("NETWORK_POOR",))
    assert (await house.vault.key(ANN)).open("review_comment", kept.comment or "") == COMMENT
    assert "Ulasan untuk pelatihan ini sudah kami terima." in await phone.get("/status/ulasan/1")
    second = {"key": "other", "tahap": "kode", "kode": "123456", **given}
    assert "sudah kami terima" in await phone.post("/status/ulasan/1", 422, **second)


async def test_what_was_typed_stays_when_the_code_is_wrong(house: House) -> None:
    await finished(house)
    phone = await entered(house)
    page = await done(phone, "/status/ulasan/1", 422, code="654321", nilai="5", komentar="Bagus sekali.")
    assert "Kode sekali pakai salah" in page
    assert "Bagus sekali." in page
    assert 'value="5" checked' in page


async def test_only_a_finished_course_is_reviewed(house: House) -> None:
    await select(house)
    await bought(house)
    phone = await entered(house)
    assert "COURSE_NOT_FINISHED" in await phone.get("/status/ulasan/1", 409)
    assert "COURSE_NOT_FINISHED" in await phone.post("/status/ulasan/9", 409, nilai="5")


async def test_a_survey_is_asked_as_the_file_says_and_its_incentive_is_dated(house: House) -> None:
    await ready_to_be_paid(house)
    await pay_everything(house)
    await house.until(lambda person: person.surveys)
    phone = await entered(house)
    page = words(await phone.get("/status/survei/1"))
    assert "Survei ke-1: Manfaat pelatihan" in page
    assert "Apakah kemampuan Anda bertambah setelah pelatihan?" in page
    wrong = await phone.post("/status/survei/1", 422, key="k", **{**ANSWERS, "WORK_NOW": "<b>KING</b>"})
    assert "Pilih satu jawaban." in wrong
    assert "<b>KING" not in wrong
    page = await done(phone, "/status/survei/1", **ANSWERS)
    assert "Jawaban survei sudah kami terima" in page
    assert "Insentif survei ke-1" in words(page)
    kept = await one(house.service.database, SurveyAnswers, f"{ANN}/1")
    assert kept
    assert kept.answers == ANSWERS
    assert "Survei ini sudah Anda isi." in await phone.get("/status/survei/1")
    for number in ("3", "9"):
        assert "SURVEY_NOT_OPEN" in await phone.get(f"/status/survei/{number}", 409)


async def test_the_page_asks_for_all_that_a_review_may_complain_about(house: House) -> None:
    await finished(house)
    page = await (await entered(house)).get("/status/ulasan/1")
    assert set(ASPECTS) == KNOWN
    assert all(sentence in page for sentence in ASPECTS.values())
    assert key_of(page)


async def test_the_complaints_of_a_review_are_one_group_with_a_name(house: House) -> None:
    await finished(house)
    page = await (await entered(house)).get("/status/ulasan/1")
    group = page.split("<fieldset")[2].partition("</fieldset>")[0]
    assert "<legend>Yang kurang baik (boleh lebih dari satu, boleh tidak ada)</legend>" in group
    assert group.count('type="checkbox"') == page.count('type="checkbox"') == len(ASPECTS)
    assert page.count("<fieldset") == page.count("</fieldset>") == 2


async def test_a_code_is_announced_wherever_it_may_go(house: House) -> None:
    await finished(house)
    phone = await entered(house)
    places = ("/status/ulasan/1", "/status/rekening", "/status/pelatihan/TKP-001")
    for place in places:
        assert "kami mengirim kode 6 angka ke ponsel atau e-mail Anda yang terdaftar." in words(await phone.get(place))
    templates = (Path(services.incentive.__file__).parent / "pages").glob("*.html")
    assert [page.name for page in templates if "ke ponsel Anda" in page.read_text(encoding="utf-8")] == []
