"""The simulated SNAP bank over HTTP: raw bodies are verified before they are read."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from deploy.simulators.snap import Answer, SnapDesk
from deploy.simulators.snap_checks import Gate

Serve = Callable[[Mapping[str, Any], bytes], Awaitable[Answer]]


def build_snap(desk: SnapDesk, gate: Gate, prefix: str = "/v1.0") -> FastAPI:
    """The bank's interface below `prefix`; that prefix is part of what is signed."""
    app = FastAPI(title="Simulated SNAP bank", docs_url=None, redoc_url=None)

    async def token(request: Request) -> Response:
        refused = gate.refuses_token_call(request.headers)
        fields = {"accessToken": gate.new_token(), "tokenType": "Bearer", "expiresIn": str(gate.token_seconds)}
        return _answer("73", (refused, {}) if refused else ("20000", fields))

    app.add_api_route(f"{prefix}/access-token/b2b", token, methods=["POST"])
    services: Mapping[str, tuple[str, Serve]] = {
        "/account-inquiry-external": ("16", lambda body, raw: desk.account(body)),
        "/transfer-interbank": ("18", desk.transfer),
        "/transfer/status": ("36", lambda body, raw: desk.status(body)),
        "/emoney/account-inquiry": ("37", lambda body, raw: desk.wallet_account(body)),
        "/emoney/topup": ("38", desk.top_up),
        "/emoney/topup-status": ("39", lambda body, raw: desk.status(body)),
    }
    for path, (code, serve) in services.items():
        app.add_api_route(prefix + path, _behind(gate, prefix + path, code, serve), methods=["POST"])
    return app


def _behind(gate: Gate, path: str, code: str, serve: Serve) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        raw = await request.body()
        if refused := gate.refuses(path, request.headers, raw):
            return _answer(code, (refused, {}))
        return _answer(code, await serve(json.loads(raw), raw))

    return endpoint


def _answer(code: str, answer: Answer) -> Response:
    case, fields = answer
    body = {"responseCode": case[:3] + code + case[3:], "responseMessage": "Simulated", **fields}
    return JSONResponse(body, int(case[:3]))
