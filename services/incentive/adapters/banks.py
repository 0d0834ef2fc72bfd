"""Which bank pays whom: one file per bank in a folder, and the one table from `adapter` to code.

A new bank that speaks SNAP BI, takes ISO 20022 files or takes CSV is one file there. A bank with an interface of its
own is one module beside snap/ and files/ and one line in OPENERS. Without a folder the simulated bank pays all.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import httpx

from services.incentive.adapters.bank import (
    AccountFacts,
    Bank,
    BankAway,
    BankStatus,
    PaymentAnswer,
    PaymentOrder,
    SimulatedBankClient,
    StatementLine,
)
from services.incentive.adapters.bank_files import (
    BankFile,
    BanksWrong,
    FilesFile,
    OwnAccount,
    SnapFile,
    read_bank_file,
    read_key,
    read_secret,
)
from services.incentive.adapters.files.client import ALWAYS_OPEN, Expected, FileBank, FileProfile
from services.incentive.adapters.files.exchange import Exchange, Format
from services.incentive.adapters.files.messages import Debtor
from services.incentive.adapters.files.register import Register
from services.incentive.adapters.snap.client import SnapBank
from services.incentive.adapters.snap.profile import SnapProfile
from services.incentive.domain.bank_days import BankCalendar, opening_for

HOUR = timedelta(hours=1)
IDLE_SECONDS = 2.0
"""An unused line is given up before the bank's server closes it: closed under an order, its outcome is unknown."""
LINES = 20
"""Connections to one bank. An order that finds none free waits for one; each further one makes all orders slower here
[60 orders at once, processor time of an order: 1.1 ms with 10 lines, 1.6 with 20, 2.1 with 60]."""
SIMULATED = "simulated"
Close = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Tools:
    """What adapters are given: real and programme time, alarms, how many orders a batch has, a call's longest time."""

    wall: Callable[[], datetime]
    now: Callable[[], datetime]
    alarm: Callable[..., None]
    expected: Expected
    timeout_seconds: float
    transport: httpx.AsyncBaseTransport | None = None
    """For tests: instead of the network."""

    def client(self, url: str) -> httpx.AsyncClient:
        limits = httpx.Limits(max_connections=LINES, keepalive_expiry=IDLE_SECONDS)
        return httpx.AsyncClient(base_url=url, timeout=self.timeout_seconds, transport=self.transport, limits=limits)


@runtime_checkable
class Parts(Protocol):
    """Several banks behind one: each has a statement of its own."""

    def parts(self) -> Mapping[str, Bank]: ...


@dataclass(slots=True)
class Banks:
    """Every order to the bank of its payment partner. A name is that of the bank's file."""

    by_name: dict[str, Bank]
    alarm: Callable[..., None]
    of_partner: dict[str, str] = field(default_factory=dict)
    inquiry: dict[str, str] = field(default_factory=dict)
    """Payment partner -> the bank that is asked whose account it is, where its own cannot say."""

    closing: list[Close] = field(default_factory=list)
    now: Callable[[], datetime] | None = None
    calendars: dict[str, BankCalendar] = field(default_factory=dict)
    """Payment partner -> when its bank takes orders; a partner that is not in it is paid at all times."""

    def parts(self) -> Mapping[str, Bank]:
        return self.by_name

    def _bank(self, partner: str) -> Bank | None:
        return self.by_name.get(self.of_partner.get(partner, SIMULATED))

    async def pay(self, order: PaymentOrder) -> PaymentAnswer:
        bank = self._bank(order.bank)
        if bank is None:
            self.alarm("BANK_NEEDS_STAFF", what="CONFIGURATION", partner=order.bank)
            return PaymentAnswer(BankStatus.NOT_SENT, "BANK_NOT_CONFIGURED", HOUR)
        if wait := self._closed_for(order.bank):
            return PaymentAnswer(BankStatus.NOT_SENT, "BANK_CLOSED", wait)
        return await bank.pay(order)

    def _closed_for(self, partner: str) -> timedelta:
        """How long until the partner's bank takes orders; nothing was given to it, so nothing can be paid twice."""
        now = self.now() if self.now else None
        return opening_for(partner, self.calendars, now) - now if now else timedelta()

    async def payment(self, order: PaymentOrder) -> PaymentAnswer:
        bank = self._bank(order.bank)
        return await bank.payment(order) if bank else PaymentAnswer(BankStatus.UNKNOWN, "BANK_NOT_CONFIGURED")

    async def account(self, bank: str, account_number: str) -> AccountFacts | None:
        asked = self.by_name[self.inquiry[bank]] if bank in self.inquiry else self._bank(bank)
        if asked is None:
            raise BankAway("BANK_NOT_CONFIGURED")
        return await asked.account(bank, account_number)

    async def statement(self, since: datetime, after: int, limit: int) -> Sequence[StatementLine]:
        """Lines of all banks, one bank after the other; reconciliation asks each of `parts` instead."""
        found: list[StatementLine] = []
        for bank in self.by_name.values():
            found += await bank.statement(since, 0, after + limit)
        return found[after : after + limit]

    async def close(self) -> None:
        for each in self.closing:
            await each()


