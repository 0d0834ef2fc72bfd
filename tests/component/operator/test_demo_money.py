"""What the demo plants about money is found at incentive's real door; and whatever is missing is a mismatch."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI

from deploy.demo import catalogues, clawbacks, statements
from deploy.demo.found import Explained, Found, Owed, Shelf, Stated
from deploy.demo.months import roles
from deploy.demo.office import Office
from deploy.demo.sheets import FULL_ROWS, PLAN, City
from deploy.demo.summary import mismatches
from deploy.simulators.catalogues import build_catalogues, read_lists
from deploy.simulators.claims import new_platforms, partners_file
from services.incentive.adapters.partners import PartnerFile
from services.incentive.adapters.platform_catalogue import HttpCatalogues
from services.incentive.catalogue_watch import CatalogueWatch
from services.incentive.domain.days import WIB
from services.incentive.reference import SHIPPED
from tests.component.operator.demo_money_office import IncentiveOffice
from tests.unit.incentive.builders import ineligible, reference
from tests.unit.incentive.house import ANN, House, open_house
from tests.unit.incentive.steps import bought, platform_of, select, simulator

FIRST_DUE = date(2020, 9, 10)
AT_ONCE, BY_INSTALMENTS, LAPSES = clawbacks.ENDS


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async for opened in open_house(tmp_path):
        yield opened


async def owes(house: House, way: str) -> tuple[Office, Found]:
    """Ann's course of 450,000 rupiah is to be repaid, and she does so in this way."""
    await select(house)
    await simulator(house).redeem(platform_of(house), await bought(house))
    await house.hear(ineligible(ANN))
    await house.until(lambda person: person.debt)
    found = Found(owed=Owed(ways={ANN: way}, foreseen=1))
    return cast(Office, IncentiveOffice(house)), found


def at(month: int, day: int) -> datetime:
    return datetime(2020, month, day, 9, tzinfo=WIB)


async def test_who_repays_at_once_and_who_keeps_a_plan_owe_nothing_in_the_end(house: House) -> None:
    office, found = await owes(house, BY_INSTALMENTS)
    await clawbacks.claim(office, found, FIRST_DUE)
    for number, month in ((1, 9), (2, 10), (3, 11)):
        house.clock.at = at(month, 9)
        await clawbacks.instalment(office, found, number)
    await clawbacks.look(office, found)
    assert mismatches(clawbacks.compared(found)) == []
    assert (found.owed.letters, found.owed.left_rupiah) == (2, 0)
    assert [each.signed_rupiah for each in found.statement.planted.values()] == [150_000] * 3


async def test_who_repays_at_once_gets_one_letter(house: House) -> None:
    office, found = await owes(house, AT_ONCE)
    await clawbacks.claim(office, found, FIRST_DUE)
    await clawbacks.look(office, found)
    assert mismatches(clawbacks.compared(found)) == []
    assert (found.owed.letters, found.owed.left_rupiah, found.owed.claimed_rupiah) == (1, 0, {ANN: 450_000})


async def test_a_plan_that_lapses_ends_with_the_letter_about_a_suit_and_the_debt_stays(house: House) -> None:
    office, found = await owes(house, LAPSES)
    await clawbacks.claim(office, found, FIRST_DUE)
    house.clock.at = at(9, 20)
    await house.until(lambda person: person.debt_state == "open")
    house.clock.at = at(10, 20)
    await house.until(lambda person: person.debt_state == "overdue")
    await clawbacks.look(office, found)
    assert mismatches(clawbacks.compared(found)) == []
    assert (found.owed.letters, found.owed.left_rupiah) == (4, 450_000)


async def test_a_plan_that_nobody_keeps_is_a_mismatch_where_it_should_have_been_kept(house: House) -> None:
    office, found = await owes(house, BY_INSTALMENTS)
    await clawbacks.claim(office, found, FIRST_DUE)
    await clawbacks.look(office, found)
    assert mismatches(clawbacks.compared(found)) == [
        "repaid by instalments that two people agreed: planted 1, found 0",
        "rupiah still to be repaid: planted 0, found 450000",
    ]


