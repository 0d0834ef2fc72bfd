"""The payment partner behind one Protocol, and the client of the simulated bank.

Three outcomes, not two: paid, failed for good, unknown. A call that surely never arrived is told apart from one
that may have; only the first is simply made again. Which adapter stands behind it: adapters/banks.py.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

import httpx

from services.incentive.adapters.remittance import named_documents

_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,39}")


class BankStatus(StrEnum):
    """What the bank says about one reference."""

    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"
    PENDING = "pending"
    """Received, not yet booked: the result is still to come."""
    UNKNOWN = "unknown"
    """No answer, or one we do not understand: the order may have been carried out."""
    NOT_FOUND = "not_found"
    NOT_SENT = "not_sent"
    """The order surely never arrived."""


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """Money for one account. Account number and name are in clear here and nowhere else, so they never print."""

    reference: str
    bank: str
    account_number: str = field(repr=False)
    amount_rupiah: int
    holder_name: str = field(default="", repr=False)
    batch_id: str = ""
    """The approved list it stands on: what a bank that takes files gets in one file."""

    ordered_at: datetime | None = None
    """When it was decided; the same at every attempt, as all of an order is."""


@dataclass(frozen=True, slots=True)
class PaymentAnswer:
    """The status of a payment. `code` is the bank's reason, in capital letters, when there is one."""

    status: BankStatus
    code: str = ""
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What the bank tells about an account; the holder's data stay inside the service and are compared at once."""

    holder_nik: str | None = field(repr=False)
    """None where a bank tells no NIK (SNAP BI): then the name alone says whose account it is."""
    holder_name: str = field(repr=False)
    active: bool
    identity_checked: bool
    room_rupiah: int | None


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of the bank's statement about our account."""

    reference: str
    status: BankStatus
    """PAID or RETURNED for a line about one of our orders; UNKNOWN for any other movement of money."""

    code: str
    """Why money came back, or the bank's own code of the kind of movement."""

    amount_rupiah: int
    booked_at: datetime
    line_id: str = ""
    """The bank's own name of the line, the same whenever it is read."""

    came_in: bool = False
    """Money came to our account."""

    documents: tuple[str, ...] = ()
    """Of money that came in: numbers in the bank's texts that may be of a disbursement document (SP2D)."""


class BankAway(Exception):
    """No answer to a question that changes nothing: it may simply be asked again."""


class StatementSource(Protocol):
    """Where a bank's statements come from, when not from its own interface."""

    async def statement(self, since: datetime, after: int, limit: int) -> Sequence[StatementLine]:
        """As `Bank.statement`."""
        ...

    async def findings(self) -> Sequence[str]:
        """Codes of what is wrong with what came: files that were refused, statements that never came."""
        ...


class Bank(Protocol):
    """What this service asks of a payment partner."""

    async def pay(self, order: PaymentOrder) -> PaymentAnswer:
        """Never raises: whatever goes wrong is NOT_SENT or UNKNOWN."""
        ...

    async def payment(self, order: PaymentOrder) -> PaymentAnswer:
        """Ask what became of an order. Never raises; NOT_FOUND is the bank's own word.

        The answer is compared with the order, whose account number and name may be empty: nobody opens them to ask.
        """
        ...

    async def account(self, bank: str, account_number: str) -> AccountFacts | None:
        """Whose account it is; None when there is no such account. Raises BankAway."""
        ...

    async def statement(self, since: datetime, after: int, limit: int) -> Sequence[StatementLine]:
        """Lines booked from `since` on, in order of booking, leaving out the first `after`. Raises BankAway."""
        ...


RECEIVED = "received"  # what the simulated bank calls money that came in and is no order of ours