def open_banks(folder: Path | None, simulated_url: str, tools: Tools) -> Banks | None:
    """The banks of a folder, and the simulated one for everybody else; None when there is no bank at all.

    Raises BanksWrong.
    """
    banks = Banks({}, tools.alarm, now=tools.now)
    files = {path.stem: read_bank_file(path) for path in sorted(folder.glob("*.json"))} if folder else {}
    for name, file in files.items():
        banks.by_name[name], closing = OPENERS[file.adapter](file, tools)
        banks.closing += closing
        _take_partners(banks, name, file)
    if simulated_url:
        client = tools.client(simulated_url)
        banks.closing.append(client.aclose)
        banks.by_name[SIMULATED] = SimulatedBankClient(client)
    if unknown := set(banks.inquiry.values()) - set(banks.by_name):
        raise BanksWrong(f"inquiry names no bank's file: {', '.join(sorted(unknown))}")
    return banks if banks.by_name else None


def _take_partners(banks: Banks, name: str, file: BankFile) -> None:
    for partner in sorted(file.pays):
        if partner in banks.of_partner:
            raise BanksWrong(f"{name}: {partner} is paid by {banks.of_partner[partner]} already")
        banks.of_partner[partner] = name
        if file.inquiry:
            banks.inquiry[partner] = file.inquiry
        if file.calendar:
            banks.calendars[partner] = file.calendar


Opened = tuple[Bank, list[Close]]


def _open_snap(row: SnapFile, tools: Tools) -> Opened:
    client = tools.client(row.url)
    profile = SnapProfile(
        client_id=row.client_id,
        partner_id=row.partner_id,
        channel_id=row.channel_id,
        private_key=read_key(row.private_key_file),
        client_secret=read_secret(row.client_secret_file),
        source_account=row.account.number,
        bank_codes={**row.asks, **row.partners},
        wallets=frozenset(row.wallets),
        encoding=row.encoding,
        token_encoding=row.token_encoding,
        path_prefix=row.path_prefix,
        token_prefix=row.token_prefix,
        signed_prefix=row.signed_prefix,
        additional_info=row.additional_info,
    )
    statements = _file_bank(row.folder, row.format, row.account, FileProfile({}), tools) if row.folder else None
    return SnapBank(profile, client, tools.wall, tools.alarm, statements), [client.aclose]


def _open_files(row: FilesFile, tools: Tools) -> Opened:
    profile = FileProfile(row.partners, timedelta(minutes=row.patience_minutes), row.calendar or ALWAYS_OPEN)
    return _file_bank(row.folder, row.format, row.account, profile, tools), []


def _file_bank(folder: Path, format: Format, account: OwnAccount, profile: FileProfile, tools: Tools) -> FileBank:
    debtor = Debtor(account.name, account.number, account.bank_code)
    register = Register(folder / "register.sqlite3")
    return FileBank(profile, Exchange(folder, format, debtor, register, tools.alarm), tools.now, tools.expected)


OPENERS: Mapping[str, Callable[[Any, Tools], Opened]] = {"snap": _open_snap, "files": _open_files}
"""Adapter of a bank's file -> what makes it. The row is of the type that bank_files.py gives to that adapter."""
