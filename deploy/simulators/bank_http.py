"""The simulated bank over HTTP: transfers, inquiries, statement, and a back door for tests and demo."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from deploy.simulators.bank import FAULTS, UNREACHABLE, Account, Bank, Booking, Transfer
from deploy.simulators.file_bank import FileDesk


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class TransferBody(_Body):
    reference: Annotated[str, Field(min_length=1, max_length=30, pattern=r"^[A-Z0-9]+$")]
    bank: Annotated[str, Field(max_length=20)]
    account_number: Annotated[str, Field(max_length=34)]
    amount_rupiah: Annotated[int, Field(gt=0, le=10**9)]


class InquiryBody(_Body):
    bank: Annotated[str, Field(max_length=20)]
    account_number: Annotated[str, Field(max_length=34)]


class StatementBody(_Body):
    since: AwareDatetime
    after: Annotated[int, Field(ge=0)] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 200


class AccountBody(_Body):
    bank: str
    account_number: str
    holder_nik: str
    holder_name: str
    active: bool = True
    identity_checked: bool = True
    ceiling_rupiah: int | None = None


class FundsBody(_Body):
    amount_rupiah: Annotated[int, Field(gt=0, le=10**15)]
    text: Annotated[str, Field(max_length=140)]


class _Counter:
    """The bank's counter: one method per address. `desk`: another bank, which takes files; the books are of both."""

    def __init__(self, bank: Bank, desk: FileDesk | None) -> None:
        self._bank, self._desk = bank, desk

    async def transfer(self, body: TransferBody) -> Response:
        order = Transfer(body.reference, body.bank, body.account_number, body.amount_rupiah)
        taken = await self._bank.pay(order)
        return _status(taken) if taken else JSONResponse({"error": "GATEWAY"}, 504)

    async def inquire(self, reference: str) -> Response:
        found = self._bank.transfers.get(reference)
        return _status(found) if found else JSONResponse({"error": "NOT_FOUND"}, 404)

    async def inquire_account(self, body: InquiryBody) -> Response:
        if FAULTS.get(body.account_number[-2:]) == UNREACHABLE:
            return JSONResponse({"error": "UNAVAILABLE"}, 503)
        return JSONResponse(_facts(self._bank.accounts.get((body.bank, body.account_number))))

    async def statement(self, body: StatementBody) -> Response:
        lines = [(number, line) for number, line in enumerate(self._bank.ledger) if line.booked_at >= body.since]
        page = lines[body.after : body.after + body.limit]
        return JSONResponse({"lines": [_line(number, line) for number, line in page]})

    async def open_accounts(self, bodies: list[AccountBody]) -> Response:
        for body in bodies:
            fields = body.model_dump(exclude={"bank", "account_number"})
            self._bank.open_account(body.bank, body.account_number, Account(**fields))
        return JSONResponse({"accounts": len(self._bank.accounts)})

    async def receive(self, body: FundsBody) -> Response:
        self._bank.receive(body.amount_rupiah, body.text)
        return JSONResponse({"lines": len(self._bank.ledger)})

    async def charge(self, body: FundsBody) -> Response:
        self._bank.charge(body.amount_rupiah, body.text)
        return JSONResponse({"lines": len(self._bank.ledger)})

    async def books(self) -> Response:
        lines = [*self._bank.ledger, *(self._desk.bank.ledger if self._desk else ())]
        paid = [line for line in lines if line.status == "paid"]
        back = [line for line in lines if line.status == "returned"]
        sums = {
            "paid_rupiah": sum(line.amount_rupiah for line in paid),
            "returned_rupiah": sum(line.amount_rupiah for line in back),
            "paid_twice": len(paid) - len({line.reference for line in paid}),
        }
        return JSONResponse(sums)

    async def waiting(self) -> Response:
        files = len(self._desk.waiting()) if self._desk else 0
        return JSONResponse({"acts": self._bank.waiting() + files})


def _add_files(app: FastAPI, desk: FileDesk) -> None:
    """What a script may ask of the bank that takes files."""

    @app.get("/simulator/files")
    async def files() -> dict[str, int]:
        return {"files": desk.taken, "orders": len(desk.bank.ledger)}

    @app.post("/simulator/files/statement")
    async def state() -> dict[str, str]:
        return {"statement": desk.state()}


def build_bank(bank: Bank, desk: FileDesk | None = None) -> FastAPI:
    """The bank's interface. For loopback only: whoever reaches it may open accounts."""
    app, counter = FastAPI(title="Simulated bank", docs_url=None, redoc_url=None), _Counter(bank, desk)
    if desk:
        _add_files(app, desk)
    app.add_api_route("/transfers", counter.transfer, methods=["POST"])
    app.add_api_route("/transfers/{reference}", counter.inquire, methods=["GET"])
    app.add_api_route("/accounts/inquiry", counter.inquire_account, methods=["POST"])
    app.add_api_route("/statement", counter.statement, methods=["POST"])
    app.add_api_route("/simulator/accounts", counter.open_accounts, methods=["POST"])
    app.add_api_route("/simulator/funds", counter.receive, methods=["POST"])
    app.add_api_route("/simulator/charges", counter.charge, methods=["POST"])
    app.add_api_route("/simulator/books", counter.books, methods=["GET"])
    app.add_api_route("/simulator/waiting", counter.waiting, methods=["GET"])
    return app


def _line(number: int, line: Booking) -> dict[str, Any]:
    return {
        "line_id": f"{line.booked_at:%Y%m%dT%H%M%S}-{number}",
        "reference": line.reference,
        "status": line.status,
        "code": line.code,
        "amount_rupiah": line.amount_rupiah,
        "booked_at": line.booked_at.isoformat(),
        "text": line.text,
    }


def _status(transfer: Transfer) -> Response:
    return JSONResponse({"reference": transfer.reference, "status": transfer.status, "code": transfer.code})


def _facts(account: Account | None) -> dict[str, Any]:
    if account is None:
        return {"exists": False}
    room = None if account.ceiling_rupiah is None else account.ceiling_rupiah - account.balance_rupiah
    return {
        "exists": True,
        "holder_nik": account.holder_nik,
        "holder_name": account.holder_name,
        "active": account.active,
        "identity_checked": account.identity_checked,
        "room_rupiah": room,
    }
