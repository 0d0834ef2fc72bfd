"""Errors over HTTP: RFC 9457 problem documents with a code and an Indonesian sentence that helps; pages for browsers.

What a caller sent is never echoed: error texts of frameworks quote input, and input holds NIKs.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from shared.contracts.decision import Refusal, RefusalKind, Refused
from shared.engine.committer import Overloaded
from shared.engine.deciding import DecisionFailed
from shared.engine.ports import TransientError
from shared.engine.service import Unavailable
from shared.web import error_pages

MEDIA_TYPE = "application/problem+json"
STATUS: Mapping[RefusalKind, int] = {"invalid": 422, "conflict": 409, "missing": 404, "forbidden": 403, "closed": 409}

COMMON: Mapping[str, tuple[int, str]] = {
    "INPUT_INVALID": (422, "Isian tidak sesuai. Periksa kolom yang disebut pada `fields`, perbaiki, lalu kirim lagi."),
    "NOT_JSON": (400, "Isi permintaan bukan JSON yang benar. Perbaiki bentuknya, lalu kirim lagi."),
    "BODY_UNREADABLE": (400, "Isi permintaan tidak dapat dibaca. Perbaiki bentuknya, lalu kirim lagi."),
    "BODY_TOO_LARGE": (413, "Kiriman terlalu besar. Perkecil, lalu kirim lagi."),
    "BODY_TOO_SLOW": (408, "Isi permintaan terlalu lama datang. Periksa sambungan, lalu kirim lagi seluruhnya."),
    "SIGN_IN_NEEDED": (401, "Silakan masuk lebih dahulu, lalu ulangi."),
    "ROLE_MISSING": (403, "Akun Anda tidak berhak atas tindakan ini. Mintalah rekan yang berwenang."),
    "BUSY": (503, "Layanan sedang penuh. Data Anda belum dikirim; coba lagi sesuai Retry-After."),
    "WAITING_ROOM": (
        503,
        "Banyak orang sedang mendaftar. Simpan tiketnya, lalu kirim lagi dengan Waiting-Ticket sesuai Retry-After.",
    ),
    "NOT_READY": (503, "Layanan sedang disiapkan. Coba lagi sebentar lagi."),
    "INTERNAL": (500, "Terjadi kesalahan pada kami. Tidak ada yang berubah; coba lagi atau hubungi kantor kami."),
    "IDEMPOTENCY_KEY_REUSED": (
        422,
        "Idempotency-Key ini sudah dipakai untuk kiriman lain. Pakai kunci baru untuk kiriman yang berbeda.",
    ),
    "WORK_UNDER_WAY": (409, "Pekerjaan ini sedang berjalan. Tunggu hasilnya beberapa menit, lalu periksa kembali."),
    "CONFLICT": (409, "Data ini bertabrakan dengan data yang sudah ada. Muat ulang, periksa, lalu coba lagi."),
    "UNSTORABLE": (422, "Isian tidak dapat disimpan. Periksa huruf dan ukuran isian, lalu kirim lagi."),
}
_BY_STATUS = {400: "BODY_UNREADABLE", 404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 413: "BODY_TOO_LARGE"}
_HTTP_SENTENCE = "Alamat atau cara permintaan tidak dikenal. Periksa alamatnya, atau mulai dari halaman depan."

SCHEMA: Mapping[str, Any] = {
    "title": "Problem",
    "type": "object",
    "description": "RFC 9457. `code` is for programs, `detail` is an Indonesian sentence that helps a person.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "pattern": "^urn:gelombang:problem:"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "code": {"type": "string", "pattern": "^[A-Z][A-Z0-9_]+$"},
        "detail": {"type": "string"},
        "details": {"type": "object", "description": "Plain values that the rule named."},
        "fields": {
            "type": "array",
            "description": "With INPUT_INVALID: which fields, and what kind of fault; never the value.",
            "items": {
                "type": "object",
                "required": ["field", "fault"],
                "properties": {"field": {"type": "string"}, "fault": {"type": "string"}},
            },
        },
    },
}
_DOCUMENT = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "Refused: the code and the sentence say why", "content": _DOCUMENT},
    503: {"description": "Busy or not ready: come again, after Retry-After if it is given", "content": _DOCUMENT},
}
"""What every operation may answer besides its own replies."""


def own_form(schema: Mapping[str, Any]) -> dict[int | str, dict[str, Any]]:
    """RESPONSES of operations whose interface has a form of its own for errors; what comes before them has ours."""
    content = {"application/json": {"schema": schema}, **_DOCUMENT}
    return {status: {**told, "content": content} for status, told in RESPONSES.items()}


class Problem(Exception):
    """An answer that is a problem document, raised where no rule is involved (sign-in, limits, routing)."""

    def __init__(
        self, code: str, *, status: int | None = None, sentence: str | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(code)
        common = COMMON.get(code, (400, ""))
        self.code, self.status, self.sentence = code, status or common[0], sentence or common[1]
        self.retry_after = retry_after


def problem(code: str, status: int, sentence: str, retry_after: int | None = None, **details: Any) -> JSONResponse:
    """The document itself. `details` are plain values that the rule named, never what the caller sent."""
    body = {"type": f"urn:gelombang:problem:{code}", "title": code, "status": status, "code": code}
    headers = {"Retry-After": str(retry_after)} if retry_after else None
    return JSONResponse({**body, "detail": sentence, **details}, status, headers, MEDIA_TYPE)


Handler = Callable[[Request, Exception], Awaitable[JSONResponse]]


def install(app: FastAPI, refusals: Mapping[str, Refusal], service: str = "") -> None:
    """Make every error of the app a problem document; `refusals` explains the codes of the service's rules.

    With the name of the `service`, whose style sheet and sign-in page they use, browsers get pages.
    """

    async def refused(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Refused)
        return explain(error, refusals)

    async def raised(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Problem)
        return problem(error.code, error.status, error.sentence, error.retry_after)

    def add(kind: type[Exception], handler: Handler) -> None:
        app.add_exception_handler(kind, _for_browsers(handler, service) if service else handler)

    add(Refused, refused)
    add(Problem, raised)
    add(RequestValidationError, _invalid)
    add(HTTPException, _http)
    for kind, code, retry_after in (
        (Overloaded, "BUSY", Overloaded.retry_after_seconds),
        (Unavailable, "NOT_READY", 5),
        (TransientError, "NOT_READY", 5),
        (DecisionFailed, "INTERNAL", None),
        (Exception, "INTERNAL", None),
    ):
        add(kind, _always(code, retry_after))


def _for_browsers(handler: Handler, service: str) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answered(request: Request, error: Exception) -> Response:
        document = await handler(request, error)
        if not error_pages.wanted(request):
            return document
        told = json.loads(bytes(document.body))
        page = error_pages.answer(request, service, told["code"], told["status"], told["detail"])
        if later := document.headers.get("retry-after"):
            page.headers["Retry-After"] = later
        return page

    return answered


def explain(error: Refused, refusals: Mapping[str, Refusal]) -> JSONResponse:
    """A rule's refusal in words."""
    refusal = refusals.get(error.code)
    if refusal is None:
        status, sentence = COMMON.get(error.code, COMMON["INTERNAL"])
        return problem(error.code, status, sentence)
    details = {name: value for name, value in error.details.items() if isinstance(value, str | int | bool | list)}
    sentence = refusal.sentence.format_map(_Shown(error.details))
    shown = {"details": details} if details else {}
    return problem(error.code, STATUS[refusal.kind], sentence, None, **shown)