async def test_lines_that_nothing_explains_stand_in_the_queue_until_two_people_explained_them(house: House) -> None:
    office, found = cast(Office, IncentiveOffice(house)), Found()
    city = City(first=[[]] * FULL_ROWS)
    await statements.plant(office, city, found)
    house.clock.at += timedelta(days=40, hours=5)
    await statements.compare(office, found)
    await statements.explain(office, found)
    assert mismatches(statements.compared(found, 0)) == []
    seen = found.statement
    assert (seen.aged, seen.explained, seen.oldest_days, seen.open_rupiah) == (6, 6, 40, (500_000, 150_000))
    lines = house.store.documents("statement_lines")
    assert {(each["by"], each["checked_by"]) for each in lines} == {("secretariat", "approver")}
    assert Counter(each["kind"] for each in lines) == {"other": 4, "fee": 2}


async def test_a_line_that_nobody_planted_is_a_mismatch(house: House) -> None:
    office, found = cast(Office, IncentiveOffice(house)), Found()
    await statements.comes_in(office, found, 125_000, "NK-001", "Salah transfer")
    house.bank.receive(5, "Setoran lain")
    await statements.compare(office, found)
    await statements.explain(office, found)
    assert mismatches(statements.compared(found, 600_000)) == [
        "unexplained lines that nobody planted: planted 0, found 1",
        "unexplained rupiah that came in: planted 125000, found 125005",
        "lines left in the queue: planted 0, found 1",
        "rupiah that left by the statement: planted 600000, found 0",
    ]


async def test_a_line_of_other_rupiah_than_planted_is_not_explained(house: House) -> None:
    office, found = cast(Office, IncentiveOffice(house)), Found()
    await statements.comes_in(office, found, 125_000, "NK-001", "Salah transfer")
    planted = found.statement.planted
    found.statement.planted = {each: replace(why, signed_rupiah=-125_000) for each, why in planted.items()}
    await statements.compare(office, found)
    await statements.explain(office, found)
    assert (found.statement.explained, found.statement.others, found.statement.left) == (0, 1, 1)


async def test_a_price_and_a_course_that_a_platform_changes_are_found_with_the_price_history(house: House) -> None:
    lists, found = read_lists(SHIPPED / "catalogue.csv"), Found()
    office = cast(Office, IncentiveOffice(house, lists))
    platforms = catalogues.with_lists(house.platforms, "http://outside")
    house.settings.partners_file.write_text(partners_file(platforms))
    http = HttpCatalogues(httpx.ASGITransport(mounted(build_catalogues(lists))))
    watch = CatalogueWatch(reference().catalogue, PartnerFile(house.settings.partners_file), http)
    await read(house, watch)
    await catalogues.change(office, found)
    await read(house, watch)
    await catalogues.look(office, found)
    assert mismatches(catalogues.compared(found)) == []
    assert found.shelf == Shelf(before={"TKP-001": 320_000, "TKP-002": 450_000}, sold_before=5, **AS_PLANTED)


AS_PLANTED = {"repriced": 2, "histories": 2, "new": 1, "sold": 6}


def mounted(app: Any) -> Any:
    """The lists below /catalogues, where the simulators have them."""
    outside = FastAPI()
    outside.mount("/catalogues", app)
    return outside


async def read(house: House, watch: CatalogueWatch) -> None:
    """One round of the timer."""
    for command in await watch.due(house.service.database, house.clock.now()):
        await house.service.execute(command)


# ---- the comparison can fail


