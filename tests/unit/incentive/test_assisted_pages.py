"""Staff act for a person who is present: the act names both, asks for no code, and happens once."""

from __future__ import annotations

from services.incentive import store
from services.incentive.domain.reviews import Review
from services.incentive.domain.surveys import SurveyAnswers
from tests.unit.incentive.builders import COURSE, reference
from tests.unit.incentive.counter import at_desk, paid_by_pages
from tests.unit.incentive.house import ACCOUNT, ANN, House
from tests.unit.incentive.phone import key_of, words
from tests.unit.incentive.steps import bought, claimed, platform_of, ready_to_be_paid, select, simulator

PLACE = f"/petugas/peserta/{ANN}/bantu"
PRESENT = {"present": "ya"}


async def test_a_course_is_read_to_the_person_and_bought_once_with_both_names(house: House) -> None:
    await select(house, wish="memasak")
    placement = await at_desk(house, "placement")
    assert f"{PLACE}" in await placement.get(f"/petugas/peserta/{ANN}")
    assert "Lihat dahulu kecocokannya" in await placement.get(PLACE)
    page = await placement.get(f"{PLACE}?kelas=SKA-003")
    assert "Pertimbangkan: Kelas ini disusun untuk lulusan SMA ke atas" in words(page)
    assert "Keinginan Anda: 0 dari 35." in words(page)
    form = {"key": key_of(page), "course_code": "SKA-003", "price": "400000"}
    assert "PERSON_NOT_PRESENT" in await placement.post(f"{PLACE}/beli", 422, **form)
    assert "PRICE_CHANGED" in await placement.post(f"{PLACE}/beli", 409, **PRESENT, **{**form, "price": "1"})
    for _ in range(2):
        assert "Pelatihan sudah dibeli." in await placement.post(f"{PLACE}/beli", **form, **PRESENT)
    person = await house.until(lambda person: person.purchases)
    (purchase,) = person.purchases
    assert f"Kode penukaran {purchase.redeem_code}" in await placement.get(PLACE)
    assert purchase.redeem_code not in await placement.get(f"/petugas/peserta/{ANN}")
    assert purchase.redeem_code not in await (await at_desk(house, "secretariat")).get(PLACE)
    assert (person.applicant_id, purchase.assisted_by) == (ANN, "placement")
    assert purchase.warned == ("ENTRY_LEVEL_ABOVE", "OTHER_TOPIC", "NEEDS")


async def test_a_review_and_an_account_are_taken_down_for_the_person(house: House) -> None:
    await select(house)
    code = await bought(house)
    await simulator(house).redeem(platform_of(house), code)
    await claimed(house, code)
    secretariat = await at_desk(house, "secretariat")
    page = await secretariat.get(PLACE)
    assert "Ulasan: Memasak Masakan Melayu Deli untuk Katering" in words(page)
    assert '<select name="rating" required><option value="">Pilih...</option>' in page, "no opinion is suggested"
    form = {"key": key_of(page), "purchase_number": "1", "rating": "4", "aspect_TOO_HARD": "ya", **PRESENT}
    assert "INPUT_INVALID" in await secretariat.post(f"{PLACE}/ulasan", 422, **{**form, "rating": "6"})
    assert "Ulasan sudah tercatat." in await secretariat.post(f"{PLACE}/ulasan", **form)
    review = await store.one(house.service.database, Review, f"{ANN}/1")
    assert review
    assert (review.rating, review.aspects, review.comment, review.assisted_by) == (
        4,
        ("TOO_HARD",),
        None,
        "secretariat",
    )
    account = {"key": key_of(page), "bank": "BNI", "account_number": ACCOUNT, **PRESENT}
    assert "Rekening sudah tersambung." in await secretariat.post(f"{PLACE}/rekening", **account)
    person = await house.until(lambda person: person.account and person.account.check)
    assert person.account
    assert person.account.assisted_by == "secretariat"
    assert ACCOUNT not in str(house.store.documents("answers"))
    assert "Ulasan: " not in words(await secretariat.get(PLACE))


async def test_a_survey_is_answered_for_the_person(house: House) -> None:
    await ready_to_be_paid(house)
    await paid_by_pages(house)
    await house.until(lambda person: person.surveys)
    placement = await at_desk(house, "placement")
    page = await placement.get(PLACE)
    questions = reference().questions(1)
    answers = {f"q_{code}": choices[0] for code, choices in questions.items()}
    form = {"key": key_of(page), **answers, **PRESENT}
    assert "SURVEY_ANSWERS_WRONG" in await placement.post(
        f"{PLACE}/survei/1", 422, **{**form, next(iter(answers)): "x"}
    )
    assert "Survei sudah tercatat." in await placement.post(f"{PLACE}/survei/1", **{**form, "key": "another"})
    found = await store.one(house.service.database, SurveyAnswers, f"{ANN}/1")
    assert found
    assert found.assisted_by == "placement"


async def test_only_the_counter_helps_and_only_from_our_own_pages(house: House) -> None:
    await select(house)
    auditor = await at_desk(house, "auditor")
    assert PLACE not in await auditor.get(f"/petugas/peserta/{ANN}")
    await auditor.get(PLACE, 403)
    for what in ("beli", "ulasan", "survei/1", "rekening"):
        await auditor.post(f"{PLACE}/{what}", 403, **PRESENT)
    placement = await at_desk(house, "placement")
    foreign = await placement.http.post(
        f"/incentive{PLACE}/beli", data={"course_code": COURSE, **PRESENT}, headers={"Origin": "http://elsewhere"}
    )
    assert foreign.status_code == 403
    assert "PARTICIPANT_UNKNOWN" in await placement.get(PLACE.replace("1111", "2222"), 404)
