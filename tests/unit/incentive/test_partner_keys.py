"""The life of a key: two count while it changes, a revoked one counts no more, and what it signed before waits."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.simulators.base58 import encoded, multibase_key
from deploy.simulators.claims import Platform, make_claim
from services.incentive.adapters.border import Border, ClaimAccepted
from services.incentive.adapters.partner_keys import base58_decoded, base58_encoded, read_keys
from services.incentive.adapters.partners import PartnerFile, PartnerList, read_partners
from services.incentive.border import BorderLoop
from services.incentive.domain.completion import ClaimSeen, ReconcileCertificate
from services.incentive.domain.doubts import KEY_STOLEN, SIGNED_BEFORE_REVOCATION, RejectCompletion
from services.incentive.domain.later_findings import DoubtClaim
from services.incentive.domain.reviews import ReviewCourse
from services.incentive.partner_watch import PartnerWatch
from shared.contracts.decision import Refused
from shared.contracts.incentive import CompletionRejected, IncentiveDue
from shared.engine.ports import Insert
from tests.fakes import MemoryDatabase, MemoryStore
from tests.unit.incentive.builders import ANN, COURSE
from tests.unit.incentive.city import City, city_with
from tests.unit.incentive.claim_log import Desk, Log, StillClock
from tests.unit.incentive.claims import NOW, PLATFORM, genuine, record

NEW = replace(PLATFORM, key=Ed25519PrivateKey.generate())


def key_row(platform: Platform, revoked_at: datetime | None = None, status: str = "active") -> dict[str, Any]:
    row = {"public_key": platform.public_key(), "status": "revoked" if revoked_at else status}
    return {**row, "revoked_at": revoked_at.isoformat()} if revoked_at else row


def judge(*keys: dict[str, Any], claim: Any = None) -> Any:
    border = Border(PartnerList(read_partners([{**PLATFORM.row(), "keys": list(keys)}])))
    return border.judge(record(claim or genuine()), NOW)


def test_a_third_active_key_is_not_read() -> None:
    third = replace(PLATFORM, key=Ed25519PrivateKey.generate())
    rows = [key_row(each) for each in (PLATFORM, NEW, third)]
    assert len(read_keys(rows[:2])) == 2
    with pytest.raises(ValueError, match="at most 2"):
        read_keys(rows)
    assert len(read_keys([key_row(PLATFORM, NOW), *rows[1:]])) == 3


@pytest.mark.parametrize("status", ["Active", "", "asleep"])
def test_a_key_is_active_or_revoked(status: str) -> None:
    with pytest.raises(ValueError, match="active or revoked"):
        read_keys([key_row(PLATFORM, status=status)])


@pytest.mark.parametrize("at", ["2020-08-20T03:00:00", "soon", 5])
def test_a_revocation_has_an_instant_with_a_time_zone(at: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        read_keys([{**key_row(PLATFORM, status="revoked"), "revoked_at": at}])


@pytest.mark.parametrize("raw", [b"", b"\0", b"\0\0\1", bytes(range(64)), b"\xff" * 34])
def test_two_ways_of_counting_in_base58_agree(raw: bytes) -> None:
    assert base58_encoded(raw) == encoded(raw)
    assert base58_decoded(encoded(raw)) == raw


@pytest.mark.parametrize("text", ["0", "O", "I", "l", "1 1", "1" * 129])
def test_what_is_no_base58_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        base58_decoded(text)


def test_a_key_may_stand_in_either_form() -> None:
    (one, two) = read_keys(
        [key_row(PLATFORM), {"public_key": multibase_key(PLATFORM.key), "status": "revoked"}],
    )
    assert one.multibase == two.multibase


def test_what_a_key_signed_before_its_revocation_is_taken_with_a_doubt_and_later_ones_are_not() -> None:
    before = judge(key_row(PLATFORM, NOW + timedelta(seconds=1)))
    assert isinstance(before, ClaimAccepted)
    assert before.command.doubts == (SIGNED_BEFORE_REVOCATION,)
    assert judge(key_row(PLATFORM, NOW)).reason == "KEY_REVOKED"
    assert judge(key_row(PLATFORM, status="revoked")).reason == "KEY_REVOKED"
    both = judge(key_row(PLATFORM), key_row(NEW, NOW))
    assert isinstance(both, ClaimAccepted)
    assert both.command.doubts == ()


async def test_a_revocation_counts_from_the_next_claim_on_without_a_restart(tmp_path: Path) -> None:
    """Virtual time: the border sleeps half a second when it has nothing to do, and no claim lies between."""
    path = tmp_path / "partners.json"
    path.write_text(json.dumps([PLATFORM.row()]))
    log, desk = Log(2), Desk()
    loop = BorderLoop(Border(PartnerFile(path)), log, MemoryDatabase(MemoryStore()), desk, StillClock())
    assert await loop.step(0)
    assert desk.codes == ["CODE-0000", "CODE-0001"]
    path.write_text(json.dumps([{**PLATFORM.row(), "keys": [key_row(PLATFORM, NOW), key_row(NEW)]}]))
    log.records.append(record(genuine(redeem_code="CODE-0002"), offset=2))
    log.records.append(record(genuine(NEW, redeem_code="CODE-0003"), offset=3))
    assert await loop.step(0)
    assert desk.codes == ["CODE-0000", "CODE-0001", "CODE-0003"]
    assert desk.reasons == ["KEY_REVOKED"]


# ---- what a doubt does


def doubted() -> City:
    """Ann finished, reviewed and has an account; her completion was signed before a revocation."""
    city = city_with()
    code = city.buy()
    city.redeem(code)
    city.ask(city.claim(code, doubts=(SIGNED_BEFORE_REVOCATION,)))
    city.ask(ReviewCourse(ANN, 1, 5))
    city.bank_says(city.link())
    return city


def test_a_doubted_completion_is_recorded_and_no_money_moves_until_a_person_accepts_it() -> None:
    city = doubted()
    person = city.person()
    assert person.purchases[0].finished_on is not None
    assert person.unmatched
    city.pass_days(60)
    assert city.told(IncentiveDue) == []
    assert city.person().late_cause == "CERT_NOT_RECONCILED"
    assert city.batch().lines == 0
    number = city.person().purchases[0].certificate_number
    assert number
    city.ask(ReconcileCertificate(ANN, 1, number, "placement-1"))
    assert city.person().purchases[0].doubts == ()
    assert [each.number for each in city.told(IncentiveDue)] == [1, 2]
    city.check_money()


def test_a_person_may_find_that_a_doubted_completion_is_none_and_a_true_one_may_follow() -> None:
    city = doubted()
    city.ask(RejectCompletion(ANN, 1, "placement-1", "Platform menjawab bahwa laporan itu bukan darinya."))
    person = city.person()
    (told,) = city.told(CompletionRejected)
    assert (told.course_code, told.doubts, told.completions_left) == ("TKP-002", (SIGNED_BEFORE_REVOCATION,), 0)
    assert told.reason_text == "Platform menjawab bahwa laporan itu bukan darinya."
    assert told.rejected_at == city.now
    assert (person.purchases[0].finished_on, person.purchases[0].certificate_number) == (None, None)
    assert person.entitlements == ()
    city.pass_days(3)
    city.ask(city.claim(person.purchases[0].redeem_code))
    assert city.person().purchases[0].certificate_reconciled
    assert len(city.person().entitlements) == 4


def test_only_doubted_completions_can_be_rejected() -> None:
    city = city_with()
    city.ready()
    for number in (1, 2):
        with pytest.raises(Refused, match="COMPLETION_NOT_DOUBTED"):
            city.ask(RejectCompletion(ANN, number, "placement-1", "salah"))
    assert city.told(CompletionRejected) == []


def test_a_second_claim_by_an_active_key_does_not_take_the_doubt_away() -> None:
    city = city_with()
    code = city.buy()
    city.redeem(code)
    city.ask(city.claim(code, certificate_number=None, doubts=(SIGNED_BEFORE_REVOCATION,)))
    city.ask(city.claim(code))
    assert not city.person().purchases[0].certificate_reconciled


def test_a_doubted_claim_cannot_hold_up_a_completion_that_stands() -> None:
    """Else a stolen key could stop everybody's money by claiming again what is known."""
    city = city_with()
    city.ready()
    number = city.person().purchases[0].certificate_number
    redeem_code = city.person().purchases[0].redeem_code
    city.ask(city.claim(redeem_code, certificate_number=number, doubts=(SIGNED_BEFORE_REVOCATION,)))
    assert city.person().purchases[0].doubts == ()
    assert city.batch(until=city.person().entitlements[0].due_on).lines == 1


