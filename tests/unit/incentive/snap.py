"""A SNAP bank and its customer for tests: one key pair, one clock, and every request that passed between them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from deploy.simulators.bank import Account, Bank
from deploy.simulators.snap import SnapDesk
from deploy.simulators.snap_checks import Gate, SnapClient
from deploy.simulators.snap_http import build_snap
from services.incentive.adapters.bank import PaymentOrder
from services.incentive.adapters.snap.client import SnapBank
from services.incentive.adapters.snap.profile import SnapProfile
from tests.unit.incentive.bank import NOW, Clock

SECRET = b"rahasia-klien-uji"
REFERENCE = "GLB" + "A" * 27


@cache
def key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


def profile(**fields: Any) -> SnapProfile:
    known = SnapProfile(
        client_id="gelombang",
        partner_id="GLB01",
        channel_id="95221",
        private_key=key(),
        client_secret=SECRET,
        source_account="1234509876",
        bank_codes={"BNI": "009"},
        wallets=frozenset({"OVO"}),
    )
    return replace(known, **fields)


def order(account: str = "1234567800", *, bank: str = "BNI", reference: str = REFERENCE, rupiah: int = 600_000) -> Any:
    return PaymentOrder(reference, bank, account, rupiah, "Ann br. Sembiring", "B20200824-ABCD1234", NOW)


@dataclass
class Wire(httpx.AsyncBaseTransport):
    """Carries requests to the simulated bank and keeps them; `broken` breaks the line before or after it."""

    inner: httpx.AsyncBaseTransport
    requests: list[httpx.Request] = field(default_factory=list)
    broken: type[Exception] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.broken:
            raise self.broken("x")
        return await self.inner.handle_async_request(request)

    def paths(self) -> list[str]:
        return [request.url.path.rpartition("/v1.0")[2] for request in self.requests]


@dataclass
class SnapWorld:
    """Both sides. `alarms` holds every alarm with its details."""

    clock: Clock
    bank: Bank
    desk: SnapDesk
    gate: Gate
    wire: Wire
    client: SnapBank
    alarms: list[tuple[str, dict[str, object]]]


def snap_world(**fields: Any) -> SnapWorld:
    clock, alarms = Clock(), list[tuple[str, dict[str, object]]]()
    bank = Bank(clock, late_seconds=7)
    known = profile(**fields)
    gate = Gate(clock, SnapClient("gelombang", "GLB01", key().public_key(), SECRET), known.encoding)
    desk = SnapDesk(bank, {"009": "BNI"})
    bank.open_account("BNI", "1234567800", Account("1271", "ANN BR SEMBIRING"))
    bank.open_account("OVO", "6281234567800", Account("1271", "ANN BR SEMBIRING"))
    wire = Wire(httpx.ASGITransport(build_snap(desk, gate, known.path_prefix)))

    def alarm(code: str, **details: object) -> None:
        alarms.append((code, details))

    http = httpx.AsyncClient(transport=wire, base_url="http://bank")
    return SnapWorld(clock, bank, desk, gate, wire, SnapBank(known, http, clock.wall, alarm), alarms)


def answering(http: int, body: Any, **fields: Any) -> tuple[SnapBank, list[httpx.Request]]:
    """A client whose every request but the token's is answered so."""
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        if request.url.path.endswith("/access-token/b2b"):
            token = {"responseCode": "2007300", "accessToken": f"tok-{len(requests)}", "expiresIn": "900"}
            return httpx.Response(200, json=token)
        return httpx.Response(http, json=body) if isinstance(body, dict) else httpx.Response(http, text=body)

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://bank")
    return SnapBank(profile(**fields), client, Clock().wall, lambda code, **details: None), requests
