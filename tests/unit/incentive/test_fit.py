"""Course advice, what is remembered of applicants, and refused claims."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.incentive.domain.advice import advise
from services.incentive.domain.applicants import Applicant
from services.incentive.domain.fit import WEIGHTS, Buyer, best_first, points, weigh
from services.incentive.domain.refused_claims import RefuseClaim, RefusedClaim
from services.incentive.domain.wishes import Wish, akin, read_wish
from shared.contracts.base import Sealed
from shared.contracts.registration import ApplicantCorrected, ApplicantRegistered, IdentityErased
from tests.bench.fit import orders, shares
from tests.bench.fit_city import seekers
from tests.unit.incentive.builders import ANN, reference
from tests.unit.incentive.city import City, city_with

NOW = datetime(2020, 8, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("course", "education", "interests", "balance", "codes"),
    [
        ("TKP-003", "SMA", ("BUSINESS",), 1_000_000, ["FITS_INTEREST", "NEEDS"]),
        ("PJM-002", "SMP", ("FOOD",), 1_000_000, ["ENTRY_LEVEL_ABOVE", "OTHER_TOPIC", "PRICE_ABOVE_BALANCE", "NEEDS"]),
        ("TKP-002", "S3", (), 1_000_000, []),
        ("TKP-002", "unknown", (), 1_000_000, []),
        ("TKP-002", "SMK", (), 100, ["PRICE_ABOVE_BALANCE"]),
    ],
)
def test_a_course_is_explained_before_it_is_bought(
    course: str, education: str, interests: tuple[str, ...], balance: int, codes: list[str]
) -> None:
    buyer = Buyer(balance, education, interests=interests)
    advice = advise(reference().catalogue[course], buyer)
    assert [each.code for each in advice] == codes
    assert all(each.sentence for each in advice)


def test_a_course_that_is_dear_for_its_hours_is_pointed_out() -> None:
    course = replace(reference().catalogue["TKP-002"], hours=2)
    assert [each.code for each in advise(course, Buyer(10**6, "SMA"))] == ["DEAR_FOR_LENGTH"]
    assert [each.points for each in weigh(course, Buyer(10**6, "SMA"))] == [12, 8, 20, 5, 3]


def test_schooling_is_called_by_its_word_and_not_by_its_code() -> None:
    course, buyer = reference().catalogue["PJM-002"], Buyer(10**7, "SMP")
    assert advise(course, buyer)[0].sentence.startswith("Kelas ini disusun untuk lulusan diploma ke atas; ")
    level = next(each for each in weigh(course, buyer) if each.code == "LEVEL")
    assert level.sentence == "Kelas ini disusun untuk lulusan diploma ke atas, jauh di atas pendidikan Anda."


def wish(text: str) -> Wish:
    return read_wish(text, reference().wish_words)


def test_the_score_is_the_sum_of_parts_that_are_each_explained() -> None:
    tailor = Buyer(1_000_000, "SMP", "MICRO_SMALL_BUSINESS", wish("ingin belajar menjahit baju"))
    parts = weigh(reference().catalogue["BKL-001"], tailor)
    assert [(each.code, each.points, each.most) for each in parts] == [
        ("WISH", 35, 35),
        ("OCCUPATION", 25, 25),
        ("LEVEL", 20, 20),
        ("WORK", 10, 10),
        ("PRICE", 10, 10),
    ]
    assert points(parts) == 100
    embroidery = weigh(reference().catalogue["BKL-002"], tailor)
    assert [each.points for each in embroidery] == [22, 18, 20, 10, 10]
    assert embroidery[1].sentence == "Pekerjaan yang disiapkan kelas ini dekat dengan yang Anda tuju."
    dear = weigh(reference().catalogue["PJM-002"], tailor)
    assert [each.points for each in dear] == [0, 0, 0, 3, 0]
    assert dear[4].sentence == "Harganya melebihi sisa saldo pelatihan Anda."


@pytest.mark.parametrize(
    ("education", "level"),
    [("NONE", 0), ("SD", 0), ("SMP", 8), ("SMA", 12), ("DIPLOMA", 20), ("S1", 20), ("S2", 12), ("S3", 12), ("", 10)],
)
def test_the_level_looks_at_schooling_and_at_the_qualification_that_a_course_leads_to(
    education: str, level: int
) -> None:
    course = replace(reference().catalogue["SKA-004"], entry_education="SMA", kkni_level=5)
    assert weigh(course, Buyer(1_000_000, education))[2].points == level


def test_every_score_of_every_course_lies_between_0_and_100() -> None:
    assert sum(WEIGHTS.values()) == 100
    known = [Buyer(each.balance_rupiah, each.education, each.work_status, wish(each.wish)) for each in seekers(40)]
    buyers = [*known, Buyer(0), Buyer(10**9, "S3", "OTHER", wish("???"), ("FOOD",))]
    found = [points(weigh(course, buyer)) for course in reference().catalogue.values() for buyer in buyers]
    assert min(found) >= 0
    assert max(found) <= 100
    assert len(set(found)) > 30


@pytest.mark.parametrize(
    ("text", "topics", "occupations"),
    [
        ("Menjahit", {"CRAFT"}, {"7531"}),
        ("kursus menjait", {"CRAFT"}, {"7531"}),
        ("juru masak", {"FOOD"}, {"5120"}),
        ("juru tulis", set(), set()),
        ("kelas apa saja", set(), set()),
        ("Las listrik", {"TECHNICAL"}, {"7212", "7411"}),
        ("", set(), set()),
    ],
)
def test_a_wish_is_read_from_its_own_words_and_nothing_is_guessed(
    text: str, topics: set[str], occupations: set[str]
) -> None:
    found = wish(text)
    assert (found.topics, found.occupations) == (topics, occupations)
    assert found.known == bool(topics)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("jahit", "menjahit", True),
        ("memotong", "potong", True),
        ("memasak", "memasag", True),
        ("las", "kelas", False),
        ("masak", "rasak", False),
        ("kopi", "kops", False),
        ("menjahit", "menjahitkan", False),
    ],
)
def test_words_are_the_same_with_a_prefix_or_one_slip(one: str, other: str, same: bool) -> None:
    assert akin(one, other) is same
    assert akin(other, one) is same


def test_courses_that_suit_come_first_and_of_equal_ones_the_cheaper() -> None:
    some = [reference().catalogue[code] for code in ("PJM-002", "TKP-001", "BKL-002", "BKL-001")]
    ordered = best_first(some, Buyer(1_000_000, "SMP", "MICRO_SMALL_BUSINESS", wish("jahit")))
    assert [course.course_code for course, _ in ordered] == ["BKL-001", "BKL-002", "TKP-001", "PJM-002"]
    twin = replace(some[1], course_code="AAA", price_rupiah=some[1].price_rupiah + 1)
    assert [course.course_code for course, _ in best_first([twin, some[1]], Buyer(10**6))] == ["TKP-001", "AAA"]


def test_the_order_by_score_finds_the_best_course_far_more_often_than_chance_or_price() -> None:
    people, found = seekers(200, seed=11), orders(reference())
    score, price, chance = (shares(people, found[name]) for name in ("score", "price", "chance"))
    assert score["in_first_five"] > 4 * chance["in_first_five"]
    assert score["in_first_five"] > 4 * price["in_first_five"]
    assert score["first"] > 10 * chance["first"]


def registered(applicant_id: str = ANN) -> ApplicantRegistered:
    return ApplicantRegistered(
        applicant_id=applicant_id,
        sex="F",
        age_band="25-34",
        education="SMA",
        work_status="LAID_OFF",
        received_at=NOW,
        channel="online",
        consent_campaigns=False,
        full_name=Sealed("name"),
        tracking_code=Sealed("code one"),
        desired_training=Sealed("wish one"),
    )


def corrected(tracking_code: Sealed | None, full_name: Sealed | None = None) -> ApplicantCorrected:
    return ApplicantCorrected(
        applicant_id=ANN,
        sex="F",
        age_band="25-34",
        education="S1",
        work_status="LAID_OFF",
        corrected_at=NOW,
        by="applicant",
        fields=("education",),
        consent_campaigns=False,
        full_name=full_name,
        tracking_code=tracking_code,
    )


def test_a_corrected_name_is_what_the_bank_is_asked_about() -> None:
    city = city_with()
    city.hear(registered())
    city.hear(corrected(None))
    assert city.person().full_name == Sealed("name")
    city.hear(corrected(None, Sealed("new name")))
    assert city.link().payload["full_name"] == Sealed("new name")


def test_the_tracking_code_is_kept_and_replaced_only_by_a_new_one() -> None:
    city = City()
    city.hear(corrected(None))
    assert city.all(Applicant) == []
    city.hear(registered())
    city.hear(corrected(None))
    known = Applicant(ANN, Sealed("code one"), "S1", "LAID_OFF", Sealed("wish one"))
    assert city.state(Applicant, ANN) == known
    city.hear(corrected(Sealed("code two")))
    assert city.state(Applicant, ANN) == replace(known, tracking_code=Sealed("code two"))
    city.hear(corrected(None).model_copy(update={"desired_training": Sealed("wish two"), "work_status": "OTHER"}))
    assert city.state(Applicant, ANN) == Applicant(ANN, Sealed("code two"), "S1", "OTHER", Sealed("wish two"))


def test_an_erased_person_is_forgotten() -> None:
    city = City()
    city.hear(registered())
    city.hear(IdentityErased(applicant_id=ANN, erased_at=NOW, reason="REQUEST"))
    assert city.all(Applicant) == []


def test_a_refused_claim_is_kept_once() -> None:
    city = City()
    command = RefuseClaim("partner.training.v1/0/7", "SIGNATURE_WRONG", None, "d" * 64)
    city.ask(command)
    city.now = NOW
    city.ask(command)
    (kept,) = city.all(RefusedClaim)
    assert (kept.id, kept.reason, kept.partner_code) == ("partner.training.v1/0/7", "SIGNATURE_WRONG", None)