def sentence(error: Refused, refusals: Mapping[str, Refusal]) -> str:
    """The sentence of a refusal, as a page shows it."""
    told: str = json.loads(bytes(explain(error, refusals).body))["detail"]
    return told


class _Shown(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "-"


def _always(code: str, retry_after: int | None) -> Handler:
    async def handler(request: Request, error: Exception) -> JSONResponse:
        status, sentence = COMMON[code]
        return problem(code, status, sentence, retry_after)

    return handler


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    """Which fields and what kind of fault; neither the value nor pydantic's text, which quotes it."""
    assert isinstance(error, RequestValidationError)
    faults = error.errors()
    if any(fault["type"] == "json_invalid" for fault in faults):
        status, sentence = COMMON["NOT_JSON"]
        return problem("NOT_JSON", status, sentence)
    fields = [{"field": _where(fault["loc"]), "fault": fault["type"]} for fault in faults[:50]]
    status, sentence = COMMON["INPUT_INVALID"]
    return problem("INPUT_INVALID", status, sentence, fields=fields)


def _where(location: tuple[Any, ...]) -> str:
    """The path of a field that WE know; a name that the caller invented may itself be a NIK."""
    parts = [str(part) for part in location[1:]]
    return ".".join(
        part if len(part) <= 40 and part.replace("_", "").replace("-", "").isalpha() else "?" for part in parts
    )


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = _BY_STATUS.get(error.status_code, "HTTP_ERROR")
    document = problem(code, error.status_code, COMMON.get(code, (0, _HTTP_SENTENCE))[1])
    document.headers.update(error.headers or {})  # 405 names the methods that are allowed
    return document