def test_each_figure_of_the_clawbacks_that_is_missing_is_a_mismatch() -> None:
    ways = {"a": AT_ONCE, "b": BY_INSTALMENTS, "c": LAPSES}
    claimed = dict.fromkeys(ways, 5)
    right = Owed(ways, 3, 0, claimed, Counter(ways.values()), 7, 5)
    assert mismatches(clawbacks.compared(Found(owed=right))) == []
    wrong = Owed(ways, 2, 1, {**claimed, "a": 0}, Counter({AT_ONCE: 1}), 6, 4)
    assert mismatches(clawbacks.compared(Found(owed=wrong))) == [
        "no longer eligible after the first payment, foreseen: planted 3, found 2",
        "others whom that list would change: planted 0, found 1",
        "owe what they received: planted 3, found 2",
        "repaid by instalments that two people agreed: planted 1, found 0",
        "let their plan lapse, a damages suit announced: planted 1, found 0",
        "letters about debts, to be printed: planted 7, found 6",
        "rupiah still to be repaid: planted 5, found 4",
    ]


def test_each_figure_of_the_statement_that_is_missing_is_a_mismatch() -> None:
    planted = {"1": Explained("other", "A", "salah", 5), "2": Explained("fee", "B", "biaya", -3)}
    right = Stated(
        planted, aged=2, open_rupiah=(5, 3), planted_days=9, oldest_days=9, explained=2, left=0, out_rupiah=10
    )
    assert mismatches(statements.compared(Found(statement=right), 7)) == []
    assert mismatches(statements.compared(Found(statement=Stated(planted)), 7)) == [
        "statement lines that nothing explained: planted 2, found 0",
        "unexplained rupiah that came in: planted 5, found 0",
        "unexplained rupiah that left: planted 3, found 0",
        "days that the oldest line had waited: planted 0, found -1",
        "lines explained by two people: planted 2, found 0",
        "lines left in the queue: planted 0, found -1",
        "rupiah that left by the statement: planted 10, found 0",
    ]


def test_a_list_of_courses_that_was_not_read_is_a_mismatch() -> None:
    assert mismatches(catalogues.compared(Found(shelf=Shelf(sold_before=5, sold=5)))) == [
        "prices changed in a platform's own list: planted 2, found 0",
        "price histories with both prices: planted 2, found 0",
        "courses new in a platform's own list: planted 1, found 0",
        "courses of that platform: planted 6, found 5",
    ]


@pytest.mark.parametrize(("rows", "debtors"), [(60, 3), (150, 3), (FULL_ROWS, 6)])
def test_every_way_of_repaying_has_somebody_in_a_city_of_any_size(rows: int, debtors: int) -> None:
    parts = roles(rows)
    cast_ = Counter(next(parts) for _ in range(PLAN["least_seats"]))
    ways = {way: cast_[way] for way in clawbacks.ENDS}
    assert (min(ways.values()), sum(ways.values())) == (1, debtors)
    assert cast_["well"] > 0


async def test_a_new_course_in_a_platform_s_list_changes_as_the_others_do() -> None:
    lists = read_lists(SHIPPED / "catalogue.csv")
    http = httpx.AsyncClient(transport=httpx.ASGITransport(build_catalogues(lists)), base_url="http://platforms")
    listed = (await http.get("/TOKOPEDIA")).json()["courses"][0]
    await http.post("/TOKOPEDIA", json={**listed, "course_code": "TKP-101"})
    await http.put("/TOKOPEDIA/TKP-101", json={"price_rupiah": 5})
    assert [each["price_rupiah"] for each in (await http.get("/TOKOPEDIA")).json()["courses"]][5:] == [5]
    await http.delete("/TOKOPEDIA/TKP-101")
    assert len((await http.get("/TOKOPEDIA")).json()["courses"]) == 5


def test_only_the_platform_of_the_plan_has_a_list_of_its_own() -> None:
    platforms = catalogues.with_lists(new_platforms({"TOKOPEDIA": "TKP", "PINTARIA": "PTR"}), "http://outside")
    assert [each.catalogue for each in platforms] == ["http://outside/catalogues/TOKOPEDIA", ""]