# ---- a key that was stolen before anybody noticed


def test_a_key_found_to_be_stolen_earlier_holds_money_that_was_owed_already_and_listed() -> None:
    city = city_with()
    city.ready()
    city.fund()
    (seen,) = city.all(ClaimSeen)
    batch = city.batch(until=city.entitlement().due_on)
    assert batch.lines == 1
    city.ask(DoubtClaim(seen.claim_key))
    assert city.person().purchases[0].doubts == (KEY_STOLEN,)
    assert city.approve(batch) == []
    assert city.person().ready_on is None
    city.ask(DoubtClaim(seen.claim_key))
    city.check_money()


async def test_the_watch_finds_claims_signed_after_the_instant_from_which_their_key_is_revoked(tmp_path: Path) -> None:
    path, store = tmp_path / "partners.json", MemoryStore()
    database = MemoryDatabase(store)
    key = multibase_key(PLATFORM.key)
    await database.write([_seen(f"TOKOPEDIA/c{hour}", key, NOW + timedelta(hours=hour)) for hour in range(4)])
    await database.write([_seen("BUKALAPAK/c9", key, NOW + timedelta(hours=3))])
    path.write_text(json.dumps([{**PLATFORM.row(), "keys": [key_row(PLATFORM, NOW + timedelta(hours=2))]}]))
    watch = PartnerWatch(PartnerFile(path), StillClock())
    assert await watch.due(database, NOW) == [DoubtClaim("TOKOPEDIA/c2"), DoubtClaim("TOKOPEDIA/c3")]
    path.write_text(json.dumps([PLATFORM.row()]))
    assert await watch.due(database, NOW) == []
    path.unlink()
    assert await watch.due(database, NOW) == []


def _seen(id: str, key: str, at: datetime) -> Any:
    claim = {"claim_key": id, "digest": "d", "applicant_id": ANN, "purchase_number": 1, "key": key}
    return Insert("partner_claims", {"_id": id, **claim, "signed_at": at, "doubted": False})


def test_a_claim_says_which_key_signed_it() -> None:
    claim = make_claim(
        PLATFORM,
        NOW,
        "c1",
        {"redeem_code": "CODE-0001", "course_code": COURSE, "finished_on": NOW.date(), "certificate_number": None},
    )
    found = judge(key_row(PLATFORM), claim=claim)
    assert (found.command.key, found.command.signed_at) == (multibase_key(PLATFORM.key), NOW)
