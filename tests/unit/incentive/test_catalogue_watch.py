"""Platforms' own lists: read every few hours, taken whole or not at all, and never for another platform."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.simulators.catalogues import PlatformLists, build_catalogues, read_lists
from deploy.simulators.claims import new_platforms, partners_file
from services.incentive.adapters.partners import PartnerFile, read_partners
from services.incentive.adapters.platform_catalogue import CatalogueUnusable, HttpCatalogues, identified, read_rows
from services.incentive.catalogue_store import Shelf
from services.incentive.catalogue_watch import CatalogueWatch, platform_timers
from services.incentive.domain.listings import Origin, TakeCourses
from services.incentive.domain.platform_looks import NoteLook, PlatformLook
from services.incentive.reference import SHIPPED
from shared.contracts.decision import Refused
from tests.unit.incentive.builders import SELECTED_AT, reference
from tests.unit.incentive.house import House

NOON = SELECTED_AT
LIST = "http://platform/TOKOPEDIA"


class Town:
    """A house whose partners have catalogues, and the platforms that serve them."""

    def __init__(self, house: House, addresses: dict[str, str]) -> None:
        self.house, self.lists = house, read_lists(SHIPPED / "catalogue.csv")
        rows = json.loads(partners_file(house.platforms))
        for row in rows:
            row["catalogue"] = addresses.get(row["partner_code"], "")
        house.settings.partners_file.write_text(json.dumps(rows))
        transport = httpx.ASGITransport(build_catalogues(self.lists))
        file = PartnerFile(house.settings.partners_file)
        self.watch = CatalogueWatch(reference().catalogue, file, HttpCatalogues(transport))

    async def look(self, hours: float = 0) -> Sequence[Any]:
        """What a round of the timer decides; it is then done."""
        found = await self.watch.due(self.house.service.database, NOON + timedelta(hours=hours))
        self.house.clock.at = NOON + timedelta(hours=hours)
        for command in found:
            await self.house.service.execute(command)
        return found

    def last_look(self, partner_code: str = "TOKOPEDIA") -> dict[str, Any]:
        (found,) = [each for each in self.house.store.documents("catalogue_looks") if each["_id"] == partner_code]
        return dict(found)

    async def sold(self) -> dict[str, int]:
        courses = await Shelf(self.house.service.database, {}).courses()
        return {code: each.price_rupiah for code, each in courses.items()}


async def test_the_catalogue_begins_with_the_file_that_ships_and_only_once(house: House) -> None:
    town = Town(house, {})
    (begun,) = await town.look()
    assert isinstance(begun, TakeCourses)
    assert (begun.edition, begun.origin, len(begun.courses)) == ("shipped", Origin.SHIPPED, 41)
    assert await town.look(hours=7) == ()
    assert len(await town.sold()) == 41


async def test_the_service_looks_at_keys_badges_and_lists_every_half_minute(house: House) -> None:
    watch, catalogue = platform_timers(house.settings.partners_file, reference().catalogue, house.clock)
    assert (watch.name, catalogue.name) == ("partners", "catalogue")
    assert watch.every == catalogue.every == timedelta(seconds=30)
    assert await watch.due(house.service.database, NOON) == []
    (begun,) = await catalogue.due(house.service.database, NOON)
    assert begun.edition == "shipped"


async def test_a_platform_s_list_is_read_every_six_hours_and_what_changed_is_taken(house: House) -> None:
    town = Town(house, {"TOKOPEDIA": LIST})
    await town.look()
    assert await town.look() == [NoteLook("TOKOPEDIA")]
    town.lists.reprice("TOKOPEDIA", "TKP-002", 500_000)
    town.lists.take_off("TOKOPEDIA", "TKP-001")
    assert await town.look(hours=5.9) == ()
    taken, noted = await town.look(hours=6)
    assert [each.course_code for each in taken.courses] == ["TKP-002"]
    assert (taken.gone, taken.origin, taken.name, taken.by) == (("TKP-001",), Origin.PLATFORM, "TOKOPEDIA", "")
    assert noted == NoteLook("TOKOPEDIA")
    sold = await town.sold()
    assert (sold["TKP-002"], "TKP-001" in sold, len(sold)) == (500_000, False, 40)
    assert await town.look(hours=12) == [NoteLook("TOKOPEDIA")]


async def test_a_list_with_one_wrong_row_is_not_taken_and_staff_see_why(house: House) -> None:
    town = Town(house, {"TOKOPEDIA": LIST})
    await town.look()
    town.lists.reprice("TOKOPEDIA", "TKP-002", 1)
    town.lists.reprice("TOKOPEDIA", "TKP-003", 0)
    assert await town.look() == [NoteLook("TOKOPEDIA", "ROWS_WRONG", "TKP-003: harga di luar batas (1 baris)")]
    assert (await town.sold())["TKP-002"] == 450_000
    assert town.last_look()["taken_at"] is None
    auditor = await house.staff("auditor")
    page = (await house.client.get("/incentive/petugas/katalog", headers={**auditor, "Accept": "text/html"})).text
    assert "ada baris yang salah (TKP-003: harga di luar batas (1 baris))" in page
    town.lists.reprice("TOKOPEDIA", "TKP-003", 250_000)
    await town.look(hours=6)
    assert ((await town.sold())["TKP-002"], town.last_look()["fault"]) == (1, "")


async def test_a_list_that_lost_most_of_its_courses_is_taken_for_broken(house: House) -> None:
    town = Town(house, {"TOKOPEDIA": LIST})
    await town.look()
    for code in ("TKP-001", "TKP-002", "TKP-003"):
        town.lists.take_off("TOKOPEDIA", code)
    assert await town.look() == [NoteLook("TOKOPEDIA", "TOO_MANY_GONE", "3 pelatihan akan hilang")]
    assert len(await town.sold()) == 41


async def test_a_platform_cannot_sell_under_another_s_name_or_code(house: House) -> None:
    town = Town(house, {"TOKOPEDIA": "http://platform/SKILLACADEMY"})
    await town.look()
    (noted,) = await town.look()
    assert noted.fault == "ROWS_WRONG"
    assert noted.detail == "SKA-001: kode ini milik platform lain (5 baris)"


async def test_a_platform_that_does_not_answer_holds_up_no_other(house: House) -> None:
    town = Town(house, {"BUKALAPAK": "http://platform/NOBODY", "PINTARIA": "http://platform/PINTARIA"})
    await town.look()
    assert await town.look() == [NoteLook("BUKALAPAK", "AWAY")]
    assert await town.look() == [NoteLook("PINTARIA")]
    assert await town.look() == ()
    house.settings.partners_file.write_text("no file of partners")
    assert await town.look(hours=24) == ()


async def test_a_platform_that_is_not_in_the_catalogue_yet_is_brought_by_staff_first(house: House) -> None:
    house.platforms[:] = [*house.platforms, *new_platforms({"BARU": "BRU"})]
    town = Town(house, {"BARU": "http://platform/BARU"})
    await town.look()
    assert await town.look() == [NoteLook("BARU", "NOT_LISTED")]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"courses": []}',
        b'{"courses": [7]}',
        b'{"courses": [{"hours": 1.5}]}',
        b'{"courses": [{"hours": true}]}',
        b'{"courses": [{"needs": null}]}',
        b'{"courses": ' + b"[" * 100_000,
        b'{"courses": [' + b"{}," * 5_000 + b"{}]}",
    ],
)
def test_what_is_no_list_is_named_so(body: bytes) -> None:
    with pytest.raises(CatalogueUnusable) as unusable:
        read_rows(body)
    assert unusable.value.fault == "NOT_A_CATALOGUE"


async def test_a_list_is_read_up_to_its_limit_and_no_redirection_is_followed() -> None:
    answers = {
        "/large": httpx.Response(200, content=b" " * (4 * 2**20 + 1)),
        "/moved": httpx.Response(302, headers={"location": "http://platform/fine"}),
        "/fine": httpx.Response(200, json={"courses": [{"hours": 7}]}),
    }
    catalogues = HttpCatalogues(httpx.MockTransport(lambda request: answers[request.url.path]))
    assert await catalogues.rows("http://platform/fine") == [{"hours": "7"}]
    for address, fault in (("/large", "TOO_LARGE"), ("/moved", "AWAY")):
        with pytest.raises(CatalogueUnusable, match=fault):
            await catalogues.rows(f"http://platform{address}")
    with pytest.raises(CatalogueUnusable, match="AWAY"):
        await catalogues.rows("http://platform:no-port/")


def test_a_list_is_read_under_the_identity_that_the_office_knows() -> None:
    one = reference().catalogue["TKP-001"]
    rows = identified([{"course_code": "X", "platform": "Bukalapak", "certificate_prefix": "BKL"}], one)
    assert rows == [
        {"course_code": "X", "platform_code": "TOKOPEDIA", "platform": "Tokopedia", "certificate_prefix": "TKP"}
    ]


def test_the_address_of_a_list_is_an_address() -> None:
    row = json.loads(partners_file(new_platforms({"BARU": "BRU"})))[0]
    assert read_partners([row])[0].catalogue == ""
    assert read_partners([{**row, "catalogue": LIST}])[0].catalogue == LIST
    with pytest.raises(ValueError, match="catalogue"):
        read_partners([{**row, "catalogue": "file:///etc/passwd"}])


async def test_a_last_good_reading_is_remembered_beside_a_fault(house: House) -> None:
    for command in (NoteLook("A"), NoteLook("A", "AWAY")):
        await house.service.execute(command)
    (look,) = house.store.documents("catalogue_looks")
    assert (look["fault"], look["taken_at"]) == ("AWAY", NOON)
    assert PlatformLook("A", NOON).id == "A"


async def test_the_shelf_tells_what_is_unknown_from_what_is_withdrawn(house: House, tmp_path: Path) -> None:
    shelf = Shelf(house.service.database, reference().catalogue)
    assert (await shelf.course("TKP-001")).hours == 12
    with pytest.raises(Refused, match="COURSE_UNKNOWN"):
        await shelf.course("X")
    first = replace(reference().catalogue["TKP-001"], hours=5)
    await house.service.execute(TakeCourses("e1", Origin.FILE, "x", "s", 1, 1, (first,)))
    assert (await shelf.course("TKP-001")).hours == 5
    await house.service.execute(TakeCourses("e2", Origin.FILE, "x", "s", 1, 1, (), ("TKP-001",)))
    with pytest.raises(Refused, match="COURSE_WITHDRAWN"):
        await shelf.course("TKP-001")
    assert await shelf.platforms() == {"TOKOPEDIA": "Tokopedia"}


def test_the_simulated_platforms_list_what_the_file_has() -> None:
    lists = read_lists(SHIPPED / "catalogue.csv")
    assert {code: len(lists.courses(code) or ()) for code in ("TOKOPEDIA", "SISNAKER")} == {
        "TOKOPEDIA": 5,
        "SISNAKER": 6,
    }
    assert PlatformLists([]).courses("TOKOPEDIA") is None
