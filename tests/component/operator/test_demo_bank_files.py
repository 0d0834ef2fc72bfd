"""The demo's second bank: what the office is told of it, whose orders it gets, and what it says of its books."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from deploy.demo import bank_files
from deploy.demo.found import Files, Found
from deploy.demo.months import Part, with_other_bank
from deploy.demo.office import Office
from deploy.demo.people import Person
from deploy.demo.story import wib
from deploy.demo.summary import mismatches
from deploy.simulators.bank import Bank, Booking
from deploy.simulators.bank_http import build_bank
from deploy.simulators.file_bank import FileDesk
from services.incentive.adapters.bank_files import read_bank_file
from services.incentive.domain.bank_days import next_opening
from services.incentive.domain.rules import RuleBook
from services.incentive.reference import read_reference
from tests.unit.incentive.bank import NOW, Clock
from tests.unit.incentive.files import file_world, paying


def test_the_bank_s_file_is_one_that_the_service_reads_and_says_when_it_is_open(tmp_path: Path) -> None:
    told = bank_files.settings(tmp_path)
    (path,) = Path(told["BANKS_DIRECTORY"]).glob("*.json")
    file = read_bank_file(path)
    assert (path.stem, file.pays, file.calendar) == ("bank-berkas", {"OVO"}, bank_files.CALENDAR)
    assert (str(file.folder), file.account.number) == (told["BANK_FILES_FOLDER"], told["BANK_FILES_ACCOUNT"])
    rules: RuleBook = read_reference().desk.rules
    assert "OVO" in rules["prakerja-2020"].payment_partners


@pytest.mark.parametrize(
    ("approved", "opens"),
    [
        (wib(2020, 5, 9, 9), wib(2020, 5, 11, 0)),  # a Saturday
        (wib(2020, 6, 9, 9), wib(2020, 6, 9, 9)),
        (wib(2020, 6, 9, 15), wib(2020, 6, 10, 0)),  # after the cut-off
        (wib(2020, 7, 9, 9), wib(2020, 7, 10, 0)),  # a holiday
    ],
)
def test_two_of_the_three_lists_are_approved_while_the_bank_is_closed(approved: datetime, opens: datetime) -> None:
    assert next_opening(approved, bank_files.CALENDAR) == opens


async def test_the_bank_takes_each_file_once_and_its_books_count_with_those_of_the_other(tmp_path: Path) -> None:
    world, other = file_world(tmp_path / "files", expected=2), Bank(Clock())
    other.ledger.append(Booking("X", "paid", 50_000, NOW))
    http = httpx.AsyncClient(transport=httpx.ASGITransport(build_bank(other, world.desk)), base_url="http://bank")
    for number in (1, 2):
        await world.client.pay(paying(number))
    assert (await http.get("/simulator/waiting")).json() == {"acts": 1}
    assert (await http.get("/simulator/files")).json() == {"files": 0, "orders": 0}
    await world.desk.run()
    assert (await http.get("/simulator/waiting")).json() == {"acts": 0}
    assert (await http.get("/simulator/files")).json() == {"files": 1, "orders": 2}
    assert (await http.get("/simulator/books")).json()["paid_rupiah"] == 1_250_000
    assert (await http.post("/simulator/files/statement")).json() == {"statement": "S000001"}
    lines = await world.client.statement(NOW - timedelta(days=1), 0, 10)
    assert [line.amount_rupiah for line in lines] == [600_000, 600_000]


async def test_a_bank_whose_customer_has_no_folder_yet_has_nothing_to_do(tmp_path: Path) -> None:
    desk = FileDesk(Bank(Clock()), tmp_path / "later", "1")
    assert (await desk.run(), desk.waiting()) == (0, [])


def part(number: int, role: str) -> Part:
    return Part(str(number), cast(Person, None), "", role, "", {})


def test_debtors_and_a_share_of_those_without_trouble_have_their_account_at_the_other_bank() -> None:
    roles = ["shared_account", "repays_at_once", "bank_52", "lets_the_plan_lapse", *["well"] * 6]
    others = with_other_bank([part(number, role) for number, role in enumerate(roles)])
    assert [each.applicant_id for each in others] == ["1", "3", "8", "9"]


class Lists:
    """`Office` with one list of two parts."""

    async def ask(self, method: str, path: str, who: str | None = None, **request: Any) -> Any:
        lines = {"1": ["a|post_training|1|600000", "b|survey|1|50000"], "2": ["c|survey|1|50000"]}
        return {"lines": lines[path.rpartition("/")[2]]}


async def test_the_orders_of_a_list_for_that_bank_are_those_of_people_with_an_account_there() -> None:
    batch, found = {"batch_id": "B-1", "chunks": 2}, Found(files=Files(people={"b", "c", "d"}))
    assert await bank_files.orders_of(cast(Office, Lists()), batch, found) == 2


def test_each_figure_that_is_missing_is_a_mismatch() -> None:
    right = Files(orders=5, lists=2, closed=3, waited=3, taken=2, paid=5, stated=5)
    assert mismatches(bank_files.compared(Found(files=right))) == []
    assert mismatches(bank_files.compared(Found(files=Files(orders=5, lists=2, closed=3)))) == [
        "orders given to a bank in files: planted 5, found 0",
        "files that it took and answered: planted 2, found 0",
        "orders that waited until it opened: planted 3, found 0",
        "lines of its statement, each explained: planted 5, found 0",
    ]
