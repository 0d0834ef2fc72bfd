"""When a bank takes orders, and what waits for it: in the same list, sent once, and not called silent."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.simulators.bank import Bank
from services.incentive.adapters.bank import Bank as BankPort
from services.incentive.adapters.bank import BankStatus
from services.incentive.adapters.bank_files import BanksWrong, read_bank_file
from services.incentive.adapters.banks import Banks
from services.incentive.domain.bank_days import (
    BankCalendar,
    is_working_day,
    must_leave_today,
    next_opening,
    next_working_day,
)
from services.incentive.domain.days import WIB, day_of
from services.incentive.domain.participant import EntitlementState as State
from services.incentive.domain.payouts import Payment
from shared.contracts.incentive import IncentiveDelayed
from tests.fakes import MemoryDatabase
from tests.unit.incentive.bank import NOW, Clock
from tests.unit.incentive.builders import codes, selected
from tests.unit.incentive.city import City
from tests.unit.incentive.counter import at_desk, funded, made, seen
from tests.unit.incentive.house import open_house
from tests.unit.incentive.phone import entered, words
from tests.unit.incentive.steps import ready_to_be_paid
from tests.unit.incentive.test_banks import files_row, opened, order

WEEKDAYS = frozenset({1, 2, 3, 4, 5})
OFFICE_HOURS = BankCalendar(time(15), WEEKDAYS, frozenset({date(2020, 8, 20), date(2020, 8, 21)}))
"""Closed on weekends, and on Thursday 20 and Friday 21 August 2020."""


def wib(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2020, 8, day, hour, minute, tzinfo=WIB).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (wib(17, 0), wib(17, 0)),  # Monday
        (wib(17, 14, 59), wib(17, 14, 59)),
        (wib(17, 15), wib(18, 0)),
        (wib(19, 15), wib(24, 0)),  # two holidays and a weekend
        (wib(20, 9), wib(24, 0)),
        (wib(22, 9), wib(24, 0)),
    ],
)
def test_an_order_is_taken_at_once_or_on_the_next_working_day(now: datetime, opens: datetime) -> None:
    assert next_opening(now, OFFICE_HOURS) == opens


CALENDARS = st.builds(
    BankCalendar,
    st.none() | st.times(),
    st.frozensets(st.integers(1, 7), min_size=1),
    st.frozensets(st.dates(date(2020, 8, 1), date(2020, 9, 30)), max_size=40),
)


@given(CALENDARS, st.integers(0, 31 * 24 * 60).map(lambda minutes: wib(1, 0) + timedelta(minutes=minutes)))
def test_an_opening_is_never_in_the_past_and_always_on_a_working_day(calendar: BankCalendar, now: datetime) -> None:
    opens = next_opening(now, calendar)
    assert opens >= now
    assert is_working_day(day_of(opens), calendar)
    assert opens == now or opens.astimezone(WIB).time() == time(0)
    between = (day_of(now) + timedelta(days=n) for n in range(1, (day_of(opens) - day_of(now)).days))
    assert not any(is_working_day(day, calendar) for day in between)


def test_a_bank_without_a_calendar_is_always_open() -> None:
    assert next_opening(wib(22, 23), BankCalendar()) == wib(22, 23)


def test_what_is_due_while_the_bank_is_closed_must_leave_before() -> None:
    due = {19: True, 20: True, 23: True, 24: False, 18: False}
    assert {day: must_leave_today(date(2020, 8, day), wib(19, 9), OFFICE_HOURS) for day in due} == due
    assert not must_leave_today(date(2020, 8, 20), wib(19, 16), OFFICE_HOURS), "too late for today"
    assert not must_leave_today(date(2020, 8, 20), wib(18, 9), OFFICE_HOURS), "tomorrow will do"
    assert next_working_day(date(2020, 8, 19), OFFICE_HOURS) == date(2020, 8, 24)


# ---- the bank's file and its orders


async def test_an_order_outside_the_hours_of_its_file_is_not_given_to_the_bank(tmp_path: Path) -> None:
    hours = {"cut_off": "09:30", "working_days": [1, 2, 3, 4, 5], "holidays": ["2020-09-02"]}
    clock = Clock()
    banks = opened(tmp_path, {"bni": files_row(tmp_path, **hours)}, clock=clock)
    assert banks
    assert datetime(2020, 9, 1, 3, tzinfo=UTC) == NOW, "10.00 WIB, after the cut-off"
    answer = await banks.pay(order("BNI"))
    assert (answer.status, answer.code) == (BankStatus.NOT_SENT, "BANK_CLOSED")
    assert answer.retry_after == timedelta(hours=38), "until 00.00 WIB of 3 September"
    assert list((tmp_path / "bni" / "outbox").iterdir()) == []
    clock.at = NOW + timedelta(hours=38)
    assert (await banks.pay(order("BNI"))).code == "IN_FILE"


async def test_an_order_taken_before_the_cut_off_leaves_in_no_file_after_it(tmp_path: Path) -> None:
    banks = opened(tmp_path, {"bni": files_row(tmp_path, cut_off="09:30")})
    assert banks
    taken = await banks.by_name["bni"].pay(order("BNI"))
    assert (taken.status, taken.code) == (BankStatus.NOT_SENT, "BANK_CLOSED")
    assert list((tmp_path / "bni" / "outbox").iterdir()) == []


@pytest.mark.parametrize(
    "wrong", [{"working_days": []}, {"working_days": [0]}, {"cut_off": "25:00"}, {"holidays": ["2020-02-30"]}]
)
def test_hours_that_cannot_be_stop_the_start(tmp_path: Path, wrong: dict[str, Any]) -> None:
    path = tmp_path / "bni.json"
    path.write_text(json.dumps(files_row(tmp_path, **wrong)))
    with pytest.raises(BanksWrong, match=next(iter(wrong))):
        read_bank_file(path)
    path.write_text(json.dumps(files_row(tmp_path)))
    assert read_bank_file(path).calendar is None


# ---- people and lists


def city_at(now: datetime) -> City:
    city = City(now, {"BNI": OFFICE_HOURS})
    city.hear(selected(at=now))
    city.ready()
    city.fund()
    return city


def test_an_approved_payment_waits_for_the_opening_in_the_same_list_and_is_not_called_silent() -> None:
    city = city_at(wib(5, 9))
    assert city.entitlement().due_on == date(2020, 8, 19)
    city.pass_to(wib(19, 16))
    batch = city.batch()
    (work,) = city.approve(batch)
    each = city.entitlement()
    assert (each.state, each.sent_at) == (State.SENDING, wib(24, 0))
    assert [payment.sent_at for payment in city.all(Payment)] == [wib(24, 0)]
    city.pass_to(wib(24, 9))
    assert codes(city.told(IncentiveDelayed)) == [], "the bank was not silent: it was closed"
    city.pass_to(wib(25, 0, 1))
    city.pass_to(wib(25, 8))
    assert codes(city.told(IncentiveDelayed)) == ["BANK_UNKNOWN"]
    city.pay(work)
    assert city.entitlement().state == State.PAID
    city.check_money()


def test_a_payment_in_hours_is_sent_at_once() -> None:
    city = city_at(wib(5, 9))
    city.pass_to(wib(19, 14))
    city.approve(city.batch())
    assert city.entitlement().sent_at == wib(19, 14)


async def test_pages_say_until_when_a_bank_is_closed_and_what_must_leave_today(tmp_path: Path) -> None:
    closed = BankCalendar(time(15), WEEKDAYS, frozenset({date(2020, 8, 24), date(2020, 8, 25)}))

    def bank(database: MemoryDatabase, simulated: BankPort, books: Bank) -> BankPort:
        hours = {"now": books.clock.now, "calendars": {"BNI": closed}}
        return Banks({"simulated": simulated}, lambda code, **details: None, **hours)  # type: ignore[arg-type]

    async for house in open_house(tmp_path, other_bank=bank, calendars={"BNI": closed}):
        await ready_to_be_paid(house)
        secretariat, head = await at_desk(house, "secretariat"), await at_desk(house, "approver")
        house.clock.at = wib(21, 10)
        page = words(await secretariat.get("/petugas/jatuh-tempo"))
        assert "Harus dikirim hari ini: 1 insentif" in page
        assert "Susun daftar sampai 24 Agustus 2020." in page
        house.clock.at = wib(21, 16)
        page = words(await secretariat.get("/petugas/jatuh-tempo"))
        assert "BNI sedang tutup: pembayaran ke sana menunggu sampai 26 Agustus 2020, 00.00 WIB" in page
        assert "Harus dikirim hari ini" not in page
        await funded(secretariat)
        place = f"/petugas/daftar/{await made(secretariat)}"
        page = await head.get(place)
        assert "dikirim mulai 26 Agustus 2020, 00.00 WIB. Daftarnya tetap sama." in words(page)
        await head.post(f"{place}/setuju", **seen(page))
        person = await house.until(lambda person: person.entitlements[0].reference)
        assert person.entitlements[0].sent_at == wib(26, 0)
        known = await head.get(f"/petugas/pembayaran/{person.entitlements[0].reference}")
        assert "Dikirim saat bank buka 26 Agustus 2020, 00.00 WIB" in words(known)
        phone = await entered(house)
        page = words(await phone.get("/status"))
        assert "Bank sedang tutup: uangnya dikirim mulai 26 Agustus 2020, 00.00 WIB." in page
        assert house.bank.ledger == []
        house.clock.at = wib(26, 0, 1)
        await house.until(lambda person: person.entitlements[0].paid_at)
        assert [line.reference for line in house.bank.ledger] == [person.entitlements[0].reference]
