"""Quotas per platform: above the usual rate completions wait, above the quota claims are refused, and none is lost."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest

from services.incentive.adapters.border import Border
from services.incentive.adapters.partners import PartnerList, read_partners
from services.incentive.border import BorderLoop
from services.incentive.domain.completion import ReconcileCertificate
from services.incentive.domain.partner_rates import KEPT_PER_HOUR, UNUSUAL, Limits, PartnerHour
from services.incentive.domain.refused_claims import RefuseClaim, RefusedClaim
from shared.contracts.decision import Refused
from tests.fakes import MemoryDatabase, MemoryStore
from tests.unit.incentive.builders import ANN, selected
from tests.unit.incentive.city import City, city_with
from tests.unit.incentive.claim_log import Desk, Log, StillClock
from tests.unit.incentive.claims import NOW, OTHER, PLATFORM, border, genuine, record
from tests.unit.incentive.house import House
from tests.unit.incentive.steps import claimed as claimed_over_http
from tests.unit.incentive.steps import select

HOUR = timedelta(hours=1)


def claimed(city: City, limits: Limits, count: int, **fields: Any) -> list[str]:
    """Claims of one platform for people of their own; returns what became of each."""
    return [_outcome(city, limits, fields) for _ in range(count)]


_PEOPLE = itertools.count(1)


def _outcome(city: City, limits: Limits, fields: dict[str, Any]) -> str:
    applicant_id = f"person-{next(_PEOPLE)}"
    city.hear(selected(applicant_id))
    code = city.buy(applicant_id=applicant_id)
    city.redeem(code)
    try:
        city.ask(city.claim(code, limits=limits, **fields))
    except Refused as refused:
        return refused.code
    return ", ".join(city.person(applicant_id).purchases[0].doubts) or "taken"


def test_above_the_usual_rate_completions_wait_and_above_the_quota_they_are_refused() -> None:
    city, limits = city_with(), Limits(claims_per_hour=7, unusual_above=4)
    city.now = NOW
    assert claimed(city, limits, 9) == ["taken"] * 4 + [UNUSUAL] * 3 + ["QUOTA_EXCEEDED"] * 2
    city.now = NOW + timedelta(minutes=59)
    assert claimed(city, limits, 1) == ["QUOTA_EXCEEDED"]
    city.now = NOW + HOUR
    assert claimed(city, limits, 5) == ["taken"] * 4 + [UNUSUAL]


def test_the_bytes_of_an_hour_are_limited_besides_its_claims() -> None:
    city, limits = city_with(), Limits(bytes_per_hour=1_000)
    city.now = NOW
    assert claimed(city, limits, 3, size=400) == ["taken", "taken", "QUOTA_EXCEEDED"]
    assert claimed(city, limits, 2, size=200) == ["taken", "QUOTA_EXCEEDED"], "what still fits is taken"
    (hour,) = city.all(PartnerHour)
    assert (hour.claims, hour.completions, hour.bytes) == (3, 3, 1_000)
    city.now = NOW + HOUR
    assert claimed(city, limits, 1, size=1_000) == ["taken"]


def test_refused_claims_use_up_the_bytes_of_an_hour_too() -> None:
    city, limits = city_with(), Limits(bytes_per_hour=1_000)
    city.now = NOW
    city.ask(RefuseClaim("topic/0/1", "REDEEM_CODE_UNKNOWN", "TOKOPEDIA", "d" * 64, size=900))
    city.ask(RefuseClaim("topic/0/2", "QUOTA_EXCEEDED", "TOKOPEDIA", "d" * 64, size=900))
    city.ask(RefuseClaim("topic/0/3", "SIGNATURE_WRONG", None, "d" * 64, size=900))
    assert claimed(city, limits, 2, size=100) == ["taken", "QUOTA_EXCEEDED"]


async def test_the_border_tells_how_large_a_claim_is_whether_it_is_taken_or_refused() -> None:
    log, desk = Log(0), Desk()
    good, bad = genuine(redeem_code="CODE-1"), genuine(redeem_code="CODE-2", nik="1271")
    log.records = [record(good, offset=0), record(bad, offset=1)]
    loop = BorderLoop(border(), log, MemoryDatabase(MemoryStore()), desk, StillClock())
    assert await loop.step(0)
    assert [(each.partner_code, each.size) for each in desk.taken] == [
        ("TOKOPEDIA", len(good.body)),
        ("TOKOPEDIA", len(bad.body)),
    ]


async def test_a_refused_claim_over_http_is_counted_with_its_bytes(house: House) -> None:
    await select(house)
    answer = await claimed_over_http(house, "FOREIGN-CODE")
    assert answer.json()["code"] == "REDEEM_CODE_UNKNOWN"
    (hour,) = house.store.documents("partner_hours")
    assert (hour["claims"], hour["completions"], hour["bytes"]) == (1, 0, len(answer.request.content))


def test_a_claim_above_the_quota_may_be_sent_again_as_it_is_in_the_next_hour() -> None:
    city, limits = city_with(), Limits(claims_per_hour=1)
    city.now = NOW
    claimed(city, limits, 1)
    code = city.buy()
    city.redeem(code)
    claim = city.claim(code, limits=limits)
    with pytest.raises(Refused, match="QUOTA_EXCEEDED"):
        city.ask(claim)
    city.now = NOW + HOUR
    assert city.ask(claim)["status"] == "taken"


def test_a_claim_told_twice_counts_once_in_the_quota() -> None:
    city, limits = city_with(), Limits(claims_per_hour=2)
    city.now = NOW
    code = city.buy()
    city.redeem(code)
    claim = city.claim(code, limits=limits)
    assert [city.ask(claim)["status"] for _ in range(5)] == ["taken", "known", "known", "known", "known"]
    assert city.state(PartnerHour, "TOKOPEDIA").claims == 1


def test_refused_claims_of_a_proven_platform_use_up_its_quota_and_those_of_nobody_do_not() -> None:
    city, limits = city_with(), Limits(claims_per_hour=3)
    city.now = NOW
    for number in range(3):
        city.ask(RefuseClaim(f"topic/0/{number}", "REDEEM_CODE_UNKNOWN", "TOKOPEDIA", "d" * 64, f"c{number}"))
        city.ask(RefuseClaim(f"topic/0/{number}", "REDEEM_CODE_UNKNOWN", "TOKOPEDIA", "d" * 64, f"c{number}"))
        city.ask(RefuseClaim(f"topic/1/{number}", "SIGNATURE_WRONG", None, "e" * 64))
    assert city.state(PartnerHour, "TOKOPEDIA").claims == 3
    assert len(city.all(RefusedClaim)) == 6
    assert claimed(city, limits, 1) == ["QUOTA_EXCEEDED"]
    assert city.state(PartnerHour, "TOKOPEDIA").claims == 3


@pytest.mark.parametrize("wrong", [0, -1, True, "5", 1.5])
def test_a_limit_is_a_whole_number_of_one_or_more(wrong: Any) -> None:
    for name in ("claims_per_hour", "bytes_per_hour", "unusual_above"):
        with pytest.raises(ValueError, match="whole number"):
            read_partners([{**PLATFORM.row(), name: wrong}])


async def test_a_flood_of_one_platform_neither_delays_nor_loses_a_neighbour_s_claims() -> None:
    """One partition, in order: 190 claims of the flood lie before and between those of the neighbour."""
    log, desk = Log(0), Desk()
    senders = [PLATFORM] * 95 + [OTHER] + [PLATFORM] * 95 + [OTHER] * 9
    for offset, sender in enumerate(senders):
        code = f"CODE-{offset:04d}"
        log.records.append(record(genuine(sender, redeem_code=code), offset=offset))
    taken: dict[str, int] = {}

    def answer(command: Any) -> None:
        partner = getattr(command, "partner_code", None)
        if isinstance(command, RefuseClaim) or partner is None:
            return
        taken[partner] = taken.get(partner, 0) + 1
        if taken[partner] > command.limits.claims_per_hour:
            raise Refused("QUOTA_EXCEEDED")

    desk.answer = answer
    limited = read_partners([{**PLATFORM.row(), "claims_per_hour": 20}, OTHER.row()])
    loop = BorderLoop(Border(PartnerList(limited)), log, MemoryDatabase(MemoryStore()), desk, StillClock())
    assert await loop.step(0)
    assert log.reads == [0]
    assert len(desk.codes) == 20 + 10
    assert desk.reasons == ["QUOTA_EXCEEDED"] * 170
    assert taken["BUKALAPAK"] == 10
    places = [each.place for each in desk.taken if isinstance(each, RefuseClaim)]
    assert len(set(places)) == 170


def test_what_waits_for_an_unusual_rate_is_accepted_by_a_person() -> None:
    city = city_with()
    city.now = NOW
    claimed(city, Limits(unusual_above=1), 1)
    code = city.buy()
    city.redeem(code)
    city.ask(city.claim(code, limits=Limits(unusual_above=1)))
    assert city.person().purchases[0].doubts == (UNUSUAL,)
    number = city.person().purchases[0].certificate_number
    assert number
    city.ask(ReconcileCertificate(ANN, 1, number, "placement-1"))
    assert city.person().purchases[0].certificate_reconciled


def test_of_a_flood_of_refused_claims_so_many_are_kept_and_the_rest_is_counted() -> None:
    city = city_with()
    city.now = NOW
    for number in range(KEPT_PER_HOUR + 10):
        reason = "QUOTA_EXCEEDED" if number % 2 else "BADGE_WRONG"
        city.ask(RefuseClaim(f"topic/0/{number}", reason, "TOKOPEDIA", "d" * 64, f"c{number}"))
    hour = city.state(PartnerHour, "TOKOPEDIA")
    assert (hour.refusals, hour.claims) == (KEPT_PER_HOUR + 10, KEPT_PER_HOUR // 2 + 5)
    assert len(city.all(RefusedClaim)) == KEPT_PER_HOUR
    city.ask(RefuseClaim("topic/0/other", "BADGE_WRONG", "RUANGGURU", "d" * 64, "c0"))
    city.now = NOW + HOUR
    city.ask(RefuseClaim("topic/0/later", "BADGE_WRONG", "TOKOPEDIA", "d" * 64, "c0"))
    assert len(city.all(RefusedClaim)) == KEPT_PER_HOUR + 2, "another platform and another hour have room of their own"
