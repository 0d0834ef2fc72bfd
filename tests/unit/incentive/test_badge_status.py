"""Withdrawn badges: a signed list, stored and read offline; what it says later holds what was taken before."""

from __future__ import annotations

import base64
import gzip
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.simulators import badges as issuing
from deploy.simulators.badges import as_token, list_document
from services.incentive.adapters.border import Border, ClaimAccepted
from services.incentive.adapters.claim_body import NotBelieved
from services.incentive.adapters.partners import PartnerFile, read_partners, status_list_path
from services.incentive.adapters.status_lists import MOST_BYTES, status_list_of
from services.incentive.domain.certificates import Certificate
from services.incentive.domain.doubts import STATUS_UNKNOWN, WITHDRAWN
from services.incentive.domain.reviews import ReviewCourse
from services.incentive.partner_watch import PartnerWatch
from shared.engine.ports import Insert, Put
from tests.fakes import MemoryDatabase, MemoryStore
from tests.unit.incentive.badges import EMPTY, KEY, SCENE, judged, reason, stored, trusting
from tests.unit.incentive.builders import ANN
from tests.unit.incentive.city import City, city_with
from tests.unit.incentive.claim_log import StillClock
from tests.unit.incentive.claims import NOW, OTHER, PLATFORM


def test_a_withdrawn_badge_is_refused() -> None:
    withdrawn = list_document("tokopedia", NOW, (7,))
    for raw in (stored(withdrawn), as_token(KEY, withdrawn).encode()):
        assert reason(SCENE.genuine("jwt"), trusting(raw)) == "BADGE_WITHDRAWN"
    neighbours = list_document("tokopedia", NOW, (6, 8, 0, 131_071))
    assert isinstance(judged(SCENE.genuine("jwt"), trusting(stored(neighbours))), ClaimAccepted)


def with_list(**fields: Any) -> dict[str, Any]:
    document = list_document("tokopedia", NOW, ())
    return {**document, "credentialSubject": {**document["credentialSubject"], **fields}}


def packed(raw: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(gzip.compress(raw, mtime=0)).decode().rstrip("=")


UNUSABLE: dict[str, tuple[str, bytes]] = {
    "BADGE_SIGNATURE_WRONG": ("changed", json.dumps({**json.loads(EMPTY), "name": "x"}).encode()),
    "BADGE_KEY_UNKNOWN": ("stranger", stored(list_document("tokopedia", NOW, ()), Ed25519PrivateKey.generate())),
    "BADGE_PROOF_MISSING": ("unsigned", json.dumps(list_document("tokopedia", NOW, ())).encode()),
    "BADGE_NOT_YET_VALID": ("tomorrow", stored(list_document("tokopedia", NOW + timedelta(days=1), ()))),
    "STATUS_LIST_OF_OTHER": ("other", stored({**with_list(), "id": "https://badges.tokopedia.example/status/2"})),
    "STATUS_LIST_KIND_WRONG": ("suspension", stored(with_list(statusPurpose="suspension"))),
    "STATUS_LIST_UNREADABLE": ("no gzip", stored(with_list(encodedList="uAAAA"))),
    "STATUS_LIST_TOO_SHORT": ("short", stored(with_list(encodedList=packed(bytes(16_383))))),
    "STATUS_LIST_TOO_LARGE": ("bomb", stored(with_list(encodedList=packed(bytes(MOST_BYTES + 1))))),
    "NOT_JSON": ("cut", EMPTY[:-2]),
}


@pytest.mark.parametrize("expected", sorted(UNUSABLE))
def test_a_list_that_is_not_the_platform_s_own_is_named_and_badges_wait(expected: str) -> None:
    _, raw = UNUSABLE[expected]
    agreed = read_partners([PLATFORM.row()])[0].badges
    assert agreed is not None
    with pytest.raises(NotBelieved, match=expected):
        status_list_of(agreed, raw, NOW)
    found = judged(SCENE.genuine("jwt"), trusting(raw))
    assert isinstance(found, ClaimAccepted)
    assert found.command.doubts == (STATUS_UNKNOWN,)


@pytest.mark.parametrize(("days", "doubts"), [(7, ()), (7.01, (STATUS_UNKNOWN,))])
def test_badges_wait_when_the_list_is_missing_or_too_old(days: float, doubts: tuple[str, ...]) -> None:
    old = stored(list_document("tokopedia", NOW - timedelta(days=days), ()))
    found = judged(SCENE.genuine("jwt"), trusting(old))
    assert isinstance(found, ClaimAccepted)
    assert found.command.doubts == doubts
    missing = judged(SCENE.genuine("jwt"), trusting(None))
    assert isinstance(missing, ClaimAccepted)
    assert missing.command.doubts == (STATUS_UNKNOWN,)


def test_a_simulated_list_is_as_long_as_the_standard_asks() -> None:
    document = list_document("tokopedia", NOW, (0, 9))
    raw = document["credentialSubject"]["encodedList"][1:]
    bits = gzip.decompress(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)))
    assert len(bits) == issuing.LIST_BITS // 8
    assert bits[:2] == b"\x80\x40"