class SimulatedBankClient:
    """Speaks with deploy/simulators/bank.py over HTTP. The transport is given, so tests need no socket."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def pay(self, order: PaymentOrder) -> PaymentAnswer:
        body = {
            "reference": order.reference,
            "bank": order.bank,
            "account_number": order.account_number,
            "amount_rupiah": order.amount_rupiah,
        }
        try:
            response = await self._client.post("/transfers", json=body)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            return PaymentAnswer(BankStatus.NOT_SENT)
        except httpx.HTTPError:
            return PaymentAnswer(BankStatus.UNKNOWN, "NO_ANSWER")
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            return PaymentAnswer(BankStatus.NOT_SENT, retry_after=_retry_after(response))
        return _answer(response)

    async def payment(self, order: PaymentOrder) -> PaymentAnswer:
        try:
            response = await self._client.get(f"/transfers/{order.reference}")
        except httpx.HTTPError:
            return PaymentAnswer(BankStatus.UNKNOWN, "NO_ANSWER")
        if response.status_code == httpx.codes.NOT_FOUND:
            return PaymentAnswer(BankStatus.NOT_FOUND)
        return _answer(response)

    async def account(self, bank: str, account_number: str) -> AccountFacts | None:
        body = await self._ask("POST", "/accounts/inquiry", {"bank": bank, "account_number": account_number})
        if not body.get("exists"):
            return None
        room = body.get("room_rupiah")
        return AccountFacts(
            holder_nik=str(body.get("holder_nik", "")),
            holder_name=str(body.get("holder_name", "")),
            active=body.get("active") is True,
            identity_checked=body.get("identity_checked") is True,
            room_rupiah=room if isinstance(room, int) else None,
        )

    async def statement(self, since: datetime, after: int, limit: int) -> Sequence[StatementLine]:
        query = {"since": since.isoformat(), "after": after, "limit": limit}
        body = await self._ask("POST", "/statement", query)
        return [
            StatementLine(
                reference=str(line["reference"]),
                status=_status(line["status"]),
                code=_code(line.get("code")),
                amount_rupiah=int(line["amount_rupiah"]),
                booked_at=datetime.fromisoformat(line["booked_at"]),
                line_id=str(line.get("line_id", "")),
                came_in=line["status"] in (BankStatus.RETURNED, RECEIVED),
                documents=named_documents(str(line.get("text", ""))) if line["status"] == RECEIVED else (),
            )
            for line in body["lines"]
        ]

    async def _ask(self, method: str, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            response = await self._client.request(method, path, json=body)
            response.raise_for_status()
            found = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise BankAway(type(error).__name__) from error
        if not isinstance(found, dict):
            raise BankAway("not an object")
        return found


def verify_notice(secret: bytes, claim_id: str, timestamp: str, header: str, body: bytes) -> bool:
    """Is a notice of the bank genuine? Standard Webhooks, symmetric form: `v1,<base64 HMAC-SHA256>`."""
    content = f"{claim_id}.{timestamp}.".encode() + body
    expected = base64.b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode()
    given = [part.removeprefix("v1,") for part in header.split()[:4] if part.startswith("v1,")]
    return any(hmac.compare_digest(expected.encode(), each.encode()) for each in given)


def _answer(response: httpx.Response) -> PaymentAnswer:
    """A status only from a well-formed answer: an error page of some proxy says nothing about the payment."""
    try:
        body = response.json()
    except ValueError:
        return PaymentAnswer(BankStatus.UNKNOWN, "NO_ANSWER")
    if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR or not isinstance(body, dict):
        return PaymentAnswer(BankStatus.UNKNOWN, "NO_ANSWER")
    return PaymentAnswer(_status(body.get("status")), _code(body.get("code")))


def _status(value: object) -> BankStatus:
    known = {"paid", "failed", "returned", "pending"}
    return BankStatus(value) if isinstance(value, str) and value in known else BankStatus.UNKNOWN


def _code(value: object) -> str:
    """The bank's reason, if it looks like one: it goes into events and must not carry anything else."""
    return value if isinstance(value, str) and _CODE.fullmatch(value) else ""


def _retry_after(response: httpx.Response) -> timedelta | None:
    text = response.headers.get("retry-after", "")
    return timedelta(seconds=min(int(text), 3600)) if text.isascii() and text.isdigit() else None
