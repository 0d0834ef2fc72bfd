"""A bank that takes files and its customer, for tests: one folder, one clock, and the simulated bank behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import xmlschema

from deploy.simulators.bank import Bank
from deploy.simulators.file_bank import FileDesk
from services.incentive.adapters.bank import PaymentOrder
from services.incentive.adapters.files.client import ALWAYS_OPEN, FileBank, FileProfile
from services.incentive.adapters.files.exchange import Exchange
from services.incentive.adapters.files.messages import Debtor, FileOrder, OrderFile
from services.incentive.adapters.files.register import Register
from services.incentive.domain.bank_days import BankCalendar
from tests.unit.incentive.bank import NOW, Clock

BATCH = "B20200824-ABCD1234"
ACCOUNT = "1234509876"
DEBTOR = Debtor("Dinas Ketenagakerjaan Kota Medan", ACCOUNT, "BNINIDJA")
Format = Literal["iso20022", "csv"]


def reference(number: int) -> str:
    """A reference as domain/payouts.py makes them: GLB and 27 letters or digits 2 to 7."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    text = ""
    for _ in range(27):
        number, place = divmod(number, 32)
        text = letters[place] + text
    return f"GLB{text}"


def paying(number: int, *, account: str = "1234567800", rupiah: int = 600_000, batch: str = BATCH) -> PaymentOrder:
    return PaymentOrder(reference(number), "BNI", account, rupiah, f"Ann br. Sembiring {number}", batch, NOW)


def order_file(orders: Sequence[FileOrder], file_id: str = f"{BATCH}-001") -> OrderFile:
    return OrderFile(file_id, NOW, NOW.date(), DEBTOR, tuple(orders))


@cache
def schema(name: str) -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(Path(__file__).parent / "schemas" / f"{name}.xsd")


@dataclass
class FileWorld:
    """Both sides of the folder. `expected` is how many orders the batch has, None while it is being released."""

    folder: Path
    clock: Clock
    bank: Bank
    desk: FileDesk
    exchange: Exchange
    client: FileBank
    alarms: list[tuple[str, dict[str, object]]]
    counts: dict[str, int | None]

    def outbox(self) -> list[str]:
        return self.names("outbox")

    def names(self, folder: str) -> list[str]:
        return sorted(path.name for path in (self.folder / folder).iterdir() if not path.name.startswith("."))

    def inbox(self, name: str, raw: bytes) -> None:
        (self.folder / "inbox" / name).write_bytes(raw)

    def codes(self) -> dict[str, str]:
        return dict(self.exchange.rejected())


def file_world(
    folder: Path,
    format: Format = "iso20022",
    expected: int | None = 1,
    fail: Callable[[str], None] | None = None,
    calendar: BankCalendar = ALWAYS_OPEN,
) -> FileWorld:
    clock, alarms = Clock(), list[tuple[str, dict[str, object]]]()
    counts: dict[str, int | None] = {BATCH: expected}

    def alarm(code: str, **details: object) -> None:
        alarms.append((code, details))

    async def count(batch_id: str, partners: frozenset[str]) -> int | None:
        assert partners == {"BNI"}
        return counts.get(batch_id)

    exchange = Exchange(folder, format, DEBTOR, Register(folder / "register.sqlite3"), alarm)
    if fail:
        exchange.fail = fail
    bank = Bank(clock, late_seconds=0)
    desk = FileDesk(bank, folder, ACCOUNT)
    client = FileBank(FileProfile({"BNI": "BNINIDJA"}, calendar=calendar), exchange, clock.wall, count)
    return FileWorld(folder, clock, bank, desk, exchange, client, alarms, counts)


def validated(raw: bytes, name: str) -> Any:
    """The document as the schema reads it; raises when it is not valid."""
    return schema(name).to_dict(raw.decode())
