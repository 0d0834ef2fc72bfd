"""A new bank is one file: who pays whom follows from the folder, and a file that is not right stops the start."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from deploy.simulators.bank import Account, Bank
from deploy.simulators.bank_http import build_bank
from services.incentive.adapters import banks
from services.incentive.adapters.bank import BankAway, BankStatus, PaymentOrder
from services.incentive.adapters.bank_files import BanksWrong
from services.incentive.adapters.banks import Banks, Tools, open_banks
from tests.unit.incentive.bank import NOW, Clock
from tests.unit.incentive.files import ACCOUNT, BATCH, reference
from tests.unit.incentive.snap import key, snap_world

OWN = {"name": "Dinas Ketenagakerjaan", "number": ACCOUNT, "bank_code": "BNINIDJA"}


def files_row(place: Path, **fields: Any) -> dict[str, Any]:
    known = {"adapter": "files", "partners": {"BNI": "BNINIDJA"}, "folder": str(place / "bni"), "account": OWN}
    return {**known, **fields}


def snap_row(place: Path, **fields: Any) -> dict[str, Any]:
    pem = key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (place / "key.pem").write_bytes(pem)
    (place / "secret").write_bytes(b"rahasia-klien-uji\n")
    known = {
        "adapter": "snap",
        "partners": {"BNI": "009"},
        "wallets": ["OVO"],
        "url": "http://bank",
        "client_id": "gelombang",
        "partner_id": "GLB01",
        "channel_id": "95221",
        "private_key_file": str(place / "key.pem"),
        "client_secret_file": str(place / "secret"),
        "account": {**OWN, "bank_code": "009"},
    }
    return {**known, **fields}


class Alarms:
    def __init__(self) -> None:
        self.codes: list[str] = []

    def __call__(self, code: str, **details: object) -> None:
        self.codes.append(code)


def tools(transport: httpx.AsyncBaseTransport | None = None, clock: Clock | None = None) -> Tools:
    clock = clock or Clock()

    async def expected(batch_id: str, partners: frozenset[str]) -> int | None:
        return 1

    return Tools(clock.wall, clock.now, Alarms(), expected, 5, transport)


def opened(
    folder: Path, rows: dict[str, dict[str, Any]], url: str = "", transport: Any = None, clock: Clock | None = None
) -> Banks | None:
    place = folder / "banks"
    place.mkdir(exist_ok=True)
    for name, row in rows.items():
        (place / f"{name}.json").write_text(json.dumps(row))
    return open_banks(place, url, tools(transport, clock))


def order(bank: str = "BNI", number: int = 1) -> PaymentOrder:
    return PaymentOrder(reference(number), bank, "1234567800", 600_000, "Ann br. Sembiring", BATCH, NOW)


async def test_without_a_folder_the_simulated_bank_pays_all_and_without_both_nobody_does() -> None:
    assert open_banks(None, "", tools()) is None
    books = Bank(Clock())
    banks = open_banks(None, "http://bank", tools(httpx.ASGITransport(build_bank(books))))
    assert banks
    for number, partner in enumerate(("BNI", "OVO", "DANA")):
        assert (await banks.pay(order(partner, number))).status == BankStatus.PAID
        assert (await banks.payment(order(partner, number))).status == BankStatus.PAID
    assert set(banks.parts()) == {"simulated"}
    await banks.close()


async def test_each_partner_is_paid_by_the_bank_whose_file_names_it(tmp_path: Path) -> None:
    world = snap_world()
    rows = {"bni": files_row(tmp_path), "wallets": snap_row(tmp_path, partners={}, folder=str(tmp_path / "wallets"))}
    banks = opened(tmp_path, rows, transport=world.wire)
    assert banks
    assert (await banks.pay(order("BNI"))).code == "IN_FILE"
    assert [path.name for path in (tmp_path / "bni" / "outbox").iterdir()] == [f"{BATCH}-001.xml"]
    assert (await banks.pay(order("OVO", 2))).status == BankStatus.PAID
    assert [line.reference for line in world.bank.ledger] == [reference(2)]
    assert (await banks.payment(order("OVO", 2))).status == BankStatus.PAID
    nobody = await banks.pay(order("DANA", 3))
    assert (nobody.status, nobody.code) == (BankStatus.NOT_SENT, "BANK_NOT_CONFIGURED")
    assert (await banks.payment(order("DANA", 3))).status == BankStatus.UNKNOWN
    for partner in ("BNI", "DANA"):
        with pytest.raises(BankAway):
            await banks.account(partner, "1234567800")
    assert list(await banks.statement(NOW, 0, 10)) == []
    await banks.close()


async def test_another_bank_may_be_asked_whose_account_it_is(tmp_path: Path) -> None:
    world = snap_world()
    asking = snap_row(tmp_path, wallets=[], partners={"BRI": "002"}, asks={"BNI": "009"})
    banks = opened(tmp_path, {"bni": files_row(tmp_path, inquiry="bri"), "bri": asking}, transport=world.wire)
    assert banks
    found = await banks.account("BNI", "1234567800")
    assert found
    assert found.holder_name == "ANN BR SEMBIRING"
    assert (await banks.pay(order("BNI"))).code == "IN_FILE"


async def test_the_simulated_bank_may_be_asked_for_a_bank_that_takes_files_where_there_is_one(tmp_path: Path) -> None:
    books, row = Bank(Clock()), files_row(tmp_path, inquiry="simulated")
    books.open_account("BNI", "1234567800", Account("1", "ANN BR SEMBIRING"))
    banks = opened(tmp_path, {"bni": row}, "http://bank", httpx.ASGITransport(build_bank(books)))
    assert banks
    found = await banks.account("BNI", "1234567800")
    assert found
    assert found.holder_name == "ANN BR SEMBIRING"
    assert (await banks.pay(order("BNI"))).code == "IN_FILE"
    assert books.ledger == []
    await banks.close()
    with pytest.raises(BanksWrong, match="inquiry names no bank's file: simulated"):
        opened(tmp_path, {"bni": row})


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"adapter": "fax"}, "bank.json: adapter"),
    ({"unknown": 1}, "bank.json: unknown"),
    ({"account": {**OWN, "number": "12-34"}}, "bank.json: account.number"),
    ({"partners": {"BNI ": "BNINIDJA"}}, "bank.json: partners.BNI "),
    ({"format": "mt940"}, "bank.json: format"),
    ({"folder": None}, "bank.json: folder"),
    ({"inquiry": "bri"}, "inquiry names no bank's file: bri"),
]


@pytest.mark.parametrize(("fields", "text"), WRONG)
def test_a_file_that_is_not_right_stops_the_start_and_quotes_no_value(
    fields: dict[str, Any], text: str, tmp_path: Path
) -> None:
    with pytest.raises(BanksWrong) as found:
        opened(tmp_path, {"bank": files_row(tmp_path, **fields)})
    assert text in str(found.value)
    assert ACCOUNT not in str(found.value)
    assert "12-34" not in str(found.value)


def test_keys_that_are_missing_or_of_another_kind_stop_the_start(tmp_path: Path) -> None:
    curve = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "curve.pem").write_bytes(curve)
    (tmp_path / "empty").write_bytes(b"\n")
    (tmp_path / "no.pem").write_bytes(b"no key")
    for fields, text in (
        ({"private_key_file": str(tmp_path / "none.pem")}, "none.pem: FileNotFoundError"),
        ({"private_key_file": str(tmp_path / "no.pem")}, "no.pem: ValueError"),
        ({"private_key_file": str(tmp_path / "curve.pem")}, "curve.pem: not an RSA key"),
        ({"client_secret_file": str(tmp_path / "none")}, "none: FileNotFoundError"),
        ({"client_secret_file": str(tmp_path / "empty")}, "empty: empty"),
    ):
        with pytest.raises(BanksWrong, match=text):
            opened(tmp_path, {"bank": snap_row(tmp_path, **fields)})


def test_one_partner_is_paid_by_one_bank(tmp_path: Path) -> None:
    with pytest.raises(BanksWrong, match="BNI is paid by a already"):
        opened(tmp_path, {"a": files_row(tmp_path), "b": files_row(tmp_path, folder=str(tmp_path / "b"))})


def test_a_folder_of_nonsense_is_named(tmp_path: Path) -> None:
    (tmp_path / "banks").mkdir()
    (tmp_path / "banks" / "x.json").write_text("{")
    with pytest.raises(BanksWrong, match=r"x\.json: JSONDecodeError"):
        open_banks(tmp_path / "banks", "", tools())


async def test_an_unused_line_to_a_bank_is_given_up_before_its_server_closes_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Servers close an idle line after 5 s at the earliest (uvicorn, Apache); an order on it would stay unknown."""
    lines = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal lines
        lines += 1
        while await reader.readline():
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        writer.close()

    assert banks.IDLE_SECONDS < 5
    monkeypatch.setattr(banks, "IDLE_SECONDS", 0.0)
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        async with tools().client(f"http://127.0.0.1:{port}") as client:
            for _ in range(3):
                assert (await client.get("/")).status_code == 200
        await asyncio.sleep(0)
    assert lines == 3