# ---- a list that comes later


class Shelf:
    """The files of partners as the service reads them, with a list that can be replaced."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "partners.json"
        self.path.write_text(json.dumps([PLATFORM.row(), OTHER.row()]))
        self.watch = PartnerWatch(PartnerFile(self.path), StillClock())
        self.database = MemoryDatabase(MemoryStore())

    def put(self, withdrawn: tuple[int, ...], days_old: float = 0) -> None:
        made_at = NOW - timedelta(days=days_old)
        target = status_list_path(self.path, "TOKOPEDIA")
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(stored(list_document("tokopedia", made_at, withdrawn)))

    async def keep(self, city: City) -> None:
        """The city's certificates as the database holds them."""
        for each in city.all(Certificate):
            values = {name: getattr(each, name) for name in each.__dataclass_fields__}
            old = await self.database.get("certificates", each.id)
            write = Put if old else Insert
            await self.database.write([write("certificates", {"_id": each.id, **values})])

    async def look(self, city: City) -> int:
        """One round of the watch, with what follows from it; returns how much was found."""
        await self.keep(city)
        found = await self.watch.due(self.database, NOW)
        for command in found:
            city.ask(command)
        return len(found)


def finished(border: Border) -> City:
    """Ann finished with a badge, reviewed, and has an account."""
    city = city_with()
    city.redeem(city.buy())
    city.now = NOW
    found = judged(SCENE.genuine("jwt"), border)
    assert isinstance(found, ClaimAccepted)
    city.ask(found.command)
    city.ask(ReviewCourse(ANN, 1, 5))
    city.bank_says(city.link())
    return city


async def test_a_badge_withdrawn_after_it_was_taken_holds_the_money_that_is_owed(tmp_path: Path) -> None:
    shelf, city = Shelf(tmp_path), finished(trusting())
    shelf.put((6,))
    assert await shelf.look(city) == 0
    assert city.person().ready_on is not None
    shelf.put((6, 7))
    assert await shelf.look(city) == 1
    assert city.person().purchases[0].doubts == (WITHDRAWN,)
    assert city.person().ready_on is None
    assert city.batch(until=city.entitlement().due_on).lines == 0
    assert await shelf.look(city) == 0
    city.check_money()


async def test_a_badge_that_only_waits_for_a_list_is_let_go_by_a_fresh_one(tmp_path: Path) -> None:
    shelf, city = Shelf(tmp_path), finished(trusting(None))
    assert city.person().purchases[0].doubts == (STATUS_UNKNOWN,)
    assert city.person().ready_on is None
    assert await shelf.look(city) == 0
    shelf.put((), days_old=8)
    assert await shelf.look(city) == 0
    shelf.put(())
    assert await shelf.look(city) == 1
    assert city.person().purchases[0].doubts == ()
    assert city.person().ready_on is not None
    assert await shelf.look(city) == 0


async def test_a_badge_that_waits_and_is_found_withdrawn_stays_held_by_both_doubts(tmp_path: Path) -> None:
    shelf, city = Shelf(tmp_path), finished(trusting(None))
    shelf.put((7,))
    assert await shelf.look(city) == 1
    assert city.person().purchases[0].doubts == (STATUS_UNKNOWN, WITHDRAWN)
    shelf.put(())
    assert await shelf.look(city) == 0, "a withdrawn badge stays withdrawn until a person has looked"


LIST_PLACES = ("type", "id", "issuer", "validFrom", "credentialSubject", "@context")


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(LIST_PLACES), st.none() | st.integers() | st.text(max_size=5) | st.just([]) | st.just({}))
def test_any_signed_list_leaves_the_border_standing(place: str, value: Any) -> None:
    """The file is the platform's; whatever it holds, a claim gets its answer."""
    raw = as_token(KEY, {**list_document("tokopedia", NOW, ()), place: value}).encode()
    assert isinstance(judged(SCENE.genuine("jwt"), trusting(raw)), ClaimAccepted)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=100).map(lambda text: json.dumps({"proof": text}).encode()))
def test_any_file_for_a_list_leaves_the_border_standing(raw: bytes) -> None:
    found = judged(SCENE.genuine("jcs"), trusting(raw or b" "))
    assert isinstance(found, ClaimAccepted)
    assert found.command.doubts == (STATUS_UNKNOWN,)
